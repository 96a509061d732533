"""Plausible synthetic cases in any number, drawn from the packaged editions' own criteria.

What a finding answers is never guessed here: each is written as it will stand in a case and put before a SHACL
engine. Then cases are put together from such findings by seeded choices, as text, without a graph.
"""
