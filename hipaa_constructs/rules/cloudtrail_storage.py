"""What a template must show of where trails and event data stores keep events, and of what they make of them."""

from __future__ import annotations

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._node import Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, all_met
from hipaa_constructs.rules._retention import SIX_YEARS_DAYS
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._s3 import BUCKET
from hipaa_constructs.rules.cloudtrail import GUIDE, TRAIL

EVENT_DATA_STORE = "AWS::CloudTrail::EventDataStore"
_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_INSIGHTS = ("ApiCallRateInsight", "ApiErrorRateInsight")
_PRICED_BY_YEAR = "EXTENDABLE_RETENTION_PRICING"


@rule(
    title="the bucket of every trail is private, and its own access is logged",
    fix="set PublicAccessBlockConfiguration and LoggingConfiguration.DestinationBucketName of the bucket",
    applies_to=(TRAIL,),
    controls=("164.312(a)(1)",),
    requirement="HC-252",
    same_as=(
        "config:cloudtrail-s3-bucket-access-logging",
        "config:cloudtrail-s3-bucket-public-access-prohibited",
        "prowler:cloudtrail_logs_s3_bucket_access_logging_enabled",
        "prowler:cloudtrail_logs_s3_bucket_is_not_publicly_accessible",
    ),
    severity=Severity.WARNING,
    url=GUIDE + "best-practices-security.html",
)
def trail_bucket_guarded(trail: Resource) -> Outcome:
    """Judge the bucket, if a template of the assembly declares it."""
    place = trail.at("S3BucketName")
    buckets = [one for one in trail.template.assembly.resources(BUCKET) if place.designates(one)]
    if not buckets:
        return NOT_APPLICABLE
    bucket = buckets[0]
    private = all_met(bucket.at("PublicAccessBlockConfiguration", key).must_be(True) for key in _BLOCKS)
    logging = bucket.at("LoggingConfiguration")
    logged = logging.broken("no access log") if logging.is_absent else MET
    outcome = all_met([private, logging.undecided() if logging.is_unknown else logged])
    # The finding stands at the trail, so it names the bucket's place in words.
    return outcome if outcome is MET else Outcome(outcome.verdict, place.path, f"{bucket.logical_id}: {outcome.found}")


@rule(
    title="every trail looks for unusual activity",
    fix="add InsightSelectors ApiCallRateInsight and ApiErrorRateInsight",
    applies_to=(TRAIL,),
    controls=("164.308(a)(1)(ii)(D)",),
    requirement="HC-254",
    same_as=("prowler:cloudtrail_insights_exist",),
    severity=Severity.WARNING,
    url=GUIDE + "logging-insights-events-with-cloudtrail.html",
)
def trail_looks_for_unusual_activity(trail: Resource) -> Outcome:
    """Judge both insights, on this trail or another of the assembly."""
    trails = [one for one in trail.template.assembly.resources(TRAIL) if one.exists]
    found = {kind.text for one in trails for kind in one.each("InsightSelectors", "*", "InsightType")}
    selectors = trail.at("InsightSelectors")
    missing = [kind for kind in _INSIGHTS if kind not in found]
    if not missing:
        return MET
    hidden = [one for one in trails if one.at("InsightSelectors").is_unknown]
    hidden += [
        one for one in trails if any(kind.is_unknown for kind in one.each("InsightSelectors", "*", "InsightType"))
    ]
    return selectors.undecided("a trail's insights are hidden") if hidden else selectors.broken(f"no {missing[0]}")


@rule(
    title="every event data store is encrypted with a key of the customer's",
    fix="set KmsKeyId to a key of yours whose policy lets CloudTrail use it",
    applies_to=(EVENT_DATA_STORE,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-414",
    same_as=("config:event-data-store-cmk-encryption-enabled",),
    url=GUIDE + "encrypting-cloudtrail-log-files-with-aws-kms.html",
)
def event_data_store_encrypted(store: Resource) -> Outcome:
    """Judge the key, without which CloudTrail uses one of its own."""
    return customers_key(store.at("KmsKeyId"), by_alias=True)


@rule(
    title="every event data store keeps the events of all Regions for six years, and can't be deleted by mistake",
    fix="set RetentionPeriod to 2192 or more, and MultiRegionEnabled and TerminationProtectionEnabled to true",
    applies_to=(EVENT_DATA_STORE,),
    controls=("164.312(b)", "164.316(b)(2)(i)"),
    requirement="HC-414",
    url=GUIDE + "query-event-data-store-cloudtrail.html",
)
def event_data_store_kept_six_years(store: Resource) -> Outcome:
    """Judge retention, Regions and protection: without a period, it is seven years or one, by the billing mode."""
    billing = store.at("BillingMode")
    fixed = not billing.is_absent and billing.must_be(_PRICED_BY_YEAR) is not MET
    switches = (store.at("MultiRegionEnabled"), store.at("TerminationProtectionEnabled"), store.at("IngestionEnabled"))
    return all_met(
        [
            store.at("RetentionPeriod").must_be_at_least(SIX_YEARS_DAYS, absent=fixed),
            *(MET if switch.is_absent else switch.must_be(True) for switch in switches),
        ]
    )
