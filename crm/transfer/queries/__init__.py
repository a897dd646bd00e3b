"""What is asked about imports, about who rows may be about, and for going out."""
