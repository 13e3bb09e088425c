"""IFBench's kinds that each belong to one prompt: ``custom:*``."""

import csv
import io
import itertools
import re
import string
from collections.abc import Sequence
from typing import ClassVar

from hir_data.schemas.claims import Boundary, Claim, ContainsText, Count, WholeFormat
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.registry import register
from hir_data.text.normal import normalized
from hir_data.text.text import Text
from hir_data.verifiers.compare import count, exactly, quoted, share, shared_start
from hir_data.verifiers.ifbench.lists import EUROPEAN_CAPITALS

_EDGES = string.punctuation + " "
_NUMBER = re.compile(r"\d+")
_MULTIPLES = ["14", "21", "28", "35", "42", "49"]
_QUESTION = re.compile(r"(?:(?<!\n)\n+)?(?:Question \d+[.|):;]?\s*)")
_OPTION = re.compile(r"[A-Ea-e][.|)]\s*\w+")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_SPECIAL = re.compile(r"[^\w\s]")


def _header(fields: str, separator: str) -> re.Pattern[str]:
    """The first line of a table; each field may stand in quotes, and behind spaces."""
    return re.compile(f"{separator}[ \t]*".join(f'"?{field}"?' for field in fields.split()))


_PRODUCTS = _header("ProductID Category Brand Price Stock", ",")
_STUDENTS = _header("StudentID Subject Grade Semester Score", "\t")


def _plain(text: str) -> str:
    """The text in ASCII: letters without their accents, the rest left out."""
    return normalized(text, "NFKD").encode("ascii", "ignore").decode()


def _first_line(text: Text) -> str:
    """Without the white space around it, the carriage return of a CRLF among it."""
    return text.raw.partition("\n")[0].strip()


def _rows(text: str, delimiter: str = ",") -> list[list[str]]:
    """The rows of a table; a blank line is an empty one. No rows where it is no table."""
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error:
        return []


def _has_special_in_quotes(field: str) -> bool:
    """Whether a field begins with a quotation mark, and a sign follows on its line before another one."""
    inner, mark, _ = field.partition("\n")[0][1:].rpartition('"')
    return field.startswith('"') and bool(mark) and _SPECIAL.search(inner) is not None


class _OfOnePrompt(Constraint):
    """Made for one prompt, whose question it belongs to."""

    composable = False
    no_hindsight = "its prompt asks for nothing else"


