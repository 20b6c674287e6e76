"""What the repositories of images are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, Aws, CfnParameter, Environment, NestedStack, RemovalPolicy, Stack
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam

from hipaa_constructs import ComplianceError, EncryptedRepository, EncryptionKey
from tests._refusals import made, refusal, waiver
from tests._synthesis import at, list_at, metadata_waivers, of_type, report_of, synthesized, the

REPOSITORY, REPLICATION, KEY = "AWS::ECR::Repository", "AWS::ECR::ReplicationConfiguration", "AWS::KMS::Key"
PLAIN = synthesized(lambda stack: EncryptedRepository(stack, "It"))


def copying(stack: Stack) -> None:
    EncryptedRepository(stack, "It", repository_name="portal", replicate_to=["us-west-2", "eu-west-1"])
    EncryptedRepository(stack, "Other", repository_name="letters", replicate_to=["us-west-2"])


COPIED = synthesized(copying, region="us-east-1")


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack", env=Environment(account="123456789012", region="us-east-1"))


def test_images_are_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, KEY)
    encryption = at(the(PLAIN, REPOSITORY), "Properties", "EncryptionConfiguration")
    assert encryption == {"EncryptionType": "KMS", "KmsKey": {"Fn::GetAtt": [key, "Arn"]}}


def test_a_repository_takes_a_key_of_its_own() -> None:
    template = synthesized(lambda stack: EncryptedRepository(stack, "It", encryption_key=EncryptionKey(stack, "Own")))
    (key,) = of_type(template, KEY)
    assert key.startswith("Own")


def test_images_are_scanned_and_tags_name_one_for_ever() -> None:
    properties = at(the(PLAIN, REPOSITORY), "Properties")
    assert at(properties, "ImageScanningConfiguration", "ScanOnPush") is True
    assert at(properties, "ImageTagMutability") == "IMMUTABLE"


def test_images_stay_when_the_stack_goes() -> None:
    repository = the(PLAIN, REPOSITORY)
    assert (repository["DeletionPolicy"], repository["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert at(repository, "Properties", "EmptyOnDelete") is None


def test_images_go_nowhere_by_default() -> None:
    assert of_type(PLAIN, REPLICATION) == {}


def test_the_repositories_of_a_stack_share_one_configuration_of_copies() -> None:
    rules = list_at(the(COPIED, REPLICATION), "Properties", "ReplicationConfiguration", "Rules")
    assert [
        (at(rule, "RepositoryFilters", 0, "Filter"), [at(one, "Region") for one in list_at(rule, "Destinations")])
        for rule in rules
    ] == [("portal", ["us-west-2", "eu-west-1"]), ("letters", ["us-west-2"])]


def test_copies_go_to_the_same_account() -> None:
    rules = list_at(the(COPIED, REPLICATION), "Properties", "ReplicationConfiguration", "Rules")
    accounts = {at(one, "RegistryId") for rule in rules for one in list_at(rule, "Destinations")}
    assert accounts == {"123456789012"}


def test_the_copies_are_of_the_whole_stack() -> None:
    def build(stack: Stack) -> None:
        one = EncryptedRepository(stack, "One", repository_name="portal", replicate_to=["us-west-2"])
        other = EncryptedRepository(
            NestedStack(stack, "Nested"), "Other", repository_name="letters", replicate_to=["us-west-2"]
        )
        assert one.replication is not None
        assert one.replication is other.replication
        assert EncryptedRepository(stack, "Bare").replication is None

    rules = list_at(the(synthesized(build), REPLICATION), "Properties", "ReplicationConfiguration", "Rules")
    assert [at(rule, "RepositoryFilters", 0, "Filter") for rule in rules] == ["portal", "letters"]


def test_a_region_that_is_not_known_yet_is_passed_on() -> None:
    def build(stack: Stack) -> None:
        region = CfnParameter(stack, "Recovery").value_as_string
        EncryptedRepository(stack, "It", repository_name="portal", replicate_to=[region])

    rules = list_at(the(synthesized(build), REPLICATION), "Properties", "ReplicationConfiguration", "Rules")
    assert at(rules, 0, "Destinations", 0, "Region") == {"Ref": "Recovery"}


def test_the_own_region_is_refused_by_its_pseudo_parameter_too() -> None:
    with pytest.raises(ComplianceError, match="replicate_to must be a list of other Regions"):
        EncryptedRepository(Stack(App(), "Stack"), "It", repository_name="portal", replicate_to=[Aws.REGION])


def another_configuration(scope: Stack) -> None:
    ecr.CfnReplicationConfiguration(scope, "Another", replication_configuration={"rules": []})


def test_a_stack_has_one_configuration_of_copies(stack: Stack) -> None:
    another_configuration(stack)
    refusal(
        lambda: EncryptedRepository(stack, "It", repository_name="portal", replicate_to=["us-west-2"]),
        "Stack/It: replicate_to must be left out in a stack with another replication configuration, got "
        "'Stack/Another'; a registry has one; take that one out, and pass replicate_to to each repository "
        "(164.308(a)(7)(ii)(B))",
    )


def test_a_stack_and_those_nested_in_it_have_one_configuration_of_copies(stack: Stack) -> None:
    another_configuration(NestedStack(stack, "Nested"))
    with pytest.raises(ComplianceError, match="got 'Stack/Nested/Another'"):
        EncryptedRepository(stack, "It", repository_name="portal", replicate_to=["us-west-2"])


def test_another_stack_may_have_a_configuration_of_copies(stack: Stack) -> None:
    another_configuration(Stack(stack, "Other", env=Environment(account="123456789012", region="us-west-2")))
    assert EncryptedRepository(stack, "It", repository_name="portal", replicate_to=["us-west-2"]).replication


def test_a_configuration_of_copies_holds_25_repositories(stack: Stack) -> None:
    for number in range(25):
        EncryptedRepository(stack, f"Its{number}", repository_name=f"portal{number}", replicate_to=["us-west-2"])
    refusal(
        lambda: EncryptedRepository(stack, "It", repository_name="portal", replicate_to=["us-west-2"]),
        "Stack/It: replicate_to must be given to 25 repositories of a stack at most, got 'one more'; ECR takes no more "
        "rules; one for a name that others begin with copies them too (164.308(a)(7)(ii)(B))",
    )


def test_copied_repositories_break_no_rule() -> None:
    assert report_of(lambda app: copying(Stack(app, "Stack"))).findings == []


def test_an_account_that_may_pull_breaks_no_rule() -> None:
    def build(app: App) -> None:
        repository = EncryptedRepository(Stack(app, "Stack"), "It").repository
        repository.grant_pull(iam.AccountPrincipal("210987654321"))

    # That it is another account is told as for any resource.
    assert {one.rule.id for one in report_of(build).findings} == {"PolicySharesOnCondition"}


def test_a_repository_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: ecr.Repository(stack, "It"))
    assert list(of_type(PLAIN, REPOSITORY)) == list(of_type(plain, REPOSITORY))


def test_a_repository_breaks_no_rule() -> None:
    assert report_of(lambda app: EncryptedRepository(Stack(app, "Stack"), "It")).findings == []


def test_a_repository_may_go_with_its_stack() -> None:
    template = synthesized(lambda stack: EncryptedRepository(stack, "It", removal_policy=RemovalPolicy.DESTROY))
    assert the(template, REPOSITORY)["DeletionPolicy"] == "Delete"


def test_free_options_are_passed_on() -> None:
    rule = ecr.LifecycleRule(max_image_count=20)
    template = synthesized(
        lambda stack: EncryptedRepository(stack, "It", repository_name="portal", lifecycle_rules=[rule])
    )
    properties = at(the(template, REPOSITORY), "Properties")
    assert at(properties, "RepositoryName") == "portal"
    assert '"countNumber":20' in str(at(properties, "LifecyclePolicy", "LifecyclePolicyText"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"image_scan_on_push": False},
            "Stack/It: image_scan_on_push must be True, got False; to go without it pass "
            'waivers=[Waiver(rule="EcrImagesScanned", …)] (164.308(a)(1)(ii)(A))',
        ),
        (
            {"image_tag_mutability": ecr.TagMutability.MUTABLE},
            "Stack/It: image_tag_mutability must be IMMUTABLE, got 'MUTABLE'; to go without it pass "
            'waivers=[Waiver(rule="EcrTagsImmutable", …)] (164.312(c)(1))',
        ),
        (
            {"replicate_to": ["us-west-2"]},
            "Stack/It: replicate_to must be given with repository_name, got ['us-west-2']; ECR chooses what it copies "
            "by name (164.308(a)(7)(ii)(B))",
        ),
        (
            {"replicate_to": ["us-east-1"], "repository_name": "portal"},
            "Stack/It: replicate_to must be a list of other Regions, got 'us-east-1'; e.g. ['us-west-2'] "
            "(164.308(a)(7)(ii)(B))",
        ),
        (
            {"replicate_to": ["the moon"], "repository_name": "portal"},
            "Stack/It: replicate_to must be a list of other Regions, got 'the moon'; e.g. ['us-west-2'] "
            "(164.308(a)(7)(ii)(B))",
        ),
        (
            {"replicate_to": "us-west-2", "repository_name": "portal"},
            "Stack/It: replicate_to must be a list of other Regions, got 'us-west-2'; e.g. ['us-west-2'] "
            "(164.308(a)(7)(ii)(B))",
        ),
        (
            {"replicate_to": [None], "repository_name": "portal"},
            "Stack/It: replicate_to must be a list of other Regions, got None; e.g. ['us-west-2'] "
            "(164.308(a)(7)(ii)(B))",
        ),
        (
            {"replicate_to": ["us-west-2a"], "repository_name": "portal"},
            "Stack/It: replicate_to must be a list of other Regions, got 'us-west-2a'; e.g. ['us-west-2'] "
            "(164.308(a)(7)(ii)(B))",
        ),
        (
            {"replicate_to": ["us-west-2", "us-west-2"], "repository_name": "portal"},
            "Stack/It: replicate_to must be a list without repetitions, got 'us-west-2'; a Region has one copy "
            "(164.308(a)(7)(ii)(B))",
        ),
        (
            {"image_tag_mutability_exclusion_filters": ["dev-*"]},
            "Stack/It: image_tag_mutability_exclusion_filters must be empty, got 1; to go without it pass "
            'waivers=[Waiver(rule="EcrTagsImmutable", …)] (164.312(c)(1))',
        ),
        (
            {"encryption": None},
            "Stack/It: encryption can't be set, got None; it is always KMS (164.312(a)(2)(iv)); pass encryption_key to "
            "choose the key",
        ),
        (
            {"empty_on_delete": True},
            "Stack/It: empty_on_delete can't be set, got True; images are never deleted with their stack "
            "(164.308(a)(7)(ii)(A))",
        ),
    ],
    ids=str,
)
def test_what_is_weaker_or_wrong_is_refused(stack: Stack, options: dict[str, object], message: str) -> None:
    refusal(lambda: made(EncryptedRepository, stack, **options), message)
    assert stack.node.children == []


def test_waived_mutable_tags_are_recorded() -> None:
    template = synthesized(
        lambda stack: EncryptedRepository(
            stack, "It", image_tag_mutability=ecr.TagMutability.MUTABLE, waivers=[waiver("EcrTagsImmutable")]
        )
    )
    repository = the(template, REPOSITORY)
    assert at(repository, "Properties", "ImageTagMutability") == "MUTABLE"
    assert [one["rule"] for one in metadata_waivers(repository)] == ["EcrTagsImmutable"]


def test_waived_exclusions_are_passed_on() -> None:
    template = synthesized(
        lambda stack: EncryptedRepository(
            stack,
            "It",
            image_tag_mutability=ecr.TagMutability.IMMUTABLE_WITH_EXCLUSION,
            image_tag_mutability_exclusion_filters=[ecr.ImageTagMutabilityExclusionFilter.wildcard("dev-*")],
            waivers=[waiver("EcrTagsImmutable")],
        )
    )
    (excluded,) = list_at(the(template, REPOSITORY), "Properties", "ImageTagMutabilityExclusionFilters")
    assert at(excluded, "ImageTagMutabilityExclusionFilterValue") == "dev-*"
