"""What is judged of the data events of tables and queues."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

TRAIL = "AWS::CloudTrail::Trail"
TABLE, GLOBAL, QUEUE = "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::SQS::Queue"
OF_TABLES, OF_QUEUES = "TrailLogsDynamodbDataEvents", "TrailLogsSqsDataEvents"
EACH = pytest.mark.parametrize("kind", [TABLE, GLOBAL])


def advanced(kind: Json, category: Json = "Data", **more: Json) -> Json:
    fields: list[Json] = [
        {"Field": "eventCategory", "Equals": [category]},
        {"Field": "resources.type", "Equals": [kind]},
    ]
    for field in more:
        fields.append({"Field": field, "Equals": ["true"]})
    return {"AdvancedEventSelectors": [{"FieldSelectors": fields}]}


def plain(kind: Json, read_write: Json = "All") -> Json:
    data: Json = [{"Type": kind, "Values": ["arn:aws:dynamodb"]}]
    return {"EventSelectors": [{"ReadWriteType": read_write, "DataResources": data}]}


def trails(kind: str, *properties: Json) -> Body:
    made = {"It" if not number else f"Trail{number}": resource(TRAIL, one) for number, one in enumerate(properties)}
    return template({**made, "Recorded": resource(kind)})


@EACH
@pytest.mark.parametrize("properties", [advanced(TABLE), plain(TABLE)], ids=["advanced", "plain"])
def test_a_selector_of_either_form_meets(kind: str, properties: Json) -> None:
    assert verdict(OF_TABLES, trails(kind, properties)) == MET


@EACH
def test_another_trail_may_record_them(kind: str) -> None:
    assert verdict(OF_TABLES, trails(kind, {}, advanced(TABLE))) == MET


@EACH
@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"EventSelectors": []},
        advanced("AWS::S3::Object"),
        plain("AWS::S3::Object"),
        plain(7),
        advanced(GONE),
        plain(TABLE, "WriteOnly"),
        advanced(TABLE, readOnly=True),
        advanced(TABLE, "Management"),
    ],
    ids=str,
)
def test_what_records_none_or_a_part_breaks(kind: str, properties: Json) -> None:
    assert verdict(OF_TABLES, trails(kind, properties)) == BROKEN


@EACH
@pytest.mark.parametrize("hidden", [advanced(PARAMETER), plain(PARAMETER), {"EventSelectors": PARAMETER}], ids=str)
def test_what_is_hidden_leaves_it_open(kind: str, hidden: Json) -> None:
    assert verdict(OF_TABLES, trails(kind, hidden)) == UNDECIDED


def test_where_there_is_no_table_none_is_asked_for() -> None:
    assert verdict(OF_TABLES, trails(QUEUE, {})) == NOT_APPLICABLE


@EACH
def test_a_table_of_another_stack_is_asked_for_too(kind: str) -> None:
    assert verdict(OF_TABLES, template({"It": resource(TRAIL, {})}), template({"Recorded": resource(kind)})) == BROKEN


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        (advanced(QUEUE), MET),
        (advanced(QUEUE, readOnly=True), BROKEN),
        (advanced(QUEUE, "Management"), BROKEN),
        (advanced(TABLE), NOT_APPLICABLE),
        (advanced(PARAMETER), NOT_APPLICABLE),
        (plain(TABLE), NOT_APPLICABLE),
        ({"AdvancedEventSelectors": PARAMETER}, NOT_APPLICABLE),
        ({}, NOT_APPLICABLE),
    ],
    ids=str,
)
def test_a_trail_that_selects_queues_records_all_of_their_events(properties: Json, wanted: str) -> None:
    assert verdict(OF_QUEUES, trails(QUEUE, properties)) == wanted


def test_another_trail_may_record_the_rest_of_the_queues() -> None:
    assert verdict(OF_QUEUES, trails(QUEUE, advanced(QUEUE, readOnly=True), advanced(QUEUE))) == MET


def test_whole_events_of_something_else_are_not_those_of_queues() -> None:
    selectors: list[Json] = []
    for one in (advanced(QUEUE, readOnly=True), advanced(TABLE)):
        assert isinstance(one, dict)
        assert isinstance(one["AdvancedEventSelectors"], list)
        selectors += one["AdvancedEventSelectors"]
    assert verdict(OF_QUEUES, trails(QUEUE, {"AdvancedEventSelectors": selectors})) == BROKEN
