"""A store as a value for Python and notebooks."""
