"""Amazon VPC: flow logs, and what may deliver them."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, REGION
from hipaa_constructs.services.iam import ManagedPolicyRole, on_behalf_of

_F = ec2.LogFormat
FIELDS = (
    _F.VERSION,
    _F.ACCOUNT_ID,
    _F.INTERFACE_ID,
    _F.SRC_ADDR,
    _F.DST_ADDR,
    _F.SRC_PORT,
    _F.DST_PORT,
    _F.PROTOCOL,
    _F.PACKETS,
    _F.BYTES,
    _F.START_TIMESTAMP,
    _F.END_TIMESTAMP,
    _F.ACTION,
    _F.LOG_STATUS,
    _F.VPC_ID,
    _F.SUBNET_ID,
    _F.INSTANCE_ID,
    _F.TCP_FLAGS,
    _F.TRAFFIC_TYPE,
    _F.PKT_SRC_ADDR,
    _F.PKT_DST_ADDR,
    _F.REGION,
    _F.AZ_ID,
    _F.PKT_SRC_AWS_SERVICE,
    _F.PKT_DST_AWS_SERVICE,
    _F.FLOW_DIRECTION,
    _F.TRAFFIC_PATH,
    _F.custom("${reject-reason}"),
)
"""Those of version 2 in their usual order, then who really spoke (before NAT and load balancers), which way, how the
traffic left, and why it was refused."""


def flow_log(
    scope: Construct,
    vpc: ec2.CfnVPC,
    *,
    fields: Sequence[ec2.LogFormat],
    interval: ec2.FlowLogMaxAggregationInterval,
    group: logs.LogGroup | None = None,
    bucket: s3.Bucket | None = None,
) -> ec2.CfnFlowLog:
    """Log all traffic of a network to a log group or a bucket, which must let it in already."""
    log_format = " ".join(dict.fromkeys((*_standard_fields(), *(field.value for field in fields))))
    role = None if group is None else _delivery_role(scope, group)
    log = ec2.CfnFlowLog(
        scope,
        "FlowLog",
        resource_id=vpc.ref,
        resource_type="VPC",
        traffic_type="ALL",
        log_format=log_format,
        max_aggregation_interval=60 if interval is ec2.FlowLogMaxAggregationInterval.ONE_MINUTE else 600,
        log_destination_type="cloud-watch-logs" if bucket is None else "s3",
        log_destination=_arn_of(group) if bucket is None else bucket.bucket_arn,
        deliver_logs_permission_arn=None if role is None else role.role.role_arn,
        destination_options=None if bucket is None else _PARTITIONS,
    )
    if role is not None:
        log.node.add_dependency(*role.policies)
    if bucket is not None and bucket.policy is not None:
        log.node.add_dependency(bucket.policy)
    return log


@functools.cache
def _standard_fields() -> tuple[str, ...]:
    return tuple(field.value for field in FIELDS)


_PARTITIONS = {"FileFormat": "parquet", "HiveCompatiblePartitions": True, "PerHourPartition": True}


def _arn_of(group: logs.LogGroup | None) -> str | None:
    # Not log_group_arn, which ends in ":*" for the streams: EC2 takes the group's own.
    if group is None:
        return None
    return f"arn:{PARTITION}:logs:{REGION}:{ACCOUNT_ID}:log-group:{group.log_group_name}"


def _delivery_role(scope: Construct, group: logs.LogGroup) -> ManagedPolicyRole:
    role = ManagedPolicyRole(
        scope,
        "FlowLogRole",
        assumed_by=on_behalf_of("vpc-flow-logs.amazonaws.com", f"ec2:{REGION}", "vpc-flow-log/*"),
        description="Writes the flow log of a VPC to its log group",
    )
    for statement in (
        iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources=[group.log_group_arn],
        ),
        # It is asked of all groups or of none.
        iam.PolicyStatement(actions=["logs:DescribeLogGroups"], resources=["*"]),
    ):
        role.role.add_to_policy(statement)
    return role
