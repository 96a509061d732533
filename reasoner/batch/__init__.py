"""Many cases at once: streams of cases in, tables of determinations out."""
