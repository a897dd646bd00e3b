"""Pure rules of sequences: when a step is due, what moves it, and what becomes of it."""
