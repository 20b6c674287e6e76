"""What is judged of user data: that it holds no secret and no patient."""

from __future__ import annotations

import base64

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import (
    BROKEN,
    GONE,
    MALFORMED,
    MET,
    NEVER_TEXT,
    PARAMETER,
    UNDECIDED,
    outcome,
    resource,
    template,
    verdict,
)

RULE = "Ec2UserDataWithoutSecrets"
HARMLESS = """#!/bin/bash
set -euo pipefail
export REGION=us-east-1
TOKEN=$(curl -X PUT http://169.254.169.254/latest/api/token)
DB_PASSWORD="$(aws secretsmanager get-secret-value --secret-id portal)"
API_KEY=`cat /run/key`
SECRET=arn:aws:secretsmanager:us-east-1:123456789012:secret:portal
PASSWORD_FILE=/run/secrets/password
export MAX_TOKENS=4096
git clone git@github.com:example/portal.git
echo done > ops@example.org
"""


def judged(user_data: Json) -> set[str]:
    """Judge user data wherever it may stand."""
    bodies: dict[str, Json] = {
        "AWS::EC2::Instance": {"UserData": user_data},
        "AWS::AutoScaling::LaunchConfiguration": {"UserData": user_data},
        "AWS::EC2::LaunchTemplate": {"LaunchTemplateData": {"UserData": user_data}},
        "AWS::EC2::SpotFleet": {"SpotFleetRequestConfigData": {"LaunchSpecifications": [{"UserData": user_data}]}},
    }
    return {verdict(RULE, template({"It": resource(kind, body)})) for kind, body in bodies.items()}


@pytest.mark.parametrize(
    "script",
    [
        "export DB_PASSWORD=hunter22",
        "DB_PASSWORD='hunter22'",
        "  set API_KEY=abcd1234",
        "$env:API_KEY = 'abcd1234'",
        "- AUTH_TOKEN=abcd1234",
        "aws configure set aws_access_key_id AKIAIOSFODNN7EXAMPLE",
        "echo '-----BEGIN RSA PRIVATE KEY-----'",
        "psql postgres://me:hunter2@db/portal",
        "echo 123-45-6789",
        "echo MRN 1234567",
        "dob=1970-01-01",
        "export db_password=hunter22",
    ],
)
def test_a_secret_or_a_patient_breaks(script: str) -> None:
    script = f"#!/bin/bash\n{script}\n"
    assert judged(script) == {BROKEN}
    assert judged({"Fn::Base64": script}) == {BROKEN}
    assert judged(base64.b64encode(script.encode()).decode()) == {BROKEN}
    assert judged({"Fn::Base64": {"Fn::Sub": script + "${AWS::Region}"}}) == {BROKEN}
    assert judged({"Fn::Base64": {"Fn::Join": ["", ["#!/bin/sh\n", script, PARAMETER]]}}) == {BROKEN}


@pytest.mark.parametrize(
    "user_data",
    [
        HARMLESS,
        {"Fn::Base64": HARMLESS},
        {"Fn::Base64": {"Fn::Sub": "echo ${AWS::StackName}"}},
        {"Fn::Base64": {"Fn::Join": ["\n", ["Content-Type: multipart/mixed", {"Ref": "AWS::Region"}]]}},
        base64.b64encode(HARMLESS.encode()).decode(),
        {"Fn::Base64": {"Fn::Sub": "export DB_PASSWORD=${AnyParameter}"}},
        "",
        GONE,
    ],
)
def test_what_reads_its_secrets_is_let_be(user_data: Json) -> None:
    assert judged(user_data) == {MET}


@pytest.mark.parametrize("reference", ["secretsmanager:portal", "ssm-secure:portal:1"])
def test_a_dynamic_reference_writes_the_secret_itself(reference: str) -> None:
    text = f"export PGPASS={{{{resolve:{reference}}}}}"
    assert judged(text) == {BROKEN}
    assert judged({"Fn::Base64": text}) == {BROKEN}


@pytest.mark.parametrize("user_data", [PARAMETER, {"Fn::Base64": PARAMETER}, {"Fn::ImportValue": "x"}])
def test_hidden_user_data_is_undecided(user_data: Json) -> None:
    assert judged(user_data) == {UNDECIDED}


@pytest.mark.parametrize("user_data", NEVER_TEXT)
def test_user_data_of_a_wrong_type_breaks(user_data: Json) -> None:
    assert judged(user_data) == {BROKEN}


@pytest.mark.parametrize("user_data", MALFORMED, ids=str)
def test_a_malformed_intrinsic_function_is_no_pass(user_data: Json) -> None:
    assert judged(user_data) <= {BROKEN, UNDECIDED}


def test_the_finding_does_not_spread_the_secret() -> None:
    body = template({"It": resource("AWS::EC2::Instance", {"UserData": "DB_PASSWORD=hunter22"})})
    assert outcome(RULE, body).found == "DB_PASSWORD, with a plain value"


def test_what_only_begins_like_base64_is_read_as_it_stands() -> None:
    assert base64.b64decode("aGk= AKIAIOSFODNN7EXAMPLE") == b"hi"
    assert judged("aGk= AKIAIOSFODNN7EXAMPLE") == {BROKEN}


def test_a_parameter_with_no_echo_is_written_into_the_script() -> None:
    script: Json = {"Fn::Base64": {"Fn::Sub": "#!/bin/sh\nexport CONN=${Hidden}\n"}}
    parameters: Json = {"Hidden": {"Type": "String", "NoEcho": True}}
    body = template({"It": resource("AWS::EC2::Instance", {"UserData": script})}, Parameters=parameters)
    assert outcome(RULE, body).found == "Hidden, a parameter with NoEcho"
