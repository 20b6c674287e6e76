"""What is judged of a bucket's policies."""

from __future__ import annotations

import json

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._buckets import (
    ALGORITHM,
    KEY_ID,
    arn,
    bucket,
    deny,
    deny_header,
    deny_old_tls,
    deny_plaintext,
    encryption,
    everything,
    logs,
    objects,
    policy,
    records,
)
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    PARAMETER,
    UNDECIDED,
    Body,
    Path_,
    changed,
    outcome,
    resource,
    template,
    verdict,
)

STATEMENTS: Path_ = ("Resources", "ItsPolicy", "Properties", "PolicyDocument", "Statement")
TLS, TLS12 = "S3BucketTlsOnly", "S3BucketTls12Only"
OTHER_KEYS, DELETION = "S3BucketRefusesOtherKeys", "S3LogsProtectedFromDeletion"
PLAINTEXT, NAMED = "aws:SecureTransport", "S3BucketPolicyNamesPrincipals"
READABLE, WRITABLE = "S3BucketNotPubliclyReadable", "S3BucketNotPubliclyWritable"
UNDER_A_PREFIX: Json = {"Fn::Join": ["/", [arn("It"), PARAMETER, "*"]]}
DENIALS = {
    TLS: deny_plaintext(),
    TLS12: deny_old_tls(),
    DELETION: deny(["s3:DeleteObject", "s3:DeleteObjectVersion"], objects("It")),
}


def with_statements(rule: str, *statements: Json) -> Body:
    return changed(logs() if rule == DELETION else records(), STATEMENTS, list(statements))


def denial(rule: str, key: str, value: Json) -> Body:
    return with_statements(rule, {**DENIALS[rule], key: value})


@pytest.mark.parametrize("rule", [TLS, TLS12, OTHER_KEYS, DELETION])
@pytest.mark.parametrize(
    "statements",
    ["x", 3, None, [], {}, [[]], [None], ["x", 3], [{}], [GONE], GONE, {"Effect": "Deny"}],
    ids=str,
)
def test_a_policy_without_a_real_statement_denies_nothing(rule: str, statements: Json) -> None:
    body = changed(logs() if rule == DELETION else records(), STATEMENTS, statements)
    assert verdict(rule, body) == BROKEN


@pytest.mark.parametrize("rule", [TLS, TLS12, OTHER_KEYS])
def test_a_bucket_without_a_policy_denies_nothing(rule: str) -> None:
    body = changed(records(), ("Resources", "ItsPolicy"), None)
    assert verdict(rule, body) == BROKEN


@pytest.mark.parametrize("rule", DENIALS)
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Effect", "Allow"),
        ("Effect", "deny"),
        ("Effect", "DENY"),
        ("Effect", ["Deny"]),
        ("Effect", None),
        ("Effect", GONE),
        ("Principal", {"AWS": "111122223333"}),
        ("Principal", {"AWS": "arn:aws:iam::111122223333:root"}),
        ("Principal", {"AWS": arn("Role")}),
        ("Principal", {"Service": "*"}),
        ("Principal", {"Federated": "*"}),
        ("Principal", {"AWS": []}),
        ("Principal", {}),
        ("Principal", ["*"]),
        ("Principal", "111122223333"),
        ("Principal", None),
        ("Principal", GONE),
        ("Action", "s3:GetObject"),
        ("Action", "s3:Get*"),
        ("Action", "s3:?"),
        ("Action", "s3:a*"),
        ("Action", "ec2:*"),
        ("Action", "kms:*"),
        ("Action", []),
        ("Action", {}),
        ("Action", None),
        ("Action", [["s3:*"]]),
        ("Resource", arn("It")),
        ("Resource", "arn:aws:s3:::it"),
        ("Resource", {"Fn::Join": ["", [arn("It"), "/private/*"]]}),
        ("Resource", ["arn:aws:s3:::it", "arn:aws:s3:::it/private/*"]),
        ("Resource", [arn("It"), {"Fn::Sub": "${It.Arn}/private/*"}]),
        ("Resource", [arn("It"), UNDER_A_PREFIX]),
        ("Resource", []),
        ("Resource", {}),
        ("Resource", None),
        ("Resource", GONE),
        ("NotPrincipal", {"AWS": arn("Role")}),
        ("NotAction", "s3:GetObject"),
        ("NotResource", objects("It")),
    ],
    ids=str,
)
def test_a_denial_that_is_narrower_does_not_count(rule: str, key: str, value: Json) -> None:
    assert verdict(rule, denial(rule, key, value)) == BROKEN