@register("custom:multiples")
class Multiples(_OfOnePrompt):
    """The numbers are the multiples of 7 from 14 to 49, in order."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "List the multiples of 7 from 14 to 49 in order and use no other numbers.",
        "The only numbers in your answer should be 14, 21 and so on by sevens up to 49.",
    )
    example: ClassVar[Example] = Example({}, "14, 21, 28, 35, 42, 49", "7, 14, 21, 28, 35, 42, 49")

    def check(self, text: Text) -> Verdict:
        found = _NUMBER.findall(text.raw)
        return Verdict(found == _MULTIPLES, f"found {quoted(' '.join(found))}")

    def nearness(self, text: Text) -> float:
        return shared_start(_NUMBER.findall(text.raw), _MULTIPLES)

    def claims(self) -> Sequence[Claim]:
        return [*map(ContainsText, _MULTIPLES)]


@register("custom:mcq_count_length")
class McqCountLength(_OfOnePrompt):
    """There are four questions with five options each, every question longer than the one before."""

    phrasings: ClassVar[tuple[str, ...]] = (
        'Write four multiple-choice questions, headed "Question 1" and so on, with five options A) to E) '
        "each, and make each question longer than the one before.",
        'Your answer starts with "Question 1" and has 4 questions of growing length, each followed by the '
        "options A to E.",
    )
    example: ClassVar[Example] = Example(
        {},
        "\n".join(f"Question {n}\n{'Why ' * n}so?\nA) a\nB) b\nC) c\nD) d\nE) e" for n in (1, 2, 3, 4)),
        "\n".join(f"Question {n}\nWhy so?\nA) a\nB) b\nC) c\nD) d\nE) e" for n in (1, 2, 3, 4)),
    )

    def check(self, text: Text) -> Verdict:
        if not text.raw.startswith("Question"):
            return Verdict(False, 'does not start with "Question"')
        parts = [part for part in _QUESTION.split(text.raw) if part.strip()]
        if len(parts) != 4:
            return Verdict(False, f"found {count(len(parts), 'question')}, wanted 4")
        lengths = []
        for number, part in enumerate(parts, start=1):
            lines = [line.strip() for line in part.split("\n")]
            options = [index for index, line in enumerate(lines) if _OPTION.match(line)]
            if len(options) != 5:
                return Verdict(False, f"question {number} has {count(len(options), 'option')}, wanted 5")
            lengths.append(len(" ".join(lines[: options[0]]).strip()))
        grows = all(one < other for one, other in itertools.pairwise(lengths))
        return Verdict(grows, f"the questions have {', '.join(map(str, lengths))} characters")

    def claims(self) -> Sequence[Claim]:
        return [Boundary("start", "Question", cased=True)]


@register("custom:reverse_newline")
class ReverseNewline(_OfOnePrompt):
    """From "Zimbabwe" on, at least 52 lines in reverse alphabetical order."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "List the countries of Africa in reverse alphabetical order, one per line, and write nothing after "
        "the list.",
        "One African country per line, from Zimbabwe back to Algeria, to the end of your answer.",
    )
    example: ClassVar[Example] = Example(
        {},
        "\n".join(["Zimbabwe", *(f"Land {number}" for number in range(99, 40, -1))]),
        "\n".join(["Zimbabwe", *(f"Land {number}" for number in range(41, 100))]),
    )

    def check(self, text: Text) -> Verdict:
        stripped = (line.strip(_EDGES) for line in text.raw.split("\n"))
        lines = [_plain(line) for line in stripped if line]
        start = next((index for index, line in enumerate(lines) if "Zimbabwe" in line), None)
        if start is None:
            return Verdict(False, "there is no Zimbabwe")
        countries = lines[start:]
        if len(countries) < 52:
            return Verdict(
                False, f"found {count(len(countries), 'line')} from Zimbabwe on, wanted at least 52"
            )
        ordered = countries == sorted(countries, reverse=True)
        return Verdict(ordered, f"the lines are {'' if ordered else 'not '}in reverse alphabetical order")

    def claims(self) -> Sequence[Claim]:
        return [Count("paragraphs line", 52)]


@register("custom:word_reverse")
class WordReverse(_OfOnePrompt):
    """Read from the last word to the first, the text says "bald eagle"."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Name the bald eagle, and write your sentence with its words in reverse order.",
        "Your answer mentions the bald eagle and has all its words in reverse order.",
    )
    example: ClassVar[Example] = Example({}, ".bird big a is eagle bald The", "The bald eagle is a big bird.")

    def check(self, text: Text) -> Verdict:
        found = "bald eagle" in " ".join(reversed(text.bare_words))
        return Verdict(found, f"{'found' if found else 'did not find'} the words in reverse")


@register("custom:character_reverse")
class CharacterReverse(_OfOnePrompt):
    """The letters of "bald eagle" occur in reverse."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Name the bald eagle, and write your answer with all characters in reverse order.",
        "Your answer mentions the bald eagle and is spelled backwards, letter by letter.",
    )
    claims_are_exact = True
    example: ClassVar[Example] = Example({}, ".drib gib a si elgae dlab ehT", "The bald eagle is a big bird.")

    def check(self, text: Text) -> Verdict:
        found = "elgae dlab" in text.lower
        return Verdict(found, f'{"found" if found else "did not find"} "elgae dlab"')

    def claims(self) -> Sequence[Claim]:
        return [ContainsText("elgae dlab")]


