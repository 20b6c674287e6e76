"""What an environment may cost: production, or development, which goes without spares and guards PHI as well."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from aws_cdk import App, Stage
from constructs import IConstruct

from hipaa_constructs.errors import ComplianceError

T_co = TypeVar("T_co", covariant=True)

CONTEXT_KEY = "hipaa_constructs:profile"

_CHOSEN: WeakKeyDictionary[IConstruct, Profile] = WeakKeyDictionary()
_KNOWN: WeakKeyDictionary[IConstruct, Profile] = WeakKeyDictionary()
"""What each scope was told: every question to Node takes time, and every construct asks."""


class Profile(enum.StrEnum):
    """How much the environments of an app may cost.

    *production*, the default: spares in other zones, long backups. *development*: one of everything where that is
    cheaper, smaller machines and shorter backups; what holds no PHI may go with its stack. Encryption, TLS, private
    subnets, logs and how long they are kept are the same in both. docs/profiles.md has the differences, one by one.
    """

    PRODUCTION = "production"
    DEVELOPMENT = "development"

    def apply_to(self, scope: App | Stage) -> None:
        """Choose the profile of an app or of a stage, before any construct of this package is made there.

        ``cdk synth -c hipaa_constructs:profile=development`` chooses it too, for scopes of which nothing else is said.

        Args:
            scope: the app, or a stage, which overrules its app.

        Raises:
            ComplianceError: it is neither, or a construct there has been made already.
        """
        if not isinstance(scope, Stage):
            raise ComplianceError(f"Profile: scope must be an App or a Stage, got {type(scope).__name__}")
        asked = [one for one in _KNOWN if scope in one.node.scopes]
        if asked:
            raise ComplianceError(
                f"{scope.node.path or 'App'}: the profile must be chosen before a construct is made, got one in "
                f"{asked[0].node.path or 'App'}; choose it first, or pass -c {CONTEXT_KEY}={self.value}"
            )
        _CHOSEN[scope] = self

    @classmethod
    def of(cls, scope: IConstruct) -> Profile:
        """Return the profile that holds in a scope.

        Args:
            scope: anything in the app.

        Raises:
            ComplianceError: the context names a profile that there is not.
        """
        if scope not in _KNOWN:
            _KNOWN[scope] = cls._found(scope)
        return _KNOWN[scope]

    @classmethod
    def _found(cls, scope: IConstruct) -> Profile:
        node = scope.node
        for one in reversed(node.scopes if _CHOSEN else ()):
            if one in _CHOSEN:
                return _CHOSEN[one]
        named: object = node.try_get_context(CONTEXT_KEY)
        if named is None:
            return cls.PRODUCTION
        if named not in list(cls):
            raise ComplianceError(
                f"{scope.node.path}: the context {CONTEXT_KEY} must be {' or '.join(cls)}, got {named!r}"
            )
        return cls(str(named))


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation(Generic[T_co]):
    """What a development environment does without, where it costs less.

    Attributes:
        option: the argument of the construct.
        production: its default in production.
        development: its default in a development environment.
        rules: what the cheaper value breaks, and is excused from by the library.
        without_phi: whether it is only for stores that were said to hold no PHI.
    """

    option: str
    production: T_co
    development: T_co
    rules: tuple[str, ...] = ()
    without_phi: bool = False