@pytest.mark.parametrize("rule", [TLS, TLS12])
def test_a_denial_on_objects_only_leaves_the_bucket_open(rule: str) -> None:
    assert verdict(rule, denial(rule, "Resource", objects("It"))) == BROKEN


def test_a_statement_that_allows_something_on_the_bucket_denies_nothing_there() -> None:
    plaintext: Json = {"Bool": {"aws:SecureTransport": "false"}}
    allows: Json = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": arn("It")}
    body = template({"It": bucket(), "Policy": policy(deny("s3:*", objects("It"), plaintext), allows)})
    assert verdict(TLS, body) == BROKEN


@pytest.mark.parametrize("rule", [TLS, TLS12])
@pytest.mark.parametrize(
    ("resources", "wanted"),
    [
        ([arn("It"), objects("It")], MET),
        ([objects("It"), arn("It")], MET),
        ([arn("It"), arn("It")], BROKEN),
        ([objects("It"), objects("It")], BROKEN),
        ([arn("It"), UNDER_A_PREFIX], BROKEN),
    ],
    ids=str,
)
def test_two_statements_deny_together_what_they_cover_together(rule: str, resources: list[Json], wanted: str) -> None:
    statements = [{**DENIALS[rule], "Resource": one} for one in resources]
    assert verdict(rule, with_statements(rule, *statements)) == wanted


@pytest.mark.parametrize(
    ("rule", "what"),
    [(TLS, "requests without TLS (aws:SecureTransport)"), (TLS12, "TLS versions below 1.2 (s3:TlsVersion)")],
)
@pytest.mark.parametrize("half", [arn("It"), objects("It")], ids=str)
def test_what_half_a_denial_leaves_open_is_named(rule: str, what: str, half: Json) -> None:
    assert outcome(rule, denial(rule, "Resource", half)).found == f"no bucket policy denies {what}"


@pytest.mark.parametrize("rule", [TLS, TLS12])
def test_half_a_denial_that_is_hidden_is_undecided(rule: str) -> None:
    hidden = {**DENIALS[rule], "Resource": objects("It"), "Principal": PARAMETER}
    assert verdict(rule, with_statements(rule, {**DENIALS[rule], "Resource": arn("It")}, hidden)) == UNDECIDED


@pytest.mark.parametrize("rule", DENIALS)
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Principal", "*"),
        ("Principal", {"AWS": "*"}),
        ("Principal", {"AWS": ["*"]}),
        ("Principal", {"AWS": ["111122223333", "*"]}),
        ("Action", "s3:*"),
        ("Action", ["s3:*"]),
        ("Action", "*"),
        ("Action", ["ec2:*", "S3:*"]),
        ("Resource", "*"),
        ("Resource", ["*"]),
        ("Resource", ["arn:aws:s3:::it", "arn:aws:s3:::it/*"]),
        ("Resource", "arn:aws:s3:::it*"),
        ("Resource", "arn:aws:s3:::*"),
        ("Resource", [{"Fn::Sub": "${It.Arn}"}, {"Fn::Sub": "${It.Arn}/*"}]),
        (
            "Resource",
            [
                {"Fn::Sub": "arn:${AWS::Partition}:s3:::${It}"},
                {"Fn::Sub": "arn:${AWS::Partition}:s3:::${It}/*"},
            ],
        ),
        ("Sid", {"Ref": "Anything"}),
        ("NotAction", GONE),
    ],
    ids=str,
)
def test_other_spellings_of_a_denial_count(rule: str, key: str, value: Json) -> None:
    assert verdict(rule, denial(rule, key, value)) == MET


@pytest.mark.parametrize("rule", DENIALS)
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Effect", PARAMETER),
        ("Principal", PARAMETER),
        ("Principal", {"AWS": PARAMETER}),
        ("Action", PARAMETER),
        ("Action", ["s3:GetObject", {"Fn::Sub": "s3:${AnyParameter}"}]),
        ("Condition", PARAMETER),
    ],
    ids=str,
)
def test_a_denial_that_is_partly_hidden_is_undecided(rule: str, key: str, value: Json) -> None:
    assert verdict(rule, denial(rule, key, value)) == UNDECIDED