@register("custom:sentence_alphabet")
class SentenceAlphabet(_OfOnePrompt):
    """There are 26 sentences, which start with the letters of the alphabet in order."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write 26 sentences, the first starting with A, the second with B, and so on to Z.",
        "The first letters of your 26 sentences should run through the alphabet.",
    )
    example: ClassVar[Example] = Example(
        {},
        " ".join(f"{letter}nn rows." for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        " ".join(f"{letter}nn rows." for letter in "BACDEFGHIJKLMNOPQRSTUVWXYZ"),
    )

    def check(self, text: Text) -> Verdict:
        if len(text.sentences) != 26:
            return Verdict(False, f"found {count(len(text.sentences), 'sentence')}, wanted 26")
        # A quotation mark before the letter counts as the first character.
        for letter, sentence in zip("abcdefghijklmnopqrstuvwxyz", text.sentences, strict=True):
            if sentence.strip()[:1].lower() != letter:
                return Verdict(False, f"{quoted(sentence.strip())} should start with {letter}")
        return Verdict(True, "the sentences follow the alphabet")

    def nearness(self, text: Text) -> float:
        initials = [sentence.strip()[:1].lower() for sentence in text.sentences]
        return shared_start(initials, string.ascii_lowercase)

    def claims(self) -> Sequence[Claim]:
        return [Count("sentences", 26, 26)]


@register("custom:european_capitals_sort")
class EuropeanCapitalsSort(_OfOnePrompt):
    """The response is a list of 27 capitals of Europe from north to south, divided by commas."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "List the capitals of Europe north of 45 degrees from north to south, divided by commas, and "
        "nothing else.",
        "Write only a comma-separated list of European capitals, by latitude from Reykjavik to Zagreb.",
    )
    example: ClassVar[Example] = Example(
        {}, ", ".join(EUROPEAN_CAPITALS), ", ".join(sorted(EUROPEAN_CAPITALS))
    )

    def check(self, text: Text) -> Verdict:
        found = [city.strip() for city in _plain(text.raw).split(",") if city.strip()]
        same = tuple(found) == EUROPEAN_CAPITALS  # so a full stop at the end fails
        return Verdict(
            same, f"found {count(len(found), 'name')}{'' if same else ', not the ones wanted in order'}"
        )

    def nearness(self, text: Text) -> float:
        return shared_start([city.strip() for city in _plain(text.raw).split(",")], EUROPEAN_CAPITALS)

    def claims(self) -> Sequence[Claim]:
        return [WholeFormat("a list of capitals")]  # the commas may be those of Chinese


@register("custom:csv_city")
class CsvCity(_OfOnePrompt):
    """The response is a table of seven cities in CSV, with the columns ID, Country, City, Year and Count."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write CSV with the columns ID, Country, City, Year and Count and seven rows of data, and nothing "
        "else.",
        "Your answer is a CSV file: the header ID,Country,City,Year,Count and 7 rows.",
    )
    example: ClassVar[Example] = Example(
        {},
        "ID,Country,City,Year,Count" + "\n1,Peru,Lima,2020,5" * 7,
        "ID,Country,City,Year,Count" + "\n1,Peru,Lima,2020,5" * 6,
    )

    def check(self, text: Text) -> Verdict:
        rows = _rows(text.raw)  # a code fence or a blank line is a row too
        if len(rows) != 8:
            return Verdict(False, f"found {count(len(rows), 'row')}, wanted 8")
        if rows[0] != ["ID", "Country", "City", "Year", "Count"]:
            return Verdict(False, f"the header is {quoted(','.join(rows[0]))}")
        return exactly(sum(1 for row in rows if len(row) == 5), 8, "row of five fields")

    def nearness(self, text: Text) -> float:
        """The share of rows that fit, of those that there are and those that there should be."""
        rows = _rows(text.raw)
        return sum(len(row) == 5 for row in rows) / max(len(rows), 8)

    def claims(self) -> Sequence[Claim]:
        return [WholeFormat("a table of cities"), ContainsText(",", times=32)]


@register("custom:csv_special_character")
class CsvSpecialCharacter(_OfOnePrompt):
    """The response is a table of 14 products in CSV, with a special character in a field in quotes."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write CSV with the columns ProductID, Category, Brand, Price and Stock and 14 rows of data, one "
        "field of which has a special character and stands in double quotes.",
        "Your answer is a CSV file: the header ProductID,Category,Brand,Price,Stock, 14 rows, and in one of "
        "them a quoted field with a special character.",
    )
    example: ClassVar[Example] = Example(
        {},
        'ProductID,Category,Brand,Price,Stock\n1,Tea,"B&B",2,5' + "\n2,Tea,Leaf,3,4" * 13,
        "ProductID,Category,Brand,Price,Stock\n1,Tea,Leaf,2,5" + "\n2,Tea,Leaf,3,4" * 13,
    )

    def check(self, text: Text) -> Verdict:
        if not _PRODUCTS.fullmatch(_first_line(text)):
            return Verdict(False, "the header is not the one wanted")
        rows = _rows(text.raw.replace('"', '"""'))  # so that quotes are kept
        if len(rows) != 15:
            return Verdict(False, f"found {count(len(rows), 'row')}, wanted 15")
        for row in rows:  # those behind the first special character are not looked at
            if len(row) != 5:
                return Verdict(False, f"found a row of {count(len(row), 'field')}, wanted 5")
            if any(map(_has_special_in_quotes, row)):
                return Verdict(True, "found a special character in quotes")
        return Verdict(False, "found no special character in quotes")

    def nearness(self, text: Text) -> float:
        rows = _rows(text.raw)
        return sum(len(row) == 5 for row in rows) / max(len(rows), 15)

    def claims(self) -> Sequence[Claim]:
        return [WholeFormat("a table of products")]


