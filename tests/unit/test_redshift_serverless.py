"""What the warehouses without machines are, and what they refuse."""

from __future__ import annotations

import inspect

import pytest
from aws_cdk import App, Duration, Environment, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_redshiftserverless as serverless

from hipaa_constructs import EncryptionKey, FlowLoggedVpc, HipaaBackupPlan, HipaaRedshiftServerless, Profile
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, list_at, metadata_waivers, of_type, report_of, synthesized, the
from tools.examples import EXAMPLES, KEY_IN_THE_WEST, network

NAMESPACE, WORKGROUP = "AWS::RedshiftServerless::Namespace", "AWS::RedshiftServerless::Workgroup"
GROUP, SELECTION = "AWS::EC2::SecurityGroup", "AWS::Backup::BackupSelection"
LOGS = ["connectionlog", "useractivitylog", "userlog"]


def wide(stack: Stack, *zones: str) -> ec2.IVpc:
    """Return a network of another stack, with an isolated subnet for each of some Availability Zones."""
    chosen = zones or ("us-east-1a", "us-east-1b", "us-east-1c")
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Wide",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=list(chosen),
        isolated_subnet_ids=[f"subnet-0123456789abcdef{number}" for number in range(len(chosen))],
        isolated_subnet_route_table_ids=[f"rtb-0123456789abcdef{number}" for number in range(len(chosen))],
    )


def warehouse(stack: Stack, **options: object) -> HipaaRedshiftServerless:
    """Make a warehouse whose snapshots a second Region has."""
    there: dict[str, object] = {"snapshot_copy_region": "us-west-2", "snapshot_copy_key": KEY_IN_THE_WEST}
    vpc = {} if "vpc" in options else {"vpc": wide(stack)}
    built = made(HipaaRedshiftServerless, stack, **{**vpc, **there, **options})
    assert isinstance(built, HipaaRedshiftServerless)
    return built


def plain(stack: Stack) -> None:
    warehouse(stack).connections.allow_default_port_from(ec2.Peer.ipv4("10.0.0.0/16"))


PLAIN = synthesized(plain)
SNAPSHOT = synthesized(lambda stack: warehouse(stack, removal_policy=RemovalPolicy.SNAPSHOT))


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack", env=Environment(account="123456789012", region="us-east-1"))


def properties(template: Body, kind: str, prefix: str = "") -> Body:
    found = the(template, kind, prefix)["Properties"]
    assert isinstance(found, dict)
    return found


def parameters(template: Body) -> dict[object, object]:
    return {
        at(one, "ParameterKey"): at(one, "ParameterValue")
        for one in list_at(properties(template, WORKGROUP), "ConfigParameters")
    }


def test_every_option_of_both_resources_is_fixed_governed_chosen_or_free() -> None:
    contract = HipaaRedshiftServerless.contract
    wrapped = {
        one.name
        for kind in (serverless.CfnNamespace, serverless.CfnWorkgroup)
        for one in inspect.signature(kind.__init__).parameters.values()
        if one.kind is inspect.Parameter.KEYWORD_ONLY
    }
    assert wrapped <= {*contract.fixed, *contract.governed, *contract.chosen, *contract.free.__annotations__}
    assert {*contract.fixed, *contract.chosen, *contract.free.__annotations__} <= wrapped


def test_data_the_password_and_logs_are_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, "AWS::KMS::Key")
    found, arn = properties(PLAIN, NAMESPACE), {"Fn::GetAtt": [key, "Arn"]}
    assert (found["KmsKeyId"], found["AdminPasswordSecretKmsKeyId"]) == (arn, arn)
    assert [at(one, "Properties", "KmsKeyId") for one in of_type(PLAIN, "AWS::Logs::LogGroup").values()] == [arn] * 3


def test_a_warehouse_takes_a_key_of_its_own() -> None:
    template = synthesized(lambda stack: warehouse(stack, encryption_key=EncryptionKey(stack, "Own")))
    assert str(at(properties(template, NAMESPACE), "KmsKeyId", "Fn::GetAtt", 0)).startswith("Own")


