"""What is judged of the services that templates use, of tags, and of what is known of stacks."""

from __future__ import annotations

import datetime

import pytest

from hipaa_constructs.rules import RULES, Assembly, Settings, Template
from hipaa_constructs.rules._eligible import Standing, eligible_services
from hipaa_constructs.rules._value import Json
from hipaa_constructs.rules.organisation_tags import taggable_types
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TEXT,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)

ELIGIBLE, CURRENT = "ServiceHipaaEligible", "EligibleServicesListCurrent"
TAGGED, PROTECTED = "ResourceTagged", "StackProtectedFromTermination"
BOTH = Settings(required_tags=("owner", "data"))


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("AWS::S3::Bucket", MET),
        ("AWS::CloudFront::Distribution", MET),
        ("AWS::ECR::Repository", MET),
        ("AWS::ECR::PublicRepository", BROKEN),
        ("AWS::DirectoryService::MicrosoftAD", MET),
        ("AWS::DirectoryService::SimpleAD", BROKEN),
        ("AWS::Lightsail::Instance", BROKEN),
        ("AWS::AppRunner::Service", BROKEN),
        ("AWS::IAM::Role", NOT_APPLICABLE),
        ("AWS::ApplicationAutoScaling::ScalableTarget", NOT_APPLICABLE),
        ("AWS::CDK::Metadata", NOT_APPLICABLE),
        ("AWS::CloudFormation::CustomResource", NOT_APPLICABLE),
        ("Custom::S3AutoDeleteObjects", NOT_APPLICABLE),
        ("AWS::S3Tables::Table", UNDECIDED),
        ("AWS::Tomorrow::Thing", UNDECIDED),
        ("Datadog::Monitors::Monitor", UNDECIDED),
        ("Nonsense", UNDECIDED),
        ("", UNDECIDED),
    ],
)
def test_the_service_of_a_type_decides(kind: str, wanted: str) -> None:
    assert verdict(ELIGIBLE, template({"It": resource(kind)})) == wanted


def test_a_finding_names_the_type() -> None:
    found = outcome(ELIGIBLE, template({"It": resource("AWS::Lightsail::Instance")}))
    assert (found.property, found.found) == ("Type", "AWS::Lightsail::Instance, not on the list; use ECS/Fargate")


def test_every_line_of_the_list_is_about_a_service_or_a_type() -> None:
    entries = eligible_services().entries
    assert len(entries) > 300
    assert all(prefix == "Custom" or 1 <= prefix.count("::") <= 2 for prefix in entries)
    assert {entry.standing for entry in entries.values()} == set(Standing)


@pytest.mark.parametrize(("days", "wanted"), [(0, MET), (365, MET), (366, BROKEN)])
def test_a_list_is_good_for_a_year(days: int, wanted: str) -> None:
    today = eligible_services().as_of + datetime.timedelta(days=days)
    assembly = Assembly([Template(template({"It": resource("AWS::S3::Bucket")}))], today=today)
    assert RULES[CURRENT].judge(assembly.templates[0].resources["It"]).verdict.value == wanted


def test_the_age_of_the_list_is_told_once() -> None:
    first = template({"CDKMetadata": resource("AWS::CDK::Metadata"), "A": resource("AWS::SQS::Queue")})
    second = template({"B": resource("AWS::SQS::Queue")})
    assembly = Assembly([Template(first), Template(second)], today=datetime.date(2040, 1, 1))
    verdicts = {one.logical_id: RULES[CURRENT].judge(one).verdict.value for one in assembly.resources("*")}
    assert verdicts == {"CDKMetadata": NOT_APPLICABLE, "A": BROKEN, "B": NOT_APPLICABLE}


def test_an_empty_template_does_not_keep_the_age_from_being_told() -> None:
    assembly = Assembly(
        [Template(template({})), Template(template({"A": resource("AWS::SQS::Queue")}))],
        today=datetime.date(2040, 1, 1),
    )
    assert RULES[CURRENT].judge(assembly.templates[1].resources["A"]).verdict.value == BROKEN


def tagged(tags: Json, kind: str = "AWS::SQS::Queue", key: str = "Tags") -> Body:
    return template({"It": resource(kind, {key: tags})})


