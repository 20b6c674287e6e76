"""The app that the README shows."""

import re
import subprocess
import sys
from pathlib import Path

IMPORTS = """\
from aws_cdk import aws_certificatemanager as acm, aws_ecs as ecs, aws_events as events, aws_rds as rds
from hipaa_constructs import EncryptedTrail, FlowLoggedVpc, HipaaEcsService, HipaaHardening, HipaaRdsInstance

"""
CERTIFICATE = """\
certificate = acm.Certificate(portal, "Certificate", domain_name="portal.example.org")
"""
README = Path(__file__).parent.parent.parent / "README.md"


def test_the_app_of_the_readme_synthesizes(tmp_path: Path) -> None:
    app, further, hardening = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    enforcing = "enforce(app)"
    app = IMPORTS + app.replace(
        enforcing, CERTIFICATE + further.replace("sha256:…", "sha256:" + "0" * 64) + hardening + enforcing
    )
    (tmp_path / "app.py").write_text(app.replace("cdk.App()", "cdk.App(outdir='out')"), encoding="utf-8")
    done = subprocess.run([sys.executable, "app.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "Portal.template.json").exists()
