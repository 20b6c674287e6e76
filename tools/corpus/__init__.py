"""What `make corpus` runs: the rules on templates that nobody here wrote, beside checkov and cdk-nag."""
