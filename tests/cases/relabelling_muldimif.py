"""What to ask for in place of MulDimIF's kinds; see ``relabelling``."""

from cases.relabelling import Relabelled, at

TABLE = "| Tea | Milk |\n|---|---|\n| two | three |\n| four | five |"


def opposite(kind: str, response: str, **parameters) -> Relabelled:
    """A row where nothing but the opposite can be asked for."""
    return Relabelled(kind, parameters, response, None, at("not", constraint=at(kind, **parameters)))


def counted(kind: str, response: str, *, nearest: dict | None, flip: dict | None, **parameters) -> Relabelled:
    """A row of a count."""
    return Relabelled(kind, parameters, response, nearest, flip and at(kind, **flip))


ROWS = [
    counted("muldimif:words", "One two three.", min=4, nearest={"min": 3}, flip=None),
    counted("muldimif:words", "One two three.", min=9, nearest=None, flip={"max": 8}),
    counted("muldimif:words", "One two three four five.", min=9, nearest={"min": 5}, flip=None),
    counted("muldimif:words", "- a b c", max=1, each="x", nearest={"max": 3, "each": "x"},
            flip={"min": 2, "each": "x"}),
    counted("muldimif:word_length", "Hello", max=1, nearest={"max": 5}, flip={"min": 2}),
    counted("muldimif:sentences", "A. B. C.", min=4, nearest={"min": 3}, flip=None),
    counted("muldimif:sentences", "A. B. C.", min=8, nearest={"min": 3}, flip={"max": 7}),
    counted("muldimif:paragraphs", "One.", min=3, nearest=None, flip={"max": 2}),
    counted("muldimif:characters", "Hello", max=3, nearest={"max": 5}, flip=None),
    opposite("muldimif:keywords", "The tide", keywords=["moon"]),
    opposite("muldimif:no_keywords", "The tide", keywords=["tide"]),
    opposite("muldimif:ending", "It rains!", marks=["."]),
    opposite("muldimif:no_ending", "It rains.", marks=["."]),
    opposite("muldimif:no_marks", "It rains!", marks=["!"]),
    counted("muldimif:references", "[1] [2]", min=3, nearest={"min": 2}, flip=None),
    counted("muldimif:headings", "# A\n# B", min=3, nearest={"min": 2}, flip=None),
    counted("muldimif:headings", "# A", min=3, nearest=None, flip={"max": 2}),
    counted("muldimif:heading_levels", "# A\n## B", max=1, nearest={"max": 2}, flip=None),
    counted("muldimif:heading_depth", "## B", max=1, nearest={"max": 2}, flip=None),
    counted("muldimif:block_quotes", "So", min=1, nearest=None, flip={"max": 0}),
    opposite("muldimif:bold", "So"),
    counted("muldimif:bullets", "- a\n- b", max=1, nearest={"max": 2}, flip=None),
    opposite("muldimif:no_numbered_lists", "1. Tea"),
    counted("muldimif:table_rows", TABLE, max=1, nearest={"max": 2}, flip=None),
    counted("muldimif:table_columns", TABLE, min=3, nearest={"min": 2}, flip=None),
    counted("muldimif:json_depth", '{"a": {"b": 1}}', max=1, nearest={"max": 2}, flip=None),
    counted("muldimif:xml_attributes", '<a b="1"/>', max=0, nearest={"max": 1}, flip={"min": 1}),
]  # fmt: skip
