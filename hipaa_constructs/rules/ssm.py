"""What a template must show of AWS Systems Manager: managed instances, sessions, parameters and sharing."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hipaa_constructs.rules._keys import customers_key
from hipaa_constructs.rules._launches import listed
from hipaa_constructs.rules._node import Node, Resource
from hipaa_constructs.rules._outcome import MET, NOT_APPLICABLE, Outcome, Verdict, all_met
from hipaa_constructs.rules._phi import record_like
from hipaa_constructs.rules._policy import Statement, policies_of, read
from hipaa_constructs.rules._rule import Severity, rule
from hipaa_constructs.rules._secrets import holds_a_secret, names_a_secret
from hipaa_constructs.rules._value import UNKNOWN, Unresolved

PROFILE = "AWS::IAM::InstanceProfile"
ROLE = "AWS::IAM::Role"
MANAGED_POLICY = "AWS::IAM::ManagedPolicy"
DOCUMENT = "AWS::SSM::Document"
PARAMETER = "AWS::SSM::Parameter"
SETTING = "AWS::SSM::ServiceSetting"
_GUIDE = "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
_HOST_MANAGEMENT = "/ssm/managed-instance/default-ec2-instance-management-role"
_PUBLIC_SHARING = "/ssm/documents/console/public-sharing-permission"
_OF_AWS = ":iam::aws:policy/"
_CORE = (
    "AdministratorAccess",
    "AmazonSSMManagedInstanceCore",
    "AmazonSSMManagedEC2InstanceDefaultPolicy",
    "service-role/AmazonEC2RoleforSSM",
)
_NEEDED = ("ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel", "ssmmessages:OpenControlChannel")


@rule(
    title="every instance is managed by Systems Manager",
    fix="give the role of the profile AmazonSSMManagedInstanceCore, or the actions ssm:UpdateInstanceInformation and "
    "ssmmessages:*; or turn on the Default Host Management Configuration in an AWS::SSM::ServiceSetting",
    applies_to=(PROFILE,),
    controls=("164.308(a)(5)(ii)(B)",),
    requirement="HC-026",
    same_as=("config:ec2-instance-managed-by-systems-manager", "prowler:ec2_instance_managed_by_ssm"),
    severity=Severity.WARNING,
    url=_GUIDE + "setup-instance-permissions.html",
)
def ssm_manages_instances(profile: Resource) -> Outcome:
    """Judge the policies of the role, in any stack: what nobody manages, nobody patches or watches."""
    place = profile.at("Roles")
    role = place.at(0).target()
    if role is None or role.type != ROLE:
        if place.is_unknown or place.items():
            return place.undecided("the role is not in the templates")
        return place.broken()
    settings = [one for one in profile.template.assembly.resources(SETTING) if one.exists]
    if any(_is_setting(one, _HOST_MANAGEMENT) for one in settings):
        return MET
    named = listed(role.at("ManagedPolicyArns"))
    if any(_is_core(arn) for arn in named):
        return MET
    statements, hidden = _granted(role, named)
    allowed = [one for one in statements if one.effect == "Allow"]
    if all(any(one.covers(action) for one in allowed) for action in _NEEDED):
        return MET
    hidden = hidden or any(one.hidden for one in statements)
    return place.undecided("an intrinsic function hides policies") if hidden else place.broken("a role without it")


def _is_setting(setting: Resource, wanted: str) -> bool:
    return setting.at("SettingId").outline().endswith(wanted)


def _is_core(arn: Node) -> bool:
    return arn.outline().endswith(tuple(_OF_AWS + name for name in _CORE))


def _granted(role: Resource, named: list[Node]) -> tuple[list[Statement], bool]:
    """Return the statements of a role's policies in the templates, and whether there may be others."""
    found: list[Statement] = []
    hidden = False
    for kind, path in (
        ("AWS::IAM::Policy", ("Roles", "*")),
        ("AWS::IAM::RolePolicy", ("RoleName",)),
        (MANAGED_POLICY, ("Roles", "*")),
    ):
        policies = policies_of(role, kind, *path)
        found += [statement for _, statement in policies.sure]
        hidden = hidden or policies.hide or bool(policies.unsure)
    documents = [policy.at("PolicyDocument") for policy in listed(role.at("Policies"))]
    for arn in named:
        target = arn.target()
        if target is not None and target.type == MANAGED_POLICY:
            documents.append(target.at("PolicyDocument"))
        elif _OF_AWS not in arn.outline():
            hidden = True
    for document in documents:
        statements, unread = read(document)
        found += statements
        hidden = hidden or unread
    return found, hidden


