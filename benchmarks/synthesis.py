"""One synthesis, as an app runs it, with a rule pack or without: ``python -m benchmarks.synthesis [ours|nag]``.

Run as a process, whose whole time counts: most of a synthesis goes into loading the CDK and into what it validates by
itself.
"""

from __future__ import annotations

import sys
import tempfile
import time

import jsii
from aws_cdk import App, IPolicyValidationContext, PolicyValidationPluginReport, Stack, Validations
from cdk_nag import HIPAASecurityChecks

from hipaa_constructs import EncryptedBucket, HipaaConstructsChecks

BUCKETS = 50


class _Timed(HipaaConstructsChecks):
    seconds = 0.0

    @jsii.member(jsii_name="validate")
    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        start = time.perf_counter()
        try:
            return super().validate(context)
        finally:
            _Timed.seconds = time.perf_counter() - start


def synthesize(pack: str) -> float:
    """Synthesize an app, and return the seconds that this package's pack took of it.

    Args:
        pack: ``ours`` or ``nag``; any other stands for none.
    """
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder, analytics_reporting=False)
        stack = Stack(app, "Stack")
        for number in range(BUCKETS):
            EncryptedBucket(stack, f"Bucket{number}")
        if pack == "ours":
            Validations.of(app).add_plugins(_Timed(app))
        elif pack == "nag":
            Validations.of(app).add_plugins(HIPAASecurityChecks(app))
        app.synth()
    return _Timed.seconds


if __name__ == "__main__":
    print(synthesize(sys.argv[1] if len(sys.argv) > 1 else ""))