@register("custom:csv_quotes")
class CsvQuotes(_OfOnePrompt):
    """The response is a table of three students, divided by tabs, with each field in quotes."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write a table with tabs between the columns StudentID, Subject, Grade, Semester and Score and three "
        "rows of data, and put every field into double quotes.",
        "Your answer is a tab-separated file with the header StudentID, Subject, Grade, Semester, Score and "
        "3 rows, each field in double quotes.",
    )
    example: ClassVar[Example] = Example(
        {},
        "\n".join(
            ['"StudentID"\t"Subject"\t"Grade"\t"Semester"\t"Score"', *['"1"\t"Art"\t"A"\t"2"\t"9"'] * 3]
        ),
        "\n".join(['"StudentID"\t"Subject"\t"Grade"\t"Semester"\t"Score"', *["1\tArt\tA\t2\t9"] * 3]),
    )

    def check(self, text: Text) -> Verdict:
        if not _STUDENTS.fullmatch(_first_line(text)):
            return Verdict(False, "the header is not the one wanted")
        rows = _rows(text.raw.replace('"', '"""'), "\t")  # so that quotes are kept
        if len(rows) != 4:
            return Verdict(False, f"found {count(len(rows), 'row')}, wanted 4")
        for row in rows:
            if len(row) != 5:
                return Verdict(False, f"found a row of {count(len(row), 'field')}, wanted 5")
            bare = [field for field in map(str.strip, row) if not (field[:1] == field[-1:] == '"')]
            if bare:
                return Verdict(False, f"{quoted(bare[0])} is not in quotes")
        return Verdict(True, "each field is in quotes")

    def nearness(self, text: Text) -> float:
        rows = [line.split("\t") for line in text.stripped.split("\n")]
        quoted = (all(field[:1] == field[-1:] == '"' for field in row) and len(row) == 5 for row in rows)
        return sum(quoted) / max(len(rows), 4)

    def claims(self) -> Sequence[Claim]:
        return [WholeFormat("a table of students")]


@register("custom:date_format_list")
class DateFormatList(_OfOnePrompt):
    """The response is a list of dates between 1769 and 1821, as 1800-12-31, divided by commas."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "List dates of Napoleon's life in the form YYYY-MM-DD, separated by commas, and nothing else.",
        "Write only dates from 1769 to 1821, like 1805-12-02, with commas between them.",
    )
    example: ClassVar[Example] = Example({}, "1796-07-05, 1800-12-31", "5 July 1796, 1800-12-31")

    def check(self, text: Text) -> Verdict:
        dates = [date.strip() for date in text.raw.strip().split(",")]
        wrong = [date for date in dates if not _is_date(date)]
        return Verdict(
            not wrong, f"{quoted(wrong[0])} is no date" if wrong else f"found {count(len(dates), 'date')}"
        )

    def nearness(self, text: Text) -> float:
        return share(_is_date(date.strip()) for date in text.raw.strip().split(","))

    def claims(self) -> Sequence[Claim]:
        return [WholeFormat("a list of dates")]


def _is_date(date: str) -> bool:
    """Whether it is a date as wanted; the month and the day may be 00, and every February has 29 days."""
    found = _DATE.fullmatch(date)
    if not found:
        return False
    year, month, day = map(int, found.groups())
    days = 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
    return 1769 <= year <= 1821 and month <= 12 and day <= days
