"""What is judged of clusters of Redshift, and of Redshift Serverless."""

from __future__ import annotations

import json

import pytest

from hipaa_constructs.rules import RULES, Assembly, Template
from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NEVER_TEXT,
    NEVER_TRUE,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    outcome,
    resource,
    template,
    verdict,
)
from tests.rules._stores import (
    KEY_ARN,
    OFF_OR_ABSENT,
    ON,
    ON_OR_ABSENT,
    OWN_KEY_OR_ALIAS,
    PASSWORD,
    SECRET,
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

CLUSTER = "AWS::Redshift::Cluster"
GROUP = "AWS::Redshift::ClusterParameterGroup"
SUBNETS = "AWS::Redshift::ClusterSubnetGroup"
NAMESPACE = "AWS::RedshiftServerless::Namespace"
WORKGROUP = "AWS::RedshiftServerless::Workgroup"
RESTORED: tuple[Body, ...] = ({"SnapshotIdentifier": "x"}, {"SnapshotClusterIdentifier": "x"})


@each_case(
    [("RedshiftEncrypted", CLUSTER, ("Encrypted",)), ("RedshiftMaintained", CLUSTER, ("AllowVersionUpgrade",))],
    ON_OR_ABSENT,
)
def test_what_is_on_by_default_must_not_be_off(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case(
    [
        ("RedshiftNotPublic", CLUSTER, ("PubliclyAccessible",)),
        ("RedshiftMaintained", CLUSTER, ("DeferMaintenance",)),
        ("RedshiftServerlessNotPublic", WORKGROUP, ("PubliclyAccessible",)),
    ],
    OFF_OR_ABSENT,
)
def test_what_is_off_by_default_must_not_be_on(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case(
    [
        ("RedshiftRoutedThroughVpc", CLUSTER, ("EnhancedVpcRouting",)),
        ("RedshiftServerlessRoutedThroughVpc", WORKGROUP, ("EnhancedVpcRouting",)),
    ],
    ON,
)
def test_what_is_off_by_default_must_be_on(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case(
    [
        ("RedshiftUsesCustomerManagedKey", CLUSTER, ("KmsKeyId",)),
        ("RedshiftServerlessUsesCustomerManagedKey", NAMESPACE, ("KmsKeyId",)),
    ],
    [*OWN_KEY_OR_ALIAS, (GONE, BROKEN)],
)
def test_the_key_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@pytest.mark.parametrize("origin", RESTORED, ids=str)
@pytest.mark.parametrize("rule", ["RedshiftEncrypted", "RedshiftUsesCustomerManagedKey", "RedshiftPasswordManaged"])
def test_what_a_restored_cluster_does_not_say_is_the_snapshots(rule: str, origin: Body) -> None:
    assert verdict(rule, alone(CLUSTER, origin)) == UNDECIDED


@pytest.mark.parametrize("origin", RESTORED, ids=str)
def test_what_a_restored_cluster_says_is_judged(origin: Body) -> None:
    assert verdict("RedshiftEncrypted", alone(CLUSTER, {**origin, "Encrypted": False})) == BROKEN
    assert verdict("RedshiftUsesCustomerManagedKey", alone(CLUSTER, {**origin, "KmsKeyId": "x"})) == MET
    assert verdict("RedshiftPasswordManaged", alone(CLUSTER, {**origin, "ManageMasterPassword": False})) == BROKEN


ALL_LOGS: list[Json] = ["connectionlog", "userlog", "useractivitylog"]


@pytest.mark.parametrize(
    ("logging", "wanted"),
    [
        ({"BucketName": "logs"}, MET),
        ({"BucketName": "logs", "LogDestinationType": "s3"}, MET),
        ({"LogDestinationType": "s3"}, BROKEN),
        ({"LogDestinationType": "s3", "LogExports": ALL_LOGS}, BROKEN),
        ({"LogDestinationType": "cloudwatch", "LogExports": ALL_LOGS}, MET),
        ({"LogDestinationType": "cloudwatch", "LogExports": ALL_LOGS[:2]}, BROKEN),
        ({"LogDestinationType": "cloudwatch", "LogExports": [*ALL_LOGS[:2], PARAMETER]}, UNDECIDED),
        ({"LogDestinationType": "cloudwatch", "LogExports": PARAMETER}, UNDECIDED),
        ({"LogDestinationType": "cloudwatch", "BucketName": "logs"}, BROKEN),
        ({"LogDestinationType": "syslog", "BucketName": "logs"}, BROKEN),
        ({"LogDestinationType": 7, "BucketName": "logs"}, BROKEN),
        ({"LogDestinationType": PARAMETER, "BucketName": "logs", "LogExports": ALL_LOGS}, MET),
        ({"LogDestinationType": PARAMETER, "BucketName": "logs"}, UNDECIDED),
        ({"BucketName": PARAMETER}, UNDECIDED),
        ({}, BROKEN),
        ("x", BROKEN),
        (PARAMETER, UNDECIDED),
        (GONE, BROKEN),
    ],
    ids=str,
)
def test_where_the_logs_go_decides(logging: Json, wanted: str) -> None:
    assert verdict("RedshiftLogged", alone(CLUSTER, {"LoggingProperties": logging})) == wanted


def parameters(value: Json, name: Json, family: Json = "redshift-1.0") -> Body:
    pairs: Json = [{"ParameterName": "x", "ParameterValue": "y"}, {"ParameterName": name, "ParameterValue": value}]
    return {"ParameterGroupFamily": family, "Parameters": pairs}


@pytest.mark.parametrize(
    ("rule", "name"),
    [("RedshiftTlsOnly", "require_ssl"), ("RedshiftUserActivityLogged", "enable_user_activity_logging")],
)
@pytest.mark.parametrize(("value", "wanted"), [case for case in ON if case[0] != GONE], ids=str)
def test_the_parameter_of_a_group_decides(rule: str, name: str, value: Json, wanted: str) -> None:
    assert verdict(rule, alone(GROUP, parameters(value, name))) == wanted
    assert verdict(rule, alone(GROUP, parameters(value, PARAMETER))) == UNDECIDED


@pytest.mark.parametrize("rule", ["RedshiftTlsOnly", "RedshiftUserActivityLogged"])
@pytest.mark.parametrize(
    ("pairs", "wanted"), [([], BROKEN), (PARAMETER, UNDECIDED), ([PARAMETER], UNDECIDED), (GONE, BROKEN), ("x", BROKEN)]
)
def test_a_group_of_the_old_family_must_set_the_parameter(rule: str, pairs: Json, wanted: str) -> None:
    body = alone(GROUP, {"ParameterGroupFamily": "redshift-1.0", "Parameters": pairs})
    assert verdict(rule, body) == wanted


@pytest.mark.parametrize(
    ("family", "wanted"),
    [("redshift-2.0", MET), ("redshift-1.0", BROKEN), ("x", BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED)],
)
def test_tls_is_required_by_default_in_the_new_family(family: Json, wanted: str) -> None:
    assert verdict("RedshiftTlsOnly", alone(GROUP, {"ParameterGroupFamily": family})) == wanted


@pytest.mark.parametrize("family", ["redshift-1.0", "redshift-2.0"])
def test_tls_that_is_switched_off_is_off_in_any_family(family: str) -> None:
    assert verdict("RedshiftTlsOnly", alone(GROUP, parameters("false", "require_ssl", family))) == BROKEN


@pytest.mark.parametrize(("family", "told"), [("redshift-1.0", "Parameters"), ("x", "ParameterGroupFamily")])
def test_where_tls_is_missed_depends_on_the_family(family: str, told: str) -> None:
    assert outcome("RedshiftTlsOnly", alone(GROUP, {"ParameterGroupFamily": family})).property == told


def test_user_activity_is_not_logged_by_default_in_the_new_family() -> None:
    assert verdict("RedshiftUserActivityLogged", alone(GROUP, {"ParameterGroupFamily": "redshift-2.0"})) == BROKEN


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("default.redshift-2.0", (MET, BROKEN)),
        ("default.redshift-1.0", (BROKEN, BROKEN)),
        (GONE, (UNDECIDED, BROKEN)),
        ("made-by-hand", (UNDECIDED, UNDECIDED)),
        (PARAMETER, (UNDECIDED, UNDECIDED)),
        ({"Ref": "Other"}, (UNDECIDED, UNDECIDED)),
        ({"Ref": "Group"}, (NOT_APPLICABLE, NOT_APPLICABLE)),
        (3, (BROKEN, BROKEN)),
        ([], (BROKEN, BROKEN)),
    ],
    ids=str,
)
def test_the_group_of_a_cluster_decides(name: Json, wanted: tuple[str, str]) -> None:
    cluster = resource(CLUSTER, {"ClusterParameterGroupName": name})
    body = template({"It": cluster, "Group": resource(GROUP), "Other": resource(SUBNETS)})
    assert (verdict("RedshiftTlsOnly", body), verdict("RedshiftUserActivityLogged", body)) == wanted


def test_a_group_of_another_stack_is_judged_there() -> None:
    exported = template({"Group": resource(GROUP)}, Outputs={"O": {"Value": {"Ref": "Group"}, "Export": {"Name": "g"}}})
    cluster = template({"It": resource(CLUSTER, {"ClusterParameterGroupName": {"Fn::ImportValue": "g"}})})
    assert verdict("RedshiftTlsOnly", cluster, exported) == NOT_APPLICABLE


@each_case([("RedshiftBackedUp", CLUSTER, ("AutomatedSnapshotRetentionPeriod",))], least(1, MET))
def test_snapshots_are_made(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case([("RedshiftSnapshotsKept", CLUSTER, ("AutomatedSnapshotRetentionPeriod",))], least(35, BROKEN))
def test_snapshots_are_kept(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@each_case([("RedshiftInVpc", CLUSTER, ("ClusterSubnetGroupName",))], [*SET, ("default", BROKEN)])
def test_the_subnet_group_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@pytest.mark.parametrize(
    ("rule", "kind"), [("RedshiftSubnetsPrivate", SUBNETS), ("RedshiftServerlessSubnetsPrivate", WORKGROUP)]
)
@pytest.mark.parametrize(
    ("ids", "gateway", "wanted"),
    [
        ([{"Ref": "Subnet"}], None, MET),
        ([{"Ref": "Subnet"}], {"Ref": "Gateway"}, BROKEN),
        ([{"Ref": "Subnet"}, "subnet-1"], None, UNDECIDED),
        ([PARAMETER], None, UNDECIDED),
        (PARAMETER, None, UNDECIDED),
        ([7], None, BROKEN),
        ([], None, BROKEN),
        (GONE, None, BROKEN),
    ],
    ids=str,
)
def test_the_subnets_decide(rule: str, kind: str, ids: Json, gateway: Json, wanted: str) -> None:
    body = template({"It": resource(kind, {"SubnetIds": ids}), **network(gateway=gateway)})
    assert verdict(rule, body) == wanted


@pytest.mark.parametrize(
    ("node", "switch", "wanted"),
    [
        ("ra3.xlplus", True, MET),
        ("RA3.4xlarge", GONE, BROKEN),
        ("rg.xlarge", False, BROKEN),
        ("ra3.xlplus", PARAMETER, UNDECIDED),
        ("dc2.large", GONE, NOT_APPLICABLE),
        (GONE, GONE, NOT_APPLICABLE),
        (7, GONE, NOT_APPLICABLE),
        (PARAMETER, True, MET),
        (PARAMETER, False, UNDECIDED),
    ],
    ids=str,
)
def test_nodes_that_can_are_in_two_zones(node: Json, switch: Json, wanted: str) -> None:
    assert verdict("RedshiftMultiAz", alone(CLUSTER, {"NodeType": node, "MultiAZ": switch})) == wanted


@pytest.mark.parametrize(
    ("kind", "switch", "wanted"),
    [
        ("single-node", GONE, NOT_APPLICABLE),
        ("single-node", False, NOT_APPLICABLE),
        ("multi-node", GONE, BROKEN),
        ("multi-node", True, MET),
        (GONE, GONE, BROKEN),
        (PARAMETER, True, MET),
        (PARAMETER, False, UNDECIDED),
        (PARAMETER, PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_a_single_node_can_not_be_in_two_zones(kind: Json, switch: Json, wanted: str) -> None:
    cluster: Body = {"ClusterType": kind, "NodeType": "ra3.xlplus", "MultiAZ": switch}
    assert verdict("RedshiftMultiAz", alone(CLUSTER, cluster)) == wanted


@pytest.mark.parametrize("hidden", ["NodeType", "ClusterType"])
def test_what_hides_whether_a_cluster_can_is_what_is_undecided(hidden: str) -> None:
    cluster: Body = {"ClusterType": "multi-node", "NodeType": "ra3.xlplus", hidden: PARAMETER}
    found = outcome("RedshiftMultiAz", alone(CLUSTER, cluster))
    assert (found.verdict.value, found.property) == (UNDECIDED, hidden)


def test_nodes_that_can_not_are_not_asked_whatever_hides_how_many_they_are() -> None:
    cluster: Body = {"ClusterType": PARAMETER, "NodeType": "dc2.large"}
    assert verdict("RedshiftMultiAz", alone(CLUSTER, cluster)) == NOT_APPLICABLE


@each_case([("RedshiftSnapshotsCopied", CLUSTER, ("DestinationRegion",))], SET)
def test_the_region_of_copies_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"SnapshotCopyGrantName": "grant"}) == wanted


@each_case([("RedshiftSnapshotsCopied", CLUSTER, ("SnapshotCopyGrantName",))], SET)
def test_the_grant_of_copies_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"DestinationRegion": "us-west-2"}) == wanted


@pytest.mark.parametrize(("region", "wanted"), [("us-west-2", BROKEN), ("us-east-1", MET), (None, MET)])
@pytest.mark.parametrize(
    ("rule", "kind", "copied"),
    [
        (
            "RedshiftSnapshotsCopied",
            CLUSTER,
            {"DestinationRegion": "us-west-2", "SnapshotCopyGrantName": "grant"},
        ),
        (
            "RedshiftServerlessSnapshotsCopied",
            NAMESPACE,
            {"SnapshotCopyConfigurations": [{"DestinationRegion": "us-west-2", "DestinationKmsKeyId": KEY_ARN}]},
        ),
    ],
    ids=["cluster", "namespace"],
)
def test_copies_in_the_same_region_are_none(
    rule: str, kind: str, copied: Body, region: str | None, wanted: str
) -> None:
    one = Template(alone(kind, copied), region=region)
    Assembly([one])
    assert RULES[rule].judge(one.resources["It"]).verdict.value == wanted


PASSWORDS = [
    ("RedshiftPasswordManaged", CLUSTER, "MasterUserPassword", "ManageMasterPassword", "MasterPasswordSecretKmsKeyId"),
    (
        "RedshiftServerlessPasswordManaged",
        NAMESPACE,
        "AdminUserPassword",
        "ManageAdminPassword",
        "AdminPasswordSecretKmsKeyId",
    ),
]
EACH_PASSWORD = pytest.mark.parametrize(("rule", "kind", "password", "managed", "key"), PASSWORDS)


@EACH_PASSWORD
@pytest.mark.parametrize(("value", "wanted"), PASSWORD, ids=str)
def test_a_password_comes_from_a_secret(
    rule: str, kind: str, password: str, managed: str, key: str, value: Json, wanted: str
) -> None:
    assert judged((rule, kind, (password,)), value, {"AdminUsername": "admin"}) == wanted


@EACH_PASSWORD
@pytest.mark.parametrize(("value", "wanted"), ON, ids=str)
def test_or_it_is_managed(
    rule: str, kind: str, password: str, managed: str, key: str, value: Json, wanted: str
) -> None:
    assert judged((rule, kind, (managed,)), value, {"AdminUsername": "admin", key: "x"}) == wanted


@EACH_PASSWORD
@pytest.mark.parametrize(("value", "wanted"), [*OWN_KEY_OR_ALIAS, (GONE, BROKEN)], ids=str)
def test_the_managed_one_is_encrypted_with_an_own_key(
    rule: str, kind: str, password: str, managed: str, key: str, value: Json, wanted: str
) -> None:
    assert judged((rule, kind, (key,)), value, {managed: True}) == wanted


def test_a_finding_names_the_logs_that_are_missing() -> None:
    logging: Json = {"LogDestinationType": "cloudwatch", "LogExports": ["userlog"]}
    found = outcome("RedshiftLogged", alone(CLUSTER, {"LoggingProperties": logging})).found
    assert found == "no connectionlog, useractivitylog"


@EACH_PASSWORD
def test_a_password_in_the_template_is_named_and_not_shown(
    rule: str, kind: str, password: str, managed: str, key: str
) -> None:
    found = outcome(rule, alone(kind, {password: "swordfish"}))
    assert (found.property, found.found) == (password, "a password in the template")


def test_a_namespace_without_a_first_user_has_no_password() -> None:
    assert verdict("RedshiftServerlessPasswordManaged", alone(NAMESPACE, {})) == NOT_APPLICABLE


@each_policy(("RedshiftKept", CLUSTER), snapshots=True)
def test_a_cluster_is_kept(rule: str, kind: str, deletion: Json, replacement: Json, wanted: str) -> None:
    assert kept(rule, kind, deletion, replacement) == wanted


@each_policy(("RedshiftServerlessKept", NAMESPACE), snapshots=False)
def test_a_namespace_is_kept(rule: str, kind: str, deletion: Json, replacement: Json, wanted: str) -> None:
    assert kept(rule, kind, deletion, replacement) == wanted


@each_case([("RedshiftServerlessKept", NAMESPACE, ("FinalSnapshotName",))], SET)
def test_or_a_namespace_leaves_a_snapshot(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value) == wanted


@pytest.mark.parametrize(
    ("exports", "wanted"),
    [
        (ALL_LOGS, MET),
        (ALL_LOGS[1:], BROKEN),
        ([*ALL_LOGS[1:], PARAMETER], UNDECIDED),
        (PARAMETER, UNDECIDED),
        *((value, BROKEN) for value in NEVER_TEXT),
        (GONE, BROKEN),
    ],
    ids=str,
)
def test_a_namespace_exports_all_logs(exports: Json, wanted: str) -> None:
    assert verdict("RedshiftServerlessLogged", alone(NAMESPACE, {"LogExports": exports})) == wanted


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("RedshiftServerlessTlsOnly", "require_ssl"),
        ("RedshiftServerlessUserActivityLogged", "enable_user_activity_logging"),
    ],
)
@pytest.mark.parametrize(
    ("pairs", "wanted"),
    [
        ([{"ParameterKey": "NAME", "ParameterValue": "true"}], MET),
        ([{"ParameterKey": "x", "ParameterValue": "y"}, {"ParameterKey": "NAME", "ParameterValue": "true"}], MET),
        ([{"ParameterKey": "NAME", "ParameterValue": "false"}], BROKEN),
        ([{"ParameterKey": "NAME", "ParameterValue": "on"}], BROKEN),
        *(([{"ParameterKey": "NAME", "ParameterValue": value}], BROKEN) for value in NEVER_TRUE if value is not None),
        ([{"ParameterKey": "NAME"}], UNDECIDED),
        ([{"ParameterKey": "NAME", "ParameterValue": PARAMETER}], UNDECIDED),
        ([{"ParameterKey": "x", "ParameterValue": "true"}], UNDECIDED),
        ([{"ParameterKey": PARAMETER, "ParameterValue": "true"}], UNDECIDED),
        ([PARAMETER], UNDECIDED),
        (PARAMETER, UNDECIDED),
        (GONE, UNDECIDED),
    ],
    ids=str,
)
def test_a_workgroup_switches_it_on(rule: str, name: str, pairs: Json, wanted: str) -> None:
    of_rule: Json = json.loads(json.dumps(pairs).replace("NAME", name))
    assert verdict(rule, alone(WORKGROUP, {"ConfigParameters": of_rule})) == wanted


COPIED = ("SnapshotCopyConfigurations", 0)
COPIES: Body = {"DestinationRegion": "us-west-2", "DestinationKmsKeyId": KEY_ARN}


@each_case([("RedshiftServerlessSnapshotsCopied", NAMESPACE, (*COPIED, "DestinationRegion"))], SET)
def test_the_region_of_a_namespaces_copies_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"SnapshotCopyConfigurations": [COPIES]}) == wanted


@each_case(
    [("RedshiftServerlessSnapshotsCopied", NAMESPACE, (*COPIED, "DestinationKmsKeyId"))],
    [*OWN_KEY_OR_ALIAS, (GONE, BROKEN)],
)
def test_the_key_of_a_namespaces_copies_decides(place: Place, value: Json, wanted: str) -> None:
    assert judged(place, value, {"SnapshotCopyConfigurations": [COPIES]}) == wanted


@pytest.mark.parametrize(
    ("copies", "wanted"),
    [([], BROKEN), (GONE, BROKEN), (PARAMETER, UNDECIDED), ([PARAMETER], UNDECIDED), ([7], BROKEN), ("x", BROKEN)],
    ids=str,
)
def test_a_namespace_says_where_snapshots_are_copied(copies: Json, wanted: str) -> None:
    body = alone(NAMESPACE, {"SnapshotCopyConfigurations": copies})
    assert verdict("RedshiftServerlessSnapshotsCopied", body) == wanted


def test_a_password_from_a_secret_needs_no_managed_one() -> None:
    assert verdict("RedshiftPasswordManaged", alone(CLUSTER, {"MasterUserPassword": SECRET})) == MET
