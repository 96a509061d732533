"""Guideline editions and ladders: read, checked, and given the probes that make an engine name witnesses."""
