"""What watches an account in a Region: AWS Config, its HIPAA pack, GuardDuty, Security Hub, an access analyzer."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TypedDict, TypeVar

from aws_cdk import Aws, CfnResource, Names, RemovalPolicy
from aws_cdk import aws_accessanalyzer as accessanalyzer
from aws_cdk import aws_config as config
from aws_cdk import aws_guardduty as guardduty
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_securityhub as securityhub
from constructs import Construct

from hipaa_constructs.services._conformance import judged_in, managed_rules, pack_bodies
from hipaa_constructs.services._of_stack import region_of, stack_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.s3_logs import LogArchive
from hipaa_constructs.waivers import Waiver

R = TypeVar("R", bound=CfnResource)

_LINKED = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
_PREFIX = "config"
_CITATION = "164.308(a)(8)"
_STANDARDS = {
    "FoundationalBestPractices": "aws-foundational-security-best-practices/v/1.0.0",
    "Nist80053": "nist-800-53/v/5.0.0",
}
_FEATURES = ("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS")
_AGENTS = ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT")


class AuditBaselineOptions(TypedDict, total=False):
    """No option of `aws_cdk.aws_config.CfnConfigurationRecorder` is passed on as it is."""


class AuditBaseline(Construct):
    """What watches an account in a Region: AWS Config, a HIPAA conformance pack, GuardDuty, Security Hub, an analyzer.

    AWS Config records every change of all types of resources, and delivers to the stack's log archive, which keeps six
    years. Its conformance packs hold the managed rules that the rules of this package are the same as, so that what a
    template promised is judged in the account too, and those about root, passwords and keys, which no template shows.
    GuardDuty has all protection plans, its agents among them; Security Hub judges by the AWS Foundational Security Best
    Practices and NIST SP 800-53; the access analyzer finds what is shared with others. An account has one of each in a
    Region: switch off what your organization's administrator manages. They stay when the stack goes.

    Changes that are recorded cost 0.003 USD each and evaluations 0.001 USD; GuardDuty and Security Hub cost by what
    they look at, after 30 days for nothing: look at their usage pages. The access analyzer costs nothing.

    Rules: ConfigRecorderRecordsAllTypes, ConfigRecorderContinuous, ConfigDeliveryBucketNotLocked,
    GuarddutyDetectorEnabled, GuarddutyProtectionsEnabled, GuarddutyMonitorsRuntime, SecurityHubHasStandards.
    Your duty: the service-linked role of AWS Config (``aws iam create-service-linked-role --aws-service-name
    config.amazonaws.com``); that somebody looks into findings; that tasks on Fargate may pull GuardDuty's agent, whose
    role and endpoints it needs.
    AWS: https://docs.aws.amazon.com/config/latest/developerguide/operational-best-practices-for-hipaa_security.html

    Attributes:
        recorder: the ``AWS::Config::ConfigurationRecorder``; None, as the others, if it is switched off.
        delivery_channel: the ``AWS::Config::DeliveryChannel``.
        conformance_packs: the ``AWS::Config::ConformancePack`` of 130 rules at most each.
        detector: the ``AWS::GuardDuty::Detector``.
        hub: the ``AWS::SecurityHub::Hub``.
        analyzer: the ``AWS::AccessAnalyzer::Analyzer``.
    """

    contract = Contract(
        wraps=config.CfnConfigurationRecorder,
        types=(
            "AWS::AccessAnalyzer::Analyzer",
            "AWS::Config::ConfigurationRecorder",
            "AWS::Config::ConformancePack",
            "AWS::Config::DeliveryChannel",
            "AWS::GuardDuty::Detector",
            "AWS::SecurityHub::Hub",
            "AWS::SecurityHub::Standard",
        ),
        fixed={
            "recording_group": "all types of resources are always recorded (164.312(b))",
            "recording_mode": "changes are always recorded as they happen (164.312(b))",
            "role_arn": "AWS Config records with its service-linked role, which follows new services (164.312(b))",
        },
        governed={},
        chosen=(
            "access_analyzer",
            "config_recorder",
            "conformance_pack",
            "global_types",
            "guard_duty",
            "log_archive",
            "removal_policy",
            "security_hub",
            "without_rules",
        ),
        free=AuditBaselineOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config_recorder: bool = True,
        conformance_pack: bool = True,
        guard_duty: bool = True,
        security_hub: bool = True,
        access_analyzer: bool = True,
        log_archive: LogArchive | s3.IBucket | None = None,
        global_types: bool = True,
        without_rules: Sequence[str] = (),
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        waivers: Sequence[Waiver] = (),
    ) -> None:
        """Have an account watched in a Region.

        Args:
            scope: where it belongs.
            id: its id there. ``Default`` gives the recorder and its channel the logical ids ``Recorder`` and
                ``Channel``, which those that are there already may have.
            config_recorder: False where AWS Config records already; packs and Security Hub need that it does.
            conformance_pack: False makes no conformance packs.
            guard_duty: False where GuardDuty is managed elsewhere.
            security_hub: False where Security Hub is managed elsewhere.
            access_analyzer: False makes no access analyzer.
            log_archive: what AWS Config delivers to, below ``config/``; by default the stack's `LogArchive`. The policy
                of an imported bucket must let it.
            global_types: whether users, roles and policies are recorded too; by default they are. True in one Region is
                enough.
            without_rules: the names of managed rules that the packs leave out, e.g. ``s3-bucket-replication-enabled``.
                None by default. In a stack without a Region, rules that not all commercial Regions of the United States
                have are left out too.
            removal_policy: by default everything stays when the stack goes, and watches on.
            waivers: exceptions from the rules about what it makes.

        Raises:
            ComplianceError: everything is switched off, or a rule that is left out is none.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers)
        if not (config_recorder or conformance_pack or guard_duty or security_hub or access_analyzer):
            arguments.refuse(
                "config_recorder", False, asked="True where all else is switched off",
                way_out="without anything there is no baseline", citation=_CITATION,
            )  # fmt: skip
        for name in without_rules:
            if name not in managed_rules():
                close = difflib.get_close_matches(name, managed_rules(), n=1)
                way_out = f"did you mean {close[0]}?" if close else "the packs have no other"
                arguments.refuse(
                    "without_rules", name, asked="names of rules in the packs", way_out=way_out, citation=_CITATION
                )
        super().__init__(scope, id)
        self._removal_policy = removal_policy
        self.recorder: config.CfnConfigurationRecorder | None = None
        self.delivery_channel: config.CfnDeliveryChannel | None = None
        if config_recorder:
            self.recorder, self.delivery_channel = self._recorded(log_archive, global_types)
        self.conformance_packs: Sequence[config.CfnConformancePack] = (
            self._packs(without_rules) if conformance_pack else []
        )
        self.detector: guardduty.CfnDetector | None = self._kept(_detector(self)) if guard_duty else None
        self.hub: securityhub.CfnHub | None = self._hub() if security_hub else None
        self.analyzer: accessanalyzer.CfnAnalyzer | None = (
            self._kept(accessanalyzer.CfnAnalyzer(self, "Analyzer", type="ACCOUNT")) if access_analyzer else None
        )
        waive(self, *waivers)

    def _kept(self, resource: R) -> R:
        resource.apply_removal_policy(self._removal_policy)
        return resource

    def _recorded(
        self, given: LogArchive | s3.IBucket | None, global_types: bool
    ) -> tuple[config.CfnConfigurationRecorder, config.CfnDeliveryChannel]:
        archive = given or LogArchive.of(self)
        bucket = archive.bucket if isinstance(archive, LogArchive) else archive
        # https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
        service = iam.ServicePrincipal(
            "config.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        )
        objects = bucket.arn_for_objects(f"{_PREFIX}/AWSLogs/{Aws.ACCOUNT_ID}/Config/*")
        for actions, resource in (
            (["s3:GetBucketAcl", "s3:ListBucket"], bucket.bucket_arn),
            (["s3:PutObject"], objects),
        ):
            bucket.add_to_resource_policy(
                iam.PolicyStatement(principals=[service], actions=actions, resources=[resource])
            )
        recorder = config.CfnConfigurationRecorder(
            self,
            "Recorder",
            role_arn=f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/{_LINKED}",
            recording_group={"allSupported": True, "includeGlobalResourceTypes": global_types},
        )
        channel = config.CfnDeliveryChannel(self, "Channel", s3_bucket_name=bucket.bucket_name, s3_key_prefix=_PREFIX)
        if bucket.policy is not None and stack_of(bucket) is stack_of(self):
            channel.node.add_dependency(bucket.policy)
        return self._kept(recorder), self._kept(channel)

    def _packs(self, without: Sequence[str]) -> list[config.CfnConformancePack]:
        region = region_of(self)
        rules = judged_in(None if is_unresolved(region) else region, without)
        name = Names.unique_resource_name(self, max_length=200, separator="-")
        packs: list[config.CfnConformancePack] = []
        for count, body in enumerate(pack_bodies(rules), start=1):
            pack = config.CfnConformancePack(
                self, f"Pack{count}", conformance_pack_name=f"{name}-{count}", template_body=body
            )
            self._after_recording(pack)
            packs.append(self._kept(pack))
        return packs

    def _hub(self) -> securityhub.CfnHub:
        hub = self._kept(
            securityhub.CfnHub(
                self,
                "Hub",
                auto_enable_controls=True,
                control_finding_generator="SECURITY_CONTROL",
                # CIS 1.2 of 2018 would be among them.
                enable_default_standards=False,
            )
        )
        self._after_recording(hub)
        before: CfnResource = hub
        for id, path in _STANDARDS.items():
            arn = f"arn:{Aws.PARTITION}:securityhub:{Aws.REGION}::standards/{path}"
            standard = self._kept(securityhub.CfnStandard(self, id, standards_arn=arn))
            # Security Hub takes one at a time.
            standard.node.add_dependency(before)
            before = standard
        return hub

    def _after_recording(self, resource: CfnResource) -> None:
        # Rules are refused where nothing is recorded yet.
        needed = [one for one in (self.recorder, self.delivery_channel) if one is not None]
        if needed:
            resource.node.add_dependency(*needed)


def _detector(scope: Construct) -> guardduty.CfnDetector:
    features: list[dict[str, object]] = [{"name": name, "status": "ENABLED"} for name in _FEATURES]
    agents = [{"name": name, "status": "ENABLED"} for name in _AGENTS]
    features.append({"name": "RUNTIME_MONITORING", "status": "ENABLED", "additionalConfiguration": agents})
    return guardduty.CfnDetector(
        scope, "Detector", enable=True, features=features, finding_publishing_frequency="FIFTEEN_MINUTES"
    )
