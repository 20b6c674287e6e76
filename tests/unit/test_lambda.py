"""What the functions are, and what they refuse."""

from __future__ import annotations

import json

import pytest
from aws_cdk import App, Aws, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from hipaa_constructs import EncryptedLogGroup, EncryptedQueue, EncryptionKey, HipaaFunction
from tests._refusals import refusal, waiver
from tests._synthesis import Body, at, list_at, metadata_waivers, of_type, report_of, statements, synthesized, the
from tools.examples import network

FUNCTION, QUEUE, KEY, GROUP = "AWS::Lambda::Function", "AWS::SQS::Queue", "AWS::KMS::Key", "AWS::Logs::LogGroup"
POLICY, URL = "AWS::IAM::ManagedPolicy", "AWS::Lambda::Url"


def made(stack: Stack, **options: object) -> HipaaFunction:
    """Make a function with options that a type checker would refuse."""
    kind: type = HipaaFunction
    given = {
        "code": lambda_.Code.from_inline("pass"),
        "handler": "index.handler",
        "runtime": lambda_.Runtime.PYTHON_3_14,
        **options,
    }
    function = kind(stack, "It", **({"vpc": network(stack)} if "vpc" not in given else {}), **given)
    assert isinstance(function, HipaaFunction)
    return function


PLAIN = synthesized(lambda stack: made(stack, environment={"TABLE": "visits"}), region="us-east-1")
PROPERTIES = the(PLAIN, FUNCTION)["Properties"]


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def of(**options: object) -> Body:
    """Return the template of a function with options."""
    return synthesized(lambda stack: made(stack, **options), region="us-east-1")


def granted(template: Body) -> dict[str, list[Body]]:
    """Return what the roles may do, by action."""
    found: dict[str, list[Body]] = {}
    for policy in of_type(template, POLICY).values():
        for one in statements(policy):
            actions = one["Action"]
            for action in actions if isinstance(actions, list) else [actions]:
                found.setdefault(str(action), []).append(one)
    return found


def test_variables_are_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, KEY)
    assert at(PROPERTIES, "KmsKeyArn") == {"Fn::GetAtt": [key, "Arn"]}
    assert at(PROPERTIES, "Environment", "Variables") == {"TABLE": "visits"}


def test_a_function_lies_in_the_private_subnets() -> None:
    assert at(PROPERTIES, "VpcConfig", "SubnetIds") == ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]


def test_nobody_enters_and_https_alone_leaves() -> None:
    group = the(PLAIN, "AWS::EC2::SecurityGroup")["Properties"]
    (rule,) = list_at(group, "SecurityGroupEgress")
    assert (at(rule, "FromPort"), at(rule, "ToPort"), at(group, "SecurityGroupIngress")) == (443, 443, None)


def test_ten_run_at_once() -> None:
    assert at(PROPERTIES, "ReservedConcurrentExecutions") == 10


def test_requests_are_traced() -> None:
    assert at(PROPERTIES, "TracingConfig", "Mode") == "Active"


def test_it_prints_json_into_an_encrypted_log_group() -> None:
    (group,) = of_type(PLAIN, GROUP)
    assert at(PROPERTIES, "LoggingConfig") == {"LogFormat": "JSON", "LogGroup": {"Ref": group}}
    assert at(the(PLAIN, GROUP), "Properties", "RetentionInDays") == 2192


def test_identifiers_are_masked_in_its_log() -> None:
    assert "Deidentify" in json.dumps(at(the(PLAIN, GROUP), "Properties", "DataProtectionPolicy"))


def test_events_that_fail_go_to_an_encrypted_queue_that_stays() -> None:
    ((name, queue),) = of_type(PLAIN, QUEUE).items()
    (key,) = of_type(PLAIN, KEY)
    assert at(PROPERTIES, "DeadLetterConfig", "TargetArn") == {"Fn::GetAtt": [name, "Arn"]}
    assert at(queue, "Properties", "KmsMasterKeyId") == {"Fn::GetAtt": [key, "Arn"]}
    assert at(queue, "Properties", "MessageRetentionPeriod") == 14 * 24 * 3600
    assert queue["DeletionPolicy"] == "Retain"


def test_no_policy_is_inline() -> None:
    assert of_type(PLAIN, "AWS::IAM::Policy") == {}
    assert at(the(PLAIN, "AWS::IAM::Role"), "Properties", "Policies") is None


