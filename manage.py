#!/usr/bin/env python
"""Django's entry point for people at a terminal."""

from __future__ import annotations

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings.local")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        sys.exit(f"{error}: run `make install`, or activate the virtual environment that holds requirements-dev.txt")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
