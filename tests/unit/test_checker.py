"""Templates in, judgements out."""

from __future__ import annotations

import datetime
import gc
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from benchmarks.templates import template
from hipaa_constructs.checker import Judgement, Report, check
from hipaa_constructs.rules import RULES, Assembly, Outcome, Resource, Rule, Settings, Severity, Template, Verdict
from hipaa_constructs.rules._value import Json

TODAY = datetime.date(2027, 3, 31)
KEPT: dict[str, Json] = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


def waiver(rule: Json = "KmsKeyRotated", **changes: Json) -> Json:
    record: dict[str, Json] = {
        "rule": rule,
        "reason": "imported material is rotated by hand",
        "approved_by": "CISO, RISK-112",
        "expires": "2027-03-31",
        "scope": "Stack/Key",
    }
    return {**record, **changes}


def key(*waivers: Json, rotated: Json = False, **attributes: Json) -> Json:
    body: dict[str, Json] = {
        "Type": "AWS::KMS::Key",
        **KEPT,
        **attributes,
        "Properties": {"EnableKeyRotation": rotated},
    }
    return {**body, "Metadata": {"hipaa_constructs": {"waivers": list(waivers)}}}


def report(*bodies: dict[str, Json], rules: list[str] | None = None) -> Report:
    templates = [Template({"Resources": body}, name=f"t{n}") for n, body in enumerate(bodies)]
    chosen = None if rules is None else [RULES[rule] for rule in rules]
    return check(templates, rules=chosen, today=TODAY)


def shown(judgements: list[Judgement]) -> list[tuple[str, str, str]]:
    return [(one.resource.logical_id, one.rule.id, one.outcome.verdict.value) for one in judgements]


def test_what_is_wanted_is_met_and_no_finding() -> None:
    found = report({"Key": key(rotated=True)})
    of_keys = [one for one in found.met if "AWS::KMS::Key" in one.rule.applies_to]
    assert (len(of_keys), found.findings, found.waived) == (7, [], [])


def test_what_is_broken_is_a_finding() -> None:
    assert shown(report({"Key": key()}).findings) == [("Key", "KmsKeyRotated", "broken")]


def test_what_is_undecided_is_a_finding_too() -> None:
    found = report({"Key": key(rotated={"Ref": "P"})}).findings
    assert shown(found) == [("Key", "KmsKeyRotated", "undecided")]


def test_what_does_not_apply_is_not_reported() -> None:
    found = report({"Plan": {"Type": "AWS::ApplicationAutoScaling::ScalingPolicy"}})
    assert {one.rule.applies_to for one in found.judgements} == {("*",)}


def test_a_template_without_resources_has_nothing_to_report() -> None:
    assert report({}).judgements == ()


def test_no_template_has_nothing_to_report() -> None:
    assert check([], today=TODAY).judgements == ()


# Severity


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        ({"Key": key()}, Severity.ERROR),
        ({"Key": key(rotated={"Ref": "P"})}, Severity.WARNING),
    ],
    ids=["broken", "undecided"],
)
def test_the_unknown_is_only_a_warning(body: dict[str, Json], severity: Severity) -> None:
    assert [one.severity for one in report(body).findings] == [severity]


@pytest.mark.parametrize(
    ("body", "on_error", "on_warning"),
    [
        ({"Key": key()}, True, True),
        ({"Key": key(rotated={"Ref": "P"})}, False, True),
        ({"Key": key(rotated=True)}, False, False),
        ({"Key": key(waiver())}, False, False),
    ],
    ids=["broken", "undecided", "met", "waived"],
)
def test_a_report_fails_on_findings_as_severe_as_asked(body: dict[str, Json], on_error: bool, on_warning: bool) -> None:
    found = report(body)
    assert (found.fails(), found.fails(Severity.WARNING)) == (on_error, on_warning)


# Waivers


def test_a_waiver_in_the_metadata_covers_the_finding() -> None:
    found = report({"Key": key(waiver())})
    assert (shown(found.findings), shown(found.waived)) == (
        [],
        [("Key", "KmsKeyRotated", "broken")],
    )


