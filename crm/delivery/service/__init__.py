"""What is done with messages: queued, composed, handed over, settled, stopped."""
