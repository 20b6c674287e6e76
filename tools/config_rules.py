"""Writes `hipaa_constructs/services/config_rules.csv` anew: the managed rules of AWS Config that the rules here name.

Run it as ``python -m tools.config_rules`` when a rule names another one, or a new moto knows of more Regions: it keeps
what AWS says of them. https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import TypedDict

from hipaa_constructs.rules import RULES

TARGET = Path(__file__).parent.parent / "hipaa_constructs" / "services" / "config_rules.csv"


class Parameter(TypedDict):
    """What moto keeps of a parameter, as far as it is read here."""

    Name: str
    Optional: bool


Known = TypedDict("Known", {"AWS Region": str, "Parameters": list[Parameter]})

IDENTIFIERS: Mapping[str, str] = {
    "cloudtrail-enabled": "CLOUD_TRAIL_ENABLED",
    "ec2-instance-managed-by-systems-manager": "EC2_INSTANCE_MANAGED_BY_SSM",
    "ec2-instances-in-vpc": "INSTANCES_IN_VPC",
    "multi-region-cloudtrail-enabled": "MULTI_REGION_CLOUD_TRAIL_ENABLED",
    "restricted-common-ports": "RESTRICTED_INCOMING_TRAFFIC",
    "restricted-ssh": "INCOMING_SSH_DISABLED",
}
"""The identifiers that are not the name in capitals."""

ACCOUNT = (
    "access-keys-rotated",
    "acm-certificate-expiration-check",
    "ebs-snapshot-public-restorable-check",
    "ec2-ebs-encryption-by-default",
    "ec2-managedinstance-association-compliance-status-check",
    "ec2-managedinstance-patch-compliance-status-check",
    "iam-password-policy",
    "iam-root-access-key-check",
    "iam-user-mfa-enabled",
    "iam-user-unused-credentials-check",
    "kms-cmk-not-scheduled-for-deletion",
    "mfa-enabled-for-iam-console-access",
    "rds-snapshot-encrypted",
    "rds-snapshots-public-prohibited",
    "root-account-hardware-mfa-enabled",
    "root-account-mfa-enabled",
    "s3-account-level-public-access-blocks-periodic",
    "vpc-vpn-2-tunnels-up",
)
"""The rules of AWS's own HIPAA pack about what only an account shows, and no template."""

NOT_ASKED = ("required-tags",)
"""What needs the keys of tags, which only the app knows."""

PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "access-keys-rotated": {"maxAccessKeyAge": "90"},
    "cloudwatch-alarm-action-check": {
        "alarmActionRequired": "true",
        "insufficientDataActionRequired": "true",
        "okActionRequired": "false",
    },
    "cw-loggroup-retention-period-check": {"MinRetentionTime": "2192"},
    "elb-predefined-security-policy-ssl-check": {"predefinedPolicyName": "ELBSecurityPolicy-TLS-1-2-2017-01"},
    "iam-customer-policy-blocked-kms-actions": {"blockedActionsPatterns": "kms:Decrypt,kms:ReEncryptFrom"},
    "iam-inline-policy-blocked-kms-actions": {"blockedActionsPatterns": "kms:Decrypt,kms:ReEncryptFrom"},
    "iam-user-unused-credentials-check": {"maxCredentialUsageAge": "90"},
    "redshift-cluster-configuration-check": {"clusterDbEncrypted": "true", "loggingEnabled": "true"},
    "redshift-cluster-maintenancesettings-check": {"allowVersionUpgrade": "true"},
}
"""What rules can't be without, and six years where a year is the default."""

REGIONS: Mapping[str, str] = {
    "AWS GovCloud (US-East)": "us-gov-east-1",
    "AWS GovCloud (US-West)": "us-gov-west-1",
    "Africa (Cape Town)": "af-south-1",
    "Asia Pacific (Hong Kong)": "ap-east-1",
    "Asia Pacific (Hyderabad)": "ap-south-2",
    "Asia Pacific (Jakarta)": "ap-southeast-3",
    "Asia Pacific (Malaysia)": "ap-southeast-5",
    "Asia Pacific (Melbourne)": "ap-southeast-4",
    "Asia Pacific (Mumbai)": "ap-south-1",
    "Asia Pacific (New Zealand)": "ap-southeast-6",
    "Asia Pacific (Osaka)": "ap-northeast-3",
    "Asia Pacific (Seoul)": "ap-northeast-2",
    "Asia Pacific (Singapore)": "ap-southeast-1",
    "Asia Pacific (Sydney)": "ap-southeast-2",
    "Asia Pacific (Taipei)": "ap-east-2",
    "Asia Pacific (Thailand)": "ap-southeast-7",
    "Asia Pacific (Tokyo)": "ap-northeast-1",
    "Canada (Central)": "ca-central-1",
    "Canada West (Calgary)": "ca-west-1",
    "China (Beijing)": "cn-north-1",
    "China (Ningxia)": "cn-northwest-1",
    "Europe (Frankfurt)": "eu-central-1",
    "Europe (Ireland)": "eu-west-1",
    "Europe (London)": "eu-west-2",
    "Europe (Milan)": "eu-south-1",
    "Europe (Paris)": "eu-west-3",
    "Europe (Spain)": "eu-south-2",
    "Europe (Stockholm)": "eu-north-1",
    "Europe (Zurich)": "eu-central-2",
    "Israel (Tel Aviv)": "il-central-1",
    "Mexico (Central)": "mx-central-1",
    "Middle East (Bahrain)": "me-south-1",
    "Middle East (UAE)": "me-central-1",
    "South America (Sao Paulo)": "sa-east-1",
    "US East (N. Virginia)": "us-east-1",
    "US East (Ohio)": "us-east-2",
    "US West (N. California)": "us-west-1",
    "US West (Oregon)": "us-west-2",
}
_PREFIX = re.compile(r"^(Only available in|All supported AWS regions except) ")
_NAME = re.compile(r"[A-Z][A-Za-z .]+ \([A-Za-z. -]+\)")


def named() -> list[str]:
    """Return the names of the rules of AWS Config that the rules here are the same as."""
    claims = (claim.partition(":") for rule in RULES.values() for claim in rule.same_as)
    return sorted({name for tool, _, name in claims if tool == "config"} - set(NOT_ASKED))


def _known() -> Mapping[str, Known]:
    packed = files("moto").joinpath("config", "resources", "aws_managed_rules.json.gz").read_bytes()
    found: Mapping[str, Known] = json.loads(gzip.decompress(packed))["ManagedRules"]
    return found


def _identifier(name: str) -> str:
    return IDENTIFIERS.get(name, name.upper().replace("-", "_"))


def required(name: str) -> set[str]:
    """Return the names of the parameters that a rule can't be without."""
    return {one["Name"] for one in _known()[_identifier(name)]["Parameters"] if not one["Optional"]}


def written() -> str:
    """Return a row for each rule: name, identifier, parameters, and the Regions that have it or not."""
    known = _known()
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("name", "identifier", "about", "parameters", "only_in", "not_in"))
    for name in sorted({*named(), *ACCOUNT}):
        identifier = _identifier(name)
        where = known[identifier]["AWS Region"]
        codes = " ".join(sorted(REGIONS[one] for one in _NAME.findall(_PREFIX.sub("", where))))
        parameters = json.dumps(PARAMETERS[name]) if name in PARAMETERS else ""
        about = "account" if name in ACCOUNT else "template"
        only = where.startswith("Only")
        rows.writerow((name, identifier, about, parameters, codes if only else "", "" if only else codes))
    return text.getvalue()


if __name__ == "__main__":
    TARGET.write_text(written(), "utf-8")
