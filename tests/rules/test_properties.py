"""Whatever a template looks like, judging it ends, never raises, and hangs on no order of keys."""

from __future__ import annotations

import datetime
import json
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hipaa_constructs.checker import check
from hipaa_constructs.rules import RULES, Assembly, Template
from hipaa_constructs.rules._value import Json
from tests.rules._buckets import logs, records, trail
from tests.rules._judging import Body, resource, template
from tests.rules._realistic import places_asked, realistic

QUICK = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
)
MANY = settings(QUICK, max_examples=200)
TODAY = datetime.date(2027, 3, 31)
NAMES = st.sampled_from(["It", "Key", "Logs", "P", "C", "M", "AWS::NoValue", "AWS::Region", "x"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5000),
    st.floats(allow_nan=True),
    st.sampled_from(["", "*", "s3:*", "Deny", "Allow", "Enabled", "{{resolve:ssm:x}}", "${It}"]),
    st.text(max_size=8),
)
KEYS = st.sampled_from(
    [
        *("Ref", "Condition", "Fn::If", "Fn::Sub", "Fn::Join", "Fn::GetAtt", "Fn::ImportValue"),
        *("Fn::Select", "Fn::FindInMap", "Fn::Transform", "Fn::Split", "Fn::Equals", "Fn::Not"),
        *("Type", "Properties", "Statement", "Effect", "Principal", "Action", "Resource", "AWS"),
        *("Metadata", "hipaa_constructs", "waivers", "expires", "rule", "BucketName", "Bucket"),
        *("PolicyDocument", "KeyPolicy", "Rules", "Status", "Name", "Value", "Export"),
    ]
)


def _functions(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.one_of(
        NAMES.map(lambda name: {"Ref": name}),
        st.tuples(NAMES, inner, inner).map(lambda three: {"Fn::If": list(three)}),
        st.lists(inner, max_size=3).map(lambda parts: {"Fn::Join": ["", parts]}),
        NAMES.map(lambda name: {"Fn::Sub": f"a${{{name}}}b"}),
        NAMES.map(lambda name: {"Fn::GetAtt": [name, "Outputs.O"]}),
        NAMES.map(lambda name: {"Fn::ImportValue": name}),
        st.tuples(NAMES, inner).map(lambda two: {"Fn::GetStackOutput": {"StackName": two[0], "OutputName": two[1]}}),
        st.tuples(NAMES, inner, inner).map(lambda three: {"Fn::FindInMap": list(three)}),
        st.tuples(inner, inner).map(lambda two: {"Fn::Equals": list(two)}),
        NAMES.map(lambda name: {"Condition": name}),
    )


ANYTHING: st.SearchStrategy[Json] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(KEYS, st.text(max_size=4)), inner, max_size=4),
        _functions(inner),
    ),
    max_leaves=12,
)
TYPES = sorted({kind for rule in RULES.values() for kind in rule.applies_to if kind != "*"})
SECTIONS: st.SearchStrategy[Body] = st.fixed_dictionaries(
    {},
    optional={
        "Parameters": st.one_of(ANYTHING, st.dictionaries(NAMES, ANYTHING, max_size=2)),
        "Conditions": st.one_of(ANYTHING, st.dictionaries(NAMES, ANYTHING, max_size=3)),
        "Mappings": st.one_of(ANYTHING, st.dictionaries(NAMES, ANYTHING, max_size=2)),
        "Outputs": st.one_of(ANYTHING, st.dictionaries(NAMES, ANYTHING, max_size=2)),
        "Resources": st.one_of(
            ANYTHING,
            st.dictionaries(
                NAMES,
                st.fixed_dictionaries(
                    {"Type": st.sampled_from(TYPES)},
                    optional={
                        "Properties": ANYTHING,
                        "Condition": NAMES,
                        "Metadata": ANYTHING,
                        "DeletionPolicy": ANYTHING,
                    },
                ),
                max_size=4,
            ),
        ),
    },
)


