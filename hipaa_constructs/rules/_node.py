"""Places in a template, and the resources that they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from hipaa_constructs.rules._outcome import MET, Outcome, Verdict, undecided
from hipaa_constructs.rules._resolve import condition, intrinsic, is_computed, is_plain, is_reference, settled
from hipaa_constructs.rules._value import (
    ABSENT,
    UNKNOWN,
    Json,
    Malformed,
    Scalar,
    Unresolved,
    Value,
    as_number,
    as_text,
    describe,
    may_match,
    name_in,
    same,
)

if TYPE_CHECKING:
    from hipaa_constructs.rules._template import Template


_ALWAYS_PLAIN = frozenset((bool, int, float, list, type(None)))
"""Types of which no value is an intrinsic function or holds one in its text."""

_new = object.__new__
_BROKEN = Verdict.BROKEN


K = TypeVar("K", str, int)


class Node:
    """A place in a template, and the value that stands there in the world being judged.

    Attributes:
        template: the template whose names the value uses.
        path: the place inside the resource, e.g. ``("Properties", "KmsKeyId")``.
        value: JSON (what stands inside it is not resolved yet), absent, malformed or unresolved.
    """

    __slots__ = ("path", "template", "value")

    def __init__(self, template: Template, raw: Json, path: tuple[str | int, ...]) -> None:
        """Resolve a raw value at its place."""
        self.path: tuple[str | int, ...] = path
        self.template: Template = template
        self.value: Value = raw
        if type(raw) not in _ALWAYS_PLAIN and not is_plain(raw):
            self.template, self.value = settled(template, raw)

    def at(self, *keys: str | int) -> Node:
        """Return the place below this one; what is not there is absent, what can't be there malformed."""
        template, value = self.template, self.value
        for key in keys:
            if isinstance(value, dict) and isinstance(key, str):
                value = value.get(key, ABSENT)
                if value is ABSENT:
                    break
            elif isinstance(value, list) and isinstance(key, int) and key < len(value):
                value = value[key]
            else:
                if isinstance(value, Unresolved):
                    value = value.around()
                elif value is not ABSENT and not isinstance(value, Malformed):
                    value = Malformed(value)
                break
            # Most values are text, which is looked through faster here than by a call.
            if type(value) is str:
                if "{{" in value:
                    template, value = settled(template, value)
            elif type(value) not in _ALWAYS_PLAIN and not is_plain(value):
                template, value = settled(template, value)
        node = _new(Node)
        node.template = template
        node.value = value
        node.path = self.path + keys
        return node

    def items(self) -> list[Node]:
        """Return the places of a list, without those that are ``AWS::NoValue``; no places for anything else."""
        if not isinstance(self.value, list):
            return []
        return [node for _, node in self._inside(enumerate(self.value))]

    def entries(self) -> list[tuple[str, Node]]:
        """Return the keys and places of a mapping, without those that are ``AWS::NoValue``."""
        if not isinstance(self.value, dict):
            return []
        return self._inside(self.value.items())

    def _inside(self, values: Iterable[tuple[K, Json]]) -> list[tuple[K, Node]]:
        template = self.template
        path: tuple[str | int, ...] = self.path
        found: list[tuple[K, Node]] = []
        for key, raw in values:
            node = _new(Node)
            node.template = template
            node.value = raw
            node.path = (*path, key)
            if "{{" in raw if type(raw) is str else type(raw) not in _ALWAYS_PLAIN and not is_plain(raw):
                node.template, node.value = settled(template, raw)
                if node.value is ABSENT:
                    continue
            found.append((key, node))
        return found

    def each(self, *keys: str) -> list[Node]:
        """Return every place that a path leads to, with ``"*"`` for each place of a list."""
        nodes = [self]
        for key in keys:
            nodes = [found for node in nodes for found in (node.items() if key == "*" else [node.at(key)])]
        return nodes

    @property
    def is_absent(self) -> bool:
        """Whether nothing stands here."""
        return self.value is ABSENT

    @property
    def is_unknown(self) -> bool:
        """Whether an intrinsic function hides the value."""
        return isinstance(self.value, Unresolved)

    @property
    def text(self) -> str | None:
        """The value if it is text."""
        return self.value if isinstance(self.value, str) else None

    @property
    def number(self) -> float | None:
        """The value if it is a number, also one written as text."""
        return as_number(self.value)

    def outline(self) -> str:
        """Return the value as text with `UNKNOWN` for each piece of it that is not known; empty for what is no text."""
        if isinstance(self.value, Unresolved):
            return "".join([UNKNOWN if part is None else part for part in self.value.parts])
        return as_text(self.value) if isinstance(self.value, (bool, int, float, str)) else ""

    def may_be(self, text: str) -> bool:
        """Tell whether an intrinsic function hides that the value is a certain text, which no name or ARN is."""
        return (
            isinstance(self.value, Unresolved)
            and self.value.may_be(text)
            and not is_computed(self.value.expression)
            and not self.targets()
        )

    def agrees_with(self, other: Node) -> bool:
        """Tell whether two places surely hold the same value: the same text, expression or resource."""
        one, two = self.value, other.value
        if isinstance(one, Unresolved) and isinstance(two, Unresolved):
            if one.template is two.template and one.expression == two.expression:
                return True
            target = self.target()
            return target is not None and target is other.target() and self.outline() == other.outline() == UNKNOWN
        return self.text is not None and self.text == other.text

    def shown(self) -> str:
        """Return the value as a finding quotes it."""
        return describe(self.value)

    def broken(self, found: str = "") -> Outcome:
        """Return the verdict that this place does not show what is wanted."""
        return Outcome(_BROKEN, self.path, found or describe(self.value))

    def undecided(self, why: str = "") -> Outcome:
        """Return the verdict that the template alone can't tell what stands here."""
        return undecided(*self.path, why=why or f"{self.shown()} is known at deployment only")

    def must_be(self, *wanted: Scalar) -> Outcome:
        """Judge that the value is one of those wanted."""
        if isinstance(self.value, Unresolved):
            texts = [w for w in wanted if isinstance(w, str)]
            hidden = len(texts) < len(wanted) or any(self.value.may_be(text) for text in texts)
            return self.undecided() if hidden else self.broken()
        value = self.value
        for one in wanted:
            if value is one or same(value, one):
                return MET
        return self.broken()

    def must_be_at_least(self, least: float, *, absent: bool = False) -> Outcome:
        """Judge that the value is a number of a certain size.

        Args:
            least: the smallest number that meets the demand.
            absent: whether absence meets it too, because AWS's own default does.
        """
        if self.is_absent:
            return MET if absent else self.broken()
        if self.is_unknown:
            return self.undecided()
        number = self.number
        return MET if number is not None and number >= least else self.broken()

    def must_be_absent(self) -> Outcome:
        """Judge that nothing stands here."""
        if self.is_unknown:
            return self.undecided()
        return MET if self.is_absent else self.broken()

    def must_be_set(self) -> Outcome:
        """Judge that something stands here: a value that is not empty, or one computed at the deployment."""
        if isinstance(self.value, Unresolved):
            return MET if self._surely_filled(self.value) else self.undecided()
        filled = not isinstance(self.value, Malformed) and self.value not in (ABSENT, None, "", [], {}, False)
        return MET if filled else self.broken()

    def _surely_filled(self, value: Unresolved) -> bool:
        if value.is_around:
            return False
        if is_computed(value.expression) or any(value.parts):
            return True
        # Of these two, what is malformed may name a resource all the same.
        function = intrinsic(value.expression)
        return bool(self.targets()) and function is not None and function[0] not in ("Fn::GetAtt", "Fn::If")

    def targets(self) -> tuple[Resource, ...]:
        """Return the resources that the value names, in whichever stack they are."""
        if not isinstance(self.value, Unresolved):
            return ()
        return self.value.template.named_resources(self.value.expression)

    def target(self) -> Resource | None:
        """Return the one resource that the value is made of, and of no other."""
        found = self.targets()
        sure = isinstance(self.value, Unresolved) and is_reference(self.value.expression)
        return found[0] if sure and len(found) == 1 else None

    def designates(self, resource: Resource) -> bool | None:
        """Tell whether the value is the name, id or ARN of a resource; None when the template can't tell."""
        value = self.value
        if isinstance(value, Unresolved):
            return self._may_designate(value, resource)
        if not isinstance(value, str):
            return False
        name = resource.name
        if isinstance(name.value, Unresolved):
            return None if name.value.may_be(name_in(value)) else False
        return name.text is not None and name.text == name_in(value)

    def _may_designate(self, value: Unresolved, resource: Resource) -> bool | None:
        found = self.targets()
        known = UNKNOWN if value.parts == (None,) else name_in(self.outline())
        whole = known == UNKNOWN
        if not known.strip(UNKNOWN) and not whole:
            return None
        if resource in found:
            # What only contains the name of a resource, such as its name with a suffix, is another one's name.
            if not whole:
                return False
            return True if len(found) == 1 and is_reference(value.expression) else None
        if whole and found and all(one.type == resource.type for one in found):
            return False
        name = resource.name
        if isinstance(name.value, Unresolved):
            same_place = name.value.template is value.template
            return True if same_place and name.value.expression == value.expression else None
        if name.text is None:
            return None if whole else False
        if UNKNOWN not in known:
            return known == name.text
        return None if may_match([known], name.text) else False


