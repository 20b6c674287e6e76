"""The whole templates of the functions."""

from __future__ import annotations

from aws_cdk import Duration, Size, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources

from hipaa_constructs import EncryptedLogGroup, EncryptedQueue, EncryptionKey, HipaaFunction
from tests._synthesis import synthesized
from tests.snapshot.conftest import Templates
from tools import examples


def test_hipaa_function_with_defaults(templates: Templates) -> None:
    templates.hold(synthesized(examples.function))


def test_hipaa_function_with_all_options(templates: Templates) -> None:
    def build(stack: Stack) -> None:
        vpc = examples.network(stack)
        group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789abcdef0")
        files = efs.FileSystem.from_file_system_attributes(
            stack, "Files", file_system_id="fs-0123456789abcdef0", security_group=group
        )
        point = efs.AccessPoint.from_access_point_attributes(
            stack, "Point", access_point_id="fsap-0123456789abcdef0", file_system=files
        )
        HipaaFunction(
            stack,
            "It",
            code=lambda_.Code.from_inline("def handler(event, context): ..."),
            handler="index.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            security_groups=[group],
            environment={"TABLE": "visits"},
            encryption_key=EncryptionKey(stack, "Own"),
            dead_letter_queue=EncryptedQueue(stack, "Failures"),
            reserved_concurrent_executions=25,
            log_group=EncryptedLogGroup(stack, "Prints"),
            application_log_level_v2=lambda_.ApplicationLogLevel.WARN,
            architecture=lambda_.Architecture.ARM_64,
            description="Reads visits",
            ephemeral_storage_size=Size.gibibytes(1),
            events=[sources.SqsEventSource(EncryptedQueue(stack, "Events").queue, batch_size=1)],
            filesystem=lambda_.FileSystem.from_efs_access_point(point, "/mnt/files"),
            function_name="visits",
            max_event_age=Duration.hours(1),
            memory_size=512,
            recursive_loop=lambda_.RecursiveLoop.TERMINATE,
            retry_attempts=1,
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
            timeout=Duration.seconds(30),
        ).add_function_url(cors=lambda_.FunctionUrlCorsOptions(allowed_origins=["https://portal.example.org"]))

    templates.hold(synthesized(build))
