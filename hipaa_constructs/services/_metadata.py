"""What this package writes into the metadata of resources, under one key."""

from __future__ import annotations

from aws_cdk import CfnResource

from hipaa_constructs.waivers import METADATA_KEY


def noted(resource: CfnResource) -> dict[str, object]:
    """Return what stands there already."""
    found = resource.get_metadata(METADATA_KEY)
    return dict(found) if isinstance(found, dict) else {}


def note(resource: CfnResource, key: str, value: object) -> None:
    """Write a value beside what stands there already."""
    resource.add_metadata(METADATA_KEY, {**noted(resource), key: value})
