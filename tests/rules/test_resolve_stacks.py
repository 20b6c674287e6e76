"""Intrinsic functions that read what another stack says."""

from __future__ import annotations

from hipaa_constructs.rules import Assembly, Template
from hipaa_constructs.rules._value import Json
from tests.rules._buckets import bucket
from tests.rules._judging import MET, resource, template, verdict


def test_a_text_is_made_with_the_output_of_a_nested_stack() -> None:
    child = template({}, Outputs={"Status": {"Value": "abled"}})
    status: Json = {"VersioningConfiguration": {"Status": {"Fn::Sub": "En${Child.Outputs.Status}"}}}
    nested = resource("AWS::CloudFormation::Stack", {"TemplateURL": "child.json"})
    parent = template({"It": bucket(status), "Child": nested})
    assert verdict("S3BucketVersioned", parent, child, files={0: "parent.json", 1: "child.json"}) == MET


def test_a_text_made_of_the_output_of_another_stack_is_that_of_its_resource() -> None:
    output: Json = {"Fn::GetStackOutput": {"StackName": "Keys", "OutputName": "Arn"}}
    it = bucket({"Tags": {"Fn::Join": ["", [output]]}})
    here = Template(template({"It": it}), stack_name="Records")
    arn: Json = {"Arn": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}}}
    keys = Template(template({"Key": resource("AWS::KMS::Key")}, Outputs=arn), stack_name="Keys")
    Assembly([here, keys])
    assert here.resources["It"].at("Tags").target() is keys.resources["Key"]
