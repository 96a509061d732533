"""Another server that a command names: its address, requests to it, and its graph store (docs/store.md)."""
