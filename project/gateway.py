"""What only the gateway knows about a request, told to WSGI: the stage, the caller's address, the scheme, the trace."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from wsgiref.types import StartResponse, WSGIApplication

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment


class GatewayEnvironment:
    """Wraps a WSGI application behind apig-wsgi, whose environment has the event of the REST API."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        context: dict[str, Any] = environ["apig_wsgi.request_context"]
        path: str = environ["apig_wsgi.full_event"]["path"]
        # `path` lacks the stage, and has the base path of a custom domain; the context's has both.
        environ["SCRIPT_NAME"] = script_name(context.get("path", path), path)
        environ["REMOTE_ADDR"] = context.get("identity", {}).get("sourceIp") or ""
        environ["wsgi.url_scheme"] = "https"
        return self._application(environ, start_response)


def script_name(whole: str, path: str) -> str:
    return whole[: -len(path)] if whole.endswith(path) else ""
