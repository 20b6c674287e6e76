"""What the log groups are, and what they refuse."""

from __future__ import annotations

import json

import pytest
from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from hipaa_constructs import ComplianceError, EncryptedLogGroup, EncryptionKey, masks_identifiers
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, list_at, metadata_waivers, of_type, statement_called, synthesized, the

GROUP = "AWS::Logs::LogGroup"
TEMPLATE = synthesized(lambda stack: EncryptedLogGroup(stack, "It"))


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack")


def test_a_log_group_is_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(TEMPLATE, "AWS::KMS::Key")
    assert at(the(TEMPLATE, GROUP), "Properties", "KmsKeyId") == {"Fn::GetAtt": [key, "Arn"]}


def test_the_key_lets_cloudwatch_logs_use_it() -> None:
    assert statement_called(the(TEMPLATE, "AWS::KMS::Key"), "CloudWatchLogsOfThisAccount", "KeyPolicy")


def test_events_are_kept_for_six_years() -> None:
    assert at(the(TEMPLATE, GROUP), "Properties", "RetentionInDays") == 2192


def test_a_log_group_is_protected_from_deletion() -> None:
    assert at(the(TEMPLATE, GROUP), "Properties", "DeletionProtectionEnabled") is True


@pytest.mark.parametrize("attribute", ["DeletionPolicy", "UpdateReplacePolicy"])
def test_a_log_group_outlives_its_stack(attribute: str) -> None:
    assert the(TEMPLATE, GROUP)[attribute] == "Retain"


def test_a_log_group_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: logs.LogGroup(stack, "It"))
    assert list(of_type(TEMPLATE, GROUP)) == list(of_type(plain, GROUP))


def test_a_key_of_the_callers_is_used_and_lets_cloudwatch_logs_in() -> None:
    template = synthesized(lambda stack: EncryptedLogGroup(stack, "It", encryption_key=kms.Key(stack, "Own")))
    assert statement_called(the(template, "AWS::KMS::Key", "Own"), "CloudWatchLogsOfThisAccount", "KeyPolicy")


def test_an_imported_key_is_used_as_it_is() -> None:
    arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd"
    template = synthesized(
        lambda stack: EncryptedLogGroup(stack, "It", encryption_key=kms.Key.from_key_arn(stack, "Imported", arn))
    )
    assert at(the(template, GROUP), "Properties", "KmsKeyId") == arn


def test_a_key_of_this_package_is_used() -> None:
    template = synthesized(lambda stack: EncryptedLogGroup(stack, "It", encryption_key=EncryptionKey(stack, "Own")))
    assert statement_called(the(template, "AWS::KMS::Key", "Own"), "CloudWatchLogsOfThisAccount", "KeyPolicy")


@pytest.mark.parametrize(
    ("retention", "days"),
    [(logs.RetentionDays.SEVEN_YEARS, 2557), (logs.RetentionDays.TEN_YEARS, 3653)],
)
def test_events_may_be_kept_longer(retention: logs.RetentionDays, days: int) -> None:
    template = synthesized(lambda stack: EncryptedLogGroup(stack, "It", retention=retention))
    assert at(the(template, GROUP), "Properties", "RetentionInDays") == days


def masked(template: Body) -> list[str]:
    """Return the identifiers that a log group masks."""
    policy = at(the(template, GROUP, "It"), "Properties", "DataProtectionPolicy")
    audited, masking = (at(one, "DataIdentifier") for one in list_at(policy, "Statement"))
    assert audited == masking
    return [json.dumps(one) for one in list_at(policy, "Statement", 1, "DataIdentifier")]


@pytest.mark.parametrize(
    "identifier",
    [
        *("DriversLicense-US", "DrugEnforcementAgencyNumber-US", "EmailAddress", "HealthcareProcedureCode-US"),
        *("HealthInsuranceClaimNumber-US", "IndividualTaxIdentificationNumber-US", "MedicareBeneficiaryNumber-US"),
        *("NationalDrugCode-US", "NationalProviderId-US", "PassportNumber-US", "PhoneNumber-US", "Ssn-US"),
    ],
)
def test_identifiers_of_patients_are_masked(identifier: str) -> None:
    assert any(f"data-identifier/{identifier}" in one for one in masked(TEMPLATE))


