"""What single instances are, and what they refuse."""

from __future__ import annotations

import json

import pytest
from aws_cdk import App, Environment, RemovalPolicy, Stack, Stage
from aws_cdk import aws_ec2 as ec2

from hipaa_constructs import EncryptionKey, FlowLoggedVpc, HipaaBackupPlan, HipaaInstance, Profile
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, list_at, metadata_waivers, of_type, report_of, statements, synthesized, the
from tools import examples
from tools.examples import network

INSTANCE, EIP, ASSOCIATION = "AWS::EC2::Instance", "AWS::EC2::EIP", "AWS::EC2::EIPAssociation"
PUBLIC = "Ec2InstanceWithoutPublicAddress"
PLAIN = synthesized(examples.instance)
MEDIUM = ec2.InstanceType("m7i.large")


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def instance(stack: Stack, **options: object) -> HipaaInstance:
    given: dict[str, object] = {
        "vpc": options.get("vpc") or network(stack),
        "instance_type": MEDIUM,
        "machine_image": ec2.MachineImage.latest_amazon_linux2023(),
        **options,
    }
    found = made(HipaaInstance, stack, **given)
    assert isinstance(found, HipaaInstance)
    return found


def with_public_subnets(stack: Stack) -> ec2.IVpc:
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Network",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["us-east-1a", "us-east-1b"],
        public_subnet_ids=["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
    )


def properties(template: Body, *path: str | int) -> Json:
    return at(the(template, INSTANCE), "Properties", *path)


def test_the_root_volume_is_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, "AWS::KMS::Key")
    volume = properties(PLAIN, "BlockDeviceMappings", 0, "Ebs")
    assert (at(volume, "Encrypted"), at(volume, "KmsKeyId")) == (True, {"Fn::GetAtt": [key, "Arn"]})


def test_a_key_of_ones_own_encrypts_the_volume() -> None:
    template = synthesized(lambda stack: instance(stack, encryption_key=EncryptionKey(stack, "Own")))
    assert str(properties(template, "BlockDeviceMappings", 0, "Ebs", "KmsKeyId")).startswith("{'Fn::GetAtt': ['Own")


def test_the_volume_stays_when_the_instance_is_terminated() -> None:
    assert properties(PLAIN, "BlockDeviceMappings", 0, "Ebs", "DeleteOnTermination") is False


def test_the_volume_is_that_of_the_image_and_of_the_size_asked_for() -> None:
    template = synthesized(lambda stack: instance(stack, root_device_name="/dev/sda1", root_volume_gib=80))
    mapping = properties(template, "BlockDeviceMappings", 0)
    assert (at(mapping, "DeviceName"), at(mapping, "Ebs", "VolumeSize")) == ("/dev/sda1", 80)


def test_metadata_needs_a_token_that_travels_one_hop() -> None:
    assert properties(PLAIN, "MetadataOptions") == {
        "HttpEndpoint": "enabled",
        "HttpPutResponseHopLimit": 1,
        "HttpTokens": "required",
    }


def test_there_is_no_ssh_key() -> None:
    assert properties(PLAIN, "KeyName") is None


def test_it_lies_in_a_private_subnet_which_assigns_no_public_address() -> None:
    subnet = properties(PLAIN, "SubnetId", "Ref")
    assert isinstance(subnet, str)
    assert at(PLAIN, "Resources", subnet, "Properties", "MapPublicIpOnLaunch") is False


def test_it_lies_in_the_zone_asked_for() -> None:
    template = synthesized(lambda stack: instance(stack, availability_zone="us-east-1b"))
    assert properties(template, "SubnetId") == "subnet-0123456789abcdef1"


def test_it_is_measured_every_minute() -> None:
    assert properties(PLAIN, "Monitoring") is True


def test_it_is_protected_from_termination() -> None:
    assert properties(PLAIN, "DisableApiTermination") is True


