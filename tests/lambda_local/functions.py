"""Functions of a few lines, as packages."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

HANDLER = ("--handler", "function.handler")

# Does what the path says.
VERSATILE = """
import base64, json, os
from threading import Event


def handler(event, context):
    body = base64.b64decode(event.get("body") or "")
    match event.get("path", event.get("task")):
        case "/answer":  # what the request has
            return json.loads(body)
        case "/large":  # an answer of so many bytes, about
            return {"statusCode": 200, "body": "x" * int(body)}
        case "/process":
            return {"statusCode": 200, "body": str(os.getpid())}
        case "/meet":  # whoever opens the one end of each named pipe
            started, go_on = json.loads(body)
            open(started, "w").close()
            open(go_on).close()
            print("went on", flush=True)
        case "/hang":
            Event().wait()
        case "/fail":
            raise ValueError("a failure")
        case "/exit":
            os._exit(3)
        case "/write":
            try:
                open("written", "w")
            except OSError as error:
                return {"statusCode": 200, "body": type(error).__name__}
        case "/undo":
            os.chmod(".", 0o755)
            open("written", "w")
    said = {"event": event, "environment": dict(os.environ), "left": context.get_remaining_time_in_millis()}
    return {"statusCode": 200, "body": json.dumps(said)}
"""
BROKEN = "raise LookupError('the parameter is missing')"


def packaged(folder: Path, source: str = VERSATILE) -> Path:
    """A package in the folder, whose handler is `function.handler`."""
    path = folder / "function.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("function.py", source)
    return path
