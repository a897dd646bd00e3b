"""What is done with sequences: started, paused, walked through, edited."""