@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        ([{"Key": "owner", "Value": "a"}, {"Key": "data", "Value": "phi"}], MET),
        ([{"Key": "owner", "Value": "a"}], BROKEN),
        ([{"Key": "Owner", "Value": "a"}, {"Key": "data", "Value": "phi"}], BROKEN),
        ({"owner": "a", "data": "phi"}, MET),
        ({"owner": "a"}, BROKEN),
        (GONE, BROKEN),
        ([], BROKEN),
        (PARAMETER, UNDECIDED),
        ([{"Key": "owner", "Value": "a"}, {"Key": PARAMETER, "Value": "x"}], UNDECIDED),
        ([{"Key": "owner", "Value": "a"}, {"Key": {"Fn::Sub": "team-${AnyParameter}"}, "Value": "x"}], BROKEN),
        ([{"Key": "owner", "Value": "a"}, {"Key": {"Fn::Sub": "d${AnyParameter}a"}, "Value": "x"}], UNDECIDED),
        ([{"Key": "owner", "Value": "a"}, GONE], BROKEN),
    ],
)
def test_the_required_tags_decide(tags: Json, wanted: str) -> None:
    assert verdict(TAGGED, tagged(tags), settings=BOTH) == wanted


@pytest.mark.parametrize("tags", NEVER_TEXT)
def test_tags_that_are_none_break(tags: Json) -> None:
    assert verdict(TAGGED, tagged(tags), settings=BOTH) == BROKEN


def test_a_finding_names_the_tags_that_are_missing() -> None:
    assert outcome(TAGGED, tagged(GONE), settings=BOTH).found == "no tag owner, data"


def test_who_asks_for_no_tags_gets_no_findings() -> None:
    assert verdict(TAGGED, tagged(GONE)) == NOT_APPLICABLE


@pytest.mark.parametrize("kind", ["AWS::IAM::Policy", "AWS::CDK::Metadata", "Custom::Thing"])
def test_what_takes_no_tags_needs_none(kind: str) -> None:
    assert verdict(TAGGED, tagged(GONE, kind), settings=BOTH) == NOT_APPLICABLE


def test_some_types_call_their_tags_otherwise() -> None:
    tags: Json = [{"Key": "owner", "Value": "a"}, {"Key": "data", "Value": "phi"}]
    assert verdict(TAGGED, tagged(tags, "AWS::EFS::FileSystem", "FileSystemTags"), settings=BOTH) == MET
    assert verdict(TAGGED, tagged(tags, "AWS::EFS::FileSystem", "Tags"), settings=BOTH) == BROKEN


def test_tags_of_the_whole_stack_count() -> None:
    one = Template(tagged([{"Key": "owner", "Value": "a"}]), stack_tags=["data"])
    assembly = Assembly([one], settings=BOTH)
    assert RULES[TAGGED].judge(assembly.templates[0].resources["It"]).verdict.value == MET


def test_the_types_that_take_tags_are_known() -> None:
    # Past the cache, so that what is read is read here.
    types = taggable_types.__wrapped__()
    assert (types["AWS::S3::Bucket"], types["AWS::EFS::FileSystem"]) == ("Tags", "FileSystemTags")
    assert "AWS::IAM::Policy" not in types


def stack(kind: str, protection: bool | None, *, first: str = "It") -> str:
    body = template(
        {"CDKMetadata": resource("AWS::CDK::Metadata"), "It": resource("AWS::IAM::Role"), "Other": resource(kind)}
    )
    assembly = Assembly([Template(body, termination_protection=protection)])
    return RULES[PROTECTED].judge(assembly.templates[0].resources[first]).verdict.value


@pytest.mark.parametrize(
    ("kind", "protection", "wanted"),
    [
        ("AWS::S3::Bucket", True, MET),
        ("AWS::S3::Bucket", False, BROKEN),
        ("AWS::S3::Bucket", None, NOT_APPLICABLE),
        ("AWS::KMS::Key", False, NOT_APPLICABLE),
        ("AWS::RDS::DBInstance", False, BROKEN),
        ("AWS::Logs::LogGroup", False, NOT_APPLICABLE),
        ("AWS::Backup::BackupVault", False, BROKEN),
        ("AWS::ElastiCache::ReplicationGroup", False, NOT_APPLICABLE),
        ("AWS::SQS::Queue", False, NOT_APPLICABLE),
    ],
)
def test_a_stack_with_data_is_protected(kind: str, protection: bool | None, wanted: str) -> None:
    assert stack(kind, protection) == wanted


def test_the_protection_is_told_once() -> None:
    assert stack("AWS::S3::Bucket", False, first="Other") == NOT_APPLICABLE


def test_what_is_always_made_goes_before_what_may_not_be() -> None:
    conditional = resource("AWS::SQS::Queue", Condition="C")
    body = template({"A": conditional, "It": resource("AWS::SQS::Queue")}, Conditions={"C": {"Fn::Equals": ["a", "b"]}})
    assembly = Assembly([Template(body)], today=datetime.date(2040, 1, 1))
    assert RULES[CURRENT].judge(assembly.templates[0].resources["It"]).verdict.value == BROKEN


