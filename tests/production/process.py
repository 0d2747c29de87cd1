"""Python processes under the settings of production, which know nothing of this process's environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECRET_KEY = "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQ"

# What has to be there for a start without SSM, and credentials that lead nowhere.
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "DJANGO_SETTINGS_MODULE": "project.settings.production",
    "DJANGO_SECRET_KEY": SECRET_KEY,
    "ALLOWED_HOSTS": "testserver,api.example",
    "AWS_REGION": "us-east-1",
    "PROVIDERS": '[{"kind": "echo"}]',
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "none",
}


def python(*arguments: str, stdin: str | None = None, **environment: str | None) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments; a variable that is None is left out."""
    changed = {name: value for name, value in (ENVIRONMENT | environment).items() if value is not None}
    command = [sys.executable, "-W", "error::ResourceWarning", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=changed, input=stdin or "", capture_output=True, text=True, check=False
    )


def started(**environment: str | None) -> subprocess.CompletedProcess[str]:
    """A process that starts as a cold one does, prints its key and its earlier keys, and ends."""
    code = (
        "import json, project.wsgi; from django.conf import settings;"
        "print(json.dumps([settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS]))"
    )
    return python("-c", code, **environment)
