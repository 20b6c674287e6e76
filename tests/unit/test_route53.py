"""What the zones are, and what they refuse."""

from __future__ import annotations

import json

import pytest
from aws_cdk import App, Environment, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53

from hipaa_constructs import ComplianceError, EncryptionKey, HipaaHostedZone
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, metadata_waivers, of_type, report_of, statement_called, synthesized, the
from tools.examples import network

ZONE = "AWS::Route53::HostedZone"
SIGNING = "AWS::Route53::KeySigningKey"
DNSSEC = "AWS::Route53::DNSSEC"
GROUP = "AWS::Logs::LogGroup"
POLICY = "AWS::Logs::ResourcePolicy"
LOGGING = "AWS::Route53Resolver::ResolverQueryLoggingConfig"
ASSOCIATION = "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation"
KEY = "AWS::KMS::Key"
NAME = "example.org"
PATIENT = "mrn-0012345"
OPAQUE = "use opaque ids, as DNS is answered to everyone and its names are not encrypted"


def with_options(**options: object) -> Body:
    return synthesized(lambda stack: made(HipaaHostedZone, stack, zone_name=NAME, **options))


def private_zone(stack: Stack, **options: object) -> object:
    return made(HipaaHostedZone, stack, zone_name="internal.example.org", vpcs=[network(stack)], **options)


PLAIN = with_options()
PRIVATE = synthesized(private_zone)
LOGGED = synthesized(lambda stack: private_zone(stack, log_network_queries=True))


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack", env=Environment(account="123456789012", region="us-east-1"))


def name_of(template: Body, kind: str, prefix: str = "") -> str:
    (found,) = (name for name in of_type(template, kind) if name.startswith(prefix))
    return found


def test_a_zone_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: route53.HostedZone(stack, "It", zone_name=NAME))
    assert list(of_type(PLAIN, ZONE)) == list(of_type(plain, ZONE))


def test_a_public_zone_logs_its_queries_to_a_log_group_of_its_own() -> None:
    arn = json.dumps(at(the(PLAIN, ZONE), "Properties", "QueryLoggingConfig", "CloudWatchLogsLogGroupArn"))
    assert arn.endswith(f'":log-group:", {{"Ref": "{name_of(PLAIN, GROUP)}"}}]]}}')


def test_the_log_group_is_encrypted_and_kept_for_six_years() -> None:
    properties = at(the(PLAIN, GROUP), "Properties")
    assert at(properties, "KmsKeyId") == {"Fn::GetAtt": [name_of(PLAIN, KEY, "EncryptionKey"), "Arn"]}
    assert at(properties, "RetentionInDays") == 2192


def test_the_log_group_has_a_name_that_the_policy_is_about_and_is_new_for_each_stack() -> None:
    name = json.dumps(at(the(PLAIN, GROUP), "Properties", "LogGroupName"))
    assert '"/aws/route53/stack-it-' in name
    assert '{"Ref": "AWS::StackId"}' in name


def test_the_key_of_the_log_lets_cloudwatch_logs_use_it() -> None:
    key = the(PLAIN, KEY, "EncryptionKey")
    assert statement_called(key, "CloudWatchLogsOfThisAccount", "KeyPolicy")


def test_the_log_group_takes_a_key_of_its_own() -> None:
    def build(stack: Stack) -> None:
        HipaaHostedZone(stack, "It", zone_name=NAME, encryption_key=EncryptionKey(stack, "Own"))

    template = synthesized(build)
    assert at(the(template, GROUP), "Properties", "KmsKeyId", "Fn::GetAtt", 0) == name_of(template, KEY, "Own")


@pytest.mark.parametrize(
    ("service", "source", "groups"),
    [
        ("route53.amazonaws.com", ":route53:::hostedzone/*", ":log-group:/aws/route53/*"),
        ("delivery.logs.amazonaws.com", ":*", ":log-group:/aws/route53resolver/*"),
    ],
)
def test_route_53_may_write_for_this_account_only(service: str, source: str, groups: str) -> None:
    document = at(the(PLAIN, POLICY), "Properties", "PolicyDocument", "Fn::Join", 1)
    assert isinstance(document, list)
    written = json.loads("".join(one if isinstance(one, str) else "-" for one in document))
    (statement,) = (one for one in written["Statement"] if one["Principal"] == {"Service": service})
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "-"}
    assert statement["Condition"]["ArnLike"]["aws:SourceArn"].endswith(source)
    assert statement["Resource"].endswith(groups)


