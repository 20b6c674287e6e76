"""The templates that ship in public packages: fetched by name, version and hash, and never kept in the tree."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hipaa_constructs.loading import LARGEST, NotATemplate, UnusableTemplate, parse
from hipaa_constructs.rules import Template

_PACKAGES = Path(__file__).parent / "packages.csv"
_SUFFIXES = (".json", ".template", ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Package:
    """A package of a public registry, as `packages.csv` pins it."""

    registry: str
    name: str
    version: str
    sha256: str
    licence: str

    @property
    def url(self) -> str:
        """The page of the package."""
        base = "https://www.npmjs.com/package" if self.registry == "npm" else "https://pypi.org/project"
        return f"{base}/{self.name}"


@dataclass(frozen=True, slots=True)
class Sample:
    """A template of a package.

    Attributes:
        package: where it is from.
        member: its path there.
        file: where its bytes are kept.
        unusable: why this package refuses it, if it does.
    """

    package: Package
    member: str
    file: Path
    unusable: str | None

    def template(self) -> Template:
        """Parse it anew; an assembly keeps what it judges."""
        loaded = parse(self.file.read_bytes(), self.member, suffix=self.file.suffix)
        return Template(loaded.body, name=self.member, line_of=loaded.line_of)


def digest(content: bytes) -> str:
    """Return the hash that `packages.csv` pins."""
    return hashlib.sha256(content).hexdigest()


def packages() -> list[Package]:
    """Return what is pinned."""
    with _PACKAGES.open(newline="", encoding="utf-8") as file:
        return [Package(**row) for row in csv.DictReader(file)]


def samples(folder: Path) -> list[Sample]:
    """Return every template of every package once, also if several packages have the same.

    Args:
        folder: the cache.
    """
    seen: set[str] = set()
    found: list[Sample] = []
    for package in packages():
        for member, content in _members(_archive(package, folder)):
            identity = digest(content)
            if identity in seen:
                continue
            try:
                if not _holds_resources_of_aws(content, member):
                    continue
                why = None
            except UnusableTemplate as problem:
                if b"AWS::" not in content or b"Resources" not in content:
                    continue
                why = problem.why
            seen.add(identity)
            file = folder / "templates" / f"{identity[:16]}{Path(member).suffix.lower()}"
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
            found.append(Sample(package, member, file, why))
    return found


def _archive(package: Package, folder: Path) -> Path:
    """Return the package's archive, from the cache or from its registry."""
    home = folder / "packages" / f"{package.name.replace('/', '__')}-{package.version}"
    if not list(home.glob("*.t*gz")):
        home.mkdir(parents=True, exist_ok=True)
        subprocess.run(_download(package, home), cwd=home, check=True, stdout=subprocess.DEVNULL)
    [archive] = home.glob("*.t*gz")
    if digest(archive.read_bytes()) != package.sha256:
        raise SystemExit(f"{archive} is not the {package.name} {package.version} of packages.csv")
    return archive


def _download(package: Package, home: Path) -> list[str]:
    if package.registry == "npm":
        return ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    wanted = home / "requirements.txt"
    wanted.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download"]
    return [*pip, "--no-deps", "--no-binary", ":all:", "--dest", str(home), "--requirement", str(wanted)]


def _members(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as package:
        for member in sorted(package.getmembers(), key=lambda one: one.name):
            if member.isfile() and member.size <= LARGEST and member.name.lower().endswith(_SUFFIXES):
                file = package.extractfile(member)
                assert file is not None
                yield member.name.partition("/")[2], file.read()


def _holds_resources_of_aws(content: bytes, member: str) -> bool:
    try:
        body = parse(content, member, suffix=Path(member).suffix.lower()).body
    except NotATemplate:
        return False
    return any(resource.type.startswith("AWS::") for resource in Template(body).resources.values())
