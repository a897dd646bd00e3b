"""What is asked of sequences: by screens, by the engine, and by the dry run."""
