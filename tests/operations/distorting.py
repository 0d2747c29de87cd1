"""A server between a client and a service, which can make of any answer another one."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit


class Exchange(NamedTuple):
    """A request and its answer; `raw`, when there is any, is sent in the place of it, and then the end."""

    method: str
    path: str
    authorization: str | None
    status: int
    headers: dict[str, str]
    content: bytes
    raw: bytes | None = None


Distort = Callable[[Exchange], Exchange]


class Distorting:
    """`exchanges` are those there have been, as the service answered them."""

    def __init__(self) -> None:
        self.url = ""
        self.exchanges: list[Exchange] = []
        self.distort: Distort = lambda exchange: exchange

    def asked(self) -> list[str]:
        return [f"{each.method} {each.path}" for each in self.exchanges]


@contextmanager
def distorting(upstream: str, certificate: Path | None = None) -> Iterator[Distorting]:
    """In front of a server of plain HTTP. With a certificate, in one file with its key, HTTPS is served."""
    between = Distorting()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with closing(HTTPConnection(urlsplit(upstream).netloc, timeout=60)) as connection:
                connection.request(self.command, self.path, body or None, dict(self.headers.items()))
                response = connection.getresponse()
                headers = {name: value for name, value in response.getheaders() if name not in {"Connection", "Date"}}
                exchange = Exchange(
                    self.command,
                    self.path,
                    self.headers.get("Authorization"),
                    response.status,
                    headers,
                    response.read(),
                )
            between.exchanges.append(exchange)
            self._send(between.distort(exchange))

        do_POST = do_DELETE = do_GET  # noqa: N815  so they are called

        def _send(self, exchange: Exchange) -> None:
            self.close_connection = True
            if exchange.raw is not None:
                self.wfile.write(exchange.raw)
                return
            self.send_response_only(exchange.status)
            for name, value in (exchange.headers | {"Content-Length": str(len(exchange.content))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(exchange.content)

        def log_message(self, *arguments: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    between.url = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    try:
        yield between
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
