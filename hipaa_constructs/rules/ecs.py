"""What a template must show of Amazon ECS clusters and services."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._launches import listed
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met, broken
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._zones import spans_zones

CLUSTER = "AWS::ECS::Cluster"
SERVICE = "AWS::ECS::Service"
TASK_SET = "AWS::ECS::TaskSet"
_STARTERS = ("AWS::Events::Rule", "AWS::Scheduler::Schedule", "AWS::Pipes::Pipe")
SCALABLE_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
_AT_REST = ("164.312(a)(2)(iv)", "164.312(e)(2)(ii)")
_LEAST_TASKS = 2


@rule(
    title="every cluster encrypts the storage of its Fargate tasks with a customer managed key",
    fix="set Configuration.ManagedStorageConfiguration.FargateEphemeralStorageKmsKeyId to a key of one Region",
    applies_to=(CLUSTER,),
    controls=_AT_REST,
    requirement="HC-165",
    severity=Severity.WARNING,
    url=_GUIDE + "fargate-storage-encryption.html",
)
def ecs_cluster_encrypts_ephemeral_storage(cluster: Resource) -> Outcome:
    """Judge the key; Fargate takes neither aliases nor multi-Region keys, and encrypts with one of AWS's by default."""
    key = cluster.at("Configuration", "ManagedStorageConfiguration", "FargateEphemeralStorageKmsKeyId")
    if any(target.at("MultiRegion").value is True or target.type == "AWS::KMS::ReplicaKey" for target in key.targets()):
        return key.broken("a multi-Region key, which Fargate does not take")
    return customers_key(key)


@rule(
    title="every cluster encrypts and logs the sessions of ECS Exec",
    fix="set Configuration.ExecuteCommandConfiguration: KmsKeyId, Logging OVERRIDE, and in LogConfiguration a "
    "log group or bucket with CloudWatchEncryptionEnabled or S3EncryptionEnabled",
    applies_to=(CLUSTER,),
    controls=("164.312(b)",),
    requirement="HC-166",
    severity=Severity.WARNING,
    url=_GUIDE + "ecs-exec.html",
)
def ecs_cluster_logs_exec_sessions(cluster: Resource) -> Outcome:
    """Judge the configuration, which holds for every service of the cluster that switches ECS Exec on."""
    exec_ = cluster.at("Configuration", "ExecuteCommandConfiguration")
    if exec_.is_unknown:
        return exec_.undecided()
    if exec_.is_absent:
        return exec_.broken()
    return all_met([customers_key(exec_.at("KmsKeyId")), exec_.at("Logging").must_be("OVERRIDE"), _kept(exec_)])


def _kept(exec_: Node) -> Outcome:
    configured = exec_.at("LogConfiguration")
    places = [
        all_met([configured.at(name).must_be_set(), configured.at(encrypted).must_be(True)])
        for name, encrypted in (
            ("CloudWatchLogGroupName", "CloudWatchEncryptionEnabled"),
            ("S3BucketName", "S3EncryptionEnabled"),
        )
        if not configured.at(name).is_absent
    ]
    return all_met(places) if places else configured.broken()


@rule(
    title="every cluster measures its tasks",
    fix="set containerInsights to enhanced or enabled in ClusterSettings",
    applies_to=(CLUSTER,),
    controls=("164.312(b)",),
    requirement="HC-164",
    same_as=("cdk-nag:AwsSolutions-ECS4", "checkov:CKV_AWS_65"),
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/deploy-container-insights-ECS-cluster.html",
)
def ecs_cluster_measured(cluster: Resource) -> Outcome:
    """Judge Container Insights, by which stopped and failing tasks are noticed afterwards."""
    settings = cluster.at("ClusterSettings")
    if settings.is_unknown:
        return settings.undecided()
    items = settings.items()
    found = [item.at("Value").must_be("enhanced", "enabled") for item in items if _may_be_insights(item)]
    return all_met(found) if found else settings.broken()


def _may_be_insights(item: Node) -> bool:
    return item.at("Name").value == "containerInsights" or item.at("Name").may_be("containerInsights")


@rule(
    title="no task gets a public IP address",
    fix="leave AssignPublicIp out, or set it to DISABLED",
    applies_to=(SERVICE, TASK_SET, *_STARTERS),
    controls=(
        "164.308(a)(3)(i)",
        "164.308(a)(4)(ii)(A)",
        "164.308(a)(4)(ii)(C)",
        "164.312(a)(1)",
        "164.312(e)(1)",
    ),
    requirement="HC-162",
    same_as=("prowler:ecs_service_no_assign_public_ip",),
    url=_GUIDE + "task-networking.html",
)
def ecs_service_without_public_addresses(service: Resource) -> Outcome:
    """Judge the networks of services, of sets of tasks that another deployer makes, and of tasks that events start."""
    return all_met(_without_public_address(tasks) for tasks in _started(service) if not tasks.is_absent)


def _started(resource: Resource) -> list[Node]:
    """Return the places that say how tasks are started."""
    match resource.type:
        case "AWS::Events::Rule":
            return [target.at("EcsParameters") for target in listed(resource.at("Targets"))]
        case "AWS::Scheduler::Schedule":
            return [resource.at("Target", "EcsParameters")]
        case "AWS::Pipes::Pipe":
            return [resource.at("TargetParameters", "EcsTaskParameters")]
    return [resource.at()]


