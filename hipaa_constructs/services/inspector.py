"""Amazon Inspector: what runs is scanned for vulnerabilities, and somebody hears of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

from aws_cdk import Aws, Names
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_inspectorv2 as inspectorv2
from aws_cdk import aws_sns as sns
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.iam import ManagedPolicyRole, on_behalf_of
from hipaa_constructs.services.sns import EncryptedTopic
from hipaa_constructs.waivers import Waiver

_SCANS = {"EC2": "ec2", "ECR": "ecr", "LAMBDA": "lambda", "LAMBDA_CODE": "lambdaCode"}
"""What can be scanned, and what the state of the account calls it."""

_SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNTRIAGED")
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_INTERVAL = "rate(12 hours)"
_PATIENCE = 900
"""Seconds that the stack waits for Inspector to be enabled, which takes a few minutes."""

_PATIENCE_OF_EACH = 180
"""Seconds that each kind of scan may take to come up, once those before it have; all of them end before the stack's."""

_TRIES = 5

_MOST_TAGS = 5
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_ROLES = ("inspector2.amazonaws.com", "agentless.inspector2.amazonaws.com")
_CITATION = "164.308(a)(8)"

Scan = Literal["EC2", "ECR", "LAMBDA", "LAMBDA_CODE"]
Severity = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNTRIAGED"]
Day = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]

_EVERYTHING: tuple[Scan, ...] = ("EC2", "ECR", "LAMBDA", "LAMBDA_CODE")
_SEVERE: tuple[Severity, ...] = ("CRITICAL", "HIGH")


class InspectorOptions(TypedDict, total=False):
    """No option of `aws_cdk.aws_inspectorv2.CfnCisScanConfiguration` is passed on as it is."""


