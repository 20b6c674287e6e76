from typing import TypedDict

class ManualArgs(TypedDict, total=False):
    regions: list[str]
    ignore_checks: list[str]