def test_redshift_makes_the_password() -> None:
    found = properties(PLAIN, NAMESPACE)
    assert (found["ManageAdminPassword"], found["AdminUsername"]) == (True, "warehouse")
    assert "AdminUserPassword" not in found


def test_plaintext_is_refused_and_what_users_do_is_logged() -> None:
    assert parameters(PLAIN) == {"enable_user_activity_logging": "true", "require_ssl": "true"}


def test_further_parameters_stand_beside() -> None:
    given = {"max_query_execution_time": "3600", "use_fips_ssl": "true", "require_ssl": "true"}
    found = parameters(synthesized(lambda stack: warehouse(stack, parameters=given)))
    assert found == {"enable_user_activity_logging": "true", **given}


def test_all_logs_go_to_log_groups_that_are_made_before() -> None:
    assert sorted(str(one) for one in list_at(properties(PLAIN, NAMESPACE), "LogExports")) == LOGS
    groups = of_type(PLAIN, "AWS::Logs::LogGroup")
    names = [list_at(one, "Properties", "LogGroupName", "Fn::Join", 1) for one in groups.values()]
    assert sorted(str(one[-1]) for one in names) == [f"/{log}" for log in LOGS]
    assert set(groups) <= {str(one) for one in list_at(the(PLAIN, NAMESPACE), "DependsOn")}


def test_the_log_groups_are_named_after_the_namespace() -> None:
    identifier = list_at(properties(PLAIN, NAMESPACE), "NamespaceName", "Fn::Join", 1)
    for group in of_type(PLAIN, "AWS::Logs::LogGroup").values():
        name = list_at(group, "Properties", "LogGroupName", "Fn::Join", 1)
        assert name[0] == f"/aws/redshift/{identifier[0]}"
        assert name[1:-1] == identifier[1:]


def test_the_workgroup_is_of_the_namespace_and_has_its_name() -> None:
    found = properties(PLAIN, WORKGROUP)
    assert found["NamespaceName"] == {"Ref": next(iter(of_type(PLAIN, NAMESPACE)))}
    assert found["WorkgroupName"] == properties(PLAIN, NAMESPACE)["NamespaceName"]


def test_it_is_private_and_loads_through_its_network() -> None:
    found = properties(PLAIN, WORKGROUP)
    assert (found["PubliclyAccessible"], found["EnhancedVpcRouting"]) == (False, True)
    assert found["SubnetIds"] == [f"subnet-0123456789abcdef{number}" for number in range(3)]


def test_its_security_group_lets_nothing_out_and_in_whom_connections_name() -> None:
    group = properties(PLAIN, GROUP)
    assert [at(one, "CidrIp") for one in list_at(group, "SecurityGroupEgress")] == ["255.255.255.255/32"]
    (rule,) = list_at(group, "SecurityGroupIngress")
    assert (at(rule, "FromPort"), at(rule, "CidrIp")) == (5439, "10.0.0.0/16")


def test_further_security_groups_stand_beside_its_own() -> None:
    def build(stack: Stack) -> None:
        other = ec2.SecurityGroup.from_security_group_id(stack, "Other", "sg-0123456789abcdef0")
        warehouse(stack, security_groups=[other])

    groups = list_at(properties(synthesized(build), WORKGROUP), "SecurityGroupIds")
    assert (len(groups), groups[1]) == (2, "sg-0123456789abcdef0")


def test_queries_begin_with_32_units() -> None:
    found = properties(PLAIN, WORKGROUP)
    assert found["BaseCapacity"] == 32
    assert "MaxCapacity" not in found


def test_capacity_is_chosen() -> None:
    found = properties(synthesized(lambda stack: warehouse(stack, base_capacity=8, max_capacity=8)), WORKGROUP)
    assert (found["BaseCapacity"], found["MaxCapacity"]) == (8, 8)


TARGET = serverless.CfnWorkgroup.PerformanceTargetProperty(level=50, status="ENABLED")


@pytest.mark.parametrize(("given", "wanted"), [({}, None), ({"base_capacity": 16}, 16)], ids=["none", "16"])
def test_aws_chooses_the_capacity_that_meets_a_target(given: dict[str, object], wanted: int | None) -> None:
    found = properties(synthesized(lambda stack: warehouse(stack, price_performance_target=TARGET, **given)), WORKGROUP)
    assert found.get("BaseCapacity") == wanted
    assert found["PricePerformanceTarget"] == {"Level": 50, "Status": "ENABLED"}


