"""Send POSTs to a provider over connections that are kept for a while. Each POST ends by its deadline.

A call is one request and is never repeated here: the provider may have carried it out although the connection broke.
`resilience` decides about retries and records them.
"""

from __future__ import annotations

import math
import ssl
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from interactions.http import DEFAULT_PORTS, HttpConnection, IdleConnections
from interactions.http_answer import BadAnswer, Fault, Response
from interactions.providers.base import ProviderFailed

CONNECT_SECONDS = 3.0  # for an address or a handshake; the answer itself may take until the deadline
# A connection that was idle for longer is not used again: it can be gone without a sign, as after a freeze of the
# process, and a request over it would wait until its deadline.
IDLE_SECONDS = 20.0
# Enough for the longest text with each character escaped, and for everything else in an answer.
LONGEST_BODY = 3_000_000

_FAULTS: dict[Fault, tuple[str, str]] = {
    "malformed": ("malformed-answer", "answered what is no HTTP"),
    "cut": ("connection-lost", "broke off within its answer"),
    "too-long": ("answer-too-large", f"answered more than {LONGEST_BODY} bytes"),
}


class Wire:
    """Connections to the host of the URL. `name` is its name in messages, `authorities` makes its TLS context.

    A timeout is never retryable: a call that waited in vain has used the time that the next provider needs.
    """

    def __init__(
        self,
        name: str,
        url: str,
        authorities: Callable[[str], ssl.SSLContext],
    ) -> None:
        self._name = name
        self._authorities = authorities
        parts = urlsplit(url)
        default = DEFAULT_PORTS[parts.scheme]
        self._is_secure = parts.scheme == "https"
        self._hostname = parts.hostname or ""
        self._port = parts.port or default
        host = f"[{self._hostname}]" if ":" in self._hostname else self._hostname
        self.host = host if self._port == default else f"{host}:{self._port}"
        self._idle = IdleConnections()

    def post(self, path: str, headers: Mapping[str, str], body: bytes, deadline: float) -> Response:
        """The response, of any status.

        Raises:
            ProviderFailed: no response came, or a part of one.
        """
        connection = self._connection(deadline)
        may_go_on = False
        try:
            response = connection.post(
                headers,
                body,
                math.inf,
                path=path,
                deadline=deadline,
                longest=LONGEST_BODY,
                may_end_with_connection=True,
            )
            may_go_on = not response.is_last
            return response
        except TimeoutError as error:
            told = f"{self._name} did not answer in time"
            raise ProviderFailed("timeout", told, billable=True) from error
        except OSError as error:
            told = f"the connection to {self._name} was lost ({type(error).__name__})"
            raise ProviderFailed("connection-lost", told, retryable=True, billable=True) from error
        except BadAnswer as error:
            name, told = _FAULTS[error.fault]
            is_cut = error.fault == "cut"
            raise ProviderFailed(name, f"{self._name} {told}", retryable=is_cut, billable=True) from error
        finally:
            if may_go_on:
                connection.idle_since = time.monotonic()
                self._idle.append(connection)
            else:
                connection.close()

    def disconnect(self) -> None:
        """Close idle connections."""
        self._idle.close()

    def _connection(self, deadline: float) -> HttpConnection:
        now = time.monotonic()
        if now < deadline and (idle := self._idle.take(now - IDLE_SECONDS)):
            return idle
        try:
            context = self._authorities(self._hostname) if self._is_secure else None
            return HttpConnection(self._hostname, self._port, context, CONNECT_SECONDS, deadline)
        except (OSError, UnicodeError) as error:  # that the name cannot be one of a host is a UnicodeError
            if isinstance(error, TimeoutError) or time.monotonic() >= deadline:
                raise ProviderFailed("timeout", f"{self._name} was not reached in time") from error
            told = f"{self._name} cannot be reached ({type(error).__name__})"
            raise ProviderFailed("connection-failed", told, retryable=True) from error
