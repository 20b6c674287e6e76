"""What a template must show of Amazon ECR."""

from __future__ import annotations

from fnmatch import fnmatchcase

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, all_met, any_met, broken
from hipaa_constructs.rules._policy import callers_named, read
from hipaa_constructs.rules._rule import Severity, rule

REPOSITORY = "AWS::ECR::Repository"
PUBLIC_REPOSITORY = "AWS::ECR::PublicRepository"
REGISTRY_POLICY = "AWS::ECR::RegistryPolicy"
_SCANNING = "AWS::ECR::RegistryScanningConfiguration"
_GUIDE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/"


@rule(
    title="every image is scanned for vulnerabilities when it is pushed",
    fix="set ImageScanningConfiguration.ScanOnPush to true, or configure scanning for the registry",
    applies_to=(REPOSITORY,),
    controls=("164.308(a)(1)(ii)(A)", "164.308(a)(5)(ii)(B)"),
    requirement="HC-170",
    same_as=("checkov:CKV_AWS_163",),
    severity=Severity.WARNING,
    url=_GUIDE + "image-scanning.html",
)
def ecr_images_scanned(repository: Resource) -> Outcome:
    """Judge the repository, or else the scanning that a template configures for the registry of the same Region."""
    own = repository.at("ImageScanningConfiguration", "ScanOnPush").must_be(True)
    here = repository.template
    registries = [
        one
        for one in here.assembly.resources(_SCANNING)
        if one.exists and (one.template.account, one.template.region) == (here.account, here.region)
    ]
    rules = [rule for registry in registries for rule in registry.at("Rules").items()]
    return any_met([own, *(MET for rule in rules if _scans(rule, repository.name.text))])


def _scans(rule: Node, name: str | None) -> bool:
    """Tell whether a rule of a registry surely scans a repository; one without a name is found by ``*`` alone."""
    if rule.at("ScanFrequency").text not in ("SCAN_ON_PUSH", "CONTINUOUS_SCAN"):
        return False
    filters = [one.at("Filter").text for one in rule.at("RepositoryFilters").items()]
    # A filter without a wildcard is part of a name.
    patterns = [one if "*" in one else f"*{one}*" for one in filters if one]
    return any(one == "*" or (name is not None and fnmatchcase(name, one)) for one in patterns)


@rule(
    title="every repository is encrypted with a customer managed key",
    fix="set EncryptionConfiguration: EncryptionType KMS, and KmsKey to a key of yours",
    applies_to=(REPOSITORY,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-171",
    same_as=("checkov:CKV_AWS_136",),
    severity=Severity.WARNING,
    url=_GUIDE + "encryption-at-rest.html",
)
def ecr_uses_customer_managed_key(repository: Resource) -> Outcome:
    """Judge the key; images hold programs, and sometimes more than they should."""
    encryption = repository.at("EncryptionConfiguration")
    kind = encryption.at("EncryptionType").must_be("KMS", "KMS_DSSE")
    return all_met([kind, customers_key(encryption.at("KmsKey"), by_alias=True)])


@rule(
    title="no image takes the place of another one of its name",
    fix="set ImageTagMutability to IMMUTABLE",
    applies_to=(REPOSITORY,),
    controls=("164.312(c)(1)",),
    requirement="HC-172",
    same_as=("checkov:CKV_AWS_51",),
    severity=Severity.WARNING,
    url=_GUIDE + "image-tag-mutability.html",
)
def ecr_tags_immutable(repository: Resource) -> Outcome:
    """Judge the tags; with exclusions some can be moved."""
    return repository.at("ImageTagMutability").must_be("IMMUTABLE")


@rule(
    title="no policy opens a repository, or the registry, to everyone",
    fix="name principals in RepositoryPolicyText, and in the PolicyText of the registry",
    applies_to=(REPOSITORY, REGISTRY_POLICY),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-173",
    same_as=("checkov:CKV_AWS_32",),
    url=_GUIDE + "repository-policies.html",
)
def ecr_policy_names_principals(repository: Resource) -> Outcome:
    """Judge each statement that allows something."""
    place = repository.at("PolicyText" if repository.type == REGISTRY_POLICY else "RepositoryPolicyText")
    statements, hidden = read(place)
    hidden = hidden or place.is_unknown
    return all_met([MET, *([place.undecided()] if hidden else []), *map(callers_named, statements)])


@rule(
    title="no repository is public",
    fix="make an AWS::ECR::Repository instead",
    applies_to=(PUBLIC_REPOSITORY,),
    controls=("164.312(a)(1)",),
    requirement="HC-174",
    severity=Severity.WARNING,
    url="https://docs.aws.amazon.com/AmazonECR/latest/public/public-repositories.html",
)
def ecr_repository_not_public(repository: Resource) -> Outcome:
    """Judge that there is none: everyone pulls from it."""
    return broken(found="everyone pulls from a public repository")
