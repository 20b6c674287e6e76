"""What is judged of domains of OpenSearch, and of the policies of OpenSearch Serverless."""

from __future__ import annotations

import json

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
from tests.rules._stores import (
    KEY_ARN,
    OFF_OR_ABSENT,
    ON,
    OWN_KEY,
    OWN_KEY_OR_ALIAS,
    PASSWORD,
    SET,
    Place,
    alone,
    each_case,
    each_policy,
    judged,
    kept,
    least,
    network,
)

DOMAIN = "AWS::OpenSearchService::Domain"
ELASTICSEARCH = "AWS::Elasticsearch::Domain"
BOTH = (DOMAIN, ELASTICSEARCH)
POLICY = "AWS::OpenSearchServerless::SecurityPolicy"
COLLECTION = "AWS::OpenSearchServerless::Collection"
CONFIG = {DOMAIN: "ClusterConfig", ELASTICSEARCH: "ElasticsearchClusterConfig"}


@each_case(
    [
        (rule, kind, path)
        for kind in BOTH
        for rule, path in (
            ("OpensearchEncryptedAtRest", ("EncryptionAtRestOptions", "Enabled")),
            ("OpensearchEncryptedBetweenNodes", ("NodeToNodeEncryptionOptions", "Enabled")),
            ("OpensearchHttpsOnly", ("DomainEndpointOptions", "EnforceHTTPS")),
            ("OpensearchAccessControlled", ("AdvancedSecurityOptions", "Enabled")),
        )
    ],
    ON,
)
def test_the_switch_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case(
    [("OpensearchAccessControlled", kind, ("AdvancedSecurityOptions", "AnonymousAuthEnabled")) for kind in BOTH],
    OFF_OR_ABSENT,
)
def test_nobody_gets_in_without_a_name(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"AdvancedSecurityOptions": {"Enabled": True}}) == wanted


@each_case(
    [("OpensearchUsesCustomerManagedKey", kind, ("EncryptionAtRestOptions", "KmsKeyId")) for kind in BOTH],
    [*OWN_KEY_OR_ALIAS, (GONE, BROKEN)],
)
def test_the_key_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        ("Policy-Min-TLS-1-2-2019-07", MET),
        ("Policy-Min-TLS-1-2-PFS-2023-10", MET),
        ("Policy-Min-TLS-1-3-2030-01", MET),
        ("Policy-Min-TLS-1-0-2019-07", BROKEN),
        ("x", BROKEN),
        (GONE, BROKEN),
        (7, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_the_policy_of_tls_decides(kind: str, policy: Json, wanted: str) -> None:
    assert judged(("OpensearchTls12Only", kind, ("DomainEndpointOptions", "TLSSecurityPolicy")), policy) == wanted


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    ("subnets", "wanted"),
    [(["subnet-1"], MET), ([{"Ref": "Subnet"}], MET), ([], BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)],
    ids=str,
)
def test_subnets_must_be_named(kind: str, subnets: Json, wanted: str) -> None:
    assert judged(("OpensearchInVpc", kind, ("VPCOptions", "SubnetIds")), subnets) == wanted


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize(
    ("subnets", "gateway", "wanted"),
    [
        ([{"Ref": "Subnet"}], None, MET),
        ([{"Ref": "Subnet"}], {"Ref": "Gateway"}, BROKEN),
        (["subnet-1"], None, UNDECIDED),
        (GONE, None, NOT_APPLICABLE),
    ],
    ids=str,
)
def test_the_subnets_must_be_private(kind: str, subnets: Json, gateway: Json, wanted: str) -> None:
    body = template({"It": resource(kind, {"VPCOptions": {"SubnetIds": subnets}}), **network(gateway=gateway)})
    assert verdict("OpensearchSubnetsPrivate", body) == wanted


LOGS = [("OpensearchErrorsLogged", "ES_APPLICATION_LOGS"), ("OpensearchAudited", "AUDIT_LOGS")]