@pytest.mark.parametrize("rule", DENIALS)
def test_a_denial_that_stands_alone_needs_no_list(rule: str) -> None:
    body = logs() if rule == DELETION else records()
    assert verdict(rule, changed(body, STATEMENTS, DENIALS[rule])) == MET


@pytest.mark.parametrize("rule", DENIALS)
def test_a_policy_may_be_written_as_text(rule: str) -> None:
    resources: Json = ["arn:aws:s3:::it", "arn:aws:s3:::it/*"]
    text = json.dumps({"Statement": {**DENIALS[rule], "Resource": resources}})
    body = logs() if rule == DELETION else records()
    assert verdict(rule, changed(body, STATEMENTS[:-1], text)) == MET


@pytest.mark.parametrize("text", ["{", "", "nonsense", "[" * 5000])
def test_text_that_is_no_policy_is_undecided(text: str) -> None:
    assert verdict(TLS, changed(records(), STATEMENTS[:-1], text)) == UNDECIDED


@pytest.mark.parametrize("hidden", [PARAMETER, [PARAMETER], [{"Fn::Transform": {"Name": "M"}}]], ids=str)
@pytest.mark.parametrize("rule", [TLS, TLS12, OTHER_KEYS, READABLE, WRITABLE, NAMED])
def test_a_hidden_statement_leaves_it_undecided(rule: str, hidden: Json) -> None:
    assert verdict(rule, changed(records(), STATEMENTS, hidden)) == UNDECIDED


def test_a_hidden_statement_does_not_undo_a_denial() -> None:
    assert verdict(TLS, with_statements(TLS, PARAMETER, deny_plaintext())) == MET


# Conditions of the denials


@pytest.mark.parametrize(
    ("rule", "condition", "wanted"),
    [
        (TLS, {"Bool": {"aws:SecureTransport": "false"}}, MET),
        (TLS, {"Bool": {"aws:SecureTransport": False}}, MET),
        (TLS, {"Bool": {"aws:SecureTransport": ["false"]}}, MET),
        (TLS, {"Bool": {"AWS:securetransport": "false"}}, MET),
        (TLS, {"BoolIfExists": {"aws:SecureTransport": "false"}}, MET),
        (TLS, {"Bool": {"aws:SecureTransport": "true"}}, BROKEN),
        (TLS, {"Bool": {"aws:SecureTransport": True}}, BROKEN),
        (TLS, {"Bool": {"aws:SecureTransport": ["false", "true"]}}, BROKEN),
        (TLS, {"Bool": {"aws:SecureTransport": []}}, BROKEN),
        (TLS, {"Bool": {"aws:SecureTransport": None}}, BROKEN),
        (TLS, {"Bool": {"aws:SecureTransport": {}}}, BROKEN),
        (TLS, {"Bool": {"aws:SecureTransport": PARAMETER}}, UNDECIDED),
        (TLS, {"Bool": {"aws:SecureTransport": ["false", PARAMETER]}}, UNDECIDED),
        (TLS, {"Bool": {"aws:SecureTransport": ["true", PARAMETER]}}, BROKEN),
        (TLS, {"Bool": {"aws:MultiFactorAuthPresent": "false"}}, BROKEN),
        (TLS, {"Null": {"aws:SecureTransport": "false"}}, BROKEN),
        (TLS, {"StringNotEquals": {"aws:SecureTransport": "false"}}, BROKEN),
        (TLS, {"Bool": {}}, BROKEN),
        (TLS, {}, BROKEN),
        (TLS, GONE, BROKEN),
        (
            TLS,
            {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}},
            BROKEN,
        ),
        (
            TLS,
            {
                "Bool": {"aws:SecureTransport": "false"},
                "StringEquals": {"aws:PrincipalAccount": "111122223333"},
            },
            BROKEN,
        ),
        (
            TLS,
            {"Bool": {"aws:SecureTransport": "false"}, "bool": {"aws:securetransport": "true"}},
            BROKEN,
        ),
        (TLS12, {"NumericLessThan": {"s3:TlsVersion": "1.2"}}, MET),
        (TLS12, {"NumericLessThan": {"s3:TlsVersion": 1.3}}, MET),
        (TLS12, {"NumericLessThan": {"s3:tlsversion": [1.2]}}, MET),
        (TLS12, {"NumericLessThanIfExists": {"s3:TlsVersion": 1.2}}, MET),
        (TLS12, {"NumericLessThan": {"s3:TlsVersion": 1.1}}, BROKEN),
        (TLS12, {"NumericLessThan": {"s3:TlsVersion": 1}}, BROKEN),
        (TLS12, {"NumericLessThan": {"s3:TlsVersion": [1.2, 1.0]}}, BROKEN),
        (TLS12, {"NumericLessThan": {"s3:TlsVersion": []}}, BROKEN),
        (TLS12, {"NumericLessThan": {"s3:TlsVersion": "high"}}, BROKEN),
        (TLS12, {"NumericLessThan": {"s3:TlsVersion": True}}, BROKEN),
        (TLS12, {"NumericLessThan": {"s3:TlsVersion": PARAMETER}}, UNDECIDED),
        (TLS12, {"NumericGreaterThan": {"s3:TlsVersion": 1.2}}, BROKEN),
        (TLS12, {"NumericLessThan": {"s3:max-keys": 10}}, BROKEN),
        (
            TLS12,
            {
                "NumericLessThan": {"s3:TlsVersion": 1.2},
                "Bool": {"aws:SecureTransport": "false"},
            },
            BROKEN,
        ),
        (DELETION, {}, MET),
        (DELETION, {"Bool": {}}, MET),
        (DELETION, {"Bool": {"aws:SecureTransport": "false"}}, BROKEN),
        (DELETION, {"Bool": PARAMETER}, UNDECIDED),
        (DELETION, "never", UNDECIDED),
    ],
    ids=str,
)
def test_the_condition_of_a_denial(rule: str, condition: Json, wanted: str) -> None:
    assert verdict(rule, denial(rule, "Condition", condition)) == wanted


