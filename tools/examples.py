"""Each construct with its defaults, as the generated pages and the tests of all constructs make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aws_cdk import Fn, Size, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from constructs import Construct

from hipaa_constructs import (
    ArchiveBucket,
    AuditAlarms,
    AuditBaseline,
    EmergencyContact,
    EncryptedBackupVault,
    EncryptedBucket,
    EncryptedFileSystem,
    EncryptedLogGroup,
    EncryptedQueue,
    EncryptedRepository,
    EncryptedSecret,
    EncryptedTable,
    EncryptedTopic,
    EncryptedTrail,
    EncryptedVolume,
    EncryptionKey,
    EndToEndHttpsDistribution,
    FlowLoggedVpc,
    HipaaAuroraCluster,
    HipaaAutoScalingGroup,
    HipaaBackupPlan,
    HipaaCertificate,
    HipaaEcsCluster,
    HipaaEcsService,
    HipaaFunction,
    HipaaHostedZone,
    HipaaHttpApi,
    HipaaInstance,
    HipaaRdsInstance,
    HipaaRdsReadReplica,
    HipaaRedisCluster,
    HipaaRedshiftCluster,
    HipaaRedshiftServerless,
    HipaaRestApi,
    HipaaWebAcl,
    HttpsLoadBalancer,
    HttpsOrigin,
    InspectorScanning,
    LogArchive,
    ManagedPolicyRole,
    PatchPolicy,
    ReplicaEncryptionKey,
    SessionManagerAccess,
    ShieldEngagement,
    ShieldProtection,
    SnapshotPolicy,
    TlsNetworkLoadBalancer,
    TlsProxy,
)

KEY_IN_THE_WEST = "arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
BY_ID = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
POSTGRES = rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17_6)
AURORA_POSTGRES = rds.DatabaseClusterEngine.aurora_postgres(version=rds.AuroraPostgresEngineVersion.VER_16_8)
RECORDS = "https://records.example.org"


def rotated_secret(stack: Stack) -> EncryptedSecret:
    """Make a secret that a function of another stack rotates."""
    arn = "arn:aws:lambda:us-east-1:123456789012:function:rotate"
    function = lambda_.Function.from_function_attributes(stack, "Rotate", function_arn=arn, same_environment=True)
    return EncryptedSecret(stack, "Example", rotation_lambda=function)


def distribution(stack: Stack) -> EndToEndHttpsDistribution:
    """Make a distribution before a bucket."""
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
    return EndToEndHttpsDistribution(
        stack,
        "Example",
        certificate=acm.Certificate.from_certificate_arn(stack, "Certificate", arn),
        domain_names=["portal.example.org"],
        default_behavior=HttpsOrigin.bucket(EncryptedBucket(stack, "Pages")),
    )


def network(stack: Stack) -> ec2.IVpc:
    """Return a network of another stack, with isolated subnets in two Availability Zones."""
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Network",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["us-east-1a", "us-east-1b"],
        isolated_subnet_ids=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        isolated_subnet_route_table_ids=["rtb-0123456789abcdef0", "rtb-0123456789abcdef1"],
    )


def imported_certificate(stack: Stack) -> acm.ICertificate:
    """Return a certificate that is there already."""
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"
    return acm.Certificate.from_certificate_arn(stack, "Certificate", arn)


def service(stack: Stack) -> HipaaEcsService:
    """Make a service whose program speaks plain HTTP, so that a proxy ends TLS beside it."""
    digest = "sha256:" + "0" * 64
    return HipaaEcsService(
        stack,
        "Example",
        vpc=network(stack),
        certificates=[imported_certificate(stack)],
        image=ecs.ContainerImage.from_registry(f"public.ecr.aws/example/portal@{digest}"),
        container_port=8080,
        container_protocol="http",
        tls_proxy=TlsProxy(image=f"public.ecr.aws/docker/library/nginx@{digest}"),
    )


def instances(stack: Stack) -> HipaaAutoScalingGroup:
    """Make a group of instances of Amazon Linux."""
    return HipaaAutoScalingGroup(
        stack,
        "Example",
        vpc=network(stack),
        instance_type=ec2.InstanceType("m7g.large"),
        machine_image=ec2.MachineImage.latest_amazon_linux2023(cpu_type=ec2.AmazonLinuxCpuType.ARM_64),
    )


def function(stack: Stack) -> HipaaFunction:
    """Make a function in a network of another stack."""
    return HipaaFunction(
        stack,
        "Example",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        vpc=network(stack),
        environment={"TABLE": "visits"},
    )


def rest_api(stack: Stack) -> HipaaRestApi:
    """Make a REST API before a service of one's own."""
    made = HipaaRestApi(stack, "Example")
    made.api.root.add_method("GET", apigateway.HttpIntegration(RECORDS))
    return made


def http_api(stack: Stack) -> HipaaHttpApi:
    """Make an HTTP API before a service of one's own."""
    made = HipaaHttpApi(stack, "Example")
    integration = integrations.HttpUrlIntegration("Records", RECORDS)
    made.api.add_routes(path="/records", methods=[apigatewayv2.HttpMethod.GET], integration=integration)
    return made


def instance(stack: Stack) -> HipaaInstance:
    """Make an instance of Amazon Linux, in a network of the same stack."""
    return HipaaInstance(
        stack,
        "Example",
        vpc=FlowLoggedVpc(stack, "Network").vpc,
        instance_type=ec2.InstanceType("m7g.large"),
        machine_image=ec2.MachineImage.latest_amazon_linux2023(cpu_type=ec2.AmazonLinuxCpuType.ARM_64),
    )


