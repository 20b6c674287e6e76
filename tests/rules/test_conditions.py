"""Conditions that hang on one parameter are worked out once for each of its values, and hold for every resource."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import RULES, Assembly, Template
from hipaa_constructs.rules._value import Json
from tests.rules._judging import resource

STAGE: Json = {"Type": "String", "AllowedValues": ["prod", "test"]}
PLACE: Json = {"Type": "String", "AllowedValues": ["here", "there"]}
IS_PROD: Json = {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}
IS_HERE: Json = {"Fn::Equals": [{"Ref": "Place"}, "here"]}


def told_of(condition: Json, *, further: dict[str, Json] | None = None) -> list[tuple[str, str]]:
    """Return what is said of three buckets that are versioned under a condition."""
    status: Json = {"Fn::If": ["Wanted", "Enabled", "Suspended"]}
    bucket = resource("AWS::S3::Bucket", {"VersioningConfiguration": {"Status": status}})
    home = Template(
        {
            "Parameters": {"Stage": STAGE, "Place": PLACE},
            "Conditions": {"Wanted": condition, **(further or {})},
            "Resources": {"First": bucket, "Second": bucket, "Third": bucket},
        }
    )
    Assembly([home])
    outcomes = [RULES["S3BucketVersioned"].judge(one) for one in home.resources.values()]
    return [(outcome.verdict.value, outcome.found) for outcome in outcomes]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (IS_PROD, "Suspended when Stage is test"),
        ({"Fn::Not": [IS_PROD]}, "Suspended when Stage is prod"),
        ({"Fn::And": [IS_PROD, IS_HERE]}, "Suspended when Stage is prod, Place is there"),
        ({"Fn::And": [IS_HERE, IS_PROD]}, "Suspended when Place is here, Stage is test"),
        ({"Fn::Or": [IS_PROD, IS_HERE]}, "Suspended when Stage is test, Place is there"),
    ],
)
def test_every_resource_hears_the_same_of_a_condition(condition: Json, found: str) -> None:
    assert told_of(condition) == [("undecided", found)] * 3


@pytest.mark.parametrize("value", ["other", "PROD"])
def test_a_condition_that_no_value_meets_holds_nowhere(value: str) -> None:
    assert told_of({"Fn::Equals": [{"Ref": "Stage"}, value]}) == [("broken", "Suspended")] * 3


def test_a_condition_that_names_another_is_what_that_one_is() -> None:
    found = told_of({"Condition": "Prod"}, further={"Prod": IS_PROD})
    assert found == [("undecided", "Suspended when Stage is test")] * 3


def test_what_a_parameter_is_in_one_condition_it_is_in_the_other() -> None:
    both: Json = {"Fn::And": [{"Condition": "Prod"}, {"Condition": "Test"}]}
    further: dict[str, Json] = {"Prod": IS_PROD, "Test": {"Fn::Equals": [{"Ref": "Stage"}, "test"]}}
    assert told_of(both, further=further) == [("broken", "Suspended")] * 3
