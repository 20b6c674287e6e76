"""The condition that the CDK puts on its metadata resource: one of some thirty Regions, in nested ``Fn::Or``."""

import datetime

from hipaa_constructs.checker import check
from hipaa_constructs.rules import RULES, Assembly, Template, Verdict
from hipaa_constructs.rules._value import Json

REGIONS = [f"region-{number}" for number in range(32)]


def one_of(regions: list[str]) -> Json:
    return {"Fn::Or": [{"Fn::Equals": [{"Ref": "AWS::Region"}, region]} for region in regions]}


def template_with(kind: str, properties: Json) -> Template:
    groups: list[Json] = [one_of(REGIONS[start : start + 10]) for start in range(0, len(REGIONS), 10)]
    return Template(
        {
            "Conditions": {"Available": {"Fn::Or": groups}},
            "Resources": {"It": {"Type": kind, "Condition": "Available", "Properties": properties}},
        }
    )


def test_the_metadata_resource_gives_no_finding() -> None:
    report = check([template_with("AWS::CDK::Metadata", {"Analytics": "v2"})], today=datetime.date(2026, 1, 1))
    assert report.findings == []


def test_what_exists_in_some_regions_only_is_judged_there() -> None:
    assembly = Assembly([template_with("AWS::KMS::Key", {})])
    (key,) = assembly.resources("AWS::KMS::Key")
    assert RULES["KmsKeyRotated"].judge(key).verdict is Verdict.BROKEN
