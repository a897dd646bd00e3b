"""What the suite stands on: the strict client, parsed pages, counted queries, databases, and the closed network."""