@pytest.mark.parametrize("action", ["s3:DeleteObject", "s3:DeleteObjectVersion"])
def test_both_ways_of_deletion_must_be_denied(action: str) -> None:
    assert verdict(DELETION, denial(DELETION, "Action", action)) == BROKEN


@pytest.mark.parametrize("action", ["s3:Delete*", ["s3:DeleteObject*"]], ids=str)
def test_a_wildcard_may_name_both_ways_of_deletion(action: Json) -> None:
    assert verdict(DELETION, denial(DELETION, "Action", action)) == MET


def test_a_denial_whose_condition_of_the_template_may_not_hold_is_undecided() -> None:
    maybe: Json = {"Fn::If": ["Strict", deny_plaintext(), GONE]}
    assert verdict(TLS, with_statements(TLS, maybe)) == UNDECIDED


# Uploads with other encryption

BY_AWS = "aws:PrincipalIsAWSService"
HEADERS = [deny_header(ALGORITHM, "aws:kms"), deny_header(KEY_ID, arn("Key"))]


@pytest.mark.parametrize("missing", [0, 1])
def test_both_headers_must_be_denied(missing: int) -> None:
    body = with_statements(OTHER_KEYS, *(one for n, one in enumerate(HEADERS) if n != missing))
    assert verdict(OTHER_KEYS, body) == BROKEN


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("Effect", "Allow", BROKEN),
        ("Principal", {"AWS": "111122223333"}, BROKEN),
        ("Action", "s3:GetObject", BROKEN),
        ("Action", "s3:Put*", MET),
        ("Resource", arn("It"), BROKEN),
        ("Resource", {"Fn::Join": ["", [arn("It"), "/private/*"]]}, BROKEN),
        ("Resource", "*", MET),
        ("NotPrincipal", "*", BROKEN),
        ("Condition", {}, BROKEN),
        ("Condition", {"Null": {KEY_ID: "false"}}, BROKEN),
        ("Condition", {"Null": {KEY_ID: "true"}, "StringNotEquals": {KEY_ID: arn("Key")}}, BROKEN),
        ("Condition", {"StringNotEquals": {KEY_ID: arn("Key")}}, MET),
        ("Condition", {"StringNotEqualsIfExists": {KEY_ID: arn("Key")}}, MET),
        ("Condition", {"StringNotEquals": {KEY_ID: arn("Key")}, "BoolIfExists": {BY_AWS: "false"}}, MET),
        ("Condition", {"BoolIfExists": {BY_AWS: "false"}, "StringNotEquals": {KEY_ID: arn("Key")}}, MET),
        ("Condition", {"StringNotEquals": {KEY_ID: arn("OtherKey")}, "ArnNotEquals": {KEY_ID: arn("Key")}}, BROKEN),
        ("Condition", {"StringNotEquals": {KEY_ID: arn("Key")}, "BoolIfExists": {BY_AWS: "true"}}, BROKEN),
        (
            "Condition",
            {"StringNotEquals": {KEY_ID: arn("Key")}, "BoolIfExists": {"aws:ViaAWSService": "false"}},
            BROKEN,
        ),
        ("Condition", {"ArnNotEqualsIfExists": {KEY_ID: [arn("Key")]}}, MET),
        ("Condition", {"ArnNotEquals": {KEY_ID: {"Fn::Sub": "${Key.Arn}"}}}, MET),
        ("Condition", {"StringEquals": {KEY_ID: arn("Key")}}, BROKEN),
        ("Condition", {"StringNotEquals": {KEY_ID: arn("OtherKey")}}, BROKEN),
        ("Condition", {"StringNotEquals": {KEY_ID: [arn("Key"), arn("OtherKey")]}}, BROKEN),
        ("Condition", {"StringNotEquals": {KEY_ID: "arn:aws:kms:us-east-1:1:key/k"}}, BROKEN),
        ("Condition", {"StringNotEquals": {KEY_ID: {"Fn::Sub": "${Key.Arn}x"}}}, BROKEN),
        ("Condition", {"StringNotEquals": {KEY_ID: PARAMETER}}, UNDECIDED),
        ("Condition", {"StringNotEquals": {KEY_ID: []}}, BROKEN),
        ("Condition", {"StringNotEquals": {KEY_ID: arn("Key")}, "Null": {KEY_ID: "false"}}, BROKEN),
        ("Condition", {"StringNotEquals": {KEY_ID: arn("Key")}, "Null": {ALGORITHM: "true"}}, BROKEN),
        ("Condition", {"StringNotEquals": {KEY_ID: arn("Key")}, "Null": {ALGORITHM: []}}, BROKEN),
        ("Condition", PARAMETER, UNDECIDED),
        ("Condition", {"StringNotEquals": {KEY_ID: None}}, BROKEN),
        (
            "Condition",
            {"StringNotEquals": {KEY_ID: arn("Key"), "aws:PrincipalAccount": "1"}},
            BROKEN,
        ),
        (
            "Condition",
            {"StringNotEquals": {KEY_ID: arn("Key")}, "Bool": {PLAINTEXT: "true"}},
            BROKEN,
        ),
    ],
    ids=str,
)
def test_a_denial_of_other_keys(key: str, value: Json, wanted: str) -> None:
    body = with_statements(OTHER_KEYS, HEADERS[0], {**HEADERS[1], key: value})
    body = changed(body, ("Resources", "OtherKey"), resource("AWS::KMS::Key", {}))
    assert verdict(OTHER_KEYS, body) == wanted


