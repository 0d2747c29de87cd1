"""A package that cannot be built says why, and what to do."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.package.building import ROOT, build

ELF_OF_X86 = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00"

Wheel = Callable[..., Path]


@pytest.fixture
def requiring(tmp_path: Path, lambda_python: str) -> Wheel:
    """Make a wheel with a tag and with what it says to be compiled, and a file that requires it alone."""

    def make(tag: str, compiled: bytes = b"", module: bytes = b"", hashed: bytes | None = None) -> Path:
        wheel = tmp_path / f"thing-1.0-{tag}.whl"
        info = "thing-1.0.dist-info"
        files = {
            "thing/__init__.py": module,
            "thing/fast.so": compiled,
            f"{info}/METADATA": b"Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n",
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(),
        }
        record = "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD"))
        with ZipFile(wheel, "w") as archive:
            for name, content in (files | {f"{info}/RECORD": record.encode()}).items():
                archive.writestr(name, content)
        digest = hashlib.sha256(wheel.read_bytes() if hashed is None else hashed).hexdigest()
        requirements = tmp_path / "wanted.txt"
        requirements.write_text(f"--no-index\n--find-links {tmp_path}\nthing==1.0 --hash=sha256:{digest}\n")
        return requirements

    return make


def said(tmp_path: Path, *arguments: str, **environment: str | None) -> str:
    """What a build that fails says; it leaves no file."""
    output = tmp_path / "made"
    done = build(output, *arguments, environment=environment)
    assert done.returncode == 1, done.stdout
    assert not output.exists()
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_wheel_for_the_machine_is_taken(requiring: Wheel, tmp_path: Path) -> None:
    requirements = requiring("cp313-cp313-manylinux_2_28_x86_64", ELF_OF_X86)
    done = build(tmp_path / "made", "--requirements", str(requirements), "--architecture", "x86_64")
    assert done.returncode == 0, done.stderr
    with ZipFile(tmp_path / "made" / "lambda.zip") as archive:
        assert archive.read("thing/fast.so") == ELF_OF_X86


def test_a_distribution_without_a_wheel_for_the_machine(requiring: Wheel, tmp_path: Path) -> None:
    requirements = requiring("cp313-cp313-manylinux_2_28_x86_64", ELF_OF_X86)
    text = said(tmp_path, "--requirements", str(requirements))
    assert "thing==1.0 has no wheels" in text
    assert "wanted.txt cannot be installed for arm64 and Python 3.13: Lambda needs wheels: allow a version" in text


def test_a_wheel_whose_tag_lies(requiring: Wheel, tmp_path: Path) -> None:
    requirements = requiring("cp313-cp313-manylinux_2_28_aarch64", ELF_OF_X86)
    text = said(tmp_path, "--requirements", str(requirements))
    assert "thing/fast.so is not compiled for arm64, though its wheel says so: pin another version" in text


def test_a_file_that_is_not_what_was_pinned(requiring: Wheel, tmp_path: Path) -> None:
    requirements = requiring("py3-none-any", hashed=b"another")
    text = said(tmp_path, "--requirements", str(requirements))
    assert "Hash mismatch for `thing==1.0`" in text
    assert "a file is not the one that was pinned: do not use it" in text


def test_a_requirement_without_hashes(requiring: Wheel, tmp_path: Path) -> None:
    requirements = requiring("py3-none-any")
    requirements.write_text(requirements.read_text().partition(" --hash")[0])
    assert "each requirement has to have its hashes" in said(tmp_path, "--requirements", str(requirements))


def test_a_network_that_is_down(tmp_path: Path, lambda_python: str) -> None:
    text = said(
        tmp_path,
        UV_CACHE_DIR=str(tmp_path / "cache"),
        UV_DEFAULT_INDEX="http://127.0.0.1:9/simple",
        UV_HTTP_RETRIES="0",
        NO_PROXY="127.0.0.1",
    )
    assert "look at the network, the proxy's variables, SSL_CERT_FILE and the address of the package index" in text


def test_a_network_that_uv_may_not_use(tmp_path: Path, lambda_python: str) -> None:
    text = said(tmp_path, UV_CACHE_DIR=str(tmp_path / "cache"), UV_OFFLINE="1")
    assert "unset UV_OFFLINE" in text


def test_a_python_that_is_not_lambdas(tmp_path: Path) -> None:
    text = said(tmp_path, LAMBDA_PYTHON="/bin/false")
    assert "LAMBDA_PYTHON is '/bin/false', which is no CPython 3.13" in text


@pytest.mark.skipif(sys.version_info[:2] == (3, 13), reason="the builder's own Python is there")
def test_no_python_of_lambdas_at_all(tmp_path: Path) -> None:
    empty = str(tmp_path)
    text = said(
        tmp_path, LAMBDA_PYTHON=None, PATH=empty, HOME=empty, PYENV_ROOT=empty, UV_PYTHON_INSTALL_DIR=f"{empty}/pythons"
    )
    assert "none is on PATH as python3.13, in pyenv or in uv" in text
    assert "uv python install 3.13" in text
    assert "make package LAMBDA_PYTHON=" in text


def test_a_module_that_is_not_python(requiring: Wheel, tmp_path: Path) -> None:
    requirements = requiring("py3-none-any", module=b"def :")
    text = said(tmp_path, "--requirements", str(requirements))
    assert "thing/__init__.py" in text
    assert "Python 3.13 cannot compile the package" in text


def test_an_architecture_that_lambda_has_not(tmp_path: Path) -> None:
    done = build(tmp_path / "made", "--architecture", "riscv64", sources=ROOT)
    assert done.returncode == 2
    assert "choose from" in done.stderr
