from cfnlint.config import ManualArgs
from cfnlint.match import Match

def lint(s: str, *, config: ManualArgs | None = None) -> list[Match]: ...
