"""Writes `hipaa_constructs/rules/taggable_types.txt` anew from the resource schemas of the installed cfn-lint.

Run it as `python -m tools.taggable` when a new cfn-lint knows new resource types.
"""

from __future__ import annotations

import json
from pathlib import Path

import cfnlint

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"
TARGET = Path(__file__).parent.parent / "hipaa_constructs" / "rules" / "taggable_types.txt"


def main() -> None:
    """Write a line for each type that takes tags: the type, and the property if it is not called Tags."""
    lines = {line for path in SCHEMAS.glob("*.json") if (line := _line(json.loads(path.read_text("utf-8"))))}
    TARGET.write_text("\n".join(sorted(lines)) + "\n", "utf-8")


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
    main()
