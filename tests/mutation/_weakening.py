"""What each service's templates are weakened in, and what weakens nothing."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from aws_cdk import App, Stack

from hipaa_constructs.checker import check
from hipaa_constructs.rules import Template, Verdict
from hipaa_constructs.rules._value import Json
from tests.mutation._mutations import Mutation, mutations

Exemption = tuple[str, str, str]
"""What is changed, to what, and why it weakens nothing."""

ALWAYS_EXEMPT: tuple[Exemption, ...] = (
    ("*Policy*:Properties/*/Version", "*", "no statement uses what the newer version adds"),
    ("*:Properties/*/Sid", "*", "a name"),
    ("*:Properties/*/Id", "*", "a name"),
    ("*:Properties/Description", "*", "a text"),
)
KEYS_EXEMPT: tuple[Exemption, ...] = (
    ("Key:Properties/KeyPolicy", "deleted", "AWS's default policy, which is the account's own"),
    ("ReplicaKey:Properties/KeyPolicy", "deleted", "refused: the property is required"),
    ("*Key:Properties/KeyPolicy/Version", "*", "no statement uses what the newer version adds"),
    ("*Key:Properties/KeyPolicy/Statement", "deleted", "refused by KMS: nobody could use the key"),
    ("*Key:Properties/KeyPolicy/Statement/?", "deleted", "takes access away"),
    ("*Key:Properties/KeyPolicy/Statement/?/*", "deleted", "takes access away, or is refused by KMS"),
    ("*Key:Properties/KeyPolicy/Statement/?/*", "weakened", "takes access away"),
    ("*Key:Properties/KeyPolicy/Statement/?/*", "alias/aws/s3", "takes access away"),
    ("*Key:Properties/KeyPolicy/Statement/?/Effect", "Deny", "takes access away"),
    ("*Key:Properties/KeyPolicy/Statement/?/Resource", "nobody", "takes access away"),
    ("*Key:Properties/PendingWindowInDays", "deleted", "30 days are KMS's own default"),
    ("ReplicaKey:Properties/PrimaryKeyArn", "*", "another key, or refused: the property is required"),
)


@dataclass
class Weakening:
    """Templates of one service, every place of which is weakened.

    Attributes:
        service: its name, as its modules have it.
        builders: what makes the templates.
        types: the CloudFormation types that are weakened; all by default. Others are another service's to weaken.
        only: the changes that are made, as patterns of ``Type:place:change``; by default all but the removal of whole
            resources. For blocks of many resources, most of whose properties say what and not how safely.
        exempt: what weakens nothing; a test demands that each line is needed.
        expected: the rules that the unchanged templates break, which the library waives.
    """

    service: str
    builders: tuple[Callable[[Stack], object], ...]
    types: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    exempt: tuple[Exemption, ...] = ()
    expected: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def templates(self) -> dict[str, dict[str, Json]]:
        """The templates by the names of their builders."""
        return {build.__name__: _synthesized(build) for build in self.builders}

    @cached_property
    def before(self) -> dict[str, set[tuple[str, str]]]:
        """What is found in the unchanged templates."""
        return {name: findings(template) for name, template in self.templates.items()}

    def cases(self) -> Iterator[tuple[str, Mutation]]:
        """Yield every change of every template."""
        for name, template in self.templates.items():
            for mutation in mutations(template):
                if self._makes(mutation):
                    yield name, mutation

    def _makes(self, mutation: Mutation) -> bool:
        if self.only:
            return any(fnmatchcase(str(mutation), pattern) for pattern in self.only)
        return bool(mutation.path) and (not self.types or mutation.kind in self.types)

    def exempts(self, mutation: Mutation) -> bool:
        """Tell whether a change weakens nothing."""
        return any(matches(exemption, mutation) for exemption in (*ALWAYS_EXEMPT, *self.exempt))

    def notices(self, name: str, mutation: Mutation) -> bool:
        """Tell whether a change gives a finding that the unchanged template does not have."""
        return bool(findings(mutation.applied_to(self.templates[name])) - self.before[name])


def _synthesized(build: Callable[[Stack], object]) -> dict[str, Json]:
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder)
        build(Stack(app, "Stack"))
        app.synth()
        template: dict[str, Json] = json.loads((Path(folder) / "Stack.template.json").read_text("utf-8"))
    return {"Resources": template["Resources"]}


def findings(template: dict[str, Json]) -> set[tuple[str, str]]:
    """Return the rules that a template does not meet, each with the resource."""
    return {
        (one.rule.id, one.resource.logical_id)
        for one in check([Template(template)]).judgements
        if one.outcome.verdict is not Verdict.MET
    }


def matches(exemption: Exemption, mutation: Mutation) -> bool:
    """Tell whether an exemption is about a change."""
    place, change, _ = exemption
    kind = mutation.kind.rpartition("::")[2]
    names = (f"{kind}:{mutation.place}", f"{mutation.logical_id[:10]}:{mutation.place}")
    return any(fnmatchcase(name, place) for name in names) and fnmatchcase(mutation.change, change)
