"""What the warehouses are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Duration, Environment, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_redshift as redshift

from hipaa_constructs import EncryptionKey, FlowLoggedVpc, HipaaBackupPlan, HipaaRedshiftCluster, Profile
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, list_at, metadata_waivers, of_type, report_of, synthesized, the
from tools.examples import EXAMPLES, network

CLUSTER, PARAMETERS = "AWS::Redshift::Cluster", "AWS::Redshift::ClusterParameterGroup"
SUBNETS, GROUP, SELECTION = (
    "AWS::Redshift::ClusterSubnetGroup",
    "AWS::EC2::SecurityGroup",
    "AWS::Backup::BackupSelection",
)
LOGS = ["connectionlog", "useractivitylog", "userlog"]


def wide(stack: Stack) -> ec2.IVpc:
    """Return a network of another stack, with isolated subnets in three Availability Zones."""
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Wide",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["us-east-1a", "us-east-1b", "us-east-1c"],
        isolated_subnet_ids=[f"subnet-0123456789abcdef{number}" for number in range(3)],
        isolated_subnet_route_table_ids=[f"rtb-0123456789abcdef{number}" for number in range(3)],
    )


def warehouse(stack: Stack, **options: object) -> HipaaRedshiftCluster:
    """Make a cluster whose snapshots a second Region has."""
    there: dict[str, object] = {"snapshot_copy_region": "us-west-2", "snapshot_copy_grant": "warehouse"}
    built = made(HipaaRedshiftCluster, stack, **{"vpc": wide(stack), **there, **options})
    assert isinstance(built, HipaaRedshiftCluster)
    return built


def plain(stack: Stack) -> None:
    warehouse(stack).connections.allow_default_port_from(ec2.Peer.ipv4("10.0.0.0/16"))


PLAIN = synthesized(plain)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack", env=Environment(account="123456789012", region="us-east-1"))


def properties(template: Body, kind: str, prefix: str = "") -> Body:
    found = the(template, kind, prefix)["Properties"]
    assert isinstance(found, dict)
    return found


def parameters(template: Body) -> dict[object, object]:
    return {
        at(one, "ParameterName"): at(one, "ParameterValue")
        for one in list_at(properties(template, PARAMETERS), "Parameters")
    }


def test_a_cluster_its_password_and_its_logs_are_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, "AWS::KMS::Key")
    found, arn = properties(PLAIN, CLUSTER), {"Fn::GetAtt": [key, "Arn"]}
    assert (found["Encrypted"], found["KmsKeyId"], found["MasterPasswordSecretKmsKeyId"]) == (True, arn, arn)
    assert [
        one for one in of_type(PLAIN, "AWS::Logs::LogGroup").values() if at(one, "Properties", "KmsKeyId") != arn
    ] == []


def test_a_cluster_takes_a_key_of_its_own() -> None:
    template = synthesized(lambda stack: warehouse(stack, encryption_key=EncryptionKey(stack, "Own")))
    assert str(at(properties(template, CLUSTER), "KmsKeyId", "Fn::GetAtt", 0)).startswith("Own")


def test_redshift_makes_the_password() -> None:
    found = properties(PLAIN, CLUSTER)
    assert found["ManageMasterPassword"] is True
    assert "MasterUserPassword" not in found


def test_plaintext_is_refused_and_what_users_do_is_logged() -> None:
    assert parameters(PLAIN) == {"require_ssl": "true", "enable_user_activity_logging": "true"}
    assert properties(PLAIN, CLUSTER)["ClusterParameterGroupName"] == {"Ref": next(iter(of_type(PLAIN, PARAMETERS)))}


def test_further_parameters_stand_beside() -> None:
    template = synthesized(lambda stack: warehouse(stack, parameters={"use_fips_ssl": "true"}))
    assert parameters(template)["use_fips_ssl"] == "true"
    assert parameters(template)["require_ssl"] == "true"


def test_all_logs_go_to_log_groups_that_are_made_before() -> None:
    logging = properties(PLAIN, CLUSTER)["LoggingProperties"]
    assert at(logging, "LogDestinationType") == "cloudwatch"
    assert sorted(str(one) for one in list_at(logging, "LogExports")) == LOGS
    groups = of_type(PLAIN, "AWS::Logs::LogGroup")
    names = [list_at(one, "Properties", "LogGroupName", "Fn::Join", 1) for one in groups.values()]
    assert sorted(str(one[-1]) for one in names) == [f"/{log}" for log in LOGS]
    assert set(groups) <= {str(one) for one in list_at(the(PLAIN, CLUSTER), "DependsOn")}


def test_the_log_groups_are_named_after_the_cluster() -> None:
    identifier = list_at(properties(PLAIN, CLUSTER), "ClusterIdentifier", "Fn::Join", 1)
    for group in of_type(PLAIN, "AWS::Logs::LogGroup").values():
        name = list_at(group, "Properties", "LogGroupName", "Fn::Join", 1)
        assert name[0] == f"/aws/redshift/cluster/{identifier[0]}"
        assert name[1:-1] == identifier[1:]


def test_it_is_private_and_loads_through_its_network() -> None:
    found = properties(PLAIN, CLUSTER)
    assert (found["PubliclyAccessible"], found["EnhancedVpcRouting"]) == (False, True)
    assert len(list_at(properties(PLAIN, SUBNETS), "SubnetIds")) == 3


def test_its_security_group_lets_nothing_out_and_in_whom_connections_name() -> None:
    group = properties(PLAIN, GROUP)
    assert [at(one, "CidrIp") for one in list_at(group, "SecurityGroupEgress")] == ["255.255.255.255/32"]
    (rule,) = list_at(group, "SecurityGroupIngress")
    assert (at(rule, "FromPort"), at(rule, "CidrIp")) == (5439, "10.0.0.0/16")


def test_further_security_groups_stand_beside_its_own() -> None:
    def build(stack: Stack) -> None:
        other = ec2.SecurityGroup.from_security_group_id(stack, "Other", "sg-0123456789abcdef0")
        warehouse(stack, security_groups=[other])

    groups = list_at(properties(synthesized(build), CLUSTER), "VpcSecurityGroupIds")
    assert (len(groups), groups[1]) == (2, "sg-0123456789abcdef0")


def test_two_nodes_lie_in_each_of_two_zones() -> None:
    found = properties(PLAIN, CLUSTER)
    assert (found["MultiAZ"], found["NumberOfNodes"], found["ClusterType"]) == (True, 2, "multi-node")


def test_snapshots_are_kept_for_35_days_and_copied_under_a_grant() -> None:
    found = properties(PLAIN, CLUSTER)
    assert found["AutomatedSnapshotRetentionPeriod"] == 35
    assert (found["DestinationRegion"], found["SnapshotCopyGrantName"]) == ("us-west-2", "warehouse")


def test_maintenance_has_a_window() -> None:
    assert properties(PLAIN, CLUSTER)["PreferredMaintenanceWindow"] == "sun:08:00-sun:09:00"


def test_a_last_snapshot_is_taken_when_the_cluster_goes() -> None:
    found = the(PLAIN, CLUSTER)
    assert (found["DeletionPolicy"], found["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")


def test_a_cluster_may_stay_when_its_stack_goes() -> None:
    template = synthesized(lambda stack: warehouse(stack, removal_policy=RemovalPolicy.RETAIN))
    assert the(template, CLUSTER)["DeletionPolicy"] == "Retain"


def test_a_cluster_is_in_the_stacks_backup_plan() -> None:
    (arn,) = list_at(properties(PLAIN, SELECTION), "BackupSelection", "Resources")
    (name,) = of_type(PLAIN, CLUSTER)
    assert list_at(arn, "Fn::Join", 1)[-1] == {"Ref": name}


def test_a_cluster_is_in_the_plan_that_it_was_given() -> None:
    template = synthesized(lambda stack: warehouse(stack, backup_plan=HipaaBackupPlan(stack, "Own")))
    assert str(at(properties(template, SELECTION), "BackupPlanId", "Fn::GetAtt", 0)).startswith("Own")


def test_a_cluster_has_the_logical_id_of_the_plain_one() -> None:
    def build(stack: Stack) -> None:
        redshift.CfnCluster(
            stack, "It", cluster_type="multi-node", db_name="it", master_username="it", node_type="ra3.xlplus"
        )

    assert set(of_type(synthesized(build), CLUSTER)) == set(of_type(PLAIN, CLUSTER))


def test_a_cluster_breaks_no_rule() -> None:
    assert report_of(lambda app: EXAMPLES[HipaaRedshiftCluster](Stack(app, "Stack"))).findings == []


def test_a_development_environment_has_one_node_and_short_snapshots() -> None:
    def build(app: App) -> None:
        Profile.DEVELOPMENT.apply_to(app)
        stack = Stack(app, "Stack")
        resource = HipaaRedshiftCluster(stack, "It", vpc=FlowLoggedVpc(stack, "Network").vpc).resource
        assert (resource.multi_az, resource.cluster_type, resource.number_of_nodes) == (False, "single-node", None)
        assert resource.automated_snapshot_retention_period == 7
        policy = resource.cfn_options.deletion_policy
        assert policy is not None
        assert policy.name == "SNAPSHOT"

    assert report_of(build).findings == []


def test_a_cluster_without_phi_may_go_with_a_development_environment() -> None:
    app = App()
    Profile.DEVELOPMENT.apply_to(app)
    stack = Stack(app, "Stack")
    policy = HipaaRedshiftCluster(stack, "It", vpc=network(stack), holds_phi=False).resource.cfn_options.deletion_policy
    assert policy is not None
    assert policy.name == "DELETE"


def test_what_is_waived_is_recorded() -> None:
    def build(stack: Stack) -> None:
        HipaaRedshiftCluster(
            stack,
            "It",
            vpc=network(stack),
            multi_az=False,
            waivers=[waiver("RedshiftMultiAz"), waiver("RedshiftSnapshotsCopied")],
        )

    found = the(synthesized(build), CLUSTER)
    assert at(found, "Properties", "MultiAZ") is False
    assert [one["rule"] for one in metadata_waivers(found)] == ["RedshiftMultiAz", "RedshiftSnapshotsCopied"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"snapshot_copy_region": None, "snapshot_copy_grant": None},
            "snapshot_copy_region must be a second Region, with a snapshot_copy_grant there, got None; to go without "
            'it pass waivers=[Waiver(rule="RedshiftSnapshotsCopied", …)] (164.308(a)(7)(i))',
        ),
        (
            {"snapshot_copy_grant": None},
            "snapshot_copy_grant must be given with its pair, got None; copies are encrypted by a grant of the Region "
            "they go to (164.312(a)(2)(iv))",
        ),
        (
            {"snapshot_copy_region": None},
            "snapshot_copy_region must be given with its pair, got None; copies are encrypted by a grant of the Region "
            "they go to (164.312(a)(2)(iv))",
        ),
        (
            {"snapshot_copy_region": "us-east-1"},
            "snapshot_copy_region must be another Region than the warehouse's, got 'us-east-1'; copies in the same "
            "Region guard against nothing new (164.308(a)(7)(ii)(A))",
        ),
        (
            {"multi_az": False},
            "multi_az must be True, got False; to go without it pass "
            'waivers=[Waiver(rule="RedshiftMultiAz", …)] (164.308(a)(7)(i))',
        ),
        (
            {"number_of_nodes": 1},
            "number_of_nodes must be 2 or more with multi_az, got 1; Redshift spreads no single node over zones "
            "(164.308(a)(7)(ii)(C))",
        ),
        (
            {"number_of_nodes": 101},
            "number_of_nodes must be 1 to 100, got 101; Redshift takes no other number (164.308(a)(7)(i))",
        ),
        (
            {"node_type": "dc2.large"},
            "node_type must be one with managed storage, ra3.… or rg.…, got 'dc2.large'; others lie in one zone "
            "(164.308(a)(7)(ii)(C)), and AWS retires them (164.308(a)(7)(i))",
        ),
        (
            {"port": 5456},
            "port must be 5431 to 5455 or 8191 to 8215, got 5456; nodes with managed storage listen there only "
            "(164.312(e)(1))",
        ),
        (
            {"snapshot_retention": Duration.days(36)},
            "snapshot_retention must be 1 to 35 days, got 36 days; Redshift keeps automated snapshots no longer; a "
            "backup plan does (164.308(a)(7)(ii)(A))",
        ),
        (
            {"snapshot_retention": Duration.days(34)},
            "snapshot_retention must be 35 days, got 34 days; to go without it pass "
            'waivers=[Waiver(rule="RedshiftSnapshotsKept", …)] (164.308(a)(7)(i))',
        ),
        (
            {"allow_version_upgrade": False},
            "allow_version_upgrade must be True, got False; to go without it pass "
            'waivers=[Waiver(rule="RedshiftMaintained", …)] (164.308(a)(5)(ii)(A))',
        ),
        (
            {"parameters": {"require_ssl": "false"}},
            "parameters must be with require_ssl true, got 'require_ssl false'; to go without it pass "
            'waivers=[Waiver(rule="RedshiftTlsOnly", …)] (164.312(e)(1))',
        ),
        (
            {"parameters": {"enable_user_activity_logging": "false"}},
            "parameters must be with enable_user_activity_logging true, got 'enable_user_activity_logging false'; to "
            'go without it pass waivers=[Waiver(rule="RedshiftUserActivityLogged", …)] (164.312(b))',
        ),
        (
            {"removal_policy": RemovalPolicy.DESTROY},
            "removal_policy must be SNAPSHOT or RETAIN, got RemovalPolicy.DESTROY; to go without it pass "
            'waivers=[Waiver(rule="RedshiftKept", …)] (164.308(a)(7)(ii)(A))',
        ),
        (
            {"master_user_password": "secret"},
            "master_user_password can't be set, got 'secret'; a password in the template can be read by everybody who "
            "can read the stack (164.312(d))",
        ),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_what_is_weaker_or_no_cluster_is_refused(stack: Stack, options: dict[str, object], message: str) -> None:
    refusal(lambda: warehouse(stack, **options), f"Stack/It: {message}")


def test_two_zones_are_too_few(stack: Stack) -> None:
    refusal(
        lambda: warehouse(stack, vpc=network(stack)),
        "Stack/It: vpc_subnets must be of three Availability Zones or more, got '2 of 2'; Redshift chooses two of them "
        "for multi_az; pass a network that has them (164.308(a)(7)(ii)(C))",
    )


@pytest.mark.parametrize("port", [5431, 5455, 8191, 8215])
def test_the_ports_of_managed_storage_are_taken(port: int) -> None:
    assert properties(synthesized(lambda stack: warehouse(stack, port=port)), CLUSTER)["Port"] == port


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(Exception, match="port"):
        warehouse(stack, port=1)
    assert stack.node.try_find_child("It") is None
