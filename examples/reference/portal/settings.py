"""What differs from one company to the next: account, Regions, names, objectives, and how warm the standby is."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cache

import aws_cdk as cdk
from constructs import Construct

from hipaa_constructs import RecoveryObjective

# What `aws ec2 describe-managed-prefix-lists` calls com.amazonaws.global.cloudfront.origin-facing in each Region.
CLOUDFRONT = {"us-east-1": "pl-3b927c52", "us-east-2": "pl-b6a144df", "us-west-2": "pl-82a045eb"}
REGIONS = tuple(CLOUDFRONT)
CHOICES = {
    "primary": REGIONS,
    "recovery": REGIONS,
    "standby": ("warm", "pilot-light"),
    "active": ("primary", "recovery"),
    "config_recorder": ("yes", "no"),
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The context of the app, each entry with a default: ``cdk deploy -c account=… -c standby=pilot-light``."""

    account: str = "123456789012"
    primary: str = "us-east-2"
    recovery: str = "us-west-2"
    domain: str = "portal.example.org"
    hosted_zone_id: str = ""
    image_tag: str = "1.0.0"
    standby: str = "warm"
    restore_from: str = ""
    standby_name: str = "portal-records-standby"
    active: str = "primary"
    config_recorder: str = "yes"
    rpo_minutes: str = "30"
    rto_minutes: str = "240"

    @classmethod
    @cache
    def of(cls, scope: Construct) -> Settings:
        """Read the context, and refuse what is no choice."""
        context: dict[str, object] = scope.node.get_all_context()
        given = {field.name: context.get(field.name) for field in fields(cls)}
        settings = replace(cls(), **{name: str(value) for name, value in given.items() if value is not None})
        for name, choices in CHOICES.items():
            if getattr(settings, name) not in choices:
                raise SystemExit(f"-c {name}= must be {' or '.join(choices)}, got {getattr(settings, name)!r}")
        if settings.active == "recovery" and not settings.stands_by:
            raise SystemExit(
                "-c active=recovery needs -c standby=warm or -c restore_from=: nothing serves there otherwise"
            )
        if not (settings.rpo_minutes + settings.rto_minutes).isdecimal() or settings.primary == settings.recovery:
            raise SystemExit(
                "-c rpo_minutes= and rto_minutes= must be whole numbers, primary= and recovery= two Regions"
            )
        return settings

    @property
    def stands_by(self) -> bool:
        """Whether a database and a service are in the recovery Region, made beforehand or of restored backups."""
        return self.standby == "warm" or bool(self.restore_from)

    @property
    def objective(self) -> RecoveryObjective:
        """What records and documents must meet: by default half an hour of changes lost, and back in four hours."""
        rpo, rto = (cdk.Duration.minutes(float(minutes)) for minutes in (self.rpo_minutes, self.rto_minutes))
        return RecoveryObjective(rpo=rpo, rto=rto)


class PortalStack(cdk.Stack):
    """A stack in a Region, which what it holds protects from being deleted."""

    def __init__(self, app: cdk.App, id: str, region: str, *, stateful: bool = True) -> None:
        self.settings = Settings.of(app)
        env = cdk.Environment(account=self.settings.account, region=region)
        super().__init__(app, id, env=env, termination_protection=stateful)
