"""The reference deployment written by hand, of the CDK's own constructs: what it would be without this package."""
