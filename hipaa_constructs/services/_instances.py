"""What single instances and groups of them have in common: their role, their volume, and what neither may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from hipaa_constructs.services._of_stack import stack_of
from hipaa_constructs.services._options import Arguments
from hipaa_constructs.services.iam import ManagedPolicyRole

_LEAST_VOLUME_GIB = 8
_CHANNELS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)

_FIXED: Mapping[str, str] = {
    "allow_all_outbound": "instances may call HTTPS only; allow more on the {kind}'s connections (164.312(e)(1))",
    "associate_public_ip_address": "instances get no public addresses (164.312(e)(1))",
    "block_devices": "volumes are always encrypted (164.312(a)(2)(iv)); pass root_volume_gib and encryption_key",
    "init": "what an instance fetches as it starts is in no scan of its image; pass user_data, or a complete image",
    "init_options": "what an instance fetches as it starts is in no scan of its image; pass user_data",
    "key_name": "nobody signs in with an SSH key (164.312(a)(2)(i)); use Session Manager",
    "key_pair": "nobody signs in with an SSH key (164.312(a)(2)(i)); use Session Manager",
    "require_imdsv2": "instance metadata always needs a token (164.312(a)(1))",
    "role": "the {kind}'s own role has managed policies only; grant on it (164.308(a)(4)(ii)(B))",
    "ssm_session_permissions": "Session Manager is always there, with the least that it needs (164.312(a)(2)(i))",
}


def fixed(kind: str) -> dict[str, str]:
    """Return what neither single instances nor groups leave to their user.

    Args:
        kind: what has the role and the connections, e.g. ``group``.
    """
    return {option: reason.format(kind=kind) for option, reason in _FIXED.items()}


def machine_role(scope: Construct) -> ManagedPolicyRole:
    """Make the role of instances, which lets operators in by Session Manager and nothing else."""
    # EC2 documents no condition against confused deputies: an instance of the account is given the role.
    role = ManagedPolicyRole(scope, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    for statement in _session_manager(stack_of(scope)):
        role.role.add_to_principal_policy(statement)
    return role


def check_root_volume(arguments: Arguments, gib: int) -> None:
    """Refuse a volume that no image fits on."""
    if gib < _LEAST_VOLUME_GIB:
        arguments.refuse(
            "root_volume_gib",
            gib,
            asked=f"{_LEAST_VOLUME_GIB} or more",
            way_out="an image does not fit on less",
            citation="164.308(a)(7)(i)",
        )


def root_volume(device: str, gib: int, key: kms.IKey | None, *, kept: bool = False) -> ec2.BlockDevice:
    """Return the encrypted volume that an image is started from.

    Args:
        device: what the image calls it.
        gib: its size.
        key: that encrypts it; None for the AWS managed key of Amazon EBS.
        kept: whether it stays when its instance is terminated.
    """
    return ec2.BlockDevice(
        device_name=device,
        volume=ec2.BlockDeviceVolume.ebs(
            gib,
            encrypted=True,
            kms_key=key,
            volume_type=ec2.EbsDeviceVolumeType.GP3,
            delete_on_termination=False if kept else None,
        ),
    )


def _session_manager(stack: Stack) -> Sequence[iam.PolicyStatement]:
    # https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
    instances = stack.format_arn(service="ec2", resource="instance", resource_name="*")
    return (
        iam.PolicyStatement(actions=["ssm:UpdateInstanceInformation"], resources=[instances]),
        # Channels have no ARN.
        iam.PolicyStatement(actions=list(_CHANNELS), resources=["*"]),
    )
