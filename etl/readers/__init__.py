"""One reader per file format: bytes to strings with their places; readers do not interpret."""
