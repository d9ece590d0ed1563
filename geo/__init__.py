"""Areas of Kazakhstan: codes, names, dated borders, outlines and neighbours."""
