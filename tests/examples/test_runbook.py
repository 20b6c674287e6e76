"""Every command of the runbook is one of the AWS CLI's or the CDK's, with options that it has."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import xform_name
from botocore.session import get_session

from tests.examples._reference import ROOT

FOLDER = ROOT / "examples" / "reference"
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
GLOBAL = {"region", "query"}
# What the AWS CLI has beside the operations of the APIs: https://docs.aws.amazon.com/cli/latest/reference/
OWN_COMMANDS = {("cloudtrail", "validate-logs"), ("s3", "sync")}
OWN_OPTIONS = {
    ("cloudtrail", "validate-logs"): {"trail-arn", "start-time", "end-time"},
    ("rds", "copy-db-snapshot"): {"source-region"},
    ("s3", "sync"): {"source-region"},
}
CDK = {
    "bootstrap": set[str](),
    "deploy": {"exclusively", "all"},
    "diff": set[str](),
}
OTHERS = {"pg_dump": {"table", "file"}, "psql": {"file"}}


def commands(page: Path) -> Iterator[list[str]]:
    """Yield the commands of a page, as a shell splits them."""
    for block in BLOCK.findall(page.read_text("utf-8")):
        text = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*$", "", block))
        for line in _lines(text):
            words = shlex.split(line)
            if words and words[0] != "export":
                yield words


def _lines(text: str) -> Iterator[str]:
    line = ""
    for part in text.splitlines():
        line = f"{line} {part.strip()}" if line else part.strip()
        if line.count("'") % 2 == 0:
            yield line
            line = ""
    assert not line


ALL = [words for name in ("README.md", "RUNBOOK.md") for words in commands(FOLDER / name)]
OF_AWS = [words for words in ALL if words[0] == "aws"]


def options(words: list[str]) -> set[str]:
    return {word.removeprefix("--").removeprefix("no-") for word in words if word.startswith("--")}


def members(service: str, operation: str) -> set[str]:
    """Return the options that the AWS CLI makes of the input of an operation."""
    model: Any = get_session().get_service_model({"s3api": "s3"}.get(service, service))
    names = {xform_name(name, "-"): name for name in model.operation_names}
    assert operation in names, f"aws {service} has no {operation}"
    shape = model.operation_model(names[operation]).input_shape
    return {xform_name(member, "-") for member in shape.members}


@pytest.mark.parametrize(
    "words", [words for words in OF_AWS if words[2] != "wait"], ids=lambda words: "-".join(words[1:3])
)
def test_a_command_of_the_aws_cli_exists_with_its_options(words: list[str]) -> None:
    service, operation = words[1:3]
    own = OWN_OPTIONS.get((service, operation), set())
    known = set() if (service, operation) in OWN_COMMANDS else members(service, operation)
    assert options(words) <= known | own | GLOBAL


def test_what_is_waited_for_can_be() -> None:
    waits = [words for words in OF_AWS if words[2] == "wait"]
    assert waits
    for words in waits:
        model: Any = get_session().get_waiter_model(words[1])
        assert words[3] in {xform_name(name, "-") for name in model.waiter_names}


@pytest.mark.parametrize("words", [words for words in ALL if words[0] == "cdk"], ids=" ".join)
def test_a_command_of_the_cdk_exists_with_its_options(words: list[str]) -> None:
    assert words[1] in CDK
    assert options(words) <= CDK[words[1]]


def test_nothing_else_is_called() -> None:
    assert {words[0] for words in ALL} == {"aws", "cdk", *OTHERS}
    for words in ALL:
        if words[0] in OTHERS:
            assert options(words) <= OTHERS[words[0]]


def test_the_runbook_answers_what_is_asked() -> None:
    headings = re.findall(r"(?m)^## (.+)$", (FOLDER / "RUNBOOK.md").read_text("utf-8"))
    assert headings == [
        "Fail over",
        "Fail back",
        "Restore a single table or file",
        "Rotate keys",
        "Who read this record?",
    ]
