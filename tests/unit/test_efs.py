"""What the file systems are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Environment, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam

from hipaa_constructs import (
    EncryptedFileSystem,
    EncryptionKey,
    FlowLoggedVpc,
    HipaaBackupPlan,
    ManagedPolicyRole,
    Profile,
)
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, list_at, metadata_waivers, of_type, report_of, statements, synthesized, the
from tools.examples import EXAMPLES, KEY_IN_THE_WEST, network

FILES, POINT, TARGET = "AWS::EFS::FileSystem", "AWS::EFS::AccessPoint", "AWS::EFS::MountTarget"
GROUP, SELECTION, POLICY = "AWS::EC2::SecurityGroup", "AWS::Backup::BackupSelection", "AWS::IAM::ManagedPolicy"


def replicated(stack: Stack, **options: object) -> EncryptedFileSystem:
    """Make a file system that a second Region has."""
    there: dict[str, object] = {"replication_region": "us-west-2", "replication_key": KEY_IN_THE_WEST}
    built = made(EncryptedFileSystem, stack, vpc=network(stack), **{**there, **options})
    assert isinstance(built, EncryptedFileSystem)
    return built


def used(stack: Stack) -> None:
    files = replicated(stack)
    point = files.add_access_point("Scans", path="/scans", uid="1000", gid="1001", secondary_gids=["1002"])
    files.grant_access(ManagedPolicyRole(stack, "Writer", assumed_by=iam.AccountRootPrincipal()), point)
    files.grant_access(ManagedPolicyRole(stack, "Reader", assumed_by=iam.AccountRootPrincipal()), point, write=False)
    files.connections.allow_default_port_from(ec2.Peer.ipv4("10.0.0.0/16"))


USED = synthesized(used)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack", env=Environment(account="123456789012", region="us-east-1"))


def properties(template: Body, kind: str) -> Body:
    found = the(template, kind)["Properties"]
    assert isinstance(found, dict)
    return found


def granted(role: str) -> Body:
    """Return what the policy of a role allows about files."""
    (policy,) = (one for name, one in of_type(USED, POLICY).items() if name.startswith(role))
    (statement,) = statements(policy)
    return statement


def test_a_file_system_is_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(USED, "AWS::KMS::Key")
    found = properties(USED, FILES)
    assert (found["Encrypted"], found["KmsKeyId"]) == (True, {"Fn::GetAtt": [key, "Arn"]})


def test_a_file_system_takes_a_key_of_its_own() -> None:
    template = synthesized(lambda stack: replicated(stack, encryption_key=EncryptionKey(stack, "Own")))
    assert str(at(properties(template, FILES), "KmsKeyId", "Fn::GetAtt", 0)).startswith("Own")


def test_its_policy_denies_plaintext_and_allows_nobody() -> None:
    assert list(statements(the(USED, FILES), "FileSystemPolicy")) == [
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "*",
            "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_what_else_its_policy_says_stands_beside_the_denial() -> None:
    def build(stack: Stack) -> None:
        mounts = iam.PolicyStatement(
            actions=["elasticfilesystem:ClientMount"],
            resources=["*"],
            principals=[iam.ArnPrincipal("arn:aws:iam::123456789012:role/Reader")],
        )
        replicated(stack, file_system_policy=iam.PolicyDocument(statements=[mounts]))

    found = statements(the(synthesized(build), FILES), "FileSystemPolicy")
    assert [one["Effect"] for one in found] == ["Allow", "Deny"]


def test_a_second_region_has_it_under_a_key_there() -> None:
    assert at(properties(USED, FILES), "ReplicationConfiguration", "Destinations") == [
        {"Region": "us-west-2", "KmsKeyId": KEY_IN_THE_WEST}
    ]


def test_what_is_not_read_becomes_cheaper_after_30_days() -> None:
    assert at(properties(USED, FILES), "LifecyclePolicies") == [{"TransitionToIA": "AFTER_30_DAYS"}]


def test_a_file_system_stays_when_the_stack_goes() -> None:
    found = the(USED, FILES)
    assert (found["DeletionPolicy"], found["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_a_file_system_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(
        lambda stack: efs.FileSystem(
            stack,
            "It",
            vpc=network(stack),
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        )
    )
    assert set(of_type(plain, FILES)) == set(of_type(USED, FILES))


def test_it_is_mounted_in_isolated_subnets_of_two_zones() -> None:
    subnets = {str(at(one, "Properties", "SubnetId")) for one in of_type(USED, TARGET).values()}
    assert subnets == {"subnet-0123456789abcdef0", "subnet-0123456789abcdef1"}


def test_its_security_group_lets_nothing_out_and_in_whom_connections_name() -> None:
    group = properties(USED, GROUP)
    assert [at(one, "CidrIp") for one in list_at(group, "SecurityGroupEgress")] == ["255.255.255.255/32"]
    (rule,) = list_at(group, "SecurityGroupIngress")
    assert (at(rule, "FromPort"), at(rule, "CidrIp")) == (2049, "10.0.0.0/16")


def test_a_file_system_is_in_the_stacks_backup_plan() -> None:
    (name,) = of_type(USED, FILES)
    assert at(properties(USED, SELECTION), "BackupSelection", "Resources") == [{"Fn::GetAtt": [name, "Arn"]}]


def test_a_file_system_is_in_the_plan_that_it_was_given() -> None:
    template = synthesized(lambda stack: replicated(stack, backup_plan=HipaaBackupPlan(stack, "Own")))
    assert str(at(properties(template, SELECTION), "BackupPlanId", "Fn::GetAtt", 0)).startswith("Own")


def test_an_access_point_shows_a_directory_as_one_user() -> None:
    found = properties(USED, POINT)
    assert found["PosixUser"] == {"Uid": "1000", "Gid": "1001", "SecondaryGids": ["1002"]}
    assert found["RootDirectory"] == {
        "Path": "/scans",
        "CreationInfo": {"OwnerUid": "1000", "OwnerGid": "1001", "Permissions": "750"},
    }


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        ("Writer", ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"]),
        ("Reader", "elasticfilesystem:ClientMount"),
    ],
)
def test_access_is_granted_by_one_access_point_and_not_as_root(role: str, actions: object) -> None:
    statement = granted(role)
    (point,) = of_type(USED, POINT)
    (file_system,) = of_type(USED, FILES)
    assert statement["Action"] == actions
    assert statement["Resource"] == {"Fn::GetAtt": [file_system, "Arn"]}
    arn = at(statement, "Condition", "StringEquals", "elasticfilesystem:AccessPointArn")
    assert list_at(arn, "Fn::Join", 1)[-1] == {"Ref": point}


def test_a_file_system_breaks_no_rule() -> None:
    assert report_of(lambda app: EXAMPLES[EncryptedFileSystem](Stack(app, "Stack"))).findings == []


def test_a_file_system_of_one_region_needs_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: EncryptedFileSystem(stack, "It", vpc=network(stack)),
        "Stack/It: replication_region must be a second Region, with a replication_key there, got None; to go without "
        'it pass waivers=[Waiver(rule="EfsReplicated", …)] (164.308(a)(7)(i))',
    )


def test_a_waived_copy_is_not_made() -> None:
    def build(stack: Stack) -> None:
        EncryptedFileSystem(stack, "It", vpc=network(stack), waivers=[waiver("EfsReplicated")])

    found = the(synthesized(build), FILES)
    assert at(found, "Properties", "ReplicationConfiguration") is None
    assert [one["rule"] for one in metadata_waivers(found)] == ["EfsReplicated"]


def test_a_development_environment_has_no_copy_and_keeps_phi() -> None:
    def build(app: App) -> None:
        Profile.DEVELOPMENT.apply_to(app)
        stack = Stack(app, "Stack")
        resource = EncryptedFileSystem(
            stack, "It", vpc=FlowLoggedVpc(stack, "Network").vpc
        ).file_system.node.default_child
        assert isinstance(resource, efs.CfnFileSystem)
        assert resource.replication_configuration is None
        policy = resource.cfn_options.deletion_policy
        assert policy is not None
        assert policy.name == "RETAIN"

    assert report_of(build).findings == []


def test_a_file_system_without_phi_may_go_with_a_development_environment() -> None:
    app = App()
    Profile.DEVELOPMENT.apply_to(app)
    stack = Stack(app, "Stack")
    files = EncryptedFileSystem(stack, "It", vpc=network(stack), holds_phi=False).file_system
    resource = files.node.default_child
    assert isinstance(resource, efs.CfnFileSystem)
    policy = resource.cfn_options.deletion_policy
    assert policy is not None
    assert policy.name == "DELETE"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"replication_key": None},
            "replication_key must be given with its pair, got None; a Region and a key of that Region belong together "
            "(164.312(a)(2)(iv))",
        ),
        (
            {"replication_region": None},
            "replication_region must be given with its pair, got None; a Region and a key of that Region belong "
            "together (164.312(a)(2)(iv))",
        ),
        (
            {"replication_region": "us-east-1"},
            "replication_region must be another Region than the file system's, got 'us-east-1'; a copy in the same "
            "Region guards against nothing new (164.308(a)(7)(ii)(A))",
        ),
        (
            {"replication_region": "us-east-2"},
            f"replication_key must be the ARN of a key in us-east-2, got '{KEY_IN_THE_WEST}'; copies are encrypted "
            "with a key of the Region they are in (164.312(a)(2)(iv))",
        ),
        (
            {"removal_policy": RemovalPolicy.DESTROY},
            "removal_policy must be RETAIN, got RemovalPolicy.DESTROY; to go without it pass "
            'waivers=[Waiver(rule="EfsKept", …)] (164.308(a)(7)(ii)(A))',
        ),
        (
            {"one_zone": True},
            "one_zone can't be set, got True; files lie in several Availability Zones (164.308(a)(7)(i))",
        ),
        (
            {"allow_anonymous_access": True},
            "allow_anonymous_access can't be set, got True; only clients that IAM lets in mount it (164.312(d)); call "
            "grant_access()",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_weaker_is_refused(stack: Stack, options: dict[str, object], message: str) -> None:
    refusal(lambda: replicated(stack, **options), f"Stack/It: {message}")


@pytest.mark.parametrize("path", ["/", "", "//"])
def test_an_access_point_to_everything_is_refused(stack: Stack, path: str) -> None:
    files = replicated(stack)
    refusal(
        lambda: files.add_access_point("All", path=path, uid="1000", gid="1000"),
        f"Stack/It: path must be a directory of the file system, got {path!r}; make an efs.AccessPoint for all of it "
        "(164.312(a)(1))",
    )


def test_an_access_point_of_root_is_refused(stack: Stack) -> None:
    files = replicated(stack)
    refusal(
        lambda: files.add_access_point("Root", path="/scans", uid="0", gid="0"),
        "Stack/It: uid must be that of a user, got '0'; root reads and changes everything: make an efs.AccessPoint if "
        "it must (164.312(a)(1))",
    )


def test_public_subnets_are_refused(stack: Stack) -> None:
    def build() -> object:
        vpc = ec2.Vpc(stack, "Network")
        return made(
            EncryptedFileSystem,
            stack,
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            replication_region="us-west-2",
            replication_key=KEY_IN_THE_WEST,
        )

    refusal(
        build,
        "Stack/It: vpc_subnets must be isolated or private, got 'public ones'; public ones lead to the internet "
        "(164.312(e)(1))",
    )


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(Exception, match="replication_key"):
        replicated(stack, replication_key=None)
    assert stack.node.try_find_child("It") is None
