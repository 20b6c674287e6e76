"""Snapshots are one JSON file a case, with the hashes of assets masked."""

from __future__ import annotations

import json
import re

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from tests._synthesis import Body

_HASH = re.compile(r"[0-9a-f]{64}")


class Templates:
    """Compares templates with the snapshots of a test."""

    def __init__(self, snapshot: SnapshotAssertion) -> None:
        """Take the snapshots."""
        self._snapshot = snapshot.use_extension(JSONSnapshotExtension)

    def hold(self, template: Body) -> None:
        """Demand that a template is the one of the snapshot."""
        masked = json.loads(_HASH.sub("<hash>", json.dumps(template)))
        assert masked == self._snapshot


@pytest.fixture
def templates(snapshot: SnapshotAssertion) -> Templates:
    """Return the snapshots of a test."""
    return Templates(snapshot)
