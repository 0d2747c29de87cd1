"""A zip whose bytes depend on nothing but its files' names and contents, and the zlib that compresses them."""

from __future__ import annotations

import hashlib
import io
import stat
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# The first moment that a zip can name.
EPOCH = (1980, 1, 1, 0, 0, 0)
UNIX = 3
MODE = stat.S_IFREG | 0o644


def zipped(files: Mapping[str, bytes]) -> bytes:
    """All entries in the order of their names, readable for all, and no folders."""
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(files.items()):
            entry = ZipInfo(name, EPOCH)
            entry.create_system = UNIX
            entry.external_attr = MODE << 16
            archive.writestr(entry, content, ZIP_DEFLATED, 9)
    return target.getvalue()


def digest(files: Mapping[str, bytes]) -> str:
    """The SHA-256 of names and contents, which, unlike that of a zip, does not depend on zlib."""
    whole = hashlib.sha256()
    for name, content in sorted(files.items()):
        whole.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return whole.hexdigest()
