"""What a template must show of Amazon Athena."""

from __future__ import annotations

from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import Outcome, all_met, any_met
from hipaa_constructs.rules._rule import rule
from hipaa_constructs.rules._stores import AT_REST

WORK_GROUP = "AWS::Athena::WorkGroup"
_GUIDE = "https://docs.aws.amazon.com/athena/latest/ug/"


@rule(
    title="every workgroup of Athena encrypts the results of queries with a KMS key",
    fix="set ResultConfiguration.EncryptionConfiguration with EncryptionOption SSE_KMS (or CSE_KMS) and KmsKey",
    applies_to=(WORK_GROUP,),
    controls=AT_REST,
    requirement="HC-393",
    url=_GUIDE + "encrypting-query-results-stored-in-s3.html",
)
def athena_results_encrypted(group: Resource) -> Outcome:
    """Judge results in a bucket, or those that Athena keeps itself."""
    configuration = group.at("WorkGroupConfiguration")
    in_bucket = configuration.at("ResultConfiguration", "EncryptionConfiguration")
    managed = configuration.at("ManagedQueryResultsConfiguration")
    return any_met(
        [
            all_met(
                [
                    in_bucket.at("EncryptionOption").must_be("SSE_KMS", "CSE_KMS"),
                    in_bucket.at("KmsKey").must_be_set(),
                ]
            ),
            all_met(
                [managed.at("Enabled").must_be(True), managed.at("EncryptionConfiguration", "KmsKey").must_be_set()]
            ),
        ]
    )


@rule(
    title="no client of a workgroup of Athena turns encryption off",
    fix="set EnforceWorkGroupConfiguration to true",
    applies_to=(WORK_GROUP,),
    controls=AT_REST,
    requirement="HC-393",
    same_as=("checkov:CKV_AWS_82",),
    url=_GUIDE + "workgroups-settings-override.html",
)
def athena_settings_enforced(group: Resource) -> Outcome:
    """Judge the switch; otherwise the settings of the client hold."""
    return group.at("WorkGroupConfiguration", "EnforceWorkGroupConfiguration").must_be(True)
