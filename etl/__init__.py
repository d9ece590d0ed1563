"""Raw file to published build, and the command line."""
