r"""Parts of patterns whose time grows with the text, where the obvious ones take the square of it.

A collapsing policy writes "[" or blank lines by the thousand. ``^\s*-`` then tries each line with all the
blank ones behind it, and ``\[.*?\]`` looks for an end from each bracket anew.
"""

INDENT = r"^[^\S\n]*"
r"""In place of ``^\s*`` with MULTILINE, where a sign follows that is no white space.

Blank lines before it decide nothing but where a match begins.
"""

LINE_START = r"(?:\A|(?<=\w)[^\w\n]*\n)\W*"
r"""In place of ``^\W*`` with MULTILINE, where a match ends in a word: only where it begins is another."""


def up_to_last(text: str, end: str) -> str:
    r"""A text without what stands, on each line, behind the last of the signs that end something.

    What is opened there is never closed, so a pattern such as ``\[.*?\]`` finds the same and seeks nothing
    in vain.
    """
    if end not in text:
        return ""
    return "\n".join(line[: line.rfind(end) + len(end)] if end in line else "" for line in text.split("\n"))
