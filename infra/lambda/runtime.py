"""Makes the folder that serve.py takes as `--runtime`: `python infra/lambda/runtime.py FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from lambda_local.runtimes import make_runtime

if __name__ == "__main__":
    print(make_runtime(Path(sys.argv[1])))
