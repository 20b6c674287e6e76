"""What groups of instances are, and what they refuse."""

from __future__ import annotations

import json

import pytest
from aws_cdk import App, Environment, Fn, Stack, Stage
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

from hipaa_constructs import EncryptionKey, FlowLoggedVpc, HipaaAutoScalingGroup, HipaaEcsCluster, HipaaEcsService
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal
from tests._synthesis import Body, at, list_at, of_type, statements, synthesized, the
from tools import examples
from tools.examples import imported_certificate, network

GROUP = "AWS::AutoScaling::AutoScalingGroup"
TEMPLATE = "AWS::EC2::LaunchTemplate"
PLAIN = synthesized(examples.instances)
LAUNCHED = ("Properties", "LaunchTemplateData")
LARGE = ec2.InstanceType("r7i.2xlarge")


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def group(stack: Stack, **options: object) -> HipaaAutoScalingGroup:
    given: dict[str, object] = {
        "vpc": options.get("vpc") or network(stack),
        "instance_type": LARGE,
        "machine_image": ec2.MachineImage.latest_amazon_linux2023(),
        **options,
    }
    found = made(HipaaAutoScalingGroup, stack, **given)
    assert isinstance(found, HipaaAutoScalingGroup)
    return found


def on_instances(stack: Stack) -> None:
    vpc = network(stack)
    cluster = HipaaEcsCluster(stack, "Cluster", vpc=vpc, enable_fargate_capacity_providers=True)
    provider = cluster.add_instances("Large", instance_type=LARGE, encryption_key=EncryptionKey.of(stack))
    service(stack, vpc, cluster=cluster, capacity_provider=provider)


def service(stack: Stack, vpc: ec2.IVpc, **options: object) -> None:
    given: dict[str, object] = {
        "vpc": vpc,
        "certificates": [imported_certificate(stack)],
        "image": ecs.ContainerImage.from_registry("public.ecr.aws/example/portal"),
        "container_port": 8443,
        **options,
    }
    made(HipaaEcsService, stack, **given)


ON_INSTANCES = synthesized(on_instances)


def data(template: Body, *path: str | int) -> Json:
    return at(the(template, TEMPLATE), *LAUNCHED, *path)


def test_the_root_volume_is_encrypted() -> None:
    assert data(PLAIN, "BlockDeviceMappings", 0, "Ebs", "Encrypted") is True


def test_a_key_of_ones_own_encrypts_the_volume() -> None:
    (key,) = of_type(ON_INSTANCES, "AWS::KMS::Key")
    assert data(ON_INSTANCES, "BlockDeviceMappings", 0, "Ebs", "KmsKeyId") == {"Fn::GetAtt": [key, "Arn"]}


def test_auto_scaling_may_use_that_key() -> None:
    policy = at(the(ON_INSTANCES, "AWS::KMS::Key"), "Properties", "KeyPolicy")
    sids = [at(one, "Sid") for one in list_at(policy, "Statement") if "AWSServiceRoleForAutoScaling" in json.dumps(one)]
    assert sids == ["VolumesOfAutoScalingGroups", "GrantsForVolumesOfAutoScalingGroups"]


def test_metadata_needs_a_token_that_travels_one_hop() -> None:
    assert data(PLAIN, "MetadataOptions") == {
        "HttpEndpoint": "enabled",
        "HttpPutResponseHopLimit": 1,
        "HttpTokens": "required",
    }


def test_there_is_no_ssh_key() -> None:
    assert data(PLAIN, "KeyName") is None


def test_there_is_no_public_address() -> None:
    assert data(PLAIN, "NetworkInterfaces", 0, "AssociatePublicIpAddress") is False


def test_instances_are_measured_every_minute() -> None:
    assert data(PLAIN, "Monitoring") == {"Enabled": True}


def test_nobody_may_enter_and_instances_call_https_only() -> None:
    properties = the(PLAIN, "AWS::EC2::SecurityGroup", "Example")["Properties"]
    assert at(properties, "SecurityGroupIngress") is None
    assert [at(one, "ToPort") for one in list_at(properties, "SecurityGroupEgress")] == [443]


def test_the_role_lets_operators_in_by_session_manager_alone() -> None:
    actions = json.dumps([one["Action"] for one in statements(the(PLAIN, "AWS::IAM::ManagedPolicy", "Example"))])
    assert "ssmmessages:OpenDataChannel" in actions
    assert "ssm:GetParameter" not in actions


