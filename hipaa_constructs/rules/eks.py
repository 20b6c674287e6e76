"""What a template must show of Amazon EKS clusters and node groups."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._launches import listed
from hipaa_constructs.rules._network import is_wide
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met, any_met
from hipaa_constructs.rules._rule import Severity, rule

CLUSTER = "AWS::EKS::Cluster"
NODE_GROUP = "AWS::EKS::Nodegroup"
_GUIDE = "https://docs.aws.amazon.com/eks/latest/userguide/"
_LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")


@rule(
    title="the secrets of every cluster are encrypted with a customer managed key",
    fix="set EncryptionConfig: Resources to secrets, and Provider.KeyArn to a key of yours",
    applies_to=(CLUSTER,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-340",
    same_as=(
        "guard:EKS_CLUSTER_ENCRYPTION_RULE",
        "prowler:eks_cluster_kms_cmk_encryption_in_secrets_enabled",
        "checkov:CKV_AWS_58",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "envelope-encryption.html",
)
def eks_secrets_use_customer_managed_key(cluster: Resource) -> Outcome:
    """Judge the key; since Kubernetes 1.28 one of AWS encrypts otherwise."""
    place = cluster.at("EncryptionConfig")
    return any_met([*map(_encrypts, listed(place)), place.broken()])


def _encrypts(configured: Node) -> Outcome:
    if configured.is_unknown:
        return configured.undecided()
    resources = listed(configured.at("Resources"))
    secrets = any_met([*(one.must_be("secrets") for one in resources), configured.at("Resources").broken()])
    key = customers_key(configured.at("Provider", "KeyArn"), by_alias=True)
    return all_met([secrets, key])


@rule(
    title="the API of no cluster is open to the internet",
    fix="set EndpointPrivateAccess to true and EndpointPublicAccess to false, or PublicAccessCidrs to known addresses",
    applies_to=(CLUSTER,),
    controls=("164.312(a)(1)", "164.312(e)(1)"),
    requirement="HC-347",
    same_as=("cdk-nag:AwsSolutions-EKS1",),
    url=_GUIDE + "cluster-endpoint.html",
)
def eks_endpoint_not_public(cluster: Resource) -> Outcome:
    """Judge the endpoint, which is open to everyone where nothing is said."""
    config = cluster.at("ResourcesVpcConfig")
    ranges = config.at("PublicAccessCidrs")
    return any_met([config.at("EndpointPublicAccess").must_be(False), _confined(ranges)])


def _confined(ranges: Node) -> Outcome:
    answers = [is_wide(one) for one in listed(ranges)]
    if True in answers or not answers:
        return ranges.broken()
    return ranges.undecided() if None in answers else MET


@rule(
    title="the control plane of every cluster is logged",
    fix="set Logging.ClusterLogging.EnabledTypes to api, audit, authenticator, controllerManager and scheduler",
    applies_to=(CLUSTER,),
    controls=("164.312(b)",),
    requirement="HC-348",
    same_as=("cdk-nag:AwsSolutions-EKS2",),
    url=_GUIDE + "control-plane-logs.html",
)
def eks_control_plane_logged(cluster: Resource) -> Outcome:
    """Judge the types of logs, of which none is on where nothing is said."""
    place = cluster.at("Logging", "ClusterLogging", "EnabledTypes")
    found = listed(place)
    kinds = [one.at("Type") for one in found]
    missing = [kind for kind in _LOGS if all(one.value != kind for one in kinds)]
    if not missing:
        return MET
    if any(one.is_unknown for one in kinds):
        return place.undecided()
    return place.broken(f"without {', '.join(missing)}")


@rule(
    title="no node group opens SSH to the internet",
    fix="leave RemoteAccess out, or name SourceSecurityGroups",
    applies_to=(NODE_GROUP,),
    controls=("164.312(a)(1)", "164.312(e)(1)"),
    requirement="HC-349",
    same_as=("checkov:CKV_AWS_100",),
    url=_GUIDE + "create-managed-node-group.html",
)
def eks_nodes_ssh_closed(group: Resource) -> Outcome:
    """Judge remote access: with a key and without groups EKS opens port 22 to everyone."""
    remote = group.at("RemoteAccess")
    if remote.is_absent or remote.at("Ec2SshKey").is_absent:
        return MET
    if remote.is_unknown:
        return remote.undecided()
    groups = remote.at("SourceSecurityGroups")
    if groups.is_unknown:
        return groups.must_be_set()
    return MET if groups.items() else groups.broken()
