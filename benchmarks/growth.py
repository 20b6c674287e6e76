"""How time and memory grow with the resources; a process for each size: ``python -m benchmarks.growth RESOURCES``."""

from __future__ import annotations

import json
import sys
import time
import tracemalloc

from benchmarks.templates import sized
from hipaa_constructs.checker import check
from hipaa_constructs.rules import Template


def measured(resources: int) -> dict[str, float]:
    """Return the seconds that all rules take on a template, and the megabytes of Python's objects at most.

    What a process reads once, at its first template, is not counted: it does not grow.

    Args:
        resources: how many the template has.
    """
    body = sized(resources)
    check([Template(sized(1))])
    start = time.process_time()
    check([Template(body)])
    seconds = time.process_time() - start
    # Apart, because what is traced takes several times as long.
    tracemalloc.start()
    check([Template(body)])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"seconds": seconds, "megabytes": most / 2**20}


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]))))
