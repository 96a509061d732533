"""The SHACL engines, one module each; all give the same results for the same graphs."""
