"""AWS Systems Manager: sessions that are encrypted, logged, and end by themselves; parameters that are secret."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypedDict, Unpack

from aws_cdk import ArnFormat, Duration, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.services._of_stack import stack_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._waiving import excuse
from hipaa_constructs.services.kms import AnyKey, EncryptionKey, ReplicaEncryptionKey, usable_key
from hipaa_constructs.services.logs import EncryptedLogGroup
from hipaa_constructs.services.s3 import EncryptedBucket
from hipaa_constructs.waivers import Waiver

_OF_ACCOUNT = "SSM-SessionManagerRunShell"
_LONGEST_IDLE = Duration.minutes(60)
_LONGEST_SESSION = Duration.minutes(1440)
_LOGOFF = "164.312(a)(2)(iii)"
_NAME = re.compile(r"[a-zA-Z0-9_\-.]{3,128}")
_PARAMETER = re.compile(r"/?[a-zA-Z0-9_.-]+(/[a-zA-Z0-9_.-]+)*")


class SessionOptions(TypedDict, total=False):
    """No option of `aws_cdk.aws_ssm.CfnDocument` is passed on as it is."""


class SessionManagerAccess(Construct):
    """How operators come to machines: sessions that your key encrypts, that are logged for six years and time out.

    They are the preferences of Session Manager for an account and Region. What is typed and shown is encrypted on the
    way, beyond TLS, and streamed to an `EncryptedLogGroup`; a session ends after 15 minutes without a key pressed, and
    after an hour at the latest. Say who takes part: `let_in` for the roles of machines, `allow` for operators.

    A document of the name ``SSM-SessionManagerRunShell`` exists once in an account and Region, and the console makes it
    when somebody saves preferences there: ``aws ssm delete-document --name SSM-SessionManagerRunShell`` makes room.
    Under another ``name`` the preferences hold for sessions that ask for them
    (``aws ssm start-session --document-name``), and a permission to start others bypasses them. Of tunnels for ports
    and SSH nothing is logged but that CloudTrail records their opening.

    Sessions cost nothing but their logs, some 0.50 USD a GB.

    Rules: SsmSessionsEncryptedAndLogged.
    Your duty: who may start sessions, with MFA; that somebody reads the logs; that no PHI is shown that need not be.
    AWS: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html

    Attributes:
        document: the ``AWS::SSM::Document``; the CDK has no construct of a higher level for it.
        log_group: where sessions are logged.
        bucket: where they are logged too when they end; None by default.
    """

    contract = Contract(
        wraps=ssm.CfnDocument,
        types=("AWS::SSM::Document",),
        fixed={
            "content": "sessions are always encrypted and logged (164.312(b)); pass what differs by name",
            "document_type": "it is always a Session (164.312(b))",
            "update_method": "a change is a new version; another document could not have the name (164.312(b))",
        },
        governed={},
        chosen=("encryption_key", "name", "removal_policy"),
        free=SessionOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str = _OF_ACCOUNT,
        encryption_key: AnyKey | None = None,
        log_group: EncryptedLogGroup | None = None,
        bucket: EncryptedBucket | None = None,
        idle_session_timeout: Duration | None = None,
        max_session_duration: Duration | None = None,
        run_as_user: str | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[SessionOptions],
    ) -> None:
        """Make preferences of sessions.

        Args:
            scope: where it belongs.
            id: its id there.
            name: of the document; by default ``SSM-SessionManagerRunShell``, for the whole account and Region.
            encryption_key: of the sessions; by default the stack's `EncryptionKey`.
            log_group: where sessions are logged while they last; by default one of its own, for six years.
            bucket: where they are logged too when they end; none by default.
            idle_session_timeout: when a session ends in which nothing is typed, 1 to 60 minutes; by default 15.
            max_session_duration: when a session ends anyhow, 1 to 1440 minutes; by default 60.
            run_as_user: the user of the operating system that sessions run as, unless the tag ``SSMSessionRunAs`` of
                whoever starts one names another; by default ``ssm-user``, who is an administrator.
            removal_policy: by default the document stays when the stack goes: without it, sessions are neither
                encrypted with your key nor logged. A second deployment of a deleted stack finds its name taken.
            waivers: exceptions from the rules about documents.
            **options: none.

        Raises:
            ComplianceError: an option is fixed or unknown, or none that Session Manager takes.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        idle = Duration.minutes(15) if idle_session_timeout is None else idle_session_timeout
        longest = Duration.minutes(60) if max_session_duration is None else max_session_duration
        _check_minutes(arguments, "idle_session_timeout", idle, _LONGEST_IDLE)
        _check_minutes(arguments, "max_session_duration", longest, _LONGEST_SESSION)
        if not _NAME.fullmatch(name):
            arguments.refuse(
                "name", name, asked="3 to 128 letters, digits, dots, hyphens and underscores",
                way_out="Systems Manager takes no other name", citation="164.312(b)",
            )  # fmt: skip
        super().__init__(scope, id)
        self._key = usable_key(scope, encryption_key)
        self.log_group = log_group or EncryptedLogGroup(
            self, "Sessions", encryption_key=encryption_key, data_protection_policy=False
        )
        self.bucket = bucket
        stored = {"s3BucketName": bucket.bucket.bucket_name, "s3KeyPrefix": "sessions"} if bucket else {}
        self.document = ssm.CfnDocument(
            self,
            "Default",
            name=name,
            document_type="Session",
            document_format="JSON",
            update_method="NewVersion",
            content={
                "schemaVersion": "1.0",
                "description": "Sessions are encrypted, logged, and end by themselves",
                "sessionType": "Standard_Stream",
                "inputs": {
                    "kmsKeyId": self._key.key_arn,
                    "cloudWatchLogGroupName": self.log_group.log_group.log_group_name,
                    "cloudWatchEncryptionEnabled": True,
                    "cloudWatchStreamingEnabled": True,
                    **stored,
                    "s3EncryptionEnabled": True,
                    "idleSessionTimeout": str(int(idle.to_minutes())),
                    "maxSessionDuration": str(int(longest.to_minutes())),
                    "runAsEnabled": run_as_user is not None,
                    "runAsDefaultUser": run_as_user or "",
                },
            },
        )
        self.document.apply_removal_policy(removal_policy)
        excuse(self, arguments)

    def let_in(self, machine: iam.IGrantable) -> None:
        """Let a machine take part in such sessions, and log them.

        Args:
            machine: its role, e.g. that of a `HipaaInstance` or a `HipaaAutoScalingGroup`.

        AWS: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
        """
        group = self.log_group.log_group.log_group_arn
        statements = [
            iam.PolicyStatement(actions=["kms:Decrypt"], resources=[self._key.key_arn]),
            iam.PolicyStatement(
                actions=["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], resources=[group]
            ),
            # The agent looks the group up before it knows its ARN.
            iam.PolicyStatement(actions=["logs:DescribeLogGroups"], resources=["*"]),
        ]
        if self.bucket is not None:
            bucket = self.bucket.bucket
            statements += [
                iam.PolicyStatement(actions=["s3:GetEncryptionConfiguration"], resources=[bucket.bucket_arn]),
                iam.PolicyStatement(actions=["s3:PutObject"], resources=[bucket.arn_for_objects("sessions/*")]),
                iam.PolicyStatement(actions=["kms:GenerateDataKey"], resources=[self.bucket.encryption_key.key_arn]),
            ]
        for statement in statements:
            machine.grant_principal.add_to_principal_policy(statement)

    def allow(self, operator: iam.IGrantable, *instances: ec2.IInstance) -> None:
        """Allow an operator to start such sessions with some instances, and to end sessions of their own.

        Args:
            operator: a role, better one that is taken with MFA.
            *instances: where to, e.g. the ``instance`` of a `HipaaInstance`.

        Raises:
            ComplianceError: there are none.

        AWS: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-restrict-access-quickstart.html
        """
        if not instances:
            raise ComplianceError(
                f"{self.node.path}: instances must be named that sessions are allowed with, got none; pass the "
                "instance of a HipaaInstance (164.308(a)(4)(ii)(B))"
            )
        stack = stack_of(self)
        arns = [
            stack.format_arn(service="ec2", resource="instance", resource_name=one.instance_id) for one in instances
        ]
        document = stack.format_arn(service="ssm", resource="document", resource_name=self.document.ref)
        own = stack.format_arn(service="ssm", resource="session", resource_name="${aws:userid}-*")
        for statement in (
            iam.PolicyStatement(
                actions=["ssm:StartSession"],
                resources=[*arns, document],
                conditions={"BoolIfExists": {"ssm:SessionDocumentAccessCheck": "true"}},
            ),
            iam.PolicyStatement(
                actions=["ssm:ResumeSession", "ssm:TerminateSession", "ssmmessages:OpenDataChannel"], resources=[own]
            ),
            iam.PolicyStatement(actions=["kms:GenerateDataKey"], resources=[self._key.key_arn]),
        ):
            operator.grant_principal.add_to_principal_policy(statement)


class SecureParameter:
    """A parameter of the type SecureString that is there already, and a permission to read it.

    CloudFormation makes no SecureString, and a value in a template can be read by everybody who can read the stack: so
    this takes a name and never a value. Make the parameter by hand, or where the value comes from
    (``aws ssm put-parameter --type SecureString --key-id KEY --name NAME --value …``). For a secret that is to be
    generated, or rotated, use `EncryptedSecret`.

    AWS: https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html

    Attributes:
        name: of the parameter.
        arn: its ARN.
    """

    def __init__(self, scope: Construct, name: str, *, encryption_key: AnyKey) -> None:
        """Name a parameter.

        Args:
            scope: anything in the stack whose account and Region it is in.
            name: of the parameter, in full, e.g. ``/portal/partner-password``.
            encryption_key: that it is encrypted with, one of yours: nobody can be kept from ``alias/aws/ssm`` who may
                read parameters.

        Raises:
            ComplianceError: it is no name of a parameter.
        """
        if not _PARAMETER.fullmatch(name):
            raise ComplianceError(
                f"{scope.node.path}: name must be that of a parameter, got {name!r}; e.g. /portal/partner-password "
                "(164.312(a)(2)(iv))"
            )
        self.name = name
        self._key = (
            encryption_key.key
            if isinstance(encryption_key, (EncryptionKey, ReplicaEncryptionKey))
            else (encryption_key)
        )
        self.arn = stack_of(scope).format_arn(
            service="ssm",
            resource="parameter",
            resource_name=name.removeprefix("/"),
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Permit to read the parameter, and to decrypt it and nothing else with its key.

        Args:
            grantee: whoever reads it.
        """
        grantee.grant_principal.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["kms:Decrypt"],
                resources=[self._key.key_arn],
                conditions={"StringEquals": {"kms:EncryptionContext:PARAMETER_ARN": self.arn}},
            )
        )
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["ssm:GetParameter", "ssm:GetParameters"], resource_arns=[self.arn]
        )


def _check_minutes(arguments: Arguments, name: str, value: Duration, longest: Duration) -> None:
    minutes = value.to_minutes(integral=False)
    if minutes != int(minutes) or not 1 <= minutes <= longest.to_minutes():
        arguments.refuse(
            name, value, asked=f"whole minutes, from 1 to {int(longest.to_minutes())}",
            way_out="Session Manager takes no other time", citation=_LOGOFF,
        )  # fmt: skip