def test_nothing_is_masked_if_not_wanted() -> None:
    template = synthesized(lambda stack: EncryptedLogGroup(stack, "It", data_protection_policy=False))
    assert at(the(template, GROUP), "Properties", "DataProtectionPolicy") is None


def test_a_class_that_masks_nothing_gets_no_policy() -> None:
    template = synthesized(
        lambda stack: EncryptedLogGroup(stack, "It", log_group_class=logs.LogGroupClass.INFREQUENT_ACCESS)
    )
    assert at(the(template, GROUP), "Properties", "DataProtectionPolicy") is None


def test_a_policy_for_a_class_that_masks_nothing_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedLogGroup(
            stack,
            "It",
            data_protection_policy=masks_identifiers(),
            log_group_class=logs.LogGroupClass.INFREQUENT_ACCESS,
        ),
        "Stack/It: data_protection_policy must be False or left out, got 'a policy'; the class INFREQUENT_ACCESS masks "
        "nothing; use STANDARD (164.312(a)(1))",
    )


def test_identifiers_of_ones_own_are_masked_too() -> None:
    policy = masks_identifiers(custom={"MedicalRecordNumber": "MRN-[0-9]{8}"})
    template = synthesized(lambda stack: EncryptedLogGroup(stack, "It", data_protection_policy=policy))
    assert '"MedicalRecordNumber"' in masked(template)
    configuration = at(the(template, GROUP), "Properties", "DataProtectionPolicy", "Configuration")
    assert at(configuration, "CustomDataIdentifier") == [{"Name": "MedicalRecordNumber", "Regex": "MRN-[0-9]{8}"}]


@pytest.mark.parametrize("by_resource", [False, True])
def test_findings_go_to_a_log_group_that_is_named(by_resource: bool) -> None:
    def build(stack: Stack) -> None:
        found = EncryptedLogGroup(stack, "Found", data_protection_policy=False, log_group_name="found")
        to = found.log_group if by_resource else found
        EncryptedLogGroup(stack, "It", data_protection_policy=masks_identifiers(findings_to=to))

    template = synthesized(build)
    (found,) = (one for one in of_type(template, GROUP) if one.startswith("Found"))
    audit = at(the(template, GROUP, "It"), "Properties", "DataProtectionPolicy", "Statement", 0, "Operation", "Audit")
    assert at(audit, "FindingsDestination", "CloudWatchLogs", "LogGroup") == {"Ref": found}


@pytest.mark.parametrize(
    ("name", "pattern"),
    [("Medical Record", "x"), ("", "x"), ("x" * 129, "x"), ("It", ""), ("It", "x" * 201), ("It", "(a)")],
    ids=lambda value: value[:9],
)
def test_an_identifier_that_cloudwatch_logs_does_not_take_is_refused(name: str, pattern: str) -> None:
    refusal(
        lambda: masks_identifiers(custom={name: pattern}),
        "masks_identifiers: custom must hold names of letters, digits, _ and -, and regular expressions of at most 200 "
        "characters of letters, digits, spaces and _#=@/;,-^$?[]{}|\\*+., got "
        f"{name!r}: {pattern!r}; CloudWatch Logs takes no other (164.312(a)(1))",
    )


@pytest.mark.parametrize(("name", "pattern"), [("x" * 128, "x"), ("a-Z_0", "x" * 200), ("It", r"^\d+[a-z]*;, #=@/_.$")])
def test_an_identifier_at_the_limit_is_taken(name: str, pattern: str) -> None:
    assert masks_identifiers(custom={name: pattern})


def test_ten_identifiers_of_ones_own_are_taken_and_eleven_are_not() -> None:
    custom = {f"Number{number}": "x" for number in range(11)}
    assert masks_identifiers(custom=dict(list(custom.items())[:10]))
    refusal(
        lambda: masks_identifiers(custom=custom),
        "masks_identifiers: custom must hold at most 10 identifiers, got 11; join some with | (164.312(a)(1))",
    )