def test_free_options_go_where_they_belong() -> None:
    def build(stack: Stack) -> None:
        role = iam.Role.from_role_arn(stack, "Loader", "arn:aws:iam::123456789012:role/Loader")
        arn = "arn:aws:redshift:us-east-1:123456789012:redshiftidcapplication:x"
        warehouse(
            stack, default_iam_role_arn=role, iam_roles=[role], redshift_idc_application_arn=arn, track_name="trailing"
        )

    template = synthesized(build)
    found, role = properties(template, NAMESPACE), "arn:aws:iam::123456789012:role/Loader"
    assert (found["DefaultIamRoleArn"], found["IamRoles"]) == (role, [role])
    assert str(found["RedshiftIdcApplicationArn"]).endswith(":x")
    assert properties(template, WORKGROUP)["TrackName"] == "trailing"


def test_snapshots_are_copied_to_a_second_region_under_a_key_there() -> None:
    assert properties(PLAIN, NAMESPACE)["SnapshotCopyConfigurations"] == [
        {"DestinationKmsKeyId": KEY_IN_THE_WEST, "DestinationRegion": "us-west-2", "SnapshotRetentionPeriod": 35}
    ]


def test_copies_are_kept_as_long_as_asked() -> None:
    template = synthesized(lambda stack: warehouse(stack, snapshot_copy_retention=Duration.days(3653)))
    copies = properties(template, NAMESPACE)["SnapshotCopyConfigurations"]
    assert at(copies, 0, "SnapshotRetentionPeriod") == 3653


