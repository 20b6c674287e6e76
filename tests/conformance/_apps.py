"""The apps that other scanners judge, each run as a process: ``python -m tests.conformance._apps NAME OUT``."""

from __future__ import annotations

import sys
from collections.abc import Callable

from aws_cdk import App, CfnResource, Duration, Fn, Size, Stack, Validations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_backup as backup
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_eks as eks
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_elasticbeanstalk as elasticbeanstalk
from aws_cdk import aws_elasticloadbalancing as elb
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_wafv2 as wafv2
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks

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
    FlowLoggedVpc,
    HipaaAuroraCluster,
    HipaaBackupPlan,
    HipaaCertificate,
    HipaaEcsCluster,
    HipaaEcsService,
    HipaaFunction,
    HipaaHostedZone,
    HipaaHttpApi,
    HipaaInstance,
    HipaaRdsInstance,
    HipaaRedisCluster,
    HipaaRedshiftCluster,
    HipaaRedshiftServerless,
    HipaaRestApi,
    HipaaWebAcl,
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
    enforce,
)
from tests._synthesis import protect
from tests.conformance import _stores
from tools.examples import AURORA_POSTGRES, KEY_IN_THE_WEST, POSTGRES, distribution

PRIMARY = "arn:aws:kms:us-east-1:123456789012:key/mrk-0123456789abcdef"


def good(app: App) -> None:
    """Make every construct with its defaults, and a replicated bucket."""
    stack = Stack(app, "Stack")
    EncryptedBucket(stack, "Records", replicate_to=EncryptedBucket(stack, "Copy"))
    reader = ManagedPolicyRole(stack, "Reader", assumed_by=iam.AccountRootPrincipal())
    exports = EncryptedBucket(stack, "Exports")
    exports.bucket.grant_read(reader)
    EncryptedLogGroup(stack, "Audit")
    EncryptionKey(stack, "Own")
    ReplicaEncryptionKey(stack, "Replica", primary_key_arn=PRIMARY)
    LogArchive.of(stack).allow_load_balancer_logs()
    EncryptedQueue(stack, "Events")
    EncryptedRepository(stack, "Images", repository_name="portal", replicate_to=["us-west-2"])
    topic = EncryptedTopic(stack, "Alarms")
    topic.allow_alarms()
    topic.allow_event_rules()
    arn = "arn:aws:lambda:us-east-1:123456789012:function:rotate"
    function = lambda_.Function.from_function_attributes(stack, "Rotate", function_arn=arn, same_environment=True)
    secret = EncryptedSecret(stack, "Password", rotation_lambda=function)
    network = FlowLoggedVpc(stack, "Network", endpoints="standard").vpc
    HipaaRedisCluster(stack, "Cache", vpc=network).add_user("Portal")
    HipaaRdsInstance(stack, "Postgres", engine=POSTGRES, vpc=network)
    mysql = rds.DatabaseInstanceEngine.mysql(version=rds.MysqlEngineVersion.VER_8_4_5)
    HipaaRdsInstance(stack, "Mysql", engine=mysql, vpc=network, master_secret=secret.secret).add_read_replica("Replica")
    HipaaAuroraCluster(stack, "Aurora", engine=AURORA_POSTGRES, vpc=network)
    plan = HipaaBackupPlan(
        stack,
        "Backup",
        copy_to=EncryptedBackupVault(stack, "Copies"),
        restore_testing=events.Schedule.rate(Duration.days(30)),
    )
    key = dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    recovery = dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True)
    table = dynamodb.Table(
        stack,
        "Visits",
        partition_key=key,
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        deletion_protection=True,
        encryption_key=EncryptionKey.of(stack).key,
        point_in_time_recovery_specification=recovery,
        resource_policy=_stores.tls_only(),
    )
    EncryptedTable(stack, "Appointments", partition_key=key)
    HipaaRedshiftCluster(
        stack, "Analyses", vpc=network, snapshot_copy_region="us-west-2", snapshot_copy_grant="warehouse"
    )
    HipaaRedshiftServerless(
        stack, "Questions", vpc=network, snapshot_copy_region="us-west-2", snapshot_copy_key=KEY_IN_THE_WEST
    )
    ArchiveBucket(stack, "OldRecords", locked=True)
    EncryptedFileSystem(
        stack, "Scanned", vpc=network, replication_region="us-west-2", replication_key=KEY_IN_THE_WEST
    ).add_access_point("Viewer", path="/scans", uid="1000", gid="1000")
    trail = EncryptedTrail(
        stack, "Trail", data_events=[exports, table], digest_review=events.Schedule.rate(Duration.days(1))
    )
    AuditAlarms(stack, "AuditAlarms", log_group=trail, break_glass_roles=["arn:aws:iam::123456789012:role/BreakGlass"])
    AuditBaseline(stack, "Baseline")
    InspectorScanning(stack, "Scanning", cis_tags={"phi": ["yes"]})
    plan.protect(_stores.good(stack, network))
    volume = ec2.Volume(
        stack,
        "Scans",
        availability_zone=Fn.select(0, Fn.get_azs()),
        size=Size.gibibytes(10),
        encrypted=True,
        encryption_key=EncryptionKey.of(stack).key,
    )
    plan.protect(backup.BackupResource.from_tag("phi", "yes"), table, volume)
    distribution(stack)
    digest = "sha256:" + "0" * 64
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"
    portal = HipaaEcsService(
        stack,
        "Portal",
        vpc=network,
        certificates=[acm.Certificate.from_certificate_arn(stack, "PortalCertificate", arn)],
        image=ecs.ContainerImage.from_registry(f"public.ecr.aws/example/portal@{digest}"),
        container_port=8080,
        container_protocol="http",
        tls_proxy=TlsProxy(image=f"public.ecr.aws/docker/library/nginx@{digest}"),
    )
    cluster = HipaaEcsCluster(stack, "Instances", vpc=network)
    cluster.add_instances("Arm", instance_type=ec2.InstanceType("m7g.large"), encryption_key=EncryptionKey.of(stack))
    _edge(stack, network, portal)
    image = ec2.MachineImage.latest_amazon_linux2023()
    queues = EncryptedVolume(stack, "Queues", availability_zone=Fn.select(0, Fn.get_azs()), size=Size.gibibytes(10))
    SnapshotPolicy(stack, "Snapshots", block_public_access=True).protect(queues)
    engine = HipaaInstance(
        stack, "Engine", vpc=network, instance_type=ec2.InstanceType("m7i.large"), machine_image=image
    )
    sessions = SessionManagerAccess(stack, "Sessions", bucket=exports)
    sessions.let_in(engine.role)
    PatchPolicy(stack, "Patches").protect(engine, engine.role)
    sessions.allow(reader, engine.instance)
    _computing(stack, network)
    _apis(stack, network)
    # Alone in a stack, the archive is not seen by cdk-nag to be where logs go.
    LogArchive(Stack(app, "Logs"), "Archive")
    protect(app)
    enforce(app)


