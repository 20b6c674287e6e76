"""What can't be read in a template is said, and never passed over."""

from __future__ import annotations

import pytest

from hipaa_constructs.checker import Report, check
from hipaa_constructs.rules import RULES, Assembly, Template
from hipaa_constructs.rules._value import Json, Unresolved
from tests.rules._judging import PARAMETER, UNDECIDED, Body, resource, template

RULE = RULES["TemplateFullyReadable"]
QUEUE = resource("AWS::SQS::Queue")
LOOPS: Json = "AWS::LanguageExtensions"


def report(body: Body) -> Report:
    def line_of(keys: object) -> int:
        assert isinstance(keys, tuple)
        return sum(1 for key in keys if key in ("Resources", "Fn::ForEach::Q", "Transform", "It"))

    return check([Template(body, line_of=line_of)], rules=[RULE])


def findings(body: Body) -> list[str]:
    found = report(body).findings
    assert {one.outcome.verdict.value for one in found} <= {UNDECIDED}
    return [one.resource.logical_id for one in found]


@pytest.mark.parametrize(
    "transform",
    [
        "AWS::Serverless-2016-10-31",
        "AWS::LanguageExtensions",
        ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"],
        "AWS::SecretsManager-2020-07-23",
        "AWS::SecretsManager-2024-09-16",
        {"Name": "AWS::LanguageExtensions"},
        [],
    ],
)
def test_what_known_transforms_make_can_be_read(transform: Json) -> None:
    assert findings(template({"It": QUEUE}, Transform=transform)) == []
    assert findings(template({"It": QUEUE})) == []


@pytest.mark.parametrize(
    "transform",
    [
        "Hardening",
        "AWS::CodeDeployBlueGreen",
        ["AWS::LanguageExtensions", "Hardening"],
        {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}},
        [{"Name": "Hardening"}],
        {"Name": PARAMETER},
        3,
    ],
)
def test_a_macro_of_ones_own_hides_what_is_deployed(transform: Json) -> None:
    assert findings(template({"It": QUEUE, "Other": QUEUE}, Transform=transform)) == ["Transform"]


def test_a_macro_at_the_top_hides_what_is_deployed() -> None:
    assert findings({**template({"It": QUEUE}), "Fn::Transform": {"Name": "AWS::Include"}}) == ["Transform"]


def test_a_known_transform_at_the_top_hides_nothing() -> None:
    assert findings({**template({"It": QUEUE}), "Fn::Transform": {"Name": "AWS::LanguageExtensions"}}) == []


def test_a_macro_among_the_resources_hides_some() -> None:
    assert findings(template({"It": QUEUE, "Fn::Transform": {"Name": "AWS::Include"}})) == ["Fn::Transform"]


def test_a_macro_in_another_section_hides_it() -> None:
    body = template({"It": QUEUE}, Mappings={"Fn::Transform": {"Name": "AWS::Include"}}, Transform=[])
    assert findings(body) == ["Mappings::Transform"]


def test_a_resource_that_is_only_a_macro_is_said_to_be_hidden() -> None:
    assert findings(template({"It": {"Fn::Transform": {"Name": "Queue"}}})) == ["It"]


@pytest.mark.parametrize("odd", [{"Properties": {}}, {"Type": 3}, "Fn::Transform", ["Fn::Transform"], None], ids=str)
def test_what_is_no_resource_is_passed_over_by_transforms_too(odd: Json) -> None:
    assert list(Template(template({"It": QUEUE, "Odd": odd}, Transform=LOOPS)).resources) == ["It"]


MACRO: Json = {"Name": "Queue"}


