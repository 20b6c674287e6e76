"""Amazon ECS: services that are encrypted from the client to the task, and that nobody tampers with at run time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, TypedDict, Unpack

from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_logs as logs
from constructs import Construct

from hipaa_constructs.services._of_stack import region_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._placement import calling_group, serving_subnets
from hipaa_constructs.services._tokens import REGION
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.ecs_arguments import (
    LEAST_TASKS,
    check_balancer,
    check_capacity,
    check_counts,
    check_protocol,
)
from hipaa_constructs.services.ecs_cluster import HipaaEcsCluster, check_key
from hipaa_constructs.services.ecs_containers import (
    ContainerOptions,
    add_proxy,
    check_container,
    linux_parameters,
    log_driver,
)
from hipaa_constructs.services.ecs_tls_proxy import TlsProxy
from hipaa_constructs.services.elbv2 import HttpsLoadBalancer
from hipaa_constructs.services.iam import ManagedPolicyRole, on_behalf_of
from hipaa_constructs.services.kms import AnyKey
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.services.profile import Relaxation
from hipaa_constructs.waivers import Waiver

ContainerProtocol = Literal["https", "http"]

_NONE: Mapping[str, str] = MappingProxyType({})
_NO_SECRETS: Mapping[str, ecs.Secret] = MappingProxyType({})
_SCRATCH: Mapping[str, int] = MappingProxyType({"/tmp": 64})
_NO_DEFAULT_ALARM = "@aws-cdk/aws-ecs:removeDefaultDeploymentAlarm"
_NEWEST_PLATFORMS = (ecs.FargatePlatformVersion.LATEST, ecs.FargatePlatformVersion.VERSION1_4)
_TASKS = Relaxation(option="min_count", production=LEAST_TASKS, development=1, rules=("EcsServiceRunsTwoTasks",))


class ServiceOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_ecs.FargateService` that are passed on as they are."""

    availability_zone_rebalancing: ecs.AvailabilityZoneRebalancing
    bake_time: Duration
    canary_configuration: ecs.TrafficShiftConfig
    capacity_provider_strategies: Sequence[ecs.CapacityProviderStrategy]
    cloud_map_options: ecs.CloudMapOptions
    deployment_alarms: ecs.DeploymentAlarmConfig
    deployment_strategy: ecs.DeploymentStrategy
    enable_ecs_managed_tags: bool
    force_new_deployment: ecs.ForceNewDeployment
    health_check_grace_period: Duration
    lifecycle_hooks: Sequence[ecs.IDeploymentLifecycleHookTarget]
    linear_configuration: ecs.TrafficShiftConfig
    max_healthy_percent: float
    min_healthy_percent: float
    propagate_tags: ecs.PropagatedTagSource
    security_groups: Sequence[ec2.ISecurityGroup]
    service_connect_configuration: ecs.ServiceConnectProps
    service_name: str
    task_definition_revision: ecs.TaskDefinitionRevision
    volume_configurations: Sequence[ecs.ServiceManagedVolume]


class _Always(TypedDict):
    """What services are given on Fargate and on instances alike."""

    cluster: ecs.ICluster
    task_definition: ecs.TaskDefinition
    vpc_subnets: ec2.SubnetSelection
    circuit_breaker: ecs.DeploymentCircuitBreaker
    deployment_controller: ecs.DeploymentController


_FIXED = {
    "assign_public_ip": "tasks get no public addresses (164.312(e)(1)); the load balancer is the way in",
    "circuit_breaker": "a deployment that fails is always rolled back (164.308(a)(7)(i))",
    "deployment_controller": "ECS deploys, which is what can roll back; make an ecs.FargateService for CodeDeploy",
    "desired_count": "pass min_count and max_count: scaling sets the count between them",
    "task_definition": "the tasks are made of the arguments (164.312(c)(1)); add further containers afterwards",
}


