"""The rules as a cdk-nag rule pack, and the one line that a team adds to its app."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import jsii
from aws_cdk import (
    App,
    CfnResource,
    IPolicyValidationContext,
    PolicyValidationPluginReport,
    PolicyViolatingResource,
    PolicyViolation,
    Stack,
    Validations,
)
from cdk_nag import HIPAASecurityChecks, NagPack
from constructs import IConstruct

from hipaa_constructs.checker import Judgement, Report, check
from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.extensions import load_installed_rules
from hipaa_constructs.loading import Source, load_stacks
from hipaa_constructs.rules import RULES, Settings, Severity, Verdict
from hipaa_constructs.rules.waivers import RULE_COMPLETED
from hipaa_constructs.services.profile import Profile

PACK_NAME = "HipaaConstructs"
_FATAL = "fatal"

_SAFE_VERSIONS = {"aws-cdk-lib": ((2, 271, 0), (3, 0, 0)), "cdk-nag": ((3, 0, 2), (4, 0, 0))}
"""From the first on, below the second: on older ones a pack crashes, or one acknowledgement silences a whole app."""


class HipaaConstructsChecks(NagPack):
    """A cdk-nag rule pack that judges the synthesized templates of the whole app.

    It sees what escape hatches, property injectors and aspects left behind, policies in other stacks, nested stacks and
    stages. Undecided findings are warnings, which do not fail a synthesis. The others are *fatal*, which no
    acknowledgement silences: a `Waiver` is the only way around a rule. Waived findings stay in the report: the CDK
    lists them as suppressed with reason and place, as every waiver acknowledges its rule by the qualified id.

    Register it on the app, best by `enforce`. On a stack it would judge the whole app, on a stage that stage only.
    """

    def __init__(
        self,
        scope: IConstruct,
        *,
        allowed_regions: Sequence[str] = (),
        required_tags: Sequence[str] = (),
        internet_vpcs: Sequence[str] | None = None,
    ) -> None:
        """Make the pack.

        Args:
            scope: the app.
            allowed_regions: the Regions that PHI may be in; by default any.
            required_tags: the keys of the tags that every resource that takes tags must carry; by default none.
            internet_vpcs: the VPCs that may have an internet gateway; by default nothing is decided.

        Raises:
            ComplianceError: a Region, a tag or a VPC is no text, or empty.
        """
        super().__init__(scope)
        self._pack_name = PACK_NAME
        self._settings = Settings(
            allowed_regions=_names("allowed_regions", allowed_regions),
            required_tags=_names("required_tags", required_tags),
            internet_vpcs=None if internet_vpcs is None else _names("internet_vpcs", internet_vpcs),
        )

    def _check_resource(self, node: CfnResource) -> None:
        """Judge nothing: cdk-nag's own walk sees constructs, where this pack reads templates."""

    @property
    @jsii.member(jsii_name="name")
    def name(self) -> str:
        """The name in reports, and before ``::`` in the ids of acknowledgements."""
        return PACK_NAME

    @property
    @jsii.member(jsii_name="version")
    def version(self) -> str:
        """The version of this package."""
        return importlib.metadata.version("hipaa-constructs")

    @property
    @jsii.member(jsii_name="ruleIds")
    def rule_ids(self) -> list[str]:
        """The ids of all rules."""
        return list(RULES)

    @jsii.member(jsii_name="validate")
    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Judge the templates of a synthesis, in one call from Node."""
        try:
            sources = [
                _source(Path(one.template_path), one.account_id, one.region, _stack(context, one.stack_construct_path))
                for one in context.stack_templates
            ]
            report = check(load_stacks(sources), settings=self._settings)
            violations = list(_violations(report))
            success = not report.fails(Severity.ERROR)
        except Exception as fault:  # The CDK CLI takes a plugin that raised for one that found nothing.
            success, violations = False, [_not_judged(fault, context)]
        return PolicyValidationPluginReport(success=success, violations=violations)


def _stack(context: IPolicyValidationContext, path: str) -> Stack:
    construct = context.app_construct
    for id in path.split("/"):
        construct = construct.node.find_child(id)
    return Stack.of(construct)


def _source(path: Path, account: str | None, region: str | None, stack: Stack) -> Source:
    return Source.of_stack(
        path,
        account,
        region,
        stack.stack_name,
        termination_protection=stack.termination_protection is True,
        stack_tags=stack.tags.tag_values(),
    )


def _names(argument: str, names: Sequence[str]) -> tuple[str, ...]:
    if isinstance(names, str) or not all(isinstance(name, str) and name.strip() for name in names):
        raise ComplianceError(f"enforce: {argument} must be a list of names, got {names!r}")
    return tuple(names)


def _not_judged(fault: Exception, context: IPolicyValidationContext) -> PolicyViolation:
    return PolicyViolation(
        rule_name=RULE_COMPLETED.id,
        description=f"no template was judged: {type(fault).__name__}: {fault}",
        fix=RULE_COMPLETED.fix,
        severity=_FATAL,
        # A violation of no resource would fail nothing either.
        violating_resources=[
            PolicyViolatingResource(construct_path=stack.stack_construct_path, locations=[])
            for stack in context.stack_templates
        ],
    )


def _violations(report: Report) -> Iterable[PolicyViolation]:
    for one in report.judgements:
        if one.outcome.verdict is not Verdict.MET:
            yield PolicyViolation(
                rule_name=one.rule.id,
                description=_described(one),
                fix=one.rule.fix,
                severity=_severity(one),
                rule_metadata={
                    "controls": ", ".join(one.rule.controls),
                    "requirement": one.rule.requirement,
                    "severity": one.severity.value,
                },
                violating_resources=[_resource(one)],
            )


def _severity(one: Judgement) -> str:
    # A waiver that stands in the template alone is acknowledged to nobody: as an error it would fail the synthesis.
    if one.waiver is not None:
        return "info"
    return _FATAL if one.severity is Severity.ERROR else one.severity.value


def _described(one: Judgement) -> str:
    place = f"{one.outcome.property}: " if one.outcome.property else ""
    cited = f" ({', '.join(one.rule.controls)})" if one.rule.controls else ""
    text = f"{one.rule.title}; {place}{one.outcome.found}{cited}"
    if one.waiver is None:
        return text
    waiver = one.waiver.waiver
    return f"{text}; waived until {waiver.expiry} by {waiver.approved_by}: {waiver.reason}"


def _resource(one: Judgement) -> PolicyViolatingResource:
    template = one.resource.template
    return PolicyViolatingResource(
        resource_logical_id=one.resource.logical_id,
        template_path=str(template.path),
        locations=["/".join(str(key) for key in one.outcome.path)] if one.outcome.path else [],
    )


def enforce(
    app: App,
    *,
    profile: Profile | None = None,
    allowed_regions: Sequence[str] = (),
    required_tags: Sequence[str] = (),
    internet_vpcs: Sequence[str] | None = None,
) -> None:
    """Fail every synthesis of an app that has an unwaived finding.

    Registers this package's rules, which judge the templates, and cdk-nag's HIPAA pack, which judges the constructs.
    Rules of installed packages count; for those of a module of your own, import it before the app is synthesized. It
    does not make an app compliant: it shows which technical safeguards the templates support.

    Args:
        app: the whole app; call it once.
        profile: of its environments, for which it is called before anything of this package is made; by default
            production, or what the context says. A stage may have another one (`Profile.apply_to`).
        allowed_regions: the Regions that PHI may be in, e.g. ``["us-east-1", "us-west-2"]``; by default any.
        required_tags: the keys of the tags that every resource that takes tags must carry; by default none.
        internet_vpcs: the construct paths or ids of the VPCs that may have an internet gateway, ``[]`` for none; by
            default nothing is decided.

    Raises:
        ComplianceError: it is not an app, it is enforced already, the profile comes too late, a Region, a tag or a VPC
            is no text or empty, the rules of an installed package can't be loaded, or the installed aws-cdk-lib or
            cdk-nag is one on which findings are lost.
    """
    if not isinstance(app, App):
        raise ComplianceError(
            f"enforce: app must be the App, got {type(app).__name__}; a stage or stack would be judged without the rest"
        )
    for package, (lowest, beyond) in _SAFE_VERSIONS.items():
        _refuse_unsafe(package, importlib.metadata.version(package), lowest, beyond)
    load_installed_rules()
    if any(entry.type == _ENFORCED for entry in app.node.metadata):
        raise ComplianceError("enforce: app must be enforced once, got it twice; take one call away")
    pack = HipaaConstructsChecks(
        app, allowed_regions=allowed_regions, required_tags=required_tags, internet_vpcs=internet_vpcs
    )
    if profile is not None:
        profile.apply_to(app)
    app.node.add_metadata(_ENFORCED, True)
    Validations.of(app).add_plugins(HIPAASecurityChecks(app), pack)


_ENFORCED = "hipaa_constructs:enforced"


def _refuse_unsafe(package: str, version: str, lowest: tuple[int, ...], beyond: tuple[int, ...]) -> None:
    parts = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    known = tuple(int(part) for part in parts.groups()) if parts else ()
    if not lowest <= known < beyond:
        wanted = f">={'.'.join(map(str, lowest))},<{beyond[0]}"
        raise ComplianceError(
            f"enforce: {package} must be {wanted}, got {version}, on which findings may be lost without a word; "
            f"install '{package}{wanted}'"
        )