_NAME_PROPERTIES = {
    "AWS::ApiGateway::DomainName": "DomainName",
    "AWS::ApiGatewayV2::DomainName": "DomainName",
    "AWS::AutoScaling::AutoScalingGroup": "AutoScalingGroupName",
    "AWS::AutoScaling::LaunchConfiguration": "LaunchConfigurationName",
    "AWS::Backup::BackupVault": "BackupVaultName",
    "AWS::Backup::LogicallyAirGappedBackupVault": "BackupVaultName",
    "AWS::Backup::RestoreTestingPlan": "RestoreTestingPlanName",
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::DAX::Cluster": "ClusterName",
    "AWS::DAX::SubnetGroup": "SubnetGroupName",
    "AWS::DMS::ReplicationSubnetGroup": "ReplicationSubnetGroupIdentifier",
    "AWS::DocDB::DBCluster": "DBClusterIdentifier",
    "AWS::DocDB::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ElastiCache::CacheCluster": "ClusterName",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "AWS::ElastiCache::ServerlessCache": "ServerlessCacheName",
    "AWS::ElastiCache::SubnetGroup": "CacheSubnetGroupName",
    "AWS::ElastiCache::User": "UserId",
    "AWS::ElastiCache::UserGroup": "UserGroupId",
    "AWS::ElasticBeanstalk::Environment": "EnvironmentName",
    "AWS::ElasticLoadBalancing::LoadBalancer": "LoadBalancerName",
    "AWS::Elasticsearch::Domain": "DomainName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::MSK::Cluster": "ClusterName",
    "AWS::MemoryDB::Cluster": "ClusterName",
    "AWS::MemoryDB::SubnetGroup": "SubnetGroupName",
    "AWS::MemoryDB::User": "UserName",
    "AWS::Neptune::DBCluster": "DBClusterIdentifier",
    "AWS::Neptune::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::OpenSearchService::Domain": "DomainName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::DBClusterParameterGroup": "DBClusterParameterGroupName",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::RDS::DBParameterGroup": "DBParameterGroupName",
    "AWS::RDS::DBProxy": "DBProxyName",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::RDS::GlobalCluster": "GlobalClusterIdentifier",
    "AWS::RDS::OptionGroup": "OptionGroupName",
    "AWS::Redshift::Cluster": "ClusterIdentifier",
    "AWS::Redshift::ClusterParameterGroup": "ParameterGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SageMaker::EndpointConfig": "EndpointConfigName",
    "AWS::SageMaker::NotebookInstance": "NotebookInstanceName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::Timestream::Database": "DatabaseName",
}
"""Where types that do not call it ``Name`` have their physical name."""


