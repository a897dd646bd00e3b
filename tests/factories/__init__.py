"""Rows for tests, one module per feature. Each states only what the table needs; the test states what matters."""

from itertools import count

number = count(1).__next__
"""A number not used before, for names and addresses that must differ."""
