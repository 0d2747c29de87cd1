"""The software bill of materials, in CycloneDX's form: the same bytes for the same package."""

from __future__ import annotations

import json
import zlib
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from lambda_package.distributions import Distribution

PREFIX = "License :: OSI Approved :: "


def sbom(
    *, name: str, version: str, architecture: str, sha256: str, compiler: str, distributions: list[Distribution]
) -> str:
    """The document. Its serial number comes from the zip's hash, and it has no time: neither may differ by chance."""
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, f"sha256:{sha256}"))
    root = Component(
        type=ComponentType.APPLICATION,
        name=name,
        version=version,
        bom_ref=name,
        licenses=[LicenseFactory().make_with_expression("MIT")],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256)],
        properties=[
            Property(name="architecture", value=architecture),
            # What the zip's bytes depend on beside sources and pins.
            Property(name="python", value=compiler),
            Property(name="zlib", value=zlib.ZLIB_RUNTIME_VERSION),
        ],
    )
    bom.metadata.component = root
    components = {distribution.name: _component(distribution) for distribution in distributions}
    for component in components.values():
        bom.components.add(component)
    bom.register_dependency(root, components.values())
    for distribution in distributions:
        needs = [components[need] for need in sorted(distribution.requires & components.keys())]
        bom.register_dependency(components[distribution.name], needs)
    document: dict[str, Any] = json.loads(JsonV1Dot6(bom).output_as_string())
    del document["metadata"]["timestamp"]
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _component(distribution: Distribution) -> Component:
    return Component(
        type=ComponentType.LIBRARY,
        name=distribution.name,
        version=distribution.version,
        bom_ref=distribution.name,
        purl=PackageURL("pypi", name=distribution.name, version=distribution.version),
        licenses=[LicenseFactory().make_from_string(licence)] if (licence := _licence(distribution)) else [],
    )


def _licence(distribution: Distribution) -> str | None:
    """What the distribution says: an SPDX expression, a classifier, or words of its own."""
    metadata = distribution.metadata
    classifiers = [each.removeprefix(PREFIX) for each in metadata.get_all("Classifier", []) if each.startswith(PREFIX)]
    return metadata["License-Expression"] or metadata["License"] or " or ".join(classifiers) or None
