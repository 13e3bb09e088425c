"""Sentences such as MulDimIF's, drawn with the constraints that they state.

Each is put together from its meaning: a bound in words, with a unit, a subject and a frame, so that what it
states is known without reading it. All lists of words and patterns fall into two halves. The grammar was
developed with sentences of the first half; those of the second, which share no pattern with them, are held
out.

    python tests/muldimif_sentences.py {developed,held-out} [NUMBER] [SEED] [MISREAD TO SHOW]
"""

import collections
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

from muldimif_words import (
    ABOVE,
    BELOW,
    BETWEEN,
    CLOSINGS,
    HOLDS,
    LEAST,
    MOST,
    NAMES,
    PARTS,
    SUBJECTS,
    TERMS,
    Drawn,
    Half,
    Record,
    Writer,
    every,
    of,
)

import hir_data as hir
from hir_data.formats.grammar.parse import parse_muldimif

# ---------------------------------------------------------------------------------------------------------
# What each category says


def length(writer: Writer) -> Drawn:
    sentence_unit = writer.one(["sentences", "complete sentences", "sentences", "short sentences"])
    paragraph_unit = writer.one(["paragraphs", "paragraphs", "full paragraphs", "distinct paragraphs"])
    name, unit, least, most, step = writer.rng.choice(
        [
            ("words", "words", 20, 400, 10),
            ("words", "words", 3, 45, 1),
            ("words", "words", 1000, 3000, 500),
            ("sentences", sentence_unit, 2, 24, 1),
            ("paragraphs", paragraph_unit, 2, 9, 1),
        ]
    )
    said, bounds = writer.predicate(unit, least, most, step)
    sentence = writer.framed(f"{writer.one(SUBJECTS)} {said}")
    return Drawn("Length", name.capitalize(), sentence, of(name, **bounds))


FORMS = [
    "The {s} must be written in {b}", "Limit the {s} to {most}", "{b}", "Use {b} for the {s}",
    "a {s} of {b}", "Keep the {s} under {n} {u}", "Write {b} in your {s}", "Word count: {b}",
    "The length of the {s} should be {b}", "Do not use more than {n} {u}", "Range: {n}-{m} {u}",
    "The {s} should be {b} long, no matter what",
]  # fmt: skip


def bare_length(writer: Writer) -> Drawn:
    """Lengths in frames of their own."""
    n = writer.number(2, 30) * 10
    m = n + 10 * writer.number(1, 9)
    subject = writer.one(["answer", "email", "story", "summary"])
    form = writer.one(FORMS)
    said, bounds = writer.bound("words", 20, 300, 10)
    if "{b}" not in form:
        said = ""
        bounds = {"min": None, "max": n - 1 if "under" in form else n}
        if "{m}" in form:
            bounds = {"min": n, "max": m}
    sentence = form.format(
        s=subject, b=said, n=writer.said(n), m=m, u="words", most=f"{writer.said(n)} words"
    )
    if "{m}" in form:
        sentence = form.format(n=n, m=m, u="words")
    return Drawn("Length", "Words", sentence, of("words", **bounds))


def two_lengths(writer: Writer) -> Drawn:
    relations = [LEAST, MOST, BETWEEN, ABOVE, BELOW]  # not EXACTLY: "at most 50 words and 6 sentences"
    words, of_words = writer.bound("words", 20, 300, 10, relations)
    sentences, of_sentences = writer.bound("sentences", 2, 9, relations=relations)
    joint = writer.one(["{w} and {s}", "{s}, and also {w}", "{w}, with {s}", "{s} as well as {w}"])
    said = joint.format(w=words, s=sentences)
    sentence = writer.framed(f"{writer.one(SUBJECTS)} {writer.one(HOLDS).format(b=said)}")
    name = writer.rng.choice(["Words", "Sentences"])
    stated = [of("words", **of_words), of("sentences", **of_sentences)]
    return Drawn("Length", name, sentence, every(*(stated if name == "Words" else stated[::-1])))


def each_part(writer: Writer) -> Drawn:
    part = writer.one(PARTS)
    said, bounds = writer.predicate("words", 5, 60, 5)
    each = writer.one(["Each", "Every", "each", "every"])
    sentence = f"{each} {part} {said}{writer.one(CLOSINGS)}"
    return Drawn("Length", "Words", sentence, of("words", **bounds, each=part))


