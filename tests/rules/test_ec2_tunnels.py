"""What is judged of VPN tunnels, and of what an account forbids altogether."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    NEVER_TRUE,
    PARAMETER,
    UNDECIDED,
    Body,
    resource,
    template,
    verdict,
)

IKE, LOGGED = "VpnTunnelsUseIkeV2", "VpnTunnelsLogged"
VERSION_2: Json = [{"Value": "ikev2"}]
LOGS: Body = {"LogEnabled": True, "LogGroupArn": {"Fn::GetAtt": ["Logs", "Arn"]}}


def tunnels(*options: Json) -> Body:
    return template({"It": resource("AWS::EC2::VPNConnection", {"VpnTunnelOptionsSpecifications": list(options)})})


@pytest.mark.parametrize(
    ("versions", "wanted"),
    [
        (VERSION_2, MET),
        ([{"Value": "ikev1"}], BROKEN),
        ([{"Value": "ikev1"}, {"Value": "ikev2"}], BROKEN),
        ([{"Value": PARAMETER}], UNDECIDED),
        ([PARAMETER], UNDECIDED),
        (PARAMETER, UNDECIDED),
        ([], BROKEN),
        (GONE, BROKEN),
        ("ikev2", BROKEN),
    ],
)
def test_the_versions_of_both_tunnels_decide(versions: Json, wanted: str) -> None:
    assert verdict(IKE, tunnels({"IKEVersions": versions}, {"IKEVersions": VERSION_2})) == wanted
    assert verdict(IKE, tunnels({"IKEVersions": VERSION_2}, {"IKEVersions": versions})) == wanted


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (LOGS, MET),
        ({**LOGS, "LogEnabled": False}, BROKEN),
        ({**LOGS, "LogEnabled": GONE}, BROKEN),
        ({**LOGS, "LogGroupArn": GONE}, BROKEN),
        ({**LOGS, "LogEnabled": PARAMETER}, UNDECIDED),
        (PARAMETER, UNDECIDED),
        (GONE, BROKEN),
        *(({**LOGS, "LogEnabled": value}, BROKEN) for value in NEVER_TRUE),
    ],
)
def test_the_logs_of_both_tunnels_decide(options: Json, wanted: str) -> None:
    judged: Json = {"LogOptions": {"CloudwatchLogOptions": options}}
    assert verdict(LOGGED, tunnels(judged, {"LogOptions": {"CloudwatchLogOptions": LOGS}})) == wanted


@pytest.mark.parametrize("rule", [IKE, LOGGED])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_tunnel_without_options_has_those_of_aws(rule: str, count: int) -> None:
    good: Json = {"IKEVersions": VERSION_2, "LogOptions": {"CloudwatchLogOptions": LOGS}}
    assert verdict(rule, tunnels(*[good] * count)) == BROKEN
    assert verdict(rule, tunnels(good, good)) == MET


@pytest.mark.parametrize("rule", [IKE, LOGGED])
def test_hidden_tunnels_are_undecided(rule: str) -> None:
    assert verdict(rule, tunnels(PARAMETER, PARAMETER)) == UNDECIDED
    hidden: Json = {"VpnTunnelOptionsSpecifications": PARAMETER}
    assert verdict(rule, template({"It": resource("AWS::EC2::VPNConnection", hidden)})) == UNDECIDED
    assert verdict(rule, template({"It": resource("AWS::EC2::VPNConnection", {})})) == BROKEN


CONTROL = "AWS::EC2::VPCEncryptionControl"
OPTIONS = "AWS::EC2::VPCBlockPublicAccessOptions"
EXCLUSION = "AWS::EC2::VPCBlockPublicAccessExclusion"
SNAPSHOTS = "AWS::EC2::SnapshotBlockPublicAccess"
JUDGED = [
    ("VpcEncryptionEnforced", CONTROL, "Mode"),
    ("VpcPublicAccessBlocked", OPTIONS, "InternetGatewayBlockMode"),
    ("VpcPublicAccessBlocked", EXCLUSION, "InternetGatewayExclusionMode"),
    ("EbsSnapshotsNotPublic", SNAPSHOTS, "State"),
]


@pytest.mark.parametrize(
    ("rule", "kind", "place", "value", "wanted"),
    [
        (*JUDGED[0], "enforce", MET),
        (*JUDGED[0], "monitor", BROKEN),
        (*JUDGED[1], "block-bidirectional", MET),
        (*JUDGED[1], "block-ingress", MET),
        (*JUDGED[1], "off", BROKEN),
        (*JUDGED[1], "allow-egress", BROKEN),
        (*JUDGED[2], "allow-egress", MET),
        (*JUDGED[2], "allow-bidirectional", BROKEN),
        (*JUDGED[3], "block-all-sharing", MET),
        (*JUDGED[3], "block-new-sharing", BROKEN),
    ],
)
def test_what_is_forbidden_decides(rule: str, kind: str, place: str, value: Json, wanted: str) -> None:
    assert verdict(rule, template({"It": resource(kind, {place: value})})) == wanted


@pytest.mark.parametrize(("rule", "kind", "place"), JUDGED)
def test_what_is_not_said_is_no_pass(rule: str, kind: str, place: str) -> None:
    assert verdict(rule, template({"It": resource(kind, {place: PARAMETER})})) == UNDECIDED
    assert verdict(rule, template({"It": resource(kind, {place: GONE})})) == BROKEN
    for value in NEVER_TEXT:
        assert verdict(rule, template({"It": resource(kind, {place: value})})) == BROKEN
    for value in MALFORMED:
        assert verdict(rule, template({"It": resource(kind, {place: value})})) in (BROKEN, UNDECIDED)
