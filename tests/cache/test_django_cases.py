"""Django's own test cases of caches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import SimpleTestCase, override_settings

from tests.django_cases import django_cases
from tests.moving_clock import moving_clock

django: Any = django_cases("cache")
if TYPE_CHECKING:
    from unittest import TestCase as Cases
else:
    Cases = django.BaseCacheTests


class CasesThatApply(Cases):
    """All but those of a limited number of entries, and of pickling models, which production has not."""

    test_cull = test_zero_cull = test_cull_delete_when_store_empty = None
    test_cache_read_for_model_instance = None
    test_cache_read_for_model_instance_with_deferred = None
    test_cache_write_for_model_instance_with_deferred = None

    def setUp(self) -> None:
        self.enterContext(moving_clock())


settings = override_settings(
    CACHES=django.caches_setting_for_tests(BACKEND="interactions.cache.DynamoDBCache", exclude={"cull", "zero_cull"})
)


@settings
@pytest.mark.usefixtures("tables")
class TestOverDynamoDBLocal(CasesThatApply, SimpleTestCase):
    pass
