"""What a synthesized template must show: the engine and the rules. Pure Python; no CDK and no Node."""

from hipaa_constructs.rules import (
    backup,
    backup_coverage,
    cloudtrail,
    cloudtrail_alarms,
    cloudwatch,
    codebuild,
    ec2,
    ec2_security_groups,
    elasticache,
    iam,
    kms,
    logs,
    s3,
    s3_logs,
    s3_policies,
    secretsmanager,
    sns,
    waivers,
)
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import Outcome, Verdict
from hipaa_constructs.rules._rule import RULES, Rule, Severity
from hipaa_constructs.rules._template import Assembly, Template

__all__ = [
    "RULES",
    "Assembly",
    "Node",
    "Outcome",
    "Resource",
    "Rule",
    "Severity",
    "Template",
    "Verdict",
    "backup",
    "backup_coverage",
    "cloudtrail",
    "cloudtrail_alarms",
    "cloudwatch",
    "codebuild",
    "ec2",
    "ec2_security_groups",
    "elasticache",
    "iam",
    "kms",
    "logs",
    "s3",
    "s3_logs",
    "s3_policies",
    "secretsmanager",
    "sns",
    "waivers",
]
