"""What is done with campaigns: made, edited, checked, read from files."""
