"""Secrets, weakened."""

from __future__ import annotations

from tests.mutation._weakening import Weakening
from tools.examples import rotated_secret

WEAKENING = Weakening(
    "secretsmanager",
    (rotated_secret,),
    types=("AWS::SecretsManager::RotationSchedule", "AWS::SecretsManager::Secret"),
    exempt=(
        ("Secret:Properties/GenerateSecretString", "deleted", "an empty secret, filled by hand"),
        ("Secret:DeletionPolicy", "*", "30 days of grace remain, and the secret can be made anew"),
        ("Secret:UpdateReplacePolicy", "*", "30 days of grace remain, and the secret can be made anew"),
        ("RotationSchedule:Properties/RotationLambdaARN", "weakened", "another function"),
        ("RotationSchedule:Properties/RotationRules/ScheduleExpression", "weakened", "refused by Secrets Manager"),
    ),
)