def in_each_part(writer: Writer) -> Drawn:
    part = writer.one([part for part in PARTS if "'" not in part])
    said, bounds = writer.predicate("words", 5, 60, 5)
    bounded, of_bounded = writer.bound("words", 5, 60, 5, relations=[LEAST[:4], MOST[:4], ABOVE, BELOW])
    form, is_bounded = writer.one(
        [
            ("The text of each {p} {s}", False), ("{x} must contain {b} in each {p}", True),
            ("The explanation for every {p} {s}", False), ("{x} should have {b} per {p}", True),
            ("Write {b} for each {p}", True), ("Use {b} for every {p}", True),
        ]
    )  # fmt: skip
    sentence = form.format(p=part, s=said, b=bounded, x=writer.one(SUBJECTS))
    return Drawn(
        "Length", "Words", sentence, of("words", **(of_bounded if is_bounded else bounds), each=part)
    )


def word_length(writer: Writer) -> Drawn:
    said, bounds = writer.predicate("characters", 3, 15)
    each = writer.one(["Each word", "Every term", "each single word", "every word"])
    return Drawn("Length", "Words", f"{each} {said}{writer.one(CLOSINGS)}", of("word_length", **bounds))


INCLUDE = [
    "{s} must include {k}", "{s} should mention {k}", "{k} must be included", "{s} has to contain {k}",
    "Include {k}", "it is important to incorporate {k}", "Be sure to mention {k} in it",
    "{s} needs to include {k}", "{k} should be mentioned in the text", "{k} must appear in the reply",
    "make use of {k}", "{k} has to occur somewhere",
]  # fmt: skip
AVOID = [
    "{s} must not include {k}", "Avoid {k}", "Do not use {k}", "{s} must never mention {k}",
    "{k} must be avoided", "without {k}", "{s} should not contain {k}", "{k} must not be used",
]  # fmt: skip
NOUNS = ["the keyword", "the term", "the word", "the phrase", "the keyword", "the specific keyword"]
OFTEN = [
    ("at least {n} times", 0), ("{n} times or more", 0), ("no fewer than {n} times", 0), ("twice", 2),
    ("multiple times", 2), ("at least twice", 2), ("a minimum of {n} times", 0), ("more than once", 2),
]  # fmt: skip


def keywords(writer: Writer) -> Drawn:
    terms = writer.terms(3)
    noun = writer.one(NOUNS) + ("s" if len(terms) > 1 else "")
    said = f"{noun} {writer.quoted(terms)}"
    form = writer.one(INCLUDE)
    sentence = writer.framed(form.format(s=writer.one(SUBJECTS), k=said))
    category = writer.one(["Keywords", "Keywords", "Keywords: Must include", "Keywords: Must include"])
    return Drawn("Content", category, sentence, of("keywords", keywords=terms))


def either_keyword(writer: Writer) -> Drawn:
    one, other = "sea", writer.one(["lake", "pond"])
    said = f"{writer.one(NOUNS)} {writer.quote(one)} or {writer.quote(other)}"
    sentence = writer.framed(writer.one(INCLUDE).format(s=writer.one(SUBJECTS), k=said))
    return Drawn("Content", "Keywords", sentence, of("keywords", keywords=[one, other], match="any"))


def keyword_often(writer: Writer) -> Drawn:
    term = writer.one(TERMS)
    often, known = writer.one(OFTEN)
    n = known or writer.number(2, 9)
    noun = f"{writer.one(NOUNS)} {writer.quote(term)}"
    form = writer.one(
        ["{s} must include {k} {o}", "{k} must appear {o}", "Use {k} {o}", "{k} has to occur {o}"]
    )
    said = form.format(s=writer.one(SUBJECTS), k=noun, o=often.format(n=writer.said(n)))
    return Drawn("Content", "Keywords", writer.framed(said), of("keywords", keywords=[term], times=n))


def keywords_avoided(writer: Writer) -> Drawn:
    terms = writer.terms(1)
    said = f"{writer.one(NOUNS)} {writer.quoted(terms)}"
    sentence = writer.framed(writer.one(AVOID).format(s=writer.one(SUBJECTS), k=said))
    return Drawn("Content", "Keywords", sentence, of("no_keywords", keywords=terms))