def test_instances_wait_for_what_their_role_may_do() -> None:
    (policy,) = (name for name in of_type(PLAIN, "AWS::IAM::ManagedPolicy") if name.startswith("Example"))
    needed = the(PLAIN, GROUP)["DependsOn"]
    assert policy in (needed if isinstance(needed, list) else [])


def test_two_instances_run_over_the_zones_of_the_network() -> None:
    assert at(the(PLAIN, GROUP), "Properties", "MinSize") == "2"
    assert len(list_at(the(PLAIN, GROUP), "Properties", "VPCZoneIdentifier")) > 1


def test_instances_are_replaced_after_thirty_days() -> None:
    assert at(the(PLAIN, GROUP), "Properties", "MaxInstanceLifetime") == 30 * 24 * 3600


def test_an_update_leaves_instances_in_service() -> None:
    update = at(the(PLAIN, GROUP), "UpdatePolicy", "AutoScalingRollingUpdate")
    assert (at(update, "MaxBatchSize"), at(update, "MinInstancesInService")) == (1, 2)


def test_an_update_of_a_group_of_fixed_size_makes_room() -> None:
    template = synthesized(lambda stack: group(stack, min_capacity=2, max_capacity=2))
    assert at(the(template, GROUP), "UpdatePolicy", "AutoScalingRollingUpdate", "MinInstancesInService") == 1


def test_it_has_the_logical_id_of_the_plain_group() -> None:
    def plain(stack: Stack) -> None:
        autoscaling.AutoScalingGroup(
            stack,
            "Example",
            vpc=network(stack),
            instance_type=LARGE,
            machine_image=ec2.MachineImage.latest_amazon_linux2023(),
        )

    assert list(of_type(synthesized(plain), GROUP)) == list(of_type(PLAIN, GROUP))


def test_options_are_passed_on() -> None:
    template = synthesized(lambda stack: group(stack, desired_capacity=3, capacity_rebalance=True))
    properties = the(template, GROUP)["Properties"]
    assert (at(properties, "DesiredCapacity"), at(properties, "CapacityRebalance")) == ("3", True)


def test_it_can_be_entered_once_somebody_is_named() -> None:
    def build(stack: Stack) -> None:
        group(stack).connections.allow_from(ec2.Peer.ipv4("10.1.0.0/16"), ec2.Port.HTTPS)

    rules = list_at(the(synthesized(build), "AWS::EC2::SecurityGroup", "It"), "Properties", "SecurityGroupIngress")
    assert [at(rule, "CidrIp") for rule in rules] == ["10.1.0.0/16"]


def test_a_stage_and_an_environment_work() -> None:
    app = App()
    stage = Stage(app, "Production", env=Environment(account="123456789012", region="eu-west-1"))
    stack = Stack(stage, "Stack")
    group(stack, vpc=FlowLoggedVpc(stack, "Own").vpc)
    template: Body = stage.synth().get_stack_by_name("Production-Stack").template
    assert len(of_type(template, GROUP)) == 1


def test_an_imported_network_whose_zones_the_deployment_knows_works() -> None:
    def build(stack: Stack) -> None:
        vpc = ec2.Vpc.from_vpc_attributes(
            stack,
            "Imported",
            vpc_id=Fn.import_value("Vpc"),
            availability_zones=Fn.import_list_value("Zones", 2),
            private_subnet_ids=Fn.import_list_value("Subnets", 2),
        )
        group(stack, vpc=vpc)

    assert len(list_at(the(synthesized(build), GROUP), "Properties", "VPCZoneIdentifier")) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"min_capacity": 1},
            "min_capacity must be 2 or more, got 1; a zone that fails must leave an instance (164.308(a)(7)(i))",
        ),
        (
            {"max_capacity": 1},
            "max_capacity must be 2 or more, got 1; min_capacity instances run always (164.308(a)(7)(i))",
        ),
        (
            {"root_volume_gib": 4},
            "root_volume_gib must be 8 or more, got 4; an image does not fit on less (164.308(a)(7)(i))",
        ),
    ],
)
def test_what_is_too_small_is_refused(stack: Stack, options: dict[str, object], message: str) -> None:
    refusal(lambda: group(stack, **options), f"Stack/It: {message}")


