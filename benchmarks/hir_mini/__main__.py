"""Run it."""

from benchmarks.hir_mini.run import main

main()
