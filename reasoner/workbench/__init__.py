"""The workbench: a store asked with a browser, or by any program that speaks the SPARQL 1.1 Protocol, and only read."""
