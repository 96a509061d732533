"""Tools for those who write guidelines: lint, tests, coverage, mutation, diff, export, pages."""
