"""The look for data on persons before anything of a file is kept."""
