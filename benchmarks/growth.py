"""How time and memory grow with the resources; a process for each size: ``python -m benchmarks.growth RESOURCES``."""

from __future__ import annotations

import json
import resource
import sys
import time

from benchmarks.templates import sized
from hipaa_constructs.checker import check
from hipaa_constructs.rules import Template


def measured(resources: int) -> dict[str, float]:
    """Return the seconds that all rules take on a template, and the megabytes that they take at most.

    Args:
        resources: how many the template has.
    """
    body = sized(resources)
    before = _peak()
    start = time.process_time()
    check([Template(body)])
    return {"seconds": time.process_time() - start, "megabytes": _peak() - before}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(measured(int(sys.argv[1]))))
