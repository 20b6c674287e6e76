"""The ways an argument is refused."""

from __future__ import annotations

import pytest
from aws_cdk import App, CfnParameter, Stack

from hipaa_constructs import EncryptedBucket
from hipaa_constructs.services._options import Arguments
from tests._refusals import made, refusal, waiver


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def test_a_token_is_left_to_the_rules(stack: Stack) -> None:
    days = CfnParameter(stack, "Version", type="Number").value_as_number
    arguments = Arguments(stack, "It", contract=EncryptedBucket.contract)
    arguments.govern("minimum_tls_version", days, holds=False, asked="1.2", rule="S3BucketTls12Only")


def test_a_waiver_that_is_none_is_refused(stack: Stack) -> None:
    refusal(
        lambda: made(EncryptedBucket, stack, waivers=["S3BucketVersioned"]),
        "Stack/It: waivers must hold Waiver objects, got 'S3BucketVersioned'",
    )


def test_a_waiver_of_a_rule_about_something_else_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedBucket(stack, "It", waivers=[waiver("KmsKeyRotated")]),
        "Stack/It: waivers must be of rules about AWS::S3::Bucket, got one of KmsKeyRotated, which is about "
        "AWS::KMS::Key",
    )


def test_two_waivers_of_one_rule_are_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedBucket(stack, "It", waivers=[waiver("S3BucketVersioned"), waiver("S3BucketVersioned")]),
        "Stack/It: waivers must name each rule once, got S3BucketVersioned twice",
    )


def test_an_option_like_no_other_is_refused_without_a_guess(stack: Stack) -> None:
    refusal(lambda: made(EncryptedBucket, stack, zzz=1), "Stack/It: there is no option zzz")


def test_the_path_of_what_is_at_the_root_has_no_slash_before_it() -> None:
    app = App()
    refusal(
        lambda: Arguments(app, "It", contract=EncryptedBucket.contract, free={"zzz": 1}),
        "It: there is no option zzz",
    )
