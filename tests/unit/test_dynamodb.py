"""What the tables are, and what they refuse."""

from __future__ import annotations

import pytest
from aws_cdk import App, CfnTag, Duration, Environment, RemovalPolicy, Stack, Tags
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from hipaa_constructs import EncryptedTable, EncryptionKey, HipaaBackupPlan, ManagedPolicyRole, Profile
from hipaa_constructs.rules._value import Json
from tests._refusals import made, refusal, waiver
from tests._synthesis import Body, at, list_at, metadata_waivers, of_type, report_of, synthesized, the
from tools.examples import BY_ID

TABLE, SELECTION = "AWS::DynamoDB::GlobalTable", "AWS::Backup::BackupSelection"
WEST = "arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"
DENIAL = {
    "Sid": "TlsOnly",
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "dynamodb:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def table(stack: Stack) -> None:
    made_of = EncryptedTable(stack, "It", partition_key=BY_ID, tags=[CfnTag(key="owner", value="clinic")])
    Tags.of(made_of).add("phi", "yes")
    reader = ManagedPolicyRole(stack, "Reader", assumed_by=iam.AccountRootPrincipal())
    made_of.table.grant_read_data(reader.role)


PLAIN = synthesized(table)
REPLICATED = synthesized(
    lambda stack: EncryptedTable(stack, "It", partition_key=BY_ID, replicas={"us-west-2": WEST}, new_replicas=[]),
    region="us-east-1",
)


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Stack", env=Environment(account="123456789012", region="us-east-1"))


@pytest.fixture
def anywhere() -> Stack:
    return Stack(App(), "Stack")


def replica(template: Body, region: Json) -> Json:
    """Return what stands about the table in one Region."""
    (found,) = (one for one in list_at(the(template, TABLE), "Properties", "Replicas") if at(one, "Region") == region)
    return found


EACH = pytest.mark.parametrize(
    "place",
    [
        replica(PLAIN, {"Ref": "AWS::Region"}),
        replica(REPLICATED, "us-east-1"),
        replica(REPLICATED, "us-west-2"),
    ],
    ids=["Region unknown", "own Region", "second Region"],
)


def test_a_table_is_encrypted_with_the_stacks_key() -> None:
    (key,) = of_type(PLAIN, "AWS::KMS::Key")
    place = replica(PLAIN, {"Ref": "AWS::Region"})
    assert at(place, "SSESpecification", "KMSMasterKeyId") == {"Fn::GetAtt": [key, "Arn"]}
    assert at(the(PLAIN, TABLE), "Properties", "SSESpecification") == {"SSEEnabled": True, "SSEType": "KMS"}


def test_a_replica_is_encrypted_with_the_key_of_its_region() -> None:
    assert at(replica(REPLICATED, "us-west-2"), "SSESpecification", "KMSMasterKeyId") == WEST


def test_a_table_takes_a_key_of_its_own() -> None:
    def build(stack: Stack) -> None:
        own = EncryptionKey(stack, "Own")
        mine = EncryptedTable(stack, "It", partition_key=BY_ID, encryption_key=own)
        assert mine.encryption_key is own.key

    place = replica(synthesized(build), {"Ref": "AWS::Region"})
    assert str(at(place, "SSESpecification", "KMSMasterKeyId", "Fn::GetAtt", 0)).startswith("Own")


@EACH
def test_every_second_of_35_days_can_be_restored(place: Json) -> None:
    assert at(place, "PointInTimeRecoverySpecification") == {
        "PointInTimeRecoveryEnabled": True,
        "RecoveryPeriodInDays": 35,
    }


@EACH
def test_deletion_is_refused(place: Json) -> None:
    assert at(place, "DeletionProtectionEnabled") is True


@EACH
def test_plaintext_is_denied(place: Json) -> None:
    assert at(place, "ResourcePolicy", "PolicyDocument", "Statement") == [DENIAL]


def test_tags_are_those_of_scope_and_table() -> None:
    tags = list_at(replica(PLAIN, {"Ref": "AWS::Region"}), "Tags")
    assert {(at(one, "Key"), at(one, "Value")) for one in tags} == {("phi", "yes"), ("owner", "clinic")}


def test_a_table_without_tags_names_none() -> None:
    template = synthesized(lambda stack: EncryptedTable(stack, "It", partition_key=BY_ID))
    assert at(replica(template, {"Ref": "AWS::Region"}), "Tags") is None


def test_whoever_may_read_may_use_the_key() -> None:
    (policy,) = of_type(PLAIN, "AWS::IAM::ManagedPolicy").values()
    allowed = list_at(policy, "Properties", "PolicyDocument", "Statement")
    assert any("kms:Decrypt" in str(at(one, "Action")) for one in allowed)


def test_a_table_is_in_the_stacks_backup_plan() -> None:
    (selection,) = of_type(PLAIN, SELECTION).values()
    (name,) = of_type(PLAIN, TABLE)
    assert at(selection, "Properties", "BackupSelection", "Resources") == [{"Fn::GetAtt": [name, "Arn"]}]


def test_a_table_is_in_the_plan_that_it_was_given() -> None:
    def build(stack: Stack) -> None:
        EncryptedTable(stack, "It", partition_key=BY_ID, backup_plan=HipaaBackupPlan(stack, "Own"))

    (selection,) = of_type(synthesized(build), SELECTION).values()
    assert str(at(selection, "Properties", "BackupPlanId", "Fn::GetAtt", 0)).startswith("Own")


def test_capacity_is_on_demand() -> None:
    assert at(the(PLAIN, TABLE), "Properties", "BillingMode") == "PAY_PER_REQUEST"


def test_a_table_stays_when_the_stack_goes() -> None:
    found = the(PLAIN, TABLE)
    assert (found["DeletionPolicy"], found["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_a_table_has_the_logical_id_of_the_plain_one() -> None:
    plain = synthesized(lambda stack: dynamodb.TableV2(stack, "It", partition_key=BY_ID))
    assert set(of_type(plain, TABLE)) == set(of_type(PLAIN, TABLE))


def test_a_table_breaks_no_rule() -> None:
    build = EncryptedTable
    assert report_of(lambda app: build(Stack(app, "Stack"), "It", partition_key=BY_ID)).findings == []


def test_what_else_its_policy_says_stands_beside_the_denial() -> None:
    def build(stack: Stack) -> None:
        reads = iam.PolicyStatement(
            actions=["dynamodb:GetItem"],
            resources=["*"],
            principals=[iam.ArnPrincipal("arn:aws:iam::123456789012:role/Reader")],
        )
        policy = iam.PolicyDocument(statements=[reads])
        EncryptedTable(stack, "It", partition_key=BY_ID, resource_policy=policy)

    place = replica(synthesized(build), {"Ref": "AWS::Region"})
    said = list_at(place, "ResourcePolicy", "PolicyDocument", "Statement")
    assert [at(one, "Effect") for one in said] == ["Allow", "Deny"]


def test_a_replica_that_is_made_has_no_policy_yet() -> None:
    def build(stack: Stack) -> None:
        EncryptedTable(
            stack,
            "It",
            partition_key=BY_ID,
            replicas={"us-east-2": WEST.replace("us-west-2", "us-east-2"), "us-west-2": WEST},
            new_replicas=["us-west-2"],
            waivers=[waiver("DynamodbTableTlsOnly")],
        )

    template = synthesized(build, region="us-east-1")
    policies = [at(replica(template, one), "ResourcePolicy") is None for one in ("us-east-1", "us-east-2", "us-west-2")]
    assert policies == [False, False, True]
    assert [one["rule"] for one in metadata_waivers(the(template, TABLE))] == ["DynamodbTableTlsOnly"]


def test_a_replica_without_policy_needs_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: EncryptedTable(
            stack, "It", partition_key=BY_ID, replicas={"us-west-2": WEST}, new_replicas=["us-west-2"]
        ),
        "Stack/It: new_replicas must be empty, got 'us-west-2'; to go without it pass "
        'waivers=[Waiver(rule="DynamodbTableTlsOnly", …)] (164.312(e)(1))',
    )


def test_a_new_replica_is_one_of_the_replicas(stack: Stack) -> None:
    refusal(
        lambda: EncryptedTable(stack, "It", partition_key=BY_ID, new_replicas=["us-west-2"]),
        "Stack/It: new_replicas must be among replicas, got 'us-west-2'; name it with a key there (164.312(e)(1))",
    )


def test_a_replica_in_the_same_region_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedTable(stack, "It", partition_key=BY_ID, replicas={"us-east-1": WEST}),
        "Stack/It: replicas must be in other Regions than the stack's, got 'us-east-1'; pass encryption_key for this "
        "one (164.312(a)(2)(iv))",
    )


def test_a_key_of_another_region_than_the_replicas_is_refused(stack: Stack) -> None:
    refusal(
        lambda: EncryptedTable(stack, "It", partition_key=BY_ID, replicas={"us-east-2": WEST}),
        f"Stack/It: replicas must be encrypted with a key in us-east-2, by its ARN, got '{WEST}'; a replica is "
        "encrypted with a key of its own Region (164.312(a)(2)(iv))",
    )


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("replicas", {"replicas": {"us-west-2": WEST}}),
        ("billing", {"billing": dynamodb.Billing.on_demand()}),
        ("table_class", {"table_class": dynamodb.TableClass.STANDARD_INFREQUENT_ACCESS}),
        (
            "max_read_request_units",
            {
                "global_secondary_indexes": [
                    dynamodb.GlobalSecondaryIndexPropsV2(
                        index_name="by-id", partition_key=BY_ID, max_read_request_units=100
                    )
                ]
            },
        ),
    ],
)
def test_what_stands_in_a_replica_needs_a_region(anywhere: Stack, name: str, options: dict[str, object]) -> None:
    refusal(
        lambda: made(EncryptedTable, anywhere, partition_key=BY_ID, new_replicas=[], **options),
        f"Stack/It: {name} must be in a stack whose Region is known, got 'one without'; pass "
        "env=Environment(region=…) to the stack, so that the CDK writes it beside the key (164.312(a)(2)(iv))",
    )


