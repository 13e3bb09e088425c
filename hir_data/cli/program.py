"""The program: what is here is loaded at once, and all else when signals are heard."""

from hir_data.cli import process


def run() -> None:
    """Run the command line of this process."""
    process.begin()
    with process.one_of_several():
        from hir_data.cli.main import main

        main()
