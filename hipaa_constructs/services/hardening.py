"""What a team already has, brought up to the rules where that replaces nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aws_cdk import Aws, CfnResource, Mixin, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import IConstruct

from hipaa_constructs.rules import RULES
from hipaa_constructs.services import _hardening as table
from hipaa_constructs.services._hardening_stack import INSPECT, Contents, count_of, value_of
from hipaa_constructs.services._metadata import noted
from hipaa_constructs.services._of_stack import outermost, stack_of
from hipaa_constructs.services.kms import EncryptionKey
from hipaa_constructs.services.s3_logs import LogArchive

_KEY_ID = "HardeningKey"
_SENDERS = ("cloudwatch", "events", "s3", "sns")
_SERVICE = "'Service'"
_OLD_TLS: Mapping[str, Sequence[Mapping[str, object]]] = {
    "S3BucketTlsOnly": ({"NumericLessThan": {"s3:TlsVersion": 1.2}},)
}
_EVERYBODY = {"AWS": "*"}
_TLS_ONLY = {
    "Action": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    "Effect": "Deny",
    "Principal": _EVERYBODY,
    "Resource": "*",
}
_MOUNTING = {
    "Action": [f"elasticfilesystem:Client{name}" for name in ("Mount", "RootAccess", "Write")],
    "Condition": {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
    "Effect": "Allow",
    "Principal": _EVERYBODY,
    "Resource": "*",
}
"""What a file system without a policy allows."""

_IN_PLACE: Mapping[str, tuple[str, str, Sequence[object]]] = {
    table.FILE_SYSTEM: ("FileSystemPolicy", "EfsTlsOnly", (_MOUNTING, _TLS_ONLY)),
    table.GLOBAL_TABLE: (
        "Replicas.0.ResourcePolicy.PolicyDocument",
        "DynamodbTableTlsOnly",
        ({**_TLS_ONLY, "Action": "dynamodb:*"},),
    ),
    table.TABLE: ("ResourcePolicy.PolicyDocument", "DynamodbTableTlsOnly", ({**_TLS_ONLY, "Action": "dynamodb:*"},)),
}
"""The policies that are properties: where they are, the rule about them, and what they say where there is none."""

_REGIONAL = ("dynamodb", "s3", "secretsmanager", "sns", "sqs")


@dataclass(frozen=True, slots=True, kw_only=True)
class HardeningChange:
    """A property that was changed, or one that can't be.

    Attributes:
        path: of the resource in the construct tree.
        property: the property, in the words of CloudFormation.
        before: what stood there, as text; ``absent`` where nothing did.
        after: what stands there now, as text; empty where it can't be changed.
        rule: the id of the rule that asks for it.
        why_not: why it can't be changed in place, and what to do; empty where it was.
    """

    path: str
    property: str
    before: str
    after: str
    rule: str
    why_not: str = ""

    def __str__(self) -> str:
        """Return a line."""
        if self.why_not:
            return f"{self.path}: {self.property} stays {self.before}: {self.why_not} ({self.rule})"
        return f"{self.path}: {self.property} {self.before} -> {self.after} ({self.rule})"


class HipaaHardening(Mixin):
    """Brings plain resources of the CDK up to the rules, where CloudFormation changes them without replacing them.

    For apps that are there already: ``hardening = HipaaHardening(); Mixins.of(app).apply(hardening)``, once everything
    is made. What stands in a template and is as good is left as it is; so is what a waiver allows.
    `changes` says what was changed, `unchanged` what only another resource can have, with the way there. Findings about
    the latter remain.

    What is encrypted anew uses one key for each stack, whose policy lets whoever may use a bucket, queue, topic or
    secret of the account go on using it, as AWS managed keys do; name principals in its policy once you know them. Data
    that is there already keeps the encryption it has. Each key costs about 1 USD a month.

    What escape hatches set is not seen. Types: buckets and their policies, queues, topics, log groups, keys, secrets,
    trails, repositories, databases and clusters of RDS, replication groups of ElastiCache, tables, file systems.
    Your duty: to read `changes` before you deploy: clients that speak plaintext, sites that are public and ACLs stop
    working.
    AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html

    Attributes:
        changes: what was changed, resource by resource.
        unchanged: what can't be changed in place.
    """

    def __init__(self) -> None:
        """Make one; a second one says what the second one did."""
        super().__init__()
        self.changes: list[HardeningChange] = []
        self.unchanged: list[HardeningChange] = []
        self._said: set[HardeningChange] = set()
        self._stacks: dict[Stack, Contents] = {}

    def supports(self, construct: IConstruct) -> bool:
        """Tell whether something is a resource of a type that is hardened."""
        known = isinstance(construct, CfnResource) and construct.cfn_resource_type in table.SUPPORTED
        return known and hasattr(construct, INSPECT)

    def apply_to(self, construct: IConstruct) -> None:
        """Harden one resource; what is hardened already stays as it is."""
        assert isinstance(construct, CfnResource)
        kind = construct.cfn_resource_type
        for setting in table.SETTINGS.get(kind, ()):
            for one in _each(construct, setting):
                self._set(construct, one)
        if isinstance(construct, s3.CfnBucket):
            self._encrypt_bucket(construct)
            self._log_bucket(construct)
        self._keep(construct)
        self._refuse_plaintext(construct)
        if kind == table.FILE_SYSTEM:
            self._back_up(construct)
        if kind == table.GLOBAL_TABLE:
            self._encrypt_replica(construct)
        if kind in _IN_PLACE:
            self._refuse_plaintext_in_place(construct, *_IN_PLACE[kind])
        for lasting in table.LASTING.get(kind, ()):
            before = value_of(construct, lasting.path)
            if not (lasting.meets(before) or _any(construct, lasting.unless) or _excused(construct, lasting.rule)):
                why = f"CloudFormation would replace it; {lasting.way_out}"
                self._cannot(construct, lasting.path, before, lasting.rule, why)

    def _contents(self, resource: CfnResource) -> Contents:
        stack = stack_of(resource)
        found = self._stacks.get(stack)
        if found is None or resource not in found:  # It was made after its stack was read.
            found = self._stacks[stack] = Contents(stack)
        return found

    def _set(self, resource: CfnResource, setting: table.Setting) -> None:
        before = value_of(resource, setting.path)
        if setting.is_met(before) or _any(resource, setting.unless) or _excused(resource, setting.rule):
            return
        if setting.engines and not str(value_of(resource, "Engine")).startswith(setting.engines):
            return
        wanted = setting.wanted
        if isinstance(wanted, table.TheKey):
            if resource.cfn_resource_type == table.LOG_GROUP:
                _key(resource).allow_cloudwatch_logs()
            wanted = _key(resource).key.key_arn
        resource.add_property_override(setting.path, wanted)
        self._changed(resource, setting.path, before, setting.wanted, setting.rule)

    def _encrypt_bucket(self, bucket: s3.CfnBucket) -> None:
        before = value_of(bucket, "BucketEncryption")
        excused = _excused(bucket, "S3BucketUsesCustomerManagedKey")
        if excused or table.encrypted_with_own_key(before) or self._contents(bucket).takes_logs(bucket):
            return
        if _SERVICE in str(self._contents(bucket).policies(bucket)):
            way_out = "services of AWS deliver to it; let them use a key of yours first, then set it"
            self._cannot(bucket, "BucketEncryption", before, "S3BucketUsesCustomerManagedKey", way_out)
            return
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": _key(bucket).key.key_arn}
        rules = [{"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": default}]
        bucket.add_property_override("BucketEncryption", {"ServerSideEncryptionConfiguration": rules})
        self._changed(bucket, "BucketEncryption", before, "aws:kms", "S3BucketUsesCustomerManagedKey")

    def _log_bucket(self, bucket: s3.CfnBucket) -> None:
        before = value_of(bucket, "LoggingConfiguration.DestinationBucketName")
        if before is not None or self._contents(bucket).takes_logs(bucket) or _excused(bucket, "S3BucketAccessLogged"):
            return
        archive = LogArchive.of(bucket)
        configuration = {"DestinationBucketName": archive.bucket.bucket_name, "LogFilePrefix": "s3/"}
        bucket.add_property_override("LoggingConfiguration", configuration)
        assert archive.bucket.policy is not None
        bucket.node.add_dependency(archive.bucket.policy)
        self._changed(bucket, "LoggingConfiguration", before, "the log archive", "S3BucketAccessLogged")

    def _keep(self, resource: CfnResource) -> None:
        rule = table.KEPT.get(resource.cfn_resource_type)
        policy = resource.cfn_options.deletion_policy
        if rule is None or _excused(resource, rule) or (policy is not None and policy.name in ("RETAIN", "SNAPSHOT")):
            return
        if value_of(resource, "DBClusterIdentifier") is not None:
            return
        resource.apply_removal_policy(RemovalPolicy.RETAIN)
        self._changed(resource, "DeletionPolicy", None if policy is None else policy.name, "Retain", rule)

    def _refuse_plaintext(self, resource: CfnResource) -> None:
        owner = resource.node.scope
        if isinstance(resource, s3.CfnBucket):
            rule, actions, at = "S3BucketTlsOnly", ["s3:*"], [resource.attr_arn, f"{resource.attr_arn}/*"]
        elif isinstance(resource, sqs.CfnQueue):
            rule, actions, at = "SqsQueueTlsOnly", ["sqs:*"], [resource.attr_arn]
        elif isinstance(resource, sns.CfnTopic):
            rule, actions, at = "SnsTopicTlsOnly", ["sns:Publish"], [resource.ref]
        else:
            return
        contents = self._contents(resource)
        policies = contents.policies(resource)
        if "aws:SecureTransport" in str(policies) or _excused(resource, rule):
            return
        conditions = [{"Bool": {"aws:SecureTransport": "false"}}, *_OLD_TLS.get(rule, ())]
        statements = [
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=actions,
                resources=at,
                conditions=condition,
            )
            for condition in conditions
        ]
        if isinstance(owner, (s3.Bucket, sqs.Queue, sns.Topic)):
            for statement in statements:
                owner.add_to_resource_policy(statement)
            if isinstance(owner, s3.Bucket) and owner.policy is not None:
                owner.policy.apply_removal_policy(RemovalPolicy.RETAIN)
            contents.look_at(owner)
        elif policies:
            self._cannot(resource, "policy", "as it is", rule, "add a statement that denies requests without TLS to it")
            return
        else:
            _policy(resource, statements)
            contents.look_at(resource)
        self._changed(resource, "policy", None, "requests without TLS are denied", rule)

    def _back_up(self, resource: CfnResource) -> None:
        before, rule = value_of(resource, "BackupPolicy.Status"), "EfsFileSystemInBackupPlan"
        if before == "ENABLED" or _excused(resource, rule) or self._contents(resource).selects(resource):
            return
        resource.add_property_override("BackupPolicy.Status", "ENABLED")
        self._changed(resource, "BackupPolicy.Status", before, "ENABLED", rule)

    def _encrypt_replica(self, resource: CfnResource) -> None:
        rule, path = "DynamodbReplicaUsesCustomerManagedKey", "Replicas.0.SSESpecification.KMSMasterKeyId"
        keys = [value_of(resource, path.replace("0", str(one))) for one in range(count_of(resource, "Replicas"))]
        switch = value_of(resource, "SSESpecification.SSEEnabled")
        if (switch is True and all(table.own_key(one) for one in keys)) or _excused(resource, rule):
            return
        if len(keys) != 1:
            self._cannot(resource, path, keys, rule, "each Region needs a key of its own; give each replica one")
            return
        resource.add_property_override("SSESpecification", {"SSEEnabled": True, "SSEType": "KMS"})
        resource.add_property_override(path, _key(resource).key.key_arn)
        self._changed(resource, path, keys[0], table.THE_KEY, rule)

    def _refuse_plaintext_in_place(
        self, resource: CfnResource, path: str, rule: str, statements: Sequence[object]
    ) -> None:
        before = value_of(resource, path)
        several = path.startswith("Replicas") and count_of(resource, "Replicas") != 1
        if _excused(resource, rule) or ("aws:SecureTransport" in str(before) and not several):
            return
        if before is not None or several:
            way_out = "add a statement that denies requests without TLS to it"
            self._cannot(resource, path, "as it is", rule, way_out + (", in each replica" if several else ""))
            return
        resource.add_property_override(path, {"Version": "2012-10-17", "Statement": list(statements)})
        self._changed(resource, path, None, "requests without TLS are denied", rule)

    def _changed(self, resource: CfnResource, path: str, before: object, after: object, rule: str) -> None:
        shown = "a key of yours" if isinstance(after, table.TheKey) else str(after)
        self._say(resource, self.changes, property=path, before=before, after=shown, rule=rule)

    def _cannot(self, resource: CfnResource, path: str, before: object, rule: str, why: str) -> None:
        self._say(resource, self.unchanged, property=path, before=before, after="", rule=rule, why_not=why)

    def _say(
        self,
        resource: CfnResource,
        where: list[HardeningChange],
        *,
        property: str,
        before: object,
        after: str,
        rule: str,
        why_not: str = "",
    ) -> None:
        assert rule in RULES
        change = HardeningChange(
            path=resource.node.path, property=property, before=_shown(before), after=after, rule=rule, why_not=why_not
        )
        if change not in self._said:  # What it set is not seen when it is applied again.
            self._said.add(change)
            where.append(change)


def _shown(value: object) -> str:
    return "absent" if value is None else str(value)


def _each(resource: CfnResource, setting: table.Setting) -> Sequence[table.Setting]:
    """Return a setting for each entry of the list that it is about; itself if it is about none."""
    places, star, rest = setting.path.partition(".*.")
    if not star:
        return [setting]
    return [replace(setting, path=f"{places}.{one}.{rest}") for one in range(count_of(resource, places))]


def _any(resource: CfnResource, paths: tuple[str, ...]) -> bool:
    return any(value_of(resource, path) is not None for path in paths)


def _excused(resource: CfnResource, rule: str) -> bool:
    """Tell whether a resource has a waiver of a rule, which is what its team wants."""
    recorded = noted(resource).get("waivers")
    return isinstance(recorded, list) and any(one.get("rule") == rule for one in recorded if isinstance(one, dict))


def _key(resource: CfnResource) -> EncryptionKey:
    """Return the key of the stack for what is hardened."""
    stack = outermost(stack_of(resource))
    found = stack.node.try_find_child(_KEY_ID)
    if isinstance(found, EncryptionKey):
        return found
    key = EncryptionKey(stack, _KEY_ID, description=f"Encrypts what is hardened in the stack {stack.node.path}")
    uses = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    # As in the policies of AWS managed keys: whoever may use the resource may use its key, by way of the service.
    key.key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="WhoeverUsesTheResources",
            actions=uses,
            resources=["*"],
            principals=[iam.AnyPrincipal()],
            conditions={
                "StringEquals": {
                    "kms:CallerAccount": Aws.ACCOUNT_ID,
                    "kms:ViaService": [f"{name}.{Aws.REGION}.{Aws.URL_SUFFIX}" for name in _REGIONAL],
                }
            },
        )
    )
    key.key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="ServicesThatSend",
            actions=["kms:Decrypt", "kms:GenerateDataKey*"],
            resources=["*"],
            principals=[iam.ServicePrincipal(f"{name}.amazonaws.com") for name in _SENDERS],
            conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
        )
    )
    return key


def _policy(resource: CfnResource, statements: list[iam.PolicyStatement]) -> None:
    document = iam.PolicyDocument(statements=statements)
    if isinstance(resource, s3.CfnBucket):
        made: CfnResource = s3.CfnBucketPolicy(resource, "Policy", bucket=resource.ref, policy_document=document)
        made.apply_removal_policy(RemovalPolicy.RETAIN)
    elif isinstance(resource, sqs.CfnQueue):
        sqs.CfnQueuePolicy(resource, "Policy", queues=[resource.ref], policy_document=document)
    elif isinstance(resource, sns.CfnTopic):
        sns.CfnTopicPolicy(resource, "Policy", topics=[resource.ref], policy_document=document)