@pytest.mark.parametrize("option", HipaaAutoScalingGroup.contract.fixed)
def test_a_fixed_option_is_refused_with_the_way_out(stack: Stack, option: str) -> None:
    refusal(
        lambda: group(stack, **{option: "x"}),
        f"Stack/It: {option} can't be set, got 'x'; {HipaaAutoScalingGroup.contract.fixed[option]}",
    )


def test_tasks_run_on_the_instances_of_their_cluster() -> None:
    (provider,) = of_type(ON_INSTANCES, "AWS::ECS::CapacityProvider")
    strategy = at(the(ON_INSTANCES, "AWS::ECS::Service"), "Properties", "CapacityProviderStrategy")
    assert strategy == [{"CapacityProvider": {"Ref": provider}, "Weight": 1}]


def test_the_cluster_has_one_list_of_providers() -> None:
    (provider,) = of_type(ON_INSTANCES, "AWS::ECS::CapacityProvider")
    association = the(ON_INSTANCES, "AWS::ECS::ClusterCapacityProviderAssociations")
    assert at(association, "Properties", "CapacityProviders") == ["FARGATE", "FARGATE_SPOT", {"Ref": provider}]


def test_the_service_waits_for_the_providers_of_its_cluster() -> None:
    (association,) = of_type(ON_INSTANCES, "AWS::ECS::ClusterCapacityProviderAssociations")
    needed = the(ON_INSTANCES, "AWS::ECS::Service")["DependsOn"]
    assert association in (needed if isinstance(needed, list) else [])


def test_tasks_on_instances_have_a_network_of_their_own() -> None:
    properties = the(ON_INSTANCES, "AWS::ECS::TaskDefinition")["Properties"]
    assert at(properties, "NetworkMode") == "awsvpc"
    assert at(properties, "RequiresCompatibilities") == ["EC2"]


@pytest.mark.parametrize("setting", ["ECS_AWSVPC_BLOCK_IMDS=true", "ECS_DISABLE_PRIVILEGED=true"])
def test_tasks_get_nothing_of_the_instance(setting: str) -> None:
    assert setting in json.dumps(data(ON_INSTANCES, "UserData"))


def test_the_instances_register_with_one_cluster_only() -> None:
    (cluster,) = of_type(ON_INSTANCES, "AWS::ECS::Cluster")
    found = statements(the(ON_INSTANCES, "AWS::IAM::ManagedPolicy", "ClusterLarge"))
    (register,) = (one for one in found if "ecs:RegisterContainerInstance" in str(one["Action"]))
    assert register["Resource"] == {"Fn::GetAtt": [cluster, "Arn"]}


def test_arm_instances_get_an_image_of_arm() -> None:
    def build(stack: Stack) -> None:
        cluster = HipaaEcsCluster(stack, "Cluster", vpc=network(stack))
        cluster.add_instances("Arm", instance_type=ec2.InstanceType("m7g.large"))

    assert "arm64" in str(at(data(synthesized(build), "ImageId"), "Ref"))


def test_instances_without_their_cluster_are_refused(stack: Stack) -> None:
    vpc = network(stack)
    cluster = HipaaEcsCluster(stack, "Cluster", vpc=vpc)
    provider = cluster.add_instances("Large", instance_type=LARGE)
    refusal(
        lambda: service(stack, vpc, capacity_provider=provider),
        "Stack/It: cluster must be given with a capacity_provider, got None; pass the cluster that has the instances "
        "(164.308(a)(7)(i))",
    )


@pytest.mark.parametrize(
    ("option", "value", "shown"),
    [
        ("ephemeral_storage_gib", 50, "50"),
        ("runtime_platform", ecs.RuntimePlatform(cpu_architecture=ecs.CpuArchitecture.ARM64), "'one'"),
        ("capacity_provider_strategies", [ecs.CapacityProviderStrategy(capacity_provider="FARGATE")], "'one'"),
    ],
)
def test_what_only_fargate_knows_is_refused(stack: Stack, option: str, value: object, shown: str) -> None:
    vpc = network(stack)
    cluster = HipaaEcsCluster(stack, "Cluster", vpc=vpc)
    provider = cluster.add_instances("Large", instance_type=LARGE)
    refusal(
        lambda: service(stack, vpc, cluster=cluster, capacity_provider=provider, **{option: value}),
        f"Stack/It: {option} must be left out with a capacity_provider, got {shown}; the instances decide "
        "(164.308(a)(7)(i))",
    )