def test_no_policy_is_inline_with_the_flag_that_makes_inline_ones() -> None:
    template = synthesized(made, context={"@aws-cdk/aws-lambda:createNewPoliciesWithAddToRolePolicy": True})
    assert of_type(template, "AWS::IAM::Policy") == {}


def test_it_may_do_what_its_options_need_and_nothing_else() -> None:
    interfaces = {
        f"ec2:{one}"
        for one in (
            "AssignPrivateIpAddresses",
            "CreateNetworkInterface",
            "DeleteNetworkInterface",
            "DescribeNetworkInterfaces",
            "DescribeSubnets",
            "UnassignPrivateIpAddresses",
        )
    }
    assert set(granted(PLAIN)) == {
        *interfaces,
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sqs:SendMessage",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }


def test_its_code_can_not_make_interfaces() -> None:
    allowed, denied = granted(PLAIN)["ec2:CreateNetworkInterface"]
    assert (allowed["Effect"], at(allowed, "Condition")) == ("Allow", None)
    assert denied["Effect"] == "Deny"
    assert denied["Action"] == allowed["Action"]
    arn = at(denied, "Condition", "ArnLike", "lambda:SourceFunctionArn", "Fn::Join", 1)
    assert isinstance(arn, list)
    assert "".join(str(part) for part in arn).endswith(":{'Ref': 'AWS::AccountId'}:function:*")


def test_it_may_write_to_its_own_log_group_and_queue_alone() -> None:
    (group,), (queue,) = of_type(PLAIN, GROUP), of_type(PLAIN, QUEUE)
    assert [one["Resource"] for one in granted(PLAIN)["logs:PutLogEvents"]] == [{"Fn::GetAtt": [group, "Arn"]}]
    assert [one["Resource"] for one in granted(PLAIN)["sqs:SendMessage"]] == [{"Fn::GetAtt": [queue, "Arn"]}]


def test_lambda_takes_its_role() -> None:
    trust = at(the(PLAIN, "AWS::IAM::Role"), "Properties", "AssumeRolePolicyDocument", "Statement", 0, "Principal")
    assert trust == {"Service": "lambda.amazonaws.com"}


def test_a_function_breaks_no_rule() -> None:
    def build(app: App) -> None:
        made(Stack(app, "Stack"), environment={"TABLE": "visits"}).add_function_url()

    assert report_of(build).findings == []


def test_a_function_has_the_logical_id_of_the_plain_one() -> None:
    def build(stack: Stack) -> None:
        code = lambda_.Code.from_inline("pass")
        lambda_.Function(stack, "It", code=code, handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_14)

    assert set(of_type(synthesized(build), FUNCTION)) == set(of_type(PLAIN, FUNCTION))


def test_it_takes_a_key_of_its_own() -> None:
    template = synthesized(lambda stack: made(stack, encryption_key=EncryptionKey(stack, "Own")))
    (key,) = of_type(template, KEY)
    arn = {"Fn::GetAtt": [key, "Arn"]}
    places = (
        at(the(template, FUNCTION), "Properties", "KmsKeyArn"),
        at(the(template, QUEUE), "Properties", "KmsMasterKeyId"),
        at(the(template, GROUP), "Properties", "KmsKeyId"),
    )
    assert key.startswith("Own")
    assert places == (arn, arn, arn)


def test_a_queue_can_be_named() -> None:
    def build(stack: Stack) -> None:
        failed = EncryptedQueue(stack, "Other", encryption_key=EncryptionKey(stack, "Own"))
        assert made(stack, dead_letter_queue=failed).dead_letter_queue is failed.queue

    template = synthesized(build)
    assert {name.startswith("Other") for name in of_type(template, QUEUE)} == {True}
    own = next(name for name in of_type(template, KEY) if name.startswith("Own"))
    assert [one["Resource"] for one in granted(template)["kms:GenerateDataKey"]] == [{"Fn::GetAtt": [own, "Arn"]}]


def test_an_imported_queue_can_be_named() -> None:
    arn = "arn:aws:sqs:us-east-1:123456789012:failed"
    template = synthesized(lambda stack: made(stack, dead_letter_queue=sqs.Queue.from_queue_arn(stack, "Queue", arn)))
    assert at(the(template, FUNCTION), "Properties", "DeadLetterConfig", "TargetArn") == arn
    assert "kms:Decrypt" not in granted(template)


def test_a_log_group_can_be_shared() -> None:
    template = synthesized(lambda stack: made(stack, log_group=EncryptedLogGroup(stack, "Shared")))
    assert [name[:6] for name in of_type(template, GROUP)] == ["Shared"]


def test_security_groups_can_be_named() -> None:
    def build(stack: Stack) -> None:
        group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789abcdef0")
        made(stack, security_groups=[group])

    template = synthesized(build)
    groups = at(the(template, FUNCTION), "Properties", "VpcConfig", "SecurityGroupIds")
    assert (groups, of_type(template, "AWS::EC2::SecurityGroup")) == (["sg-0123456789abcdef0"], {})


def test_it_can_be_let_in_and_granted_to() -> None:
    def build(stack: Stack) -> None:
        function = made(stack)
        vpc = ec2.Vpc.from_vpc_attributes(stack, "Other", vpc_id="vpc-1", availability_zones=["us-east-1a"])
        cache = ec2.SecurityGroup(stack, "Cache", vpc=vpc, allow_all_outbound=False)
        cache.connections.allow_from(function, ec2.Port.tcp(6379))
        s3.Bucket.from_bucket_name(stack, "Records", "records").grant_read(function)

    template = synthesized(build)
    assert at(the(template, "AWS::EC2::SecurityGroupIngress"), "Properties", "ToPort") == 6379
    assert "s3:GetObject*" in granted(template)


def test_a_queue_may_go_with_its_stack() -> None:
    template = of(removal_policy=RemovalPolicy.DESTROY)
    assert the(template, QUEUE)["DeletionPolicy"] == "Delete"
    assert the(template, GROUP)["DeletionPolicy"] == "Retain"


def test_a_url_takes_signed_requests_only() -> None:
    template = synthesized(lambda stack: made(stack).add_function_url(invoke_mode=lambda_.InvokeMode.RESPONSE_STREAM))
    url = the(template, URL)["Properties"]
    assert (at(url, "AuthType"), at(url, "InvokeMode")) == ("AWS_IAM", "RESPONSE_STREAM")


def test_free_options_are_passed_on() -> None:
    properties = the(of(memory_size=512, architecture=lambda_.Architecture.ARM_64), FUNCTION)["Properties"]
    assert (at(properties, "MemorySize"), at(properties, "Architectures")) == (512, ["arm64"])


@pytest.mark.parametrize(
    ("option", "value", "rule", "message"),
    [
        (
            "dead_letter_queue",
            False,
            "LambdaKeepsFailedEvents",
            "dead_letter_queue must be a queue for events that fail, got False",
        ),
        (
            "reserved_concurrent_executions",
            None,
            "LambdaConcurrencyReserved",
            "reserved_concurrent_executions must be a number, got None",
        ),
        (
            "runtime",
            lambda_.Runtime.PYTHON_3_9,
            "LambdaRuntimeSupported",
            "runtime must be one that AWS still mends, got 'python3.9'",
        ),
        ("vpc", None, "LambdaInVpc", "vpc must be a network, got None"),
        (
            "environment",
            {"DB_PASSWORD": "swordfish"},
            "LambdaVariablesWithoutSecrets",
            "environment must be free of secrets and identifiers; name the secret's ARN, and read it in the function, "
            "got 'DB_PASSWORD, whose name looks like that of a secret'",
        ),
        (
            "environment",
            {"DATABASE": "postgres://me:secret@db.internal/records"},
            "LambdaVariablesWithoutSecrets",
            "environment must be free of secrets and identifiers; name the secret's ARN, and read it in the function, "
            "got 'DATABASE, whose value looks like a secret'",
        ),
    ],
    ids=["queue", "concurrency", "runtime", "vpc", "name", "value"],
)
def test_a_weaker_value_needs_a_waiver(stack: Stack, option: str, value: object, rule: str, message: str) -> None:
    cited = {
        "LambdaInVpc": "164.312(a)(1)",
        "LambdaRuntimeSupported": "164.308(a)(5)(ii)(B)",
        "LambdaVariablesWithoutSecrets": "164.312(a)(1)",
    }
    refusal(
        lambda: made(stack, **{option: value}),
        f'Stack/It: {message}; to go without it pass waivers=[Waiver(rule="{rule}", …)] '
        f"({cited.get(rule, '164.312(b)')})",
    )
    waived = Stack(App(), "Stack")
    function = made(waived, **{option: value}, waivers=[waiver(rule)]).function
    assert function.node.path == "Stack/It/Default"


def test_a_waiver_is_recorded_on_the_function() -> None:
    template = of(reserved_concurrent_executions=None, waivers=[waiver("LambdaConcurrencyReserved")])
    function = the(template, FUNCTION)
    assert [one["rule"] for one in metadata_waivers(function)] == ["LambdaConcurrencyReserved"]
    assert at(function, "Properties", "ReservedConcurrentExecutions") is None


def test_without_a_network_it_may_make_no_interfaces() -> None:
    template = of(vpc=None, waivers=[waiver("LambdaInVpc")])
    assert at(the(template, FUNCTION), "Properties", "VpcConfig") is None
    assert not [action for action in granted(template) if action.startswith("ec2:")]


def test_a_function_may_be_stopped() -> None:
    assert at(the(of(reserved_concurrent_executions=0), FUNCTION), "Properties", "ReservedConcurrentExecutions") == 0


def test_no_queue_is_made_where_it_is_waived() -> None:
    def build(stack: Stack) -> None:
        function = made(stack, dead_letter_queue=False, waivers=[waiver("LambdaKeepsFailedEvents")])
        assert function.dead_letter_queue is None

    template = synthesized(build)
    assert of_type(template, QUEUE) == {}
    assert at(the(template, FUNCTION), "Properties", "DeadLetterConfig") is None


@pytest.mark.parametrize(
    "environment",
    [
        {"DB_PASSWORD": ""},
        {"DB_PASSWORD": "arn:aws:secretsmanager:us-east-1:123456789012:secret:db"},
        {"API_TOKEN": "/portal/token"},
        {"USE_TOKEN": "true"},
        {"MAX_TOKENS": "100"},
        {"DB_PASSWORD": Aws.STACK_ID},
    ],
    # The text of a token is another one in each process.
    ids=("empty", "arn", "name-of-a-parameter", "switch", "count", "token"),
)
def test_variables_may_name_where_secrets_are(stack: Stack, environment: dict[str, str]) -> None:
    assert made(stack, environment=environment).function.node.path == "Stack/It/Default"


def test_variables_may_hold_no_identifier(stack: Stack) -> None:
    refusal(
        lambda: made(stack, environment={"TEST_PATIENT": "078-05-1120"}),
        "Stack/It: environment must be free of secrets and identifiers; name the secret's ARN, and read it in the "
        "function, got 'TEST_PATIENT, whose value looks like a social security number'; to go without it pass "
        'waivers=[Waiver(rule="LambdaVariablesWithoutSecrets", …)] (164.312(a)(1))',
    )


@pytest.mark.parametrize("name", ["vpc_subnets", "security_groups"])
def test_without_a_network_there_is_no_place_in_it(stack: Stack, name: str) -> None:
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789abcdef0")
    value = {"vpc_subnets": ec2.SubnetSelection(), "security_groups": [group]}[name]
    refusal(
        lambda: made(stack, vpc=None, **{name: value}, waivers=[waiver("LambdaInVpc")]),
        f"Stack/It: {name} must be left out without a network, got 'some'; pass vpc (164.312(e)(1))",
    )


def test_an_alias_of_a_key_is_refused(stack: Stack) -> None:
    refusal(
        lambda: made(stack, encryption_key=kms.Alias.from_alias_name(stack, "Alias", "alias/records")),
        "Stack/It: encryption_key must be a key, got 'an alias'; Lambda and CloudWatch Logs take the ARN of a key "
        "only; pass the key itself (164.312(a)(2)(iv))",
    )


def test_what_is_set_can_not_be_set(stack: Stack) -> None:
    refusal(
        lambda: made(stack, tracing=lambda_.Tracing.DISABLED),
        f"Stack/It: tracing can't be set, got {lambda_.Tracing.DISABLED!r}; requests are always traced (164.312(b))",
    )


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    vpc = network(stack)
    before = len(stack.node.children)
    with pytest.raises(Exception, match="reserved_concurrent_executions"):
        made(stack, vpc=vpc, reserved_concurrent_executions=-1)
    assert len(stack.node.children) == before
