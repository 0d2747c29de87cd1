"""A second plan is empty, whatever variables the deployment was made with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.infra.deployments import Applied, Deployments, applied

pytestmark = pytest.mark.system

__all__ = ["applied"]

VARIABLES: dict[str, dict[str, Any]] = {
    "replicas": {"replica_regions": ["us-west-2", "eu-west-1"]},
    "staging": {"environment": "staging"},
    "domain_in_a_zone": {"domain_name": "api.example.com", "zone_id": "Z0123456789ABC"},
    "limited": {"table_max_throughput": {"read": 2000, "write": 500}, "budget_by_tag": True, "backup_plan": True},
    "told": {
        "alert_emails": ["ops@example.com"],
        "slack": {"workspace_id": "T0123ABCD", "channel_id": "C0123ABCD"},
        "manage_api_gateway_account": False,
    },
}


def test_a_second_plan_is_empty_with_these_variables_too(applied: Applied, tmp_path: Path) -> None:
    deployments = Deployments(applied.workspace, tmp_path / "deployments")
    for name, variables in VARIABLES.items():
        deployments.add(name, [], **variables)
    assert deployments.changes().keys() == VARIABLES.keys()
    deployments.apply()
    assert deployments.changes() == {}
