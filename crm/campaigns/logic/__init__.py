"""Campaigns as text, and the cadences to begin with."""