NO_KEY_ID: dict[str, Json] = {"Null": {KEY_ID: "true"}, "StringEquals": {ALGORITHM: "aws:kms"}}


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        (NO_KEY_ID, MET),
        ({"Null": {KEY_ID: "true", ALGORITHM: "false"}}, MET),
        ({"Null": {KEY_ID: "true"}}, MET),
        ({"Null": {KEY_ID: "false"}, "StringEquals": {ALGORITHM: "aws:kms"}}, BROKEN),
        ({"Null": {KEY_ID: "true"}, "StringEquals": {ALGORITHM: "AES256"}}, BROKEN),
        ({"StringEquals": {ALGORITHM: "aws:kms"}}, BROKEN),
        ({**NO_KEY_ID, "Bool": {PLAINTEXT: "true"}}, BROKEN),
        ({}, BROKEN),
    ],
    ids=str,
)
def test_uploads_that_ask_for_kms_and_name_no_key_are_denied(condition: Json, wanted: str) -> None:
    other_keys: Json = {"StringNotEquals": {KEY_ID: arn("Key")}, "Null": {KEY_ID: "false"}}
    denials = (HEADERS[0], {**HEADERS[1], "Condition": other_keys}, {**HEADERS[1], "Condition": condition})
    assert verdict(OTHER_KEYS, with_statements(OTHER_KEYS, *denials)) == wanted


