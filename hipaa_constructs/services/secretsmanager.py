"""AWS Secrets Manager: secrets that are generated, encrypted with your key, and rotated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.kms import AnyKey, usable_key
from hipaa_constructs.waivers import Waiver

_CITATION = "164.308(a)(4)(ii)(B)"
_LONGEST_DAYS = 1000
_SHORTEST_HOURS = 4
_IN_TEMPLATE = "a value in the template can be read by everybody who can read the stack (164.312(a)(1)); let "
_IN_TEMPLATE += "generate_secret_string make it, or fill it by hand afterwards"


class SecretOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_secretsmanager.Secret` that are passed on as they are."""

    description: str
    generate_secret_string: secretsmanager.SecretStringGenerator
    replica_regions: Sequence[secretsmanager.ReplicaRegion]
    secret_name: str


class EncryptedSecret(Construct):
    """A secret that is generated where nobody sees it, encrypted with your key, rotated, and kept when the stack goes.

    What rotates it is a function that knows where the secret is used; AWS has them for its databases
    (``hosted_rotation``) and templates for others. Databases and caches of this package bring secrets that AWS rotates
    itself. The price is about 0.40 USD a month for a secret and each replica.

    Rules: SecretUsesCustomerManagedKey, SecretRotated.
    Your duty: that the rotation works, who may read the secret (``secret.grant_read``), and a key in each Region of
    ``replica_regions``.
    AWS: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html

    Attributes:
        secret: the `secretsmanager.Secret`, with the logical id that it would have without this construct.
        rotation: the `secretsmanager.RotationSchedule`; None if rotation is waived.
    """

    contract = Contract(
        wraps=secretsmanager.Secret,
        types=("AWS::SecretsManager::Secret",),
        fixed={
            "secret_object_value": _IN_TEMPLATE,
            "secret_string_beta1": _IN_TEMPLATE,
            "secret_string_value": _IN_TEMPLATE,
        },
        governed={"rotation_lambda": ("SecretRotated",)},
        chosen=("automatically_after", "encryption_key", "hosted_rotation", "removal_policy"),
        free=SecretOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        rotation_lambda: lambda_.IFunction | None = None,
        hosted_rotation: secretsmanager.HostedRotation | None = None,
        automatically_after: Duration | None = None,
        encryption_key: AnyKey | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[SecretOptions],
    ) -> None:
        """Make a secret.

        Args:
            scope: where it belongs.
            id: its id there.
            rotation_lambda: the function that rotates it. This or ``hosted_rotation`` is needed unless waived.
            hosted_rotation: the function of AWS that rotates it, for databases.
            automatically_after: how long until it is rotated again, 4 hours to 1000 days; by default 30 days.
            encryption_key: by default the stack's `EncryptionKey`.
            removal_policy: by default the secret stays when the stack goes, as what it opens does.
            waivers: exceptions from the rules about secrets.
            **options: of `secretsmanager.Secret`, see `SecretOptions`. A random password of 32 characters is generated
                by default.

        Raises:
            ComplianceError: an option is fixed or unknown, nothing rotates the secret and that is not waived, or the
                interval is none that Secrets Manager takes.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        _check_rotation(arguments, rotation_lambda, hosted_rotation, automatically_after)
        _check_replicas(arguments, options.get("replica_regions") or ())
        super().__init__(scope, id)
        self.secret = secretsmanager.Secret(
            self,
            "Default",
            encryption_key=usable_key(scope, encryption_key),
            removal_policy=removal_policy,
            **options,
        )
        self.rotation: secretsmanager.RotationSchedule | None = None
        if rotation_lambda is not None or hosted_rotation is not None:
            self.rotation = self.secret.add_rotation_schedule(
                "Rotation",
                rotation_lambda=rotation_lambda,
                hosted_rotation=hosted_rotation,
                automatically_after=automatically_after or Duration.days(30),
            )
        waive(self, *waivers)


def _check_rotation(
    arguments: Arguments,
    function: lambda_.IFunction | None,
    hosted: secretsmanager.HostedRotation | None,
    interval: Duration | None,
) -> None:
    if function is not None and hosted is not None:
        way_out = "one thing rotates a secret"
        arguments.refuse(
            "hosted_rotation",
            "both",
            asked="left out with rotation_lambda",
            way_out=way_out,
            citation=_CITATION,
        )
    arguments.govern(
        "rotation_lambda",
        function,
        holds=function is not None or hosted is not None,
        asked="a function that rotates the secret, or hosted_rotation given",
        rule="SecretRotated",
    )
    if interval is None or interval.is_unresolved():
        return
    hours = interval.to_hours(integral=False)
    if not _SHORTEST_HOURS <= hours <= _LONGEST_DAYS * 24:
        arguments.refuse(
            "automatically_after",
            interval,
            asked="from 4 hours to 1000 days",
            way_out="Secrets Manager takes no other interval",
            citation=_CITATION,
        )


def _check_replicas(arguments: Arguments, replicas: Sequence[secretsmanager.ReplicaRegion]) -> None:
    for replica in replicas:
        if replica.encryption_key is None and not is_unresolved(replica.region):
            arguments.refuse(
                "replica_regions",
                f"{replica.region} without a key",
                asked="Regions with encryption_key",
                way_out="pass a key of that Region, or the replica uses alias/aws/secretsmanager",
                citation="164.312(a)(2)(iv)",
            )