def imported_log_group(stack: Stack) -> logs.ILogGroup:
    """Return the log group that a trail is delivered to already."""
    return logs.LogGroup.from_log_group_name(stack, "TrailLog", "trail")


EXAMPLES: Mapping[type[Construct], Callable[[Stack], Construct]] = {
    ArchiveBucket: lambda stack: ArchiveBucket(stack, "Example"),
    AuditAlarms: lambda stack: AuditAlarms(stack, "Example", log_group=imported_log_group(stack)),
    AuditBaseline: lambda stack: AuditBaseline(stack, "Example"),
    EncryptedBackupVault: lambda stack: EncryptedBackupVault(stack, "Example"),
    EncryptedBucket: lambda stack: EncryptedBucket(stack, "Example"),
    EncryptedFileSystem: lambda stack: EncryptedFileSystem(
        stack,
        "Example",
        vpc=FlowLoggedVpc(stack, "Network").vpc,
        replication_region="us-west-2",
        replication_key=KEY_IN_THE_WEST,
    ),
    EncryptedLogGroup: lambda stack: EncryptedLogGroup(stack, "Example"),
    EncryptedQueue: lambda stack: EncryptedQueue(stack, "Example"),
    EncryptedRepository: lambda stack: EncryptedRepository(stack, "Example"),
    EncryptedSecret: rotated_secret,
    EncryptedTable: lambda stack: EncryptedTable(stack, "Example", partition_key=BY_ID),
    EncryptedTopic: lambda stack: EncryptedTopic(stack, "Example"),
    EncryptedTrail: lambda stack: EncryptedTrail(stack, "Example"),
    EncryptedVolume: lambda stack: EncryptedVolume(
        stack, "Example", availability_zone=Fn.select(0, Fn.get_azs()), size=Size.gibibytes(100)
    ),
    EncryptionKey: lambda stack: EncryptionKey(stack, "Example"),
    EndToEndHttpsDistribution: distribution,
    FlowLoggedVpc: lambda stack: FlowLoggedVpc(stack, "Example"),
    HipaaAuroraCluster: lambda stack: HipaaAuroraCluster(stack, "Example", engine=AURORA_POSTGRES, vpc=network(stack)),
    HipaaAutoScalingGroup: instances,
    HipaaBackupPlan: lambda stack: HipaaBackupPlan(stack, "Example"),
    HipaaCertificate: lambda stack: HipaaCertificate(stack, "Example", domain_name="portal.example.org"),
    HipaaEcsCluster: lambda stack: HipaaEcsCluster(stack, "Example", vpc=network(stack)),
    HipaaEcsService: service,
    HipaaFunction: function,
    HipaaHostedZone: lambda stack: HipaaHostedZone(stack, "Example", zone_name="example.org"),
    HipaaHttpApi: http_api,
    HipaaInstance: instance,
    HipaaRdsInstance: lambda stack: HipaaRdsInstance(stack, "Example", engine=POSTGRES, vpc=network(stack)),
    HipaaRdsReadReplica: lambda stack: HipaaRdsReadReplica(
        stack,
        "Example",
        source="arn:aws:rds:us-west-2:123456789012:db:records",
        engine=POSTGRES,
        vpc=network(stack),
    ),
    HipaaRedisCluster: lambda stack: HipaaRedisCluster(stack, "Example", vpc=FlowLoggedVpc(stack, "Network").vpc),
    HipaaRedshiftCluster: lambda stack: HipaaRedshiftCluster(
        stack,
        "Example",
        vpc=FlowLoggedVpc(stack, "Network").vpc,
        snapshot_copy_region="us-west-2",
        snapshot_copy_grant="warehouse",
    ),
    HipaaRedshiftServerless: lambda stack: HipaaRedshiftServerless(
        stack,
        "Example",
        vpc=FlowLoggedVpc(stack, "Network", max_azs=3).vpc,
        snapshot_copy_region="us-west-2",
        snapshot_copy_key=KEY_IN_THE_WEST,
    ),
    HipaaRestApi: rest_api,
    HipaaWebAcl: lambda stack: HipaaWebAcl(stack, "Example"),
    HttpsLoadBalancer: lambda stack: HttpsLoadBalancer(
        stack, "Example", vpc=network(stack), certificates=[imported_certificate(stack)]
    ),
    InspectorScanning: lambda stack: InspectorScanning(stack, "Example"),
    LogArchive: lambda stack: LogArchive(stack, "Example"),
    ManagedPolicyRole: lambda stack: ManagedPolicyRole(stack, "Example", assumed_by=iam.AccountRootPrincipal()),
    PatchPolicy: lambda stack: PatchPolicy(stack, "Example"),
    ReplicaEncryptionKey: lambda stack: ReplicaEncryptionKey(
        stack, "Example", primary_key_arn="arn:aws:kms:us-east-1:123456789012:key/mrk-0123456789abcdef"
    ),
    SessionManagerAccess: lambda stack: SessionManagerAccess(stack, "Example"),
    ShieldEngagement: lambda stack: ShieldEngagement(
        stack,
        "Example",
        contacts=[EmergencyContact(email_address="security@example.org", phone_number="+12065550100")],
    ),
    ShieldProtection: lambda stack: ShieldProtection(
        stack, "Example", resource_arn="arn:aws:cloudfront::123456789012:distribution/EDFDVBD6EXAMPLE"
    ),
    SnapshotPolicy: lambda stack: SnapshotPolicy(stack, "Example"),
    TlsNetworkLoadBalancer: lambda stack: TlsNetworkLoadBalancer(
        stack, "Example", vpc=network(stack), certificates=[imported_certificate(stack)]
    ),
}
