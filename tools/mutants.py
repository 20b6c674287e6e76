"""Mutation testing of the rules: which changes of `hipaa_constructs/rules` no test of `tests/rules` notices.

A mutant is judged in a fork of a process that has collected the tests, by those tests that reach the changed function:
for a module of a service those of the service, for the engine its own and, of very many, some of each kind. Tests
that draw at random do not count.
"""

from __future__ import annotations

import csv
import functools
import gc
import importlib
import os
import pickle
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from inspect import signature
from itertools import groupby
from pathlib import Path
from types import CodeType, FrameType

import pytest
from _pytest.python import CallSpec2

from tools.mutation import Key, Mutant, Target, code_using, mutants

ROOT = Path(__file__).parent.parent
RULES, TESTS = ROOT / "hipaa_constructs" / "rules", ROOT / "tests" / "rules"
SURVIVORS = ROOT / "docs" / "surviving-mutants.csv"
COLUMNS = ("module", "function", "before", "after", "reason")
LEAST_KILLED = 0.85
_RANDOM = "test_properties.py"
_QUIET = ("-p", "no:terminal", "-p", "no:cacheprovider", "--capture=no")
_MOST_SECONDS, _MOST_BYTES = 10.0, 4 << 30
_MANY, _MOST_OF_A_KIND = 2000, 20
_CORES = os.cpu_count() or 1
_KILLED, _NOT_MADE, _FAILED = 1, 2, 3


def main(wanted: Sequence[str]) -> int:
    """Judge the mutants of some modules, by default of all, and keep the list of those that survive."""
    names = sorted(path.stem for path in RULES.glob("*.py") if path.stem != "__init__")
    if unheard := set(wanted) - set(names):
        raise SystemExit(f"no such modules: {', '.join(sorted(unheard))}")
    run = _Run(list(wanted) or names)
    files = {str(path) for name in run.names for path in _test_files(name)}
    options = ["-o", "addopts=--import-mode=importlib", *_QUIET, *sorted(files)]
    if pytest.main(options, plugins=[run]) != 0 or run.failures:
        raise SystemExit("the tests must pass without a mutant")
    return run.report()


def _test_files(module: str) -> list[Path]:
    return _own_tests(module) or [path for path in TESTS.glob("test_*.py") if path.name != _RANDOM]


def _own_tests(module: str) -> list[Path]:
    service = module.strip("_").partition("_")[0]
    return [*TESTS.glob(f"test_{service}.py"), *TESTS.glob(f"test_{service}_*.py")]


