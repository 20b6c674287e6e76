"""AWS Backup: what it can back up, by ARN, and what a restore on trial of it needs to know."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from aws_cdk import ArnFormat, CfnResource, Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_rds as rds
from constructs import IConstruct

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.services._of_stack import stack_of
from hipaa_constructs.services._tokens import is_unresolved

Protectable: TypeAlias = IConstruct | backup.BackupResource | str
"""A construct of any level, an ARN, or whatever else the CDK can name to AWS Backup."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a plan backs up: one resource by its ARN, or all that carry a tag.

    Attributes:
        stack: the stack that selects it.
        arn: its ARN, or None for a tag.
        tag: the tag, or None for an ARN.
        left_out: whether it is named only to be left out, since AWS Backup takes it with something else.
        kind: what AWS Backup calls its kind, if that is known.
        restored_with: what a restore on trial is told beside what AWS Backup infers.
    """

    stack: Stack
    arn: str | None = None
    tag: backup.TagCondition | None = None
    left_out: bool = False
    kind: str | None = None
    restored_with: Mapping[str, str] = field(default_factory=dict)

    def identity(self) -> str:
        """Return what is the same for the same resource or tag, however it was named."""
        if self.tag is not None:
            return f"{self.tag.key}={self.tag.value}"
        return json.dumps(self.stack.resolve(self.arn), sort_keys=True)


def _attribute(name: str) -> Callable[[CfnResource], str]:
    return lambda resource: resource.get_att(name).to_string()


def _named(service: str, kind: str, form: ArnFormat) -> Callable[[CfnResource], str]:
    return lambda resource: stack_of(resource).format_arn(
        service=service, resource=kind, resource_name=resource.ref, arn_format=form
    )


_CLUSTER = _named("rds", "cluster", ArnFormat.COLON_RESOURCE_NAME)
_KINDS: Mapping[str, tuple[str, Callable[[CfnResource], str]]] = {
    "AWS::DocDB::DBCluster": ("DocumentDB", _CLUSTER),
    "AWS::DynamoDB::GlobalTable": ("DynamoDB", _attribute("Arn")),
    "AWS::DynamoDB::Table": ("DynamoDB", _attribute("Arn")),
    "AWS::EC2::Instance": ("EC2", _named("ec2", "instance", ArnFormat.SLASH_RESOURCE_NAME)),
    "AWS::EC2::Volume": ("EBS", _named("ec2", "volume", ArnFormat.SLASH_RESOURCE_NAME)),
    "AWS::EFS::FileSystem": ("EFS", _attribute("Arn")),
    "AWS::FSx::FileSystem": ("FSx", _attribute("ResourceARN")),
    "AWS::Neptune::DBCluster": ("Neptune", _CLUSTER),
    "AWS::RDS::DBCluster": ("Aurora", _attribute("DBClusterArn")),
    "AWS::RDS::DBInstance": ("RDS", _attribute("DBInstanceArn")),
    "AWS::Redshift::Cluster": ("Redshift", _named("redshift", "cluster", ArnFormat.COLON_RESOURCE_NAME)),
    "AWS::RedshiftServerless::Namespace": ("Redshift Serverless", _attribute("Namespace.NamespaceArn")),
    "AWS::S3::Bucket": ("S3", _attribute("Arn")),
}
_IMPORTED = ("bucket_arn", "cluster_arn", "file_system_arn", "instance_arn", "table_arn")


def chosen(path: str, resources: Iterable[Protectable], scope: IConstruct) -> Sequence[Chosen]:
    """Return what AWS Backup backs up of some resources.

    Args:
        path: who asks, for messages.
        resources: what is to be backed up.
        scope: anything in the stack that selects what is not of the app.

    Raises:
        ComplianceError: AWS Backup does not know a resource, or it is in another Region or account.
    """
    found = [one for resource in resources for one in _chosen(path, resource, scope)]
    here = stack_of(scope)
    for one in found:
        if one.stack is not here and (one.stack.region, one.stack.account) != (here.region, here.account):
            raise ComplianceError(
                f"{path}: what is protected must be in {here.region} of {here.account}, got something of "
                f"{one.stack.node.path} in {one.stack.region} of {one.stack.account}; make a plan in its own stack "
                "(164.308(a)(7)(ii)(A))"
            )
    return found


def _chosen(path: str, resource: Protectable, scope: IConstruct) -> Iterator[Chosen]:
    stack = stack_of(scope)
    if isinstance(resource, backup.BackupResource):
        if resource.construct is not None:
            yield from _inside(path, resource.construct)
        if resource.resource is not None:
            yield Chosen(stack, arn=resource.resource)
        if resource.tag_condition is not None:
            yield Chosen(stack, tag=resource.tag_condition)
    elif isinstance(resource, str):
        if not (is_unresolved(resource) or resource.startswith("arn:") or resource == "*"):
            raise _unknown(path, repr(resource))
        yield Chosen(stack, arn=resource)
    elif getattr(resource, "node", None) is None:
        raise _unknown(path, repr(resource))
    else:
        yield from _inside(path, resource)


def _inside(path: str, construct: IConstruct) -> Sequence[Chosen]:
    inside = [child for child in construct.node.find_all() if isinstance(child, CfnResource)]
    found = [_of_app(one) for one in inside if one.cfn_resource_type in _KINDS]
    if not inside:
        arns: list[object] = [getattr(construct, name, None) for name in _IMPORTED]
        found = [Chosen(stack_of(construct), arn=arn) for arn in arns if isinstance(arn, str)]
    if not found:
        raise _unknown(path, construct.node.path)
    return found


def _of_app(resource: CfnResource) -> Chosen:
    kind, arn = _KINDS[resource.cfn_resource_type]
    stack = stack_of(resource)
    if isinstance(resource, rds.CfnDBInstance) and resource.db_cluster_identifier is not None:
        # AWS Backup takes the cluster. cdk-nag asks for each member, so members are named, and left out again.
        return Chosen(stack, arn=arn(resource), left_out=True)
    return Chosen(stack, arn=arn(resource), kind=kind, restored_with=_network_of(resource))


def _network_of(resource: CfnResource) -> Mapping[str, str]:
    """Return where a database is, for a restore on trial, which would go to the default VPC if it were not told."""
    if isinstance(resource, rds.CfnDBInstance):
        group, security = resource.db_subnet_group_name, resource.vpc_security_groups
    elif isinstance(resource, rds.CfnDBCluster):
        group, security = resource.db_subnet_group_name, resource.vpc_security_group_ids
    else:
        return {}
    if group is None or security is None:
        return {}
    return {"dbSubnetGroupName": group, "vpcSecurityGroupIds": stack_of(resource).to_json_string(security)}


def grouped(restored_with: Mapping[str, str], stack: Stack) -> str:
    """Return what is the same for resources that are restored with the same settings."""
    resolved: object = stack.resolve(dict(restored_with))
    return json.dumps(resolved, sort_keys=True)


def _unknown(path: str, got: str) -> ComplianceError:
    return ComplianceError(
        f"{path}: what is protected must be a database, table, file system, volume, instance, cluster or bucket, got "
        f"{got}; pass its ARN if AWS Backup supports it (164.308(a)(7)(ii)(A))"
    )