ONLY_IF_GIVEN: Json = {"StringNotEquals": {KEY_ID: arn("Key")}, "Null": {KEY_ID: "false"}}


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ({"Null": {KEY_ID: "true", ALGORITHM: "false"}}, MET),
        ({"Null": {KEY_ID: "true"}, "StringEquals": {ALGORITHM: "aws:kms"}}, MET),
        ({"Null": {KEY_ID: True}, "StringEquals": {ALGORITHM: ["AES256", "aws:kms"]}}, MET),
        ({"BoolIfExists": {BY_AWS: "false"}, "Null": {KEY_ID: "true"}}, MET),
        ({"BoolIfExists": {BY_AWS: "false"}, "Null": {KEY_ID: "true"}, "Bool": {PLAINTEXT: "true"}}, BROKEN),
        ({"Null": {KEY_ID: "true"}}, MET),
        ({"Null": {KEY_ID: "false", ALGORITHM: "false"}}, BROKEN),
        ({"Null": {KEY_ID: "true", ALGORITHM: "true"}}, BROKEN),
        ({"Null": {KEY_ID: "true", "s3:x-amz-acl": "true"}}, BROKEN),
        ({"Null": {KEY_ID: "true"}, "StringEquals": {ALGORITHM: "AES256"}}, BROKEN),
        ({"Null": {KEY_ID: "true"}, "StringNotEquals": {ALGORITHM: "aws:kms"}}, BROKEN),
        ({"Null": {ALGORITHM: "false"}}, BROKEN),
        ({"StringEquals": {ALGORITHM: "aws:kms"}}, BROKEN),
        (PARAMETER, UNDECIDED),
        (GONE, BROKEN),
    ],
    ids=str,
)
def test_uploads_with_kms_and_no_key_id_may_be_denied_apart(condition: Json, wanted: str) -> None:
    given = deny("s3:PutObject", objects("It"), ONLY_IF_GIVEN)
    apart = deny("s3:PutObject", objects("It"), condition)
    assert verdict(OTHER_KEYS, with_statements(OTHER_KEYS, HEADERS[0], given, apart)) == wanted


@pytest.mark.parametrize(
    ("key", "value"), [("Resource", arn("It")), ("Effect", "Allow"), ("Action", "s3:Get*")], ids=str
)
def test_a_narrower_denial_of_uploads_without_key_id_does_not_count(key: str, value: Json) -> None:
    given = deny("s3:PutObject", objects("It"), ONLY_IF_GIVEN)
    apart = {**deny("s3:PutObject", objects("It"), {"Null": {KEY_ID: "true"}}), key: value}
    assert verdict(OTHER_KEYS, with_statements(OTHER_KEYS, HEADERS[0], given, apart)) == BROKEN


@pytest.mark.parametrize(
    ("algorithm", "wanted"),
    [("AES256", BROKEN), ("aws:kms:dsse", BROKEN), (PARAMETER, UNDECIDED), ("aws:kms", MET)],
    ids=str,
)
def test_the_algorithm_that_is_let_in_is_the_default_one(algorithm: Json, wanted: str) -> None:
    body = with_statements(OTHER_KEYS, deny_header(ALGORITHM, algorithm), HEADERS[1])
    assert verdict(OTHER_KEYS, body) == wanted


def test_a_bucket_without_a_key_has_none_to_insist_on() -> None:
    body = with_statements(OTHER_KEYS, HEADERS[0], deny_header(KEY_ID, PARAMETER))
    path = ("Resources", "It", "Properties", "BucketEncryption")
    assert verdict(OTHER_KEYS, changed(body, path, encryption("aws:kms"))) == BROKEN


# Grants


def allow(**changes: Json) -> Json:
    statement: dict[str, Json] = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": list(everything("It")),
    }
    return {**statement, **changes}


def judged(rule: str, *statements: Json) -> str:
    return verdict(rule, with_statements(rule, deny_plaintext(), *statements))


@pytest.mark.parametrize("rule", [READABLE, WRITABLE, NAMED])
@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["*"]}, {"AWS": ["111122223333", "*"]}], ids=str)
@pytest.mark.parametrize("action", ["*", "s3:*", ["ec2:*", "S3:*"]], ids=str)
def test_a_grant_to_everyone_is_broken(rule: str, principal: Json, action: Json) -> None:
    assert judged(rule, allow(Principal=principal, Action=action)) == BROKEN