def test_the_namespace_stays_when_its_stack_goes() -> None:
    found = the(PLAIN, NAMESPACE)
    assert (found["DeletionPolicy"], found["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert "FinalSnapshotName" not in properties(PLAIN, NAMESPACE)


def test_or_leaves_a_last_snapshot_for_ever() -> None:
    found = properties(SNAPSHOT, NAMESPACE)
    assert the(SNAPSHOT, NAMESPACE)["DeletionPolicy"] == "Delete"
    name = list_at(found, "NamespaceName", "Fn::Join", 1)
    assert list_at(found, "FinalSnapshotName", "Fn::Join", 1) == [*name, "-final"]
    assert found["FinalSnapshotRetentionPeriod"] == -1


def test_or_for_as_long_as_asked() -> None:
    template = synthesized(
        lambda stack: warehouse(
            stack, removal_policy=RemovalPolicy.SNAPSHOT, final_snapshot_retention=Duration.days(2192)
        )
    )
    assert properties(template, NAMESPACE)["FinalSnapshotRetentionPeriod"] == 2192


def test_a_namespace_is_in_the_stacks_backup_plan() -> None:
    (arn,) = list_at(properties(PLAIN, SELECTION), "BackupSelection", "Resources")
    assert arn == {"Fn::GetAtt": [next(iter(of_type(PLAIN, NAMESPACE))), "Namespace.NamespaceArn"]}


def test_a_namespace_is_in_the_plan_that_it_was_given() -> None:
    template = synthesized(lambda stack: warehouse(stack, backup_plan=HipaaBackupPlan(stack, "Own")))
    assert str(at(properties(template, SELECTION), "BackupPlanId", "Fn::GetAtt", 0)).startswith("Own")


def test_a_namespace_has_the_logical_id_of_the_plain_one() -> None:
    template = synthesized(lambda stack: serverless.CfnNamespace(stack, "It", namespace_name="records"))
    assert set(of_type(template, NAMESPACE)) == set(of_type(PLAIN, NAMESPACE))


def test_a_warehouse_breaks_no_rule() -> None:
    assert report_of(lambda app: EXAMPLES[HipaaRedshiftServerless](Stack(app, "Stack"))).findings == []


def test_a_warehouse_that_leaves_a_snapshot_breaks_no_rule() -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Stack")
        warehouse(stack, vpc=FlowLoggedVpc(stack, "Network").vpc, removal_policy=RemovalPolicy.SNAPSHOT)

    assert report_of(build).findings == []


def test_a_development_environment_begins_small_and_has_no_copies() -> None:
    def build(app: App) -> None:
        Profile.DEVELOPMENT.apply_to(app)
        stack = Stack(app, "Stack")
        one = HipaaRedshiftServerless(stack, "It", vpc=FlowLoggedVpc(stack, "Network", max_azs=3).vpc)
        assert (one.workgroup.base_capacity, one.namespace.snapshot_copy_configurations) == (8, None)
        policy = one.namespace.cfn_options.deletion_policy
        assert policy is not None
        assert policy.name == "RETAIN"

    assert report_of(build).findings == []


def test_a_namespace_without_phi_may_go_with_a_development_environment() -> None:
    app = App()
    Profile.DEVELOPMENT.apply_to(app)
    stack = Stack(app, "Stack")
    namespace = HipaaRedshiftServerless(stack, "It", vpc=wide(stack), holds_phi=False).namespace
    policy = namespace.cfn_options.deletion_policy
    assert policy is not None
    assert policy.name == "DELETE"


def test_what_is_waived_is_recorded() -> None:
    def build(stack: Stack) -> None:
        rules = ("RedshiftServerlessTlsOnly", "RedshiftServerlessSnapshotsCopied")
        HipaaRedshiftServerless(
            stack,
            "It",
            vpc=wide(stack),
            parameters={"require_ssl": "false"},
            waivers=[waiver(rule) for rule in rules],
        )

    template = synthesized(build)
    assert parameters(template)["require_ssl"] == "false"
    recorded = [[one["rule"] for one in metadata_waivers(the(template, kind))] for kind in (NAMESPACE, WORKGROUP)]
    assert recorded == [["RedshiftServerlessSnapshotsCopied"], ["RedshiftServerlessTlsOnly"]]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"snapshot_copy_region": None, "snapshot_copy_key": None},
            "snapshot_copy_region must be a second Region, with a snapshot_copy_key there, got None; to go without "
            'it pass waivers=[Waiver(rule="RedshiftServerlessSnapshotsCopied", …)] (164.308(a)(7)(i))',
        ),
        (
            {"snapshot_copy_key": None},
            "snapshot_copy_key must be given with its pair, got None; copies are encrypted with a key of the Region "
            "they go to (164.312(a)(2)(iv))",
        ),
        (
            {"snapshot_copy_region": None},
            "snapshot_copy_region must be given with its pair, got None; copies are encrypted with a key of the Region "
            "they go to (164.312(a)(2)(iv))",
        ),
        (
            {"snapshot_copy_region": "us-east-1"},
            "snapshot_copy_region must be another Region than the warehouse's, got 'us-east-1'; copies in the same "
            "Region guard against nothing new (164.308(a)(7)(ii)(A))",
        ),
        (
            {"snapshot_copy_region": "us-east-2"},
            f"snapshot_copy_key must be the ARN of a key in us-east-2, got '{KEY_IN_THE_WEST}'; copies are encrypted "
            "with a key of the Region they go to (164.312(a)(2)(iv))",
        ),
        (
            {"snapshot_copy_retention": Duration.hours(12)},
            "snapshot_copy_retention must be 1 to 3653 whole days, got 12 hours; Redshift takes no other number "
            "(164.308(a)(7)(ii)(A))",
        ),
        (
            {"snapshot_copy_retention": Duration.hours(36)},
            "snapshot_copy_retention must be 1 to 3653 whole days, got 1 day 12 hours; Redshift takes no other number "
            "(164.308(a)(7)(ii)(A))",
        ),
        (
            {"final_snapshot_retention": Duration.days(3654)},
            "final_snapshot_retention must be 1 to 3653 whole days, got 3654 days; Redshift takes no other number "
            "(164.308(a)(7)(ii)(A))",
        ),
        (
            {"base_capacity": 12},
            "base_capacity must be 4, 8 to 512 by eights or 544 to 1024 by thirty-twos, got 12; Redshift takes no "
            "other number (164.308(a)(7)(i))",
        ),
        (
            {"max_capacity": 31},
            "max_capacity must be 32 or more, which queries begin with, got 31; pass a smaller base_capacity too "
            "(164.308(a)(7)(i))",
        ),
        (
            {"port": 5456},
            "port must be 5431 to 5455 or 8191 to 8215, got 5456; workgroups listen there only (164.312(e)(1))",
        ),
        (
            {"parameters": {"require_ssl": "false"}},
            "parameters must be with require_ssl true, got 'require_ssl false'; to go without it pass "
            'waivers=[Waiver(rule="RedshiftServerlessTlsOnly", …)] (164.312(e)(1))',
        ),
        (
            {"parameters": {"enable_user_activity_logging": "false"}},
            "parameters must be with enable_user_activity_logging true, got 'enable_user_activity_logging false'; to "
            'go without it pass waivers=[Waiver(rule="RedshiftServerlessUserActivityLogged", …)] (164.312(b))',
        ),
        (
            {"removal_policy": RemovalPolicy.DESTROY},
            "removal_policy must be RETAIN or SNAPSHOT, got RemovalPolicy.DESTROY; to go without it pass "
            'waivers=[Waiver(rule="RedshiftServerlessKept", …)] (164.308(a)(7)(ii)(A))',
        ),
        (
            {"admin_user_password": "secret"},
            "admin_user_password can't be set, got 'secret'; a password in the template can be read by everybody who "
            "can read the stack (164.312(d))",
        ),
        (
            {"snapshot_name": "old"},
            "snapshot_name can't be set, got 'old'; restore by hand: another name in a later deployment would "
            "overwrite the data (164.312(c)(1))",
        ),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_what_is_weaker_or_no_warehouse_is_refused(stack: Stack, options: dict[str, object], message: str) -> None:
    refusal(lambda: warehouse(stack, **options), f"Stack/It: {message}")


