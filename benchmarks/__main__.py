"""`make bench`."""

from benchmarks.contacts import main

main()
