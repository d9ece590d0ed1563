"""Raw cells to figures: one module per layout of file."""