def test_buckets_of_access_logs_alone_need_no_protected_stack() -> None:
    source = resource("AWS::S3::Bucket", {"LoggingConfiguration": {"DestinationBucketName": "logs"}})
    logs = template({"It": resource("AWS::S3::Bucket", {"BucketName": "logs"})})
    assembly = Assembly([Template(logs, termination_protection=False), Template(template({"Source": source}))])
    assert RULES[PROTECTED].judge(assembly.templates[0].resources["It"]).verdict.value == NOT_APPLICABLE


@pytest.mark.parametrize(("deletion", "wanted"), [("Delete", NOT_APPLICABLE), ("Retain", BROKEN), (3, BROKEN)])
def test_what_goes_with_its_stack_in_any_case_needs_no_protected_one(deletion: Json, wanted: str) -> None:
    body = template({"It": resource("AWS::S3::Bucket", DeletionPolicy=deletion)})
    assembly = Assembly([Template(body, termination_protection=False)])
    assert RULES[PROTECTED].judge(assembly.templates[0].resources["It"]).verdict.value == wanted


@pytest.mark.parametrize("kind", ["AWS::S3Tables::Table", "AWS::Tomorrow::Thing"])
def test_a_type_that_is_not_clear_is_told(kind: str) -> None:
    assert outcome(ELIGIBLE, template({"It": resource(kind)})).path == ("Type",)


def test_each_type_of_a_template_is_judged_for_itself() -> None:
    made = Template(template({"A": resource("AWS::S3::Bucket"), "B": resource("AWS::Lightsail::Instance")}))
    Assembly([made])
    assert [RULES[ELIGIBLE].judge(one).verdict.value for one in made.resources.values()] == [MET, BROKEN]


def test_the_list_is_of_the_day_on_which_it_was_read() -> None:
    eligible_services.cache_clear()
    assert eligible_services().as_of == datetime.date(2026, 5, 22)


def test_the_list_says_why_a_service_is_not_on_it() -> None:
    eligible_services.cache_clear()
    entry = eligible_services().of("AWS::Lightsail::Instance")
    assert entry == (Standing.NOT_ELIGIBLE, "not on the list; use ECS/Fargate")


@pytest.mark.parametrize("kind", ["Custom", "Custom::Thing", "Custom::Thing::Of::Ours"])
def test_every_custom_resource_is_one(kind: str) -> None:
    entry = eligible_services().of(kind)
    assert entry is not None
    assert entry.standing is Standing.SUPPORTING


TAGS: Json = {"owner": "x", "data": "phi"}
QUEUE: Json = {"DestinationConfig": {"OnFailure": {"Type": "SQS"}}}
DOMAIN: Json = {"DomainName": "a.org", "CertificateArn": "arn"}


@pytest.mark.parametrize(
    ("kind", "properties", "of", "needs"),
    [
        ("Function", {"Policies": ["p"]}, "ItRole", True),
        ("Function", {"EventInvokeConfig": QUEUE}, "ItEventInvokeConfigOnFailureQueue", True),
        ("StateMachine", {"Policies": ["p"]}, "ItRole", True),
        ("Api", {"Domain": DOMAIN}, "ItDomainName", True),
        ("HttpApi", {}, "It", False),
        ("HttpApi", {}, "ItApiGatewayDefaultStage", False),
        ("HttpApi", {"Domain": DOMAIN}, "ItApiGatewayDomainName", False),
    ],
)
@pytest.mark.parametrize(("propagate", "on"), [(True, True), ("true", True), (False, False), (GONE, False)])
def test_tags_of_sam_reach_what_it_makes(
    kind: str, properties: Body, of: str, needs: bool, propagate: Json, on: bool
) -> None:
    own: Body = {**properties, "Tags": TAGS, "PropagateTags": propagate}
    body = template({"It": resource(f"AWS::Serverless::{kind}", own)}, Transform="AWS::Serverless-2016-10-31")
    assert verdict(TAGGED, body, of=of, settings=BOTH) == (MET if on or not needs else BROKEN)


def test_tags_of_sam_do_not_reach_an_api_whose_definition_is_elsewhere() -> None:
    own: Body = {"DefinitionUri": "s3://b/k", "Tags": TAGS}
    body = template({"It": resource("AWS::Serverless::HttpApi", own)}, Transform="AWS::Serverless-2016-10-31")
    assert verdict(TAGGED, body, settings=BOTH) == BROKEN