def test_a_waived_judgement_carries_the_waiver() -> None:
    (one,) = report({"Key": key(waiver())}).waived
    assert one.waiver is not None
    assert (one.waiver.waiver.approved_by, one.waiver.scope, one.waiver.by_library) == (
        "CISO, RISK-112",
        "Stack/Key",
        False,
    )


def test_a_waiver_of_the_library_is_marked() -> None:
    (one,) = report({"Key": key(waiver(made_by="hipaa_constructs"))}).waived
    assert one.waiver is not None
    assert one.waiver.by_library


def test_a_waiver_covers_what_is_undecided() -> None:
    assert report({"Key": key(waiver(), rotated={"Ref": "P"})}).findings == []


def test_a_waiver_covers_its_own_resource_only() -> None:
    found = report({"A": key(waiver()), "B": key()}).findings
    assert shown(found) == [("B", "KmsKeyRotated", "broken")]


def test_a_waiver_covers_its_own_rule_only() -> None:
    found = report({"A": key(waiver(), DeletionPolicy="Delete")}).findings
    assert shown(found) == [("A", "KmsKeyKept", "broken")]


def test_a_waiver_that_covers_something_is_used() -> None:
    assert ("Key", "WaiverUsed", "met") in shown(report({"Key": key(waiver())}).met)


def test_a_waiver_that_covers_nothing_is_a_finding() -> None:
    (one,) = report({"Key": key(waiver(), rotated=True)}).findings
    assert (one.rule.id, one.outcome.found, one.outcome.path) == (
        "WaiverUsed",
        "KmsKeyRotated is not broken here",
        ("Metadata", "hipaa_constructs", "waivers", 0),
    )


def test_a_waiver_of_the_library_need_not_cover_anything() -> None:
    unused = waiver(made_by="hipaa_constructs")
    assert report({"Key": key(unused, rotated=True)}).findings == []


def test_a_waiver_of_a_rule_about_other_types_covers_nothing() -> None:
    found = report({"Key": key(waiver("S3BucketVersioned"), rotated=True)}).findings
    assert shown(found) == [("Key", "WaiverUsed", "broken")]


def test_a_waiver_on_several_resources_need_cover_only_one() -> None:
    found = report({"A": key(waiver(), rotated=True), "B": key(waiver())})
    assert shown(found.findings) == []


def test_a_waiver_on_several_resources_that_covers_none_is_one_finding() -> None:
    found = report({"B": key(waiver(), rotated=True), "A": key(waiver(), rotated=True)})
    assert shown(found.findings) == [("A", "WaiverUsed", "broken")]


def test_of_two_waivers_of_one_rule_one_covers_nothing() -> None:
    found = report({"Key": key(waiver(), waiver(reason="another"))}).findings
    assert shown(found) == [("Key", "WaiverUsed", "broken")]


def test_a_waiver_of_another_tools_check_is_not_expected_to_cover_anything() -> None:
    foreign = waiver("cdk-nag:HIPAA.Security-S3DefaultEncryptionKMS")
    assert report({"Key": key(foreign, rotated=True)}).findings == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rule": "KmsKeyRotate"}, "did you mean KmsKeyRotated?"),
        ({"rule": None}, "rule must be the id of a rule, got ''"),
        ({"rule": ["KmsKeyRotated"]}, "rule must be the id of a rule, got ''"),
        ({"rule": "WaiverCurrent"}, "this rule can't be waived"),
        ({"reason": "  "}, "reason must say something"),
        ({"reason": None}, "reason must say something"),
        ({"approved_by": ""}, "approved_by must say something"),
        ({"expires": "soon"}, "expires must be a date"),
        ({"expires": 20270331}, "expires must be a date"),
    ],
    ids=str,
)
def test_a_record_that_is_no_whole_waiver_excuses_nothing(changes: dict[str, Json], why: str) -> None:
    found = report({"Key": key(waiver(**changes))}).findings
    (unusable,) = [one for one in found if one.rule.id == "WaiverUsed"]
    assert ("KmsKeyRotated" in [one.rule.id for one in found], why in unusable.outcome.found) == (
        True,
        True,
    )


