"""What stands in a stack that is hardened: what a resource says, and what else is about it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import lru_cache

from aws_cdk import CfnResource, Stack, TreeInspector
from aws_cdk import aws_backup as backup
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import IConstruct

from hipaa_constructs.services._of_stack import stack_of

INSPECT = "inspect"
"""The method by which resources of the CDK tell what they say; what escape hatches set is not seen."""

_PROPERTIES = "aws:cdk:cloudformation:props"
_DELIVERING = ("logging.s3.amazonaws.com", "delivery.logs.amazonaws.com", "elasticloadbalancing")
_REFERENCE = re.compile(r"'Ref': '([^']+)'")


def value_of(resource: CfnResource, path: str) -> object:
    """Return what stands at a path, resolved; None where nothing does. What escape hatches set is not seen."""
    value: object = _properties(resource)
    for key in path.split("."):
        if isinstance(value, list):
            value = value[int(key)] if key.isdigit() and int(key) < len(value) else None
            continue
        # Structs have the names of jsii, dictionaries those of CloudFormation.
        entries = {name.lower(): one for name, one in value.items()} if isinstance(value, dict) else {}
        value = entries.get(key.lower())
    return value


def count_of(resource: CfnResource, path: str) -> int:
    """Return how many entries the list at a path has; none where there is no list."""
    found = value_of(resource, path)
    return len(found) if isinstance(found, list) else 0


@lru_cache(maxsize=1)
def _properties(resource: CfnResource) -> object:
    """Return the properties of a resource, which is asked for one after the other."""
    inspector = TreeInspector()
    inspect: Callable[[TreeInspector], None] = getattr(resource, INSPECT)
    inspect(inspector)
    attributes: Mapping[str, object] = stack_of(resource).resolve(inspector.attributes)
    return attributes.get(_PROPERTIES)


class Contents:
    """The policies, log settings and backup selections of a stack, read once: each resource asks for its own."""

    def __init__(self, stack: Stack) -> None:
        """Read a stack.

        Args:
            stack: as it is now; what is made afterwards is shown by `look_at`.
        """
        self._stack = stack
        # By path, as Node may hand out another object for the same construct.
        self._known: set[str] = set()
        self._policies_by_target: dict[str, list[s3.CfnBucketPolicy | sqs.CfnQueuePolicy | sns.CfnTopicPolicy]] = (
            defaultdict(list)
        )
        self._logging_to: dict[str, list[str]] = defaultdict(list)
        self._selections: list[str] = []
        self.look_at(stack)

    def __contains__(self, resource: CfnResource) -> bool:
        """Tell whether a resource was there when the stack was read."""
        return resource.node.path in self._known

    def look_at(self, scope: IConstruct) -> None:
        """Read what is in a scope and was not there before."""
        for one in scope.node.find_all():
            if isinstance(one, CfnResource) and (path := one.node.path) not in self._known:
                self._known.add(path)
                self._note(one, path)

    def _note(self, one: CfnResource, path: str) -> None:
        resolve = self._stack.resolve
        if isinstance(one, (s3.CfnBucketPolicy, sqs.CfnQueuePolicy, sns.CfnTopicPolicy)):
            targets: object = resolve(one.bucket if isinstance(one, s3.CfnBucketPolicy) else _targets(one))
            for name in set(_REFERENCE.findall(str(targets))):
                self._policies_by_target[name].append(one)
        elif isinstance(one, s3.CfnBucket):
            destination = value_of(one, "LoggingConfiguration.DestinationBucketName")
            if isinstance(destination, dict):
                self._logging_to[str(destination.get("Ref"))].append(path)
        elif isinstance(one, backup.CfnBackupSelection):
            self._selections.append(str(resolve(one.backup_selection)))

    def policies(self, resource: CfnResource) -> list[object]:
        """Return the documents of the policies of a bucket, a queue or a topic."""
        resolve = self._stack.resolve
        return [resolve(one.policy_document) for one in self._policies_by_target.get(self._id(resource), [])]

    def takes_logs(self, bucket: s3.CfnBucket) -> bool:
        """Tell whether logs are delivered to a bucket, which S3 and load balancers do with SSE-S3 only."""
        if value_of(bucket, "AccessControl") == "LogDeliveryWrite":
            return True
        policies = str(self.policies(bucket))
        if any(service in policies for service in _DELIVERING):
            return True
        return any(path != bucket.node.path for path in self._logging_to.get(self._id(bucket), []))

    def selects(self, resource: CfnResource) -> bool:
        """Tell whether a backup plan names a resource."""
        name = f"'{self._id(resource)}'"
        return any(name in selection for selection in self._selections)

    def _id(self, resource: CfnResource) -> str:
        return str(self._stack.resolve(resource.logical_id))


def _targets(policy: sqs.CfnQueuePolicy | sns.CfnTopicPolicy) -> list[str]:
    return policy.queues if isinstance(policy, sqs.CfnQueuePolicy) else policy.topics
