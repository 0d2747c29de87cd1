"""The authorities that come with the service are Amazon's, the very ones that botocore trusts among many."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import botocore
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from interactions.aws.endpoints import AMAZON_ROOTS, tls_context

# https://www.amazontrust.com/repository/; Starfield's signs the others for those who do not know them.
NAMES = {*(f"Amazon Root CA {n}" for n in (1, 2, 3, 4)), "Starfield Services Root Certificate Authority - G2"}
A_YEAR = timedelta(days=365)


def authorities(path: Path) -> dict[str, x509.Certificate]:
    """By their fingerprints."""
    with warnings.catch_warnings(action="ignore"):  # some authorities' serial numbers are not what they should be
        found = x509.load_pem_x509_certificates(path.read_bytes())
        return {certificate.fingerprint(SHA256()).hex(): certificate for certificate in found}


def name_of(certificate: x509.Certificate, kind: x509.ObjectIdentifier) -> str:
    return "".join(str(attribute.value) for attribute in certificate.subject.get_attributes_for_oid(kind))


def test_they_are_all_of_amazons_that_botocore_trusts_and_no_others() -> None:
    trusted = authorities(Path(botocore.__file__).with_name("cacert.pem"))
    amazons = {of: known for of, known in trusted.items() if name_of(known, NameOID.COMMON_NAME) in NAMES}
    assert authorities(AMAZON_ROOTS) == amazons
    assert len(amazons) == len(NAMES)
    others = [known for of, known in trusted.items() if of not in amazons]
    assert "Amazon" not in {name_of(known, NameOID.ORGANIZATION_NAME) for known in others}


def test_the_comments_name_each_and_its_fingerprint() -> None:
    told = re.findall(r"^# (\w.+)\n# ([0-9a-f]{64})\n-----BEGIN", AMAZON_ROOTS.read_text(), re.MULTILINE)
    assert [(name, of) for name, of in told] == [
        (name_of(known, NameOID.COMMON_NAME), of) for of, known in authorities(AMAZON_ROOTS).items()
    ]


def test_none_expires_within_a_year() -> None:
    for certificate in authorities(AMAZON_ROOTS).values():
        assert certificate.not_valid_before_utc < datetime.now(UTC) < certificate.not_valid_after_utc - A_YEAR


def test_they_alone_are_trusted_for_hosts_of_aws() -> None:
    loaded = tls_context("dynamodb.us-east-1.amazonaws.com").get_ca_certs()
    names = {dict(part[0] for part in authority["subject"])["commonName"] for authority in loaded}  # type: ignore[misc]
    assert names == NAMES
    assert len(tls_context("dynamodb.us-east-1.amazonaws.com.example").get_ca_certs()) != len(NAMES)
