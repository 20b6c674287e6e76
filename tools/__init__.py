"""What the project's own commands run; not part of the package."""
