"""Django's own test cases of session engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import SimpleTestCase

from interactions.sessions import SessionStore
from tests.django_cases import django_cases

if TYPE_CHECKING:
    from unittest import TestCase as Cases
else:
    Cases = django_cases("sessions_tests").SessionTestsMixin


class OurCases(Cases):
    backend = SessionStore


@pytest.mark.usefixtures("tables")
class TestOverDynamoDBLocal(OurCases, SimpleTestCase):
    pass