@pytest.mark.parametrize(("period", "shown"), [(Duration.hours(12), "12 hours"), (Duration.days(36), "36 days")])
def test_a_recovery_period_that_dynamodb_does_not_take_is_refused(stack: Stack, period: Duration, shown: str) -> None:
    refusal(
        lambda: EncryptedTable(stack, "It", partition_key=BY_ID, recovery_period=period),
        f"Stack/It: recovery_period must be 1 to 35 days, got {shown}; DynamoDB goes back no further; a backup plan "
        "does (164.308(a)(7)(ii)(A))",
    )


def test_a_day_of_recovery_is_taken() -> None:
    template = synthesized(
        lambda stack: EncryptedTable(stack, "It", partition_key=BY_ID, recovery_period=Duration.days(1))
    )
    place = replica(template, {"Ref": "AWS::Region"})
    assert at(place, "PointInTimeRecoverySpecification", "RecoveryPeriodInDays") == 1


def test_deletion_needs_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: EncryptedTable(stack, "It", partition_key=BY_ID, deletion_protection=False),
        "Stack/It: deletion_protection must be True, got False; to go without it pass "
        'waivers=[Waiver(rule="DynamodbTableDeletionProtected", …)] (164.308(a)(7)(i))',
    )


def test_a_table_that_goes_with_its_stack_needs_a_waiver(stack: Stack) -> None:
    refusal(
        lambda: EncryptedTable(stack, "It", partition_key=BY_ID, removal_policy=RemovalPolicy.DESTROY),
        "Stack/It: removal_policy must be RETAIN, got RemovalPolicy.DESTROY; to go without it pass "
        'waivers=[Waiver(rule="DynamodbTableKept", …)] (164.308(a)(7)(ii)(A))',
    )


