"""What a template must show of Amazon Redshift Serverless."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import NOT_APPLICABLE, Outcome, all_met, any_met
from hipaa_constructs.rules._redshift import GUIDE, LOGS, elsewhere, listed
from hipaa_constructs.rules._retention import kept_on_deletion
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._stores import (
    AT_REST,
    IN_TRANSIT,
    KEPT,
    RESTORABLE,
    SIGNED_IN,
    each,
    from_secret,
    in_private_subnets,
    lists,
    off_or_absent,
)

NAMESPACE = "AWS::RedshiftServerless::Namespace"
WORKGROUP = "AWS::RedshiftServerless::Workgroup"


@rule(
    title="every namespace of Redshift Serverless is encrypted with a customer managed key",
    fix="set KmsKeyId to a key of yours",
    applies_to=(NAMESPACE,),
    controls=AT_REST,
    requirement="HC-068",
    same_as=("config:redshift-serverless-namespace-cmk-encryption",),
    severity=Severity.WARNING,
    url=GUIDE + "serverless-workgroups-and-namespaces-rotate-kms-key.html",
)
def redshift_serverless_uses_customer_managed_key(namespace: Resource) -> Outcome:
    """Judge the key; a namespace is always encrypted, with a key of AWS otherwise."""
    return customers_key(namespace.at("KmsKeyId"), by_alias=True)


@rule(
    title="every namespace of Redshift Serverless delivers its audit logs",
    fix="set LogExports to connectionlog, userlog and useractivitylog",
    applies_to=(NAMESPACE,),
    controls=("164.312(b)",),
    requirement="HC-068",
    same_as=("config:redshift-serverless-publish-logs-to-cloudwatch",),
    url=GUIDE + "serverless-audit-logging.html",
)
def redshift_serverless_logged(namespace: Resource) -> Outcome:
    """Judge the kinds of logs; none is delivered by default."""
    return lists(namespace.at("LogExports"), *LOGS)


@rule(
    title="no workgroup of Redshift Serverless is publicly accessible",
    fix="set PubliclyAccessible to false, or leave it out",
    applies_to=(WORKGROUP,),
    controls=("164.312(e)(1)",),
    requirement="HC-068",
    same_as=("config:redshift-serverless-workgroup-no-public-access",),
    url=GUIDE + "serverless-connecting.html",
)
def redshift_serverless_not_public(workgroup: Resource) -> Outcome:
    """Judge the public address, which there is none by default."""
    return off_or_absent(workgroup.at("PubliclyAccessible"))


@rule(
    title="every workgroup of Redshift Serverless refuses plaintext connections",
    fix="set require_ssl to true among ConfigParameters",
    applies_to=(WORKGROUP,),
    controls=IN_TRANSIT,
    requirement="HC-068",
    same_as=("config:redshift-serverless-workgroup-encrypted-in-transit",),
    url=GUIDE + "serverless-security-ssl.html",
)
def redshift_serverless_tls_only(workgroup: Resource) -> Outcome:
    """Judge the parameter; what holds without it depends on when the workgroup was made."""
    return _switched_on(workgroup, "require_ssl")


@rule(
    title="every workgroup of Redshift Serverless logs what its users do",
    fix="set enable_user_activity_logging to true among ConfigParameters",
    applies_to=(WORKGROUP,),
    controls=("164.312(b)",),
    requirement="HC-058",
    url="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
    "aws-properties-redshiftserverless-workgroup-configparameter.html",
)
def redshift_serverless_user_activity_logged(workgroup: Resource) -> Outcome:
    """Judge the parameter, without which the log that the namespace exports is empty; AWS names no default of it."""
    return _switched_on(workgroup, "enable_user_activity_logging")


@rule(
    title="every workgroup of Redshift Serverless loads and unloads through its VPC",
    fix="set EnhancedVpcRouting to true",
    applies_to=(WORKGROUP,),
    controls=("164.312(e)(1)",),
    requirement="HC-061",
    severity=Severity.WARNING,
    url=GUIDE + "enhanced-vpc-routing.html",
)
def redshift_serverless_routed_through_vpc(workgroup: Resource) -> Outcome:
    """Judge the switch, which is off by default."""
    return workgroup.at("EnhancedVpcRouting").must_be(True)


@rule(
    title="every workgroup of Redshift Serverless is in private subnets",
    fix="set SubnetIds to subnets without a route to an internet gateway",
    applies_to=(WORKGROUP,),
    controls=("164.312(e)(1)",),
    requirement="HC-064",
    severity=Severity.WARNING,
    url=GUIDE + "serverless-usage-considerations.html",
)
def redshift_serverless_subnets_private(workgroup: Resource) -> Outcome:
    """Judge the subnets; without any the default ones are taken, which are public."""
    places = workgroup.at("SubnetIds")
    return in_private_subnets(places.items() or [places])


@rule(
    title="no password of a namespace of Redshift Serverless is known to anybody",
    fix="set ManageAdminPassword to true and AdminPasswordSecretKmsKeyId to a key of yours",
    applies_to=(NAMESPACE,),
    controls=SIGNED_IN,
    requirement="HC-067",
    url=GUIDE + "redshift-secrets-manager-integration.html",
)
def redshift_serverless_password_managed(namespace: Resource) -> Outcome:
    """Judge where the password of the first user comes from; who names no such user signs in with IAM."""
    password, managed = namespace.at("AdminUserPassword"), namespace.at("ManageAdminPassword")
    if not password.is_absent:
        return from_secret(password)
    if managed.is_absent and namespace.at("AdminUsername").is_absent:
        return NOT_APPLICABLE
    key = customers_key(namespace.at("AdminPasswordSecretKmsKeyId"), by_alias=True)
    return all_met([managed.must_be(True), key])


@rule(
    title="every namespace of Redshift Serverless leaves a snapshot behind, or stays, when its stack goes",
    fix="set FinalSnapshotName, or DeletionPolicy and UpdateReplacePolicy to Retain",
    applies_to=(NAMESPACE,),
    controls=KEPT,
    requirement="HC-062",
    url=GUIDE + "serverless-snapshots-recovery-points.html",
)
def redshift_serverless_kept(namespace: Resource) -> Outcome:
    """Judge what becomes of the data when the stack goes, or the namespace is replaced."""
    return any_met([kept_on_deletion(namespace), namespace.at("FinalSnapshotName").must_be_set()])


@rule(
    title="every namespace of Redshift Serverless copies its snapshots to a second Region under a key there",
    fix="set SnapshotCopyConfigurations, with DestinationRegion another Region and DestinationKmsKeyId a key of yours "
    "there",
    applies_to=(NAMESPACE,),
    controls=RESTORABLE,
    requirement="HC-066",
    severity=Severity.WARNING,
    url=GUIDE + "serverless-backup-copy.html",
)
def redshift_serverless_snapshots_copied(namespace: Resource) -> Outcome:
    """Judge the Region and the key; without one the copies are under a key of AWS."""
    return each(namespace.at("SnapshotCopyConfigurations"), _copied)


def _copied(copies: Node) -> Outcome:
    key = customers_key(copies.at("DestinationKmsKeyId"), by_alias=True)
    return all_met([elsewhere(copies.at("DestinationRegion")), key])


def _switched_on(workgroup: Resource, name: str) -> Outcome:
    found = listed(workgroup.at("ConfigParameters"), name, "ParameterKey", "ParameterValue")
    return (
        found.undecided("the default is that of the day when it was made") if found.is_absent else found.must_be(True)
    )
