"""Figures as a table and a plot."""

from pathlib import Path


def write(output: Path) -> None:
    """Later."""
