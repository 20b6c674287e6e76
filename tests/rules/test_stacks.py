"""Judgements that need more than one stack."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import RULES, Assembly, Template
from hipaa_constructs.rules._value import Json
from tests.rules._buckets import arn, bucket, deliver, deny, encryption, objects, policy
from tests.rules._judging import (
    BROKEN,
    GONE,
    MET,
    NOT_APPLICABLE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

TLS, READABLE = "S3BucketTlsOnly", "S3BucketNotPubliclyReadable"
AUDIT, TRAIL_BUCKET = "AuditLogGroupKeptSixYears", "S3TrailBucketLocked"
STACK = "AWS::CloudFormation::Stack"
DENY = deny("s3:*", "*", {"Bool": {"aws:SecureTransport": "false"}})
OPEN: Json = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}


def exporting(name: Json, value: Json) -> Json:
    return {"Output": {"Value": value, "Export": {"Name": name}}}


def bucket_stack(properties: Json = None, **sections: Json) -> Body:
    return template({"It": bucket(properties)}, **sections)


def policy_stack(of: Json, statement: Json = DENY, **sections: Json) -> Body:
    return template({"Policy": policy(statement, bucket=of)}, **sections)


def nested(file: str, parameters: Json = None, **attributes: Json) -> Json:
    properties: dict[str, Json] = {"TemplateURL": file}
    if parameters is not None:
        properties["Parameters"] = parameters
    return resource(STACK, properties, **attributes)


EITHER: Json = [{"Ref": "It"}, "y"]
FILES = {0: "parent.json", 1: "child.json"}
TAKES_NAME: Json = {"Name": {"Type": "String"}}


# Exports


def test_a_policy_that_imports_the_bucket_counts() -> None:
    first = bucket_stack(Outputs=exporting("records", {"Ref": "It"}))
    assert verdict(TLS, first, policy_stack({"Fn::ImportValue": "records"})) == MET


def test_an_import_whose_name_is_computed_from_text_counts() -> None:
    first = bucket_stack(Outputs=exporting({"Fn::Sub": "records"}, {"Ref": "It"}))
    second = policy_stack({"Fn::ImportValue": {"Fn::Join": ["", ["rec", "ords"]]}})
    assert verdict(TLS, first, second) == MET


def test_an_import_of_another_export_does_not_count() -> None:
    outputs: Json = {
        "One": {"Value": {"Ref": "It"}, "Export": {"Name": "records"}},
        "Two": {"Value": {"Ref": "Other"}, "Export": {"Name": "other"}},
    }
    first = template({"It": bucket(), "Other": bucket()}, Outputs=outputs)
    assert verdict(TLS, first, policy_stack({"Fn::ImportValue": "other"})) == BROKEN


def test_an_import_from_an_unknown_stack_may_be_of_any_bucket() -> None:
    assert verdict(TLS, bucket_stack(), policy_stack({"Fn::ImportValue": "x"})) == UNDECIDED


def test_a_policy_of_some_bucket_that_denies_nothing_leaves_the_denial_missing() -> None:
    second = policy_stack({"Fn::ImportValue": "x"}, {**DENY, "Effect": "Allow", "Principal": {}})
    assert verdict(TLS, bucket_stack(), second) == BROKEN


ABOUT_GRANTS = pytest.mark.parametrize("rule", [READABLE, "S3BucketPolicyNamesPrincipals"])


@ABOUT_GRANTS
def test_a_public_grant_on_some_bucket_is_undecided_for_each(rule: str) -> None:
    assert verdict(rule, bucket_stack(), policy_stack(PARAMETER, OPEN)) == UNDECIDED


@ABOUT_GRANTS
def test_a_harmless_policy_of_some_bucket_leaves_the_others_met(rule: str) -> None:
    assert verdict(rule, bucket_stack(), policy_stack(PARAMETER, DENY)) == MET


@pytest.mark.parametrize(
    ("importer", "wanted"),
    [
        pytest.param(("1", "us-east-1"), MET, id="same-account-and-region"),
        pytest.param(("1", "eu-west-1"), BROKEN, id="same-account-other-region"),
        pytest.param(("1", "us-west-2"), UNDECIDED, id="a-region-that-exports-nothing"),
        pytest.param((None, None), UNDECIDED, id="nowhere-known"),
    ],
)
def test_an_export_of_several_regions_is_that_of_the_importers_own(
    importer: tuple[str | None, str | None], wanted: str
) -> None:
    here = Template(bucket_stack(Outputs=exporting("records", {"Ref": "It"})), account="1", region="us-east-1")
    there = Template(bucket_stack(Outputs=exporting("records", {"Ref": "It"})), account="1", region="eu-west-1")
    reader = Template(policy_stack({"Fn::ImportValue": "records"}), account=importer[0], region=importer[1])
    Assembly([here, there, reader])
    assert RULES[TLS].judge(here.resources["It"]).verdict.value == wanted


def test_exports_that_import_each_other_end() -> None:
    one = bucket_stack(Outputs=exporting("a", {"Fn::ImportValue": "b"}))
    two = policy_stack({"Fn::ImportValue": "a"}, Outputs=exporting("b", {"Fn::ImportValue": "a"}))
    assert verdict(TLS, one, two) == UNDECIDED


def test_exports_that_import_each_other_many_times_over_end() -> None:
    def many(name: str) -> Json:
        return {"Fn::Join": ["", [{"Fn::ImportValue": name}] * 50]}

    one = bucket_stack(Outputs=exporting("a", many("b")))
    two = policy_stack({"Fn::ImportValue": "a"}, Outputs=exporting("b", many("a")))
    assert verdict(TLS, one, two) == UNDECIDED


def test_exports_that_double_each_other_end() -> None:
    outputs: Json = {
        f"O{n}": {
            "Value": {"Fn::Join": ["", [{"Fn::ImportValue": f"e{n - 1}"}] * 2]},
            "Export": {"Name": f"e{n}"},
        }
        for n in range(1, 30)
    }
    body = template({"It": bucket({"BucketName": {"Fn::ImportValue": "e29"}})}, Outputs=outputs)
    assert verdict("S3NamesWithoutPhi", body) == MET


@pytest.mark.parametrize(("effect", "wanted"), [("Allow", UNDECIDED), ("Deny", BROKEN)])
def test_a_grant_to_s3_on_some_bucket_may_be_the_log_buckets(effect: str, wanted: str) -> None:
    grant: Json = {**deliver("logging.s3.amazonaws.com"), "Effect": effect, "Resource": "*"}
    logging: Json = {"LoggingConfiguration": {"DestinationBucketName": {"Ref": "It"}}}
    first = template({"It": bucket({"BucketEncryption": encryption("AES256")}), "Source": bucket(logging)})
    assert verdict("S3LogBucketCanReceive", first, policy_stack(PARAMETER, grant)) == wanted


def _weak(**changes: Json) -> Json:
    asked: dict[str, Json] = {"StackName": "Records", "OutputName": "Bucket", "Region": "us-east-1"}
    return {"Fn::GetStackOutput": {key: value for key, value in {**asked, **changes}.items() if value is not None}}


@pytest.mark.parametrize(
    ("reference", "wanted"),
    [
        pytest.param(_weak(), MET, id="region-named"),
        pytest.param(_weak(Region=None), MET, id="own-region"),
        pytest.param(_weak(Region="us-west-2"), UNDECIDED, id="other-region"),
        pytest.param(_weak(Region={"Ref": "AWS::Region"}), UNDECIDED, id="region-computed"),
        pytest.param(_weak(StackName="Other"), UNDECIDED, id="other-stack"),
        pytest.param(_weak(OutputName="Other"), UNDECIDED, id="other-output"),
        pytest.param(_weak(RoleArn="arn:aws:iam::2:role/r"), UNDECIDED, id="other-account"),
        pytest.param({"Fn::GetStackOutput": "Records"}, UNDECIDED, id="malformed"),
    ],
)
def test_a_policy_that_reads_the_output_of_the_buckets_stack_counts(reference: Json, wanted: str) -> None:
    body = bucket_stack(Outputs={"Bucket": {"Value": {"Ref": "It"}}})
    here = Template(body, region="us-east-1", stack_name="Records")
    Assembly([here, Template(policy_stack(reference), region="us-east-1", stack_name="Policies")])
    assert RULES[TLS].judge(here.resources["It"]).verdict.value == wanted


def test_two_stacks_of_one_name_are_told_apart_by_their_regions() -> None:
    body = bucket_stack(Outputs={"Bucket": {"Value": {"Ref": "It"}}})
    here = Template(body, region="us-east-1", stack_name="Records")
    there = Template(body, region="us-west-2", stack_name="Records")
    Assembly([here, there, Template(policy_stack(_weak()), region="us-west-2")])
    assert [RULES[TLS].judge(one.resources["It"]).verdict.value for one in (here, there)] == [MET, BROKEN]


def test_outputs_that_read_each_other_end() -> None:
    one = bucket_stack(Outputs={"Bucket": {"Value": _weak(StackName="Policies", Region=None)}})
    two = policy_stack(_weak(Region=None), Outputs={"Bucket": {"Value": _weak(Region=None)}})
    first = Template(one, stack_name="Records")
    Assembly([first, Template(two, stack_name="Policies")])
    assert RULES[TLS].judge(first.resources["It"]).verdict.value == UNDECIDED


# Names


@pytest.mark.parametrize(
    ("name", "of", "wanted"),
    [
        pytest.param("records", "records", MET, id="same-name"),
        pytest.param("records", "record", BROKEN, id="shorter-name"),
        pytest.param("records", "records2", BROKEN, id="longer-name"),
        pytest.param("records", "Records", BROKEN, id="other-case"),
        pytest.param("records", "arn:aws:s3:::records", MET, id="arn"),
        pytest.param("records", {"Fn::Sub": "rec${Empty}ords"}, UNDECIDED, id="may-be-it"),
        pytest.param("records", {"Fn::Sub": "${AWS::StackName}records"}, UNDECIDED, id="suffix"),
        pytest.param("records", {"Fn::Sub": "${AWS::StackName}-logs"}, BROKEN, id="never-it"),
        pytest.param("records", {"Fn::Join": ["", ["rec", "ords"]]}, MET, id="joined"),
        pytest.param("records", {"Fn::Sub": "arn:${AWS::Partition}:s3:::records"}, MET, id="arn-of-any"),
        pytest.param("records", PARAMETER, UNDECIDED, id="parameter"),
        pytest.param("records", {"Fn::GetAtt": ["Lookup", "Name"]}, UNDECIDED, id="looked-up"),
        pytest.param(None, "records", BROKEN, id="generated-name"),
        pytest.param(None, PARAMETER, UNDECIDED, id="generated-name-and-parameter"),
        pytest.param(None, {"Fn::Sub": "x-${AWS::Region}"}, BROKEN, id="generated-and-made-up"),
        pytest.param({"Fn::Sub": "${AWS::Region}-x"}, "us-east-1-x", UNDECIDED, id="computed"),
        pytest.param({"Fn::Sub": "${AWS::Region}-x"}, "us-east-1-y", BROKEN, id="computed-other"),
        pytest.param({"Fn::Sub": "x-${AWS::Region}"}, {"Fn::Sub": "x-${AWS::Region}"}, UNDECIDED, id="alike"),
        pytest.param(PARAMETER, PARAMETER, UNDECIDED, id="parameters-of-two-stacks"),
        pytest.param("records", 3, BROKEN, id="number"),
        pytest.param("records", GONE, BROKEN, id="no-value"),
        pytest.param("records", [], BROKEN, id="list"),
        pytest.param("records", {"a": "b"}, BROKEN, id="mapping"),
    ],
)
def test_a_policy_in_another_stack_is_known_by_the_name(name: Json, of: Json, wanted: str) -> None:
    first = bucket_stack(None if name is None else {"BucketName": name})
    assert verdict(TLS, first, policy_stack(of)) == wanted


@pytest.mark.parametrize(
    ("of", "wanted"),
    [
        pytest.param({"Ref": "It"}, MET, id="ref"),
        pytest.param({"Fn::Sub": "${It}"}, MET, id="sub"),
        pytest.param({"Fn::Join": ["", [{"Ref": "It"}]]}, MET, id="join"),
        pytest.param({"Fn::Select": [0, [{"Ref": "It"}]]}, MET, id="select"),
        pytest.param({"Ref": "Other"}, BROKEN, id="another"),
        pytest.param({"Fn::Sub": "${It}-logs"}, BROKEN, id="name-with-a-suffix"),
        pytest.param({"Fn::Sub": "logs-${It}"}, BROKEN, id="name-with-a-prefix"),
        pytest.param({"Fn::Sub": "${It}${Other}"}, UNDECIDED, id="two-names"),
        pytest.param({"Fn::Sub": "${It}${AnyParameter}"}, UNDECIDED, id="maybe-a-suffix"),
        pytest.param({"Fn::Sub": "x-${AWS::Region}"}, MET, id="same-expression"),
        pytest.param({"Fn::Sub": "y-${AWS::Region}"}, UNDECIDED, id="other-expression"),
        pytest.param({"Fn::Select": [PARAMETER, EITHER]}, UNDECIDED, id="either"),
    ],
)
def test_a_policy_in_the_same_stack_is_known_by_the_reference(of: Json, wanted: str) -> None:
    body = template(
        {
            "It": bucket({"BucketName": {"Fn::Sub": "x-${AWS::Region}"}}),
            "Other": bucket(),
            "Policy": policy(DENY, bucket=of),
        }
    )
    assert verdict(TLS, body) == wanted


def test_a_name_made_from_another_buckets_name_is_the_name_of_whoever_has_it() -> None:
    derived: Json = {"Fn::Sub": "${Other}-logs"}
    body = template(
        {
            "It": bucket({"BucketName": derived}),
            "Other": bucket(),
            "Policy": policy(DENY, bucket=derived),
        }
    )
    assert (verdict(TLS, body), verdict(TLS, body, of="Other")) == (MET, BROKEN)


# Nested stacks


def test_a_policy_in_a_nested_stack_counts() -> None:
    parent = template({"It": bucket(), "Child": nested("child.json", {"Name": {"Ref": "It"}})})
    child = policy_stack({"Ref": "Name"}, Parameters=TAKES_NAME)
    assert verdict(TLS, parent, child, files=FILES) == MET


def test_a_nested_stack_that_is_given_another_bucket_does_not_count() -> None:
    parent = template(
        {
            "It": bucket(),
            "Other": bucket(),
            "Child": nested("child.json", {"Name": {"Ref": "Other"}}),
        }
    )
    child = policy_stack({"Ref": "Name"}, Parameters=TAKES_NAME)
    assert verdict(TLS, parent, child, files=FILES) == BROKEN


def test_a_policy_for_a_bucket_of_a_nested_stack_counts() -> None:
    child = bucket_stack(Outputs={"Name": {"Value": {"Ref": "It"}}})
    of: Json = {"Fn::GetAtt": ["Child", "Outputs.Name"]}
    parent = template({"Child": nested("child.json"), "Policy": policy(DENY, bucket=of)})
    assert verdict(TLS, parent, child, files=FILES) == MET


def test_the_output_of_a_nested_stack_that_is_not_there_may_be_any_bucket() -> None:
    of: Json = {"Fn::GetAtt": ["Child", "Outputs.Name"]}
    body = template({"It": bucket(), "Child": nested("child.json"), "Policy": policy(DENY, bucket=of)})
    assert verdict(TLS, body) == UNDECIDED


def test_the_arn_in_an_output_of_a_nested_stack_is_that_of_its_resource() -> None:
    child = template({"Key": resource("AWS::KMS::Key")}, Outputs={"Arn": {"Value": arn("Key")}})
    given: Json = {"Fn::Join": ["", [{"Fn::GetAtt": ["Child", "Outputs.Arn"]}]]}
    default: Json = {"ServerSideEncryptionByDefault": {"KMSMasterKeyID": given}}
    encrypted: Json = {"BucketEncryption": {"ServerSideEncryptionConfiguration": [default]}}
    parent = template({"Child": nested("child.json"), "It": bucket(encrypted)})
    assert verdict("S3BucketUsesCustomerManagedKey", parent, child, files=FILES) == MET


def test_a_nested_stack_that_is_made_only_sometimes_counts_only_sometimes() -> None:
    parent = template(
        {
            "It": bucket(),
            "Child": nested("child.json", {"Name": {"Ref": "It"}}, Condition="IsProd"),
        },
        Conditions={"IsProd": {"Fn::Equals": [PARAMETER, "prod"]}},
    )
    child = policy_stack({"Ref": "Name"}, Parameters=TAKES_NAME)
    assert verdict(TLS, parent, child, files=FILES) == UNDECIDED


def test_a_file_that_two_nested_stacks_use_speaks_for_neither() -> None:
    parent = template(
        {
            "It": bucket(),
            "One": nested("child.json", {"Name": {"Ref": "It"}}),
            "Two": nested("child.json", {"Name": {"Ref": "Other"}}),
            "Other": bucket(),
        }
    )
    child = policy_stack({"Ref": "Name"}, Parameters=TAKES_NAME)
    assert verdict(TLS, parent, child, files=FILES) == UNDECIDED


def test_a_parameter_that_the_parent_does_not_pass_is_the_childs_own() -> None:
    parent = template({"Child": nested("child.json", {"Another": "x"})})
    child = bucket_stack(
        {"VersioningConfiguration": {"Status": {"Ref": "Status"}}},
        Parameters={"Status": {"Type": "String", "AllowedValues": ["Enabled"]}},
    )
    assert verdict("S3BucketVersioned", parent, child, files=FILES) == MET


def test_the_metadata_of_the_cdk_tells_the_file_of_a_nested_stack() -> None:
    child_stack = nested("https://bucket/file", {"Name": {"Ref": "It"}})
    assert isinstance(child_stack, dict)
    child_stack["Metadata"] = {"aws:asset:path": "child.json"}
    parent = template({"It": bucket(), "Child": child_stack})
    child = policy_stack({"Ref": "Name"}, Parameters=TAKES_NAME)
    assert verdict(TLS, parent, child, files=FILES) == MET


@pytest.mark.parametrize(
    "url",
    ["https://x/child.json", "child.json\0", "\ud800", "x" * 5000, "", "../../..", 3, None, []],
    ids=lambda value: str(value)[:12].encode("unicode_escape").decode(),
)
def test_a_url_that_leads_nowhere_does_no_harm(url: Json) -> None:
    stack = resource(STACK, {"TemplateURL": url, "Parameters": {"Name": {"Ref": "It"}}})
    parent = template({"It": bucket(), "Child": stack})
    child = policy_stack({"Ref": "Name"}, Parameters=TAKES_NAME)
    assert verdict(TLS, parent, child, files=FILES) == UNDECIDED


@pytest.mark.parametrize("files", [{0: "a.json"}, {0: "a.json", 1: "b.json"}], ids=["one", "two"])
def test_stacks_nested_in_each_other_end(files: dict[int, str]) -> None:
    target = "b.json" if len(files) == 2 else "a.json"
    passes: Json = {"Name": {"Ref": "Name"}}
    first = template(
        {"It": bucket({"BucketName": {"Ref": "Name"}}), "Child": nested(target, passes)},
        Parameters=TAKES_NAME,
    )
    second = template({"Child": nested("a.json", passes)}, Parameters=TAKES_NAME)
    assert verdict("S3BucketVersioned", first, second, files=files) == BROKEN


def test_a_parameter_and_an_output_that_name_each_other_end() -> None:
    back: Json = {"Fn::GetAtt": ["Child", "Outputs.Name"]}
    parent = template({"Child": nested("child.json", {"Name": back})})
    child = template(
        {"It": bucket({"BucketName": {"Ref": "Name"}})},
        Parameters=TAKES_NAME,
        Outputs={"Name": {"Value": {"Fn::Join": ["", [{"Ref": "Name"}] * 30]}}},
    )
    assert verdict("S3NamesWithoutPhi", parent, child, files=FILES) == MET


def test_properties_of_a_nested_stack_that_name_its_own_output_end() -> None:
    parent = template({"Child": {"Type": STACK, "Properties": {"Fn::GetAtt": ["Child", "Outputs.Name"]}}})
    stack = parent["Resources"]
    assert isinstance(stack, dict)
    stack["Child"] = {
        "Type": STACK,
        "Metadata": {"aws:asset:path": "child.json"},
        "Properties": {"Fn::GetAtt": ["Child", "Outputs.Name"]},
    }
    child = template(
        {"It": bucket({"BucketName": {"Ref": "Name"}})},
        Parameters=TAKES_NAME,
        Outputs={"Name": {"Value": {"Ref": "Name"}}},
    )
    assert verdict("S3BucketVersioned", parent, child, files=FILES) == BROKEN


# Trails and flow logs


@pytest.mark.parametrize(
    ("name", "wanted"),
    [({"Fn::ImportValue": "trail"}, BROKEN), ("other", NOT_APPLICABLE), (3, NOT_APPLICABLE)],
    ids=str,
)
def test_a_trail_in_another_stack_makes_it_the_bucket_of_a_trail(name: Json, wanted: str) -> None:
    first = bucket_stack(Outputs=exporting("trail", {"Ref": "It"}))
    second = template({"Trail": resource("AWS::CloudTrail::Trail", {"S3BucketName": name})})
    assert verdict(TRAIL_BUCKET, first, second) == wanted


def group(name: Json = None) -> Json:
    properties: dict[str, Json] = {"RetentionInDays": 30}
    return resource("AWS::Logs::LogGroup", properties if name is None else {**properties, "LogGroupName": name})


@pytest.mark.parametrize(
    ("flow_log", "wanted"),
    [
        pytest.param({"LogDestination": {"Fn::ImportValue": "flow"}}, BROKEN, id="import"),
        pytest.param({"LogGroupName": "/vpc/flow"}, BROKEN, id="name"),
        pytest.param({"LogDestination": "arn:aws:logs:us-east-1:1:log-group:/vpc/flow:*"}, BROKEN, id="arn"),
        pytest.param({"LogDestination": "arn:aws:logs:us-east-1:1:log-group:/vpc/flow"}, BROKEN, id="bare"),
        pytest.param(
            {
                "LogDestination": {
                    "Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/vpc/flow:*"
                }
            },
            BROKEN,
            id="computed-arn",
        ),
        pytest.param({"LogGroupName": "/vpc/flow2"}, NOT_APPLICABLE, id="another-name"),
        pytest.param({"LogGroupName": "flow"}, NOT_APPLICABLE, id="end-of-the-name"),
        pytest.param(
            {"LogDestination": "arn:aws:logs:us-east-1:1:log-group:/other/vpc/flow"},
            NOT_APPLICABLE,
            id="longer-name",
        ),
        pytest.param({"LogDestination": "arn:aws:s3:::/vpc/flows"}, NOT_APPLICABLE, id="bucket"),
        pytest.param({}, NOT_APPLICABLE, id="nothing"),
    ],
)
def test_a_flow_log_in_another_stack_makes_it_an_audit_log_group(flow_log: Json, wanted: str) -> None:
    first = template({"It": group("/vpc/flow")}, Outputs=exporting("flow", arn("It")))
    second = template({"Flow": resource("AWS::EC2::FlowLog", flow_log)})
    assert verdict(AUDIT, first, second) == wanted


def test_a_replica_named_in_another_stack_beside_a_reference_is_found() -> None:
    rules: Json = [{"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::copy"}}]
    source = bucket({"ReplicationConfiguration": {"Role": arn("Role"), "Rules": rules}})
    second = template({"Source": source, "Role": resource("AWS::IAM::Role")})
    wanted = NOT_APPLICABLE
    assert verdict("S3BucketReplicated", bucket_stack({"BucketName": "copy"}), second) == wanted


def test_a_log_bucket_named_in_another_stack_beside_a_reference_is_found() -> None:
    logging: Json = {"DestinationBucketName": "logs", "LogFilePrefix": {"Ref": "Source"}}
    second = template({"Source": bucket({"LoggingConfiguration": logging})})
    wanted = NOT_APPLICABLE
    assert verdict("S3BucketAccessLogged", bucket_stack({"BucketName": "logs"}), second) == wanted


def test_the_objects_of_an_imported_bucket_are_its_objects() -> None:
    first = bucket_stack(Outputs=exporting("arn", arn("It")))
    imported: Json = {"Fn::ImportValue": "arn"}
    resources: Json = [imported, {"Fn::Join": ["", [imported, "/*"]]}]
    statement = deny("s3:*", resources, {"Bool": {"aws:SecureTransport": "false"}})
    assert verdict(TLS, first, policy_stack(imported, statement)) == MET


def test_a_key_imported_from_the_keys_stack_is_the_buckets_own() -> None:
    key_id = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    key: Json = {"Fn::ImportValue": "key"}
    default: Json = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    encryption: Json = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": default}]}
    statements = [
        deny("s3:PutObject", objects("It"), {"StringNotEquals": {header: value}})
        for header, value in (("s3:x-amz-server-side-encryption", "aws:kms"), (key_id, arn("Key")))
    ]
    keys = template({"Key": resource("AWS::KMS::Key")}, Outputs=exporting("key", arn("Key")))
    second = template({"It": bucket({"BucketName": "it", "BucketEncryption": encryption})})
    third = template({"Policy": policy(statements[0], bucket="it")})
    keys_resources = keys["Resources"]
    assert isinstance(keys_resources, dict)
    keys_resources["Policy"] = policy(statements[1], bucket="it")
    assert verdict("S3BucketRefusesOtherKeys", second, third, keys) == MET


def test_the_same_expression_in_two_stacks_is_not_the_same_key() -> None:
    key_id = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    default: Json = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn("Key")}
    name: Json = {
        "BucketName": "it",
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": default}]},
    }
    statements = [
        deny("s3:PutObject", "*", {"StringNotEquals": {header: value}})
        for header, value in (("s3:x-amz-server-side-encryption", "aws:kms"), (key_id, arn("Key")))
    ]
    first = template({"It": bucket(name), "Key": resource("AWS::KMS::Key")})
    second = template({"Policy": policy(*statements, bucket="it"), "Key": resource("AWS::KMS::Key")})
    assert verdict("S3BucketRefusesOtherKeys", first, second) == BROKEN
