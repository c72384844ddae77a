"""Pages, exports and the semantic layer they ask."""
