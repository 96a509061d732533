"""A store sent to another triple store, and afterwards what changed."""