def test_it_stays_when_the_stack_goes() -> None:
    body = the(PLAIN, INSTANCE)
    assert (body["DeletionPolicy"], body["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_nobody_may_enter_and_it_calls_https_only() -> None:
    group = the(PLAIN, "AWS::EC2::SecurityGroup", "Example")["Properties"]
    assert at(group, "SecurityGroupIngress") is None
    assert [at(one, "ToPort") for one in list_at(group, "SecurityGroupEgress")] == [443]


def test_it_can_be_entered_once_somebody_is_named() -> None:
    def build(stack: Stack) -> None:
        instance(stack).connections.allow_from(ec2.Peer.ipv4("10.1.0.0/16"), ec2.Port.HTTPS)

    rules = list_at(the(synthesized(build), "AWS::EC2::SecurityGroup", "It"), "Properties", "SecurityGroupIngress")
    assert [at(rule, "CidrIp") for rule in rules] == ["10.1.0.0/16"]


def test_a_security_group_of_ones_own_takes_the_place() -> None:
    def build(stack: Stack) -> None:
        instance(stack, security_group=ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789abcdef0"))

    assert properties(synthesized(build), "SecurityGroupIds") == ["sg-0123456789abcdef0"]


def test_the_role_lets_operators_in_by_session_manager_alone() -> None:
    actions = json.dumps([one["Action"] for one in statements(the(PLAIN, "AWS::IAM::ManagedPolicy", "Example"))])
    assert "ssmmessages:OpenDataChannel" in actions
    assert "ssm:GetParameter" not in actions


def test_it_waits_for_what_its_role_may_do() -> None:
    (policy,) = (name for name in of_type(PLAIN, "AWS::IAM::ManagedPolicy") if name.startswith("Example"))
    assert policy in list_at(the(PLAIN, INSTANCE), "DependsOn")


def test_the_stacks_plan_backs_it_up() -> None:
    (logical_id,) = of_type(PLAIN, INSTANCE)
    selection = at(the(PLAIN, "AWS::Backup::BackupSelection"), "Properties", "BackupSelection", "Resources", 0)
    assert {"Ref": logical_id} in list_at(selection, "Fn::Join", 1)


def test_another_plan_may_back_it_up() -> None:
    template = synthesized(lambda stack: instance(stack, backup_plan=HipaaBackupPlan(stack, "Own")))
    assert [name[:3] for name in of_type(template, "AWS::Backup::BackupPlan")] == ["Own"]


def test_it_has_the_logical_id_and_the_name_of_the_plain_instance() -> None:
    def plain(stack: Stack) -> None:
        ec2.Instance(
            stack,
            "It",
            vpc=network(stack),
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            instance_type=MEDIUM,
            machine_image=ec2.MachineImage.latest_amazon_linux2023(),
        )

    ours, theirs = synthesized(instance), synthesized(plain)
    assert list(of_type(ours, INSTANCE)) == list(of_type(theirs, INSTANCE))
    assert properties(ours, "Tags") == properties(theirs, "Tags")


def test_options_are_passed_on() -> None:
    template = synthesized(lambda stack: instance(stack, enclave_enabled=True, private_ip_address="10.0.0.4"))
    assert properties(template, "EnclaveOptions") == {"Enabled": True}
    assert properties(template, "PrivateIpAddress") == "10.0.0.4"


def test_user_data_is_passed_on() -> None:
    data = ec2.UserData.for_linux()
    data.add_commands("dnf -y update")
    template = synthesized(lambda stack: instance(stack, user_data=data))
    assert properties(template, "UserData", "Fn::Base64") == "#!/bin/bash\ndnf -y update"


def test_an_image_of_windows_has_user_data_of_windows() -> None:
    image = ec2.MachineImage.latest_windows(ec2.WindowsVersion.WINDOWS_SERVER_2022_ENGLISH_FULL_BASE)
    template = synthesized(lambda stack: instance(stack, machine_image=image, root_device_name="/dev/sda1"))
    assert properties(template, "UserData", "Fn::Base64") == "<powershell></powershell>"


def test_a_stage_and_an_environment_work() -> None:
    app = App()
    stage = Stage(app, "Production", env=Environment(account="123456789012", region="eu-west-1"))
    stack = Stack(stage, "Stack")
    instance(stack, vpc=FlowLoggedVpc(stack, "Own").vpc)
    template: Body = stage.synth().get_stack_by_name("Production-Stack").template
    assert len(of_type(template, INSTANCE)) == 1


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        (
            "detailed_monitoring",
            False,
            'must be True, got False; to go without it pass waivers=[Waiver(rule="Ec2InstanceMonitored", …)] '
            "(164.312(b))",
        ),
        (
            "disable_api_termination",
            False,
            "must be True, got False; to go without it pass "
            'waivers=[Waiver(rule="Ec2InstanceProtectedFromTermination", …)] (164.308(a)(7)(i))',
        ),
        ("root_volume_gib", 7, "must be 8 or more, got 7; an image does not fit on less (164.308(a)(7)(i))"),
    ],
)
def test_what_is_weaker_is_refused(stack: Stack, option: str, value: object, message: str) -> None:
    refusal(lambda: instance(stack, **{option: value}), f"Stack/It: {option} {message}")


def test_public_subnets_are_refused(stack: Stack) -> None:
    vpc = with_public_subnets(stack)
    refusal(
        lambda: instance(stack, vpc=vpc, vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC)),
        "Stack/It: vpc_subnets must be isolated or private, got 'public ones'; to go without it pass "
        'waivers=[Waiver(rule="Ec2InstanceWithoutPublicAddress", …)] (164.308(a)(3)(i))',
    )


