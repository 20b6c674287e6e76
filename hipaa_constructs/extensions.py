"""Rules of others: those that installed packages bring, and those of modules that a team names."""

from __future__ import annotations

import difflib
import functools
import importlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from hipaa_constructs.errors import ComplianceError
from hipaa_constructs.rules import RULES, Rule
from hipaa_constructs.rules._rule import registered_together

GROUP = "hipaa_constructs.rules"
"""The group of entry points whose modules hold rules."""


@functools.cache
def load_installed_rules() -> None:
    """Load the rules that installed packages bring by entry points, once.

    Raises:
        ComplianceError: a module can't be imported, or a rule in it can't be registered.
    """
    from importlib import metadata  # It costs as much as all rules, and many uses of this package need none.

    for entry in sorted(metadata.entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        _load(f"rules of the entry point {entry.name} = {entry.value}", entry.load)


def load_rules_of(modules: Iterable[str], folder: Path) -> None:
    """Load the rules of some modules.

    Args:
        modules: their names.
        folder: where they are looked for first; then where Python finds all others.

    Raises:
        ComplianceError: a module can't be imported, has no rules, or one of them can't be registered.
    """
    for name in modules:
        # Not longer than needed: a module of a library that is imported later must be the library's.
        sys.path.insert(0, str(folder))
        importlib.invalidate_caches()
        try:
            _load(f"rules of the module {name}", functools.partial(importlib.import_module, name))
        finally:
            sys.path.remove(str(folder))
        if not any(_is_of(rule, name) for rule in RULES.values()):
            raise ComplianceError(f"rules of the module {name}: it registers none; write them with the decorator rule")


def _is_of(rule: Rule, module: str) -> bool:
    return rule.check is not None and f"{rule.check.__module__}.".startswith(f"{module}.")


def _load(what: str, load: Callable[[], object]) -> None:
    try:
        with registered_together():
            load()
    except (Exception, SystemExit) as fault:  # It is code of others: whatever it raises is told in one line.
        why = " ".join(str(fault).split())
        raise ComplianceError(f"{what} can't be loaded: {type(fault).__name__}: {why}") from fault


def named(rule_id: str) -> Rule:
    """Return the rule with an id.

    Raises:
        ComplianceError: there is none.
    """
    if rule_id not in RULES:
        close = difflib.get_close_matches(rule_id, RULES, n=1)
        hint = f"did you mean {close[0]}?" if close else "'hipaa-constructs rules' lists them"
        raise ComplianceError(f"no rule is called {rule_id!r}; {hint}")
    return RULES[rule_id]