class _Run:
    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.failures = 0
        self.judged: Counter[str] = Counter()
        self.survivors: list[Mutant] = []
        self.plain: dict[pytest.Item, Callable[[], object]] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failures += 1
            print(report.longrepr)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failures += report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge every mutant, where the tests would be run once."""
        modules = [importlib.import_module(f"hipaa_constructs.rules.{name}") for name in self.names]
        found = [mutant for module in modules for mutant in mutants(module)]
        gc.freeze()  # So that forks share what is there.
        self.plain = {test: call for test in session.items if (call := _plain_call(test))}
        tests = self._reaching({mutant.target for mutant in found}, session.items)
        if self.failures:
            return True
        for _, group in groupby((mutant for mutant in found if mutant.target in tests), lambda one: one.module):
            running: dict[int, Mutant] = {}
            for mutant in group:
                if len(running) == _CORES:
                    self._note_end(running)
                running[_fork(partial(self._judge, mutant, tests[mutant.target]))] = mutant
            name = mutant.module
            while running:
                self._note_end(running)
            print(_line(name, self.judged[name], sum(one.module == name for one in self.survivors)), flush=True)
        return True

    def _note_end(self, running: dict[int, Mutant]) -> None:
        pid, status = os.wait()
        mutant, code = running.pop(pid), os.waitstatus_to_exitcode(status)
        if code == _FAILED:
            raise SystemExit(f"a mutant can't be judged: {mutant.key()}")
        self.judged[mutant.module] += code != _NOT_MADE
        if code == 0:
            self.survivors.append(mutant)

    def _judge(self, mutant: Mutant, tests: Iterable[pytest.Item]) -> int:
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
        gc.disable()
        if not mutant.activate():
            return _NOT_MADE
        for test in tests:
            # What runs forever is killed, by the time it has the processor for: a busy machine kills nothing.
            signal.setitimer(signal.ITIMER_VIRTUAL, _MOST_SECONDS)
            if not self._passes(test):
                return _KILLED
        return 0

    def _passes(self, test: pytest.Item) -> bool:
        call = self.plain.get(test)
        if call is None:
            test.ihook.pytest_runtest_protocol(item=test, nextitem=None)
            return not self.failures
        try:
            call()
        except (Exception, pytest.fail.Exception):
            return False
        return True

    def _reaching(self, targets: Iterable[Target], items: list[pytest.Item]) -> dict[Target, list[pytest.Item]]:
        """Return the tests that reach each target, fast ones first; without constants that only decorators use."""
        codes = {target: found for target in targets if (found := code_using(target))}
        numbers = {code: number for number, code in enumerate({code for found in codes.values() for code in found})}
        pipes = []
        for first in range(_CORES):
            reader, writer = os.pipe()
            _fork(partial(self._write_reached, items, first, numbers, writer))
            os.close(writer)
            pipes.append(reader)
        reaching: dict[int, list[tuple[float, int]]] = {number: [] for number in numbers.values()}
        for reader in pipes:
            with os.fdopen(reader, "rb") as pipe:
                for index, seconds, reached in pickle.load(pipe):
                    for number in reached:
                        reaching[number].append((seconds, index))
        self.failures += sum(os.wait()[1] != 0 for _ in pipes)
        tests = {target: {one for code in found for one in reaching[numbers[code]]} for target, found in codes.items()}
        sorted_tests = {target: [items[index] for _, index in sorted(found)] for target, found in tests.items()}
        return {
            target: found if len(found) < _MANY or _own_tests(target.module_name) else list(_thinned(found))
            for target, found in sorted_tests.items()
        }

    def _write_reached(self, items: list[pytest.Item], first: int, numbers: dict[CodeType, int], writer: int) -> int:
        """Run some of the tests, and write how long each takes and what code it reaches."""
        found: list[tuple[int, float, list[int]]] = []
        forgetting = list(_caches())
        for index in range(first, len(items), _CORES):
            for forget in forgetting:
                forget()
            seen: set[CodeType] = set()
            start = time.perf_counter()
            sys.setprofile(partial(_note_call, seen))
            passes = self._passes(items[index])
            sys.setprofile(None)
            if not passes:
                self.failures += 1
                print(f"{items[index].nodeid} fails")
            found.append((index, time.perf_counter() - start, [numbers[code] for code in seen if code in numbers]))
        with os.fdopen(writer, "wb") as pipe:
            pickle.dump(found, pipe)
        return self.failures

    def report(self) -> int:
        """Print how many were killed in all, and write the survivors with the reasons that are known."""
        judged, survived = self.judged.total(), len(self.survivors)
        print(_line("all", judged, survived))
        unexplained = _write_survivors(list(self.judged), {mutant.key() for mutant in self.survivors})
        if unexplained:
            print(f"{unexplained} survivors have no reason in {SURVIVORS.relative_to(ROOT)}")
        return int(unexplained > 0 or judged - survived < LEAST_KILLED * judged)


def _line(name: str, judged: int, survived: int) -> str:
    return f"{name:22} {judged - survived:5} of {judged:5} killed, {(judged - survived) / judged:4.0%}"


def _write_survivors(modules: Sequence[str], keys: set[Key]) -> int:
    """Write those of some modules anew, keep those of others, and return how many have no reason."""
    with SURVIVORS.open(encoding="utf-8", newline="") as file:
        known = {
            (row["module"], row["function"], row["before"], row["after"]): row["reason"] for row in csv.DictReader(file)
        }
    rows = [(*key, reason) for key, reason in known.items() if key[0] not in modules]
    rows += [(*key, known.get(key, "")) for key in keys]
    with SURVIVORS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(sorted(rows))
    return sum(not row[4] for row in rows)


def _thinned(tests: Iterable[pytest.Item]) -> Iterator[pytest.Item]:
    """Leave some of the tests of services out, of which many reach the engine in the same way."""
    services = {path.stem.partition("_")[0] for path in RULES.glob("[a-z]*.py")}
    seen: Counter[tuple[Path, str]] = Counter()
    for test in tests:
        kind = test.path, test.name.partition("[")[0]
        seen[kind] += 1
        of_engine = test.path.stem.split("_")[1] not in services
        if of_engine or seen[kind] <= _MOST_OF_A_KIND:
            yield test


def _plain_call(test: pytest.Item) -> Callable[[], object] | None:
    """Return a test that needs nothing of pytest but its parameters, as most do, to be called without ceremony."""
    if not isinstance(test, pytest.Function):
        return None
    call = getattr(test, "callspec", None)
    arguments = call.params if isinstance(call, CallSpec2) else {}
    is_plain = signature(test.function).parameters.keys() == arguments.keys()
    return partial(test.function, **arguments) if is_plain else None


def _caches() -> Iterator[Callable[[], None]]:
    """Yield what makes functions forget their answers, so that each test reaches them anew; data stays read."""
    for name, module in sys.modules.items():
        if name.startswith("hipaa_constructs.rules."):
            for function in vars(module).values():
                if isinstance(function, functools._lru_cache_wrapper) and signature(function).parameters:
                    yield function.cache_clear


def _note_call(seen: set[CodeType], frame: FrameType, event: str, _: object) -> None:
    if event == "call":
        seen.add(frame.f_code)


def _fork(work: Callable[[], int]) -> int:
    """Do some work in a process of its own, whose exit code is what the work returns."""
    pid = os.fork()
    if pid == 0:
        code = _FAILED
        try:
            code = work()
        except Exception:
            traceback.print_exc()
        finally:
            os._exit(code)
    return pid


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
