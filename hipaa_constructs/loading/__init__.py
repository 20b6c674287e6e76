"""Templates, read: what a user names becomes bodies with lines, or one clear line about what is wrong."""

from hipaa_constructs.loading._assembly import Source
from hipaa_constructs.loading._discovery import Found, discover, load, load_stacks
from hipaa_constructs.loading._file import (
    LARGEST,
    Loaded,
    NotATemplate,
    UnusableTemplate,
    load_file,
    parse,
)

__all__ = [
    "LARGEST",
    "Found",
    "Loaded",
    "NotATemplate",
    "Source",
    "UnusableTemplate",
    "discover",
    "load",
    "load_file",
    "load_stacks",
    "parse",
]
