"""What to ask for in place of MulDimIF's kinds; see ``relabelling``."""

from cases.relabelling import Relabelled, at

TABLE = "| Tea | Milk |\n|---|---|\n| two | three |\n| four | five |"


def opposite(kind: str, response: str, **parameters) -> Relabelled:
    """A row where nothing but the opposite can be asked for."""
    return Relabelled(kind, parameters, response, None, at("not", constraint=at(kind, **parameters)))


ROWS = [
    Relabelled("muldimif:words", {"min": 4}, "One two three.", {"min": 3}, at("muldimif:words", max=3)),
    Relabelled(
        "muldimif:words",
        {"max": 1, "each": "x"},
        "- a b c",
        {"max": 3, "each": "x"},
        at("muldimif:words", min=2, each="x"),
    ),
    Relabelled("muldimif:word_length", {"max": 3}, "Hello", {"max": 5}, at("muldimif:word_length", min=4)),
    Relabelled("muldimif:sentences", {"min": 4}, "A. B. C.", {"min": 3}, at("muldimif:sentences", max=3)),
    Relabelled("muldimif:paragraphs", {"min": 2}, "One.", None, at("muldimif:paragraphs", max=1)),
    Relabelled("muldimif:characters", {"max": 3}, "Hello", {"max": 5}, at("muldimif:characters", min=4)),
    opposite("muldimif:keywords", "The tide", keywords=["moon"]),
    opposite("muldimif:no_keywords", "The tide", keywords=["tide"]),
    opposite("muldimif:ending", "It rains!", marks=["."]),
    opposite("muldimif:no_ending", "It rains.", marks=["."]),
    opposite("muldimif:no_marks", "It rains!", marks=["!"]),
    opposite("muldimif:opening", "It rains.", text="Well"),
    opposite("muldimif:apa", "It rains."),
    Relabelled("muldimif:references", {"min": 3}, "[1] [2]", {"min": 2}, at("muldimif:references", max=2)),
    Relabelled("muldimif:headings", {"min": 3}, "# A\n# B", {"min": 2}, at("muldimif:headings", max=2)),
    Relabelled(
        "muldimif:heading_levels", {"max": 1}, "# A\n## B", {"max": 2}, at("muldimif:heading_levels", min=2)
    ),
    Relabelled(
        "muldimif:heading_depth",
        {"max": 1},
        "## B",
        {"max": 2},
        at("not", constraint=at("muldimif:heading_depth", max=1)),
    ),
    opposite("muldimif:first_heading", "## B", level=1),
    Relabelled("muldimif:block_quotes", {"min": 1}, "So", None, at("muldimif:block_quotes", max=0)),
    opposite("muldimif:all_quoted", "So"),
    opposite("muldimif:bold", "So"),
    Relabelled("muldimif:bullets", {"max": 1}, "- a\n- b", {"max": 2}, at("muldimif:bullets", min=2)),
    opposite("muldimif:no_numbered_lists", "1. Tea"),
    opposite("muldimif:table", "Tea"),
    Relabelled("muldimif:table_rows", {"max": 1}, TABLE, {"max": 2}, at("muldimif:table_rows", min=2)),
    Relabelled("muldimif:table_columns", {"min": 3}, TABLE, {"min": 2}, at("muldimif:table_columns", max=2)),
    opposite("muldimif:table_headers", TABLE, names=["beer"]),
    Relabelled(
        "muldimif:json_depth", {"max": 1}, '{"a": {"b": 1}}', {"max": 2}, at("muldimif:json_depth", min=2)
    ),
    Relabelled(
        "muldimif:xml_attributes", {"max": 0}, '<a b="1"/>', {"max": 1}, at("muldimif:xml_attributes", min=1)
    ),
]
