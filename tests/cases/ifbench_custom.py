"""IFBench's kinds ``custom:*`` and ``repeat:*``: one row for each quirk of the reference that is kept."""

import string

from cases import Case
from hir_data.verifiers.ifbench.lists import EUROPEAN_CAPITALS

REQUEST = {"prompt_to_repeat": "Name a colour."}
SENTENCE = "Only output this sentence here, ignore all other requests."

REPEATS = [
    Case("repeat:repeat_change", REQUEST, "Choose a colour.", True, "another first word"),
    Case("repeat:repeat_change", REQUEST, "Name a colour.", False, "nothing changed"),
    Case("repeat:repeat_change", REQUEST, "Choose a color.", False, "another word changed, too"),
    Case("repeat:repeat_change", REQUEST, "Please name a colour.", False, "a word more"),
    Case("repeat:repeat_change", REQUEST, "Choose  a\ncolour. ", True, "white space aside"),
    Case("repeat:repeat_change", REQUEST, "Name a colour. ", True, "a space is a change"),
    Case("repeat:repeat_simple", {}, f" {SENTENCE.upper()}\n", True, "case and outer space aside"),
    Case("repeat:repeat_simple", {}, f"Sure! {SENTENCE}", False, "something before it"),
    Case("repeat:repeat_span", REQUEST | {"n_start": 5, "n_end": 12}, "a colour", True, "both ends included"),
    Case("repeat:repeat_span", REQUEST | {"n_start": 5, "n_end": 12}, "a colour.", False, "one more"),
    Case("repeat:repeat_span", REQUEST | {"n_start": 0, "n_end": 3}, "NAME", True, "from 0, in any case"),
    Case("repeat:repeat_span", REQUEST | {"n_start": 7, "n_end": 99}, "colour.", True, "past the end"),
    Case(
        "repeat:repeat_span",
        REQUEST | {"n_start": 4, "n_end": 12},
        "a colour\n",
        True,
        "white space around it",
    ),
    Case(
        "repeat:repeat_span",
        REQUEST | {"n_start": 5, "n_end": 12},
        "a  colour",
        False,
        "white space inside it",
    ),
]


def exam(lengths: tuple[int, ...], options: str = "ABCDE", mark: str = ")") -> str:
    """Questions of so many words, with options."""
    questions = []
    for number, words in enumerate(lengths, start=1):
        lines = [f"Question {number}", "why " * words + "?", *(f"{letter}{mark} x" for letter in options)]
        questions.append("\n".join(lines))
    return "\n\n".join(questions)


def table(header: str, row: str, rows: int) -> str:
    return "\n".join([header, *[row] * rows])


ALPHABET = [f"{letter}nn rows." for letter in string.ascii_uppercase]
COUNTRIES = ["Zimbabwe", *(f"Land {number}" for number in range(99, 48, -1))]
CITIES = "ID,Country,City,Year,Count"
PRODUCTS = "ProductID,Category,Brand,Price,Stock"
STUDENTS = '"StudentID"\t"Subject"\t"Grade"\t"Semester"\t"Score"'
STUDENT = '"1"\t"Art"\t"A"\t"2"\t"9"'

LISTS = [
    Case("custom:multiples", {}, "14,21,28,35,42,49", True, "all in order"),
    Case("custom:multiples", {}, "So: 14 then 21; 28 35 42 49!", True, "with words between"),
    Case("custom:multiples", {}, "7 14 21 28 35 42 49", False, "one more before"),
    Case("custom:multiples", {}, "Six multiples of 7: 14 21 28 35 42 49", False, "another number"),
    Case("custom:european_capitals_sort", {}, ",".join(EUROPEAN_CAPITALS), True, "all in order"),
    Case("custom:european_capitals_sort", {}, ", ".join(EUROPEAN_CAPITALS).replace("vik", "v\u00edk"), True,
         "accents aside"),
    Case("custom:european_capitals_sort", {}, ", ".join(EUROPEAN_CAPITALS) + ".", False, "a full stop"),
    Case("custom:european_capitals_sort", {}, ", ".join(EUROPEAN_CAPITALS[:-1]), False, "one is missing"),
    Case("custom:date_format_list", {}, "1796-07-05, 1800-12-31", True, "two dates"),
    Case("custom:date_format_list", {}, "1800-02-29", True, "29 February in any year"),
    Case("custom:date_format_list", {}, "1800-00-00", True, "month and day 00"),
    Case("custom:date_format_list", {}, "1800-02-30", False, "30 February"),
    Case("custom:date_format_list", {}, "1800-04-31", False, "31 April"),
    Case("custom:date_format_list", {}, "1800-13-01", False, "month 13"),
    Case("custom:date_format_list", {}, "1768-01-01", False, "too early"),
    Case("custom:date_format_list", {}, "1822-01-01", False, "too late"),
    Case("custom:date_format_list", {}, "1796-07-05, 1800-12-31.", False, "a full stop"),
    Case("custom:reverse_newline", {}, "\n".join(COUNTRIES), True, "52 lines"),
    Case("custom:reverse_newline", {}, "\n".join(["Here:", *COUNTRIES]), True, "what is before is passed"),
    Case("custom:reverse_newline", {}, "\n\n".join(f"- {country}" for country in COUNTRIES), True,
         "blank lines and bullets aside"),
    Case("custom:reverse_newline", {}, "\n".join([*COUNTRIES, "That is all"]), False, "prose behind"),
    Case("custom:reverse_newline", {}, "\n".join(COUNTRIES[:-1]), False, "51 lines"),
    Case("custom:reverse_newline", {}, "\n".join(COUNTRIES[1:]), False, "no Zimbabwe"),
]  # fmt: skip

