"""Composites and soft constraints; "broken" stands for a constraint that nobody can decide."""

from cases import Case

SHORT = {"kind": "word_count", "max": 3}
SEA = {"kind": "contains", "text": "sea"}
SHOUT = {"kind": "ends_with", "text": "!"}
BROKEN = {"kind": "soft:criterion", "criterion": "The tone is warm."}

LOGIC = [
    Case("all_of", {"constraints": [SHORT, SEA]}, "The sea.", True, "both"),
    Case("all_of", {"constraints": [SHORT, SEA]}, "The hills.", False, "one of two"),
    Case("all_of", {"constraints": [SEA]}, "The sea.", True, "one alone"),
    Case("all_of", {"constraints": [SEA, BROKEN]}, "The sea.", None, "the rest holds"),
    Case("all_of", {"constraints": [SEA, BROKEN]}, "The hills.", False, "one violated decides"),
    Case("any_of", {"constraints": [SHORT, SEA]}, "The sea is far from here.", True, "the second"),
    Case("any_of", {"constraints": [SHORT, SEA]}, "The hills are far from here.", False, "neither"),
    Case("any_of", {"constraints": [SEA, BROKEN]}, "The sea.", True, "one satisfied decides"),
    Case("any_of", {"constraints": [SEA, BROKEN]}, "The hills.", None, "the rest does not hold"),
    Case("not", {"constraint": SEA}, "The hills.", True, "violated inside"),
    Case("not", {"constraint": SEA}, "The sea.", False, "satisfied inside"),
    Case("not", {"constraint": BROKEN}, "The sea.", None, "what is unknown stays so"),
    Case("not", {"constraint": {"kind": "not", "constraint": SEA}}, "The sea.", True, "twice"),
    Case("if_then", {"if": SEA, "then": SHOUT}, "The sea!", True, "then is due and holds"),
    Case("if_then", {"if": SEA, "then": SHOUT}, "The sea.", False, "then is due and does not hold"),
    Case("if_then", {"if": SEA, "then": SHOUT}, "The hills.", True, "nothing is due"),
    Case("if_then", {"if": SEA, "then": SHOUT, "else": SHORT}, "The hills.", True, "else is due and holds"),
    Case("if_then", {"if": SEA, "then": SHOUT, "else": SHORT}, "a b c d", False, "else is due, does not"),
    Case("if_then", {"if": BROKEN, "then": SHOUT}, "Hey!", True, "then holds anyway"),
    Case("if_then", {"if": BROKEN, "then": SHOUT}, "Hey.", None, "nobody knows what is due"),
    Case("if_then", {"if": BROKEN, "then": SHOUT, "else": SHORT}, "Hey!", True, "both hold anyway"),
    Case("if_then", {"if": SEA, "then": BROKEN, "else": SHORT}, "Hey!", True, "then is not due"),
]

ONE = "The sea.\n\nThe hills. The woods.\n\nThe end!"
PAGE = (
    "# Plan\nWe go to the sea.\n\n## 1. First day:\nBy train.\n\n## *Second* day\nOn foot!\n\n"
    "```python\n# not a heading\nswim(sea)\n```\n\n# End\nDone."
)


def within(unit: str, constraint: dict, **place) -> dict:
    return {"unit": unit, **place, "constraint": constraint}


SECTIONS = [
    Case("within", within("paragraph", SEA, index=1), ONE, True, "the first paragraph"),
    Case("within", within("paragraph", SEA, index=2), ONE, False, "another paragraph"),
    Case("within", within("paragraph", SHOUT, index=-1), ONE, True, "counted from the end"),
    Case("within", within("paragraph", SHOUT, index=4), ONE, False, "no such paragraph"),
    Case("within", within("paragraph", SHOUT, index=-4), ONE, False, "none so far from the end"),
    Case("within", within("paragraph", SHORT, index="every"), ONE, False, "every one, of which one is long"),
    Case("within", within("sentence", SHORT, index="every"), ONE, True, "every sentence is short"),
    Case("within", within("sentence", SEA, index=2), ONE, False, "the second sentence"),
    Case("within", within("line", SEA, index=1), "\n\nThe sea.\nThe end.", True, "blank lines are none"),
    Case("within", within("line", SEA, index=2), "\n\nThe sea.\nThe end.", False, "the second line"),
    Case("within", within("word", SEA, first=2), "The sea is calm.", True, "the first two words"),
    Case("within", within("word", SEA, last=2), "The sea is calm.", False, "the last two words"),
    Case("within", within("word", SHORT, first=9), "The sea!", True, "all there are"),
    Case("within", within("paragraph", {"kind": "paragraph_count", "min": 2, "max": 2}, first=2), ONE, True,
         "two paragraphs stay two"),
    Case("within", within("line", {"kind": "punctuation:no_comma"}, last=1), "a, b\nc", True, "the last"),
    Case("within", within("section", SEA, heading="plan"), PAGE, True, "under a heading, in any case"),
    Case("within", within("section", {"kind": "contains", "text": "train"}, heading="First day"), PAGE, True,
         "number and colon aside"),
    Case("within", within("section", SHOUT, heading="Second day"), PAGE, False, "up to the next heading"),
    Case("within", within("section", {"kind": "contains", "text": "foot"}, heading="Plan"), PAGE, True,
         "deeper sections are inside"),
    Case("within", within("section", SEA, heading="not a heading"), PAGE, False, "no heading inside of code"),
    Case("within", within("section", SHORT, index=-1), PAGE, True, "the last section"),
    Case("within", within("code_block", SEA, index=1), PAGE, True, "a code block"),
    Case("within", within("code_block", SEA, index=2), PAGE, False, "no second code block"),
    Case("within", within("code_block", SEA, index="every"), ONE, True, "of none, every one"),
    Case("within", within("paragraph", {"kind": "within", "unit": "sentence", "index": 2, "constraint": {
         "kind": "contains", "text": "woods"}}, index=2), ONE, True, "a sentence of a paragraph"),
    Case("within", within("paragraph", BROKEN, index=1), ONE, None, "nobody can decide"),
]  # fmt: skip

SOFT = [
    Case("soft:criterion", {"criterion": "The tone is warm."}, "Hello!", None, "nobody has judged it"),
    Case("soft:criterion", {"criterion": "Warm.", "rubric": "No irony."}, "Hello!", None, "with a rubric"),
    Case(
        "soft:criterion",
        {"criterion": "It is rude.", "points": -2},
        "Hello!",
        None,
        "a fault that nobody has judged",
    ),
    Case("soft:grade", {"criterion": "Warm.", "min": 4}, "Hello!", None, "nobody has judged it"),
]

CASES = [*LOGIC, *SECTIONS, *SOFT]