def keyword_in_each(writer: Writer) -> Drawn:
    term, part = writer.one(TERMS), writer.one([part for part in PARTS if " " not in part])
    said = f"{writer.one(NOUNS)} {writer.quote(term)}"
    if writer.rng.random() < 0.5:
        verb = writer.one(["must include", "has to mention", "should contain", "must incorporate"])
        sentence = (
            f"{writer.one(['Each', 'Every', 'each', 'every'])} {part} {verb} {said}{writer.one(CLOSINGS)}"
        )
        return Drawn("Content", "Keywords", sentence, of("keywords", keywords=[term], each=part))
    sentence = writer.framed(writer.one(INCLUDE[:6]).format(s=writer.one(SUBJECTS), k=said))
    sentence = sentence.rstrip(".") if not sentence.endswith("St. Ives'") else sentence
    form = writer.one(["{k} must be included in each {p}", "{k} has to occur in every {p}"])
    sentence = form.format(k=said, p=part) + writer.one(CLOSINGS)
    record = of("keywords", keywords=[term], each=part, needs_entries=True)
    return Drawn("Content", "Keywords", sentence, record)


def keyword_and_length(writer: Writer) -> Drawn:
    term = writer.one(TERMS)
    noun = f"the keyword {writer.quote(term)}"
    said, bounds = writer.bound("words", 10, 300, 10)
    form = writer.one(
        [
            "{s} must include {k} and contain {b}", "{s} should be {b} long and include {k}",
            "{s} has to mention {k} and have {b}", "{s} must have {b} and incorporate {k}",
        ]
    )  # fmt: skip
    sentence = writer.framed(form.format(s=writer.one(SUBJECTS), k=noun, b=said))
    stated = [of("keywords", keywords=[term]), of("words", **bounds)]
    return Drawn("Content", "Keywords", sentence, every(*stated))


MARKS = {"period": ".", "question mark": "?", "exclamation mark": "!", "semicolon": ";", "colon": ":"}


def ending(writer: Writer) -> Drawn:
    mark = writer.rng.choice(sorted(MARKS))
    article = "an" if mark.startswith("e") else "a"
    verb = writer.one(
        [
            "must end with {m}", "has to conclude with {m}", "should finish with {m}", "ends with {m}",
            "must be terminated with {m}", "needs to end in {m}",
        ]
    )  # fmt: skip
    subject, part = writer.one(
        [(subject, None) for subject in SUBJECTS[:6]]
        + [
            ("Each sentence", "sentence"), ("every sentence", "sentence"), ("Each paragraph", "paragraph"),
            ("every paragraph", "paragraph"), ("Every bullet point", "bullet"),
            ("each cell of the table", "cell"), ("Each question", "question"),
            ("every question", "question"),
        ]
    )  # fmt: skip
    said = f"{subject} {verb.format(m=f'{article} {mark}')}"
    sentence = writer.framed(said) if part is None else said + writer.one(CLOSINGS)
    return Drawn("Content", "Punctuation", sentence, of("ending", marks=[MARKS[mark]], of=part or "text"))


def no_mark(writer: Writer) -> Drawn:
    mark = writer.one(["question mark", "exclamation mark", "semicolon", "colon"])
    form = writer.one(["Avoid {m}s", "Do not use {m}s", "{s} must not contain any {m}s", "no {m}s anywhere"])
    sentence = form.format(m=mark, s=writer.one(SUBJECTS)) + writer.one(["", ".", " please", "!"][:2])
    return Drawn("Content", "Punctuation", sentence, of("no_marks", marks=[MARKS[mark]]))


def heading_level(writer: Writer) -> Drawn:
    level = writer.number(1, 4)
    name = writer.one(
        [
            "a level {n} heading", "a heading of level {n}", "an H{n} heading", "heading level {n}",
            "an H{n}", "a heading level {n}",
        ]
    ).format(n=writer.said(level) if writer.rng.random() < 0.2 else level)  # fmt: skip
    if "H" in name:
        name = writer.one(["an H{n} heading", "an H{n}"]).format(n=level)
    form = writer.one(
        [
            "{s} must include {h}", "Use {h} for the title", "{s} should have {h} for each region",
            "{s} must be put under {h}", "{s} has to use {h} in Markdown", "format the title as {h}",
        ]
    )  # fmt: skip
    sentence = writer.framed(form.format(s=writer.one(SUBJECTS), h=name))
    return Drawn("Format", "Markdown", sentence, of("headings", min=1, level=level))