def test_a_zone_waits_until_it_may_log() -> None:
    assert the(PLAIN, ZONE)["DependsOn"] == [name_of(PLAIN, POLICY)]


def test_zones_of_a_stack_share_the_policy_and_the_signing_key() -> None:
    def build(stack: Stack) -> None:
        HipaaHostedZone(stack, "It", zone_name=NAME)
        HipaaHostedZone(stack, "Other", zone_name="example.net")

    template = synthesized(build)
    assert len(of_type(template, POLICY)) == 1
    assert len(of_type(template, KEY)) == 2
    assert len({json.dumps(at(one, "Properties", "Name")) for one in of_type(template, SIGNING).values()}) == 2


def test_a_public_zone_is_signed() -> None:
    zone = {"Ref": name_of(PLAIN, ZONE)}
    assert at(the(PLAIN, DNSSEC), "Properties", "HostedZoneId") == zone
    properties = at(the(PLAIN, SIGNING), "Properties")
    assert (at(properties, "HostedZoneId"), at(properties, "Status")) == (zone, "ACTIVE")


def test_signing_is_switched_on_after_its_key_is_there() -> None:
    assert the(PLAIN, DNSSEC)["DependsOn"] == [name_of(PLAIN, SIGNING)]


def test_the_signing_key_is_of_the_kind_that_dnssec_takes() -> None:
    key = the(PLAIN, KEY, "DnsSigningKey")
    assert at(key, "Properties", "KeySpec") == "ECC_NIST_P256"
    assert at(key, "Properties", "KeyUsage") == "SIGN_VERIFY"
    assert at(the(PLAIN, SIGNING), "Properties", "KeyManagementServiceArn") == {
        "Fn::GetAtt": [name_of(PLAIN, KEY, "DnsSigningKey"), "Arn"]
    }


def test_the_signing_key_signs_for_zones_of_this_account_only() -> None:
    statement = statement_called(the(PLAIN, KEY, "DnsSigningKey"), "DnssecOfThisAccount", "KeyPolicy")
    assert statement["Action"] == ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"]
    assert at(statement, "Condition", "StringEquals") == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}


def test_a_zone_is_signed_with_a_key_of_ones_own() -> None:
    arn = "arn:aws:kms:us-east-1:123456789012:key/1234"
    template = synthesized(
        lambda stack: HipaaHostedZone(stack, "It", zone_name=NAME, signing_key=kms.Key.from_key_arn(stack, "Key", arn))
    )
    assert at(the(template, SIGNING), "Properties", "KeyManagementServiceArn") == arn
    assert len(of_type(template, KEY)) == 1


@pytest.mark.parametrize("kind", [ZONE, SIGNING, DNSSEC, GROUP, POLICY])
def test_names_lead_somewhere_when_the_stack_is_gone(kind: str) -> None:
    found = the(PLAIN, kind)
    assert found["DeletionPolicy"] == ("Retain" if kind == GROUP else "RetainExceptOnCreate")
    assert found["UpdateReplacePolicy"] == "Retain"


def test_the_policy_of_logs_has_another_name_in_another_deployment() -> None:
    assert "AWS::StackId" in str(at(the(PLAIN, POLICY), "Properties", "PolicyName"))


def test_another_removal_policy_is_for_the_zone_and_its_signing() -> None:
    template = with_options(removal_policy=RemovalPolicy.DESTROY)
    kept = {kind: the(template, kind)["DeletionPolicy"] for kind in (ZONE, SIGNING, DNSSEC, GROUP)}
    assert kept == {ZONE: "Delete", SIGNING: "Delete", DNSSEC: "Delete", GROUP: "Retain"}


def test_a_private_zone_is_neither_logged_nor_signed() -> None:
    assert [of_type(PRIVATE, kind) for kind in (SIGNING, DNSSEC, GROUP, POLICY, LOGGING, KEY)] == [{}] * 6
    assert at(the(PRIVATE, ZONE), "Properties", "QueryLoggingConfig") is None


def test_the_resolver_logs_the_queries_of_a_network_if_asked_to() -> None:
    group = name_of(LOGGED, GROUP)
    assert at(the(LOGGED, LOGGING), "Properties", "DestinationArn") == {"Fn::GetAtt": [group, "Arn"]}
    assert the(LOGGED, LOGGING)["DependsOn"] == [name_of(LOGGED, POLICY)]
    assert at(the(LOGGED, ASSOCIATION), "Properties") == {
        "ResolverQueryLogConfigId": {"Fn::GetAtt": [name_of(LOGGED, LOGGING), "Id"]},
        "ResourceId": "vpc-0123456789abcdef0",
    }
    assert '"/aws/route53resolver/' in json.dumps(at(the(LOGGED, GROUP), "Properties", "LogGroupName"))


