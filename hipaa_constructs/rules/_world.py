"""The ways a template can come out, when conditions and parameters are not known before the deployment."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")

MOST_WORLDS = 64
"""How many combinations of answers are tried before a question counts as undecided."""


class TooManyWorlds(Exception):
    """A judgement depends on more combinations than `MOST_WORLDS`."""


class Question(NamedTuple):
    """A question that was asked of a world, and which answer it got.

    Attributes:
        key: what identifies it.
        label: the question in words.
        answers: every answer there can be.
        given: the number of the answer that it got.
    """

    key: Hashable
    label: str
    answers: Sequence[object]
    given: int

    @property
    def is_of_parameter(self) -> bool:
        """Whether it is what a parameter is, which no answer to another question says."""
        return isinstance(self.key, tuple) and self.key[1:2] == ("parameter",)


class World:
    """One consistent set of answers: a condition that holds once holds everywhere.

    Only questions that are really asked split the world, so a template with a hundred conditions costs a rule
    nothing unless the rule's answer hangs on them.

    Attributes:
        asked: how often an answer of this world was used; a result that used none holds in every world.
        last: the question that was asked last; None after one whose answer followed from others.
        conditions: the named conditions that are worked out, and as None those that are being worked out.
        texts: what values that only the deployment knows are in this world, as far as conditions compare them with
            texts.
    """

    __slots__ = ("_known", "_script", "asked", "conditions", "last", "texts")

    def __init__(self, script: Sequence[int] = ()) -> None:
        """Begin a world in which nothing was asked yet.

        Args:
            script: which answer each of its first questions gets; all others get their first answer.
        """
        self.asked = 0
        self.last: Question | None = None
        self.conditions: dict[Hashable, bool | None] = {}
        self.texts: dict[Hashable, str] = {}
        self._script = script
        self._known: dict[Hashable, Question] = {}

    def choose(self, question: Hashable, label: str, answers: Sequence[T]) -> T:
        """Return this world's answer to a question.

        Args:
            question: what identifies the question, in every template of the assembly.
            label: the question in words, for the reader of a finding.
            answers: every answer there can be, at least one.
        """
        if len(answers) == 1:
            return answers[0]
        self.asked += 1
        known = self._known.get(question)
        if known is None:
            position = len(self._known)
            given = self._script[position] if position < len(self._script) else 0
            known = self._known[question] = Question(question, label, answers, given)
        self.last = known
        return answers[known.given]

    @property
    def is_only_one(self) -> bool:
        """Whether nothing was asked yet that has more than one answer."""
        return not self._known

    def describe(self) -> str:
        """Say which answers make this world, e.g. ``IsProd is False``."""
        return ", ".join(f"{one.label} is {one.answers[one.given]}" for one in self._known.values())

    def _next_script(self) -> list[int] | None:
        questions = list(self._known.values())
        while questions and questions[-1].given + 1 == len(questions[-1].answers):
            questions.pop()
        if not questions:
            return None
        return [one.given for one in questions[:-1]] + [questions[-1].given + 1]


def explore(run: Callable[[World], T], first: tuple[World, T] | None = None) -> Iterator[tuple[World, T]]:
    """Run a pure function once in every world that it tells apart.

    Args:
        run: asks its questions of the world it is given, always in the same order for the same answers.
        first: the first world with what the function returned in it, if it was run in that one already.

    Yields:
        Each world with what the function returned in it.

    Raises:
        TooManyWorlds: there are more than `MOST_WORLDS`.
    """
    script: list[int] | None = []
    count = 0
    if first is not None:
        yield first
        script, count = first[0]._next_script(), 1
    while script is not None:
        count += 1
        if count > MOST_WORLDS:
            raise TooManyWorlds
        world = World(script)
        yield world, run(world)
        script = world._next_script()