@pytest.mark.parametrize(
    ("option", "why"),
    [
        (
            "contributor_insights_specification",
            "it shows the keys of items in plain text, and AWS advises against it where a key of yours encrypts them "
            "(164.312(a)(2)(iv))",
        ),
        ("encryption", "it is always a key of yours (164.312(a)(2)(iv)); pass encryption_key to choose the key"),
        (
            "point_in_time_recovery_specification",
            "continuous backups are always on (164.308(a)(7)(ii)(A)); pass recovery_period",
        ),
    ],
)
def test_what_is_set_can_not_be_set(stack: Stack, option: str, why: str) -> None:
    refusal(
        lambda: made(EncryptedTable, stack, partition_key=BY_ID, **{option: None}),
        f"Stack/It: {option} can't be set, got None; {why}",
    )


def test_a_table_without_phi_may_go_with_a_development_environment() -> None:
    def build(app: App) -> None:
        Profile.DEVELOPMENT.apply_to(app)
        mine = EncryptedTable(Stack(app, "Stack"), "It", partition_key=BY_ID, holds_phi=False)
        resource = mine.table.node.default_child
        assert isinstance(resource, dynamodb.CfnGlobalTable)
        policy = resource.cfn_options.deletion_policy
        assert policy is not None
        assert policy.name == "DELETE"

    assert report_of(build).findings == []


def test_a_table_with_phi_stays_in_a_development_environment() -> None:
    app = App()
    Profile.DEVELOPMENT.apply_to(app)
    mine = EncryptedTable(Stack(app, "Stack"), "It", partition_key=BY_ID)
    resource = mine.table.node.default_child
    assert isinstance(resource, dynamodb.CfnGlobalTable)
    policy = resource.cfn_options.deletion_policy
    assert policy is not None
    assert policy.name == "RETAIN"


def test_a_refusal_leaves_nothing_behind(stack: Stack) -> None:
    with pytest.raises(Exception, match="recovery_period"):
        EncryptedTable(stack, "It", partition_key=BY_ID, recovery_period=Duration.days(0))
    assert stack.node.children == []


def test_of_replicas_it_must_be_said_which_are_new(stack: Stack) -> None:
    refusal(
        lambda: EncryptedTable(stack, "It", partition_key=BY_ID, replicas={"us-west-2": WEST}),
        "Stack/It: new_replicas must be the Regions whose replicas this deployment makes, or [], got None; DynamoDB "
        "takes no policy for a replica that is not there yet, and the deployment would fail (164.312(e)(1))",
    )
