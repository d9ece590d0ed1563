"""The sample country: five school years of invented returns of every district, and what was planted in them."""
