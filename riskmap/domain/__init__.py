"""Vocabulary, tables, catalogue, settings and errors; standard library only, imports nothing of ours."""
