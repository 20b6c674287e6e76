"""AWS IAM: roles whose grants an auditor can list."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from typing import TypedDict, Unpack

import jsii
from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.services._options import Arguments, Contract
from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION

_LARGEST = 6144
"""Characters of a managed policy, without white space. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""

_MOST_POLICIES = 10
_FRAME = 64
_TOKEN = 120
"""What an unresolved reference is taken to become: about the length of the longest ARN in use."""


class RoleOptions(TypedDict, total=False):
    """The options of `aws_cdk.aws_iam.Role` that are passed on as they are."""

    description: str
    external_ids: Sequence[str]
    managed_policies: Sequence[iam.IManagedPolicy]
    max_session_duration: Duration
    path: str
    permissions_boundary: iam.IManagedPolicy
    role_name: str


_FIXED = {
    "inline_policies": "inline policies can't be listed, reused or versioned (164.308(a)(4)(ii)(B)); "
    "pass managed_policies, or grant on the role",
}


@jsii.implements(iam.IGrantable)
class ManagedPolicyRole(Construct):
    """A role whose grants become managed policies, so that ``grant_*`` of any construct leaves no inline policy.

    Pass it wherever something is granted (``records.bucket.grant_read(role)``), and its `role` wherever a role is asked
    for. Grants are gathered in one managed policy; when that is about to outgrow the 6,144 characters that IAM takes,
    in the next. A role takes ten policies, unless AWS has raised the quota, those you attach yourself among them.

    Rules: IamPolicyManaged.
    Your duty: what is granted, and who may pass the role.
    AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html

    Attributes:
        role: the `iam.Role`, with the logical id that it would have without this construct.
    """

    contract = Contract(
        wraps=iam.Role,
        types=("AWS::IAM::Role",),
        fixed=_FIXED,
        governed={},
        chosen=("assumed_by",),
        free=RoleOptions,
    )

    def __init__(
        self, scope: Construct, id: str, *, assumed_by: iam.IPrincipal, **options: Unpack[RoleOptions]
    ) -> None:
        """Make a role.

        Args:
            scope: where it belongs.
            id: its id there.
            assumed_by: who may take the role. For an AWS service give the conditions that it documents against confused
                deputies: ``iam.ServicePrincipal("…", conditions={"StringEquals": {"aws:SourceAccount": …}})``.
            **options: of `iam.Role`, see `RoleOptions`.

        Raises:
            ComplianceError: an option is fixed or unknown.
        """
        Arguments(scope, id, contract=self.contract, free=options)
        super().__init__(scope, id)
        self._role = _GatheringRole(self, "Default", assumed_by=assumed_by, **options)
        self.role: iam.Role = self._role

    @property
    def policies(self) -> Sequence[iam.ManagedPolicy]:
        """The managed policies of the grants so far, which what uses the role at once must wait for."""
        return tuple(self._role.policies)

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Who gets what is granted: the role."""
        return self.role


def on_behalf_of(service: str, place: str, name: str) -> iam.IPrincipal:
    """Return a service of AWS as a principal that acts on behalf of something of this account only.

    Args:
        service: its name, e.g. ``vpc-flow-logs.amazonaws.com``.
        place: service and Region of the ARN of what it acts for, e.g. ``ec2:us-east-1``.
        name: the rest of that ARN after the account, e.g. ``vpc-flow-log/*``.
    """
    return iam.ServicePrincipal(
        service,
        conditions={
            "StringEquals": {"aws:SourceAccount": ACCOUNT_ID},
            "ArnLike": {"aws:SourceArn": f"arn:{PARTITION}:{place}:{ACCOUNT_ID}:{name}"},
        },
    )


class _GatheringRole(iam.Role):
    """Gathers the statements of grants into managed policies."""

    # How many characters the newest policy still takes.
    _room = 0

    @functools.cached_property
    def policies(self) -> list[iam.ManagedPolicy]:
        """The policies so far."""
        return []

    @jsii.member(jsii_name="addToPrincipalPolicy")
    def add_to_principal_policy(self, statement: iam.PolicyStatement) -> iam.AddToPrincipalPolicyResult:
        needed = _size(statement)
        if not self.policies or self._room < needed:
            self.policies.append(self._next_policy())
            self._room = _LARGEST - _FRAME
        self._room -= needed
        self.policies[-1].add_statements(statement)
        return iam.AddToPrincipalPolicyResult(statement_added=True, policy_dependable=self.policies[-1])

    def _next_policy(self) -> iam.ManagedPolicy:
        number = len(self.policies) + 1
        if number > _MOST_POLICIES:
            raise ComplianceError(
                f"{self.node.path}: grants must fit into {_MOST_POLICIES} managed policies, got one more; grant less "
                "to it, or make a second role (IAM quotas)"
            )
        name = "Grants" if number == 1 else f"Grants{number}"
        return iam.ManagedPolicy(self, name, roles=[self])


def _size(statement: iam.PolicyStatement) -> int:
    return _length(statement.to_json())


def _length(statement: object) -> int:
    text = json.dumps(statement, separators=(",", ":"), default=str)
    return len(text) + _TOKEN * (text.count("${Token[") + text.count("Fn::") + text.count('"Ref"'))