def _apis(stack: Stack, network: ec2.IVpc) -> None:
    """Make a function, and what calls it."""
    function = HipaaFunction(
        stack,
        "Visit",
        code=lambda_.Code.from_inline("def handler(event, context): ..."),
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_14,
        vpc=network,
        environment={"TABLE": "visits"},
    )
    function.add_function_url()
    rest = HipaaRestApi(stack, "Rest", cloud_watch_role=True)
    rest.api.root.add_method("GET", apigateway.LambdaIntegration(function.function))
    endpoint = ec2.InterfaceVpcEndpoint.from_interface_vpc_endpoint_attributes(
        stack, "RestEndpoint", port=443, vpc_endpoint_id="vpce-0123456789abcdef0"
    )
    private = HipaaRestApi(stack, "Private", vpc_endpoints=[endpoint])
    private.api.root.add_method("GET", apigateway.LambdaIntegration(function.function))
    http = HipaaHttpApi(stack, "Http")
    integration = integrations.HttpLambdaIntegration("Visits", function.function)
    http.api.add_routes(path="/visits", methods=[apigatewayv2.HttpMethod.GET], integration=integration)


def _edge(stack: Stack, network: ec2.IVpc, portal: HipaaEcsService) -> None:
    """Make what stands before everything else."""
    zone = HipaaHostedZone(stack, "Public", zone_name="example.org")
    HipaaHostedZone(stack, "InternalZone", zone_name="internal.example.org", vpcs=[network], log_network_queries=True)
    certificate = HipaaCertificate(stack, "Names", domain_name="partners.example.org").certificate
    TlsNetworkLoadBalancer(stack, "Partners", vpc=network, certificates=[certificate])
    HipaaWebAcl(stack, "Firewall").associate("Portal", portal.load_balancer)
    ShieldProtection(stack, "Shielded", resource_arn=zone.zone.hosted_zone_arn)
    hotline = EmergencyContact(email_address="security@example.org", phone_number="+12065550100")
    ShieldEngagement(stack, "Team", contacts=[hotline])


