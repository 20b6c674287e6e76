"""From what a user names to the templates that are judged: files, folders, cloud assemblies."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from hipaa_constructs._collector import uncollected
from hipaa_constructs.loading._assembly import NestedTemplates, Source, stacks_of
from hipaa_constructs.loading._file import (
    NoResources,
    NotATemplate,
    UnusableTemplate,
    display_name,
    load_file,
    load_stream,
)
from hipaa_constructs.rules import Template

STDIN = "-"

Progress = Callable[[int, int], None]
"""Is told how many of how many files have been read."""

_SUFFIXES = (".json", ".yaml", ".yml", ".template")
_OTHER_FILES = re.compile(
    r"\..*|(package(-lock)?|tsconfig.*|cdk(\.context)?|tree|manifest|validation-report)\.json"
    r"|.*\.(assets|metadata)\.json"
)
_OTHER_FOLDERS = re.compile(r"\..*|asset\..*|node_modules|__pycache__")


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to judge.

    Attributes:
        templates: each file once, in the order named, those of a folder by name; after each the
            ones nested in it.
        problems: the inputs that can't be judged.
    """

    templates: list[Template] = field(default_factory=list)
    problems: list[UnusableTemplate] = field(default_factory=list)


@uncollected()
def discover(paths: Iterable[str], *, stdin: BinaryIO | None = None, progress: Progress | None = None) -> Found:
    """Load every template that some paths lead to, and those nested in them.

    Args:
        paths: template files, cloud assemblies, other folders of templates, and ``-`` for the
            standard input.
        stdin: read in place of the standard input.
        progress: called after each file.
    """
    found = Found()
    loader = _Loader(found)
    listings = {path: _listed(path) for path in paths}
    total, done = sum(len(listing.sources) for listing in listings.values()), 0
    for path, listing in listings.items():
        found.problems.extend(listing.problems)
        usable, before = bool(listing.problems), len(found.problems)
        if path == STDIN:
            loader.load_stdin(stdin or sys.stdin.buffer)
            continue
        for source in listing.sources:
            usable = loader.load(source) or usable
            done += 1
            if progress is not None:
                progress(done, total)
        if not usable and len(found.problems) == before:
            found.problems.append(UnusableTemplate(path, "is a folder without templates"))
    return found


def load(*paths: str | os.PathLike[str]) -> list[Template]:
    """Load every template that some paths lead to, and those nested in them.

    Args:
        paths: template files in JSON or YAML, cloud assemblies such as ``cdk.out``, and other folders of templates.

    Returns:
        Templates for `hipaa_constructs.check`; each can be judged once, together with the others of its app.

    Raises:
        UnusableTemplate: one of them can't be judged; it is a `ComplianceError`.
    """
    found = discover(os.path.join(".", path) if os.fspath(path) == STDIN else os.fspath(path) for path in paths)
    for problem in found.problems:
        raise problem
    return found.templates


@uncollected()
def load_stacks(stacks: Iterable[Source]) -> list[Template]:
    """Load the templates of some stacks, and those nested in them.

    Args:
        stacks: what is known of each.

    Raises:
        UnusableTemplate: one of them can't be read, or is no template.
    """
    found = Found()
    loader = _Loader(found)
    for source in stacks:
        loader.load(source)
    for problem in found.problems:
        raise problem
    return found.templates


@dataclass(frozen=True, slots=True)
class _Listing:
    sources: list[Source] = field(default_factory=list)
    problems: list[UnusableTemplate] = field(default_factory=list)


def _listed(path: str) -> _Listing:
    listing = _Listing()
    if not path:
        listing.problems.append(UnusableTemplate('""', "is no path"))
    elif path != STDIN and os.path.isdir(path):
        listing.sources.extend(_below(Path(path), listing.problems, set()))
    elif path != STDIN:
        listing.sources.append(Source(Path(path)))
    return listing


def _below(folder: Path, problems: list[UnusableTemplate], seen: set[str]) -> Iterator[Source]:
    """Yield what may be a template in a folder, entering each real folder once."""
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    stacks = stacks_of(folder, problems)
    if stacks is not None:
        yield from stacks
        return
    try:
        names = sorted(os.listdir(folder))
    except OSError as fault:
        problems.append(UnusableTemplate.unreadable(display_name(folder), fault))
        return
    for name in names:
        path = folder / name
        if os.path.isdir(path):
            if not _OTHER_FOLDERS.fullmatch(name):
                yield from _below(path, problems, seen)
        elif name.lower().endswith(_SUFFIXES) and not _OTHER_FILES.fullmatch(name):
            yield Source(path, sure=False)


class _Loader:
    """Loads each file once, and after it what is nested in it."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._loaded: set[str] = set()
        self._nested = NestedTemplates(found.problems)

    def load(self, source: Source) -> bool:
        """Load a file; tell whether it is, or was before, a template."""
        waiting = [source]
        while waiting:
            waiting += self._load(waiting.pop())
        return os.path.realpath(source.path) in self._loaded

    def load_stdin(self, stream: BinaryIO) -> None:
        name = "<stdin>"
        try:
            loaded = load_stream(stream, name)
        except UnusableTemplate as problem:
            self._found.problems.append(problem)
        else:
            self._found.templates.append(Template(loaded.body, name=name, line_of=loaded.line_of))

    def _load(self, source: Source) -> list[Source]:
        real = os.path.realpath(source.path)
        if real in self._loaded:
            return []
        name = display_name(source.path)
        try:
            loaded = load_file(source.path, name)
        except UnusableTemplate as problem:
            if source.of_cdk and isinstance(problem, NoResources):
                self._loaded.add(real)
                return []
            if source.sure or not isinstance(problem, NotATemplate):
                self._found.problems.append(problem)
            return []
        self._loaded.add(real)
        nested = self._nested.of(source.path, loaded.body)
        self._found.templates.append(
            Template(
                loaded.body,
                name=name,
                path=source.path,
                account=source.account,
                region=source.region,
                stack_name=source.stack_name,
                line_of=loaded.line_of,
                nested=nested,
                termination_protection=source.termination_protection,
                stack_tags=source.stack_tags,
            )
        )
        inner = replace(source, stack_name=None, sure=True, termination_protection=None)
        return [replace(inner, path=path) for path in reversed(nested.values())]