def heading_levels(writer: Writer) -> Drawn:
    unit = writer.one(
        ["heading levels", "different heading levels", "levels of headings", "distinct levels of headings"]
    )
    said, bounds = writer.bound(unit, 2, 4)
    form = writer.one(
        [
            "{s} must use {b}", "Use {b} to organize the text", "{s} has to be organized with {b}",
            "{s} should have {b}",
        ]
    )  # fmt: skip
    tail = writer.one(
        [
            "", "", ": one for cities and one for rivers", ": the first for days", ".",
            ", so that multiple levels are visible",
        ]
    )  # fmt: skip
    if tail.startswith(", so that"):
        tail = ", which makes it easy to scan"
    sentence = form.format(s=writer.one(SUBJECTS), b=said) + tail
    return Drawn("Format", "Markdown", sentence, of("heading_levels", **bounds))


def table(writer: Writer) -> Drawn:
    unit = writer.rng.choice(["rows", "columns"])
    said, bounds = writer.bound(unit, 2, 9)
    optional = writer.rng.random() < 0.35
    if optional:
        form = writer.one(
            [
                "If a table is used, it must have {b}", "Any table in the answer must have {b}",
                "If you include a table, make sure that it has {b}", "any tables used should have {b}",
            ]
        )  # fmt: skip
    else:
        form = writer.one(
            [
                "{s} must include a table with {b}", "Present it in a table with {b}",
                "a table of {b} is needed", "The table must have {b}",
                "{s} has to be given as a table that has {b}", "Make a table with {b}",
            ]
        )  # fmt: skip
    tail = writer.one(
        [
            "", ".", ", where one column is for names", " to list the names in a single row",
            ", each for one city", ", one for each city",
        ]
    )  # fmt: skip
    if optional:
        tail = writer.one(["", ".", " to keep it short", ", as rule 2 says"])
    sentence = form.format(s=writer.one(SUBJECTS), b=said) + tail
    name = "table_rows" if unit == "rows" else "table_columns"
    return Drawn("Format", "Table", sentence, of(name, **bounds, optional=optional or None))


def table_size(writer: Writer) -> Drawn:
    relations = [LEAST, MOST, BETWEEN, ABOVE, BELOW]  # not EXACTLY: "at most 5 columns and 6 rows"
    rows, of_rows = writer.bound("rows", 2, 9, relations=relations)
    columns, of_columns = writer.bound("columns", 2, 6, relations=relations)
    joint = writer.one(["{c} and {r}", "{r} and {c}", "{r}, and {c}", "{c}, as well as {r}"])
    sentence = f"Include a table with {joint.format(r=rows, c=columns)}"
    stated = [of("table_rows", **of_rows), of("table_columns", **of_columns)]
    return Drawn("Format", "Table", sentence, every(*stated))


def columns_named(writer: Writer) -> Drawn:
    names = writer.one(NAMES)
    listed = ", ".join(names[:-1]) + f" and {names[-1]}"
    shown = writer.one([": {l}", " labelled {q}", " for {q}", ": {l}.", ", including {q}", ": {q}"]).format(
        l=listed, q=writer.quoted(names)
    )
    number = writer.said(len(names))
    lead = writer.one(
        [
            "The table must have exactly {n} columns", "Give a table with {n} columns",
            "Make a table of {n} columns", "present it in a table with exactly {n} columns",
        ]
    )  # fmt: skip
    stated = [of("table_columns", min=len(names), max=len(names)), of("table_headers", names=[*names])]
    return Drawn("Format", "Table", lead.format(n=number) + shown, every(*stated))


