"""Amazon VPC: default security groups, closed by AWS's own runbook."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from hipaa_constructs.services._tokens import ACCOUNT_ID, PARTITION, REGION
from hipaa_constructs.services.iam import ManagedPolicyRole, on_behalf_of

_RUNBOOK = "AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules"
_RUNBOOK_INTERVAL = "rate(6 hours)"


def close_default_group(scope: Construct, vpc: ec2.CfnVPC) -> ssm.CfnAssociation:
    """Have Systems Manager take every rule out of a network's default security group, now and every six hours.

    CloudFormation can add rules to that group but take none away. State Manager runs the runbook that AWS owns for it,
    with a role that may change this one group; no Lambda function is needed, and rules that come back go again.

    AWS: https://docs.aws.amazon.com/systems-manager/latest/userguide/scheduling-automations-state-manager-associations.html
    """
    role = ManagedPolicyRole(
        scope,
        "DefaultGroupRole",
        assumed_by=on_behalf_of("ssm.amazonaws.com", "ssm:*", "automation-execution/*"),
        description="Takes the rules out of the default security group of a VPC",
    )
    group = f"arn:{PARTITION}:ec2:{REGION}:{ACCOUNT_ID}:security-group/{vpc.attr_default_security_group}"
    automation = f"arn:{PARTITION}:ssm:*:{ACCOUNT_ID}:automation-execution/*"
    definition = f"arn:{PARTITION}:ssm:*:*:automation-definition/{_RUNBOOK}:*"
    for statement in (
        iam.PolicyStatement(
            actions=["ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"], resources=[group]
        ),
        iam.PolicyStatement(actions=["ec2:DescribeSecurityGroups"], resources=["*"]),
        iam.PolicyStatement(
            actions=["ssm:GetAutomationExecution", "ssm:StartAutomationExecution"],
            resources=[automation, definition],
        ),
        iam.PolicyStatement(
            actions=["iam:PassRole"],
            resources=[role.role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}},
        ),
    ):
        role.role.add_to_principal_policy(statement)
    association = ssm.CfnAssociation(
        scope,
        "DefaultGroupClosed",
        name=_RUNBOOK,
        association_name="CloseDefaultSecurityGroup",
        automation_target_parameter_name="GroupId",
        targets=[
            ssm.CfnAssociation.TargetProperty(key="ParameterValues", values=[vpc.attr_default_security_group]),
        ],
        parameters={"AutomationAssumeRole": [role.role.role_arn]},
        schedule_expression=_RUNBOOK_INTERVAL,
        max_concurrency="1",
        max_errors="1",
    )
    association.node.add_dependency(*role.policies)
    return association
