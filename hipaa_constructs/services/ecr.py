"""Amazon ECR: images that are scanned, that nothing takes the place of, and that another Region has too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypedDict, Unpack

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_ecr as ecr
from constructs import Construct, IConstruct

from hipaa_constructs.services._of_stack import one_of_stack, outermost, stack_of
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.kms import AnyKey, usable_key
from hipaa_constructs.waivers import Waiver

_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d")
_MOST_RULES = 25
"""How many rules ECR takes in a replication configuration."""

_ELSEWHERE = "164.308(a)(7)(ii)(B)"


class RepositoryOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_ecr.Repository` that are passed on as they are."""

    lifecycle_registry_id: str
    lifecycle_rules: Sequence[ecr.LifecycleRule]
    repository_name: str


class EncryptedRepository(Construct):
    """A private repository of images, encrypted with your key and scanned, in which a tag names one image for ever.

    A service is made anew from its images: they stay when the stack goes, and are copied to other Regions if asked for.
    A GB costs about 0.10 USD a month, in each Region.

    The encryption of a repository can't be changed: with another key, or none before, CloudFormation makes a new and
    empty one, which needs another name.

    Rules: EcrImagesScanned, EcrUsesCustomerManagedKey, EcrTagsImmutable, EcrPolicyNamesPrincipals.
    Your duty: what the scans find, and ``lifecycle_rules`` for images that nobody needs any more.
    AWS: https://docs.aws.amazon.com/AmazonECR/latest/userguide/security-best-practices.html

    Attributes:
        repository: the `ecr.Repository`, with the logical id that it would have without this construct.
        replication: what copies its images, shared by the repositories of the stack; None without ``replicate_to``.
    """

    contract = Contract(
        wraps=ecr.Repository,
        types=("AWS::ECR::Repository",),
        fixed={
            "auto_delete_images": "images are never deleted with their stack (164.308(a)(7)(ii)(A))",
            "empty_on_delete": "images are never deleted with their stack (164.308(a)(7)(ii)(A))",
            "encryption": "it is always KMS (164.312(a)(2)(iv)); pass encryption_key to choose the key",
        },
        governed={
            "image_scan_on_push": ("EcrImagesScanned",),
            "image_tag_mutability": ("EcrTagsImmutable",),
            "image_tag_mutability_exclusion_filters": ("EcrTagsImmutable",),
        },
        chosen=("encryption_key", "removal_policy"),
        free=RepositoryOptions,
    )

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        encryption_key: AnyKey | None = None,
        image_scan_on_push: bool = True,
        image_tag_mutability: ecr.TagMutability = ecr.TagMutability.IMMUTABLE,
        image_tag_mutability_exclusion_filters: Sequence[ecr.ImageTagMutabilityExclusionFilter] = (),
        replicate_to: Sequence[str] = (),
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
        waivers: Sequence[Waiver] = (),
        **options: Unpack[RepositoryOptions],
    ) -> None:
        """Make a repository.

        Args:
            scope: where it belongs.
            id: its id there.
            encryption_key: by default the stack's `EncryptionKey`. It can't be changed later.
            image_scan_on_push: by default, and unless waived, every image is scanned when it is pushed. Filters of the
                registry's own scanning configuration decide instead, where it has any.
            image_tag_mutability: by default, and unless waived, no tag can be moved to another image.
            image_tag_mutability_exclusion_filters: which tags are excepted, with a mutability that has exclusions;
                none by default, and unless waived.
            replicate_to: the Regions that images pushed from now on are copied to; none by default. ECR copies images,
                but neither deletions nor settings: make a repository of the same name there first, with a key of that
                Region, or ECR makes a bare one. Repositories whose names begin in the same way are copied as well. The
                registry of an account has one such configuration in a Region: only one stack can have it.
            removal_policy: by default the repository stays when the stack goes, with its images.
            waivers: exceptions from the rules about repositories.
            **options: of `ecr.Repository`, see `RepositoryOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, or weaker than a rule that is not waived; a Region is none,
                the stack's own, or named twice; images are copied of a repository without a name, or of a stack with
                another replication configuration or 25 copied repositories.
        """
        arguments = Arguments(scope, id, contract=self.contract, waivers=waivers, free=options)
        arguments.govern(
            "image_scan_on_push",
            image_scan_on_push,
            holds=image_scan_on_push is True,
            asked="True",
            rule="EcrImagesScanned",
        )
        arguments.govern(
            "image_tag_mutability",
            image_tag_mutability.name,
            holds=image_tag_mutability is ecr.TagMutability.IMMUTABLE,
            asked="IMMUTABLE",
            rule="EcrTagsImmutable",
        )
        arguments.govern(
            "image_tag_mutability_exclusion_filters",
            len(image_tag_mutability_exclusion_filters),
            holds=not image_tag_mutability_exclusion_filters,
            asked="empty",
            rule="EcrTagsImmutable",
        )
        if replicate_to:
            _check_copies(arguments, replicate_to, options.get("repository_name"), outermost(stack_of(scope)))
        super().__init__(scope, id)
        self.repository = ecr.Repository(
            self,
            "Default",
            encryption=ecr.RepositoryEncryption.KMS,
            encryption_key=usable_key(scope, encryption_key),
            image_scan_on_push=image_scan_on_push,
            image_tag_mutability=image_tag_mutability,
            image_tag_mutability_exclusion_filters=image_tag_mutability_exclusion_filters or None,
            removal_policy=removal_policy,
            **options,
        )
        self.replication: ecr.CfnReplicationConfiguration | None = None
        if replicate_to:
            copies = ImageReplication.of(self)
            copies.copy(options["repository_name"], replicate_to)
            self.replication = copies.resource
        waive(self, *waivers)


