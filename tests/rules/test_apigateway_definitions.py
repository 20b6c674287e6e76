"""What is told of APIs that are written as a definition."""

from __future__ import annotations

import pytest

from hipaa_constructs.rules._value import Json
from tests.rules._judging import outcome, resource, template

ASKS = "ApiAsksWhoCalls"
OPERATION = ("Properties", "Body", "paths", "/visits", "get")


@pytest.mark.parametrize(
    ("security", "place", "found"),
    [
        ([], (*OPERATION, "security"), "it asks nobody who they are"),
        ([{}], (*OPERATION, "security", 0), "it may be left out"),
        ([{"key": []}], (*OPERATION, "security", 0), "an API key says which client calls, and not who"),
    ],
    ids=["nothing", "a-choice", "a-key"],
)
def test_what_an_operation_asks_too_little_of_is_told(security: Json, place: tuple[str | int, ...], found: str) -> None:
    schemes: Json = {"securitySchemes": {"key": {"type": "apiKey"}}}
    definition: Json = {"paths": {"/visits": {"get": {"security": security}}}, "components": schemes}
    judged = outcome(ASKS, template({"It": resource("AWS::ApiGateway::RestApi", {"Body": definition})}))
    assert (judged.path, judged.found) == (place, found)


def test_a_definition_in_a_file_is_said_to_be_there() -> None:
    properties: Json = {"BodyS3Location": {"Bucket": "a", "Key": "b"}}
    judged = outcome(ASKS, template({"It": resource("AWS::ApiGateway::RestApi", properties)}))
    assert judged.found == "the definition of the API stands in a file that is not judged"
