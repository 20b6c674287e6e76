"""Every property of AWS SAM that is read, what is made of it, and where it stands: `serverless.json` says all three."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_constructs.rules._serverless import Reading, read_all
from hipaa_constructs.rules._value import Json
from tests.rules._judging import Body

WHOLE: dict[str, dict[str, Body]] = json.loads((Path(__file__).parent / "serverless.json").read_text("utf-8"))
WANTED: list[Json] = json.loads(json.dumps(WHOLE["Read"]))
IDS = [str(one["id"]) for one in WANTED if isinstance(one, dict)]


def shown(reading: Reading) -> Json:
    places: list[Json] = [[list(here), list(there)] for here, there in reading.places.items()]
    return {
        "id": reading.logical_id,
        "type": reading.type,
        "source": reading.source,
        "body": reading.body,
        "places": places,
    }


def test_no_resource_is_left_out_or_added() -> None:
    assert [one.logical_id for one in read_all(WHOLE["Resources"], WHOLE["Globals"])] == IDS


@pytest.mark.parametrize(("name", "wanted"), list(zip(IDS, WANTED, strict=True)), ids=IDS)
def test_each_resource_is_read_in_full(name: str, wanted: Json) -> None:
    read = {one.logical_id: one for one in read_all(WHOLE["Resources"], WHOLE["Globals"])}
    assert shown(read[name]) == wanted


def test_what_is_no_mapping_or_list_changes_nothing_else() -> None:
    assert [
        one.body.get("Properties")
        for one in read_all(
            {"It": {"Type": "AWS::Serverless::Function", "Properties": {"Events": "x", "Role": "r"}}}, {}
        )
    ] == [{"Role": "r", "Code": {"S3Key": {"Fn::Transform": "AWS::Serverless-2016-10-31"}}}]
