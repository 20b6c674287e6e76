"""What a template must show of Amazon SageMaker AI."""

from __future__ import annotations

import re

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._launches import listed
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import NOT_APPLICABLE, Outcome
from hipaa_constructs.rules._rule import Severity, rule

NOTEBOOK = "AWS::SageMaker::NotebookInstance"
ENDPOINT_CONFIG = "AWS::SageMaker::EndpointConfig"
DOMAIN = "AWS::SageMaker::Domain"
_GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg/"
_REACHABLE = (
    "164.308(a)(3)(i)",
    "164.308(a)(4)(ii)(A)",
    "164.308(a)(4)(ii)(C)",
    "164.312(a)(1)",
    "164.312(e)(1)",
)
_LOCAL_DISK = re.compile(r"ml\.([a-z]+\d+[a-z]*d[a-z]*|[gp][56][a-z]*|p4de?|trn\d[a-z]*)\.")
"""Types of instances with disks of their own, which encrypt by themselves and take no key."""


@rule(
    title="every notebook, endpoint and domain is encrypted with a customer managed key",
    fix="set KmsKeyId to a key of yours",
    applies_to=(NOTEBOOK, ENDPOINT_CONFIG, DOMAIN),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-341",
    same_as=(
        "cdk-nag:HIPAA.Security-SageMakerNotebookInstanceKMSKeyConfigured",
        "cdk-nag:HIPAA.Security-SageMakerEndpointConfigurationKMSKeyConfigured",
        "config:sagemaker-notebook-instance-kms-key-configured",
        "config:sagemaker-endpoint-configuration-kms-key-configured",
        "guard:SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED",
        "guard:SAGEMAKER_ENDPOINT_CONFIGURATION_KMS_KEY_CONFIGURED",
        "prowler:sagemaker_notebook_instance_encryption_enabled",
        "checkov:CKV_AWS_187",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "encryption-at-rest-nbi.html",
)
def sage_maker_uses_customer_managed_key(resource: Resource) -> Outcome:
    """Judge the key; SageMaker encrypts with one of its own otherwise.

    An endpoint takes no key where any variant is of an instance with disks of its own, which encrypt by themselves.
    """
    if resource.type == ENDPOINT_CONFIG and _has_local_disks(resource):
        return NOT_APPLICABLE
    return customers_key(resource.at("KmsKeyId"), by_alias=True)


def _has_local_disks(config: Resource) -> bool:
    return any(_is_local(variant.at("InstanceType")) for variant in listed(config.at("ProductionVariants")))


def _is_local(kind: Node) -> bool:
    return kind.text is not None and _LOCAL_DISK.match(kind.text) is not None


@rule(
    title="no notebook has a way to the internet of its own",
    fix="set DirectInternetAccess to Disabled, and SubnetId; of a domain AppNetworkAccessType to VpcOnly",
    applies_to=(NOTEBOOK, DOMAIN),
    controls=_REACHABLE,
    requirement="HC-342",
    same_as=(
        "cdk-nag:HIPAA.Security-SageMakerNotebookNoDirectInternetAccess",
        "config:sagemaker-notebook-no-direct-internet-access",
        "guard:SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS",
        "prowler:sagemaker_notebook_instance_without_direct_internet_access_configured",
    ),
    url=_GUIDE + "appendix-additional-considerations.html",
)
def sage_maker_without_internet_access(resource: Resource) -> Outcome:
    """Judge the network of notebooks, and of those of a domain; SageMaker connects them where nothing is said."""
    if resource.type == DOMAIN:
        return resource.at("AppNetworkAccessType").must_be("VpcOnly")
    return resource.at("DirectInternetAccess").must_be("Disabled")


@rule(
    title="the metadata of every notebook needs a token (IMDSv2)",
    fix="set InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion to 2",
    applies_to=(NOTEBOOK,),
    controls=("164.312(a)(1)",),
    requirement="HC-350",
    same_as=("checkov:CKV_AWS_371",),
    severity=Severity.WARNING,
    url=_GUIDE + "nbi-imds.html",
)
def sage_maker_metadata_needs_token(notebook: Resource) -> Outcome:
    """Judge the least version; without a token, a forged request of a program gets the notebook's credentials."""
    place = notebook.at("InstanceMetadataServiceConfiguration", "MinimumInstanceMetadataServiceVersion")
    return place.must_be(2)
