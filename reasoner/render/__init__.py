"""A determination as text and Markdown, JSON, and TriG; no step here decides anything."""
