"""Peyvand, a lightweight CRM: contacts, tags, and nurture sequences that can be foreseen and explained."""

__version__ = "0.1.0"
