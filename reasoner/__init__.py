"""Determines medical necessity over a knowledge graph and says why."""

__version__ = "0.1.0"
