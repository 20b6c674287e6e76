"""AWS Certificate Manager: certificates that renew themselves, and an alarm for when they did not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from hipaa_constructs.services._names import refuse_phi
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.sns import EncryptedTopic
from hipaa_constructs.waivers import Waiver

_WEAK = "RSA_1024"
_FEWEST_DAYS, _MOST_DAYS = 1, 45
_OPAQUE = "use opaque host names, as certificates are published for good"


class CertificateOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_certificatemanager.Certificate` that are passed on as they are."""

    allow_export: bool
    certificate_name: str


class HipaaCertificate(Construct):
    """A certificate that is validated by DNS, so that ACM renews it by itself, and an alarm should that fail.

    ACM begins to renew it weeks before it expires. When it has 30 days left, the renewal has failed, and the alarm
    tells the stack's `EncryptedTopic`. It stays in alarm when the certificate has expired.

    Every name of a certificate is published for good in the transparency logs: names that look like identifiers of
    patients are refused.

    Public certificates that can't be exported are free, the alarm costs about 0.10 USD a month.

    Rules: AcmCertificateRenewsItself, AcmCertificateKeyStrong, AcmCertificateTransparent, AcmNamesWithoutPhi,
    AlarmActs.
    Your duty: the records of the validation, which must stay where they are; who subscribes to the topic. A certificate
    for CloudFront must be in a stack of us-east-1.
    AWS: https://docs.aws.amazon.com/acm/latest/userguide/dns-renewal-validation.html

    Attributes:
        certificate: the `acm.Certificate`, with the logical id that it would have without this construct.
        alarm: goes off when it was not renewed in time.
    """

    contract = Contract(
        wraps=acm.Certificate,
        types=("AWS::CertificateManager::Certificate", "AWS::CloudWatch::Alarm"),
        fixed={},
        governed={
            "key_algorithm": ("AcmCertificateKeyStrong",),
            "transparency_logging_enabled": ("AcmCertificateTransparent",),
            "validation": ("AcmCertificateRenewsItself",),
        },
        chosen=("domain_name", "subject_alternative_names"),
        free=CertificateOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        domain_name: str,
        subject_alternative_names: Sequence[str] = (),
        validation: acm.CertificateValidation | None = None,
        key_algorithm: acm.KeyAlgorithm | None = None,
        transparency_logging_enabled: bool = True,
        alarm_topic: EncryptedTopic | sns.ITopic | None = None,
        alarm_days: int = 30,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[CertificateOptions],
    ) -> None:
        """Make a certificate.

        Args:
            scope: where it belongs.
            id: its id there.
            domain_name: the first host that it is for, which names no patient.
            subject_alternative_names: further hosts.
            validation: by default by DNS; with ``from_dns(zone)`` CloudFormation makes the records itself, without a
                zone the deployment waits until somebody has. By e-mail, which somebody must answer at each renewal, it
                needs a waiver.
            key_algorithm: by default RSA 2048; RSA 1024 needs a waiver.
            transparency_logging_enabled: by default it is published, without which browsers refuse it.
            alarm_topic: whom to tell; by default the stack's `EncryptedTopic`. An imported one must let CloudWatch
                alarms publish.
            alarm_days: with how many days left the alarm goes off, 1 to 45; by default 30.
            waivers: exceptions from the rules about certificates and alarms.
            **options: of `acm.Certificate`, see `CertificateOptions`. By default its key never leaves ACM.

        Raises:
            ComplianceError: an option is unknown or weaker than a rule that is not waived, a name looks like an
                identifier of a patient, or the alarm would come too early or late.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        validation = validation or acm.CertificateValidation.from_dns()
        arguments.govern(
            "validation",
            validation.method.name,
            holds=validation.method is not acm.ValidationMethod.EMAIL,
            asked="by DNS",
            rule="AcmCertificateRenewsItself",
        )
        algorithm = None if key_algorithm is None else key_algorithm.name
        arguments.govern(
            "key_algorithm",
            algorithm,
            holds=algorithm != _WEAK,
            asked="RSA 2048 or stronger",
            rule="AcmCertificateKeyStrong",
        )
        arguments.govern(
            "transparency_logging_enabled",
            transparency_logging_enabled,
            holds=transparency_logging_enabled is True,
            asked="True",
            rule="AcmCertificateTransparent",
        )
        refuse_phi(arguments, "domain_name", [domain_name], way_out=_OPAQUE)
        refuse_phi(arguments, "subject_alternative_names", subject_alternative_names, way_out=_OPAQUE)
        refuse_phi(arguments, "certificate_name", [options.get("certificate_name")], way_out="tags are not encrypted")
        if not _FEWEST_DAYS <= alarm_days <= _MOST_DAYS:
            arguments.refuse(
                "alarm_days", alarm_days, asked=f"{_FEWEST_DAYS} to {_MOST_DAYS}",
                way_out="before that ACM may not have begun to renew it", citation="164.312(e)(1)",
            )  # fmt: skip
        super().__init__(scope, id)
        options.setdefault("certificate_name", self.node.path)
        self.certificate = acm.Certificate(
            self,
            "Default",
            domain_name=domain_name,
            subject_alternative_names=subject_alternative_names or None,
            validation=validation,
            key_algorithm=key_algorithm,
            transparency_logging_enabled=transparency_logging_enabled,
            **options,
        )
        topic = alarm_topic or EncryptedTopic.of(self)
        if isinstance(topic, EncryptedTopic):
            topic.allow_alarms()
            topic = topic.topic
        self.alarm = cloudwatch.Alarm(
            self,
            "Expiring",
            alarm_description="The certificate was not renewed in time: see why in AWS Certificate Manager",
            metric=self.certificate.metric_days_to_expiry(period=Duration.days(1)),
            threshold=alarm_days,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
            # ACM measures from the issue to the expiry: an expired certificate must not look like a good one.
            treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
        )
        self.alarm.add_alarm_action(actions.SnsAction(topic))
        self.alarm.add_insufficient_data_action(actions.SnsAction(topic))
        waive(self, *waivers)
