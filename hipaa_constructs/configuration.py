"""What a team decides once: the table ``[tool.hipaa-constructs]`` of its ``pyproject.toml``."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.extensions import load_installed_rules, load_rules_of, named
from hipaa_constructs.rules import Rule, Settings

FILE = "pyproject.toml"
TABLE = "hipaa-constructs"
FORMATS = ("text", "json", "sarif", "junit")
SEVERITIES = ("error", "warning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What is configured; by default nothing.

    Attributes:
        file: where it stands; None if nothing is configured.
        paths: what is checked when the command line names nothing.
        format: how a report is written.
        fail_on: the least severity that fails a run.
        baseline: the file of findings that were there before.
        skip: why each rule that is not asked is not.
        rules: the modules of the team's own rules, looked for in the file's folder first.
        settings: what some rules judge by.
    """

    file: Path | None = None
    paths: tuple[str, ...] = ()
    format: str | None = None
    fail_on: str | None = None
    baseline: str | None = None
    skip: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
    settings: Settings = field(default_factory=Settings)

    def load_rules(self) -> None:
        """Load the rules of installed packages and of the team; then look whether those to be skipped are rules.

        Raises:
            ComplianceError: a rule can't be loaded, or one is to be skipped that is unknown or can't be waived.
        """
        load_installed_rules()
        if self.file is None:
            return
        try:
            load_rules_of(self.rules, self.file.parent)
        except ComplianceError as refusal:
            raise _refusal(self.file, "rules", str(refusal)) from refusal
        for rule_id in self.skip:
            try:
                rule = named(rule_id)
            except ComplianceError as refusal:
                raise _refusal(self.file, "skip", str(refusal)) from None
            if not rule.waivable:
                raise _refusal(self.file, "skip", f"{rule_id} can't be skipped for good: it keeps the others honest")

    def skips(self, rule: Rule) -> bool:
        """Tell whether a rule is not to be asked."""
        return rule.id in self.skip


def find(folder: Path) -> Configuration:
    """Return what is configured for a folder: by the nearest file, in it or above it, that has the table.

    Raises:
        ComplianceError: a file on the way can't be read, or the table is not right.
    """
    start = Path(os.path.abspath(folder))
    for place in (start, *start.parents):
        file = place / FILE
        if file.is_file():
            table = _table(file)
            if table is not None:
                return _configuration(file, table)
    return Configuration()


def read(file: Path) -> Configuration:
    """Return what a file configures.

    Raises:
        ComplianceError: it can't be read, has no such table, or the table is not right.
    """
    file = Path(os.path.abspath(file))
    table = _table(file)
    if table is None:
        raise ComplianceError(f"{_shown(file)}: has no table [tool.{TABLE}]")
    return _configuration(file, table)


def _table(file: Path) -> Mapping[str, object] | None:
    import tomllib

    try:
        content: dict[str, object] = tomllib.loads(file.read_bytes().decode("utf-8"))
    except OSError as fault:
        raise ComplianceError(f"{_shown(file)}: can't be read: {(fault.strerror or str(fault)).lower()}") from None
    except ValueError as fault:
        raise ComplianceError(f"{_shown(file)}: is not TOML: {' '.join(str(fault).split())}") from None
    tool = content.get("tool")
    if not isinstance(tool, dict) or TABLE not in tool:
        return None
    table = tool[TABLE]
    if not isinstance(table, dict):
        raise ComplianceError(f"{_shown(file)}: tool.{TABLE} must be a table, got {table!r}")
    return table


def _configuration(file: Path, table: Mapping[str, object]) -> Configuration:
    for key in table:
        if key not in _KEYS:
            close = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"the keys are {', '.join(_KEYS)}"
            raise _refusal(file, key, f"is no key; {hint}")
    values = {key: _KEYS[key](file, key, value) for key, value in table.items()}

    def texts(key: str) -> tuple[str, ...]:
        value = values.get(key)
        return value if isinstance(value, tuple) else ()

    def text(key: str) -> str | None:
        value = values.get(key)
        return value if isinstance(value, str) else None

    skip = values.get("skip")
    baseline = text("baseline")
    return Configuration(
        file=file,
        paths=tuple(_shown(file.parent / path) for path in texts("paths")),
        format=text("format"),
        fail_on=text("fail-on"),
        baseline=None if baseline is None else _shown(file.parent / baseline),
        skip=skip if isinstance(skip, dict) else {},
        rules=texts("rules"),
        settings=Settings(
            allowed_regions=texts("allowed-regions"),
            required_tags=texts("required-tags"),
            internet_vpcs=texts("internet-vpcs") if "internet-vpcs" in table else None,
        ),
    )


_Value = str | tuple[str, ...] | dict[str, str]


def _text(file: Path, key: str, value: object) -> _Value:
    if not isinstance(value, str) or not value.strip():
        raise _refusal(file, key, f"must be text, got {value!r}")
    return value


def _texts(file: Path, key: str, value: object) -> _Value:
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise _refusal(file, key, f"must be a list of texts, got {value!r}")
    return tuple(value)


def _reasons(file: Path, key: str, value: object) -> _Value:
    if not isinstance(value, dict):
        raise _refusal(file, key, f'must say why of each rule, as {{RuleId = "reason"}}, got {value!r}')
    for rule_id, reason in value.items():
        if not isinstance(reason, str) or not reason.strip():
            raise _refusal(file, f"{key}.{rule_id}", f"must say why, got {reason!r}")
    return dict(value)


def _one_of(*choices: str) -> Callable[[Path, str, object], _Value]:
    def read(file: Path, key: str, value: object) -> _Value:
        if not isinstance(value, str) or value not in choices:
            raise _refusal(file, key, f"must be one of {', '.join(choices)}, got {value!r}")
        return value

    return read


_KEYS: Mapping[str, Callable[[Path, str, object], _Value]] = {
    "paths": _texts,
    "format": _one_of(*FORMATS),
    "fail-on": _one_of(*SEVERITIES),
    "baseline": _text,
    "skip": _reasons,
    "rules": _texts,
    "allowed-regions": _texts,
    "required-tags": _texts,
    "internet-vpcs": _texts,
}


def _refusal(file: Path, key: str, why: str) -> ComplianceError:
    return ComplianceError(f"{_shown(file)}: tool.{TABLE}.{key}: {why}")


def _shown(path: Path) -> str:
    """Return a path as the user would write it."""
    return os.path.relpath(path)
