"""What every feature stands on: database, clock, text, jobs, permissions. Knows no feature and no HTTP."""
