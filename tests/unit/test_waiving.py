"""Waivers, put on constructs."""

from __future__ import annotations

import datetime

from aws_cdk import App, Stack
from aws_cdk import aws_dax as dax
from aws_cdk import aws_s3 as s3

from hipaa_constructs import EncryptedBucket, EncryptedQueue, Waiver, waive
from tests._refusals import refusal, waiver
from tests._synthesis import metadata_waivers, of_type, synthesized, the

BUCKET = "AWS::S3::Bucket"


def acknowledged(stack: Stack) -> dict[str, str]:
    return {
        identifier: str(reason)
        for child in stack.node.find_all()
        for entry in child.node.metadata
        if entry.type == "aws:cdk:acknowledged-rules"
        for identifier, reason in dict(entry.data).items()
    }


def test_a_waiver_is_written_into_the_resource() -> None:
    template = synthesized(lambda stack: waive(s3.Bucket(stack, "Old"), waiver("S3BucketVersioned")))
    assert metadata_waivers(the(template, BUCKET)) == [
        {
            "rule": "S3BucketVersioned",
            "reason": "because",
            "approved_by": "CISO",
            "expires": "2999-12-31",
            "scope": "Stack/Old",
        }
    ]


def test_a_waiver_acknowledges_the_rule_and_the_same_check_of_cdk_nag_by_their_qualified_ids() -> None:
    stack = Stack(App(), "Stack")
    waive(s3.Bucket(stack, "Old"), waiver("S3BucketVersioned"))
    assert acknowledged(stack) == {
        "HipaaConstructs::S3BucketVersioned": "because (approved by CISO, until 2999-12-31)",
        "HIPAA.Security::HIPAA.Security-S3BucketVersioningEnabled": "because (approved by CISO, until 2999-12-31)",
    }


def test_a_waiver_for_a_stack_is_put_on_each_resource_that_its_rule_is_about() -> None:
    def build(stack: Stack) -> None:
        s3.Bucket(stack, "One")
        s3.Bucket(stack, "Two", enforce_ssl=True)
        waive(stack, waiver("S3BucketVersioned"))

    template = synthesized(build)
    assert all(metadata_waivers(bucket) for bucket in of_type(template, BUCKET).values())
    assert metadata_waivers(the(template, "AWS::S3::BucketPolicy")) == []


def test_several_waivers_of_one_resource_are_all_recorded() -> None:
    def build(stack: Stack) -> None:
        bucket = s3.Bucket(stack, "Old")
        waive(bucket, waiver("S3BucketVersioned"), waiver("S3BucketAccessLogged"))
        waive(bucket, waiver("S3BucketKept"))

    recorded = [one["rule"] for one in metadata_waivers(the(synthesized(build), BUCKET))]
    assert recorded == ["S3BucketVersioned", "S3BucketAccessLogged", "S3BucketKept"]


def test_a_check_of_cdk_nag_alone_can_be_waived_on_one_resource() -> None:
    foreign = waiver("cdk-nag:HIPAA.Security-S3DefaultEncryptionKMS")
    template = synthesized(lambda stack: waive(s3.Bucket(stack, "Old"), foreign))
    assert [one["rule"] for one in metadata_waivers(the(template, BUCKET))] == [foreign.rule]


def test_a_waiver_that_would_excuse_nothing_is_refused() -> None:
    stack = Stack(App(), "Stack")
    refusal(
        lambda: waive(stack, waiver("S3BucketVersioned")),
        "Stack: S3BucketVersioned must be waived where there is a resource of type AWS::S3::Bucket, got none; call "
        "waive() after the resources are made",
    )


def test_a_check_of_cdk_nag_is_not_waived_for_a_whole_stack() -> None:
    stack = Stack(App(), "Stack")
    refusal(
        lambda: waive(stack, waiver("cdk-nag:HIPAA.Security-S3DefaultEncryptionKMS")),
        "Stack: cdk-nag:HIPAA.Security-S3DefaultEncryptionKMS must be waived on one resource, got a construct without "
        "a main one; waive it on the resource that the finding names",
    )


def test_a_date_may_be_given_as_one() -> None:
    last = Waiver(rule="S3BucketVersioned", reason="because", approved_by="CISO", expires=datetime.date(2030, 1, 31))
    template = synthesized(lambda stack: EncryptedBucket(stack, "It", versioned=False, waivers=[last]))
    recorded = metadata_waivers(the(template, BUCKET, "It"))
    assert recorded[1]["expires"] == "2030-01-31"


def test_a_waiver_is_acknowledged_on_the_resource_and_nothing_above() -> None:
    stack = Stack(App(), "Stack")
    EncryptedBucket(stack, "It", versioned=False, waivers=[waiver("S3BucketVersioned")])
    holders = [
        child.node.path
        for child in stack.node.find_all()
        for entry in child.node.metadata
        if entry.type == "aws:cdk:acknowledged-rules" and "HipaaConstructs::S3BucketVersioned" in dict(entry.data)
    ]
    assert holders == ["Stack/It/Default/Resource"]


def test_a_rule_about_everything_is_waived_on_any_resource() -> None:
    def build(stack: Stack) -> None:
        waive(dax.CfnSubnetGroup(stack, "It", subnet_ids=["subnet-1"]), waiver("ServiceHipaaEligible"))

    (recorded,) = metadata_waivers(the(synthesized(build), "AWS::DAX::SubnetGroup"))
    assert recorded["rule"] == "ServiceHipaaEligible"


def test_a_construct_takes_a_waiver_of_a_rule_about_everything() -> None:
    def build(stack: Stack) -> None:
        EncryptedQueue(stack, "It", waivers=[waiver("TemplateWithoutPhi")])

    queues = of_type(synthesized(build), "AWS::SQS::Queue").values()
    assert [one["rule"] for queue in queues for one in metadata_waivers(queue)] == ["TemplateWithoutPhi"] * 2