def test_tags_are_put_on_the_zone() -> None:
    template = with_options(tags={"Owner": "dns@example.org"}, comment="Portals", add_trailing_dot=False)
    properties = at(the(template, ZONE), "Properties")
    assert at(properties, "HostedZoneTags") == [{"Key": "Owner", "Value": "dns@example.org"}]
    assert (at(properties, "HostedZoneConfig", "Comment"), at(properties, "Name")) == ("Portals", NAME)


def test_a_public_zone_breaks_no_rule() -> None:
    assert report_of(lambda app: HipaaHostedZone(Stack(app, "Stack"), "It", zone_name=NAME)).findings == []


def test_a_private_zone_breaks_no_rule() -> None:
    assert report_of(lambda app: private_zone(Stack(app, "Stack"), log_network_queries=True)).findings == []


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("zone_name", f"{PATIENT}.example.org"),
        ("comment", PATIENT),
        ("tags", {"For": PATIENT}),
        ("tags", {PATIENT: ""}),
    ],
)
def test_a_text_like_an_identifier_of_a_patient_is_refused_and_not_repeated(
    stack: Stack, option: str, value: object
) -> None:
    refusal(
        lambda: made(HipaaHostedZone, stack, **{"zone_name": NAME, option: value}),
        f"Stack/It: {option} must be free of identifiers of patients, got 'text that looks like a medical record "
        f"number'; {OPAQUE} (164.312(a)(1))",
    )


def test_a_public_zone_elsewhere_is_refused() -> None:
    stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="us-west-2"))
    refusal(
        lambda: HipaaHostedZone(stack, "It", zone_name=NAME),
        "Stack/It: scope must be a stack of us-east-1 for a public zone, got 'one of us-west-2'; zones have no Region, "
        "but their logs and signing keys are there; make a stack there (164.312(b))",
    )


def test_a_private_zone_is_made_anywhere() -> None:
    stack = Stack(App(), "Stack", env=Environment(account="123456789012", region="us-west-2"))
    assert private_zone(stack)


def test_a_public_zone_logs_no_network(stack: Stack) -> None:
    refusal(
        lambda: HipaaHostedZone(stack, "It", zone_name=NAME, log_network_queries=True),
        "Stack/It: log_network_queries must be given with vpcs, got True; the resolver logs for networks; "
        "query_logging is for public zones (164.312(b))",
    )


@pytest.mark.parametrize(
    ("option", "rule", "control"),
    [("query_logging", "Route53QueriesLogged", "164.312(b)"), ("dnssec", "Route53ZoneSigned", "164.312(c)(1)")],
)
def test_a_public_zone_goes_without_only_if_waived(stack: Stack, option: str, rule: str, control: str) -> None:
    refusal(
        lambda: made(HipaaHostedZone, stack, zone_name=NAME, **{option: False}),
        f'Stack/It: {option} must be True, got False; to go without it pass waivers=[Waiver(rule="{rule}", …)] '
        f"({control})",
    )


def test_a_waived_zone_is_not_logged_and_says_so() -> None:
    template = with_options(query_logging=False, waivers=[waiver("Route53QueriesLogged")])
    assert of_type(template, GROUP) == {}
    assert len(metadata_waivers(the(template, ZONE))) == 1


def test_a_waived_zone_is_not_signed() -> None:
    template = with_options(dnssec=False, waivers=[waiver("Route53ZoneSigned")])
    assert [of_type(template, kind) for kind in (SIGNING, DNSSEC)] == [{}, {}]


def test_a_log_group_of_ones_own_is_refused(stack: Stack) -> None:
    refusal(
        lambda: made(HipaaHostedZone, stack, zone_name=NAME, query_logs_log_group_arn="arn"),
        "Stack/It: query_logs_log_group_arn can't be set, got 'arn'; queries are logged to an encrypted log group of "
        "the zone's own (164.312(b))",
    )


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(ComplianceError, match="dnssec"):
        HipaaHostedZone(stack, "It", zone_name=NAME, dnssec=False)
    assert stack.node.children == []
