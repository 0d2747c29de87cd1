"""What only the gateway and Lambda know about a request, told to WSGI: stage, scheme, caller's address, ids, trace."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import StartResponse, WSGIApplication

from interactions.api.middleware import COLD_START, LAMBDA_REQUEST_ID, REQUEST_ID, XRAY_TRACE_ID

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment


# A caller may give the request's id to the gateway: what is none of the gateway's own form is not taken over.
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
# https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
_ROOT = re.compile(r"(?:^|;)Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|\Z)")


class GatewayEnvironment:
    """Wraps a WSGI application behind apig-wsgi, whose environment has the event of the REST API."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application
        self._is_cold = True

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        event: dict[str, Any] = environ["apig_wsgi.full_event"]
        context: dict[str, Any] = environ["apig_wsgi.request_context"]
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = script_name_and_path(event)
        environ["REMOTE_ADDR"] = context.get("identity", {}).get("sourceIp") or ""
        environ["wsgi.url_scheme"], environ["SERVER_PORT"] = "https", "443"
        if _UUID.match(request_id := str(context.get("requestId"))):
            environ[REQUEST_ID] = request_id
        # Lambda's runtime sets the variable for each invocation.
        if root := _ROOT.search(os.environ.get("_X_AMZN_TRACE_ID", "")):
            environ[XRAY_TRACE_ID] = root[1]
        self._tell_invocation(environ)
        return self._application(environ, start_response)

    def _tell_invocation(self, environ: WSGIEnvironment) -> None:
        """There is none where a request is made up to warm the environment."""
        invocation = getattr(environ["apig_wsgi.context"], "aws_request_id", None)
        if invocation:
            environ[LAMBDA_REQUEST_ID] = invocation
            environ[COLD_START], self._is_cold = self._is_cold, False


def script_name_and_path(event: dict[str, Any]) -> tuple[str, str]:
    """What comes before the application's path, and that path, both as WSGI has them.

    The event's `path` lacks the stage of an invoke URL, and has the base path of a custom domain; the context's has
    both. What the resource is and `{proxy+}` in it took in is the application's own.
    """
    path = _decoded(event["path"])
    whole = _decoded(event["requestContext"].get("path") or event["path"])
    stage = whole[: -len(path)] if path and whole.endswith(path) else ""
    base_path = _base_path(path, event)
    return stage + base_path, path[len(base_path) :] or "/"


def _base_path(path: str, event: dict[str, Any]) -> str:
    resource = event.get("resource") or ""
    if resource == "/":
        return path.rstrip("/")
    for own in _own_paths(resource, (event.get("pathParameters") or {}).get("proxy")):
        before, found, after = path.rpartition(f"/{own}")
        if own and found and not after.strip("/"):
            return before
    return ""


def _own_paths(resource: str, proxied: str | None) -> Iterator[str]:
    """What the application's path may be at that resource, without slashes around it."""
    if proxied is None:
        yield resource.strip("/")
        return
    above = resource.partition("{proxy+}")[0].strip("/")
    # API Gateway may have decoded it, and may have cut off a slash at the end.
    for taken_in in (_decoded(proxied), proxied.encode().decode("latin-1")):
        yield f"{above}/{taken_in.strip('/')}".strip("/")


def _decoded(path: str) -> str:
    """As WSGI has it, a character for each byte."""
    return unquote_to_bytes(path).decode("latin-1")