def keys_and_groups() -> Body:
    statement: Json = {
        "Effect": "Allow",
        "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
        "Action": ["kms:Decrypt", "kms:Encrypt"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": "1"}},
    }
    document: Json = {"Statement": [statement]}
    waiver: Json = {
        "rule": "LogGroupEncrypted",
        "reason": "r",
        "approved_by": "a",
        "expires": "2028-01-01",
        "scope": "S",
    }
    return template(
        {
            "Key": resource("AWS::KMS::Key", {"EnableKeyRotation": True, "KeyPolicy": document}),
            "Policy": resource("AWS::IAM::Policy", {"PolicyDocument": document}),
            "Role": resource("AWS::IAM::Role", {"Policies": [{"PolicyDocument": document}]}),
            "It": resource(
                "AWS::Logs::LogGroup",
                {"RetentionInDays": 30, "LogGroupName": "g"},
                Metadata={"hipaa_constructs": {"waivers": [waiver]}},
            ),
            "Flow": resource("AWS::EC2::FlowLog", {"LogGroupName": {"Ref": "It"}}),
            "Open": resource("AWS::Logs::ResourcePolicy", {"PolicyDocument": '{"Statement": {}}'}),
        }
    )


WELL_MADE = [records(), logs(), trail(), keys_and_groups()]


def _places(value: Json, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _places(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            found += _places(inner, (*path, index))
    return found


def _put(value: Json, path: tuple[str | int, ...], new: Json) -> Json:
    if not path:
        return new
    if isinstance(value, dict):
        return {key: _put(one, path[1:], new) if key == path[0] else one for key, one in value.items()}
    if isinstance(value, list):
        return [_put(one, path[1:], new) if n == path[0] else one for n, one in enumerate(value)]
    return value


@st.composite
def nearly_well_made(draw: st.DrawFn) -> Body:
    """Draw a well-made template in which a few places hold something else."""
    body: Json = draw(st.sampled_from(WELL_MADE))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(_places(body)))
        body = _put(body, place, draw(ANYTHING))
    assert isinstance(body, dict)
    sections = draw(SECTIONS)
    sections.pop("Resources", None)
    return {**sections, **body}


SNAPSHOTS = sorted((Path(__file__).parents[1] / "snapshot" / "__snapshots__").rglob("*.json"))


@pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=lambda path: path.stem)
def test_no_rule_fails_on_the_template_of_a_construct_with_oddities(snapshot: Path) -> None:
    body: Json = json.loads(snapshot.read_text())
    places = _places(body)

    @settings(QUICK, max_examples=25)
    @given(st.lists(st.tuples(st.sampled_from(places), ANYTHING), min_size=4, max_size=16))
    def judged(oddities: list[tuple[tuple[str | int, ...], Json]]) -> None:
        odd = body
        for place, value in oddities:
            odd = _put(odd, place, value)
        assert not [rule for _, _, rule, _ in _verdicts(odd) if rule == "RuleCompleted"]

    judged()


def _shuffled(value: Json, chance: random.Random) -> Json:
    if isinstance(value, dict):
        items = list(value.items())
        chance.shuffle(items)
        return {key: _shuffled(inner, chance) for key, inner in items}
    return [_shuffled(inner, chance) for inner in value] if isinstance(value, list) else value


def _templates(*bodies: Json) -> list[Template]:
    return [Template(body if isinstance(body, dict) else {}, name=str(n)) for n, body in enumerate(bodies)]


def _verdicts(*bodies: Json) -> Counter[tuple[str, str, str, str]]:
    return _found_in(_templates(*bodies))


def _found_in(templates: list[Template]) -> Counter[tuple[str, str, str, str]]:
    report = check(templates, today=TODAY)
    return Counter(
        (
            one.resource.template.name,
            one.resource.logical_id,
            one.rule.id,
            one.outcome.verdict.value + ("" if one.waiver is None else ", waived"),
        )
        for one in report.judgements
    )


@QUICK
@given(SECTIONS)
def test_no_rule_fails_on_any_template(body: Body) -> None:
    assert not [rule for _, _, rule, _ in _verdicts(body) if rule == "RuleCompleted"]


@QUICK
@given(nearly_well_made())
def test_no_rule_fails_on_a_template_with_oddities(body: Body) -> None:
    assert not [rule for _, _, rule, _ in _verdicts(body) if rule == "RuleCompleted"]


@QUICK
@given(nearly_well_made(), SECTIONS)
def test_no_rule_fails_on_two_templates(one: Body, other: Body) -> None:
    assert not [rule for _, _, rule, _ in _verdicts(one, other) if rule == "RuleCompleted"]


@QUICK
@given(nearly_well_made())
def test_judging_raises_nothing(body: Body) -> None:
    made = Template(body)
    assembly = Assembly([made], today=TODAY)
    for rule in RULES.values():
        for found in assembly.resources(*rule.applies_to):
            assert rule.judge(found).verdict


KINDS = places_asked()
REALISTIC = realistic(KINDS)


@QUICK
@given(nearly_well_made(), st.randoms(use_true_random=False))
def test_the_order_of_keys_changes_no_verdict(body: Body, chance: random.Random) -> None:
    assert _verdicts(body) == _verdicts(_shuffled(body, chance))


@MANY
@given(REALISTIC, st.randoms(use_true_random=False))
def test_the_order_of_keys_changes_no_verdict_on_resources_that_rules_ask_of(body: Body, chance: random.Random) -> None:
    assert _verdicts(body) == _verdicts(_shuffled(body, chance))


@MANY
@given(REALISTIC, st.one_of(REALISTIC, SECTIONS), nearly_well_made())
def test_the_order_of_templates_changes_no_verdict(one: Body, other: Body, third: Body) -> None:
    assert _verdicts(one, other, third) == _found_in(_templates(one, other, third)[::-1])


@MANY
@given(REALISTIC, REALISTIC)
def test_no_rule_fails_on_resources_that_rules_ask_of(one: Body, other: Body) -> None:
    assert not [rule for _, _, rule, _ in _verdicts(one, other) if rule == "RuleCompleted"]


def test_most_rules_answer_where_what_they_look_for_stands() -> None:
    resources: Json = {
        f"R{number}": {"Type": kind, "Properties": root.filled()} for number, (kind, root) in enumerate(KINDS.items())
    }
    asked = {rule.id for rule in RULES.values() if rule.check is not None and rule.service != "waivers"}
    answered = {rule for _, _, rule, _ in _verdicts({"Resources": resources})}
    assert len(answered & asked) > 0.7 * len(asked)
    met = {rule for _, _, rule, verdict in _verdicts({"Resources": resources}) if verdict == "met"}
    assert len(met) > 0.35 * len(asked)


@QUICK
@given(nearly_well_made())
def test_judging_twice_gives_the_same(body: Body) -> None:
    assert _verdicts(body) == _verdicts(body)


@QUICK
@given(nearly_well_made())
def test_judging_changes_nothing_in_the_template(body: Body) -> None:
    before = repr(body)
    _verdicts(body)
    assert repr(body) == before
