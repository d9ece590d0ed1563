"""The sender's own file sent back with the faults in it."""
