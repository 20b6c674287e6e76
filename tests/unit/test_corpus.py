"""How the rules are compared with other tools on templates of public packages."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from hipaa_constructs.rules import RULES, Verdict
from tools.corpus import samples as corpus
from tools.corpus.comparing import Row, rows
from tools.corpus.judging import Ours, Place, Theirs, ours
from tools.corpus.samples import Package, samples

RULE = RULES["S3BucketAccessLogged"]
LOGGED = "checkov:CKV_AWS_18"
BUCKET = "{Resources: {Bucket: {Type: AWS::S3::Bucket}}}"
NAG = "cdk-nag:HIPAA.Security-S3BucketLoggingEnabled"
SILENT = Theirs({}, {})
A, B = ("a.json", "Bucket"), ("b.json", "Bucket")


def package(folder: Path, files: Mapping[str, str], name: str = "one") -> Package:
    """Put a package of some files into the cache, as if it had been fetched."""
    home = folder / "packages" / f"{name}-1.0"
    home.mkdir(parents=True)
    archive = home / f"{name}-1.0.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for path, text in files.items():
            member = tarfile.TarInfo(f"{name}-1.0/{path}")
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
    return Package("pypi", name, "1.0", corpus.digest(archive.read_bytes()), "MIT")


def pinned(monkeypatch: pytest.MonkeyPatch, *found: Package) -> None:
    monkeypatch.setattr(corpus, "packages", lambda: list(found))


def row(verdicts: Mapping[Place, Verdict], found: set[Place], refused: Mapping[str, str] | None = None) -> Row:
    judged = Ours({RULE.id: verdicts}, [])
    compared = rows([RULE], judged, {"cdk-nag": SILENT, "checkov": Theirs({LOGGED: found}, refused or {})})
    return next(one for one in compared if one.check == LOGGED)


def test_templates_of_a_package_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned(monkeypatch, package(tmp_path, {"t/a.yaml": BUCKET, "b.json": "{}", "c.txt": BUCKET}))
    assert [(one.member, one.unusable) for one in samples(tmp_path)] == [("t/a.yaml", None)]


def test_a_template_without_a_type_of_aws_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned(monkeypatch, package(tmp_path, {"a.yaml": "{Resources: {Own: {Type: Custom::Thing}}}"}))
    assert samples(tmp_path) == []


def test_a_template_that_no_parser_takes_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned(monkeypatch, package(tmp_path, {"a.json": BUCKET}))
    [one] = samples(tmp_path)
    assert one.unusable is not None


def test_the_same_template_of_two_packages_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned(monkeypatch, *(package(tmp_path, {"a.yaml": BUCKET}, name) for name in ("one", "two")))
    assert [one.package.name for one in samples(tmp_path)] == ["one"]


def test_a_package_with_another_hash_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path, {"a.yaml": BUCKET})
    pinned(monkeypatch, Package("pypi", "one", "1.0", "0" * 64, "MIT"))
    with pytest.raises(SystemExit, match="is not the one"):
        samples(tmp_path)


def test_a_sample_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned(monkeypatch, package(tmp_path, {"a.yaml": BUCKET}))
    [one] = samples(tmp_path)
    judged = ours([one])
    assert judged.verdicts["S3BucketAccessLogged"] == {(one.file.name, "Bucket"): Verdict.BROKEN}
    assert judged.faults == []


def test_what_both_find_is_agreed() -> None:
    assert row({A: Verdict.BROKEN}, {A}).both == {A}


def test_what_one_alone_finds_is_told_apart() -> None:
    one = row({A: Verdict.BROKEN, B: Verdict.MET}, {B})
    assert [set(places) for places in (one.both, one.here, one.there, one.unknown)] == [set(), {A}, {B}, set()]


def test_what_the_rule_can_not_decide_is_told_apart() -> None:
    one = row({A: Verdict.UNDECIDED}, {A})
    assert [set(places) for places in (one.there, one.unknown)] == [set(), {A}]


def test_a_template_that_the_tool_refused_is_no_disagreement() -> None:
    assert row({A: Verdict.BROKEN}, set(), {"a.json": "can't be parsed"}).here == set()


def test_a_resource_that_a_rule_of_the_tool_failed_on_is_no_disagreement() -> None:
    judged = Ours({RULE.id: {A: Verdict.BROKEN, B: Verdict.BROKEN}}, [])
    failed = Theirs({f"{NAG}?": {A}}, {})
    compared = rows([RULE], judged, {"cdk-nag": failed, "checkov": SILENT})
    assert [one.here for one in compared if one.check == NAG] == [{B}]


def test_a_finding_of_another_rule_with_the_same_check_agrees() -> None:
    other = replace(RULE, id="Other")
    judged = Ours({"Other": {A: Verdict.BROKEN}}, [])
    compared = list(rows([RULE, other], judged, {"cdk-nag": SILENT, "checkov": Theirs({LOGGED: {A, B}}, {})}))
    assert [one.there for one in compared if one.check == LOGGED] == [{B}, {B}]
