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

CONVERSATION: dict[str, ColumnType] = {
    "messages": [{"role": "string", "content": "string"}],
    "stated_in": ["int"],
    "from_turn": ["int"],
}
"""Those of records that are conversations."""
