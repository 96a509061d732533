"""Cases, their reports and determinations as named graphs in a store on disk, and questions to it (docs/store.md)."""