@pytest.mark.parametrize("record", ["x", 3, None, [], {}], ids=str)
def test_a_record_of_the_wrong_type_excuses_nothing(record: Json) -> None:
    rules = [one.rule.id for one in report({"Key": key(record)}).findings]
    assert rules == ["KmsKeyRotated", "WaiverCurrent", "WaiverUsed"]


# Expiry


@pytest.mark.parametrize(
    ("expires", "findings"),
    [
        ("2027-03-31", []),
        ("2027-04-01", []),
        ("2027-03-30", [("Key", "KmsKeyRotated", "broken"), ("Key", "WaiverCurrent", "broken")]),
    ],
)
def test_a_waiver_is_valid_up_to_the_day_it_names(expires: str, findings: list[tuple[str, str, str]]) -> None:
    assert shown(report({"Key": key(waiver(expires=expires))}).findings) == findings


def test_a_waiver_can_not_excuse_that_it_is_past() -> None:
    past = waiver(expires="2027-03-30")
    excuse = waiver("WaiverCurrent")
    found = [one.rule.id for one in report({"Key": key(past, excuse)}).findings]
    assert found == ["KmsKeyRotated", "WaiverCurrent", "WaiverUsed"]


def test_by_default_expiry_is_measured_against_the_current_date() -> None:
    body: dict[str, Json] = {"Key": key(waiver(expires="2001-01-01"))}
    found = check([Template({"Resources": body})]).findings
    assert ("Key", "WaiverCurrent", "broken") in shown(found)


def test_an_expired_waiver_excuses_nothing_where_its_expiry_is_not_asked() -> None:
    found = report({"Key": key(waiver(expires="2027-03-30"))}, rules=["KmsKeyRotated"])
    assert shown(found.findings) == [("Key", "KmsKeyRotated", "broken")]


# A choice of rules


def test_only_the_rules_asked_for_are_judged() -> None:
    found = report({"Key": key()}, rules=["KmsKeyKept"])
    assert shown(list(found.judgements)) == [("Key", "KmsKeyKept", "met")]


def test_a_waiver_of_a_rule_that_is_not_run_is_not_said_to_be_unused() -> None:
    found = report({"Key": key(waiver())}, rules=["KmsKeyKept", "WaiverUsed"])
    assert shown(list(found.judgements)) == [("Key", "KmsKeyKept", "met")]


def test_a_waiver_of_a_rule_that_is_run_must_cover_something() -> None:
    found = report({"Key": key(waiver(), rotated=True)}, rules=["KmsKeyRotated", "WaiverUsed"])
    assert shown(found.findings) == [("Key", "WaiverUsed", "broken")]


def test_whether_waivers_are_used_is_not_reported_unless_asked_for() -> None:
    bad = waiver("NoSuchRule")
    found = report({"Key": key(bad, rotated=True)}, rules=["KmsKeyRotated"])
    assert shown(list(found.judgements)) == [("Key", "KmsKeyRotated", "met")]


def test_a_waiver_covers_also_when_only_its_rule_is_run() -> None:
    assert report({"Key": key(waiver())}, rules=["KmsKeyRotated"]).findings == []


def test_progress_is_told_after_each_template() -> None:
    told: list[str] = []
    check([Template({}, name="One"), Template({}, name="Other")], progress=lambda one: told.append(one.name))
    assert told == ["One", "Other"]


# A rule that fails


def failing() -> Rule:
    def fails(resource: Resource) -> Outcome:
        if resource.logical_id == "Good":
            return Outcome(Verdict.MET)
        raise LookupError("no such thing " + "x" * 300)

    origin = RULES["KmsKeyRotated"]
    values = {name: getattr(origin, name) for name in Rule.__slots__}
    return Rule(**{**values, "check": fails})


