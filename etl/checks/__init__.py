"""Checks that compare staged figures with each other and with what was accepted before."""
