"""Runs the command line in this process, as a process would run it."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from hipaa_constructs import cli
from hipaa_constructs.rules import _rule
from hipaa_constructs.rules._value import Json


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    status: int
    out: str
    err: str


def run(*arguments: str) -> Done:
    """Run a command; the rules that it loads are forgotten afterwards."""
    out, err = io.StringIO(), io.StringIO()
    command = mock.patch.object(sys, "argv", ["hipaa-constructs", *arguments])
    with command, rules_forgotten(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            cli.main()
        except SystemExit as ended:
            status = ended.code
    assert isinstance(status, int)
    return Done(status, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def rules_forgotten() -> Iterator[None]:
    """Forget the rules and modules that are loaded in a block."""
    rules, modules = dict(_rule._REGISTRY), set(sys.modules)
    try:
        yield
    finally:
        _rule._REGISTRY.clear()
        _rule._REGISTRY.update(rules)
        for name in set(sys.modules) - modules:
            if name.startswith("our_"):
                del sys.modules[name]


def write_template(path: str, resources: Mapping[str, Json], **sections: Json) -> None:
    """Write a template of some resources."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps({"Resources": dict(resources), **sections}, indent=1))


def bucket(status: Json = None, **attributes: Json) -> Json:
    """Make a bucket with a versioning status, or without one."""
    versioning: Json = {"VersioningConfiguration": {"Status": status}} if status is not None else {}
    return {"Type": "AWS::S3::Bucket", "Properties": versioning, **attributes}


def waiver(rule: str = "S3BucketVersioned", expires: str = "2999-12-31", reason: str = "scratch data") -> Json:
    """Make the metadata of a resource with a waiver."""
    record: Json = {"rule": rule, "reason": reason, "approved_by": "CISO", "expires": expires}
    return {"hipaa_constructs": {"waivers": [record]}}


OUR_RULE = '''
"""What our security office asks for."""

from hipaa_constructs.rules import Outcome, Resource, rule


@rule(
    title="every queue has a name",
    fix="set QueueName",
    applies_to=("AWS::SQS::Queue",),
    controls=(),
    url="https://wiki.example.org/names",
)
def our_queue_named(queue: Resource) -> Outcome:
    """Judge the name."""
    return queue.at("QueueName").must_be_set()
'''
