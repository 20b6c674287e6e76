"""What is judged of a bucket's own properties."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import RULES
from hipaa_constructs.rules._value import Json
from tests.rules._buckets import (
    bucket,
    encryption,
    lets_s3_deliver,
    logs,
    policy,
    records,
    trail,
)
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NEVER_TRUE,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    Path_,
    changed,
    outcome,
    resource,
    template,
    verdict,
    without,
)

EXPIRES: dict[str, Json] = {"Status": "Enabled", "ExpirationInDays": 3000}
IT: Path_ = ("Resources", "It")
PROPERTIES: Path_ = (*IT, "Properties")
DEFAULT: Path_ = ("BucketEncryption", "ServerSideEncryptionConfiguration", 0)
BY_DEFAULT: Path_ = (*DEFAULT, "ServerSideEncryptionByDefault")
# These are asked of some buckets only, see test_recovery, test_s3_archives and test_backup_stores.
OF_SOME = {"S3ArchiveGuarded", "S3BucketInBackupPlan"}
BUCKET_RULES = [
    rule.id
    for rule in RULES.values()
    if "AWS::S3::Bucket" in rule.applies_to and rule.service == "s3" and rule.id not in OF_SOME
]
ABOUT_LOGS = {
    "S3LogBucketCanReceive",
    "S3LogsKeptSixYears",
    "S3LogsProtectedFromDeletion",
    "S3TrailBucketLocked",
}
NOT_FOR_LOGS = {
    "S3BucketEncryptedWithKms",
    "S3BucketUsesCustomerManagedKey",
    "S3BucketKeyEnabled",
    "S3BucketRefusesOtherKeys",
    "S3BucketAccessLogged",
    "S3BucketReplicated",
}


@pytest.mark.parametrize("rule", [rule for rule in BUCKET_RULES if rule not in ABOUT_LOGS])
def test_a_well_made_bucket_of_records_meets(rule: str) -> None:
    assert verdict(rule, records()) == MET


@pytest.mark.parametrize("rule", sorted(ABOUT_LOGS))
def test_a_bucket_of_records_is_not_asked_about(rule: str) -> None:
    assert verdict(rule, records()) == NOT_APPLICABLE


@pytest.mark.parametrize("rule", sorted(ABOUT_LOGS - {"S3TrailBucketLocked"}))
def test_a_well_made_log_bucket_meets(rule: str) -> None:
    assert verdict(rule, logs()) == MET


@pytest.mark.parametrize("rule", sorted(NOT_FOR_LOGS))
def test_a_log_bucket_is_not_asked_for_what_aws_makes_impossible(rule: str) -> None:
    assert verdict(rule, logs()) == NOT_APPLICABLE


WEBSITE = "S3BucketNotAWebsite"
BARE_IS_FINE = {
    "S3BucketNotPubliclyReadable",
    "S3BucketNotPubliclyWritable",
    "S3BucketPolicyNamesPrincipals",
    "S3NamesWithoutPhi",
}
BARE: tuple[tuple[str, Json], ...] = (
    ("without-properties", {"Type": "AWS::S3::Bucket"}),
    ("empty-properties", {"Type": "AWS::S3::Bucket", "Properties": {}}),
    ("text-for-properties", {"Type": "AWS::S3::Bucket", "Properties": "x"}),
    ("null-for-properties", {"Type": "AWS::S3::Bucket", "Properties": None}),
    ("list-for-properties", {"Type": "AWS::S3::Bucket", "Properties": [[], {}]}),
)


@pytest.mark.parametrize("body", [body for _, body in BARE], ids=[name for name, _ in BARE])
@pytest.mark.parametrize("rule", [rule for rule in BUCKET_RULES if rule not in ABOUT_LOGS | {WEBSITE}])
def test_a_bare_bucket_breaks(rule: str, body: Json) -> None:
    wanted = MET if rule in BARE_IS_FINE else BROKEN
    if rule == "S3ReplicaEncrypted":
        wanted = NOT_APPLICABLE
    assert verdict(rule, template({"It": body})) == wanted


def test_a_bucket_whose_properties_a_macro_makes_is_undecided() -> None:
    body: Json = {"Type": "AWS::S3::Bucket", "Properties": {"Fn::Transform": {"Name": "M"}}}
    assert verdict("S3BucketVersioned", template({"It": body})) == UNDECIDED


ABORTS: dict[str, Json] = {
    "Status": "Enabled",
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
}
# Rule, the place in a bucket of records, and verdicts by what stands there.
EXACT: tuple[tuple[str, Path_, tuple[Json, ...], tuple[Json, ...]], ...] = (
    (
        "S3BucketEncryptedWithKms",
        (*BY_DEFAULT, "SSEAlgorithm"),
        ("aws:kms", "aws:kms:dsse"),
        ("AES256", "AWS:KMS", "aws:kms:", "", GONE, *NEVER_TEXT),
    ),
    (
        "S3BucketUsesCustomerManagedKey",
        (*BY_DEFAULT, "KMSMasterKeyID"),
        (
            "arn:aws:kms:us-east-1:111122223333:key/k",
            "k",
            {"Ref": "Key"},
            {"Fn::ImportValue": "KeyOfAnotherApp"},
            {"Fn::Sub": "arn:aws:kms:us-east-1:${AWS::AccountId}:key/k"},
        ),
        (
            "alias/aws/s3",
            "alias/records",
            "arn:aws:kms:us-east-1:111122223333:alias/aws/s3",
            {"Fn::Sub": "arn:aws:kms:${AWS::Region}:${AWS::AccountId}:alias/aws/s3"},
            {"Fn::Join": ["/", ["alias", "aws", "s3"]]},
            {"Ref": "Alias"},
            "",
            [],
            {},
            None,
            GONE,
        ),
    ),
    (
        "S3BucketKeyEnabled",
        (*DEFAULT, "BucketKeyEnabled"),
        (True, "true"),
        (False, "false", GONE, *NEVER_TRUE),
    ),
    (
        "S3BucketRefusesClientHeldKeys",
        (*DEFAULT, "BlockedEncryptionTypes", "EncryptionType"),
        (["SSE-C"], ["NONE", "SSE-C"]),
        (["NONE"], "SSE-C", ["sse-c"], [["SSE-C"]], {"SSE-C": True}, GONE, *NEVER_TEXT),
    ),
    *(
        (
            "S3BucketPublicAccessBlocked",
            ("PublicAccessBlockConfiguration", flag),
            (True, "true"),
            (False, "false", GONE, *NEVER_TRUE),
        )
        for flag in (
            "BlockPublicAcls",
            "BlockPublicPolicy",
            "IgnorePublicAcls",
            "RestrictPublicBuckets",
        )
    ),
    (
        "S3BucketNotPubliclyReadable",
        ("AccessControl",),
        ("Private", "BucketOwnerFullControl", GONE),
        ("PublicRead", "PublicReadWrite", "AuthenticatedRead"),
    ),
    (
        "S3BucketNotPubliclyWritable",
        ("AccessControl",),
        ("Private", "PublicRead", "AuthenticatedRead", GONE),
        ("PublicReadWrite",),
    ),
    (
        "S3BucketAclsDisabled",
        ("OwnershipControls", "Rules", 0, "ObjectOwnership"),
        ("BucketOwnerEnforced",),
        ("BucketOwnerPreferred", "ObjectWriter", GONE, *NEVER_TEXT),
    ),
    (
        "S3BucketAclsDisabled",
        ("OwnershipControls", "Rules"),
        ([{"ObjectOwnership": "BucketOwnerEnforced"}],),
        (
            [{"ObjectOwnership": "BucketOwnerEnforced"}, {"ObjectOwnership": "ObjectWriter"}],
            [GONE],
            {"ObjectOwnership": "BucketOwnerEnforced"},
            *NEVER_TEXT,
        ),
    ),
    (
        "S3BucketAccessLogged",
        ("LoggingConfiguration", "DestinationBucketName"),
        ("logs", {"Ref": "Logs"}, {"Fn::Sub": "${Logs}"}, {"Fn::Sub": "logs-${AWS::Region}"}),
        ({"Ref": "It"}, "", [], {}, None, GONE),
    ),
    (
        "S3BucketVersioned",
        ("VersioningConfiguration", "Status"),
        ("Enabled",),
        ("Suspended", "enabled", "true", True, GONE, *NEVER_TEXT),
    ),
    (
        "S3BucketLifecycleSet",
        ("LifecycleConfiguration", "Rules"),
        (
            [EXPIRES],
            [{**EXPIRES, "Status": "Disabled"}, EXPIRES],
            [GONE, EXPIRES],
            [{"Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}],
        ),
        (
            [{**EXPIRES, "Status": "Disabled"}],
            [{"Status": "Enabled"}],
            [{"Status": "Enabled", "Transitions": []}],
            [{}],
            [GONE],
            EXPIRES,
            GONE,
            *NEVER_TEXT,
        ),
    ),
    (
        "S3BucketReplicated",
        ("ReplicationConfiguration", "Rules"),
        ([{"Status": "Enabled"}], [{"Status": "Disabled"}, {"Status": "Enabled"}]),
        ([{"Status": "Disabled"}], [{}], [GONE], {"Status": "Enabled"}, GONE, *NEVER_TEXT),
    ),
    (
        "S3ReplicaEncrypted",
        (
            *("ReplicationConfiguration", "Rules", 0),
            *("SourceSelectionCriteria", "SseKmsEncryptedObjects", "Status"),
        ),
        ("Enabled",),
        ("Disabled", "enabled", GONE, *NEVER_TEXT),
    ),
    (
        "S3ReplicaEncrypted",
        (
            *("ReplicationConfiguration", "Rules", 0),
            *("Destination", "EncryptionConfiguration", "ReplicaKmsKeyID"),
        ),
        ("key", {"Ref": "Key"}),
        ("", None, [], {}, GONE),
    ),
)
EXACT_CASES = [
    pytest.param(rule, path, value, wanted, id=f"{rule}-{path[-1]}-{value}-{wanted}")
    for rule, path, good, bad in EXACT
    for values, wanted in ((good, MET), (bad, BROKEN))
    for value in values
]


def records_with_alias() -> Body:
    return changed(records(), ("Resources", "Alias"), resource("AWS::KMS::Alias", {}))


@pytest.mark.parametrize(("rule", "path", "value", "wanted"), EXACT_CASES)
def test_what_stands_in_the_property_decides(rule: str, path: Path_, value: Json, wanted: str) -> None:
    body = changed(records_with_alias(), (*PROPERTIES, *path), value)
    assert verdict(rule, body) == wanted


@pytest.mark.parametrize("value", [PARAMETER, *MALFORMED], ids=str)
@pytest.mark.parametrize(
    ("rule", "path"),
    [pytest.param(rule, path, id=f"{rule}-{path[-1]}") for rule, path, _, _ in EXACT],
)
def test_what_an_intrinsic_function_hides_is_never_met(rule: str, path: Path_, value: Json) -> None:
    body = changed(records(), (*PROPERTIES, *path), value)
    takes_any_computed_value = (
        path[-1]
        in (
            "KMSMasterKeyID",
            "ReplicaKmsKeyID",
            "DestinationBucketName",
        )
        and isinstance(value, dict)
        and set(value) & {"Fn::GetAtt", "Fn::ImportValue"}
    )
    assert (verdict(rule, body) in (UNDECIDED, BROKEN)) or takes_any_computed_value


@pytest.mark.parametrize(
    ("rule", "path"),
    [pytest.param(rule, path, id=f"{rule}-{path[-1]}") for rule, path, _, _ in EXACT],
)
def test_a_parameter_leaves_it_undecided(rule: str, path: Path_) -> None:
    assert verdict(rule, changed(records(), (*PROPERTIES, *path), PARAMETER)) == UNDECIDED


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("S3BucketEncryptedWithKms", DEFAULT[:2]),
        ("S3BucketUsesCustomerManagedKey", DEFAULT[:2]),
        ("S3BucketKeyEnabled", DEFAULT[:2]),
        ("S3BucketRefusesClientHeldKeys", DEFAULT[:2]),
        ("S3BucketPublicAccessBlocked", ("PublicAccessBlockConfiguration",)),
        ("S3BucketAclsDisabled", ("OwnershipControls",)),
        ("S3BucketAccessLogged", ("LoggingConfiguration",)),
        ("S3BucketVersioned", ("VersioningConfiguration",)),
        ("S3BucketLifecycleSet", ("LifecycleConfiguration",)),
        ("S3BucketReplicated", ("ReplicationConfiguration",)),
    ],
)
@pytest.mark.parametrize("value", ["x", 3, None, [], [[]], [None], {}, [{}], [GONE], GONE], ids=str)
def test_a_whole_block_of_the_wrong_type_breaks(rule: str, path: Path_, value: Json) -> None:
    assert verdict(rule, changed(records(), (*PROPERTIES, *path), value)) == BROKEN


@pytest.mark.parametrize(
    "rule",
    [
        "S3BucketEncryptedWithKms",
        "S3BucketUsesCustomerManagedKey",
        "S3BucketKeyEnabled",
        "S3BucketRefusesClientHeldKeys",
    ],
)
def test_each_of_several_default_encryptions_counts(rule: str) -> None:
    weak: Json = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    strong: Json = {
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "k"},
        "BucketKeyEnabled": True,
        "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
    }
    mixed = changed(records(), (*PROPERTIES, *DEFAULT[:2]), [strong, weak])
    whole = changed(records(), (*PROPERTIES, *DEFAULT[:2]), [strong, strong])
    assert (verdict(rule, mixed), verdict(rule, whole)) == (BROKEN, MET)


def test_a_disabled_replication_rule_need_not_encrypt() -> None:
    rules: Json = [{"Status": "Disabled"}]
    body = changed(records(), (*PROPERTIES, "ReplicationConfiguration", "Rules"), rules)
    assert verdict("S3ReplicaEncrypted", body) == NOT_APPLICABLE


def test_a_replica_has_nothing_to_replicate_to() -> None:
    body = changed(records(), ("Resources", "Copy"), bucket({"BucketName": "replica"}))
    assert verdict("S3BucketReplicated", body, of="Copy") == NOT_APPLICABLE


def test_a_finding_names_the_property_and_quotes_what_stands_there() -> None:
    body = changed(records(), (*PROPERTIES, "VersioningConfiguration", "Status"), "Suspended")
    found = outcome("S3BucketVersioned", body)
    assert (found.property, found.found) == ("VersioningConfiguration.Status", "Suspended")


# Deletion


KEPT: tuple[tuple[Path_, Json, str], ...] = (
    ((*IT, "DeletionPolicy"), "Retain", MET),
    ((*IT, "DeletionPolicy"), "RetainExceptOnCreate", MET),
    ((*IT, "DeletionPolicy"), "Delete", BROKEN),
    ((*IT, "DeletionPolicy"), "Snapshot", BROKEN),
    ((*IT, "DeletionPolicy"), "retain", BROKEN),
    ((*IT, "DeletionPolicy"), ["Retain"], BROKEN),
    ((*IT, "DeletionPolicy"), None, BROKEN),
    ((*IT, "DeletionPolicy"), PARAMETER, UNDECIDED),
    ((*IT, "UpdateReplacePolicy"), "Retain", MET),
    ((*IT, "UpdateReplacePolicy"), "RetainExceptOnCreate", BROKEN),
    ((*IT, "UpdateReplacePolicy"), "Delete", BROKEN),
    ((*IT, "UpdateReplacePolicy"), "Snapshot", BROKEN),
    ((*IT, "UpdateReplacePolicy"), {}, BROKEN),
    ((*IT, "UpdateReplacePolicy"), PARAMETER, UNDECIDED),
)


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [pytest.param(*case, id=f"{case[0][-1]}-{case[1]}") for case in KEPT],
)
@pytest.mark.parametrize("rule", ["S3BucketKept", "S3BucketPolicyKept"])
def test_what_becomes_of_it_with_its_stack(rule: str, path: Path_, value: Json, wanted: str) -> None:
    kept = bucket({}) if rule == "S3BucketKept" else policy()
    assert verdict(rule, changed(template({"It": kept}), path, value)) == wanted


@pytest.mark.parametrize("attribute", ["DeletionPolicy", "UpdateReplacePolicy"])
@pytest.mark.parametrize("rule", ["S3BucketKept", "S3BucketPolicyKept"])
def test_a_missing_policy_means_deletion(rule: str, attribute: str) -> None:
    kept = bucket({}) if rule == "S3BucketKept" else policy()
    assert verdict(rule, without(template({"It": kept}), (*IT, attribute))) == BROKEN


def test_a_bucket_that_is_emptied_automatically_is_not_kept() -> None:
    cleaner = resource("Custom::S3AutoDeleteObjects", {"BucketName": {"Ref": "It"}})
    body = changed(records(), ("Resources", "Cleaner"), cleaner)
    found = outcome("S3BucketKept", body)
    assert (found.verdict.value, found.found) == (BROKEN, "Cleaner empties it")


def test_a_cleaner_of_another_bucket_does_no_harm() -> None:
    cleaner = resource("Custom::S3AutoDeleteObjects", {"BucketName": {"Ref": "Logs"}})
    body = changed(records(), ("Resources", "Cleaner"), cleaner)
    assert verdict("S3BucketKept", body) == MET


# Names


@pytest.mark.parametrize(
    ("path", "text", "wanted"),
    [
        (("BucketName",), "records-123-45-6789", BROKEN),
        (("BucketName",), "mrn-0012345", BROKEN),
        (("BucketName",), "call-555-234-5678", BROKEN),
        (("BucketName",), "dob-1980-02-03", BROKEN),
        (("BucketName",), "logs-111122223333-us-east-1", MET),
        (("BucketName",), "records-2024-01-31", MET),
        (("BucketName",), "a-1-123-45-6789", MET),
        (("BucketName",), "newborn-2024", MET),
        (("BucketName",), 123456789, MET),
        (("Tags", 0, "Key"), "jane.doe@example.org", BROKEN),
        (("Tags", 0, "Value"), "123-45-6789", BROKEN),
        (("Tags", 0, "Value"), "000-45-6789", MET),
        (("Tags", 0, "Value"), ["123-45-6789"], MET),
        (("LifecycleConfiguration", "Rules", 0, "Id"), "MRN: 445566", BROKEN),
        (("LifecycleConfiguration", "Rules", 0, "Prefix"), "patients/123-45-6789/", BROKEN),
        (("ReplicationConfiguration", "Rules", 0, "Prefix"), "123-45-6789", BROKEN),
    ],
    ids=lambda value: str(value[-1] if isinstance(value, tuple) else value),
)
def test_texts_that_look_like_identifiers_are_found(path: Path_, text: Json, wanted: str) -> None:
    body = changed(records(), (*PROPERTIES, *path), text)
    assert verdict("S3NamesWithoutPhi", body) == wanted


def test_a_finding_never_repeats_the_identifier() -> None:
    body = changed(records(), (*PROPERTIES, "BucketName"), "records-123-45-6789")
    assert "6789" not in outcome("S3NamesWithoutPhi", body).found


# Buckets that receive access logs


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        ((*BY_DEFAULT, "SSEAlgorithm"), "aws:kms", BROKEN),
        ((*BY_DEFAULT, "SSEAlgorithm"), GONE, BROKEN),
        ((*BY_DEFAULT, "SSEAlgorithm"), PARAMETER, UNDECIDED),
        (DEFAULT[:2], [GONE], BROKEN),
        (("ObjectLockConfiguration",), {"ObjectLockEnabled": "Enabled"}, BROKEN),
        (("ObjectLockConfiguration",), GONE, MET),
        (("ObjectLockConfiguration",), PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_aws_delivers_logs_to_buckets_with_sse_s3_and_no_lock(path: Path_, value: Json, wanted: str) -> None:
    body = changed(logs(), (*PROPERTIES, *path), value)
    assert verdict("S3LogBucketCanReceive", body) == wanted


RULE_0: Path_ = ("LifecycleConfiguration", "Rules", 0)


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        ((*RULE_0, "ExpirationInDays"), 2191, BROKEN),
        ((*RULE_0, "ExpirationInDays"), "2192", MET),
        ((*RULE_0, "ExpirationInDays"), "2191", BROKEN),
        ((*RULE_0, "ExpirationInDays"), GONE, MET),
        ((*RULE_0, "ExpirationInDays"), True, BROKEN),
        ((*RULE_0, "ExpirationInDays"), "long", BROKEN),
        ((*RULE_0, "ExpirationInDays"), [2192], BROKEN),
        ((*RULE_0, "ExpirationInDays"), None, BROKEN),
        ((*RULE_0, "ExpirationInDays"), PARAMETER, UNDECIDED),
        ((*RULE_0, "ExpirationDate"), "2027-01-01", BROKEN),
        ((*RULE_0, "NoncurrentVersionExpiration", "NoncurrentDays"), 30, BROKEN),
        ((*RULE_0, "NoncurrentVersionExpirationInDays"), 30, BROKEN),
        (("LifecycleConfiguration", "Rules"), [{"Status": "Disabled", "ExpirationInDays": 1}], MET),
        (("LifecycleConfiguration", "Rules"), [{"ExpirationInDays": 1}], BROKEN),
        (("LifecycleConfiguration", "Rules"), [{}, {"ExpirationInDays": 1}], BROKEN),
        (("LifecycleConfiguration", "Rules"), PARAMETER, UNDECIDED),
        (("LifecycleConfiguration", "Rules"), GONE, MET),
    ],
    ids=str,
)
def test_logs_stay_six_years(path: Path_, value: Json, wanted: str) -> None:
    body = changed(logs(), (*PROPERTIES, *path), value)
    assert verdict("S3LogsKeptSixYears", body) == wanted


def test_the_logs_of_a_trail_stay_six_years_too() -> None:
    rules: Json = {"Rules": [{"Status": "Enabled", "ExpirationInDays": 365}]}
    body = changed(trail(), (*PROPERTIES, "LifecycleConfiguration"), rules)
    assert verdict("S3LogsKeptSixYears", body) == BROKEN


# Buckets that a trail writes to


RETENTION: Path_ = ("ObjectLockConfiguration", "Rule", "DefaultRetention")


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        (("ObjectLockEnabled",), True, MET),
        (("ObjectLockEnabled",), False, BROKEN),
        (("ObjectLockEnabled",), GONE, BROKEN),
        (("ObjectLockEnabled",), PARAMETER, UNDECIDED),
        ((*RETENTION, "Mode"), "GOVERNANCE", MET),
        ((*RETENTION, "Mode"), "NONE", BROKEN),
        ((*RETENTION, "Mode"), GONE, BROKEN),
        ((*RETENTION, "Years"), 5, BROKEN),
        ((*RETENTION, "Years"), "7", MET),
        ((*RETENTION, "Years"), PARAMETER, UNDECIDED),
        (RETENTION, {"Mode": "COMPLIANCE", "Days": 2192}, MET),
        (RETENTION, {"Mode": "COMPLIANCE", "Days": 2191}, BROKEN),
        (RETENTION, {"Mode": "COMPLIANCE"}, BROKEN),
        (RETENTION, GONE, BROKEN),
        (RETENTION[:1], "Enabled", BROKEN),
    ],
    ids=str,
)
def test_the_bucket_of_a_trail_is_locked(path: Path_, value: Json, wanted: str) -> None:
    body = changed(trail(), (*PROPERTIES, *path), value)
    assert verdict("S3TrailBucketLocked", body) == wanted


@pytest.mark.parametrize(
    "name", ["It", {"Ref": "Other"}, GONE, PARAMETER, 3, None, [], {"Fn::Sub": "${It}-2"}], ids=str
)
def test_a_bucket_that_no_trail_writes_to_need_not_be_locked(name: Json) -> None:
    body = changed(trail(), ("Resources", "Trail", "Properties", "S3BucketName"), name)
    body = changed(body, ("Resources", "Other"), bucket({}))
    assert verdict("S3TrailBucketLocked", body) == NOT_APPLICABLE


# Which buckets receive access logs


def balancer(*attributes: Json) -> Json:
    properties: Json = {"LoadBalancerAttributes": list(attributes)}
    return resource("AWS::ElasticLoadBalancingV2::LoadBalancer", properties)


def account(principal: Json, action: str = "s3:PutObject") -> Json:
    return policy({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*"})


def grant(service: str, action: str = "s3:PutObject", effect: str = "Allow") -> Json:
    return policy(
        {
            "Effect": effect,
            "Principal": {"Service": service},
            "Action": action,
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
        }
    )


def logging_to(destination: Json) -> Json:
    return bucket({"LoggingConfiguration": {"DestinationBucketName": destination}})


ELB_IN_REGION: Json = {"Fn::Sub": "arn:${AWS::Partition}:iam::127311923021:root"}
CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        pytest.param(logging_to({"Ref": "It"}), True, id="another-bucket-logs-to-it"),
        pytest.param(logging_to("it"), True, id="another-bucket-logs-to-its-name"),
        pytest.param(logging_to({"Ref": "Logs"}), False, id="another-bucket-logs-elsewhere"),
        pytest.param(logging_to({"Fn::Sub": "${It}-logs"}), False, id="its-name-with-a-suffix"),
        pytest.param(logging_to("itself"), False, id="a-name-that-begins-like-its-name"),
        pytest.param(balancer({"Key": "access_logs.s3.bucket", "Value": {"Ref": "It"}}), True, id="balancer"),
        pytest.param(balancer({"Key": "connection_logs.s3.bucket", "Value": "it"}), True, id="connections"),
        pytest.param(balancer({"Key": "health_check_logs.s3.bucket", "Value": "it"}), True, id="health-checks"),
        pytest.param(account("arn:aws:iam::127311923021:root"), True, id="an-account-of-elb"),
        pytest.param(account("127311923021"), True, id="an-account-of-elb-by-its-number"),
        pytest.param(account(ELB_IN_REGION), True, id="an-account-of-elb-in-any-partition"),
        pytest.param(account("arn:aws:iam::127311923021:root", "s3:Get*"), False, id="an-account-of-elb-that-reads"),
        pytest.param(account("arn:aws:iam::111122223333:root"), False, id="another-account"),
        pytest.param(account("*"), False, id="everyone"),
        pytest.param(balancer({"Key": "access_logs.s3.prefix", "Value": "it"}), False, id="other-attribute"),
        pytest.param(
            balancer({"Key": "access_logs.s3.bucket", "Value": "other"}, {"Key": "name", "Value": "it"}),
            False,
            id="balancer-with-another-bucket",
        ),
        pytest.param(
            resource(CLASSIC, {"AccessLoggingPolicy": {"S3BucketName": {"Ref": "It"}}}),
            True,
            id="classic-balancer",
        ),
        pytest.param(grant("logging.s3.amazonaws.com"), True, id="policy-for-s3"),
        pytest.param(grant("logdelivery.elasticloadbalancing.amazonaws.com", "s3:*"), True, id="for-elb"),
        pytest.param(grant("logging.s3.amazonaws.com", effect="Deny"), False, id="denied"),
        pytest.param(grant("logging.s3.amazonaws.com", "s3:Get*"), False, id="reading-only"),
        pytest.param(grant("cloudtrail.amazonaws.com"), False, id="policy-for-another-service"),
    ],
)
def test_a_log_bucket_is_one_that_logs_are_delivered_to(other: Json, wanted: bool) -> None:
    it = bucket({"BucketName": "it", "BucketEncryption": encryption("AES256")})
    body = template({"It": it, "Other": other, "Logs": bucket({})})
    assert (verdict("S3LogBucketCanReceive", body) != NOT_APPLICABLE) is wanted


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        pytest.param(logging_to({"Ref": "It"}), NOT_APPLICABLE, id="of-another-bucket"),
        pytest.param(grant("logging.s3.amazonaws.com"), NOT_APPLICABLE, id="of-buckets-elsewhere"),
        pytest.param(balancer({"Key": "access_logs.s3.bucket", "Value": {"Ref": "It"}}), BROKEN, id="of-a-balancer"),
        pytest.param(grant("logdelivery.elasticloadbalancing.amazonaws.com"), BROKEN, id="of-balancers-elsewhere"),
        pytest.param(account("arn:aws:iam::127311923021:root"), BROKEN, id="of-balancers-in-older-regions"),
    ],
)
def test_access_to_logs_is_logged_unless_they_are_logs_of_s3(other: Json, wanted: str) -> None:
    body = template({"It": bucket({"BucketName": "it"}), "Other": other})
    assert verdict("S3BucketAccessLogged", body) == wanted


def test_a_bucket_that_logs_to_itself_is_no_log_bucket() -> None:
    path = (*PROPERTIES, "LoggingConfiguration", "DestinationBucketName")
    assert verdict("S3BucketEncryptedWithKms", changed(records(), path, {"Ref": "It"})) == MET


def test_a_bucket_that_logs_to_itself_is_not_logged() -> None:
    path = (*PROPERTIES, "LoggingConfiguration", "DestinationBucketName")
    found = outcome("S3BucketAccessLogged", changed(records(), path, {"Ref": "It"}))
    assert (found.verdict.value, found.found) == (BROKEN, "the bucket itself")


def delivered_by(*statements: Json, **properties: Json) -> Body:
    it = bucket({"BucketEncryption": encryption("AES256"), **properties})
    return template({"It": it, "Other": logging_to({"Ref": "It"}), "ItsPolicy": policy(*statements)})


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        pytest.param(delivered_by(lets_s3_deliver()), MET, id="the-service-may-write"),
        pytest.param(delivered_by(AccessControl="LogDeliveryWrite"), MET, id="by-acl"),
        pytest.param(delivered_by(), BROKEN, id="nobody-may-write"),
        pytest.param(delivered_by({**lets_s3_deliver(), "Effect": "Deny"}), BROKEN, id="denied"),
        pytest.param(delivered_by({**lets_s3_deliver(), "Action": "s3:Get*"}), BROKEN, id="reading-only"),
        pytest.param(delivered_by({**lets_s3_deliver(), "Principal": {"Service": "x"}}), BROKEN, id="another-service"),
        pytest.param(delivered_by({"Ref": "AnyParameter"}), UNDECIDED, id="hidden-statement"),
    ],
)
def test_logs_arrive_only_where_the_service_may_write(body: Body, wanted: str) -> None:
    assert verdict("S3LogBucketCanReceive", body) == wanted


@pytest.mark.parametrize("key", ["owner", "TechnicalContact", "CreatedBy", "team-email"])
def test_the_address_of_whoever_runs_a_bucket_is_no_patients(key: str) -> None:
    body = changed(records(), (*PROPERTIES, "Tags"), [{"Key": key, "Value": "ops@example.org"}])
    assert verdict("S3NamesWithoutPhi", body) == MET


def test_an_address_in_another_tag_may_be_a_patients() -> None:
    body = changed(records(), (*PROPERTIES, "Tags"), [{"Key": "subject", "Value": "jo@example.org"}])
    assert verdict("S3NamesWithoutPhi", body) == BROKEN


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (GONE, MET),
        ({"IndexDocument": "index.html"}, BROKEN),
        ({"RedirectAllRequestsTo": {"HostName": "x"}}, BROKEN),
        ({}, BROKEN),
        (None, BROKEN),
        ("x", BROKEN),
        (PARAMETER, UNDECIDED),
    ],
)
def test_a_bucket_with_a_website_endpoint_breaks(value: Json, wanted: str) -> None:
    assert verdict(WEBSITE, changed(records(), (*PROPERTIES, "WebsiteConfiguration"), value)) == wanted


def test_where_no_rule_says_who_owns_objects_the_first_one_is_told() -> None:
    found = outcome("S3BucketAclsDisabled", template({"It": bucket({})}))
    assert found.property == "OwnershipControls.Rules[0].ObjectOwnership"