class HipaaEcsService(Construct):
    """A service behind an HTTPS load balancer, encrypted up to the task: two tasks or more, over two zones, on Fargate.

    Tasks lie in private subnets without public addresses. Their containers have a root file system that they can only
    read, a user that is not root, no kernel capabilities, an init process, and folders in memory for scratch files.
    What the task stores is encrypted with your key; what it prints goes to an `EncryptedLogGroup`. Secrets come from
    Secrets Manager or Parameter Store. Deployments that fail are rolled back; the number of tasks follows the load.

    The load balancer talks HTTPS to the task and checks its health by HTTPS. A program that speaks plain HTTP gets a
    `TlsProxy` beside it in the task, or is refused. Nobody reaches the load balancer before its ``connections`` name
    them: ``service.load_balancer.load_balancer.connections.allow_from(…)``.

    Tasks may call HTTPS, and who lets them in: ``database.connections.allow_default_port_from(portal.service)``. For
    more, allow it on the connections of ``service``, or pass ``security_groups``.

    In a network without internet, tasks reach ECR, CloudWatch Logs and Secrets Manager by the endpoints of
    ``FlowLoggedVpc(endpoints="standard")``.

    The price: a task of half a CPU and 1 GB about 0.025 USD an hour, so some 36 USD a month for two; and that of the
    load balancer, some 20 USD a month.

    Rules: EcsContainerLogged, EcsContainerReadOnly, EcsContainerNotRoot, EcsContainerNotPrivileged,
    EcsVariablesWithoutSecrets, EcsTaskHasOwnNetwork, EcsServiceWithoutPublicAddresses, EcsServiceRunsTwoTasks,
    EcsServiceOnLatestPlatform, EcsServiceRollsBack, TargetGroupEncrypted, TargetGroupHealthCheckedOverHttps,
    LogGroupMasksIdentifiers, SecurityGroupEgressConfined.
    Your duty: the image, its patches and the scans for them; what the task role may do; that no PHI is printed.
    AWS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html

    Attributes:
        service: the `ecs.FargateService`, or `ecs.Ec2Service` on instances, with the logical id that it would have
            without this construct.
        task_definition: its `ecs.TaskDefinition`.
        container: the program's `ecs.ContainerDefinition`.
        task_role: what the program may do; grant to it.
        execution_role: what ECS may do to start the task.
        log_group: where its containers print to.
        cluster: the `ecs.ICluster`.
        load_balancer: the `HttpsLoadBalancer`.
        target_group: the tasks, as the load balancer reaches them.
        scaling: how the number of tasks follows the load.
    """

    contract = Contract(
        wraps=ecs.FargateService,
        types=(
            "AWS::ECS::Service",
            "AWS::ECS::TaskDefinition",
            "AWS::ElasticLoadBalancingV2::TargetGroup",
        ),
        fixed=_FIXED,
        governed={
            "environment": ("EcsVariablesWithoutSecrets",),
            "min_count": ("EcsServiceRunsTwoTasks",),
            "platform_version": ("EcsServiceOnLatestPlatform",),
            "readonly_root_filesystem": ("EcsContainerReadOnly",),
            "user": ("EcsContainerNotRoot",),
        },
        chosen=("cluster", "enable_execute_command", "vpc_subnets"),
        free=ServiceOptions,
        relaxations=(_TASKS,),
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc,
        image: ecs.ContainerImage,
        container_port: int,
        container_protocol: ContainerProtocol = "https",
        tls_proxy: TlsProxy | None = None,
        certificates: Sequence[elbv2.IListenerCertificate | acm.ICertificate] = (),
        load_balancer: HttpsLoadBalancer | None = None,
        listener_conditions: Sequence[elbv2.ListenerCondition] = (),
        listener_priority: int = 1,
        cluster: HipaaEcsCluster | None = None,
        capacity_provider: ecs.AsgCapacityProvider | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        environment: Mapping[str, str] = _NONE,
        secrets: Mapping[str, ecs.Secret] = _NO_SECRETS,
        user: str = "1000:1000",
        readonly_root_filesystem: bool = True,
        temporary_folders: Mapping[str, int] = _SCRATCH,
        container: ContainerOptions | None = None,
        cpu: int = 512,
        memory_limit_mib: int = 1024,
        ephemeral_storage_gib: int | None = None,
        runtime_platform: ecs.RuntimePlatform | None = None,
        health_check_path: str = "/",
        healthy_http_codes: str = "200",
        min_count: int | None = None,
        max_count: int | None = None,
        cpu_target_percent: int = 60,
        platform_version: ecs.FargatePlatformVersion = ecs.FargatePlatformVersion.LATEST,
        enable_execute_command: bool = False,
        encryption_key: AnyKey | None = None,
        log_group: EncryptedLogGroup | None = None,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[ServiceOptions],
    ) -> None:
        """Make a service.

        Args:
            scope: where it belongs.
            id: its id there.
            vpc: the network.
            image: the program.
            container_port: that the program listens on.
            container_protocol: ``"https"``, the default, if the program ends TLS itself, with any certificate;
                ``"http"`` needs a ``tls_proxy``.
            tls_proxy: ends TLS in the task; none by default.
            certificates: of ACM, for the load balancer that is made; needed unless ``load_balancer`` is given.
            load_balancer: one that other services use too; by default an internal one of its own.
            listener_conditions: which requests the service gets from a load balancer that it shares.
            listener_priority: the place of these conditions among those of other services; by default 1, the first.
            cluster: by default one of its own.
            capacity_provider: the instances that tasks run on, of ``HipaaEcsCluster.add_instances`` of that cluster; by
                default they run on Fargate.
            vpc_subnets: by default the private subnets, else the isolated ones; of two Availability Zones or more.
            environment: plain variables; none by default. Names and values that look like secrets are refused.
            secrets: variables from Secrets Manager or Parameter Store; none by default.
            user: whom the program runs as, ``user:group``; by default 1000:1000, never root unless waived.
            readonly_root_filesystem: by default the program can write nothing but the folders below.
            temporary_folders: folders in memory by path, with their largest size in MiB; by default ``/tmp`` of 64 MiB.
                They count towards the task's memory.
            container: further options of the program's container, see `ContainerOptions`.
            cpu: of the task, in units of 1/1024 CPU; by default 512.
            memory_limit_mib: of the task, in MiB; by default 1024.
            ephemeral_storage_gib: of the task, 21 to 200 GiB; by default 20. On Fargate only.
            runtime_platform: by default Linux on x86. On Fargate only: instances decide by themselves.
            health_check_path: asked for over HTTPS; by default ``/``.
            healthy_http_codes: the answers that are healthy; by default 200.
            min_count: how many tasks there are at least; by default two, never fewer unless waived.
            max_count: how many at most; by default three times as many.
            cpu_target_percent: the load at which tasks are added; by default 60 percent of their CPU.
            platform_version: of Fargate; by default the latest. Instances have none.
            enable_execute_command: lets those whom IAM allows open a shell in tasks, encrypted and logged by the
                cluster. Not by default. AWS's agent needs a root file system that it can write to.
            encryption_key: of the cluster and log group that are made; by default the stack's `EncryptionKey`.
            log_group: by default one of its own, which masks identifiers of patients for about 0.12 USD a GB.
            waivers: exceptions from the rules about services, tasks and target groups.
            **options: of `ecs.FargateService`, see `ServiceOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, or weaker than a rule that is not waived; the program speaks
                plain HTTP without a proxy; there is no certificate, or one that does not serve; the subnets are public
                or of one zone only; a variable looks like a secret.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        min_count = arguments.default(_TASKS, min_count)
        check_protocol(arguments, container_protocol, tls_proxy, container_port)
        check_balancer(arguments, load_balancer, certificates, listener_conditions, region_of(scope))
        most = min_count * 3 if max_count is None else max_count
        check_counts(arguments, min_count, most)
        arguments.govern(
            "platform_version",
            platform_version,
            holds=platform_version in _NEWEST_PLATFORMS,
            asked="LATEST",
            rule="EcsServiceOnLatestPlatform",
        )
        further: ContainerOptions = container or {}
        check_container(
            arguments,
            container=further,
            environment=environment,
            secrets=secrets,
            user=user,
            readonly_root_filesystem=readonly_root_filesystem,
            temporary_folders=temporary_folders,
        )
        if enable_execute_command and readonly_root_filesystem:
            arguments.refuse(
                "enable_execute_command",
                enable_execute_command,
                asked="False with a root file system that is read only",
                way_out="AWS's agent writes to it; pass readonly_root_filesystem=False with its waiver",
                citation="164.312(c)(1)",
            )
        check_capacity(
            arguments,
            cluster,
            capacity_provider,
            capacity_provider_strategies=options.get("capacity_provider_strategies"),
            ephemeral_storage_gib=ephemeral_storage_gib,
            runtime_platform=runtime_platform,
        )
        if cluster is None:
            check_key(arguments, encryption_key)
        subnets = serving_subnets(arguments, vpc, vpc_subnets)
        super().__init__(scope, id)
        self.node.set_context(_NO_DEFAULT_ALARM, True)  # The template is the same whatever the app's flags.
        home = cluster or HipaaEcsCluster(self, "Cluster", vpc=vpc, encryption_key=encryption_key)
        self.cluster: ecs.ICluster = home.cluster
        group = log_group or EncryptedLogGroup(self, "LogGroup", encryption_key=encryption_key)
        self.log_group: logs.LogGroup = group.log_group
        # ECS itself names tasks, in both roles: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
        tasks = on_behalf_of("ecs-tasks.amazonaws.com", f"ecs:{REGION}", "*")
        self.task_role = ManagedPolicyRole(self, "TaskRole", assumed_by=tasks)
        self.execution_role = ManagedPolicyRole(self, "ExecutionRole", assumed_by=tasks)
        self.task_definition = ecs.TaskDefinition(
            self,
            "TaskDefinition",
            compatibility=ecs.Compatibility.FARGATE if capacity_provider is None else ecs.Compatibility.EC2,
            network_mode=ecs.NetworkMode.AWS_VPC,
            cpu=str(cpu),
            memory_mib=str(memory_limit_mib),
            ephemeral_storage_gib=ephemeral_storage_gib,
            runtime_platform=runtime_platform,
            task_role=self.task_role.role,
            execution_role=self.execution_role.role,
        )
        self.container = self.task_definition.add_container(
            "Container",
            image=image,
            environment=dict(environment),
            secrets=dict(secrets),
            user=user,
            readonly_root_filesystem=readonly_root_filesystem,
            privileged=False,
            linux_parameters=linux_parameters(self.task_definition, "ContainerLinux", temporary_folders),
            logging=log_driver(self.log_group, "container"),
            **further,
        )
        reached, port = self.container, container_port
        if tls_proxy is None:
            self.container.add_port_mappings(ecs.PortMapping(container_port=container_port, name="https"))
        else:
            reached = add_proxy(self.task_definition, tls_proxy, target=container_port, group=self.log_group)
            port = tls_proxy.port
        self.service: ecs.FargateService | ecs.Ec2Service = self._serve(
            home, subnets, platform_version, capacity_provider, options
        )
        if enable_execute_command:
            home.allow_execute_command(self.task_role)
            resource = self.service.node.default_child
            assert isinstance(resource, ecs.CfnService)
            resource.enable_execute_command = True
        self.target_group = elbv2.ApplicationTargetGroup(
            self,
            "TargetGroup",
            vpc=vpc,
            port=port,
            protocol=elbv2.ApplicationProtocol.HTTPS,
            target_type=elbv2.TargetType.IP,
            health_check=elbv2.HealthCheck(
                protocol=elbv2.Protocol.HTTPS, path=health_check_path, healthy_http_codes=healthy_http_codes
            ),
            deregistration_delay=Duration.seconds(30),
            targets=[
                self.service.load_balancer_target(container_name=reached.container_name, container_port=port),
            ],
        )
        if load_balancer is None:
            self.load_balancer = HttpsLoadBalancer(
                self,
                "LoadBalancer",
                vpc=vpc,
                certificates=certificates,
                default_action=elbv2.ListenerAction.forward([self.target_group]),
            )
        else:
            self.load_balancer = load_balancer
            # In the stack of the service, which may be another one than the load balancer's.
            elbv2.ApplicationListenerRule(
                self,
                "ListenerRule",
                listener=load_balancer.listener,
                action=elbv2.ListenerAction.forward([self.target_group]),
                conditions=list(listener_conditions),
                priority=listener_priority,
            )
        self.scaling = self.service.auto_scale_task_count(min_capacity=min_count, max_capacity=most)
        self.scaling.scale_on_cpu_utilization("Cpu", target_utilization_percent=cpu_target_percent)
        excuse(self, arguments)

    def _serve(
        self,
        home: HipaaEcsCluster,
        subnets: ec2.SubnetSelection,
        platform_version: ecs.FargatePlatformVersion,
        capacity_provider: ecs.AsgCapacityProvider | None,
        options: ServiceOptions,
    ) -> ecs.FargateService | ecs.Ec2Service:
        chosen: ServiceOptions = {
            "availability_zone_rebalancing": ecs.AvailabilityZoneRebalancing.ENABLED,
            "min_healthy_percent": 100,
            "max_healthy_percent": 200,
            **options,
        }
        # Those of the CDK let everything out.
        chosen["security_groups"] = options.get("security_groups") or [
            calling_group(self, home.cluster.vpc, "Tasks of a service")
        ]
        always: _Always = {
            "cluster": home.cluster,
            "task_definition": self.task_definition,
            "vpc_subnets": subnets,
            "circuit_breaker": ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            # Said outright, so that no feature flag decides.
            "deployment_controller": ecs.DeploymentController(type=ecs.DeploymentControllerType.ECS),
        }
        service: ecs.FargateService | ecs.Ec2Service
        if capacity_provider is None:
            service = ecs.FargateService(
                self, "Default", assign_public_ip=False, platform_version=platform_version, **always, **chosen
            )
        else:
            chosen["capacity_provider_strategies"] = [
                ecs.CapacityProviderStrategy(capacity_provider=capacity_provider.capacity_provider_name, weight=1)
            ]
            # The CDK asks the cluster itself for instances, and would add them in its own way.
            always["cluster"] = ecs.Cluster.from_cluster_attributes(
                self,
                "WithInstances",
                cluster_name=home.cluster.cluster_name,
                cluster_arn=home.cluster.cluster_arn,
                vpc=home.cluster.vpc,
                security_groups=[],
            )
            service = ecs.Ec2Service(self, "Default", **always, **chosen)
        # Tasks start at once, and need what ECS may do for them.
        service.node.add_dependency(self.execution_role)
        if home.capacity_providers is not None:
            service.node.add_dependency(home.capacity_providers)
        return service