@rule(
    title="no document is shared with everyone",
    fix="set SettingValue to Disable",
    applies_to=(SETTING,),
    controls=("164.308(a)(3)(i)", "164.308(a)(4)(ii)(A)", "164.308(a)(4)(ii)(C)", "164.312(a)(1)"),
    requirement="HC-030",
    same_as=("config:ssm-document-not-public",),
    url=_GUIDE + "documents-ssm-sharing.html",
)
def ssm_documents_not_public(setting: Resource) -> Outcome:
    """Judge the setting that blocks it for the account and Region; how a document is shared no template shows."""
    return setting.at("SettingValue").must_be("Disable") if _is_setting(setting, _PUBLIC_SHARING) else NOT_APPLICABLE


@rule(
    title="no parameter holds a secret or an identifier of a patient",
    fix="keep the secret in AWS Secrets Manager; CloudFormation makes no parameter of the type SecureString",
    applies_to=(PARAMETER,),
    controls=("164.312(a)(2)(iv)", "164.312(e)(2)(ii)"),
    requirement="HC-031",
    same_as=("checkov:CKV_AWS_384",),
    url="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ssm-parameter.html",
)
def ssm_parameter_without_secrets(parameter: Resource) -> Outcome:
    """Judge the name and the form of the value; the name or ARN of a secret is none."""
    name, value = parameter.at("Name"), parameter.at("Value")
    shown = value.outline()
    # The engine takes a dynamic reference for unknown text, so its words stand in the expression alone.
    written = json.dumps(value.value.expression) if isinstance(value.value, Unresolved) else ""
    if holds_a_secret(shown) or holds_a_secret(written):
        return value.broken("a value with the form of a secret")
    kind = record_like(shown)
    if kind:
        return value.broken(f"text that looks like {kind}")
    if value.targets() or shown.startswith("arn:"):
        return MET
    last = name.outline().rpartition("/")[2]
    if UNKNOWN not in last and names_a_secret(last, shown):
        return name.broken(f"{last}, with a plain value")
    if shown.strip(UNKNOWN):
        return MET
    return value.undecided() if value.is_unknown else value.broken()


@rule(
    title="every session of Session Manager is encrypted and logged",
    fix="set in inputs kmsKeyId, and cloudWatchLogGroupName with cloudWatchEncryptionEnabled or s3BucketName with "
    "s3EncryptionEnabled",
    applies_to=(DOCUMENT,),
    controls=("164.312(b)", "164.312(e)(2)(ii)"),
    requirement="HC-032",
    url=_GUIDE + "session-manager-schema.html",
)
def ssm_sessions_encrypted_and_logged(document: Resource) -> Outcome:
    """Judge the preferences of sessions with a shell; AWS records nothing of tunnels but that they were opened."""
    if document.at("DocumentType").value != "Session":
        return NOT_APPLICABLE
    content = _content(document.at("Content"))
    kind = content.at("sessionType")
    if kind.text not in (None, "Standard_Stream"):
        return NOT_APPLICABLE
    if content.is_unknown or content.text is not None:
        return content.undecided("the content can't be read")
    inputs = content.at("inputs")
    if inputs.is_unknown:
        return inputs.undecided()
    return all_met([customers_key(inputs.at("kmsKeyId"), by_alias=True), _logged(inputs)])


def _content(place: Node) -> Node:
    if place.text is None:
        return place
    try:
        return Node(place.template, json.loads(place.text), place.path)
    except (ValueError, RecursionError):
        return place


def _logged(inputs: Node) -> Outcome:
    outcomes = list(_destinations(inputs))
    return all_met(outcomes) if outcomes else inputs.broken("no log group and no bucket")


def _destinations(inputs: Node) -> Iterator[Outcome]:
    for name, encrypted in (
        ("cloudWatchLogGroupName", "cloudWatchEncryptionEnabled"),
        ("s3BucketName", "s3EncryptionEnabled"),
    ):
        place = inputs.at(name)
        named = place.must_be_set()
        if named.verdict is not Verdict.BROKEN:
            yield all_met([named, inputs.at(encrypted).must_be(True)])