class Resource:
    """A resource of a template.

    Attributes:
        template: the template that declares it.
        logical_id: its id in the template.
        type: its CloudFormation type.
        body: what the template declares, unresolved.
        origin: where the template's file declares it.
        places: where in that declaration stands what a transform of the template moved.
    """

    __slots__ = ("_known", "body", "logical_id", "origin", "places", "template", "type")

    def __init__(self, template: Template, logical_id: str, kind: str, body: dict[str, Json]) -> None:
        """Take a resource from a template's body."""
        self.origin: tuple[str | int, ...] = ("Resources", logical_id)
        self.places: Mapping[tuple[str | int, ...], tuple[str | int, ...]] = {}
        self.template = template
        self.logical_id = logical_id
        self.type = kind
        self.body = body
        self._known: dict[tuple[str | int, ...], Node] = {}

    def forget(self) -> None:
        """Give up the places that were read: for memory, or because other templates came to stand beside its own."""
        self._known.clear()

    def at(self, *keys: str | int) -> Node:
        """Return a place in its properties, in the world being judged."""
        known = self._known
        place = known.get(keys)
        if place is None:
            world = self.template.assembly.world
            asked = world.asked
            properties = known.get(())
            if properties is None:
                properties = Node(self.template, self.body.get("Properties", {}), ("Properties",))
                if world.asked == asked:
                    known[()] = properties
            place = properties.at(*keys)
            if world.asked == asked:  # It is the same in every world, and several rules look at it.
                known[keys] = place
        return place

    def each(self, *keys: str) -> list[Node]:
        """Return every place in its properties that a path leads to, with ``"*"`` for each place of a list."""
        known = keys.index("*") if "*" in keys else len(keys)
        return self.at(*keys[:known]).each(*keys[known:])

    def attribute(self, name: str) -> Node:
        """Return what stands beside the properties, e.g. ``DeletionPolicy``."""
        if name in self.body and "Fn::Transform" not in self.body:
            return Node(self.template, self.body[name], (name,))
        return Node(self.template, self.body, ()).at(name)

    @property
    def exists(self) -> bool:
        """Whether the resource is made in the world being judged: its condition holds."""
        name = self.body.get("Condition")
        if isinstance(name, str) and not condition(self.template, name):
            return False
        stack = self.template.parent
        return stack is None or stack.exists

    @property
    def name(self) -> Node:
        """The place of the physical name that the template gives the resource."""
        return self.at(_NAME_PROPERTIES.get(self.type, "Name"))

    @property
    def construct_path(self) -> str | None:
        """The path of the CDK construct that made it, if the template carries one."""
        return self.attribute("Metadata").at("aws:cdk:path").text

    @property
    def depends_on(self) -> list[Resource]:
        """The resources that ``DependsOn`` names."""
        raw = self.body.get("DependsOn")
        names = [raw] if isinstance(raw, str) else raw if isinstance(raw, list) else []
        found = (self.template.resources.get(name) for name in names if isinstance(name, str))
        return [resource for resource in found if resource is not None]

    def __repr__(self) -> str:
        """Return the type and the id."""
        return f"<{self.type} {self.logical_id}>"
