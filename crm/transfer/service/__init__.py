"""What can be done with files of contacts: taken in, matched, checked, run, taken back, written out."""
