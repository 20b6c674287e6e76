"""How the arguments of a trail are refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_s3 as s3

from hipaa_constructs.services._durations import days_of, known_days
from hipaa_constructs.services._options import Arguments
from hipaa_constructs.services._tokens import is_unresolved
from hipaa_constructs.services.cloudtrail_events import MOST_VALUES, S3_OBJECT, recorded, values_needed
from hipaa_constructs.services.kms import AnyKey, is_alias
from hipaa_constructs.services.s3 import EncryptedBucket, ReplicaBucket

if TYPE_CHECKING:
    from hipaa_constructs.services.cloudtrail_events import DataEventSource

SIX_YEARS = Duration.days(2192)
_LONGEST_NAME = 128
_NAME = re.compile(r"(?!.*[._-]{2})[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]")
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}
_CRON = re.compile(r"cron\(\S+ \S+ (\S+) (\S+) (\S+) \S+\)")
_ONE_MONTH = re.compile(r"\d+|[A-Z]{3}")
_ONE_DAY = re.compile(r"\d+W?|LW?")
_ONE_WEEKDAY_OF_MONTH = re.compile(r"\w+#\d|\dL")
_ONE_WEEKDAY = re.compile(r"\d|[A-Z]{3}")


def data_event_sources(arguments: Arguments, given: Sequence[DataEventSource] | None) -> list[tuple[str, str]] | None:
    """Return what data events are recorded of, as `recorded` returns it; None for every object of Amazon S3."""
    if given is None:
        return None
    found: list[tuple[str, str]] = []
    for source in given:
        one = recorded(source)
        if one is None:
            arguments.refuse(
                "data_events",
                source,
                asked="buckets, tables, functions or queues",
                way_out="set advanced_event_selectors of the CfnTrail for other resources",
                citation="164.312(b)",
            )
        else:
            found.append(one)
    arguments.govern(
        "data_events",
        f"{len(found)} without a bucket",
        holds=any(kind == S3_OBJECT for kind, _ in found),
        asked="None, for all buckets, or hold one",
        rule="TrailLogsS3DataEvents",
    )
    if values_needed(found) > MOST_VALUES:
        arguments.refuse(
            "data_events",
            f"{len(found)} resources",
            asked=f"few enough for the {MOST_VALUES} values that CloudTrail takes",
            way_out="leave it out to record all objects, or make a second trail",
            citation="164.312(b)",
        )
    return found


def refuse_impossible(
    arguments: Arguments,
    *,
    encryption_key: AnyKey | None,
    bucket: s3.IBucket | None,
    retention: Duration,
    lock_mode: str,
    replicate_to: EncryptedBucket | ReplicaBucket | None,
    of_organization: bool,
    org_id: str | None,
    trail_name: str | None,
) -> None:
    """Refuse what no waiver makes right."""
    if is_alias(encryption_key):
        arguments.refuse(
            "encryption_key",
            "an alias",
            asked="a key",
            way_out="CloudWatch Logs takes the ARN of a key only; pass the key itself",
            citation="164.312(a)(2)(iv)",
        )
    if (days := known_days(retention)) is not None and days < days_of(SIX_YEARS):
        arguments.refuse(
            "retention",
            retention,
            asked="2192 days (six years) or longer",
            way_out="pass a bucket of your own to keep files as you see fit",
            citation="164.316(b)(2)(i)",
        )
    if lock_mode not in ("GOVERNANCE", "COMPLIANCE"):
        arguments.refuse(
            "lock_mode",
            lock_mode,
            asked="'GOVERNANCE' or 'COMPLIANCE'",
            way_out="Object Lock knows no other mode",
            citation="164.312(c)(1)",
        )
    if bucket is not None and replicate_to is not None:
        arguments.refuse(
            "replicate_to",
            "a bucket",
            asked="None with bucket",
            way_out="replicate the bucket that you pass yourself",
            citation="164.308(a)(7)(ii)(A)",
        )
    if of_organization and not org_id:
        arguments.refuse(
            "org_id",
            org_id,
            asked="the id of the organization",
            way_out="the bucket's policy must name it for CloudTrail to deliver",
            citation="164.312(b)",
        )
    if trail_name is not None and not is_unresolved(trail_name) and not _NAME.fullmatch(trail_name):
        arguments.refuse(
            "trail_name",
            trail_name,
            asked=f"3 to {_LONGEST_NAME} letters, digits, periods, underscores and dashes",
            way_out="CloudTrail takes no other name",
            citation="164.312(b)",
        )


def refuse_gaps(arguments: Arguments, schedule: events.Schedule, covers: Duration, topic: object) -> None:
    """Refuse a review that nobody hears of, or that leaves files out."""
    if topic is False:
        arguments.refuse(
            "digest_review",
            "a schedule",
            asked="None without an alarm_topic",
            way_out="nobody would hear of a file that is invalid; pass a topic",
            citation="164.312(c)(2)",
        )
    if not covers.is_unresolved() and covers.to_minutes(integral=False) < _between(schedule.expression_string):
        arguments.refuse(
            "digest_review_covers",
            covers,
            asked=f"as long as the time between two reviews, {schedule.expression_string}",
            way_out="files of the time between would never be reviewed",
            citation="164.312(c)(2)",
        )


def _between(expression: str) -> int:
    """Return for how many minutes, at least, a schedule may do nothing; 0 for one that is too involved to tell."""
    rate = _RATE.fullmatch(expression)
    if rate is not None:
        return int(rate[1]) * _MINUTES[rate[2]]
    cron = _CRON.fullmatch(expression)
    if cron is None:
        return 0
    day, month, weekday = cron.groups()
    for field, pattern, days in (
        (month, _ONE_MONTH, 365),
        (day, _ONE_DAY, 31),
        (weekday, _ONE_WEEKDAY_OF_MONTH, 35),
        (weekday, _ONE_WEEKDAY, 7),
    ):
        if pattern.fullmatch(field):
            return days * _MINUTES["day"]
    return 0