@pytest.mark.parametrize("rule", [READABLE, WRITABLE, NAMED])
@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": "Deny"},
        {"Effect": "allow"},
        {"Effect": None},
        {"Principal": {"AWS": "111122223333"}},
        {"Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}},
        {"Principal": {"AWS": arn("Role")}},
        {"Principal": {"AWS": {"Fn::ImportValue": "RoleOfAnotherApp"}}},
        {"Principal": {"CanonicalUser": PARAMETER}},
        {"Principal": {}},
        {"Principal": None},
        {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}},
        {"Condition": {"StringEquals": {"AWS:SourceVpce": ["vpce-1", "vpce-2"]}}},
        {"Condition": {"StringEquals": {"aws:PrincipalAccount": PARAMETER}}},
        {"Condition": {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}}},
        {"Condition": {"StringEquals": {"aws:SourceAccount": 111122223333}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}}},
        {"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}},
        {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::other"}}},
        {"Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.7/24"}}},
        {"Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}}},
        {"Condition": {"IpAddress": {"aws:SourceIp": PARAMETER}}},
        {
            "Condition": {
                "ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/ou-1/*"},
                "Bool": PARAMETER,
            }
        },
    ],
    ids=str,
)
def test_a_grant_to_a_known_group_is_met(rule: str, changes: dict[str, Json]) -> None:
    assert judged(rule, allow(**changes)) == MET


@pytest.mark.parametrize("rule", [READABLE, WRITABLE, NAMED])
@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"StringEquals": {"s3:prefix": "public/"}},
        {"StringLike": {"aws:Referer": "https://example.org/*"}},
        {"StringLike": {"aws:PrincipalOrgID": "*"}},
        {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
        {"StringEquals": {"aws:PrincipalOrgID": []}},
        {"StringEquals": {"aws:PrincipalOrgID": ""}},
        {"StringEquals": {"aws:PrincipalOrgID": None}},
        {"StringLike": {"aws:SourceAccount": ["111122223333", "*"]}},
        {"StringNotEquals": {"aws:SourceAccount": "111122223333"}},
        {"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}},
        {"ForAllValues:StringEquals": {"aws:SourceVpce": "vpce-1"}},
        {"Null": {"aws:SourceVpce": "false"}},
        {"NumericGreaterThan": {"aws:SourceAccount": 0}},
        {"ArnLike": {"aws:SourceArn": "*"}},
        {"ArnLike": {"aws:SourceArn": "arn:*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
        {"ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:s3:::*"}}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:sns:us-east-1:*:topic"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        {"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "128.0.0.0/1"]}},
        {"IpAddress": {"aws:SourceIp": "::/0"}},
        {"IpAddress": {"aws:SourceIp": "everywhere"}},
        {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
    ],
    ids=str,
)
def test_a_condition_that_anyone_can_meet_confines_nobody(rule: str, condition: Json) -> None:
    assert judged(rule, allow(Condition=condition)) == BROKEN


@pytest.mark.parametrize("rule", [READABLE, WRITABLE, NAMED])
@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": PARAMETER},
        {"Principal": PARAMETER},
        {"Principal": {"AWS": PARAMETER}},
        {"Principal": {"AWS": ["111122223333", {"Fn::Sub": "${AnyParameter}"}]}},
        {"Condition": PARAMETER},
        {"Condition": {"StringEquals": PARAMETER}},
    ],
    ids=str,
)
def test_a_grant_that_may_be_for_everyone_is_undecided(rule: str, changes: dict[str, Json]) -> None:
    assert judged(rule, allow(**changes)) == UNDECIDED


@pytest.mark.parametrize("rule", [READABLE, WRITABLE])
def test_a_hidden_action_for_everyone_is_undecided(rule: str) -> None:
    assert judged(rule, allow(Action=PARAMETER)) == UNDECIDED


@pytest.mark.parametrize("rule", [READABLE, WRITABLE, NAMED])
def test_a_grant_to_everyone_but_a_few_is_broken(rule: str) -> None:
    few: dict[str, Json] = {"Principal": GONE, "NotPrincipal": {"AWS": "111122223333"}}
    assert judged(rule, allow(**few)) == BROKEN


