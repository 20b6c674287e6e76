"""The constructs, one module an AWS service."""
