"""What a cloud assembly says of its templates: the stacks, the stages, and what is nested where."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hipaa_constructs.loading._file import UnusableTemplate, display_name, read_file
from hipaa_constructs.loading._json import parse_json
from hipaa_constructs.loading._text import BrokenText
from hipaa_constructs.rules._template import NESTED_STACK
from hipaa_constructs.rules._value import Json

MANIFEST = "manifest.json"

LARGEST_MANIFEST = 256 * 1024 * 1024
"""The bytes of the largest manifest that is read; stack traces can make one of many megabytes."""

_ENVIRONMENT = re.compile(r"aws://([^/]+)/([^/]+)")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that holds a template, or may do so.

    Attributes:
        path: the file.
        account: the account it is deployed to, if known.
        region: the Region it is deployed to, if known.
        stack_name: the name of the stack, if known.
        sure: whether somebody says that it is a template, so that it is an error if not.
        of_cdk: whether the CDK wrote it, which leaves ``Resources`` out of an empty stack.
        termination_protection: whether the stack is protected from deletion, if known.
        stack_tags: the keys of the tags that the whole stack is deployed with.
    """

    path: Path
    account: str | None = None
    region: str | None = None
    stack_name: str | None = None
    sure: bool = True
    of_cdk: bool = False
    termination_protection: bool | None = None
    stack_tags: tuple[str, ...] = ()

    @classmethod
    def of_stack(
        cls,
        path: Path,
        account: str | None,
        region: str | None,
        stack_name: str | None,
        *,
        termination_protection: bool = False,
        stack_tags: Iterable[str] = (),
    ) -> Source:
        """Take what the CDK says of a stack, with its own words for what is not known."""
        known_account = None if account == "unknown-account" else account
        known_region = None if region == "unknown-region" else region
        return cls(
            path,
            known_account,
            known_region,
            stack_name,
            of_cdk=True,
            termination_protection=termination_protection,
            stack_tags=tuple(stack_tags),
        )


def stacks_of(folder: Path, problems: list[UnusableTemplate]) -> list[Source] | None:
    """Return the templates of a cloud assembly, stages included, without the nested ones.

    Args:
        folder: where its manifest is.
        problems: takes what can't be used of it.

    Returns:
        None if the folder is no cloud assembly.
    """
    artifacts = _artifacts(folder, problems)
    if artifacts is None:
        return None
    return list(_stacks(folder, artifacts, problems, {os.path.realpath(folder)}))


def _artifacts(folder: Path, problems: list[UnusableTemplate]) -> Mapping[str, Json] | None:
    path = folder / MANIFEST
    if not os.path.lexists(path):
        return None
    try:
        manifest = _read(path)
    except UnusableTemplate as problem:
        problems.append(problem)
        return None
    artifacts = manifest.get("artifacts") if isinstance(manifest, dict) else None
    return artifacts if isinstance(artifacts, dict) else None


def _stacks(
    folder: Path,
    artifacts: Mapping[str, Json],
    problems: list[UnusableTemplate],
    seen: set[str],
) -> Iterator[Source]:
    for artifact_id, artifact in artifacts.items():
        match artifact:
            case {
                "type": "aws:cloudformation:stack",
                "environment": str(environment),
                "properties": {"templateFile": str(file), **others},
            } if _is_path(file):
                place = _ENVIRONMENT.fullmatch(environment)
                account, region = place.groups() if place else (None, None)
                # The CDK leaves the name out where it is the artifact's id.
                stack_name = others.get("stackName", artifact_id)
                known = stack_name if isinstance(stack_name, str) else None
                tags = others.get("tags")
                yield Source.of_stack(
                    folder / file,
                    account,
                    region,
                    known,
                    termination_protection=others.get("terminationProtection") is True,
                    stack_tags=tags if isinstance(tags, dict) else (),
                )
            case {
                "type": "cdk:cloud-assembly",
                "properties": {"directoryName": str(name)},
            } if _is_path(name):
                stage = folder / name
                if os.path.realpath(stage) in seen:
                    continue
                seen.add(os.path.realpath(stage))
                before = len(problems)
                inner = _artifacts(stage, problems)
                if inner is not None:
                    yield from _stacks(stage, inner, problems, seen)
                elif len(problems) == before:
                    why = "is a stage without a manifest of stacks"
                    problems.append(UnusableTemplate(display_name(stage), why))


class NestedTemplates:
    """Finds the files of nested stacks.

    A template names them by itself (the CDK's command line has it written into the metadata, the
    AWS command line's ``package`` reads a path in ``TemplateURL``), or by the hash of the asset
    that the folder's asset manifests lead back to the file.
    """

    def __init__(self, problems: list[UnusableTemplate]) -> None:
        """Start with no manifest read.

        Args:
            problems: takes the manifests that can't be used.
        """
        self._problems = problems
        self._assets: dict[Path, dict[str, str]] = {}

    def of(self, path: Path, body: Mapping[str, Json]) -> dict[str, Path]:
        """Return the file of each nested stack by its logical id, as far as it can be told.

        Args:
            path: where the template is; theirs are named relative to it.
            body: the template.
        """
        resources = body.get("Resources")
        found: dict[str, Path] = {}
        for logical_id, resource in resources.items() if isinstance(resources, dict) else ():
            if isinstance(resource, dict) and resource.get("Type") == NESTED_STACK:
                name = self._named(path.parent, resource)
                if name is not None:
                    found[logical_id] = path.parent / name
        return found

    def _named(self, folder: Path, stack: Mapping[str, Json]) -> str | None:
        match stack:
            case {"Metadata": {"aws:asset:path": str(name)}} if _is_path(name):
                return name
            case {"Properties": {"TemplateURL": str(name)}} if _is_path(name):
                return name
            case {"Properties": {"TemplateURL": url}}:
                hashes = _HASH.findall(json.dumps(url))
                assets = self._assets_in(folder) if hashes else {}
                return next((assets[one] for one in hashes if one in assets), None)
        return None

    def _assets_in(self, folder: Path) -> dict[str, str]:
        if folder not in self._assets:
            self._assets[folder] = dict(self._read_assets(folder))
        return self._assets[folder]

    def _read_assets(self, folder: Path) -> Iterator[tuple[str, str]]:
        for path in sorted(folder.glob("*.assets.json")):
            try:
                manifest = _read(path)
            except UnusableTemplate as problem:
                self._problems.append(problem)
                continue
            files = manifest.get("files") if isinstance(manifest, dict) else None
            for key, asset in files.items() if isinstance(files, dict) else ():
                match asset:
                    case {"source": {"path": str(name)}} if _is_path(name):
                        yield key, name


def _is_path(text: str) -> bool:
    return bool(text) and "\0" not in text and "://" not in text and "{{" not in text


def _read(path: Path) -> Json:
    name = display_name(path)
    content = read_file(path, name, largest=LARGEST_MANIFEST)
    if len(content) > LARGEST_MANIFEST:
        raise UnusableTemplate(name, f"is larger than {LARGEST_MANIFEST // 1024**2} MiB")
    try:
        return parse_json(content.decode("utf-8-sig"))[0]
    except UnicodeDecodeError:
        raise UnusableTemplate(name, "is not UTF-8 text") from None
    except BrokenText as broken:
        raise UnusableTemplate(name, str(broken), line=broken.line, column=broken.column) from None