@pytest.mark.parametrize(
    ("action", "readable", "writable"),
    [
        ("s3:GetObject", BROKEN, MET),
        ("s3:GetObjectVersion", BROKEN, MET),
        ("s3:GetObjectTagging", BROKEN, MET),
        ("s3:ListBucket", BROKEN, MET),
        ("s3:ListBucketVersions", BROKEN, MET),
        ("s3:Get*", BROKEN, MET),
        ("s3:*Object", BROKEN, BROKEN),
        ("s3:PutObject", MET, BROKEN),
        ("s3:PutObjectAcl", MET, BROKEN),
        ("s3:PutBucketPolicy", MET, BROKEN),
        ("s3:DeleteObject", MET, BROKEN),
        ("s3:DeleteObjectVersion", MET, BROKEN),
        ("s3:ReplicateObject", MET, BROKEN),
        ("s3:RestoreObject", MET, BROKEN),
        ("s3:GetBucketLocation", MET, MET),
        ("ec2:*", MET, MET),
        ([], MET, MET),
        (None, MET, MET),
    ],
    ids=str,
)
def test_reading_and_writing_are_told_apart(action: Json, readable: str, writable: str) -> None:
    grant = allow(Action=action)
    assert (judged(READABLE, grant), judged(WRITABLE, grant)) == (readable, writable)


def test_all_actions_but_one_open_the_bucket() -> None:
    grant = allow(Action=GONE, NotAction="s3:PutObject")
    assert (judged(READABLE, grant), judged(WRITABLE, grant)) == (BROKEN, BROKEN)


def test_all_actions_but_those_of_s3_do_not_open_the_bucket() -> None:
    grant = allow(Action=GONE, NotAction="s3:*")
    assert (judged(READABLE, grant), judged(WRITABLE, grant)) == (MET, MET)


SERVICE: dict[str, Json] = {"Principal": {"Service": "delivery.logs.amazonaws.com"}}


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ({}, BROKEN),
        ({"StringEquals": {"aws:SourceAccount": "111122223333"}}, MET),
        ({"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}, MET),
        ({"StringLike": {"aws:SourceAccount": "*"}}, BROKEN),
        ({"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}, BROKEN),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:logs:us-east-1:111122223333:*"}}, MET),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}, BROKEN),
        ({"StringEquals": {"aws:SourceOrgID": "o-1"}}, MET),
        ({"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}, BROKEN),
        ({"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}, BROKEN),
        (PARAMETER, UNDECIDED),
    ],
    ids=str,
)
def test_a_service_acts_for_named_callers_only(condition: Json, wanted: str) -> None:
    assert judged(NAMED, allow(**SERVICE, Condition=condition)) == wanted


def test_a_service_without_a_condition_is_named_in_the_finding() -> None:
    body = with_statements(NAMED, allow(**SERVICE))
    found = "ItsPolicy: it allows delivery.logs.amazonaws.com whoever asks it to"
    assert outcome(NAMED, body).found == found


def test_one_statement_of_many_is_enough_to_open_a_bucket() -> None:
    named = allow(Principal={"AWS": "111122223333"})
    assert judged(READABLE, named, allow(), named) == BROKEN


def test_every_policy_of_a_bucket_counts() -> None:
    body = changed(records(), ("Resources", "Second"), policy(allow()))
    assert verdict(READABLE, body) == BROKEN


def test_the_policy_of_another_bucket_does_not_count() -> None:
    other = policy(allow(), bucket={"Ref": "Logs"})
    assert verdict(READABLE, changed(records(), ("Resources", "Second"), other)) == MET


@pytest.mark.parametrize(
    ("changes", "readable", "named"),
    [
        ({}, UNDECIDED, UNDECIDED),
        ({"Action": PARAMETER}, UNDECIDED, UNDECIDED),
        ({"Action": "s3:PutObject"}, MET, UNDECIDED),
        ({"Principal": PARAMETER}, UNDECIDED, UNDECIDED),
        ({"Principal": {"AWS": "111122223333"}}, MET, MET),
    ],
    ids=str,
)
def test_a_policy_that_may_be_another_buckets_leaves_open_what_it_allows(
    changes: dict[str, Json], readable: str, named: str
) -> None:
    body = changed(records(), ("Resources", "Second"), policy(allow(**changes), bucket=PARAMETER))
    assert (verdict(READABLE, body), verdict(NAMED, body)) == (readable, named)


@pytest.mark.parametrize("rule", [TLS, TLS12])
def test_the_denial_of_another_bucket_does_not_count(rule: str) -> None:
    other = policy(DENIALS[rule], bucket={"Ref": "Other"})
    body = template({"It": bucket({}), "Other": bucket({}), "Policy": other})
    assert verdict(rule, body) == BROKEN
