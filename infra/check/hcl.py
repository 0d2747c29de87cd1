"""Terraform's code as blocks and expressions, for what no plan has: lifecycles, dynamic blocks, validations.

It evaluates nothing, and takes code that `terraform validate` takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_COMMENT = re.compile(r"#[^\n]*|//[^\n]*|/\*.*?\*/", re.DOTALL)
_HEREDOC = re.compile(r"<<-?([A-Za-z_]\w*)\n.*?\n[ \t]*\1(?=\W)", re.DOTALL)
_HEAD = re.compile(r"""[ \t]*([A-Za-z_][\w-]*)((?:[ \t]+(?:"[^"\n]*"|[A-Za-z_][\w-]*))*)[ \t]*(=(?!=)|\{)""")
_LABEL = re.compile(r'"([^"]*)"|([A-Za-z_][\w-]*)')
_NAME = re.compile(r"\b[a-z_]\w*(?:(?:\.|\[[^\]]*\]\.?)\*?[A-Za-z_]\w*)+")
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True)
class Block:
    """A block, or a whole file: its comments are gone."""

    kind: str
    labels: tuple[str, ...]
    text: str
    file: str

    def __str__(self) -> str:
        return ".".join([self.kind, *self.labels])

    def blocks(self, kind: str, *labels: str) -> list[Block]:
        """The blocks right in this one that begin with these words."""
        return [block for block in self._blocks if block.kind == kind and block.labels[: len(labels)] == labels]

    @cached_property
    def attributes(self) -> dict[str, str]:
        """The expressions, by the names that they are given to."""
        return {name: text.strip() for name, _, text, is_block in _parts(self.text) if not is_block}

    def attribute(self, name: str) -> str:
        """The expression as it stands, or nothing."""
        return self.attributes.get(name, "")

    @cached_property
    def _blocks(self) -> list[Block]:
        return [Block(kind, labels, text, self.file) for kind, labels, text, is_block in _parts(self.text) if is_block]


class Module:
    """All files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.files = [
            Block("file", (path.name,), _without_comments(path.read_text()), path.name)
            for path in sorted(folder.glob("*.tf"))
        ]
        self.with_comments = "\n".join(path.read_text() for path in sorted(folder.glob("*.tf")))

    @property
    def text(self) -> str:
        return "\n".join(file.text for file in self.files)

    def blocks(self, kind: str, *labels: str) -> list[Block]:
        return [block for file in self.files for block in file.blocks(kind, *labels)]

    def resources(self, kind: str, *name: str) -> list[Block]:
        return self.blocks("resource", kind, *name)

    def variable(self, name: str) -> Block:
        """The declaration, an empty one where there is none."""
        return next(iter(self.blocks("variable", name)), Block("variable", (name,), "", "variables.tf"))

    def conditions(self, variable: str) -> str:
        """What its validations ask for."""
        return "\n".join(block.attribute("condition") for block in self.variable(variable).blocks("validation"))

    @cached_property
    def locals(self) -> dict[str, str]:
        return {name: text for block in self.blocks("locals") for name, text in block.attributes.items()}

    def behind(self, references: set[str]) -> set[str]:
        """These references, and all that the locals among them refer to, however far away."""
        known, found, waiting = self.locals, set[str](), set(references)
        while waiting:
            reference = waiting.pop()
            found.add(reference)
            words = reference.split(".")
            if words[0] == "local" and len(words) > 1 and words[1] in known:
                waiting |= references_in(known[words[1]]) - found
        return found


def references_in(expression: str) -> set[str]:
    """The names with dots in an expression, as a plan's `references` have them."""
    return {re.sub(r"\[[^\]]*\]", "", match.group()) for match in _NAME.finditer(expression)}


def _parts(text: str) -> Iterator[tuple[str, tuple[str, ...], str, bool]]:
    """Each of a body's blocks and attributes: its name, its labels, what it holds, and whether it is a block."""
    at = 0
    while at < len(text):
        head = _HEAD.match(text, at)
        if head is None:
            at = text.find("\n", at) + 1 or len(text)
            continue
        labels = tuple(quoted or bare for quoted, bare in _LABEL.findall(head.group(2)))
        if head.group(3) == "{":
            at = _end(text, head.end(), "}")
            yield head.group(1), labels, text[head.end() : at], True
            at += 1
        else:
            end = _end(text, head.end(), "\n")
            yield head.group(1), labels, text[head.end() : end], False
            at = end + 1


def _end(text: str, at: int, ending: str) -> int:
    """Where the ending is that no bracket, string or heredoc holds."""
    depth = 0
    while at < len(text):
        character = text[at]
        if depth == 0 and character == ending:
            return at
        if character == '"':
            at = _string_end(text, at)
        elif character == "<" and (heredoc := _HEREDOC.match(text, at)):
            at = heredoc.end()
            continue
        depth += (character in _OPENING) - (character in _CLOSING)
        at += 1
    return at


def _string_end(text: str, at: int) -> int:
    """Where the quote is that ends the string; a template in it may hold strings of its own."""
    at += 1
    while at < len(text) and text[at] != '"':
        if text[at] == "\\":
            at += 1
        elif text[at : at + 2] in ("${", "%{") and text[at - 1] not in "$%":
            at = _end(text, at + 2, "}")
        at += 1
    return at


def _without_comments(text: str) -> str:
    kept, at = [], 0
    while at < len(text):
        if text[at] == '"':
            end = _string_end(text, at) + 1
        elif text[at] == "<" and (heredoc := _HEREDOC.match(text, at)):
            end = heredoc.end()
        elif comment := _COMMENT.match(text, at):
            at = comment.end()
            continue
        else:
            end = at + 1
        kept.append(text[at:end])
        at = end
    return "".join(kept)
