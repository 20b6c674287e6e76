"""What a template must show of AWS CloudTrail trails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome, Verdict, all_met, any_met, broken, undecided
from hipaa_constructs.rules._rule import Severity, rule

TRAIL = "AWS::CloudTrail::Trail"
GUIDE = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/"
OBJECT = "AWS::S3::Object"


@rule(
    title="every trail is encrypted with a KMS key of the customer's",
    fix="set KMSKeyId to a key of yours whose policy lets CloudTrail use it",
    applies_to=(TRAIL,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-245",
    same_as=(
        "cdk-nag:HIPAA.Security-CloudTrailEncryptionEnabled",
        "config:cloud-trail-encryption-enabled",
        "guard:CLOUD_TRAIL_ENCRYPTION_ENABLED",
        "prowler:cloudtrail_kms_encryption_enabled",
        "checkov:CKV_AWS_35",
    ),
    url=GUIDE + "encrypting-cloudtrail-log-files-with-aws-kms.html",
)
def trail_encrypted(trail: Resource) -> Outcome:
    """Judge the key of the trail's files; CloudTrail takes no AWS managed one."""
    return customers_key(trail.at("KMSKeyId"), by_alias=True)


@rule(
    title="every trail makes digest files, which show whether a file was changed or deleted",
    fix="set EnableLogFileValidation to true",
    applies_to=(TRAIL,),
    controls=("164.312(c)(1)", "164.312(c)(2)"),
    requirement="HC-246",
    same_as=(
        "cdk-nag:HIPAA.Security-CloudTrailLogFileValidationEnabled",
        "config:cloud-trail-log-file-validation-enabled",
        "guard:CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
        "prowler:cloudtrail_log_file_validation_enabled",
        "checkov:CKV_AWS_36",
    ),
    url=GUIDE + "cloudtrail-log-file-validation-intro.html",
)
def trail_log_files_validated(trail: Resource) -> Outcome:
    """Judge the validation, which is off where nothing is said."""
    return trail.at("EnableLogFileValidation").must_be(True)


@rule(
    title="every trail is delivered to a log group too",
    fix="set CloudWatchLogsLogGroupArn and CloudWatchLogsRoleArn",
    applies_to=(TRAIL,),
    controls=("164.312(b)", "164.308(a)(3)(ii)(A)"),
    requirement="HC-248",
    same_as=(
        "cdk-nag:HIPAA.Security-CloudTrailCloudWatchLogsEnabled",
        "config:cloud-trail-cloud-watch-logs-enabled",
        "guard:CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED",
        "prowler:cloudtrail_cloudwatch_logging_enabled",
    ),
    severity=Severity.WARNING,
    url=GUIDE + "send-cloudtrail-events-to-cloudwatch-logs.html",
)
def trail_delivered_to_logs(trail: Resource) -> Outcome:
    """Judge the log group and the role: alarms watch log groups; the files come minutes later."""
    return all_met(trail.at(name).must_be_set() for name in ("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"))


@rule(
    title="every trail records the events of all Regions and of global services",
    fix="set IsMultiRegionTrail to true, and IncludeGlobalServiceEvents too or leave it out",
    applies_to=(TRAIL,),
    controls=("164.312(b)", "164.308(a)(3)(ii)(A)"),
    requirement="HC-249",
    same_as=(
        "config:multi-region-cloudtrail-enabled",
        "guard:MULTI_REGION_CLOUD_TRAIL_ENABLED",
        "prowler:cloudtrail_multi_region_enabled",
        "checkov:CKV_AWS_67",
    ),
    url=GUIDE + "receive-cloudtrail-log-files-from-multiple-regions.html",
)
def trail_multi_region(trail: Resource) -> Outcome:
    """Judge both; a trail of one Region says nothing of what happens in those that nobody watches.

    CloudTrail includes the events of global services where nothing is said of them.
    """
    global_services = trail.at("IncludeGlobalServiceEvents")
    included = MET if global_services.is_absent else global_services.must_be(True)
    return all_met([trail.at("IsMultiRegionTrail").must_be(True), included])


@rule(
    title="every trail is switched on",
    fix="set IsLogging to true",
    applies_to=(TRAIL,),
    controls=("164.312(b)", "164.308(a)(3)(ii)(A)", "164.308(a)(5)(ii)(C)"),
    requirement="HC-250",
    same_as=("config:cloudtrail-enabled", "guard:CLOUD_TRAIL_ENABLED"),
    url=GUIDE + "cloudtrail-turning-off-logging.html",
)
def trail_logging(trail: Resource) -> Outcome:
    """Judge the switch."""
    return trail.at("IsLogging").must_be(True)


@rule(
    title="all management events are recorded, by this trail or another",
    fix="leave EventSelectors out, or select the category Management without further conditions",
    applies_to=(TRAIL,),
    controls=("164.312(b)",),
    requirement="HC-250",
    severity=Severity.WARNING,
    url=GUIDE + "logging-management-events-with-cloudtrail.html",
)
def trail_logs_management_events(trail: Resource) -> Outcome:
    """Judge the selectors of this trail, or else those of the other trails of the assembly.

    One selector may record what reads, and another what writes.
    """
    return by_any_trail(trail, _records_management)


