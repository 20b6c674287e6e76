"""A bucket of records and its log bucket that meet every rule, for tests to weaken."""

from __future__ import annotations

from hipaa_constructs.rules._value import Json
from tests.rules._judging import Body, resource, template

ALGORITHM = "s3:x-amz-server-side-encryption"
KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id"
RETAINED: dict[str, Json] = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


def arn(logical_id: str) -> Json:
    """Return the ARN of a resource as a template writes it."""
    return {"Fn::GetAtt": [logical_id, "Arn"]}


def objects(logical_id: str) -> Json:
    """Return the ARN of all objects of a bucket as the CDK writes it."""
    return {"Fn::Join": ["", [arn(logical_id), "/*"]]}


def everything(logical_id: str) -> list[Json]:
    """Return a bucket and all its objects."""
    return [arn(logical_id), objects(logical_id)]


def deny(actions: Json, resources: Json, condition: Json = None) -> dict[str, Json]:
    """Deny actions to everyone."""
    statement: dict[str, Json] = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": actions,
        "Resource": resources,
    }
    return statement if condition is None else {**statement, "Condition": condition}


def deny_header(header: str, value: Json, of: str = "It") -> dict[str, Json]:
    """Deny uploads that ask for encryption but give a header another value, or not at all."""
    condition: Json = {"StringNotEquals": {header: value}, "Null": {ALGORITHM: "false"}}
    return deny("s3:PutObject", objects(of), condition)


def deny_plaintext(of: str = "It") -> dict[str, Json]:
    """Deny requests without TLS."""
    return deny("s3:*", everything(of), {"Bool": {"aws:SecureTransport": "false"}})


def deny_old_tls(of: str = "It") -> dict[str, Json]:
    """Deny requests below TLS 1.2."""
    return deny("s3:*", everything(of), {"NumericLessThan": {"s3:TlsVersion": 1.2}})


def lets_s3_deliver(of: str = "It") -> dict[str, Json]:
    """Let S3 deliver the access logs of the account's buckets."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": objects(of),
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }


def deliver(service: str) -> dict[str, Json]:
    """Let a service of AWS write logs on behalf of one account."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "s3:PutObject",
        "Resource": objects("It"),
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }


def policy(*statements: Json, bucket: Json = None, **attributes: Json) -> Json:
    """Make a bucket policy."""
    properties: Json = {
        "Bucket": {"Ref": "It"} if bucket is None else bucket,
        "PolicyDocument": {"Statement": list(statements)},
    }
    return resource("AWS::S3::BucketPolicy", properties, **{**RETAINED, **attributes})


def bucket(properties: Json = None, **attributes: Json) -> Json:
    """Make a bucket."""
    return resource("AWS::S3::Bucket", properties, **{**RETAINED, **attributes})


def encryption(algorithm: Json, **others: Json) -> Json:
    """Make the property BucketEncryption."""
    default: Json = {
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm, **others},
        "BucketKeyEnabled": True,
        "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
    }
    return {"ServerSideEncryptionConfiguration": [default]}


def common() -> dict[str, Json]:
    """Return the properties that buckets of records and of logs share."""
    return {
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
        "VersioningConfiguration": {"Status": "Enabled"},
    }


def records() -> Body:
    """Make a template with a bucket of records, its policy, its key, its logs and its replica."""
    properties: Json = {
        **common(),
        "BucketEncryption": encryption("aws:kms", KMSMasterKeyID=arn("Key")),
        "LoggingConfiguration": {"DestinationBucketName": {"Ref": "Logs"}, "LogFilePrefix": "x/"},
        "LifecycleConfiguration": {
            "Rules": [{"Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}]
        },
        "ReplicationConfiguration": {
            "Role": arn("Role"),
            "Rules": [
                {
                    "Status": "Enabled",
                    "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
                    "Destination": {
                        "Bucket": "arn:aws:s3:::replica",
                        "EncryptionConfiguration": {"ReplicaKmsKeyID": "arn:aws:kms:us-west-2:1:key/k"},
                    },
                }
            ],
        },
        "Tags": [{"Key": "ward", "Value": "cardiology"}],
    }
    return template(
        {
            "It": bucket(properties),
            "ItsPolicy": policy(
                deny_plaintext(),
                deny_old_tls(),
                deny_header(ALGORITHM, "aws:kms"),
                deny_header(KEY_ID, arn("Key")),
            ),
            "Key": resource("AWS::KMS::Key", {}),
            "Logs": bucket({}),
            "Role": resource("AWS::IAM::Role", {}),
        }
    )


def logs() -> Body:
    """Make a template with a bucket that receives access logs."""
    properties: Json = {
        **common(),
        "BucketEncryption": encryption("AES256"),
        "LifecycleConfiguration": {
            "Rules": [
                {
                    "Status": "Enabled",
                    "ExpirationInDays": 2192,
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 2192},
                }
            ]
        },
    }
    source: Json = {"LoggingConfiguration": {"DestinationBucketName": {"Ref": "It"}}}
    return template(
        {
            "It": bucket(properties),
            "ItsPolicy": policy(
                deny_plaintext(),
                deny(["s3:DeleteObject", "s3:DeleteObjectVersion"], objects("It")),
                lets_s3_deliver(),
            ),
            "Source": bucket(source),
        }
    )


def trail() -> Body:
    """Make a template with a bucket that a trail writes to."""
    properties: Json = {
        **common(),
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 6}},
        },
    }
    return template(
        {
            "It": bucket(properties),
            "Trail": resource("AWS::CloudTrail::Trail", {"S3BucketName": {"Ref": "It"}}),
        }
    )
