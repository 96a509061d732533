"""The rationale: determinations put into sentences, each with what it was derived from."""