def test_a_network_without_inner_subnets_is_refused(stack: Stack) -> None:
    vpc = with_public_subnets(stack)
    refusal(
        lambda: instance(stack, vpc=vpc),
        "Stack/It: vpc must be a network with isolated or private subnets, got 'a network without them'; make a "
        "FlowLoggedVpc, or pass vpc_subnets (164.312(e)(1))",
    )


@pytest.mark.parametrize("option", HipaaInstance.contract.fixed)
def test_a_fixed_option_is_refused_with_the_way_out(stack: Stack, option: str) -> None:
    refusal(
        lambda: instance(stack, **{option: "x"}),
        f"Stack/It: {option} can't be set, got 'x'; {HipaaInstance.contract.fixed[option]}",
    )


def test_one_that_may_be_terminated_records_the_waiver() -> None:
    waived = waiver("Ec2InstanceProtectedFromTermination")
    template = synthesized(lambda stack: instance(stack, disable_api_termination=False, waivers=[waived]))
    assert properties(template, "DisableApiTermination") is False
    assert [one["rule"] for one in metadata_waivers(the(template, INSTANCE))] == [waived.rule]


def test_it_may_go_with_its_stack() -> None:
    template = synthesized(lambda stack: instance(stack, removal_policy=RemovalPolicy.DESTROY))
    assert the(template, INSTANCE)["DeletionPolicy"] == "Delete"


@pytest.mark.parametrize(("holds_phi", "wanted"), [(True, (True, "Retain")), (False, (False, "Delete"))])
def test_in_development_it_goes_only_if_it_holds_no_phi(holds_phi: bool, wanted: tuple[bool, str]) -> None:
    app = App()
    Profile.DEVELOPMENT.apply_to(app)
    stack = Stack(app, "Stack")
    instance(stack, holds_phi=holds_phi)
    template: Body = app.synth().get_stack_by_name("Stack").template
    assert (properties(template, "DisableApiTermination"), the(template, INSTANCE)["DeletionPolicy"]) == wanted


def standing_by(app: App) -> None:
    """Make what docs/failover.md shows: two instances, and an address that moves from one to the other."""
    stack = Stack(app, "Interface")
    vpc = with_public_subnets(stack)
    address = ec2.CfnEIP(stack, "Address", domain="vpc")
    pair = [
        HipaaInstance(
            stack,
            name,
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
            availability_zone=zone,
            instance_type=MEDIUM,
            machine_image=ec2.MachineImage.latest_amazon_linux2023(),
            waivers=[waiver(PUBLIC)],
        )
        for name, zone in (("First", "us-east-1a"), ("Second", "us-east-1b"))
    ]
    ec2.CfnEIPAssociation(
        stack, "Association", allocation_id=address.attr_allocation_id, instance_id=pair[0].instance.instance_id
    )


STANDING_BY = report_of(standing_by)


def test_an_address_that_moves_to_a_standby_gives_no_finding() -> None:
    assert [one.rule.id for one in STANDING_BY.findings] == []


def test_an_address_that_moves_to_a_standby_needs_a_waiver_of_the_public_address() -> None:
    excused = {one.rule.id for one in STANDING_BY.judgements if one.waiver is not None}
    assert excused == {PUBLIC}


def test_with_its_defaults_it_gives_no_finding() -> None:
    assert report_of(lambda app: examples.instance(Stack(app, "Stack"))).findings == []
