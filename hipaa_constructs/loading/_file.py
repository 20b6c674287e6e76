"""One template, read: its bytes refused, or turned into a body with the lines of what is in it."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.loading._json import parse_json
from hipaa_constructs.loading._text import BrokenText
from hipaa_constructs.rules._template import LineFinder
from hipaa_constructs.rules._value import Json

LARGEST = 5 * 1024 * 1024
"""The bytes of the largest file that is read; CloudFormation itself takes a template of 1 MB."""


class UnusableTemplate(ComplianceError):
    """An input that can't be judged, in one line that names it.

    Attributes:
        name: the input, as the user would write it.
        why: what is wrong with it.
        line: where, counted from 1, if that is known.
        column: where in the line, counted from 1.
    """

    def __init__(self, name: str, why: str, *, line: int | None = None, column: int | None = None) -> None:
        """Say what is wrong with an input."""
        self.name = name
        self.why = " ".join(why.split())
        self.line = line
        self.column = column
        place = "".join(f":{number}" for number in (line, column) if number is not None)
        super().__init__(f"{name}{place}: {self.why}")

    @classmethod
    def unreadable(cls, name: str, fault: OSError | ValueError) -> UnusableTemplate:
        """Say why the system does not let an input be read."""
        known = fault.strerror if isinstance(fault, OSError) else None
        why = known.lower() if known else str(fault)
        return cls(name, f"can't be read: {why}")


class NotATemplate(UnusableTemplate):
    """A whole JSON or YAML file that is something else than a template."""


class NoResources(NotATemplate):
    """A mapping without resources: something else than a template, or what the CDK writes for an empty stack."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file's content.

    Attributes:
        body: the parsed template, with the short tags of YAML in their long form.
        line_of: finds the line of a place, or of the nearest place above it.
    """

    body: Mapping[str, Json]
    line_of: LineFinder


def load_file(path: Path, name: str) -> Loaded:
    """Read a template from a file.

    Args:
        path: a regular file; anything else could block or never end.
        name: how errors call it.

    Raises:
        UnusableTemplate: it can't be read, or is no template.
    """
    return parse(read_file(path, name), name, suffix=path.suffix.lower())


def load_stream(stream: BinaryIO, name: str) -> Loaded:
    """Read a template from a stream, e.g. the standard input.

    Raises:
        UnusableTemplate: it can't be read, or is no template.
    """
    try:
        content = stream.read(LARGEST + 1)
    except OSError as fault:
        raise UnusableTemplate.unreadable(name, fault) from None
    return parse(content, name)


def display_name(path: Path) -> str:
    """Return a path as the user would write it: relative when it is below the working folder."""
    absolute, here = Path(os.path.abspath(path)), Path.cwd()
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else path).as_posix()


def read_file(path: Path, name: str, *, largest: int = LARGEST) -> bytes:
    """Return a file's bytes, one more than the largest at most.

    Raises:
        UnusableTemplate: it is missing, not a regular file, or not readable.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UnusableTemplate(name, "is a folder, not a file")
        if not stat.S_ISREG(mode):
            raise UnusableTemplate(name, "is not a regular file; to read from a pipe, pass - and the standard input")
        with path.open("rb") as file:
            return file.read(largest + 1)
    except (OSError, ValueError) as fault:
        raise UnusableTemplate.unreadable(name, fault) from None


def parse(content: bytes, name: str, *, suffix: str = "") -> Loaded:
    """Parse a template.

    Args:
        content: its bytes.
        name: how errors call it.
        suffix: ``.json``, ``.yaml`` or ``.yml``; for any other the text itself tells.

    Raises:
        UnusableTemplate: it is too large or no template.
    """
    text = _decoded(content, name)
    as_json = suffix == ".json" or (suffix not in (".yaml", ".yml") and text.lstrip().startswith("{"))
    try:
        body, line_of = parse_json(text) if as_json else _parse_yaml(text)
    except BrokenText as broken:
        kind = NotATemplate if broken.foreign else UnusableTemplate
        raise kind(name, str(broken), line=broken.line, column=broken.column) from None
    if not isinstance(body, dict) or "Resources" not in body:
        kind = NoResources if isinstance(body, dict) else NotATemplate
        raise kind(name, "is not a CloudFormation template: it has no Resources")
    if not isinstance(body["Resources"], dict):
        raise UnusableTemplate(
            name,
            "is not a CloudFormation template: its Resources are not a mapping",
            line=line_of(("Resources",)),
        )
    return Loaded(body, line_of)


def _parse_yaml(text: str) -> tuple[Json, LineFinder]:
    # YAML costs an import that a run on JSON templates does not need.
    from hipaa_constructs.loading._yaml import parse_yaml

    return parse_yaml(text)


def _decoded(content: bytes, name: str) -> str:
    if len(content) > LARGEST:
        raise UnusableTemplate(
            name,
            f"is larger than {LARGEST // 1024**2} MiB, which no CloudFormation template can be",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise UnusableTemplate(
            name, f"is not UTF-8 text: byte {fault.object[fault.start]:#04x} at {fault.start}"
        ) from None
    if "\0" in text:
        raise UnusableTemplate(name, f"is not text: a zero byte at {text.index(chr(0))}")
    if not text.strip():
        raise UnusableTemplate(name, "is empty")
    return text
