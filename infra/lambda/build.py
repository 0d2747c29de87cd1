"""`make package`: builds dist/lambda.zip and, beside it, dist/lambda.cdx.json. ADR 21 says how, and what is in it."""

from __future__ import annotations

import sys

from lambda_package.command import main

if __name__ == "__main__":
    sys.exit(main())
