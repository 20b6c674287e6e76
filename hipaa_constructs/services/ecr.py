"""Amazon ECR: images that are scanned, that nothing takes the place of, and that another Region has too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypedDict, Unpack

from aws_cdk import RemovalPolicy, Stack, Token
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from hipaa_constructs.services._of_stack import one_of_stack
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._waiving import waive
from hipaa_constructs.services.kms import AnyKey, usable_key
from hipaa_constructs.waivers import Waiver

_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d")
_ELSEWHERE = "164.308(a)(7)(ii)(B)"


class RepositoryOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_ecr.Repository` that are passed on as they are."""

    image_tag_mutability_exclusion_filters: Sequence[ecr.ImageTagMutabilityExclusionFilter]
    lifecycle_registry_id: str
    lifecycle_rules: Sequence[ecr.LifecycleRule]
    repository_name: str


class EncryptedRepository(Construct):
    """A private repository of images, encrypted with your key and scanned, in which a tag names one image for ever.

    A service is made anew from its images: they stay when the stack goes, and are copied to other Regions if asked for.
    A GB costs about 0.10 USD a month, in each Region.

    Rules: EcrImagesScanned, EcrUsesCustomerManagedKey, EcrTagsImmutable, EcrPolicyNamesPrincipals.
    Your duty: what the scans find, and ``lifecycle_rules`` for images that nobody needs any more.
    AWS: https://docs.aws.amazon.com/AmazonECR/latest/userguide/security-best-practices.html

    Attributes:
        repository: the `ecr.Repository`, with the logical id that it would have without this construct.
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
            image_scan_on_push: by default, and unless waived, every image is scanned when it is pushed.
            image_tag_mutability: by default, and unless waived, no tag can be moved to another image.
            replicate_to: the Regions that images pushed from now on are copied to; none by default. ECR copies images
                and no settings: make a repository of the same name there first, with a key of that Region, or ECR makes
                a bare one. Repositories whose names begin in the same way are copied as well. The registry of an
                account has one such configuration in a Region: only one stack can have it.
            removal_policy: by default the repository stays when the stack goes, with its images.
            waivers: exceptions from the rules about repositories.
            **options: of `ecr.Repository`, see `RepositoryOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown, or weaker than a rule that is not waived; a Region is none,
                or the stack's own; images are copied of a repository without a name.
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
        _check_regions(arguments, replicate_to, options.get("repository_name"), Stack.of(scope).region)
        super().__init__(scope, id)
        self.repository = ecr.Repository(
            self,
            "Default",
            encryption=ecr.RepositoryEncryption.KMS,
            encryption_key=usable_key(self, encryption_key),
            image_scan_on_push=image_scan_on_push,
            image_tag_mutability=image_tag_mutability,
            removal_policy=removal_policy,
            **options,
        )
        if replicate_to:
            ImageReplication.of(self).copy(options["repository_name"], replicate_to)
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
    def of(cls, scope: Construct) -> ImageReplication:
        """Return the one configuration of a stack, which is made when it is first asked for.

        Args:
            scope: anything in the stack.

        Raises:
            ComplianceError: something else is called ``ImageReplication`` in the stack.
        """
        return one_of_stack(scope, cls, cls, way_out="replicate from another stack")

    def copy(self, prefix: str, regions: Sequence[str]) -> None:
        """Copy the images of repositories to other Regions of the account.

        Args:
            prefix: what the names of the repositories begin with.
            regions: where to.
        """
        destinations = [
            ecr.CfnReplicationConfiguration.ReplicationDestinationProperty(
                region=region, registry_id=Stack.of(self).account
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


def _check_regions(arguments: Arguments, regions: Sequence[str], name: str | None, here: str) -> None:
    if regions and name is None:
        arguments.refuse(
            "replicate_to", regions, asked="given with repository_name", way_out="ECR chooses what it copies by name",
            citation=_ELSEWHERE,
        )  # fmt: skip
    known = [region for region in regions if not Token.is_unresolved(region)]
    for region in [regions] if isinstance(regions, str) else known:
        if isinstance(regions, str) or _REGION.fullmatch(region) is None or region == here:
            arguments.refuse(
                "replicate_to", region, asked="a list of other Regions", way_out="e.g. ['us-west-2']",
                citation=_ELSEWHERE,
            )  # fmt: skip
