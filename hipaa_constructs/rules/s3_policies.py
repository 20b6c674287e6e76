"""What the policies of Amazon S3 buckets must say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met, broken, undecided
from hipaa_constructs.rules._policy import HIDDEN_POLICY, Statement, callers_named, denies_all_principals, is_text
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._s3 import (
    BUCKET,
    GUIDE,
    denied_to_all,
    each_default,
    policies,
    receives_access_logs,
)

_ALGORITHM = "s3:x-amz-server-side-encryption"
_KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id"
_OLDEST_TLS = 1.2
_DIFFERS = ("stringnotequals", "stringnotequalsifexists", "arnnotequals", "arnnotequalsifexists")


def _denied_throughout(bucket: Resource, denies: Callable[[Statement], bool | None], what: str) -> Outcome:
    """Judge that policies deny something to everyone on a bucket and on its objects, in one statement or in two."""
    answers: dict[Statement, bool | None] = {}

    def denies_where(covers: Callable[[Statement], bool], one: Statement) -> bool | None:
        if one not in answers:
            answers[one] = denies(one)
        return answers[one] if answers[one] is False or covers(one) else False

    on_bucket = denied_to_all(bucket, partial(denies_where, Statement.covers_bucket), what)
    if on_bucket.verdict is Verdict.BROKEN:
        return on_bucket
    return all_met([on_bucket, denied_to_all(bucket, partial(denies_where, Statement.covers_objects), what)])


def _refuses_if(
    statement: Statement, operators: tuple[str, ...], key: str, enough: Callable[[Node], bool]
) -> bool | None:
    unknown = "Condition" in statement.hidden
    if not unknown:
        values = statement.condition(*operators, key=key)
        unknown = any(value.is_unknown for value in values or ())
        if not values or not all(value.is_unknown or enough(value) for value in values):
            return False
    refuses = denies_all_principals(statement, "s3:*")
    return None if refuses and unknown else refuses


def _refuses_plaintext(statement: Statement) -> bool | None:
    operators = ("bool", "boolifexists")
    return _refuses_if(statement, operators, "aws:SecureTransport", lambda value: is_text(value.value, "false"))


def tls_only(bucket: Resource) -> Outcome:
    """Judge that policies of a bucket deny requests without TLS."""
    return _denied_throughout(bucket, _refuses_plaintext, "requests without TLS (aws:SecureTransport)")


def _refuses_old_tls(statement: Statement) -> bool | None:
    operators = ("numericlessthan", "numericlessthanifexists")
    return _refuses_if(statement, operators, "s3:TlsVersion", lambda value: (value.number or 0) >= _OLDEST_TLS)


@rule(
    title="every bucket refuses requests without TLS",
    fix="add a bucket policy that denies s3:* on the bucket and its objects when aws:SecureTransport is false",
    applies_to=(BUCKET,),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-071",
    same_as=(
        "cdk-nag:HIPAA.Security-S3BucketSSLRequestsOnly",
        "config:s3-bucket-ssl-requests-only",
        "guard:S3_BUCKET_SSL_REQUESTS_ONLY",
        "prowler:s3_bucket_secure_transport_policy",
    ),
    url=GUIDE + "security-best-practices.html",
)
def s3_bucket_tls_only(bucket: Resource) -> Outcome:
    """Judge all policies of the bucket, in whichever stack they are; its objects may have a statement of their own."""
    return tls_only(bucket)


@rule(
    title="every bucket refuses requests below TLS 1.2",
    fix="add a bucket policy that denies s3:* on the bucket and its objects when s3:TlsVersion is less than 1.2",
    applies_to=(BUCKET,),
    controls=("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
    requirement="HC-072",
    severity=Severity.WARNING,
    url=GUIDE + "amazon-s3-policy-keys.html",
)
def s3_bucket_tls12_only(bucket: Resource) -> Outcome:
    """Judge the policies; a warning, as AWS itself has refused TLS 1.0 and 1.1 at its endpoints since 2024."""
    return _denied_throughout(bucket, _refuses_old_tls, "TLS versions below 1.2 (s3:TlsVersion)")


def _refuses_uploads(
    statement: Statement, key: str, wanted: Sequence[Node], *, if_given: tuple[str, ...]
) -> bool | None:
    compared: list[Node] = []
    for (operator, condition_key), nodes in statement.conditions.items():
        if condition_key == key and operator in _DIFFERS:
            compared += nodes
        elif _spares_services(operator, condition_key, nodes):
            continue
        elif operator != "null" or condition_key not in if_given or not _is_all(nodes, "false"):
            return False
    answers = [_is_one_of(node, wanted) for node in compared]
    if False in answers or not (answers or "Condition" in statement.hidden):
        return False
    denies = statement.covers_objects() and denies_all_principals(statement, "s3:PutObject")
    return None if denies and None in answers else denies


def _refuses_no_key(statement: Statement, wanted: Sequence[Node], algorithms: Sequence[Node]) -> bool | None:
    # Negated operators are true of a header that is not given, unless a Null test asks for it.
    refuses = _refuses_uploads(statement, _KEY_ID, wanted, if_given=(_ALGORITHM,))
    if refuses is not False:
        return refuses
    for (operator, key), nodes in statement.conditions.items():
        if _spares_services(operator, key, nodes):
            continue
        if (operator, key) == ("null", _KEY_ID):
            asked = _is_all(nodes, "true")
        elif (operator, key) == ("null", _ALGORITHM):
            asked = _is_all(nodes, "false")
        else:
            asked = (operator, key) == ("stringequals", _ALGORITHM) and all(
                any(node.agrees_with(algorithm) for node in nodes) for algorithm in algorithms
            )
        if not asked:
            return False
    if ("null", _KEY_ID) not in statement.conditions or not statement.covers_objects():
        return False
    return denies_all_principals(statement, "s3:PutObject")


def _spares_services(operator: str, key: str, nodes: Sequence[Node]) -> bool:
    """Tell whether a condition leaves out AWS services alone, which deliver as they are configured."""
    return (operator, key) == ("boolifexists", "aws:principalisawsservice") and _is_all(nodes, "false")


def _is_all(nodes: Sequence[Node], text: str) -> bool:
    return bool(nodes) and all(is_text(node.value, text) for node in nodes)


def _is_one_of(node: Node, wanted: Sequence[Node]) -> bool | None:
    if any(node.agrees_with(value) for value in wanted):
        return True
    return None if any(_may_agree(node, value) for value in wanted) else False


def _may_agree(one: Node, other: Node) -> bool:
    both = (one, other)
    readable = all(node.is_unknown or node.text is not None for node in both)
    return readable and any(node.is_unknown and not node.targets() for node in both)


@rule(
    title="every bucket refuses uploads that ask for other encryption or another key",
    fix="deny s3:PutObject when s3:x-amz-server-side-encryption is given and it or its KMS key id is not the bucket's",
    applies_to=(BUCKET,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-073",
    severity=Severity.WARNING,
    url=GUIDE + "UsingKMSEncryption.html#require-sse-kms",
)
def s3_bucket_refuses_other_keys(bucket: Resource) -> Outcome:
    """Judge the policies: headers outweigh the default encryption, and aws:kms without a key id means alias/aws/s3."""
    if receives_access_logs(bucket):
        return NOT_APPLICABLE
    defaults = each_default(bucket, "ServerSideEncryptionByDefault")
    algorithms = [default.at("SSEAlgorithm") for default in defaults]
    keys = [default.at("KMSMasterKeyID") for default in defaults]

    def refuses_other_algorithms(one: Statement) -> bool | None:
        return _refuses_uploads(one, _ALGORITHM, algorithms, if_given=(_ALGORITHM,))

    def refuses_other_keys(one: Statement) -> bool | None:
        return _refuses_uploads(one, _KEY_ID, keys, if_given=(_ALGORITHM, _KEY_ID))

    def refuses_no_key(one: Statement) -> bool | None:
        return _refuses_no_key(one, keys, algorithms)

    return all_met(
        [
            denied_to_all(bucket, refuses_other_algorithms, "uploads with other encryption"),
            denied_to_all(bucket, refuses_other_keys, "uploads with another key"),
            denied_to_all(bucket, refuses_no_key, "uploads with aws:kms and no key id"),
        ]
    )


def _not_public(bucket: Resource, acls: tuple[str, ...], actions: tuple[str, ...]) -> Outcome:
    acl = bucket.at("AccessControl")
    outcomes = [acl.broken() if acl.text in acls else acl.undecided() if acl.is_unknown else MET]
    found = policies(bucket)
    for policy, statement in found.sure:
        opens, touches = statement.opens_to_everyone(), statement.touches(*actions)
        if opens and touches:
            outcomes.append(broken(found=f"{policy.logical_id} allows it to everyone"))
        elif opens is not False and touches is not False:
            outcomes.append(undecided(why=f"an intrinsic function hides whether {policy.logical_id} allows it"))
    if found.hide or any(
        one.opens_to_everyone() is not False and one.touches(*actions) is not False for _, one in found.unsure
    ):
        outcomes.append(undecided(why=HIDDEN_POLICY))
    return all_met(outcomes)


@rule(
    title="no bucket lets everyone read",
    fix="take the public ACL away, and name principals in the bucket policy in place of *",
    applies_to=(BUCKET,),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-075",
    same_as=("config:s3-bucket-public-read-prohibited", "checkov:CKV_AWS_20"),
    url=GUIDE + "access-control-block-public-access.html#access-control-block-public-access-policy-status",
)
def s3_bucket_not_publicly_readable(bucket: Resource) -> Outcome:
    """Judge the canned ACL and every bucket policy."""
    acls = ("PublicRead", "PublicReadWrite", "AuthenticatedRead")
    return _not_public(bucket, acls, ("s3:GetObject", "s3:GetObject*", "s3:ListBucket", "s3:ListBucket*"))


@rule(
    title="no bucket lets everyone write",
    fix="take the public ACL away, and name principals in the bucket policy in place of *",
    applies_to=(BUCKET,),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    requirement="HC-076",
    same_as=("config:s3-bucket-public-write-prohibited", "checkov:CKV_AWS_57"),
    url=GUIDE + "access-control-block-public-access.html#access-control-block-public-access-policy-status",
)
def s3_bucket_not_publicly_writable(bucket: Resource) -> Outcome:
    """Judge the canned ACL and every bucket policy."""
    actions = ("s3:PutObject", "s3:Put*", "s3:DeleteObject", "s3:Delete*", "s3:ReplicateObject", "s3:Replicate*")
    return _not_public(bucket, ("PublicReadWrite",), (*actions, "s3:RestoreObject", "s3:AbortMultipartUpload"))


@rule(
    title="bucket policies allow named principals only, and AWS services for named callers only",
    fix="name principals in place of *, and give each service principal aws:SourceAccount or aws:SourceArn",
    applies_to=(BUCKET,),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(B)"),
    requirement="HC-079",
    same_as=("guard:S3_BUCKET_POLICY_NO_WILDCARD_PRINCIPAL",),
    url="https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
)
def s3_bucket_policy_names_principals(bucket: Resource) -> Outcome:
    """Judge every statement that allows, whatever the action."""
    found = policies(bucket)
    outcomes = [MET]
    for policy, statement in found.sure:
        named = callers_named(statement)
        outcomes.append(Outcome(named.verdict, (), f"{policy.logical_id}: {named.found}"))
    if found.hide or any(callers_named(statement) is not MET for _, statement in found.unsure):
        outcomes.append(undecided(why=HIDDEN_POLICY))
    return all_met(outcomes)