def test_a_rule_that_raises_is_a_finding_that_names_it() -> None:
    templates = [Template({"Resources": {"Key": key()}})]
    (one,) = check(templates, rules=[failing()], today=TODAY).findings
    assert (one.rule.id, one.outcome.verdict, one.severity) == (
        "RuleCompleted",
        Verdict.BROKEN,
        Severity.ERROR,
    )
    assert one.outcome.found.startswith("KmsKeyRotated failed with LookupError: no such thing")


def test_what_a_rule_raises_is_cut_short() -> None:
    templates = [Template({"Resources": {"Key": key()}})]
    (one,) = check(templates, rules=[failing()], today=TODAY).findings
    assert len(one.outcome.found) == 200


def test_a_rule_that_raises_for_one_resource_still_judges_the_others() -> None:
    templates = [Template({"Resources": {"Bad": key(), "Good": key()}})]
    found = check(templates, rules=[failing()], today=TODAY)
    assert shown(list(found.judgements)) == [
        ("Bad", "RuleCompleted", "broken"),
        ("Good", "KmsKeyRotated", "met"),
    ]


def test_a_rule_that_raises_hides_no_other_finding() -> None:
    templates = [Template({"Resources": {"Key": key(DeletionPolicy="Delete")}})]
    found = check(templates, rules=[failing(), RULES["KmsKeyKept"]], today=TODAY).findings
    assert shown(found) == [("Key", "KmsKeyKept", "broken"), ("Key", "RuleCompleted", "broken")]


def test_a_rule_that_raises_can_not_be_waived() -> None:
    templates = [Template({"Resources": {"Key": key(waiver())}})]
    (one,) = check(templates, rules=[failing()], today=TODAY).findings
    assert one.rule.id == "RuleCompleted"


# Where a rule can apply


DECIDED = Settings(required_tags=("Owner",), allowed_regions=("us-east-1",))


