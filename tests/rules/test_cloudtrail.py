"""What is judged of trails."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TRUE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

TRAIL = "AWS::CloudTrail::Trail"
MANAGEMENT, OBJECTS = "TrailLogsManagementEvents", "TrailLogsS3DataEvents"
SWITCHES = {
    "TrailLogFilesValidated": ("EnableLogFileValidation",),
    "TrailLogging": ("IsLogging",),
    "TrailMultiRegion": ("IsMultiRegionTrail", "IncludeGlobalServiceEvents"),
}


def trail(properties: Json = None, **others: Json) -> Body:
    return template({"It": resource(TRAIL, properties), **others})


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ({"Fn::GetAtt": ["Key", "Arn"]}, MET),
        ("arn:aws:kms:us-east-1:1:key/k", MET),
        ("alias/trail", MET),
        ("alias/aws/s3", BROKEN),
        ("", BROKEN),
        (GONE, BROKEN),
        (PARAMETER, UNDECIDED),
        (None, BROKEN),
        (False, BROKEN),
        ([], BROKEN),
        ({}, BROKEN),
    ],
    ids=str,
)
def test_a_trail_is_encrypted_with_a_key_of_the_customers(value: Json, wanted: str) -> None:
    assert verdict("TrailEncrypted", trail({"KMSKeyId": value})) == wanted


@pytest.mark.parametrize(
    ("rule", "name"), [(rule, name) for rule, names in SWITCHES.items() for name in names], ids=str
)
@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (True, MET),
        ("true", MET),
        (False, BROKEN),
        ("false", BROKEN),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TRUE),
        *((value, UNDECIDED) for value in MALFORMED),
    ],
    ids=str,
)
def test_a_switch_of_a_trail(rule: str, name: str, value: Json, wanted: str) -> None:
    on: dict[str, Json] = dict.fromkeys(SWITCHES[rule], True)
    assert verdict(rule, trail({**on, name: value})) == wanted


@pytest.mark.parametrize(
    ("rule", "name", "wanted"),
    [
        ("TrailLogFilesValidated", "EnableLogFileValidation", BROKEN),
        ("TrailLogging", "IsLogging", BROKEN),
        ("TrailMultiRegion", "IsMultiRegionTrail", BROKEN),
        ("TrailMultiRegion", "IncludeGlobalServiceEvents", MET),
    ],
)
def test_a_switch_that_is_left_out_is_as_cloudtrail_has_it(rule: str, name: str, wanted: str) -> None:
    on: dict[str, Json] = dict.fromkeys(SWITCHES[rule], True)
    assert verdict(rule, trail({**on, name: GONE})) == wanted


@pytest.mark.parametrize("name", ["CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"])
@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ({"Fn::GetAtt": ["X", "Arn"]}, MET),
        ("arn:aws:logs:us-east-1:1:log-group:g:*", MET),
        ("", BROKEN),
        (GONE, BROKEN),
        (None, BROKEN),
        ([], BROKEN),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_a_trail_is_delivered_to_a_log_group(name: str, value: Json, wanted: str) -> None:
    both: dict[str, Json] = dict.fromkeys(("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"), "arn:x")
    assert verdict("TrailDeliveredToLogs", trail({**both, name: value})) == wanted


@pytest.mark.parametrize("properties", [None, {}, [], "x", 3], ids=str)
@pytest.mark.parametrize(
    "rule", ["TrailEncrypted", "TrailLogFilesValidated", "TrailMultiRegion", "TrailLogging", "TrailDeliveredToLogs"]
)
def test_a_bare_trail(rule: str, properties: Json) -> None:
    assert verdict(rule, trail(properties)) == BROKEN


# Selectors


def fields(**conditions: Json) -> Json:
    found: list[Json] = [{"Field": name.replace("__", "."), "Equals": value} for name, value in conditions.items()]
    return {"FieldSelectors": found}


def advanced(*selectors: Json) -> dict[str, Json]:
    return {"AdvancedEventSelectors": list(selectors)}


def plain(*selectors: Json) -> dict[str, Json]:
    return {"EventSelectors": list(selectors)}


ALL_MANAGEMENT = advanced(fields(eventCategory=["Management"]))
ALL_OBJECTS = advanced(fields(eventCategory=["Data"], resources__type=["AWS::S3::Object"]))
MANAGEMENT_BY_HALVES = [fields(eventCategory=["Management"], readOnly=[said]) for said in ("true", "false")]
OBJECTS_BY_HALVES = [
    fields(eventCategory=["Data"], resources__type=["AWS::S3::Object"], readOnly=[said]) for said in ("true", "false")
]
SOME_OBJECTS: dict[str, Json] = {"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}
NO_READ_ONLY: Json = {
    "FieldSelectors": [
        {"Field": "eventCategory", "Equals": ["Management"]},
        {"Field": "readOnly", "NotEquals": ["true"]},
    ]
}
SOME_ARN: Json = {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::records/"]}


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        ({}, MET),
        ({"EventSelectors": GONE}, MET),
        (plain({"IncludeManagementEvents": True, "ReadWriteType": "All"}), MET),
        (plain({}), MET),
        (plain({"ReadWriteType": "WriteOnly"}, {}), MET),
        (plain({"ExcludeManagementEventSources": []}), MET),
        (ALL_MANAGEMENT, MET),
        (advanced(fields(eventCategory=["Data"]), fields(eventCategory=["Management"])), MET),
        (plain({"IncludeManagementEvents": False}), BROKEN),
        (plain({"ReadWriteType": "WriteOnly"}), BROKEN),
        (plain({"ExcludeManagementEventSources": ["kms.amazonaws.com"]}), BROKEN),
        (advanced(fields(eventCategory=["Data"])), BROKEN),
        (advanced(fields(eventCategory=["Management"], readOnly=["false"])), BROKEN),
        (advanced(*MANAGEMENT_BY_HALVES), MET),
        (advanced(*MANAGEMENT_BY_HALVES[:1]), BROKEN),
        (advanced(*MANAGEMENT_BY_HALVES[1:]), BROKEN),
        (advanced(MANAGEMENT_BY_HALVES[0], MANAGEMENT_BY_HALVES[0]), BROKEN),
        (advanced(MANAGEMENT_BY_HALVES[0], fields(eventCategory=["Management"], readOnly=[PARAMETER])), UNDECIDED),
        (advanced(MANAGEMENT_BY_HALVES[0], NO_READ_ONLY), BROKEN),
        (plain({"ReadWriteType": "WriteOnly"}, {"ReadWriteType": "ReadOnly"}), MET),
        (plain({"ReadWriteType": "ReadOnly"}, {"ReadWriteType": "ReadOnly"}), BROKEN),
        (
            plain({"ReadWriteType": "ReadOnly", "IncludeManagementEvents": False}, {"ReadWriteType": "WriteOnly"}),
            BROKEN,
        ),
        (advanced(fields(eventCategory=["Management"], eventSource=["s3.amazonaws.com"])), BROKEN),
        (advanced({}), BROKEN),
        (advanced(None), BROKEN),
        (plain(None), BROKEN),
        ({"EventSelectors": PARAMETER}, UNDECIDED),
        ({"AdvancedEventSelectors": PARAMETER}, UNDECIDED),
        (plain({"IncludeManagementEvents": PARAMETER}), UNDECIDED),
        (plain({"ReadWriteType": PARAMETER}), UNDECIDED),
        (advanced(fields(eventCategory=[PARAMETER])), UNDECIDED),
        (advanced(fields(eventCategory=PARAMETER)), UNDECIDED),
        (advanced({"FieldSelectors": PARAMETER}), UNDECIDED),
        (advanced(PARAMETER), UNDECIDED),
    ],
    ids=str,
)
def test_a_trail_records_all_management_events(properties: Json, wanted: str) -> None:
    assert verdict(MANAGEMENT, trail(properties)) == wanted


@pytest.mark.parametrize(
    ("properties", "wanted"),
    [
        (ALL_OBJECTS, MET),
        (
            advanced(
                {
                    "FieldSelectors": [
                        {"Field": "eventCategory", "Equals": ["Data"]},
                        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
                        SOME_ARN,
                    ]
                }
            ),
            MET,
        ),
        (plain({"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}), MET),
        (plain({"ReadWriteType": "All", "DataResources": [{"Type": "AWS::S3::Object", "Values": ["x"]}]}), MET),
        ({}, BROKEN),
        (ALL_MANAGEMENT, BROKEN),
        (advanced(fields(eventCategory=["Data"], resources__type=["AWS::DynamoDB::Table"])), BROKEN),
        (advanced(fields(eventCategory=["Data"])), BROKEN),
        (advanced(fields(eventCategory=["Data"], resources__type=["AWS::S3::Object"], readOnly=["true"])), BROKEN),
        (advanced(*OBJECTS_BY_HALVES), MET),
        (advanced(*OBJECTS_BY_HALVES[1:]), BROKEN),
        (advanced(OBJECTS_BY_HALVES[0], MANAGEMENT_BY_HALVES[1]), BROKEN),
        (plain({"ReadWriteType": "ReadOnly", **SOME_OBJECTS}, {"ReadWriteType": "WriteOnly", **SOME_OBJECTS}), MET),
        (plain({"ReadWriteType": "ReadOnly", **SOME_OBJECTS}, {"ReadWriteType": "WriteOnly"}), BROKEN),
        (
            advanced(fields(eventCategory=["Data"], resources__type=["AWS::S3::Object"], eventName=["GetObject"])),
            BROKEN,
        ),
        (plain({"DataResources": [{"Type": "AWS::Lambda::Function", "Values": ["x"]}]}), BROKEN),
        (plain({"DataResources": [{"Type": "AWS::S3::Object"}]}), BROKEN),
        (plain({"DataResources": [{"Type": "AWS::S3::Object", "Values": []}]}), BROKEN),
        (
            plain({"ReadWriteType": "ReadOnly", "DataResources": [{"Type": "AWS::S3::Object", "Values": ["x"]}]}),
            BROKEN,
        ),
        ({"EventSelectors": "x"}, BROKEN),
        (plain({"DataResources": PARAMETER}), UNDECIDED),
        (plain({"DataResources": [{"Type": PARAMETER, "Values": ["x"]}]}), UNDECIDED),
        ({"AdvancedEventSelectors": PARAMETER}, UNDECIDED),
        (advanced(fields(eventCategory=["Data"], resources__type=[PARAMETER])), UNDECIDED),
    ],
    ids=str,
)
def test_a_trail_records_data_events_of_objects(properties: Json, wanted: str) -> None:
    assert verdict(OBJECTS, trail(properties)) == wanted


@pytest.mark.parametrize(
    ("rule", "little", "much"), [(MANAGEMENT, ALL_OBJECTS, ALL_MANAGEMENT), (OBJECTS, ALL_MANAGEMENT, ALL_OBJECTS)]
)
def test_what_another_trail_records_need_not_be_recorded_twice(rule: str, little: Json, much: Json) -> None:
    assert verdict(rule, trail(little), template({"Other": resource(TRAIL, much)})) == MET


@pytest.mark.parametrize("rule", [MANAGEMENT, OBJECTS])
def test_what_no_trail_records(rule: str) -> None:
    other = resource(TRAIL, plain({"IncludeManagementEvents": False}))
    assert verdict(rule, trail(plain({"IncludeManagementEvents": False})), template({"Other": other})) == BROKEN


def test_what_another_trail_may_record_is_undecided() -> None:
    other = resource(TRAIL, {"AdvancedEventSelectors": PARAMETER})
    assert verdict(OBJECTS, trail({}, Other=other)) == UNDECIDED


def test_a_trail_that_may_not_be_deployed_leaves_it_undecided() -> None:
    other = resource(TRAIL, ALL_OBJECTS, Condition="Strict")
    conditions: Json = {"Strict": {"Fn::Equals": [PARAMETER, "yes"]}}
    assert verdict(OBJECTS, template({"It": resource(TRAIL), "Other": other}, Conditions=conditions)) == UNDECIDED


@pytest.mark.parametrize("rule", [MANAGEMENT, OBJECTS])
@pytest.mark.parametrize("place", ["EventSelectors", "AdvancedEventSelectors"])
def test_the_selectors_that_are_hidden_are_told(rule: str, place: str) -> None:
    assert outcome(rule, trail({place: PARAMETER})).property == place
