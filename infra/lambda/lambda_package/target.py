"""What the package is made for."""

from __future__ import annotations

from dataclasses import dataclass

PYTHON = "3.13"
# Where Lambda unpacks it; what tracebacks name, whatever folder it was built in.
ROOT = "/var/task"


@dataclass(frozen=True, slots=True)
class Architecture:
    """`name` is Lambda's word, `machine` that of wheels' tags, and `elf` that in a compiled file's header."""

    name: str
    machine: str
    elf: int

    @property
    def platform(self) -> str:
        """uv's name of the platform. Lambda's Amazon Linux 2023 has glibc 2.34."""
        return f"{self.machine}-manylinux_2_28"


ARCHITECTURES = {
    "arm64": Architecture("arm64", "aarch64", elf=183),
    "x86_64": Architecture("x86_64", "x86_64", elf=62),
}
