"""Policies, normalized: which conditions confine, and what is hidden of a statement."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import Assembly, Template
from hipaa_constructs.rules._policy import Statement, read
from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, MET, PARAMETER, UNDECIDED, Body, outcome, partly, resource, template, verdict

RULE = "EcrPolicyNamesPrincipals"


def allowing(**changes: Json) -> Body:
    statement: Json = {"Effect": "Allow", "Principal": "*", "Action": "ecr:*", **changes}
    return template({"It": resource("AWS::ECR::Repository", {"RepositoryPolicyText": {"Statement": [statement]}})})


@pytest.mark.parametrize(
    "key",
    [
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOrgID",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:userid",
        "kms:CallerAccount",
        "s3:DataAccessPointAccount",
        "s3:DataAccessPointArn",
    ],
)
def test_each_key_that_makes_everyone_a_known_group(key: str) -> None:
    assert verdict(RULE, allowing(Condition={"StringEquals": {key: "123456789012"}})) == MET
    assert verdict(RULE, allowing(Condition={"StringEquals": {f"{key}x": "123456789012"}})) == BROKEN
    assert verdict(RULE, allowing(Condition={"StringEquals": {key: "*"}})) == BROKEN
    assert verdict(RULE, allowing(Condition={"StringLike": {key: "12?"}})) == BROKEN


@pytest.mark.parametrize(
    "key",
    [
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "kms:CallerAccount",
        "kms:EncryptionContext:aws:cloudtrail:arn",
        "kms:EncryptionContext:aws:ecs:clusterAccount",
        "kms:EncryptionContext:aws:logs:arn",
        "kms:EncryptionContext:aws:s3:arn",
        "kms:EncryptionContext:aws:sns:topicArn",
    ],
)
def test_each_key_that_says_for_whom_a_service_acts(key: str) -> None:
    principal: Json = {"Service": "lambda.amazonaws.com"}
    assert verdict(RULE, allowing(Principal=principal, Condition={"StringEquals": {key: "123456789012"}})) == MET
    assert verdict(RULE, allowing(Principal=principal, Condition={"StringEquals": {f"{key}x": "1"}})) == BROKEN


@pytest.mark.parametrize(
    ("operator", "wanted"),
    [
        ("ArnEquals", MET),
        ("ArnLike", MET),
        ("StringEquals", MET),
        ("StringEqualsIgnoreCase", MET),
        ("StringLike", MET),
        ("ForAnyValue:StringLike", MET),
        ("ForAllValues:StringLike", BROKEN),
        ("StringNotEquals", BROKEN),
        ("StringEqualsIfExists", BROKEN),
        ("Null", BROKEN),
        ("IpAddress", MET),
    ],
)
def test_each_operator_that_asks_for_a_value(operator: str, wanted: str) -> None:
    assert verdict(RULE, allowing(Condition={operator: {"aws:PrincipalOrgID": "o-1"}})) == wanted


@pytest.mark.parametrize(
    ("addresses", "wanted"),
    [
        ("10.0.0.0/8", MET),
        ("10.0.0.1/8", MET),
        ("0.0.0.0/7", BROKEN),
        ("2001:db8::/32", MET),
        ("2001::/31", BROKEN),
        ("here", BROKEN),
        (["10.0.0.0/8", "0.0.0.0/0"], BROKEN),
    ],
)
def test_a_range_of_addresses_must_be_narrow(addresses: Json, wanted: str) -> None:
    assert verdict(RULE, allowing(Condition={"IpAddress": {"aws:SourceIp": addresses}})) == wanted


@pytest.mark.parametrize(
    ("arn", "wanted"),
    [
        ("arn:aws:lambda:us-east-1:123456789012:function:*", MET),
        ("arn:aws:lambda:us-east-1:*:function:records", BROKEN),
        ("arn:aws:lambda:us-east-1:12?:function:records", BROKEN),
        ("arn:aws:s3:::records", MET),
        ("arn:aws:s3:::records/*", MET),
        ("arn:aws:s3:::*", BROKEN),
        ("arn:aws:s3:::record?", BROKEN),
        ("arn:aws:*", BROKEN),
        ("arn:aws:s3", MET),
    ],
)
def test_an_arn_must_say_whose_it_is(arn: str, wanted: str) -> None:
    assert verdict(RULE, allowing(Condition={"ArnLike": {"aws:SourceArn": arn}})) == wanted


def test_the_shape_of_what_is_allowed_is_told() -> None:
    assert outcome(RULE, allowing()).found == "it allows everyone (Principal *)"
    statement: Json = [{"Effect": "Allow", "NotPrincipal": {"AWS": "1"}, "Action": "ecr:*"}]
    body = template({"It": resource("AWS::ECR::Repository", {"RepositoryPolicyText": {"Statement": statement}})})
    assert outcome(RULE, body).found == "it allows everyone but a few (NotPrincipal)"
    service = outcome(RULE, allowing(Principal={"Service": "lambda.amazonaws.com"}))
    assert service.found == "it allows lambda.amazonaws.com whoever asks it to"


@pytest.mark.parametrize("changes", [{"Effect": PARAMETER}, {"Condition": PARAMETER}])
def test_a_service_that_is_allowed_under_what_is_hidden_is_undecided(changes: Body) -> None:
    assert verdict(RULE, allowing(Principal={"Service": "lambda.amazonaws.com"}, **changes)) == UNDECIDED


def statement(**parts: Json) -> Json:
    return {"Effect": "Allow", "Principal": "*", "Action": ["s3:Get*", "s3:PutObject"], "Resource": "*", **parts}


@pytest.mark.parametrize(
    ("action", "named"),
    [("s3:GetObject", True), ("S3:putobject", True), ("s3:Get*", True), ("s3:*", False), ("s3:DeleteObject", False)],
)
def test_actions_are_covered_by_name_or_wildcard(action: str, named: bool) -> None:
    home = Template(template({"It": resource("AWS::S3::BucketPolicy", {"PolicyDocument": {"Statement": statement()}})}))
    (found,), hidden = read(home.resources["It"].at("PolicyDocument"))
    assert (found.covers(action), hidden) == (named, False)
    assert found.covers("s3:GetObject", action) is named


def test_exceptions_cover_nothing() -> None:
    exceptions: Json = {"Effect": "Allow", "Principal": "*", "NotAction": "s3:Get*", "Resource": "*"}
    home = Template(template({"It": resource("AWS::S3::BucketPolicy", {"PolicyDocument": {"Statement": exceptions}})}))
    (found,), _ = read(home.resources["It"].at("PolicyDocument"))
    assert not found.covers("s3:GetObject")
    assert not found.covers("s3:PutObject")
    assert found.touches("s3:PutObject") is True
    assert found.touches("s3:GetObject") is False


def read_from(document: Json) -> tuple[list[Statement], bool]:
    home = Template(template({"It": resource("AWS::S3::BucketPolicy", {"PolicyDocument": document})}))
    Assembly([home])
    return read(home.resources["It"].at("PolicyDocument"))


def test_a_condition_beside_a_hidden_one_is_not_the_only_one() -> None:
    condition: Json = {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": PARAMETER}
    (found,), _ = read_from({"Statement": [statement(Condition=condition)]})
    assert found.condition("bool", key="aws:SecureTransport") is None


def test_an_operator_in_two_cases_of_letters_has_the_values_of_both() -> None:
    twice: Json = {"StringEquals": {"aws:SourceAccount": "1"}, "stringequals": {"aws:sourceaccount": "2"}}
    (found,), _ = read_from({"Statement": [statement(Condition=twice)]})
    (values,) = found.conditions.values()
    assert [one.value for one in values] == ["1", "2"]


def test_brackets_in_an_action_are_no_wildcard() -> None:
    (found,), _ = read_from({"Statement": [statement(Action="s3:[G]et*")]})
    assert not found.covers("s3:GetObject")
    assert found.covers("s3:[G]etObject")


@pytest.mark.parametrize(
    ("text", "hidden"), [('{"Sid": "a b"}', False), ('{"Sid": "a\nb"}', True), ("[", True), ("TRUE", True)]
)
def test_a_document_of_text_that_is_no_json_hides_what_it_says(text: str, hidden: bool) -> None:
    assert read_from(text) == ([], hidden)


def test_what_is_made_text_of_is_read() -> None:
    written: Json = {"Statement": [statement(Action="s3:GetObject", Resource=PARAMETER)]}
    (found,), hidden = read_from({"Fn::ToJsonString": written})
    assert (found.covers("s3:GetObject"), [one.is_unknown for one in found.resources], hidden) == (True, [True], False)


@pytest.mark.parametrize("written", [PARAMETER, {"Statement": PARAMETER}, "{{resolve:ssm:policy}}"], ids=str)
def test_what_hides_in_what_is_made_text_of_is_hidden(written: Json) -> None:
    assert read_from({"Fn::ToJsonString": written}) == ([], True)


def test_what_may_be_everyone_is_hidden() -> None:
    assert verdict(RULE, allowing(Principal={"AWS": partly("*")})) == UNDECIDED
    assert verdict(RULE, allowing(Principal={"AWS": partly("1")})) == MET


def test_a_body_that_two_stacks_share_is_read_in_each() -> None:
    body = template({"It": resource("AWS::S3::BucketPolicy", {"PolicyDocument": {"Statement": [statement()]}})})
    assembly = Assembly([Template(body), Template(body)])
    for made in assembly.templates:
        (found,), _ = read(made.resources["It"].at("PolicyDocument"))
        assert found.node.template is made