def _computing(stack: Stack, network: ec2.IVpc) -> None:
    """Make what there is no construct of, as the rules want it."""
    key = EncryptionKey.of(stack).key.key_arn
    subnets = [subnet.subnet_id for subnet in network.isolated_subnets]
    core = iam.ManagedPolicy.from_aws_managed_policy_name("AmazonSSMManagedInstanceCore")
    role = iam.Role(stack, "Machine", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"), managed_policies=[core])
    disk = ec2.CfnInstance.EbsProperty(encrypted=True)
    ec2.CfnInstance(
        stack,
        "Server",
        image_id=ec2.MachineImage.latest_amazon_linux2023().get_image(stack).image_id,
        instance_type="m7i.large",
        subnet_id=subnets[0],
        iam_instance_profile=iam.CfnInstanceProfile(stack, "Profile", roles=[role.role_name]).ref,
        monitoring=True,
        disable_api_termination=True,
        block_device_mappings=[ec2.CfnInstance.BlockDeviceMappingProperty(device_name="/dev/xvda", ebs=disk)],
        metadata_options=ec2.CfnInstance.MetadataOptionsProperty(http_tokens="required"),
        user_data=Fn.base64("#!/bin/bash"),
    )
    ssm.CfnParameter(stack, "Setting", type="String", value="on")
    types = [
        eks.CfnCluster.LoggingTypeConfigProperty(type=kind)
        for kind in ("api", "audit", "authenticator", "controllerManager", "scheduler")
    ]
    cluster = eks.CfnCluster(
        stack,
        "Kubernetes",
        role_arn="arn:aws:iam::123456789012:role/Kubernetes",
        resources_vpc_config=eks.CfnCluster.ResourcesVpcConfigProperty(
            subnet_ids=subnets, endpoint_private_access=True, endpoint_public_access=False
        ),
        encryption_config=[
            eks.CfnCluster.EncryptionConfigProperty(
                resources=["secrets"], provider=eks.CfnCluster.ProviderProperty(key_arn=key)
            )
        ],
        logging=eks.CfnCluster.LoggingProperty(
            cluster_logging=eks.CfnCluster.ClusterLoggingProperty(enabled_types=types)
        ),
    )
    node_role = "arn:aws:iam::123456789012:role/Node"
    eks.CfnNodegroup(stack, "Nodes", cluster_name=cluster.ref, node_role=node_role, subnets=subnets)
    group = ec2.SecurityGroup(stack, "Notes", vpc=network, description="A notebook", allow_all_outbound=False)
    sagemaker.CfnNotebookInstance(
        stack,
        "Notebook",
        instance_type="ml.m5.xlarge",
        role_arn="arn:aws:iam::123456789012:role/Notebook",
        kms_key_id=key,
        direct_internet_access="Disabled",
        subnet_id=subnets[0],
        security_group_ids=[group.security_group_id],
        instance_metadata_service_configuration=(
            sagemaker.CfnNotebookInstance.InstanceMetadataServiceConfigurationProperty(
                minimum_instance_metadata_service_version="2"
            )
        ),
    )


def weak(app: App) -> None:
    """Make what the checks that rules claim to be the same as must find something in."""
    stack = Stack(app, "Stack")
    everyone = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
    s3.CfnBucket(stack, "Bucket", access_control="PublicReadWrite")
    ec2.CfnLaunchTemplate(
        stack,
        "Launch",
        launch_template_data=ec2.CfnLaunchTemplate.LaunchTemplateDataProperty(
            metadata_options=ec2.CfnLaunchTemplate.MetadataOptionsProperty(http_tokens="optional"),
            network_interfaces=[
                ec2.CfnLaunchTemplate.NetworkInterfaceProperty(device_index=0, associate_public_ip_address=True)
            ],
        ),
    )
    s3.CfnBucket(
        stack,
        "HalfBlocked",
        bucket_encryption=s3.CfnBucket.BucketEncryptionProperty(server_side_encryption_configuration=[]),
        public_access_block_configuration=s3.CfnBucket.PublicAccessBlockConfigurationProperty(block_public_acls=True),
    )
    kms.CfnKey(stack, "Key", key_policy={"Version": "2012-10-17", "Statement": [everyone]})
    logs.CfnLogGroup(stack, "Group")
    sns.CfnTopic(stack, "Topic")
    ecr.CfnRepository(stack, "Images", repository_policy_text={"Version": "2012-10-17", "Statement": [everyone]})
    sqs.CfnQueue(stack, "Queue", sqs_managed_sse_enabled=False)
    secretsmanager.CfnSecret(stack, "Secret")
    rds.CfnDBInstance(
        stack,
        "Database",
        engine="postgres",
        backup_retention_period=0,
        auto_minor_version_upgrade=False,
        publicly_accessible=True,
    )
    rds.CfnDBCluster(stack, "Cluster", engine="aurora-postgresql", storage_encrypted=False)
    network = ec2.CfnVPC(stack, "Network", cidr_block="10.0.0.0/16")
    subnet = ec2.CfnSubnet(stack, "Subnet", vpc_id=network.ref, cidr_block="10.0.0.0/24", map_public_ip_on_launch=True)
    table = ec2.CfnRouteTable(stack, "Table", vpc_id=network.ref)
    gateway = ec2.CfnInternetGateway(stack, "Gateway")
    everywhere = "0.0.0.0/0"
    ec2.CfnRoute(stack, "Route", route_table_id=table.ref, gateway_id=gateway.ref, destination_cidr_block=everywhere)
    ec2.CfnSubnetRouteTableAssociation(stack, "Association", route_table_id=table.ref, subnet_id=subnet.ref)
    opening = [
        ec2.CfnSecurityGroup.IngressProperty(ip_protocol="tcp", from_port=port, to_port=port, cidr_ip=everywhere)
        for port in (22, 3389)
    ]
    ec2.CfnSecurityGroup(stack, "Opened", vpc_id=network.ref, group_description="x", security_group_ingress=opening)
    cloudtrail.CfnTrail(stack, "Trail", is_logging=True, s3_bucket_name="logs")
    cloudwatch.CfnAlarm(stack, "Alarm", comparison_operator="GreaterThanThreshold", evaluation_periods=1)
    codebuild.CfnProject(
        stack,
        "Project",
        artifacts=codebuild.CfnProject.ArtifactsProperty(type="S3", location="builds", encryption_disabled=True),
        environment=codebuild.CfnProject.EnvironmentProperty(
            type="LINUX_CONTAINER",
            compute_type="BUILD_GENERAL1_SMALL",
            image="aws/codebuild/standard:7.0",
            environment_variables=[
                codebuild.CfnProject.EnvironmentVariableProperty(name="AWS_SECRET_ACCESS_KEY", value="x")
            ],
        ),
        service_role="arn:aws:iam::123456789012:role/Build",
        source=codebuild.CfnProject.SourceProperty(type="GITHUB", location="https://me:secret@example.org/portal.git"),
    )
    backup.CfnBackupVault(stack, "Vault", backup_vault_name="x")
    dynamodb.CfnTable(
        stack, "Visits", key_schema=[dynamodb.CfnTable.KeySchemaProperty(attribute_name="id", key_type="HASH")]
    )
    efs.CfnFileSystem(stack, "Files")
    ec2.CfnVolume(stack, "Volume", availability_zone="us-east-1a", size=10)
    elasticache.CfnReplicationGroup(stack, "Cache", replication_group_description="x", engine="redis")
    wafv2.CfnWebACL(
        stack,
        "Acl",
        scope="REGIONAL",
        default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
        visibility_config=wafv2.CfnWebACL.VisibilityConfigProperty(
            cloud_watch_metrics_enabled=True, sampled_requests_enabled=True, metric_name="x"
        ),
    )
    cloudfront.CfnDistribution(
        stack,
        "Distribution",
        distribution_config=cloudfront.CfnDistribution.DistributionConfigProperty(
            enabled=True,
            default_cache_behavior=cloudfront.CfnDistribution.DefaultCacheBehaviorProperty(
                target_origin_id="x", viewer_protocol_policy="allow-all"
            ),
        ),
    )
    balancer = elbv2.CfnLoadBalancer(stack, "Balancer", subnets=[subnet.ref])
    forward = elbv2.CfnListener.ActionProperty(type="forward", target_group_arn="arn")
    for protocol in ("HTTP", "HTTPS"):
        elbv2.CfnListener(
            stack, protocol, load_balancer_arn=balancer.ref, protocol=protocol, port=80, default_actions=[forward]
        )
    listener = elb.CfnLoadBalancer.ListenersProperty(instance_port="80", load_balancer_port="80", protocol="http")
    elb.CfnLoadBalancer(stack, "Classic", listeners=[listener])
    ecs.CfnCluster(stack, "Containers")
    file_system = ecs.CfnTaskDefinition.EFSVolumeConfigurationProperty(
        filesystem_id="fs-1", transit_encryption="DISABLED"
    )
    ecs.CfnTaskDefinition(
        stack,
        "Task",
        container_definitions=[ecs.CfnTaskDefinition.ContainerDefinitionProperty(name="a", image="a")],
        volumes=[ecs.CfnTaskDefinition.VolumeProperty(name="a", efs_volume_configuration=file_system)],
    )
    nothing = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [nothing]}
    iam.CfnPolicy(stack, "Inline", policy_name="Inline", policy_document=document, users=["somebody"])
    _weak_computing(stack, subnet.ref)
    _stores.weak(stack)
    _weak_apis(stack)
    # cdk-nag reads the statements as text, in this order of keys.
    for name, action in (("Administration", "*"), ("FullAccess", "s3:*")):
        all_of_it = {"Statement": [{"Action": action, "Effect": "Allow", "Resource": "*"}], "Version": "2012-10-17"}
        iam.CfnPolicy(stack, name, policy_name=name, policy_document=all_of_it, groups=["somebody"])
    iam.CfnUser(stack, "Person")
    iam.CfnGroup(stack, "People")
    anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [anybody]}
    iam.CfnRole(stack, "ForAnybody", assume_role_policy_document=trust)
    Validations.of(app).add_plugins(HIPAASecurityChecks(app), AwsSolutionsChecks(app))


