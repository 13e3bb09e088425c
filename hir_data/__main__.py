"""``python -m hir_data``, the same as ``hir-data``."""

from hir_data.cli.program import run

if __name__ == "__main__":
    run()