@each_case([(rule, kind, ("LogPublishingOptions", log, "Enabled")) for kind in BOTH for rule, log in LOGS], ON)
def test_the_log_must_be_on(place: Place, value: Json, wanted: str) -> None:
    options: Body = {log: {"CloudWatchLogsLogGroupArn": "arn"} for _, log in LOGS}
    assert judged(place, value, {"LogPublishingOptions": options}) == wanted


@each_case(
    [(rule, kind, ("LogPublishingOptions", log, "CloudWatchLogsLogGroupArn")) for kind in BOTH for rule, log in LOGS],
    SET,
)
def test_the_log_must_go_somewhere(place: Place, value: Json, wanted: str) -> None:
    options: Body = {log: {"Enabled": True} for _, log in LOGS}
    assert judged(place, value, {"LogPublishingOptions": options}) == wanted


@pytest.mark.parametrize("rule", [rule for rule, _ in LOGS])
def test_another_log_is_not_that_one(rule: str) -> None:
    slow: Body = {"SEARCH_SLOW_LOGS": {"Enabled": True, "CloudWatchLogsLogGroupArn": "arn"}}
    assert verdict(rule, alone(DOMAIN, {"LogPublishingOptions": slow})) == BROKEN


@pytest.mark.parametrize("kind", BOTH)
@pytest.mark.parametrize("switch", ["ZoneAwarenessEnabled", "MultiAZWithStandbyEnabled"])
@pytest.mark.parametrize(("value", "wanted"), ON, ids=str)
def test_the_nodes_are_spread(kind: str, switch: str, value: Json, wanted: str) -> None:
    place = ("OpensearchSpansZones", kind, (CONFIG[kind], switch))
    assert judged(place, value, {CONFIG[kind]: {"InstanceCount": 2}}) == wanted


@each_case([("OpensearchSpansZones", kind, (CONFIG[kind], "InstanceCount")) for kind in BOTH], least(2, BROKEN))
def test_there_are_nodes_to_spread(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {CONFIG[place[1]]: {"ZoneAwarenessEnabled": True}}) == wanted


MASTER = ("AdvancedSecurityOptions", "MasterUserOptions", "MasterUserPassword")


@each_case([("OpensearchPasswordHidden", kind, MASTER) for kind in BOTH], [*PASSWORD, (GONE, NOT_APPLICABLE)])
def test_the_password_comes_from_a_secret(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_policy(*(("OpensearchKept", kind) for kind in BOTH), snapshots=False)
def test_domains_are_kept(rule: str, kind: str, deletion: Json, replacement: Json, wanted: str) -> None:
    assert kept(rule, kind, deletion, replacement) == wanted


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        (json.dumps({"Rules": [], "KmsARN": KEY_ARN}), MET),
        (json.dumps({"KmsARN": KEY_ARN, "AWSOwnedKey": False}), MET),
        (json.dumps({"KmsARN": KEY_ARN, "AWSOwnedKey": True}), BROKEN),
        (json.dumps({"AWSOwnedKey": True}), BROKEN),
        (json.dumps({"Rules": []}), BROKEN),
        (json.dumps({"KmsARN": "alias/aws/aoss"}), BROKEN),
        (json.dumps({"KmsARN": {"Ref": "Nothing"}}), UNDECIDED),
        (json.dumps({"KmsARN": 7}), MET),
        ({"Fn::Sub": '{"KmsARN":"${Other.Arn}","AWSOwnedKey":false}'}, MET),
        ({"Fn::Join": ["", ['{"AWSOwnedKey":true,"KmsARN":"', {"Ref": "Other"}, '"}']]}, BROKEN),
        ({"Fn::Sub": '{"AWSOwnedKey":${AnyParameter}}'}, UNDECIDED),
        ({"Fn::ToJsonString": {"KmsARN": {"Fn::GetAtt": ["Other", "Arn"]}, "AWSOwnedKey": False}}, MET),
        ({"Fn::ToJsonString": {"KmsARN": {"Fn::GetAtt": ["Other", "Arn"]}, "AWSOwnedKey": True}}, BROKEN),
        ({"Fn::ToJsonString": {"KmsARN": PARAMETER}}, UNDECIDED),
        ({"Fn::ToJsonString": {"KmsARN": KEY_ARN, "AWSOwnedKey": PARAMETER}}, UNDECIDED),
        ({"Fn::ToJsonString": {"KmsARN": KEY_ARN}}, MET),
        (PARAMETER, UNDECIDED),
        ("{", BROKEN),
        ("[" * 100_000, BROKEN),
        ("[]", BROKEN),
        ("7", BROKEN),
        ({}, BROKEN),
        (GONE, BROKEN),
    ],
    ids=lambda value: str(value)[:60],
)
def test_the_key_of_a_policy_decides(policy: Json, wanted: str) -> None:
    body = alone(POLICY, {"Type": "encryption", "Policy": policy})
    assert verdict("OpensearchServerlessUsesCustomerManagedKey", body) == wanted