def _weak_computing(stack: Stack, subnet: str) -> None:
    secret = "AKIAIOSFODNN7PORTALS"  # Checkov lets those be that call themselves examples.
    ec2.CfnInstance(
        stack,
        "Server",
        image_id="ami-0123456789abcdef0",
        instance_type="m3.xlarge",
        network_interfaces=[
            ec2.CfnInstance.NetworkInterfaceProperty(device_index="0", associate_public_ip_address=True)
        ],
        user_data=Fn.base64(f"export AWS_ACCESS_KEY_ID={secret}"),
    )
    autoscaling.CfnLaunchConfiguration(
        stack,
        "Launcher",
        image_id="ami-0123456789abcdef0",
        instance_type="m7g.large",
        associate_public_ip_address=True,
    )
    autoscaling.CfnAutoScalingGroup(
        stack, "Servers", min_size="1", max_size="1", target_group_arns=["arn"], vpc_zone_identifier=[subnet]
    )
    ssm.CfnParameter(stack, "Setting", name="/portal/secret", type="String", value=secret)
    cluster = eks.CfnCluster(
        stack,
        "Kubernetes",
        role_arn="arn:aws:iam::123456789012:role/Kubernetes",
        resources_vpc_config=eks.CfnCluster.ResourcesVpcConfigProperty(subnet_ids=[subnet]),
    )
    eks.CfnNodegroup(
        stack,
        "Nodes",
        cluster_name=cluster.ref,
        node_role="arn:aws:iam::123456789012:role/Node",
        subnets=[subnet],
        remote_access=eks.CfnNodegroup.RemoteAccessProperty(ec2_ssh_key="admin"),
    )
    sagemaker.CfnNotebookInstance(
        stack, "Notebook", instance_type="ml.m5.large", role_arn="arn:aws:iam::123456789012:role/Notebook"
    )
    sagemaker.CfnEndpointConfig(
        stack,
        "Endpoint",
        production_variants=[
            sagemaker.CfnEndpointConfig.ProductionVariantProperty(variant_name="x", initial_variant_weight=1)
        ],
    )
    elasticbeanstalk.CfnEnvironment(stack, "Beanstalk", application_name="x")