@pytest.mark.parametrize("settings", [Settings(), DECIDED], ids=["nothing decided", "decided"])
@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.only], ids=lambda rule: rule.id)
def test_a_rule_applies_to_none_of_those_it_is_not_asked_of(rule: Rule, settings: Settings) -> None:
    assert rule.only is not None
    bodies: list[dict[str, Json]] = [
        {"Resources": {"Key": key(waiver()), "Other": {"Type": "AWS::SSM::Parameter"}}},
        template(),
    ]
    bodies.append({"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "ssn-123-45-6789"}}}})
    templates = [
        Template(body, name=str(number), region="eu-west-1", termination_protection=False)
        for number, body in enumerate(bodies)
    ]
    assembly = Assembly(templates, today=TODAY, settings=settings)
    asked = {resource for template in templates for resource in rule.only(template)}
    others = [resource for resource in assembly.resources("*") if resource not in asked]
    assert {rule.judge(resource).verdict for resource in others} <= {Verdict.NOT_APPLICABLE}


def test_a_rule_is_asked_of_those_only_that_it_finds() -> None:
    rule = replace(RULES["KmsKeyRotated"], only=lambda template: [template.resources["B"]])
    templates = [Template({"Resources": {"A": key(), "B": key()}})]
    assert shown(check(templates, rules=[rule], today=TODAY).findings) == [("B", "KmsKeyRotated", "broken")]


def test_a_rule_that_finds_those_of_another_template_is_not_asked_of_them() -> None:
    one, other = Template({"Resources": {"A": key()}}), Template({"Resources": {"A": key()}})
    rule = replace(RULES["KmsKeyRotated"], only=lambda _: one.resources.values())
    assert [found.resource.template for found in check([one, other], rules=[rule], today=TODAY).findings] == [one]


def test_a_rule_that_fails_to_find_them_is_asked_of_all_of_its_types() -> None:
    rule = replace(failing(), only=lambda template: [template.resources["Z"]])
    bucket: Json = {"Type": "AWS::S3::Bucket"}
    templates = [Template({"Resources": {"Bad": key(), "Good": key(), "Records": bucket}})]
    assert shown(list(check(templates, rules=[rule], today=TODAY).judgements)) == [
        ("Bad", "RuleCompleted", "broken"),
        ("Good", "KmsKeyRotated", "met"),
    ]


# Order


def test_judgements_stand_in_the_order_of_templates_ids_and_rules() -> None:
    chosen = ["WaiverCurrent", "KmsKeyKept", "KmsKeyRotated"]
    found = report({"B": key(), "A": key()}, {"A": key()}, rules=chosen)
    assert [(one.resource.template.name, one.resource.logical_id, one.rule.id) for one in found.judgements] == [
        ("t0", "A", "KmsKeyRotated"),
        ("t0", "A", "KmsKeyKept"),
        ("t0", "B", "KmsKeyRotated"),
        ("t0", "B", "KmsKeyKept"),
        ("t1", "A", "KmsKeyRotated"),
        ("t1", "A", "KmsKeyKept"),
    ]


def test_a_judgement_has_the_line_of_its_place() -> None:
    asked: list[tuple[str | int, ...]] = []

    def line_of(keys: Sequence[str | int]) -> int:
        asked.append(tuple(keys))
        return 7

    body: dict[str, Json] = {"Key": key()}
    templates = [Template({"Resources": body}, line_of=line_of)]
    (one,) = check(templates, today=TODAY).findings
    wanted = ("Resources", "Key", "Properties", "EnableKeyRotation")
    assert (one.line, asked) == (7, [wanted])


@pytest.fixture
def collecting() -> Iterator[None]:
    before = gc.isenabled()
    gc.enable()
    yield
    (gc.enable if before else gc.disable)()


@pytest.mark.usefixtures("collecting")
def test_garbage_is_collected_after_a_check_as_before() -> None:
    seen: list[bool] = []
    check([Template({})], rules=[RULES["KmsKeyRotated"]], progress=lambda _: seen.append(gc.isenabled()))
    assert (seen, gc.isenabled()) == ([False], True)
    gc.disable()
    check([Template({})])
    assert not gc.isenabled()


@pytest.mark.usefixtures("collecting")
def test_garbage_is_collected_after_a_check_that_was_interrupted() -> None:
    def interrupt(_: Template) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check([Template({})], progress=interrupt)
    assert gc.isenabled()


def test_a_template_that_is_given_twice_is_judged_once() -> None:
    one = Template({"Resources": {"Key": key()}})
    assert len(check([one, one], rules=[RULES["KmsKeyRotated"]], today=TODAY).judgements) == 1


def test_a_rule_that_is_not_registered_comes_last() -> None:
    mine = replace(RULES["KmsKeyRotated"], id="Mine")
    found = check([Template({"Resources": {"Key": key()}})], rules=[mine, RULES["KmsKeyKept"]], today=TODAY)
    assert [one.rule.id for one in found.judgements] == ["KmsKeyKept", "Mine"]


def test_a_template_is_read_anew_when_others_stand_beside_it() -> None:
    resources: dict[str, Json] = {"Key": key(rotated={"Fn::ImportValue": "rotated"})}
    importing = Template({"Resources": resources}, name="importing")
    outputs: Json = {"Rotated": {"Value": True, "Export": {"Name": "rotated"}}}
    exporting = Template({"Resources": {}, "Outputs": outputs}, name="exporting")
    rotated = [RULES["KmsKeyRotated"]]
    verdicts = [
        [one.outcome.verdict for one in check(templates, rules=rotated).judgements]
        for templates in ([importing], [importing, exporting], [importing])
    ]
    assert verdicts == [[Verdict.UNDECIDED], [Verdict.MET], [Verdict.UNDECIDED]]


def test_judgements_stand_by_template_resource_and_rule_in_whatever_order_they_are_asked() -> None:
    templates = [Template({"Resources": {"B": key(), "A": key()}}, name=name) for name in ("second", "first")]
    of_keys = [rule for rule in RULES.values() if rule.service == "kms"]
    report = check(templates, rules=of_keys[::-1], today=TODAY)
    order = list(RULES)
    found = [(one.resource.template.name, one.resource.logical_id, one.rule.id) for one in report.judgements]
    assert found == sorted(found, key=lambda one: (one[0] == "first", one[1], order.index(one[2])))
    assert len(found) == 28
