"""Help for those who write a case: the guide made from the ontology, and the start of a new folder."""