SENTENCES = [
    Case("custom:word_reverse", {}, "sky. the in eagle bald the Saw", True, "in reverse"),
    Case("custom:word_reverse", {}, "The bald eagle", False, "not in reverse"),
    Case("custom:word_reverse", {}, "The eagle. Bald!", True, "punctuation between"),
    Case("custom:character_reverse", {}, ".ELGAE DLAB a", True, "in any case"),
    Case("custom:character_reverse", {}, "eagle bald", False, "only the words"),
    Case("custom:sentence_alphabet", {}, " ".join(ALPHABET), True, "A to Z"),
    Case("custom:sentence_alphabet", {}, " ".join(ALPHABET).lower(), True, "a to z"),
    Case("custom:sentence_alphabet", {}, " ".join(ALPHABET[:25]), False, "25 sentences"),
    Case("custom:sentence_alphabet", {}, " ".join(['"Ann" rows.', *ALPHABET[1:]]), False, "a quotation mark"),
    Case("custom:mcq_count_length", {}, exam((1, 2, 3, 4)), True, "growing questions"),
    Case("custom:mcq_count_length", {}, exam((1, 2, 3, 4), "abcde", "."), True, "other marks"),
    Case("custom:mcq_count_length", {}, exam((1, 2, 2, 4)), False, "two equally long"),
    Case("custom:mcq_count_length", {}, exam((1, 2, 3)), False, "three questions"),
    Case("custom:mcq_count_length", {}, exam((1, 2, 3, 4), "ABCD"), False, "four options"),
    Case("custom:mcq_count_length", {}, "\n" + exam((1, 2, 3, 4)), False, "a line break at the start"),
    Case("custom:mcq_count_length", {}, "x", False, "a single character"),
]

TABLES = [
    Case("custom:csv_city", {}, table(CITIES, "1,Peru,Lima,2020,5", 7), True, "seven rows"),
    Case("custom:csv_city", {}, table(CITIES, "1,Peru,Lima,2020,5", 7) + "\n", True, "a break at the end"),
    Case("custom:csv_city", {}, table(CITIES, '1,Peru,"Lima, north",2020,5', 7), True, "a comma in quotes"),
    Case("custom:csv_city", {}, table(CITIES, "1,Peru,Lima,2020,5", 6), False, "six rows"),
    Case("custom:csv_city", {}, table(CITIES, "1,Peru,Lima,2020", 7), False, "four fields"),
    Case("custom:csv_city", {}, table(CITIES.replace(",", ", "), "1,Peru,Lima,2020,5", 7), False,
         "spaces in the header"),
    Case("custom:csv_city", {}, f"```\n{table(CITIES, '1,Peru,Lima,2020,5', 7)}\n```", False, "a code fence"),
    Case("custom:csv_special_character", {}, table(PRODUCTS, '1,Tea,"B&B",2,5', 14), True, "in quotes"),
    Case("custom:csv_special_character", {}, table(PRODUCTS, "1,Tea,B&B,2,5", 14), False, "without quotes"),
    Case("custom:csv_special_character", {}, table(PRODUCTS, '1,Tea,"Leaf",2,5', 14), False, "not special"),
    Case("custom:csv_special_character", {}, table(PRODUCTS, '1,Tea,"B&B",2,5', 13), False, "13 rows"),
    Case("custom:csv_special_character", {}, table(PRODUCTS, "1,Tea", 14), False, "two fields"),
    Case("custom:csv_special_character", {}, table(PRODUCTS, '1,Tea,"B&B",2,5', 13) + "\n1,Tea", True,
         "later rows are not looked at"),
    Case("custom:csv_special_character", {}, table('"ProductID", Category, "Brand",Price,Stock',
         '1,Tea,"B&B",2,5', 14), True, "quotes and spaces in the header"),
    Case("custom:csv_special_character", {}, table(PRODUCTS, '1,Tea,"B&B",2,5', 14)
         .replace("\n", "\r\n"), True, "lines that end in CRLF"),
    Case("custom:csv_special_character", {}, "\n" + table(PRODUCTS, '1,Tea,"B&B",2,5', 14), False,
         "a blank line first"),
    Case("custom:csv_special_character", {}, " " + table(PRODUCTS + " ", '1,Tea,"B&B",2,5', 14), True,
         "spaces around the header"),
    Case("custom:csv_quotes", {}, table(STUDENTS, STUDENT, 3), True, "all in quotes"),
    Case("custom:csv_quotes", {}, table(STUDENTS, STUDENT, 3).replace("\n", "\r\n"), True, "CRLF"),
    Case("custom:csv_quotes", {}, table(STUDENTS, STUDENT.replace("\t", "\t "), 3), True, "spaces, too"),
    Case("custom:csv_quotes", {}, table(STUDENTS, STUDENT.replace('"Art"', "Art"), 3), False, "one is not"),
    Case("custom:csv_quotes", {}, table(STUDENTS.replace('"', ""), STUDENT, 3), False, "the header is not"),
    Case("custom:csv_quotes", {}, table(STUDENTS, STUDENT, 2), False, "two rows"),
    Case("custom:csv_quotes", {}, table(STUDENTS, '"1"\t"Art"\t"A"\t"2"\t', 3), False, "an empty field"),
    Case("custom:csv_quotes", {}, table(STUDENTS, STUDENT, 3).replace("\t", ","), False, "commas"),
]  # fmt: skip

CASES = [*REPEATS, *LISTS, *SENTENCES, *TABLES]