class InspectorScanning(Construct):
    """Inspector scans instances, images, functions and their code, and tells a topic what it finds of severity.

    CloudFormation has no resource that enables Inspector. A runbook of Systems Manager does, when the stack is deployed
    and again every twelve hours, with a role that may do nothing else; no Lambda function is needed. The stack fails if
    the runbook does, which tries for some minutes. When the stack goes, Inspector stays enabled.

    Instances cost about 1.26 USD a month each, images 0.09 USD when they are pushed and 0.01 USD for each new look,
    functions 0.30 USD a month each and 0.60 USD more for their code; CIS scans 0.03 USD an instance and scan.

    Rules: InspectorFindingsRouted, IamPolicyManaged.
    And where asked for: InspectorCisScanRepeated.
    Your duty: that somebody subscribes to the topic and mends what was found; to leave this to the delegated
    administrator where an organization has one, who alone may then enable it.
    AWS: https://docs.aws.amazon.com/inspector/latest/user/getting_started_tutorial.html

    Attributes:
        association: what runs the runbook.
        role: the role that it runs with.
        topic: what is told of findings.
        cis_scan: the ``AWS::InspectorV2::CisScanConfiguration``; None if no tags were given.
    """

    contract = Contract(
        wraps=inspectorv2.CfnCisScanConfiguration,
        types=("AWS::Events::Rule", "AWS::InspectorV2::CisScanConfiguration"),
        fixed={},
        governed={},
        chosen=("cis_days", "cis_level", "cis_tags", "cis_time", "scans", "severities", "topic"),
        free=InspectorOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        scans: Sequence[Scan] = _EVERYTHING,
        severities: Sequence[Severity] = _SEVERE,
        topic: EncryptedTopic | sns.ITopic | None = None,
        cis_tags: Mapping[str, Sequence[str]] | None = None,
        cis_level: Literal[1, 2] = 1,
        cis_days: Sequence[Day] = ("SUN",),
        cis_time: str = "03:00",
        waivers: Sequence[Waiver] = (),
    ) -> None:
        """Have an account scanned in a Region.

        Args:
            scope: where it belongs.
            id: its id there.
            scans: what is scanned; by default instances, images, functions and the code of functions. What is left out
                is not switched off. Not every Region scans code.
            severities: of which findings the topic is told; by default the critical and the high ones.
            topic: by default the stack's `EncryptedTopic`. An imported one must let EventBridge publish.
            cis_tags: the tags of the instances that are scanned against the CIS benchmarks of their operating systems,
                each with its values. None by default, and then there is no such scan.
            cis_level: 1, the default, or 2, which holds level 1 too and is stricter.
            cis_days: on which days of the week; by default on Sundays.
            cis_time: when it starts, in UTC; by default at 03:00.
            waivers: exceptions from the rules about event rules and CIS scans.

        Raises:
            ComplianceError: nothing is scanned or told of, or Inspector does not know what is asked of it.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers)
        for name, given, known in (
            ("cis_days", cis_days, _DAYS),
            ("scans", scans, _EVERYTHING),
            ("severities", severities, _SEVERITIES),
        ):
            _check_some(arguments, name, given, known)
        _check_cis(arguments, cis_tags, cis_level, cis_time)
        super().__init__(scope, id)
        self.role = ManagedPolicyRole(
            self,
            "Role",
            assumed_by=on_behalf_of("ssm.amazonaws.com", "ssm:*", "automation-execution/*"),
            description="Enables Amazon Inspector",
        )
        runbook = ssm.CfnDocument(
            self, "Runbook", document_type="Automation", update_method="NewVersion", content=_runbook(scans)
        )
        for statement in _permissions(self.role.role.role_arn, runbook.ref):
            self.role.role.add_to_policy(statement)
        self.association = ssm.CfnAssociation(
            self,
            "Enabled",
            name=runbook.ref,
            association_name="EnableInspector",
            parameters={"AutomationAssumeRole": [self.role.role.role_arn]},
            schedule_expression=_INTERVAL,
            wait_for_success_timeout_seconds=_PATIENCE,
        )
        self.association.node.add_dependency(*self.role.policies)
        self.topic: sns.ITopic = self._told(topic, severities)
        self.cis_scan: inspectorv2.CfnCisScanConfiguration | None = None
        if cis_tags is not None:
            start = {"timeOfDay": cis_time, "timeZone": "UTC"}
            self.cis_scan = inspectorv2.CfnCisScanConfiguration(
                self,
                "CisScan",
                scan_name=Names.unique_resource_name(self, max_length=100, separator="-"),
                security_level=f"LEVEL_{cis_level}",
                schedule={"weekly": {"days": list(cis_days), "startTime": start}},
                targets={
                    "accountIds": ["SELF"],
                    "targetResourceTags": {key: list(values) for key, values in cis_tags.items()},
                },
            )
            self.cis_scan.node.add_dependency(self.association)
        waive(self, *waivers)

    def _told(self, given: EncryptedTopic | sns.ITopic | None, severities: Sequence[Severity]) -> sns.ITopic:
        topic = given or EncryptedTopic.of(self)
        if isinstance(topic, EncryptedTopic):
            topic.allow_event_rules()
            topic = topic.topic
        # The L2's target would let the event rules of any account publish.
        events.CfnRule(
            self,
            "Findings",
            description="Tells of what Amazon Inspector finds",
            state="ENABLED",
            event_pattern={
                "source": ["aws.inspector2"],
                "detail-type": ["Inspector2 Finding"],
                "detail": {"severity": list(severities), "status": ["ACTIVE"]},
            },
            targets=[
                {
                    "id": "Topic",
                    "arn": topic.topic_arn,
                    "inputTransformer": {
                        "inputPathsMap": {
                            "account": "$.account",
                            "region": "$.region",
                            "resource": "$.detail.resources[0].id",
                            "severity": "$.detail.severity",
                            "title": "$.detail.title",
                        },
                        "inputTemplate": '"Inspector, account <account>, <region>: <severity>: <title>: <resource>"',
                    },
                }
            ],
        )
        return topic


def _runbook(scans: Sequence[Scan]) -> dict[str, object]:
    inspector = {"Service": "inspector2"}
    state = {**inspector, "Api": "BatchGetAccountStatus", "accountIds": ["{{ global:ACCOUNT_ID }}"]}
    return {
        "schemaVersion": "0.3",
        "description": "Enables Amazon Inspector, and waits until it is",
        "assumeRole": "{{ AutomationAssumeRole }}",
        "parameters": {
            "AutomationAssumeRole": {"type": "AWS::IAM::Role::Arn", "description": "The role that it runs with"}
        },
        "mainSteps": [
            # IAM takes some seconds until a new role may do what it may.
            {"name": "WaitForRole", "action": "aws:sleep", "inputs": {"Duration": "PT30S"}},
            {
                "name": "Enable",
                "action": "aws:executeAwsApi",
                "maxAttempts": _TRIES,
                "inputs": {**inspector, "Api": "Enable", "resourceTypes": list(scans)},
            },
            *(
                {
                    "name": f"Wait_{scan}",
                    "action": "aws:waitForAwsResourceProperty",
                    "timeoutSeconds": _PATIENCE_OF_EACH,
                    "inputs": {
                        **state,
                        "PropertySelector": f"$.accounts[0].resourceState.{_SCANS[scan]}.status",
                        "DesiredValues": ["ENABLED"],
                    },
                }
                for scan in scans
            ),
        ],
    }


def _permissions(role_arn: str, runbook: str) -> list[iam.PolicyStatement]:
    ssm_of = f"arn:{Aws.PARTITION}:ssm:*:{Aws.ACCOUNT_ID}"
    return [
        # These know no resources.
        iam.PolicyStatement(actions=["inspector2:BatchGetAccountStatus", "inspector2:Enable"], resources=["*"]),
        iam.PolicyStatement(
            actions=["iam:CreateServiceLinkedRole"],
            resources=[
                f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:role/aws-service-role/{service}/*" for service in _ROLES
            ],
            conditions={"StringEquals": {"iam:AWSServiceName": list(_ROLES)}},
        ),
        iam.PolicyStatement(
            actions=["ssm:GetAutomationExecution", "ssm:StartAutomationExecution"],
            resources=[f"{ssm_of}:automation-execution/*", f"{ssm_of}:automation-definition/{runbook}:*"],
        ),
        iam.PolicyStatement(
            actions=["iam:PassRole"],
            resources=[role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}},
        ),
    ]


def _check_some(arguments: Arguments, name: str, given: Sequence[str], known: Sequence[str]) -> None:
    if not given or not set(given) <= set(known):
        arguments.refuse(
            name, ", ".join(given), asked=f"some of {', '.join(known)}", way_out="leave it out for the default",
            citation="164.308(a)(1)(ii)(A)",
        )  # fmt: skip


def _check_cis(
    arguments: Arguments, cis_tags: Mapping[str, Sequence[str]] | None, cis_level: int, cis_time: str
) -> None:
    if cis_tags is not None and not (
        1 <= len(cis_tags) <= _MOST_TAGS and all(1 <= len(values) <= _MOST_TAGS for values in cis_tags.values())
    ):
        arguments.refuse(
            "cis_tags", dict(cis_tags), asked=f"1 to {_MOST_TAGS} tags with 1 to {_MOST_TAGS} values each",
            way_out="Inspector takes no others; leave it out to scan none", citation=_CITATION,
        )  # fmt: skip
    if cis_level not in (1, 2):
        arguments.refuse(
            "cis_level", cis_level, asked="1 or 2", way_out="the benchmarks have two levels", citation=_CITATION
        )
    if not _TIME.fullmatch(cis_time):
        arguments.refuse("cis_time", cis_time, asked="a time as in 03:00", way_out="it is in UTC", citation=_CITATION)