class ImageReplication(Construct):
    """The one configuration of what the registry of this account and Region copies to others.

    `EncryptedRepository` makes it when it is asked to replicate.

    AWS: https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html

    Attributes:
        resource: the ``AWS::ECR::ReplicationConfiguration``; the CDK has no construct of a higher level for it.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        """Make a configuration that copies nothing yet.

        Args:
            scope: the stack.
            id: its id there.
        """
        super().__init__(scope, id)
        self._rules: list[ecr.CfnReplicationConfiguration.ReplicationRuleProperty] = []
        self.resource = ecr.CfnReplicationConfiguration(self, "Default", replication_configuration=self._configured())

    @classmethod
    def of(cls, scope: IConstruct) -> ImageReplication:
        """Return the one configuration of a stack, which is made when it is first asked for.

        Args:
            scope: anything in the stack.

        Raises:
            ComplianceError: something else is called ``ImageReplication`` in the stack.
        """
        return one_of_stack(scope, cls, cls, way_out="replicate from another stack")

    @property
    def is_full(self) -> bool:
        """Whether ECR takes no further rule."""
        return len(self._rules) >= _MOST_RULES

    def copy(self, prefix: str, regions: Sequence[str]) -> None:
        """Copy the images of repositories to other Regions of the account.

        Args:
            prefix: what the names of the repositories begin with.
            regions: where to.
        """
        destinations = [
            ecr.CfnReplicationConfiguration.ReplicationDestinationProperty(
                region=region, registry_id=stack_of(self).account
            )
            for region in regions
        ]
        named = ecr.CfnReplicationConfiguration.RepositoryFilterProperty(filter=prefix, filter_type="PREFIX_MATCH")
        self._rules.append(
            ecr.CfnReplicationConfiguration.ReplicationRuleProperty(
                destinations=destinations, repository_filters=[named]
            )
        )
        self.resource.replication_configuration = self._configured()

    def _configured(self) -> ecr.CfnReplicationConfiguration.ReplicationConfigurationProperty:
        return ecr.CfnReplicationConfiguration.ReplicationConfigurationProperty(rules=self._rules)


def _check_copies(arguments: Arguments, regions: Sequence[str], name: str | None, stack: Stack) -> None:
    if name is None:
        arguments.refuse(
            "replicate_to", regions, asked="given with repository_name", way_out="ECR chooses what it copies by name",
            citation=_ELSEWHERE,
        )  # fmt: skip
    listed = [regions] if isinstance(regions, str) else [*regions]
    for number, region in enumerate(listed):
        if isinstance(regions, str) or not _is_region(region) or region == stack.region:
            arguments.refuse(
                "replicate_to", region, asked="a list of other Regions", way_out="e.g. ['us-west-2']",
                citation=_ELSEWHERE,
            )  # fmt: skip
        if region in listed[:number]:
            arguments.refuse(
                "replicate_to", region, asked="a list without repetitions", way_out="a Region has one copy",
                citation=_ELSEWHERE,
            )  # fmt: skip
    _check_configuration(arguments, stack)


def _is_region(value: object) -> bool:
    return isinstance(value, str) and (is_unresolved(value) or _REGION.fullmatch(value) is not None)


def _check_configuration(arguments: Arguments, stack: Stack) -> None:
    shared = stack.node.try_find_child(ImageReplication.__name__)
    own = shared.resource if isinstance(shared, ImageReplication) else None
    for child in stack.node.find_all():
        if isinstance(child, ecr.CfnReplicationConfiguration) and child is not own and _is_in(child, stack):
            arguments.refuse(
                "replicate_to",
                child.node.path,
                asked="left out in a stack with another replication configuration",
                way_out="a registry has one; take that one out, and pass replicate_to to each repository",
                citation=_ELSEWHERE,
            )
    if isinstance(shared, ImageReplication) and shared.is_full:
        arguments.refuse(
            "replicate_to",
            "one more",
            asked=f"given to {_MOST_RULES} repositories of a stack at most",
            way_out="ECR takes no more rules; one for a name that others begin with copies them too",
            citation=_ELSEWHERE,
        )


def _is_in(resource: ecr.CfnReplicationConfiguration, stack: Stack) -> bool:
    return outermost(stack_of(resource)) is stack
