"""Spreadsheets in shapes that nobody has declared one by one, made from a seed together with what they truly say."""