@rule(
    title="data events of Amazon S3 objects are recorded, by this trail or another",
    fix="add an advanced event selector with eventCategory Data and resources.type AWS::S3::Object (data_events=…)",
    applies_to=(TRAIL,),
    controls=("164.312(b)", "164.308(a)(3)(ii)(A)"),
    requirement="HC-251",
    same_as=(
        "config:cloudtrail-s3-dataevents-enabled",
        "guard:CLOUDTRAIL_S3_DATAEVENTS_ENABLED",
        "prowler:cloudtrail_s3_dataevents_read_enabled",
        "prowler:cloudtrail_s3_dataevents_write_enabled",
    ),
    severity=Severity.WARNING,
    url=GUIDE + "logging-data-events-with-cloudtrail.html",
)
def trail_logs_s3_data_events(trail: Resource) -> Outcome:
    """Judge that reads and writes of some buckets are, by one selector or two; of which, only the app knows."""
    return by_any_trail(trail, lambda one: records_data(one, OBJECT))


def by_any_trail(trail: Resource, judge: Callable[[Resource], Outcome]) -> Outcome:
    """Judge a trail, or else the other trails of the assembly."""
    own = judge(trail)
    if own.verdict is Verdict.MET:
        return own
    others = (other for other in trail.template.assembly.resources(TRAIL) if other is not trail)
    answers = [judge(other) for other in others if other.exists]
    return any_met([own, *(one for one in answers if one.verdict is not Verdict.BROKEN)])


def _records_management(trail: Resource) -> Outcome:
    selectors = [trail.at(place) for place in ("EventSelectors", "AdvancedEventSelectors")]
    if not any(one.is_unknown or one.items() for one in selectors):
        return MET
    otherwise = "no selector records all management events"
    return _both_halves(trail, _all_management, lambda one: _only(one, {"eventCategory": "Management"}), otherwise)


def _both_halves(
    trail: Resource, judge_plain: Callable[[Node], Outcome], judge_advanced: Callable[[Node], Outcome], otherwise: str
) -> Outcome:
    """Judge that reads and writes are selected, by one selector or by one for each."""
    plain, advanced = trail.at("EventSelectors"), trail.at("AdvancedEventSelectors")
    if plain.is_unknown or advanced.is_unknown:
        return (plain if plain.is_unknown else advanced).undecided()
    halves = [
        [
            *(all_met([judge_plain(one), _is_of(one, kind)]) for one in plain.items()),
            *(all_met([judge_advanced(one), _is_read_only(one, said)]) for one in advanced.items()),
        ]
        for kind, said in (("ReadOnly", "true"), ("WriteOnly", "false"))
    ]
    return all_met(_some(half, otherwise) for half in halves)


def _is_of(selector: Node, kind: str) -> Outcome:
    kinds = selector.at("ReadWriteType")
    return MET if kinds.is_absent else kinds.must_be("All", kind)


def _is_read_only(selector: Node, said: str) -> Outcome:
    fields = [one.value for one in selector.each("FieldSelectors", "*", "Field")]
    return _equals(selector, "readOnly", said) if "readOnly" in fields else MET


def _all_management(selector: Node) -> Outcome:
    included, excluded = selector.at("IncludeManagementEvents"), selector.at("ExcludeManagementEventSources")
    return all_met(
        [
            MET if included.is_absent else included.must_be(True),
            MET if excluded.value == [] else excluded.must_be_absent(),
        ]
    )


def records_data(trail: Resource, kind: str) -> Outcome:
    """Judge that a trail records data events of some resources of a type, by selectors of either form."""

    def advanced(selector: Node) -> Outcome:
        return _only(selector, {"eventCategory": "Data", "resources.type": kind}, "resources.ARN")

    return _both_halves(trail, lambda one: _chosen(one, kind), advanced, f"no selector records data events of {kind}")


def _chosen(selector: Node, kind: str) -> Outcome:
    resources = selector.at("DataResources")
    if resources.is_unknown:
        return resources.undecided()
    named = [
        all_met([resource.at("Type").must_be(kind), resource.at("Values").must_be_set()])
        for resource in resources.items()
    ]
    return _some(named, f"no data resource is {kind}")


def _only(selector: Node, wanted: Mapping[str, str], *others: str) -> Outcome:
    """Judge that some fields are held to one value each, and that nothing but those and others narrows a selector."""
    held = [_equals(selector, field, value) for field, value in wanted.items()]
    return all_met([*held, _nothing_but(selector, (*wanted, *others, "readOnly"))])


def _equals(selector: Node, field: str, wanted: str) -> Outcome:
    """Judge that a field is held to one value by a condition."""
    conditions = [one for one in selector.at("FieldSelectors").items() if one.at("Field").value == field]
    held = [value.must_be(wanted) for one in conditions for value in one.each("Equals", "*")]
    if any(one.at("Equals").is_unknown for one in conditions) or _hides_fields(selector):
        return selector.undecided("an intrinsic function hides what it selects")
    return all_met(held) if held else selector.broken()


def _nothing_but(selector: Node, fields: Iterable[str]) -> Outcome:
    """Judge that no other field narrows a selector."""
    allowed = tuple(fields)
    others = [one for one in selector.each("FieldSelectors", "*", "Field") if one.value not in allowed]
    if any(one.is_unknown for one in others):
        return selector.undecided("an intrinsic function hides what it selects")
    return others[0].broken() if others else MET


def _hides_fields(selector: Node) -> bool:
    return selector.at("FieldSelectors").is_unknown or selector.is_unknown


def _some(selected: list[Outcome], otherwise: str) -> Outcome:
    if any(one.verdict is Verdict.MET for one in selected):
        return MET
    if any(one.verdict is Verdict.UNDECIDED for one in selected):
        return undecided(why="an intrinsic function hides what a selector records")
    return broken(found=otherwise)
