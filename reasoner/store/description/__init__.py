"""What a store says of itself: how many of what, as RDF and as a picture."""
