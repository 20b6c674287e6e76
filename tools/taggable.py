"""Writes `hipaa_constructs/rules/taggable_types.txt` anew from the resource schemas of the installed cfn-lint.

Run it as ``python -m tools.taggable`` when a new cfn-lint knows new resource types.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

TARGET = Path(__file__).parent.parent / "hipaa_constructs" / "rules" / "taggable_types.txt"


def written() -> str:
    """Return a line for each type that takes tags: the type, and the property if it is not called Tags."""
    schemas = files("cfnlint").joinpath("data", "schemas", "resources").iterdir()
    texts = (schema.read_text("utf-8") for schema in schemas if schema.name.endswith(".json"))
    return "\n".join(sorted({line for text in texts if (line := _line(json.loads(text)))})) + "\n"


def _line(schema: object) -> str:
    match schema:
        case {"typeName": str(kind), "tagging": {"taggable": True, "tagProperty": str(place)}}:
            name = place.removeprefix("/properties/")
        case {"typeName": str(kind), "taggable": True, "properties": {"Tags": _}}:
            name = "Tags"
        case _:
            return ""
    if "/" in name or not kind.startswith("AWS::"):
        return ""
    return kind if name == "Tags" else f"{kind} {name}"


if __name__ == "__main__":
    TARGET.write_text(written(), "utf-8")
