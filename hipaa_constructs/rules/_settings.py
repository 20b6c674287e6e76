"""What a team decides for itself, and no template or regulation says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Decisions that some rules judge by; the rules that need one that was not taken do not apply.

    Attributes:
        allowed_regions: the Regions that PHI may be in, e.g. ``("us-east-1", "us-west-2")``; by default any.
        required_tags: the keys of the tags that every resource that takes tags must carry; by default none.
        internet_vpcs: the VPCs that may have an internet gateway, by id, or by the logical id or construct path of
            those in the templates; ``()`` for none; by default nothing is decided.
    """

    allowed_regions: tuple[str, ...] = ()
    required_tags: tuple[str, ...] = ()
    internet_vpcs: tuple[str, ...] | None = None