def _weak_apis(stack: Stack) -> None:
    api = apigateway.CfnRestApi(stack, "Api", name="x")
    apigateway.CfnStage(stack, "Stage", rest_api_id=api.ref, stage_name="live")
    integration = apigateway.CfnMethod.IntegrationProperty(
        type="HTTP", uri="http://records.internal/", integration_http_method="GET"
    )
    apigateway.CfnMethod(
        stack,
        "Method",
        rest_api_id=api.ref,
        resource_id=api.attr_root_resource_id,
        http_method="GET",
        authorization_type="NONE",
        integration=integration,
    )
    http = apigatewayv2.CfnApi(stack, "HttpApi", name="x", protocol_type="HTTP")
    apigatewayv2.CfnStage(stack, "HttpStage", api_id=http.ref, stage_name="live")
    function = lambda_.CfnFunction(
        stack,
        "Function",
        runtime="python3.9",
        handler="index.handler",
        role="arn:aws:iam::123456789012:role/Function",
        code=lambda_.CfnFunction.CodeProperty(zip_file="pass"),
        environment=lambda_.CfnFunction.EnvironmentProperty(variables={"ACCESS_KEY": "AKIAIOSFODNN7EXAMPLE"}),
    )
    invoke = "lambda:InvokeFunction"
    for name, principal in (("Everyone", "*"), ("Anybody", "s3.amazonaws.com")):
        lambda_.CfnPermission(stack, name, action=invoke, function_name=function.ref, principal=principal)
    lambda_.CfnUrl(stack, "Url", auth_type="NONE", target_function_arn=function.attr_arn)
    cognito.CfnUserPool(stack, "Users")
    cognito.CfnIdentityPool(stack, "Guests", allow_unauthenticated_identities=True)
    appsync.CfnGraphQLApi(stack, "GraphQl", name="x", authentication_type="API_KEY")