@pytest.mark.parametrize(
    ("sections", "kind", "origin", "raw"),
    [
        ({"Transform": ["One", "Two"]}, "Macro", ("Transform",), "One, Two"),
        ({"Mappings": {"Fn::Transform": MACRO}, "Transform": []}, "Macro", ("Mappings", "Fn::Transform"), MACRO),
        ({"Resources": {"Fn::Transform": MACRO}, "Transform": []}, "Macro", ("Resources", "Fn::Transform"), MACRO),
        ({"Resources": {"It": {"Fn::Transform": MACRO}}}, "Macro", ("Resources", "It"), MACRO),
        ({"Resources": {"Fn::ForEach::Q": "x"}}, "Loop", ("Resources", "Fn::ForEach::Q"), "x"),
    ],
    ids=["template", "section", "resources", "resource", "loop"],
)
def test_nothing_is_known_of_what_is_hidden_but_where_it_is_written(
    sections: Body, kind: str, origin: tuple[str, ...], raw: Json
) -> None:
    made = Template({"Resources": {}, **sections})
    Assembly([made])
    (hidden,) = made.resources.values()
    value = hidden.at("Any").value
    assert (hidden.type, hidden.origin) == (f"Template::Unreadable::{kind}", origin)
    assert isinstance(value, Unresolved)
    assert value.expression == {"Fn::Transform": raw}


def test_a_macro_beside_the_properties_hides_them() -> None:
    hidden: Json = {"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": "k"}, "Fn::Transform": {"Name": "M"}}
    found = check([Template(template({"It": hidden}))], rules=[RULES["SqsQueueUsesCustomerManagedKey"]]).judgements
    assert [one.outcome.verdict.value for one in found] == [UNDECIDED]


@pytest.mark.parametrize(
    "loop",
    [
        ["Name", PARAMETER, {"Queue${Name}": QUEUE}],
        ["Name", ["A", PARAMETER], {"Queue${Name}": QUEUE}],
        ["Name", ["A", True], {"Queue${Name}": QUEUE}],
        ["Name", ["A", ["B"]], {"Queue${Name}": QUEUE}],
        ["Name", ["A"], [QUEUE]],
        ["Name", ["A"]],
        [3, ["A"], {}],
        "x",
        None,
        ["Name", ["A"], {"Fn::ForEach::Inner": ["Other", PARAMETER, {"Queue${Other}": QUEUE}]}],
    ],
    ids=str,
)
def test_a_loop_over_what_only_the_deployment_knows_hides_resources(loop: Json) -> None:
    body = template({"It": QUEUE, "Fn::ForEach::Q": loop}, Transform=LOOPS)
    (finding,) = report(body).findings
    assert finding.resource.logical_id == "Fn::ForEach::Q"
    assert finding.line == 2
    assert "loops over" in finding.outcome.found


def test_a_loop_without_its_transform_hides_resources() -> None:
    body = template({"Fn::ForEach::Q": ["Name", ["A"], {"Queue${Name}": QUEUE}]})
    assert findings(body) == ["Fn::ForEach::Q"]


def test_a_loop_over_a_plain_list_can_be_read() -> None:
    body = template({"Fn::ForEach::Q": ["Name", ["A"], {"Queue${Name}": QUEUE}]}, Transform=LOOPS)
    assert findings(body) == []


@pytest.mark.parametrize("kind", ["WebSocketApi", "CapacityProvider", "Unheard"])
def test_a_resource_of_sam_that_is_not_known_is_said_to_be_unjudged(kind: str) -> None:
    body = template({"It": resource(f"AWS::Serverless::{kind}", {})}, Transform="AWS::Serverless-2016-10-31")
    assert findings(body) == ["It"]


@pytest.mark.parametrize("properties", ["x", [], None, {"Fn::Transform": {"Name": "M"}}, {"Ref": "AWS::NoValue"}])
def test_a_resource_of_sam_whose_properties_are_hidden_is_said_to_be_unjudged(properties: Json) -> None:
    one: Json = {"Type": "AWS::Serverless::Function", "Properties": properties}
    assert findings(template({"It": one}, Transform="AWS::Serverless-2016-10-31")) == ["It"]


def test_a_connector_of_sam_leaves_nothing_unsaid() -> None:
    body = template({"It": resource("AWS::Serverless::Connector", {})}, Transform="AWS::Serverless-2016-10-31")
    assert findings(body) == []
