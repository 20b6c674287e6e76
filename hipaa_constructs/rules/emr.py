"""What a template must show of Amazon EMR."""

from __future__ import annotations

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import Outcome, all_met
from hipaa_constructs.rules._policy import as_document
from hipaa_constructs.rules._rule import rule
from hipaa_constructs.rules._stores import AT_REST, IN_TRANSIT, PRIVATE, hidden, in_private_subnets

CLUSTER = "AWS::EMR::Cluster"
SECURITY_CONFIGURATION = "AWS::EMR::SecurityConfiguration"
_GUIDE = "https://docs.aws.amazon.com/emr/latest/ManagementGuide/"
_PASSWORDS = ("ADDomainJoinPassword", "CrossRealmTrustPrincipalPassword", "KdcAdminPassword")


@rule(
    title="every cluster of EMR has Kerberos",
    fix="set KerberosAttributes, and AuthenticationConfiguration in the security configuration",
    applies_to=(CLUSTER,),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-338",
    same_as=(
        "cdk-nag:HIPAA.Security-EMRKerberosEnabled",
        "config:emr-kerberos-enabled",
        "guard:EMR_KERBEROS_ENABLED",
    ),
    url=_GUIDE + "emr-kerberos.html",
)
def emr_authenticated(cluster: Resource) -> Outcome:
    """Judge the realm, without which services and users do not prove who they are to one another."""
    return cluster.at("KerberosAttributes", "Realm").must_be_set()


@rule(
    title="no password of Kerberos stands in the template",
    fix="refer to a secret with {{resolve:secretsmanager:…}} in KerberosAttributes",
    applies_to=(CLUSTER,),
    controls=("164.312(a)(1)",),
    requirement="HC-338",
    url=_GUIDE + "emr-kerberos.html",
)
def emr_password_hidden(cluster: Resource) -> Outcome:
    """Judge the three passwords."""
    return hidden(*(cluster.at("KerberosAttributes", name) for name in _PASSWORDS))


@rule(
    title="every cluster of EMR is in private subnets",
    fix="set Instances.Ec2SubnetId (Ec2SubnetIds) to subnets without a route to an internet gateway",
    applies_to=(CLUSTER,),
    controls=PRIVATE,
    requirement="HC-339",
    same_as=("config:emr-master-no-public-ip", "prowler:emr_cluster_master_nodes_no_public_ip"),
    url=_GUIDE + "emr-clusters-in-a-vpc.html",
)
def emr_private(cluster: Resource) -> Outcome:
    """Judge the subnets, which give primary nodes their addresses; the default ones are public."""
    several = cluster.at("Instances", "Ec2SubnetIds")
    one = cluster.at("Instances", "Ec2SubnetId")
    return in_private_subnets([one] if several.is_absent else several.items() or [several])


@rule(
    title="every cluster of EMR has a security configuration",
    fix="set SecurityConfiguration to an AWS::EMR::SecurityConfiguration",
    applies_to=(CLUSTER,),
    controls=AT_REST,
    requirement="HC-396",
    url=_GUIDE + "emr-encryption-enable-security-configuration.html",
)
def emr_security_configured(cluster: Resource) -> Outcome:
    """Judge the name; without a configuration nothing is encrypted on disks and between nodes."""
    return cluster.at("SecurityConfiguration").must_be_set()


def _encryption(configuration: Resource) -> Node:
    """Return what is said of encryption, in a mapping or in a text of JSON."""
    return as_document(configuration.at("SecurityConfiguration")).at("EncryptionConfiguration")


@rule(
    title="every security configuration of EMR encrypts at rest",
    fix="set EnableAtRestEncryption to true, with LocalDiskEncryptionConfiguration",
    applies_to=(SECURITY_CONFIGURATION,),
    controls=AT_REST,
    requirement="HC-396",
    url=_GUIDE + "emr-create-security-configuration.html",
)
def emr_encrypted_at_rest(configuration: Resource) -> Outcome:
    """Judge the switch and the disks; buckets have a default encryption of their own."""
    encryption = _encryption(configuration)
    disks = encryption.at("AtRestEncryptionConfiguration", "LocalDiskEncryptionConfiguration")
    return all_met([encryption.at("EnableAtRestEncryption").must_be(True), disks.must_be_set()])


@rule(
    title="every security configuration of EMR encrypts in transit",
    fix="set EnableInTransitEncryption to true, with InTransitEncryptionConfiguration",
    applies_to=(SECURITY_CONFIGURATION,),
    controls=IN_TRANSIT,
    requirement="HC-396",
    url=_GUIDE + "emr-create-security-configuration.html",
)
def emr_encrypted_in_transit(configuration: Resource) -> Outcome:
    """Judge the switch and the certificates."""
    encryption = _encryption(configuration)
    certificates = encryption.at("InTransitEncryptionConfiguration", "TLSCertificateConfiguration")
    return all_met([encryption.at("EnableInTransitEncryption").must_be(True), certificates.must_be_set()])