def test_an_alias_is_no_key(stack: Stack) -> None:
    alias = kms.Alias.from_alias_name(stack, "Alias", "alias/records")
    refusal(
        lambda: warehouse(stack, encryption_key=alias),
        "Stack/It: encryption_key must be a key, got 'an alias'; CloudWatch Logs takes the ARN of a key only; pass the "
        "key itself (164.312(a)(2)(iv))",
    )


TOO_FEW = (
    "Stack/It: vpc_subnets must be three or more, of three Availability Zones, got '{}'; routing through the network "
    "needs them; pass a network that has them, say a FlowLoggedVpc with max_azs=3 (164.308(a)(7)(ii)(C))"
)


def test_two_subnets_are_too_few(stack: Stack) -> None:
    refusal(lambda: warehouse(stack, vpc=network(stack)), TOO_FEW.format("2 of 2"))


def test_two_zones_are_too_few(stack: Stack) -> None:
    vpc = wide(stack, "us-east-1a", "us-east-1b", "us-east-1b")
    refusal(lambda: warehouse(stack, vpc=vpc), TOO_FEW.format("3 of 2"))


def test_northern_california_has_two_zones() -> None:
    def build(stack: Stack) -> None:
        warehouse(stack, vpc=wide(stack, "us-west-1a", "us-west-1b", "us-west-1b"))

    assert len(list_at(properties(synthesized(build, region="us-west-1"), WORKGROUP), "SubnetIds")) == 3


@pytest.mark.parametrize("capacity", [4, 8, 512, 544, 1024])
def test_the_capacities_that_redshift_has_are_taken(stack: Stack, capacity: int) -> None:
    assert warehouse(stack, base_capacity=capacity).workgroup.base_capacity == capacity


@pytest.mark.parametrize("capacity", [0, 5, 520, 1056])
def test_others_are_not(stack: Stack, capacity: int) -> None:
    refusal(
        lambda: warehouse(stack, base_capacity=capacity),
        "Stack/It: base_capacity must be 4, 8 to 512 by eights or 544 to 1024 by thirty-twos, got "
        f"{capacity}; Redshift takes no other number (164.308(a)(7)(i))",
    )


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(Exception, match="port"):
        warehouse(stack, port=1)
    assert stack.node.try_find_child("It") is None
