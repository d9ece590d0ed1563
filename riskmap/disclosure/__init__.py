"""Protection of small numbers: pure functions on cells and relations, run once, at publication."""