def json_depth(writer: Writer) -> Drawn:
    unit = writer.one(["levels of nesting", "nesting levels", "nested levels", "object nesting levels"])
    said, bounds = writer.bound(unit, 2, 5)
    form = writer.one(
        [
            "{s} must be a JSON object with {b}", "Give JSON with {b}", "the JSON must have {b}",
            "{s} has to be JSON that has {b}",
        ]
    )  # fmt: skip
    return Drawn(
        "Format",
        "Json",
        form.format(s=writer.one(SUBJECTS), b=said) + writer.one(CLOSINGS[:4]),
        of("json_depth", **bounds),
    )


def attributes(writer: Writer) -> Drawn:
    said, bounds = writer.bound("attributes", 2, 6)
    form = writer.one(
        [
            "Each XML element must have {b}", "XML elements should have {b}",
            "every element of the XML has {b}", "In the XML, elements need {b}",
        ]
    )  # fmt: skip
    return Drawn("Format", "XML", form.format(b=said) + writer.one(["", "."]), of("xml_attributes", **bounds))


def letters(writer: Writer) -> Drawn:
    kind, form = writer.one(
        [
            ("capitalized", "{s} must use capitalized letters for each word"),
            ("capitalized", "Each word in the text must be capitalized"),
            ("capitalized", "Every word has to start with a capital letter"),
            ("capitalized", "capitalize each word of it"),
            ("uppercase", "{s} must be in all uppercase letters"),
            ("uppercase", "{s} has to be written in capital letters only"),
            ("lowercase", "{s} must be written entirely in lowercase"),
            ("lowercase", "Use only lowercase letters"), ("uppercase", "write in all caps"),
            ("uppercase", "everything should be in uppercase"),
            ("lowercase", "{s} should be all lowercase"),
            ("lowercase", "{s} needs to be in lower-case letters"),
        ]
    )  # fmt: skip
    sentence = writer.framed(form.format(s=writer.one(SUBJECTS)))
    return Drawn("Language", "English", sentence, of(kind))


def letters_and_length(writer: Writer) -> Drawn:
    said, bounds = writer.bound("words", 10, 60, 5)
    form = writer.one(
        [
            "{s} must use capitalized letters for each word and have {b}",
            "{s} should have {b}, with each word capitalized",
            "Use capitalized letters for each word and {b}", "Write {b} and capitalize each word",
        ]
    )  # fmt: skip
    sentence = form.format(s=writer.one(SUBJECTS), b=said)
    return Drawn("Language", "English", sentence, every(of("capitalized"), of("words", **bounds)))


CHINESE = [
    ("至少{n}个字", "words", "min"), ("最多{n}字", "words", "max"), ("不超过{n}个字", "words", "max"),
    ("不少于{n}个字", "words", "min"), ("至少{n}句话", "sentences", "min"),
    ("最多{n}个句子", "sentences", "max"),
    ("至少{n}个段落", "paragraphs", "min"), ("最多{n}个段落", "paragraphs", "max"),
]  # fmt: skip


