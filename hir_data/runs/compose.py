"""Instructions composed of the questions of a file."""

from hir_data.formats.parquet import ColumnType

COLUMNS: dict[str, ColumnType] = {
    "id": "string",
    "prompt": "string",
    "question": "string",
    "criteria": ["string"],
    "presentation": "string",
    "constraints": ["string"],
    "metadata": "string",
}
"""The fields of a record that is written, and their types in a table."""
