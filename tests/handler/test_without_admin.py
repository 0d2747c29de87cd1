"""DRF's views without Django's admin, and what had to be postponed for that."""

from __future__ import annotations

import pytest

from tests.production.process import python

CODE = """
import sys
import project.lambda_handler
assert not [name for name in sys.modules if name.startswith("django.contrib.admin")]
from rest_framework.schemas.generators import simplify_regex
assert simplify_regex(r"^a/(?P<b>[0-9]+)$") == "/a/<b>"
from django.contrib.admindocs import views
assert simplify_regex(r"^c$") == views.simplify_regex(r"^c$")
"""


@pytest.mark.system
def test_the_postponed_function_is_the_real_one_when_it_is_called() -> None:
    done = python("-c", CODE, AWS_ENDPOINT_URL_DYNAMODB="http://127.0.0.1:9")
    assert done.returncode == 0, done.stderr
