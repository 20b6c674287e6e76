"""What all tests share."""

import os

# The CDK's built-in validation costs a second a synthesis, and is the subject of few tests; those switch it on.
os.environ.setdefault("CDK_VALIDATION", "false")
