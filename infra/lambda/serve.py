"""`make lambda-local`: serves a zip as AWS Lambda and API Gateway do. `serve.py --help` tells how."""

from __future__ import annotations

import sys

from lambda_local.command import main

if __name__ == "__main__":
    sys.exit(main())