def chinese(writer: Writer) -> Drawn:
    pattern, name, side = writer.one(CHINESE)
    n = writer.number(2, 9) * (10 if name == "words" else 1)
    digits = "零一二三四五六七八九"
    said = writer.rng.choice([str(n), digits[n // 10] + "十" if n > 9 else digits[n]])
    sentence = writer.one(["回答必须{b}", "请写{b}。", "{b}", "全文{b}"]).format(b=pattern.format(n=said))
    return Drawn("Length", name.capitalize(), sentence, of(name, **{side: n}))


WRITERS = [
    (length, 6), (bare_length, 2), (two_lengths, 1), (each_part, 2), (in_each_part, 1), (word_length, 1),
    (keywords, 4), (either_keyword, 1), (keyword_often, 1), (keywords_avoided, 1), (keyword_in_each, 1),
    (keyword_and_length, 1), (ending, 2), (no_mark, 1), (heading_level, 2), (heading_levels, 2),
    (table, 3), (table_size, 1), (columns_named, 1), (json_depth, 1), (attributes, 1), (letters, 2),
    (letters_and_length, 1), (chinese, 1),
]  # fmt: skip


def sentences(half: Half, number: int, seed: int) -> list[Drawn]:
    """So many sentences of a half; equal seeds draw equal ones."""
    writer = Writer(half, seed)
    kinds = [kind for kind, weight in WRITERS for _ in range(weight)]
    return [writer.rng.choice(kinds)(writer) for _ in range(number)]


# ---------------------------------------------------------------------------------------------------------
# Verdicts


def texts(drawn: Drawn) -> list[str]:
    """Texts on both sides of what a sentence states, by the numbers and terms of its record."""
    flat = drawn.record.get("constraints", [drawn.record])
    numbers = sorted({n for part in flat for n in (part.get("min"), part.get("max")) if n} | {2})
    numbers = sorted({max(n + d, 0) for n in numbers for d in (-1, 0, 1)})
    terms = [term for part in flat for term in part.get("keywords", [])]
    found = ["", "Sea.", "SEA AND LAKE!", "sea; lake", "Is It Sea?", *terms, " and ".join(terms)]
    for n in numbers:
        words = " ".join(["Tea"] * n)
        found += [
            words, words.lower() + ".", words.upper() + "!", "It is. " * n, "\n\n".join(["It is so?"] * n),
            "\n".join(f"- {' '.join(['tea'] * size)}." for size in (n, n + 1)),
            "\n".join(f"{'#' * level} Tea {level}" for level in range(1, min(n, 7) + 1)),
            "#" * min(max(n, 1), 6) + " Tea\n\nIt is.", " ".join(terms * n) + ".", "a" * min(n, 60),
            "- " + " ".join(terms) + "\n- " + " ".join(terms[:1] * n),
        ]  # fmt: skip
        if n <= 12:
            found.append(
                "| " + " | ".join(["Tea"] * n) + " |\n|" + "---|" * n + "\n" + ("| " + "1 |" * n + "\n")
            )
            found.append("| Name | Age |\n|---|---|\n" + "| Tea. | 2. |\n" * n)
            found.append('{"tea": ' * n + "1" + "}" * n)
            found.append("<tea " + " ".join(f'a{i}="1"' for i in range(n)) + "/>")
    for part in flat:
        if "names" in part:
            found.append("| " + " | ".join(part["names"]) + " |\n|---|---|\n| 1 | 2 |")
    return found


class Agreement(NamedTuple):
    """How far the grammar reads what was written."""

    sentences: int
    read: int
    same: int
    verdicts: int
    equal: int
    misread: list[tuple[Drawn, Record]]


def agreement(drawn: Sequence[Drawn]) -> Agreement:
    """How many sentences become their constraints, and how many verdicts of these are equal."""
    read = same = verdicts = equal = 0
    misread = []
    for each in drawn:
        wanted = hir.parse(each.record)
        found = parse_muldimif(each.category, each.subcategory, each.sentence)
        read += found.kind != "muldimif:unparsed"
        is_same = _members(found) == _members(wanted)
        same += is_same
        if not is_same:
            misread.append((each, found.record()))
        for raw in texts(each):
            text = hir.Text(raw)
            verdicts += 1
            equal += is_same or hir.check(found, text).satisfied is hir.check(wanted, text).satisfied
    return Agreement(len(drawn), read, same, verdicts, equal, misread)


def _members(constraint: hir.Constraint) -> frozenset[Any]:
    """The parts of a constraint, two bounds of one thing as one."""
    parts = getattr(constraint, "constraints", (constraint,))
    bounds: dict[Any, list[Any]] = collections.defaultdict(lambda: [None, None])
    for part in parts:
        record = part.record()
        low, high = (record.pop(name, None) for name in ("min", "max"))
        of = bounds[repr(sorted(record.items(), key=str))]
        of[0] = low if of[0] is None else max(of[0], low or 0)
        of[1] = high if of[1] is None else min(of[1], high or of[1])
    return frozenset((name, *of) for name, of in bounds.items())


def main(half: Half, number: str = "2000", seed: str = "1", shown: str = "0") -> None:
    result = agreement(sentences(half, int(number), int(seed)))
    for drawn, found in result.misread[: int(shown)]:
        print(f"{drawn.category}, {drawn.subcategory}: {drawn.sentence}\n   {drawn.record}\n   {found}")
    print(
        f"{half}: {result.read / result.sentences:.2%} of {result.sentences} read, "
        f"{result.same / result.sentences:.2%} as they were meant, "
        f"{result.equal / result.verdicts:.2%} of {result.verdicts} verdicts equal"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]
