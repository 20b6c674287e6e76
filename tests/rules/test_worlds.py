"""Conditions and parameters: a rule must hold however they come out."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from hipaa_constructs.rules._world import MOST_WORLDS, TooManyWorlds, World, explore
from tests.rules._buckets import bucket, deny, policy
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

VERSIONED, TLS = "S3BucketVersioned", "S3BucketTlsOnly"
IS_PROD: Json = {"Fn::Equals": [PARAMETER, "prod"]}
DENY = deny("s3:*", "*", {"Bool": {"aws:SecureTransport": "false"}})


def versioned(status: Json, **sections: Json) -> Body:
    return template({"It": bucket({"VersioningConfiguration": {"Status": status}})}, **sections)


def choice(yes: Json, no: Json, condition: str = "IsProd") -> Json:
    return {"Fn::If": [condition, yes, no]}


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        (choice("Enabled", "Enabled"), MET),
        (choice("Enabled", "Suspended"), UNDECIDED),
        (choice("Suspended", "Enabled"), UNDECIDED),
        (choice("Suspended", "Suspended"), BROKEN),
        (choice("Suspended", GONE), BROKEN),
        (choice("Enabled", GONE), UNDECIDED),
        (choice("Enabled", PARAMETER), UNDECIDED),
        (choice("Suspended", PARAMETER), UNDECIDED),
        (choice("Enabled", choice("Suspended", "Enabled")), MET),
        (choice(choice("Enabled", "Suspended"), "Enabled"), MET),
        (choice("Enabled", choice("Enabled", "Suspended", "IsBig")), UNDECIDED),
    ],
    ids=str,
)
@pytest.mark.parametrize("conditions", [{"IsProd": IS_PROD}, {}], ids=["declared", "not-declared"])
def test_a_rule_holds_in_both_branches_or_not_at_all(status: Json, wanted: str, conditions: Json) -> None:
    assert verdict(VERSIONED, versioned(status, Conditions=conditions)) == wanted


UNHEARD: Json = {"Fn::Unheard": []}


@pytest.mark.parametrize(
    "conditions",
    [{}, {"IsProd": UNHEARD}, {"IsProd": {"Fn::And": [{"Fn::Or": [{"Fn::Not": [{"Fn::Not": [UNHEARD]}]}]}]}}],
    ids=["not-declared", "unheard", "unheard-inside"],
)
def test_an_undecided_finding_says_when_it_is_broken(conditions: Json) -> None:
    found = outcome(VERSIONED, versioned(choice("Enabled", "Suspended"), Conditions=conditions))
    assert found.found == "Suspended when IsProd is False"


@pytest.mark.parametrize(
    ("compared", "shown"),
    [
        ("prod", "prod"),
        ({"Ref": "AWS::StackName"}, "AWS::StackName"),
        ("{{resolve:ssm:/stage}}", "{{resolve:ssm:/stage}}"),
        ({"Fn::ImportValue": "stage"}, '{"Fn::ImportValue": "stage"}'),
        ({"Ref": ["Stage"]}, '{"Ref": ["Stage"]}'),
        (["prod"], '["prod"]'),
    ],
    ids=str,
)
def test_an_undecided_finding_says_what_a_parameter_is_then(compared: Json, shown: str) -> None:
    conditions: Json = {"IsProd": {"Fn::Equals": [PARAMETER, compared]}}
    body = versioned(choice("Enabled", "Suspended"), Conditions=conditions)
    assert outcome(VERSIONED, body).found == f"Suspended when AnyParameter = {shown} is False"


def test_an_undecided_finding_says_which_of_its_values_a_parameter_has_then() -> None:
    parameters: Json = {"Status": {"Type": "String", "AllowedValues": ["Enabled", "Off"]}}
    assert outcome(VERSIONED, versioned({"Ref": "Status"}, Parameters=parameters)).found == "Off when Status is Off"


def test_an_undecided_finding_says_which_key_of_a_map_is_looked_up_then() -> None:
    mappings: Json = {"Map": {"a": {"Status": "Enabled"}, "b": {"Status": "Off"}}}
    body = versioned({"Fn::FindInMap": ["Map", PARAMETER, "Status"]}, Mappings=mappings)
    assert outcome(VERSIONED, body).found == "Off when AnyParameter is b"


def test_two_keys_of_a_map_need_not_be_the_same() -> None:
    mappings: Json = {"Map": {"a": {"Part": "Enabled"}, "b": {"Part": ""}}}
    keys: list[Json] = [PARAMETER, {"Ref": "AWS::StackName"}]
    status: Json = {"Fn::Join": ["", [{"Fn::FindInMap": ["Map", key, "Part"]} for key in keys]]}
    assert verdict(VERSIONED, versioned(status, Mappings=mappings)) == UNDECIDED


def test_properties_as_a_whole_may_hang_on_a_condition() -> None:
    good: Json = {"VersioningConfiguration": {"Status": "Enabled"}}
    either = template({"It": bucket(choice(good, {}))}, Conditions={"IsProd": IS_PROD})
    both = template({"It": bucket(choice(good, good))}, Conditions={"IsProd": IS_PROD})
    assert (verdict(VERSIONED, either), verdict(VERSIONED, both)) == (UNDECIDED, MET)


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ({"Fn::Equals": ["a", "a"]}, MET),
        ({"Fn::Equals": ["a", "b"]}, BROKEN),
        ({"Fn::Equals": ["true", True]}, MET),
        ({"Fn::Equals": [1, "1"]}, MET),
        ({"Fn::Equals": [PARAMETER, PARAMETER]}, MET),
        ({"Fn::Equals": [{"Fn::Sub": "x-${AnyParameter}"}, "y"]}, BROKEN),
        ({"Fn::Equals": ["y", {"Fn::Sub": "x-${AnyParameter}"}]}, BROKEN),
        ({"Fn::Equals": [{"Fn::Sub": "x-${AnyParameter}"}, "x-y"]}, UNDECIDED),
        ({"Fn::Equals": [PARAMETER, "a"]}, UNDECIDED),
        ({"Fn::Equals": [{"Ref": "AWS::StackName"}, PARAMETER]}, UNDECIDED),
        ({"Fn::Not": [{"Fn::Equals": ["a", "b"]}]}, MET),
        ({"Fn::And": [{"Fn::Equals": ["a", "a"]}, {"Fn::Equals": ["a", "b"]}]}, BROKEN),
        ({"Fn::And": [{"Fn::Equals": ["a", "a"]}, {"Fn::Equals": ["b", "b"]}]}, MET),
        ({"Fn::Or": [{"Fn::Equals": ["a", "a"]}, {"Fn::Equals": ["a", "b"]}]}, MET),
        ({"Fn::Or": [{"Fn::Equals": ["b", "a"]}, {"Fn::Equals": ["a", "b"]}]}, BROKEN),
        ({"Fn::And": [{"Condition": "Sure"}, {"Condition": "Sure"}]}, MET),
        ({"Condition": "Sure"}, MET),
        ({"Condition": "NoSuch"}, UNDECIDED),
        ({"Condition": ["Sure"]}, UNDECIDED),
        ({"Fn::Not": "x"}, UNDECIDED),
        ({"Fn::Not": 3}, UNDECIDED),
        ({"Fn::Not": [{"Fn::Equals": ["a", "b"]}] * 2}, UNDECIDED),
        ({"Fn::Not": [None]}, UNDECIDED),
        ({"Fn::And": {}}, UNDECIDED),
        ({"Fn::Equals": ["a"]}, UNDECIDED),
        ({"Fn::Contains": [["a"], "a"]}, UNDECIDED),
        (True, UNDECIDED),
        ("Sure", UNDECIDED),
        ([], UNDECIDED),
        ({}, UNDECIDED),
    ],
    ids=str,
)
def test_a_condition_is_worked_out_as_far_as_it_goes(condition: Json, wanted: str) -> None:
    conditions: Json = {"IsProd": condition, "Sure": {"Fn::Equals": ["a", "a"]}}
    body = versioned(choice("Enabled", "Suspended"), Conditions=conditions)
    assert verdict(VERSIONED, body) == wanted


CORRELATED: Json = {
    "IsProd": IS_PROD,
    "AlsoProd": IS_PROD,
    "SameTurned": {"Fn::Equals": ["prod", PARAMETER]},
    "Alias": {"Condition": "IsProd"},
    "NotNotProd": {"Fn::Not": [{"Fn::Not": [{"Condition": "IsProd"}]}]},
    "ProdAndProd": {"Fn::And": [{"Condition": "IsProd"}, IS_PROD]},
    "ProdOrProd": {"Fn::Or": [{"Condition": "IsProd"}, IS_PROD]},
    "NotProd": {"Fn::Not": [{"Condition": "IsProd"}]},
    "Other": {"Fn::Equals": [PARAMETER, "other"]},
    "Unrelated": {"Fn::Equals": [{"Ref": "AWS::StackName"}, "prod"]},
}


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("IsProd", MET),
        ("AlsoProd", MET),
        ("SameTurned", MET),
        ("Alias", MET),
        ("NotNotProd", MET),
        ("ProdAndProd", MET),
        ("ProdOrProd", MET),
        ("NotProd", BROKEN),
        ("Other", BROKEN),
        ("Unrelated", UNDECIDED),
    ],
)
def test_a_policy_with_the_condition_of_its_bucket_is_there_when_the_bucket_is(condition: str, wanted: str) -> None:
    body = template(
        {"It": bucket(Condition="IsProd"), "Policy": policy(DENY, Condition=condition)},
        Conditions=CORRELATED,
    )
    assert verdict(TLS, body) == wanted


@pytest.mark.parametrize("operator", ["Fn::And", "Fn::Not", "Fn::Or"])
def test_conditions_that_are_not_understood_need_not_be_the_same(operator: str) -> None:
    conditions: Json = {"IsProd": {operator: [UNHEARD]}, "Other": {operator: [UNHEARD]}}
    resources = {"It": bucket(Condition="IsProd"), "Policy": policy(DENY, Condition="Other")}
    assert verdict(TLS, template(resources, Conditions=conditions)) == UNDECIDED


def test_conditions_of_two_stacks_are_each_their_own() -> None:
    sure: Json = {"Is": {"Fn::Equals": ["a", "a"]}}
    never: Json = {"Is": {"Fn::Equals": ["a", "b"]}}
    here = template({"It": bucket({"BucketName": "records"}, Condition="Is")}, Conditions=sure)
    there = template({"Policy": policy(DENY, bucket="records", Condition="Is")}, Conditions=never)
    assert verdict(TLS, here, there) == BROKEN


def test_parameters_of_two_stacks_are_each_their_own() -> None:
    conditions: Json = {"Is": IS_PROD}
    here = template({"It": bucket({"BucketName": "records"}, Condition="Is")}, Conditions=conditions)
    there = template({"Policy": policy(DENY, bucket="records", Condition="Is")}, Conditions=conditions)
    assert verdict(TLS, here, there) == UNDECIDED


def test_a_value_is_one_text_at_a_time() -> None:
    conditions: Json = {
        "IsProd": IS_PROD,
        "IsDev": {"Fn::Equals": [PARAMETER, "dev"]},
        "IsTest": {"Fn::Equals": ["test", PARAMETER]},
    }
    both = choice(choice("Suspended", choice("Suspended", "Enabled", "IsTest"), "IsDev"), "Enabled")
    assert verdict(VERSIONED, versioned(both, Conditions=conditions)) == MET


def test_a_value_that_is_not_one_text_may_be_another() -> None:
    conditions: Json = {"IsProd": IS_PROD, "IsDev": {"Fn::Equals": [PARAMETER, "dev"]}}
    either = choice("Enabled", choice("Suspended", "Enabled", "IsDev"))
    assert verdict(VERSIONED, versioned(either, Conditions=conditions)) == UNDECIDED


def test_two_policies_of_which_there_is_always_one_are_enough() -> None:
    body = template(
        {
            "It": bucket(),
            "One": policy(DENY, Condition="IsProd"),
            "Two": policy(DENY, Condition="NotProd"),
        },
        Conditions=CORRELATED,
    )
    assert verdict(TLS, body) == MET


def test_a_choice_between_buckets_is_of_one_at_a_time() -> None:
    body = template(
        {
            "It": bucket(Condition="IsProd"),
            "Other": bucket(),
            "Policy": policy(DENY, bucket=choice({"Ref": "It"}, {"Ref": "Other"})),
        },
        Conditions=CORRELATED,
    )
    assert (verdict(TLS, body), verdict(TLS, body, of="Other")) == (MET, UNDECIDED)


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ({"Fn::Equals": ["a", "b"]}, NOT_APPLICABLE),
        ({"Fn::Equals": ["a", "a"]}, BROKEN),
        (IS_PROD, BROKEN),
    ],
    ids=str,
)
def test_a_resource_is_judged_where_it_exists(condition: Json, wanted: str) -> None:
    body = template({"It": bucket(Condition="IsProd")}, Conditions={"IsProd": condition})
    assert verdict(VERSIONED, body) == wanted


@pytest.mark.parametrize("condition", [3, None, [], {}, ["IsProd"], ""], ids=str)
def test_a_malformed_condition_of_a_resource_hides_nothing(condition: Json) -> None:
    assert verdict(VERSIONED, template({"It": bucket(Condition=condition)})) == BROKEN


# Parameters


@pytest.mark.parametrize(
    ("parameter", "wanted"),
    [
        ({"Type": "String"}, UNDECIDED),
        ({"Type": "String", "Default": "Enabled"}, UNDECIDED),
        ({"Type": "String", "AllowedValues": ["Enabled"]}, MET),
        ({"Type": "Number", "AllowedValues": ["Enabled"]}, MET),
        ({"Type": "String", "AllowedValues": ["Enabled", None]}, UNDECIDED),
        ({"Type": "String", "AllowedValues": ["Enabled", "Enabled"]}, MET),
        ({"Type": "String", "AllowedValues": ["Enabled", "Suspended"]}, UNDECIDED),
        ({"Type": "String", "AllowedValues": ["Suspended", "Off"]}, BROKEN),
        ({"Type": "String", "AllowedValues": ["Suspended"], "Default": "Enabled"}, BROKEN),
        ({"Type": "String", "AllowedValues": []}, UNDECIDED),
        ({"Type": "String", "AllowedValues": "Enabled"}, UNDECIDED),
        ({"Type": "String", "AllowedValues": [["Enabled"]]}, UNDECIDED),
        ({"Type": "String", "AllowedValues": [None]}, UNDECIDED),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["Enabled"]}, UNDECIDED),
        ({"AllowedValues": ["Enabled"]}, UNDECIDED),
        ("Enabled", UNDECIDED),
        (None, UNDECIDED),
    ],
    ids=str,
)
def test_the_default_of_a_parameter_is_not_its_value(parameter: Json, wanted: str) -> None:
    body = versioned({"Ref": "Status"}, Parameters={"Status": parameter})
    assert verdict(VERSIONED, body) == wanted


def test_a_parameter_has_one_value_everywhere() -> None:
    parameters: Json = {"Stage": {"Type": "String", "AllowedValues": ["prod", "dev"]}}
    conditions: Json = {
        "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]},
    }
    status = choice("Enabled", choice("Enabled", "Suspended", "IsDev"))
    body = versioned(status, Parameters=parameters, Conditions=conditions)
    assert verdict(VERSIONED, body) == MET


# Many, and never-ending


def nested_choices(count: int, last: Json) -> Json:
    value = last
    for number in range(count):
        value = choice(value, "Enabled", f"C{number}")
    return value


def test_as_many_worlds_as_are_tried_are_judged() -> None:
    assert verdict(VERSIONED, versioned(nested_choices(MOST_WORLDS - 30, "Enabled"))) == MET


def test_more_worlds_than_are_tried_leave_it_undecided() -> None:
    parts: list[Json] = [choice("", "", f"C{number}") for number in range(7)]
    found = outcome(VERSIONED, versioned({"Fn::Join": ["", ["Enabled", *parts]]}))
    assert (found.verdict.value, found.found) == (
        UNDECIDED,
        f"it depends on more than {MOST_WORLDS} combinations of conditions and parameters",
    )


def test_a_parameter_with_more_values_than_are_tried_is_undecided() -> None:
    values: Json = [f"v{number}" for number in range(MOST_WORLDS + 1)]
    parameters: Json = {"Status": {"Type": "String", "AllowedValues": values}}
    assert verdict(VERSIONED, versioned({"Ref": "Status"}, Parameters=parameters)) == UNDECIDED


def test_conditions_that_do_not_matter_cost_nothing() -> None:
    conditions: Json = {f"C{n}": {"Fn::Equals": [PARAMETER, str(n)]} for n in range(200)}
    assert verdict(VERSIONED, versioned("Enabled", Conditions=conditions)) == MET


@pytest.mark.parametrize(
    "condition",
    [
        {"Condition": "IsProd"},
        {"Fn::Not": [{"Condition": "IsProd"}]},
        {"Fn::And": [{"Condition": "IsProd"}] * 10},
        {"Fn::Or": [{"Condition": "Back"}] * 10},
    ],
    ids=["itself", "not-itself", "itself-ten-times", "each-other-ten-times"],
)
def test_conditions_that_refer_to_themselves_end(condition: Json) -> None:
    conditions: Json = {"IsProd": condition, "Back": {"Fn::And": [{"Condition": "IsProd"}] * 10}}
    body = versioned(choice("Enabled", "Suspended"), Conditions=conditions)
    assert verdict(VERSIONED, body) == UNDECIDED


def test_conditions_that_double_each_other_end() -> None:
    conditions: dict[str, Json] = {f"C{n}": {"Fn::And": [{"Condition": f"C{n - 1}"}] * 2} for n in range(1, 35)}
    conditions["C0"] = IS_PROD
    body = versioned(choice("Enabled", "Enabled", "C34"), Conditions=conditions)
    assert verdict(VERSIONED, body) == MET


def test_a_long_chain_of_conditions_ends() -> None:
    conditions: dict[str, Json] = {f"C{n}": {"Condition": f"C{n - 1}"} for n in range(1, 2000)}
    body = versioned(choice("Enabled", "Suspended", "C1999"), Conditions=conditions)
    assert verdict(VERSIONED, body) == UNDECIDED


# The worlds themselves


def test_without_a_question_there_is_one_world() -> None:
    assert [found for _, found in explore(lambda world: 1)] == [1]


def test_every_combination_of_answers_is_tried_once() -> None:
    def ask(world: World) -> tuple[str, int]:
        return world.choose("a", "a", ("x", "y")), world.choose("b", "b", (1, 2, 3))

    found = [answer for _, answer in explore(ask)]
    assert found == [("x", 1), ("x", 2), ("x", 3), ("y", 1), ("y", 2), ("y", 3)]


def test_a_question_asked_twice_has_one_answer() -> None:
    found = [answer for _, answer in explore(lambda w: (w.choose("a", "a", (1, 2)), w.choose("a", "a", (1, 2))))]
    assert found == [(1, 1), (2, 2)]


def test_a_question_that_only_one_branch_asks_splits_only_that_branch() -> None:
    def ask(world: World) -> tuple[bool, bool]:
        first = world.choose("a", "a", (True, False))
        return first, first and world.choose("b", "b", (True, False))

    assert [found for _, found in explore(ask)] == [(True, True), (True, False), (False, False)]


def test_a_question_with_one_answer_splits_nothing() -> None:
    assert len(list(explore(lambda world: world.choose("a", "a", (1,))))) == 1


@pytest.mark.parametrize(("answers", "ends"), [(MOST_WORLDS, True), (MOST_WORLDS + 1, False)])
def test_no_more_worlds_are_tried_than_said(answers: int, ends: bool) -> None:
    worlds = explore(lambda world: world.choose("a", "a", range(answers)))
    if ends:
        assert len(list(worlds)) == MOST_WORLDS
    else:
        with pytest.raises(TooManyWorlds):
            list(worlds)


def test_a_world_that_was_run_already_is_not_run_again() -> None:
    runs: list[World] = []

    def ask(world: World) -> int:
        runs.append(world)
        return world.choose("a", "a", (1, 2))

    first = World()
    assert [found for _, found in explore(ask, (first, ask(first)))] == [1, 2]
    assert len(runs) == 2


@pytest.mark.parametrize(("answers", "ends"), [(MOST_WORLDS, True), (MOST_WORLDS + 1, False)])
def test_a_world_that_was_run_already_counts(answers: int, ends: bool) -> None:
    def ask(world: World) -> int:
        return world.choose("a", "a", range(answers))

    first = World()
    worlds = explore(ask, (first, ask(first)))
    if ends:
        assert len(list(worlds)) == MOST_WORLDS
    else:
        with pytest.raises(TooManyWorlds):
            list(worlds)


def test_a_world_describes_its_answers() -> None:
    def ask(world: World) -> bool:
        return world.choose("a", "IsProd", (True, False)) and world.choose("b", "Size", ("big", "small")) == "big"

    described = [world.describe() for world, _ in explore(ask)]
    assert described == ["IsProd is True, Size is big", "IsProd is True, Size is small", "IsProd is False"]


@pytest.mark.parametrize("member", [choice("records", GONE), choice(GONE, "records")])
def test_a_rule_that_applies_only_sometimes_is_judged_where_it_applies(member: Json) -> None:
    database = resource("AWS::RDS::DBInstance", {"DBClusterIdentifier": member, "StorageEncrypted": False})
    assert verdict("RdsStorageEncrypted", template({"It": database})) == UNDECIDED


def test_an_undecided_finding_says_where_it_is_broken() -> None:
    found = outcome(VERSIONED, versioned(choice("Enabled", "Suspended"), Conditions={}))
    assert found.path == ("Properties", "VersioningConfiguration", "Status")


def test_of_what_is_broken_in_every_world_the_first_is_told() -> None:
    found = outcome(VERSIONED, versioned(choice("Suspended", "Off"), Conditions={}))
    assert (found.verdict, found.found) == (BROKEN, "Suspended")
