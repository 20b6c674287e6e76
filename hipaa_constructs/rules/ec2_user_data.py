"""What a template must show of the user data of instances: no secret and no patient."""

from __future__ import annotations

import base64
import binascii
import json
import re

from hipaa_constructs.rules._launches import (
    INSTANCE,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    SPOT_FLEET,
    each_launch,
)
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, Outcome
from hipaa_constructs.rules._phi import record_like
from hipaa_constructs.rules._resolve import intrinsic
from hipaa_constructs.rules._rule import rule
from hipaa_constructs.rules._secrets import holds_a_secret, names_a_secret, unechoed
from hipaa_constructs.rules._value import UNKNOWN, Unresolved

_ASSIGNMENT = re.compile(
    r"(?m)^[ \t]*(?:export[ \t]+|set[ \t]+|setx[ \t]+|declare[ \t]+-x[ \t]+|\$env:|-[ \t]+)?"
    r"([A-Za-z_][\w.-]{2,60})[ \t]*=[ \t]*[\"']?([^\s\"'`$%<>(){}\0;&|/][^\s\"'`<>(){}\0;&|]{3,})"
)
"""An assignment of a plain value, in a shell, in PowerShell or in a file of settings."""


@rule(
    title="no user data holds a secret or an identifier of a patient",
    fix="have the instance read the secret from AWS Secrets Manager by its role",
    applies_to=(INSTANCE, LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION, SPOT_FLEET),
    controls=("164.312(a)(1)", "164.308(a)(4)(ii)(A)"),
    requirement="HC-010",
    same_as=(
        "prowler:ec2_instance_secrets_user_data",
        "prowler:ec2_launch_template_no_secrets",
        "checkov:CKV_AWS_46",
    ),
    url="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html",
)
def ec2_user_data_without_secrets(resource: Resource) -> Outcome:
    """Judge the forms of values, the names of variables and parameters with NoEcho.

    Whoever may describe the instance reads them all.
    """
    return each_launch(resource, lambda launch: _harmless(launch.at("UserData")))


def _harmless(place: Node) -> Outcome:
    if place.is_absent:
        return MET
    if place.text is None and not place.is_unknown:
        return place.broken()
    written, shown = _read(place)
    if holds_a_secret(shown) or holds_a_secret(written):
        return place.broken("a value with the form of a secret")
    hidden = unechoed(place)
    if hidden is not None:
        return place.broken(f"{hidden}, a parameter with NoEcho")
    for name, value in _ASSIGNMENT.findall(shown):
        if names_a_secret(name, value) and not value.startswith("arn:"):
            return place.broken(f"{name}, with a plain value")
    kind = record_like(shown)
    if kind:
        return place.broken(f"text that looks like {kind}")
    return place.undecided() if not shown.strip(UNKNOWN) and place.is_unknown else MET


def _read(place: Node) -> tuple[str, str]:
    """Return the user data as written in the template, and as the instance reads it as far as that is known."""
    written = ""
    if isinstance(place.value, Unresolved):
        # The engine takes a dynamic reference for unknown text, so its words stand in the expression alone.
        written = json.dumps(place.value.expression)
        match intrinsic(place.value.expression):
            case "Fn::Base64", inner:
                return written, Node(place.value.template, inner, place.path).outline()
    text = place.outline()
    return written, _decoded(text) or text


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