def test_free_options_are_passed_on() -> None:
    template = synthesized(lambda stack: EncryptedLogGroup(stack, "It", log_group_name="/portal/audit"))
    assert at(the(template, GROUP), "Properties", "LogGroupName") == "/portal/audit"


def test_a_shorter_retention_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedLogGroup(stack, "It", retention=logs.RetentionDays.FIVE_YEARS),
        "Stack/It: retention must be six years or longer, got RetentionDays.FIVE_YEARS; to go without it pass "
        'waivers=[Waiver(rule="LogGroupKeptSixYears", …)] (164.316(b)(2)(i))',
    )


def test_events_that_never_expire_are_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedLogGroup(stack, "It", retention=logs.RetentionDays.INFINITE),
        "Stack/It: retention must be a number of days, got RetentionDays.INFINITE; to go without it pass "
        'waivers=[Waiver(rule="LogGroupRetentionSet", …)] (164.312(b))',
    )


def test_a_log_group_without_protection_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedLogGroup(stack, "It", deletion_protection_enabled=False),
        "Stack/It: deletion_protection_enabled must be True, got False; to go without it pass "
        'waivers=[Waiver(rule="LogGroupProtectedFromDeletion", …)] (164.312(c)(1))',
    )


def test_a_log_group_that_goes_with_its_stack_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedLogGroup(stack, "It", removal_policy=RemovalPolicy.DESTROY),
        "Stack/It: removal_policy must be RETAIN, got RemovalPolicy.DESTROY; to go without it pass "
        'waivers=[Waiver(rule="LogGroupKept", …)] (164.312(c)(1))',
    )


def test_a_class_that_keeps_nothing_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedLogGroup(stack, "It", log_group_class=logs.LogGroupClass.DELIVERY),
        "Stack/It: log_group_class must be STANDARD or INFREQUENT_ACCESS, got 'DELIVERY'; the class DELIVERY keeps "
        "no events; make a logs.LogGroup for it (164.312(b))",
    )


@pytest.mark.parametrize("imported", [False, True])
def test_an_alias_is_refused_as_a_key(stack: Stack, imported: bool) -> None:
    alias = (
        kms.Alias.from_alias_name(stack, "Alias", "alias/logs") if imported else kms.Key(stack, "Key").add_alias("logs")
    )
    refusal(
        lambda: EncryptedLogGroup(stack, "It", encryption_key=alias),
        "Stack/It: encryption_key must be a key, got 'an alias'; CloudWatch Logs takes the ARN of a key only; pass the "
        "key itself (164.312(a)(2)(iv))",
    )


def test_an_unknown_option_is_refused_with_the_closest(stack: Stack) -> None:
    refusal(
        lambda: made(EncryptedLogGroup, stack, log_group_nam="x"),
        "Stack/It: there is no option log_group_nam; did you mean log_group_name?",
    )


@pytest.mark.parametrize(
    ("options", "rule", "place", "value"),
    [
        ({"retention": logs.RetentionDays.ONE_MONTH}, "LogGroupKeptSixYears", "RetentionInDays", 30),
        ({"retention": logs.RetentionDays.INFINITE}, "LogGroupRetentionSet", "RetentionInDays", None),
        (
            {"deletion_protection_enabled": False},
            "LogGroupProtectedFromDeletion",
            "DeletionProtectionEnabled",
            False,
        ),
    ],
)
def test_a_waived_option_takes_the_weaker_value(
    options: dict[str, object], rule: str, place: str, value: object
) -> None:
    template = synthesized(lambda stack: made(EncryptedLogGroup, stack, waivers=[waiver(rule)], **options))
    group = the(template, GROUP)
    assert at(group, "Properties", place) == value
    assert [one["rule"] for one in metadata_waivers(group)] == [rule]


def test_a_refused_log_group_leaves_nothing_in_the_tree(stack: Stack) -> None:
    with pytest.raises(ComplianceError):
        EncryptedLogGroup(stack, "It", removal_policy=RemovalPolicy.DESTROY)
    assert stack.node.children == []
