"""What a template must show of Amazon ECR."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, Verdict, all_met, any_met, broken, undecided
from hipaa_constructs.rules._policy import callers_named, read
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._template import Template
from hipaa_constructs.rules._value import UNKNOWN, may_match

REPOSITORY = "AWS::ECR::Repository"
PUBLIC_REPOSITORY = "AWS::ECR::PublicRepository"
REGISTRY_POLICY = "AWS::ECR::RegistryPolicy"
_SCANNING = "AWS::ECR::RegistryScanningConfiguration"
_GUIDE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/"


@rule(
    title="every image is scanned for vulnerabilities when it is pushed",
    fix="set ImageScanningConfiguration.ScanOnPush to true, or let the registry scan all repositories",
    applies_to=(REPOSITORY,),
    controls=("164.308(a)(1)(ii)(A)", "164.308(a)(5)(ii)(B)"),
    requirement="HC-170",
    same_as=(
        "config:ecr-private-image-scanning-enabled",
        "guard:ECR_REPO_SCAN_ON_PUSH",
        "prowler:ecr_repositories_scan_images_on_push_enabled",
        "checkov:CKV_AWS_163",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "image-scanning.html",
)
def ecr_images_scanned(repository: Resource) -> Outcome:
    """Judge the repository, and the scanning configuration of its registry, which overrules it."""
    own = repository.at("ImageScanningConfiguration", "ScanOnPush").must_be(True)
    sure, unsure = _configurations(repository)
    if sure:
        return all_met(_scanned(repository, own, one) for one in sure)
    if all(_scanned(repository, own, one).verdict is own.verdict for one in unsure):
        return own
    return undecided(why="it is not known whether the scanning configuration of another stack is its registry's")


def _configurations(repository: Resource) -> tuple[list[Resource], list[Resource]]:
    """Return the scanning configurations of the repository's registry, and those that may be."""
    found = [one for one in repository.template.assembly.resources(_SCANNING) if one.exists]
    answers = [(one, _share_registry(repository.template, one.template)) for one in found]
    return [one for one, same in answers if same], [one for one, same in answers if same is None]


def _share_registry(one: Template, other: Template) -> bool | None:
    """Tell whether two templates are of the same account and Region, which have one registry."""
    one, other = _outermost(one), _outermost(other)
    if one is other:
        return True
    known = [pair for pair in ((one.account, other.account), (one.region, other.region)) if None not in pair]
    if any(here != there for here, there in known):
        return False
    return True if len(known) == 2 else None


def _outermost(template: Template) -> Template:
    while template.parent is not None:
        template = template.parent.template
    return template


def _scanned(repository: Resource, own: Outcome, configuration: Resource) -> Outcome:
    """Judge the repository in a registry, whose filters decide alone; without any, basic scanning leaves it to each."""
    rules = configuration.at("Rules")
    hidden = [rules.undecided()] if rules.is_unknown else []
    found = [*(_scans(one, repository.name) for one in rules.items()), *hidden]
    covered = any_met([*found, rules.broken()]) if found else configuration.at("ScanType").must_be("BASIC")
    if covered.verdict is Verdict.UNDECIDED:
        covered = undecided(why="the scanning configuration of its registry is known at deployment only")
    if covered.verdict is Verdict.BROKEN:
        covered = broken(found="the scanning configuration of its registry leaves it out")
    return covered if found else all_met([covered, own])


def _scans(scanning_rule: Node, name: Node) -> Outcome:
    filters = scanning_rule.at("RepositoryFilters")
    hidden = [filters.undecided()] if filters.is_unknown else []
    return all_met(
        [
            scanning_rule.at("ScanFrequency").must_be("SCAN_ON_PUSH", "CONTINUOUS_SCAN"),
            any_met([*(_matches(one.at("Filter"), name) for one in filters.items()), *hidden, filters.broken()]),
        ]
    )


def _matches(pattern: Node, name: Node) -> Outcome:
    text = pattern.text
    if not text:
        return pattern.undecided() if pattern.is_unknown else pattern.broken()
    if not text.strip("*"):
        return MET
    if name.is_absent or name.is_unknown:
        return name.undecided()
    # A filter without a wildcard matches every name that it is a part of.
    pieces = (text if "*" in text else f"*{text}*").replace("*", UNKNOWN)
    return MET if name.text is not None and may_match([pieces], name.text) else pattern.broken()


@rule(
    title="every repository is encrypted with a customer managed key",
    fix="set EncryptionConfiguration: EncryptionType KMS, and KmsKey to a key of yours",
    applies_to=(REPOSITORY,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-171",
    same_as=("config:ecr-repository-cmk-encryption-enabled", "checkov:CKV_AWS_136"),
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
    fix="set ImageTagMutability to IMMUTABLE, without exclusions",
    applies_to=(REPOSITORY,),
    controls=("164.312(c)(1)",),
    requirement="HC-172",
    same_as=(
        "config:ecr-private-tag-immutability-enabled",
        "prowler:ecr_repositories_tag_immutability",
        "checkov:CKV_AWS_51",
    ),
    severity=Severity.WARNING,
    url=_GUIDE + "image-tag-mutability.html",
)
def ecr_tags_immutable(repository: Resource) -> Outcome:
    """Judge the tags; with exclusions some can be moved."""
    return repository.at("ImageTagMutability").must_be("IMMUTABLE")


@rule(
    title="no policy opens a repository or a registry to everyone",
    fix="name principals, and confine services of AWS by aws:SourceArn or aws:SourceAccount",
    applies_to=(REPOSITORY, REGISTRY_POLICY),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-173",
    same_as=(
        "cdk-nag:AwsSolutions-ECR1",
        "prowler:ecr_repositories_not_publicly_accessible",
        "checkov:CKV_AWS_32",
    ),
    url=_GUIDE + "repository-policies.html",
)
def ecr_policy_names_principals(resource: Resource) -> Outcome:
    """Judge each statement that allows something; a repository without a policy is the account's own."""
    place = resource.at("RepositoryPolicyText" if resource.type == REPOSITORY else "PolicyText")
    if place.is_absent:
        return MET
    if not (place.is_unknown or isinstance(place.value, (dict, str))):
        return place.broken()
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