def clean(app: App) -> None:
    """Make, without constructs of this package, what the checks about other services must pass."""
    stack = Stack(app, "Stack")
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:x"
    role = "arn:aws:iam::123456789012:role/Function"
    setting = apigateway.CfnStage.MethodSettingProperty(http_method="*", resource_path="/*", logging_level="INFO")
    apigateway.CfnStage(
        stack,
        "Stage",
        rest_api_id="abc",
        stage_name="live",
        tracing_enabled=True,
        method_settings=[setting],
        access_log_setting=apigateway.CfnStage.AccessLogSettingProperty(destination_arn=arn, format="x"),
    )
    apigateway.CfnMethod(
        stack, "Method", rest_api_id="abc", resource_id="x", http_method="GET", authorization_type="AWS_IAM"
    )
    log = apigatewayv2.CfnStage.AccessLogSettingsProperty(destination_arn=arn, format="x")
    apigatewayv2.CfnStage(stack, "HttpStage", api_id="abc", stage_name="live", access_log_settings=log)
    lambda_.CfnFunction(
        stack,
        "Function",
        runtime="python3.14",
        handler="index.handler",
        role=role,
        code=lambda_.CfnFunction.CodeProperty(zip_file="pass"),
        environment=lambda_.CfnFunction.EnvironmentProperty(variables={"TABLE": "visits"}),
        kms_key_arn=PRIMARY,
        reserved_concurrent_executions=10,
        dead_letter_config=lambda_.CfnFunction.DeadLetterConfigProperty(target_arn="arn:aws:sqs:us-east-1:1:x"),
        vpc_config=lambda_.CfnFunction.VpcConfigProperty(subnet_ids=["a", "b"], security_group_ids=["c"]),
    )
    lambda_.CfnPermission(
        stack,
        "Permission",
        action="lambda:InvokeFunction",
        function_name="x",
        principal="s3.amazonaws.com",
        source_account="123456789012",
    )
    lambda_.CfnUrl(stack, "Url", auth_type="AWS_IAM", target_function_arn="x")
    cognito.CfnIdentityPool(stack, "People", allow_unauthenticated_identities=False)
    logging = appsync.CfnGraphQLApi.LogConfigProperty(cloud_watch_logs_role_arn=role, field_log_level="ALL")
    appsync.CfnGraphQLApi(stack, "GraphQl", name="x", authentication_type="AWS_IAM", log_config=logging)
    Validations.of(app).add_plugins(HIPAASecurityChecks(app))


def invalid(app: App) -> None:
    """Make what the CDK's own validation must refuse."""
    CfnResource(Stack(app, "Stack"), "Bucket", type="AWS::S3::Bucket", properties={"NoSuchProperty": 1})


APPS: dict[str, Callable[[App], None]] = {"good": good, "weak": weak, "clean": clean, "invalid": invalid}

if __name__ == "__main__":
    app = App(outdir=sys.argv[2])
    APPS[sys.argv[1]](app)
    app.synth()
