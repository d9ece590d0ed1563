"""Reads any spreadsheet that a declaration describes."""
