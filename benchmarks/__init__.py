"""How fast the busiest pages answer, measured on generated contacts."""
