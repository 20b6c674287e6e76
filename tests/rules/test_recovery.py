"""What is judged of data stores whose recovery objectives are set."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules import RULES, Assembly, Outcome, Template
from hipaa_constructs.rules._schedules import longest_gap
from hipaa_constructs.rules._value import Json
from tests.rules._judging import BROKEN, GONE, MET, NOT_APPLICABLE, PARAMETER, UNDECIDED, Body, resource, template

RULE = "RecoveryObjectiveMet"
HOME, ABROAD = "us-east-1", "us-west-2"
VAULT = f"arn:aws:backup:{ABROAD}:123456789012:backup-vault:Copies"


def objective(rpo: Json = 60, rto: Json = 240) -> dict[str, Json]:
    recovery: Json = {"recovery_objective": {"rpo_minutes": rpo, "rto_minutes": rto}}
    return {"Metadata": {"hipaa_constructs": recovery}}


def store(kind: str, properties: Json = None, rpo: Json = 60, rto: Json = 240, **others: Json) -> Body:
    return template({"It": resource(kind, properties, **objective(rpo, rto)), **others})


def outcome(home: Body, abroad: Body | None = None, *, region: str | None = HOME, rule: str = RULE) -> Outcome:
    here = Template(home, region=region, account="1", stack_name="Home")
    there = [Template(abroad, region=ABROAD, account="1", stack_name="Abroad")] if abroad is not None else []
    Assembly([here, *there])
    return RULES[rule].judge(here.resources["It"])


def verdict(home: Body, abroad: Body | None = None, *, region: str | None = HOME) -> str:
    return outcome(home, abroad, region=region).verdict.value


# Objectives


BUCKET, INSTANCE, CLUSTER = "AWS::S3::Bucket", "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"


def test_a_store_without_objectives_is_not_judged() -> None:
    assert verdict(template({"It": resource(BUCKET)})) == NOT_APPLICABLE


def test_a_store_with_other_metadata_only_is_not_judged() -> None:
    body = template({"It": resource(BUCKET, Metadata={"hipaa_constructs": {"waivers": []}})})
    assert verdict(body) == NOT_APPLICABLE


@pytest.mark.parametrize("wrong", [None, "soon", [], {}, {"Ref": "AnyParameter"}])
def test_an_objective_that_is_no_number_is_broken(wrong: Json) -> None:
    assert verdict(store(INSTANCE, {"AutomaticBackupReplicationRegion": ABROAD}, rpo=wrong)) == BROKEN


def test_a_finding_names_the_objectives_and_each_way_with_its_figures() -> None:
    found = outcome(store(INSTANCE, {"AutomaticBackupReplicationRegion": ABROAD}, rpo=15)).found
    assert found == (
        "RPO 15 min and RTO 240 min are set, and it has cross-Region automated backups (RPO 30 min, RTO 240 min)"
    )


def test_a_finding_says_that_nothing_is_elsewhere() -> None:
    found = outcome(store(INSTANCE, {})).found
    assert found == "RPO 60 min and RTO 240 min are set, and it has nothing in another Region"


# Databases


@pytest.mark.parametrize(
    ("rpo", "rto", "wanted"), [(60, 240, MET), (30, 240, MET), (29, 240, BROKEN), (60, 239, BROKEN), ("60", "240", MET)]
)
def test_replicated_backups_of_a_database_meet_half_an_hour_and_four(rpo: Json, rto: Json, wanted: str) -> None:
    assert verdict(store(INSTANCE, {"AutomaticBackupReplicationRegion": ABROAD}, rpo, rto)) == wanted


def replica(source: Json) -> Body:
    return template({"Replica": resource(INSTANCE, {"SourceDBInstanceIdentifier": source})})


@pytest.mark.parametrize(("rpo", "rto", "wanted"), [(5, 30, MET), (4, 30, BROKEN), (5, 29, BROKEN)])
def test_a_read_replica_abroad_meets_minutes(rpo: int, rto: int, wanted: str) -> None:
    body = store(INSTANCE, {"DBInstanceIdentifier": "records"}, rpo, rto)
    assert verdict(body, replica(f"arn:aws:rds:{HOME}:1:db:records")) == wanted


def test_a_read_replica_of_another_database_does_not_count() -> None:
    body = store(INSTANCE, {"DBInstanceIdentifier": "records"})
    assert verdict(body, replica(f"arn:aws:rds:{HOME}:1:db:visits")) == BROKEN


def test_a_read_replica_in_the_same_region_does_not_count() -> None:
    near: Json = resource(INSTANCE, {"SourceDBInstanceIdentifier": {"Ref": "It"}})
    assert verdict(store(INSTANCE, {}, Near=near)) == BROKEN


def test_a_read_replica_of_a_database_that_a_parameter_names_is_undecided() -> None:
    assert verdict(store(INSTANCE, {"DBInstanceIdentifier": "records"}), replica(PARAMETER)) == UNDECIDED


def test_a_read_replica_is_undecided_while_the_region_is_not_known() -> None:
    body = store(INSTANCE, {"DBInstanceIdentifier": "records"})
    assert verdict(body, replica("records"), region=None) == UNDECIDED


def test_a_member_of_a_cluster_is_copied_with_it() -> None:
    assert verdict(store(INSTANCE, {"DBClusterIdentifier": "c"})) == NOT_APPLICABLE


def test_a_member_of_the_global_cluster_abroad_meets_a_minute() -> None:
    global_cluster: Json = {"GlobalClusterIdentifier": "all"}
    assert verdict(store(CLUSTER, global_cluster, 1, 5), template({"C": resource(CLUSTER, global_cluster)})) == MET


def test_a_global_cluster_whose_members_are_not_seen_is_undecided() -> None:
    assert verdict(store(CLUSTER, {"GlobalClusterIdentifier": "all"})) == UNDECIDED


def test_a_replica_of_a_cluster_abroad_counts() -> None:
    other = template({"C": resource(CLUSTER, {"ReplicationSourceIdentifier": f"arn:aws:rds:{HOME}:1:cluster:c"})})
    assert verdict(store(CLUSTER, {"DBClusterIdentifier": "c"}), other) == MET


# Buckets


def replicated(**changes: Json) -> Json:
    destination: Json = {
        "Bucket": "arn:aws:s3:::copies",
        "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
    }
    rule: dict[str, Json] = {"Status": "Enabled", "Destination": destination, **changes}
    return {"ReplicationConfiguration": {"Rules": [rule]}}


COPIES = template({"Copies": resource(BUCKET, {"BucketName": "copies"})})


@pytest.mark.parametrize(("rpo", "rto", "wanted"), [(15, 15, MET), (14, 15, BROKEN), (15, 14, BROKEN)])
def test_timed_replication_to_a_bucket_abroad_meets_a_quarter_of_an_hour(rpo: int, rto: int, wanted: str) -> None:
    assert verdict(store(BUCKET, replicated(), rpo, rto), COPIES) == wanted


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        pytest.param({"Status": "Disabled"}, BROKEN, id="disabled"),
        pytest.param({"Status": PARAMETER}, UNDECIDED, id="status-unknown"),
        pytest.param({"Filter": {"Prefix": ""}}, MET, id="empty-filter"),
        pytest.param({"Filter": {"Prefix": "a/"}}, BROKEN, id="filter"),
        pytest.param({"Filter": {"TagFilter": {"Key": "a", "Value": "b"}}}, BROKEN, id="tag"),
        pytest.param({"Filter": {"And": {}}}, BROKEN, id="several"),
        pytest.param({"Prefix": "a/"}, BROKEN, id="prefix"),
        pytest.param({"Destination": {"Bucket": "arn:aws:s3:::copies"}}, BROKEN, id="untimed"),
        pytest.param({"Destination": {"Bucket": "arn:aws:s3:::others"}}, UNDECIDED, id="a-bucket-not-seen"),
    ],
)
def test_the_replication_of_a_bucket_decides(changes: dict[str, Json], wanted: str) -> None:
    assert verdict(store(BUCKET, replicated(**changes)), COPIES) == wanted


def test_replication_to_a_bucket_of_the_same_region_does_not_count() -> None:
    assert verdict(store(BUCKET, replicated(), Copies=resource(BUCKET, {"BucketName": "copies"}))) == BROKEN


def test_replication_that_an_intrinsic_function_hides_is_undecided() -> None:
    assert verdict(store(BUCKET, {"ReplicationConfiguration": {"Rules": PARAMETER}})) == UNDECIDED


def test_a_finding_says_that_untimed_replication_has_no_bound() -> None:
    untimed = replicated(Destination={"Bucket": "arn:aws:s3:::copies"})
    found = outcome(store(BUCKET, untimed), COPIES).found
    assert "S3 replication without time control (RPO no bound, RTO 15 min)" in found


# Tables, file systems, caches


@pytest.mark.parametrize(
    ("regions", "wanted"),
    [([HOME, ABROAD], MET), ([HOME], BROKEN), ([HOME, PARAMETER], UNDECIDED), ([HOME, ABROAD, PARAMETER], MET)],
)
def test_the_replicas_of_a_global_table_decide(regions: list[Json], wanted: str) -> None:
    replicas: Json = {"Replicas": [{"Region": region} for region in regions]}
    assert verdict(store("AWS::DynamoDB::GlobalTable", replicas, 1, 5)) == wanted


def test_a_global_table_whose_replicas_are_hidden_is_undecided() -> None:
    assert verdict(store("AWS::DynamoDB::GlobalTable", {"Replicas": PARAMETER}, 1, 5)) == UNDECIDED


@pytest.mark.parametrize(("region", "wanted"), [(ABROAD, MET), (HOME, BROKEN), (PARAMETER, UNDECIDED)])
def test_where_a_file_system_is_replicated_to_decides(region: Json, wanted: str) -> None:
    replication: Json = {"ReplicationConfiguration": {"Destinations": [{"Region": region}]}}
    assert verdict(store("AWS::EFS::FileSystem", replication, 15, 15)) == wanted


def test_a_cache_without_a_global_datastore_is_lost_with_its_region() -> None:
    assert verdict(store("AWS::ElastiCache::ReplicationGroup", {"SnapshotRetentionLimit": 35})) == BROKEN


def test_a_member_of_the_global_datastore_abroad_keeps_a_cache() -> None:
    member: Json = {"GlobalReplicationGroupId": "all"}
    kind = "AWS::ElastiCache::ReplicationGroup"
    assert verdict(store(kind, member, 1, 5), template({"C": resource(kind, member)})) == MET


# Backups


def backed_up(*, vault: Json = VAULT, **changes: Json) -> dict[str, Json]:
    rule: dict[str, Json] = {
        "ScheduleExpression": "cron(0 * * * ? *)",
        "StartWindowMinutes": 60,
        "CopyActions": [{"DestinationBackupVaultArn": vault}],
        **changes,
    }
    chosen: Json = {"Resources": [{"Fn::GetAtt": ["It", "Arn"]}]}
    return {
        "Plan": resource("AWS::Backup::BackupPlan", {"BackupPlan": {"BackupPlanRule": [rule]}}),
        "Selection": resource(
            "AWS::Backup::BackupSelection", {"BackupPlanId": {"Ref": "Plan"}, "BackupSelection": chosen}
        ),
    }


TABLE = "AWS::DynamoDB::Table"


@pytest.mark.parametrize(("rpo", "rto", "wanted"), [(120, 240, MET), (119, 240, BROKEN), (120, 239, BROKEN)])
def test_a_copy_is_as_old_as_the_schedule_and_the_start_window_allow(rpo: int, rto: int, wanted: str) -> None:
    assert verdict(store(TABLE, {}, rpo, rto, **backed_up())) == wanted


@pytest.mark.parametrize(
    ("changes", "minutes"),
    [
        pytest.param({"ScheduleExpression": GONE}, 1440 + 60, id="no-schedule"),
        pytest.param({"StartWindowMinutes": GONE}, 60 + 480, id="no-window"),
        pytest.param({"ScheduleExpression": "cron(0 5 ? * * *)"}, 1440 + 60, id="daily"),
    ],
)
def test_what_a_rule_of_a_plan_leaves_out_is_as_aws_backup_takes_it(changes: dict[str, Json], minutes: int) -> None:
    assert verdict(store(TABLE, {}, minutes, **backed_up(**changes))) == MET
    assert verdict(store(TABLE, {}, minutes - 1, **backed_up(**changes))) == BROKEN


def test_a_finding_gives_the_figures_of_a_plan_that_is_too_slow() -> None:
    found = outcome(store(TABLE, {}, **backed_up(ScheduleExpression="cron(0 5 ? * * *)"))).found
    assert found == ("RPO 60 min and RTO 240 min are set, and it has copies of AWS Backup (RPO 1500 min, RTO 240 min)")


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        pytest.param({"ScheduleExpression": PARAMETER}, UNDECIDED, id="schedule-unknown"),
        pytest.param({"ScheduleExpression": "cron(x)"}, UNDECIDED, id="no-schedule-at-all"),
        pytest.param({"CopyActions": GONE}, BROKEN, id="no-copies"),
        pytest.param({"CopyActions": PARAMETER}, UNDECIDED, id="copies-unknown"),
        pytest.param({"vault": VAULT.replace(ABROAD, HOME)}, BROKEN, id="same-region"),
        pytest.param({"vault": PARAMETER}, UNDECIDED, id="vault-unknown"),
        pytest.param({"vault": "arn:aws:backup"}, UNDECIDED, id="no-region"),
        pytest.param({"vault": {"Fn::Sub": VAULT.replace(ABROAD, "${AWS::Region}")}}, BROKEN, id="own-region"),
        pytest.param({"vault": {"Fn::Sub": VAULT.replace("12345678901", "${AWS::AccountId}")}}, MET, id="own-account"),
    ],
)
def test_where_and_when_copies_are_made_decides(changes: dict[str, Json], wanted: str) -> None:
    assert verdict(store(TABLE, {}, 6000, **backed_up(**changes))) == wanted


def test_a_vault_of_a_stack_abroad_counts() -> None:
    weak: Json = {"Fn::GetStackOutput": {"StackName": "Abroad", "Region": ABROAD, "OutputName": "Vault"}}
    vault = resource("AWS::Backup::BackupVault", {})
    abroad = template({"V": vault}, Outputs={"Vault": {"Value": {"Fn::GetAtt": ["V", "BackupVaultArn"]}}})
    assert verdict(store(TABLE, {}, 6000, **backed_up(vault=weak)), abroad) == MET


def test_one_of_two_vaults_leaves_the_region_open() -> None:
    either: Json = {"Fn::Select": [PARAMETER, [{"Fn::GetAtt": [name, "BackupVaultArn"]} for name in ("V", "W")]]}
    vault = resource("AWS::Backup::BackupVault", {})
    assert verdict(store(TABLE, {}, 6000, V=vault, W=vault, **backed_up(vault=either))) == UNDECIDED


def test_a_selection_of_a_plan_that_is_not_seen_is_undecided() -> None:
    others = backed_up()
    del others["Plan"]
    assert verdict(store(TABLE, {}, **others)) == UNDECIDED


def test_a_selection_that_may_take_the_store_is_undecided() -> None:
    selection: Json = {"BackupPlanId": {"Ref": "Plan"}, "BackupSelection": PARAMETER}
    others = {**backed_up(), "Selection": resource("AWS::Backup::BackupSelection", selection)}
    assert verdict(store(TABLE, {}, **others)) == UNDECIDED


@pytest.mark.parametrize("arn", ["arn:aws:s3:::records", {"Fn::Sub": "arn:${AWS::Partition}:s3:::records"}, "*"])
def test_a_bucket_that_a_selection_names_is_backed_up(arn: Json) -> None:
    others = backed_up()
    selection: Json = {"BackupPlanId": {"Ref": "Plan"}, "BackupSelection": {"Resources": [arn]}}
    others["Selection"] = resource("AWS::Backup::BackupSelection", selection)
    assert verdict(store(BUCKET, {"BucketName": "records"}, 120, **others)) == MET


# Backups beside replicas


def copied(home: Body, abroad: Body | None = None) -> str:
    return outcome(home, abroad, rule="RecoveryPointsCopied").verdict.value


def test_a_read_replica_alone_is_no_backup() -> None:
    body = store(INSTANCE, {"DBInstanceIdentifier": "records"})
    found = outcome(body, replica(f"arn:aws:rds:{HOME}:1:db:records"), rule="RecoveryPointsCopied")
    assert found.found == "a read replica in another Region (RPO 5 min, RTO 30 min)"


def test_replicated_backups_are_backups() -> None:
    assert copied(store(INSTANCE, {"AutomaticBackupReplicationRegion": ABROAD})) == MET


def test_copies_of_backups_are_backups() -> None:
    assert copied(store(TABLE, {}, 1, 1, **backed_up())) == MET


def test_backups_that_stay_in_their_region_are_lost_with_it() -> None:
    assert copied(store(TABLE, {}, **backed_up(CopyActions=GONE))) == BROKEN


def test_copies_whose_vault_is_not_known_are_undecided() -> None:
    assert copied(store(TABLE, {}, **backed_up(vault=PARAMETER))) == UNDECIDED


def test_versions_of_a_replicated_bucket_are_backups() -> None:
    assert copied(store(BUCKET, replicated()), COPIES) == MET


def test_a_global_table_without_copies_of_backups_has_none() -> None:
    replicas: Json = {"Replicas": [{"Region": HOME}, {"Region": ABROAD}]}
    assert copied(store("AWS::DynamoDB::GlobalTable", replicas)) == BROKEN


def test_a_store_without_objectives_need_have_none() -> None:
    assert copied(template({"It": resource(TABLE)})) == NOT_APPLICABLE


# Schedules


@pytest.mark.parametrize(
    ("schedule", "gap"),
    [
        ("rate(1 hour)", 60),
        ("rate(12 hours)", 720),
        ("rate(1 day)", 1440),
        ("rate(30 minutes)", 30),
        ("rate(0 hours)", None),
        ("cron(0 5 ? * * *)", 1440),
        ("cron(0 5 * * ? *)", 1440),
        ("cron(0 * * * ? *)", 60),
        ("cron(0/15 * * * ? *)", 15),
        ("cron(*/15 * * * ? *)", 15),
        ("cron(0 0/6 * * ? *)", 360),
        ("cron(0 8,20 * * ? *)", 720),
        ("cron(0 8-17 * * ? *)", 15 * 60),
        ("cron(30 5,23 * * ? *)", 18 * 60),
        ("cron(0 5 ? * MON *)", 7 * 1440),
        ("cron(0 5 1 * ? *)", 31 * 1440),
        ("cron(0 5 1 1 ? *)", 366 * 1440),
        ("cron(0 5 1/1 * ? *)", 1440),
        ("cron(0 5 1-31 * ? *)", 1440),
        ("cron(0 5 ? * 1-7 *)", 1440),
        ("cron(0 5 ? * SUN-SAT *)", 1440),
        ("cron(0 5 ? * sun-sat *)", 1440),
        ("cron(0 5 ? * SUN,MON,TUE,WED,THU,FRI,SAT *)", 1440),
        ("cron(0 5 ? JAN-DEC * *)", 1440),
        ("cron(0 5 ? JAN,FEB,MAR,APR,MAY,JUN,JUL,AUG,SEP,OCT,NOV,DEC * *)", 1440),
        ("cron(0 5 ? 1-12 * *)", 1440),
        ("cron(0 5 ? 1/1 * *)", 1440),
        ("cron(0 5 ? 1-11 * *)", 366 * 1440),
        ("cron(0 5 ? 2/1 * *)", 366 * 1440),
        ("cron(0 5 * * ? 2027)", 366 * 1440),
        ("cron(0 5 1-32 * ? *)", 31 * 1440),
        ("cron(0 5 1/2 * ? *)", 31 * 1440),
        ("cron(0 5 1-30 * ? *)", 31 * 1440),
        ("cron(0 5 L * ? *)", 31 * 1440),
        ("cron(0 5 ? * 1-6 *)", 7 * 1440),
        ("cron(0 5 ? * 2-7 *)", 7 * 1440),
        ("cron(0 5 ? * MON-FRI *)", 7 * 1440),
        ("cron(0 5 ? * MON#1 *)", 7 * 1440),
        ("cron(59 23 * * ? *)", 1440),
        ("cron(60 5 * * ? *)", None),
        ("cron(0 24 * * ? *)", None),
        ("cron(99 5 * * ? *)", None),
        ("cron(0 MON * * ? *)", None),
        ("cron(0 5 *)", None),
        ("at(2027-01-01T00:00:00)", None),
        ("", None),
    ],
)
def test_the_longest_gap_of_a_schedule(schedule: str, gap: int | None) -> None:
    assert longest_gap(schedule) == gap