def _without_public_address(tasks: Node) -> Outcome:
    network = tasks.at("NetworkConfiguration")
    # The types spell it in two ways.
    places = [network.at(spelling, "AssignPublicIp") for spelling in ("AwsvpcConfiguration", "AwsVpcConfiguration")]
    return all_met([MET, *(place.must_be("DISABLED") for place in places if not place.is_absent)])


@rule(
    title="every service runs at least two tasks over two Availability Zones",
    fix="set DesiredCount, or MinCapacity of its scalable target, to 2 or more, and name subnets of two zones",
    applies_to=(SERVICE,),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-168",
    severity=Severity.WARNING,
    url=_GUIDE + "service-rebalancing.html",
)
def ecs_service_runs_two_tasks(service: Resource) -> Outcome:
    """Judge the count, or the least that scaling leaves, and the subnets; a daemon has one task on each instance."""
    if service.at("SchedulingStrategy").value == "DAEMON":
        return NOT_APPLICABLE
    return all_met([_count(service), _subnets(service)])


def _count(service: Resource) -> Outcome:
    scaled = _scaling(service)
    if scaled:
        return all_met(target.at("MinCapacity").must_be_at_least(_LEAST_TASKS) for target in scaled)
    return service.at("DesiredCount").must_be_at_least(_LEAST_TASKS)


def _subnets(service: Resource) -> Outcome:
    subnets = service.at("NetworkConfiguration", "AwsvpcConfiguration", "Subnets")
    # Without any, its tasks use the network of their instance.
    return MET if subnets.is_absent else spans_zones(subnets, subnets.items())


def _scaling(service: Resource) -> list[Resource]:
    """Return the scalable targets that name a service."""
    assembly = service.template.assembly

    def index() -> dict[Resource, list[Resource]]:
        found: dict[Resource, list[Resource]] = {}
        for target in assembly.resources(SCALABLE_TARGET):
            if target.at("ServiceNamespace").value == "ecs":
                for named in target.at("ResourceId").targets():
                    found.setdefault(named, []).append(target)
        return found

    return [target for target in assembly.once("scaled services", index).get(service, []) if target.exists]


@rule(
    title="every Fargate service runs on the latest platform",
    fix="leave PlatformVersion out, or set it to LATEST",
    applies_to=(SERVICE,),
    controls=("164.308(a)(5)(ii)(B)",),
    requirement="HC-169",
    severity=Severity.WARNING,
    url=_GUIDE + "platform-fargate.html",
)
def ecs_service_on_latest_platform(service: Resource) -> Outcome:
    """Judge the version; AWS patches the newest only. That of Windows is 1.0.0."""
    version = service.at("PlatformVersion")
    if version.is_absent:
        return MET
    task = service.at("TaskDefinition").target()
    system = "" if task is None else task.at("RuntimePlatform", "OperatingSystemFamily").outline()
    return version.must_be("LATEST", "1.0.0" if system.startswith("WINDOWS") else "1.4.0")


@rule(
    title="every EBS volume that a service makes for its tasks is encrypted",
    fix="set Encrypted to true in VolumeConfigurations, and KmsKeyId to a key of yours",
    applies_to=(SERVICE,),
    controls=_AT_REST,
    requirement="HC-167",
    url=_GUIDE + "ebs-kms-encryption.html",
)
def ecs_service_volumes_encrypted(service: Resource) -> Outcome:
    """Judge each managed volume."""
    volumes = service.at("VolumeConfigurations")
    if volumes.is_unknown:
        return volumes.undecided()
    if not volumes.is_absent and not isinstance(volumes.value, list):
        return volumes.broken()
    found = [volume.at("ManagedEBSVolume") for volume in volumes.items()]
    outcomes = [volume.undecided() if volume.is_unknown else volume.at("Encrypted").must_be(True) for volume in found]
    return all_met(outcomes)


@rule(
    title="no deployment that fails stays half done",
    fix="set Enable and Rollback of DeploymentConfiguration.DeploymentCircuitBreaker to true",
    applies_to=(SERVICE,),
    controls=("164.308(a)(7)(i)", "164.308(a)(7)(ii)(C)"),
    requirement="HC-168",
    severity=Severity.WARNING,
    url=_GUIDE + "deployment-circuit-breaker.html",
)
def ecs_service_rolls_back(service: Resource) -> Outcome:
    """Judge the circuit breaker, which only deployments by ECS itself have."""
    controller = service.at("DeploymentController", "Type")
    if controller.value in ("CODE_DEPLOY", "EXTERNAL"):
        return NOT_APPLICABLE
    breaker = service.at("DeploymentConfiguration", "DeploymentCircuitBreaker")
    outcome = all_met([breaker.at("Enable").must_be(True), breaker.at("Rollback").must_be(True)])
    if outcome.verdict is Verdict.BROKEN and controller.is_unknown:
        return controller.undecided()
    return outcome if not breaker.is_absent else broken(*breaker.path, found="absent")
