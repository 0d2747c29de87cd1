"""Where a service of AWS answers, as its SDKs find it, and what its certificate is signed by."""

from __future__ import annotations

import os
import ssl
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

# https://www.amazontrust.com/repository/: what endpoints under amazonaws.com are certified by. Reading the 140
# authorities of a whole bundle would be a tenth of a cold start.
AMAZON_ROOTS = Path(__file__).with_name("amazon-roots.pem")
# Where the region's name begins so; elsewhere it is amazonaws.com.
DOMAINS = {"cn-": "amazonaws.com.cn", "eusc-": "amazonaws.eu"}
AWS_DOMAINS = ("amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "api.aws")


class NotSupported(ValueError):
    """The environment asks for what this wire does not do, or for nothing sensible. The text says what to do."""


def endpoint_of(service: str, region: str) -> str:
    """The URL that AWS's own variables name for the service, else the region's.

    Raises:
        NotSupported: the SDKs would find it in another way.
    """
    if not _is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"):
        variable = f"AWS_ENDPOINT_URL_{service.upper().replace('-', '_')}"
        configured = os.environ.get(variable) or os.environ.get("AWS_ENDPOINT_URL")
        if configured:
            return configured
    for variable in ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"):
        if _is_true(variable):
            raise NotSupported(
                f"{variable} is not followed: name the endpoint in AWS_ENDPOINT_URL_{service.upper()}, "
                "or set AWS_WIRE=botocore"
            )
    if not _has_the_form_of_a_region(region) or "-iso" in region:
        raise NotSupported(f"the region {region!r} has no endpoint that is known here: set AWS_WIRE=botocore")
    domain = next((domain for prefix, domain in DOMAINS.items() if region.startswith(prefix)), "amazonaws.com")
    return f"https://{service}.{region}.{domain}"


def is_aws(endpoint: str) -> bool:
    """Whether the URL leads to AWS, not to an emulator."""
    return (urlsplit(endpoint).hostname or "").endswith(tuple(f".{domain}" for domain in AWS_DOMAINS))


def tls_context(host: str) -> ssl.SSLContext:
    """What trusts the authorities of `AWS_CA_BUNDLE`, else of Amazon for its own hosts, else of the system.

    Raises:
        NotSupported: the bundle cannot be read.
    """
    bundle = os.environ.get("AWS_CA_BUNDLE")
    try:
        return _context(bundle or (str(AMAZON_ROOTS) if host.endswith(".amazonaws.com") else None))
    except OSError as error:
        raise NotSupported(f"the authorities in {bundle or AMAZON_ROOTS} cannot be read: {error}") from error


def refuse_proxy(scheme: str, host: str) -> None:
    """Nothing goes past a proxy that the environment wants it to go through.

    Raises:
        NotSupported: there is one for the host.
    """
    variable = f"{scheme}_proxy"
    if not any(os.environ.get(name) for name in (variable, variable.upper())):
        return
    from urllib.request import getproxies, proxy_bypass

    if getproxies().get(scheme) and not proxy_bypass(host):
        raise NotSupported(
            f"{variable.upper()} is not followed: add {host} to NO_PROXY, or set AWS_WIRE=botocore to go through it"
        )


def _has_the_form_of_a_region(name: str) -> bool:
    parts = name.split("-")
    return len(parts) >= 3 and name.isascii() and all(part.isalnum() for part in parts) and parts[-1].isdigit()


def _is_true(variable: str) -> bool:
    return os.environ.get(variable, "").lower() == "true"


@cache
def _context(bundle: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=bundle)