def rules(*openings: Json) -> str:
    return json.dumps([{"Rules": [], "AllowFromPublic": opening} for opening in openings])


@pytest.mark.parametrize(
    ("policy", "wanted"),
    [
        (rules(False), MET),
        (rules(True), BROKEN),
        (rules(False, True), BROKEN),
        (rules("x"), BROKEN),
        (json.dumps([{"Rules": [], "SourceVPCEs": ["vpce-1"]}]), MET),
        (json.dumps({"AllowFromPublic": True}), BROKEN),
        ({"Fn::Sub": '[{"AllowFromPublic":true,"SourceVPCEs":["${Other}"]}]'}, BROKEN),
        ({"Fn::Sub": '[{"AllowFromPublic":false,"SourceVPCEs":["${Other}"]}]'}, MET),
        ({"Fn::ToJsonString": [{"AllowFromPublic": True, "SourceVPCEs": [{"Ref": "Other"}]}]}, BROKEN),
        ({"Fn::ToJsonString": [{"AllowFromPublic": False, "SourceVPCEs": [{"Ref": "Other"}]}]}, MET),
        ({"Fn::ToJsonString": [{"AllowFromPublic": PARAMETER}]}, UNDECIDED),
        ({"Fn::ToJsonString": [{"AllowFromPublic": False}, PARAMETER]}, UNDECIDED),
        ({"Fn::ToJsonString": PARAMETER}, UNDECIDED),
        ({"Fn::ToJsonString": "{{resolve:ssm:rules}}"}, UNDECIDED),
        (PARAMETER, UNDECIDED),
        ("{", BROKEN),
        ("7", BROKEN),
        (GONE, BROKEN),
    ],
    ids=str,
)
def test_what_a_policy_of_the_network_opens_decides(policy: Json, wanted: str) -> None:
    assert verdict("OpensearchServerlessNotPublic", alone(POLICY, {"Type": "network", "Policy": policy})) == wanted


@pytest.mark.parametrize(
    ("rule", "other"),
    [("OpensearchServerlessNotPublic", "encryption"), ("OpensearchServerlessUsesCustomerManagedKey", "network")],
)
def test_policies_of_the_other_kind_are_left_alone(rule: str, other: str) -> None:
    assert verdict(rule, alone(POLICY, {"Type": other, "Policy": "{"})) == NOT_APPLICABLE
    assert verdict(rule, alone(POLICY, {"Type": GONE, "Policy": "{"})) == NOT_APPLICABLE
    assert verdict(rule, alone(POLICY, {"Type": PARAMETER, "Policy": "{"})) == UNDECIDED


@each_case(
    [("OpensearchServerlessUsesCustomerManagedKey", COLLECTION, ("EncryptionConfig", "KmsKeyArn"))],
    [*OWN_KEY, (GONE, BROKEN)],
)
def test_the_key_of_a_collection_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"EncryptionConfig": {"AWSOwnedKey": False}}) == wanted


def test_a_collection_that_names_no_key_goes_by_the_policies() -> None:
    assert verdict("OpensearchServerlessUsesCustomerManagedKey", alone(COLLECTION, {})) == NOT_APPLICABLE
