"""The stacks of the portal, one concern each."""
