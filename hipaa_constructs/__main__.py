"""Makes ``python -m hipaa_constructs`` the command line."""

from hipaa_constructs.cli import main

main()
