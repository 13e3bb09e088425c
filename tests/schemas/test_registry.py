"""Kinds are declared, found, read from records and added by plugins."""

import json
import math
import pickle
import sys
from types import SimpleNamespace
from typing import Annotated

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field, create_model

import hir_data as hir
from hir_data.schemas import registry

pytestmark = pytest.mark.usefixtures("own_registry")

KINDS = sorted(hir.kinds())


class Polite(hir.Constraint):
    """The response says a polite word."""

    word: str = "please"

    phrasings = ('Say "{word}".',)

    def check(self, text: hir.Text) -> bool:
        return self.word in text.lower


# Declaring a kind


def test_a_registered_kind_is_known():
    assert hir.register("mine:polite")(Polite) is Polite
    assert hir.lookup("mine:polite") is hir.kinds()["mine:polite"] is Polite
    assert hir.parse({"kind": "mine:polite"}) == Polite()
    assert Polite(word="thanks").record() == {"kind": "mine:polite", "word": "thanks"}
    assert registry.suite(Polite) == __name__


def test_a_taken_id_is_refused():
    with pytest.raises(hir.KindError, match=r"'punctuation:no_comma' is already .*NoComma"):
        hir.register("punctuation:no_comma")(Polite)
    assert hir.lookup("punctuation:no_comma") is not Polite


def test_a_module_may_be_imported_again():
    hir.register("mine:polite")(Polite)
    hir.register("mine:polite")(Polite)
    assert hir.lookup("mine:polite") is Polite


def test_a_phrasing_with_an_unknown_name_is_refused():
    class Short(Polite):
        phrasings = ("Say {word}.", "Say {wrod}.")

    with pytest.raises(hir.KindError, match=r"Short \(mine:short\): a phrasing names 'wrod'"):
        hir.register("mine:short")(Short)


def test_a_phrasing_may_name_a_property():
    class Loud(Polite):
        phrasings = ("Say {loud_word}.",)

        @property
        def loud_word(self) -> str:
            return self.word.upper()

    hir.register("mine:loud")(Loud)
    assert hir.parse({"kind": "mine:loud"}).describe() == "Say PLEASE."


@pytest.mark.parametrize(
    "annotation",
    [
        list,
        list[str],
        dict[str, int],
        set[str],
        Annotated[list[str], Field()],
        list[str] | None,
        tuple[list[str], ...],
    ],
)
def test_a_parameter_that_cannot_be_hashed_is_refused(annotation):
    Listing = create_model("Listing", __base__=Polite, words=(annotation, ...))
    with pytest.raises(hir.KindError, match="words cannot be hashed"):
        hir.register("mine:listing")(Listing)


def test_a_kind_without_a_check_is_refused():
    class Idle(hir.Constraint):
        """Checks nothing."""

    with pytest.raises(hir.KindError, match="needs a check method"):
        hir.register("mine:idle")(Idle)


def test_a_refused_kind_is_not_known():
    class Idle(hir.Constraint):
        """Checks nothing."""

    with pytest.raises(hir.KindError):
        hir.register("mine:idle")(Idle)
    assert "mine:idle" not in hir.kinds()


def test_kinds_are_sorted_and_read_only():
    assert list(hir.kinds()) == KINDS
    assert sum(registry.suite(cls) == "ifeval" for cls in hir.kinds().values()) == 25
    with pytest.raises(TypeError):
        hir.kinds()["mine:polite"] = Polite


@pytest.mark.parametrize(
    ("kind", "suite"),
    [("word_count", "general"), ("keywords:existence", "ifeval"), ("keywords:word_once", "iftrain")],
)
def test_a_kind_belongs_to_a_suite(kind: str, suite: str):
    assert registry.suite(hir.lookup(kind)) == suite


# Reading a record


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("punctuation:no_coma", "did you mean punctuation:no_comma"),
        ("number_words", "did you mean .*length_constraints:number_words"),
        ("wordcount", "did you mean .*word_count"),
        ("%%%", "see 'hir-data kinds'"),
    ],
)
def test_an_unknown_kind_gets_a_hint(kind: str, hint: str):
    for find in (hir.lookup, lambda kind: hir.parse({"kind": kind})):
        with pytest.raises(hir.UnknownKindError, match=hint) as caught:
            find(kind)
        assert repr(kind) in str(caught.value)
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


WORDS = {"kind": "length_constraints:number_words", "relation": "at least", "num_words": 3}
PARAGRAPHS = {"kind": "length_constraints:nth_paragraph_first_word", "num_paragraphs": 2, "nth_paragraph": 2}
PHRASE = {"kind": "copy:repeat_phrase", "phrase": "the red end", "small_n": 1}
SPAN = {"kind": "new:copy_span_idx", "prompt_to_repeat": "Name a colour."}
LETTERS = {"kind": "keywords:letter_frequency", "let_frequency": 3, "let_relation": "at least"}


@pytest.mark.parametrize(
    ("record", "field", "problem"),
    [
        ({}, "kind", "needs the name of its kind"),
        ({"kind": None}, "kind", "needs the name of its kind"),
        ({"kind": 5}, "kind", "needs the name of its kind"),
        ({"kind": "keywords:existence"}, "keywords", "keywords:existence needs this parameter"),
        (WORDS | {"words": 3}, "words", "no such parameter (it has: relation, num_words)"),
        ({"kind": "punctuation:no_comma", "words": 3}, "words", "no such parameter (it has: none)"),
        (WORDS | {"num_words": "3"}, "num_words", "valid integer, not '3'"),
        (WORDS | {"num_words": True}, "num_words", "valid integer, not True"),
        (WORDS | {"num_words": 2.5}, "num_words", "valid integer, not 2.5"),
        (WORDS | {"num_words": math.inf}, "num_words", "not inf"),
        (WORDS | {"num_words": math.nan}, "num_words", "not nan"),
        (WORDS | {"num_words": None}, "num_words", "valid integer, not None"),
        (WORDS | {"num_words": [3]}, "num_words", "valid integer"),
        (WORDS | {"num_words": -1}, "num_words", "greater than or equal to 0, not -1"),
        (WORDS | {"relation": "more than"}, "relation", "'less than' or 'at least', not 'more than'"),
        ({"kind": "keywords:existence", "keywords": "sea"}, "keywords", "valid list, not 'sea'"),
        ({"kind": "keywords:existence", "keywords": []}, "keywords", "at least 1 item"),
        ({"kind": "keywords:existence", "keywords": ["sea", 5]}, "keywords[1]", "valid string, not 5"),
        ({"kind": "keywords:existence", "keywords": ["sea", "("]}, "keywords[1]", "not a regular expression"),
        ({"kind": "keywords:forbidden_words", "forbidden_words": []}, "forbidden_words", "at least 1 item"),
        ({"kind": "keywords:frequency", "keyword": 5}, "keyword", "valid string, not 5"),
        (LETTERS | {"letter": "ab"}, "letter", "at most 1 character"),
        (LETTERS | {"letter": ""}, "letter", "at least 1 character"),
        ({"kind": "language:response_language", "language": "xx"}, "language", "'xx' (known: af, ar,"),
        (PARAGRAPHS | {"first_word": "a", "nth_paragraph": 3}, None, "nth_paragraph is 3 of 2 paragraphs"),
        (PARAGRAPHS | {"first_word": "a", "nth_paragraph": 0}, "nth_paragraph", "greater than or equal to 1"),
        (PHRASE | {"phrase": " "}, "phrase", "a phrase needs words"),
        (PHRASE | {"phrase": "(an open end"}, "phrase", "not a regular expression"),
        (PHRASE | {"small_n": 0}, "small_n", "greater than or equal to 1, not 0"),
        (SPAN | {"n_start": -1, "n_end": 4}, "n_start", "greater than or equal to 0, not -1"),
        (SPAN | {"n_start": 6, "n_end": 6}, None, "prompt_to_repeat has nothing between 6 and 6"),
        (SPAN | {"n_start": 4, "n_end": 5}, None, "prompt_to_repeat has nothing between 4 and 5"),
        (SPAN | {"n_start": 14, "n_end": 20}, None, "prompt_to_repeat has nothing between 14 and 20"),
        ({"kind": "first_word:first_word_sent", "first_word": []}, "first_word", "valid string, not ()"),
        ({"kind": "last_word:last_word_sent", "last_word": [5]}, "last_word", "valid string, not 5"),
        ({"kind": "last_word:last_word_answer", "last_word": ""}, "last_word", "at least 1 character"),
        ({"kind": "keywords:word_once", "keyword": ""}, "keyword", "at least 1 character"),
        ({"kind": "word_count"}, None, "word_count: give min, max or both"),
        ({"kind": "word_count", "min": None, "max": None}, None, "word_count: give min, max or both"),
        ({"kind": "word_count", "min": 3, "max": 2}, None, "min is 3 and max only 2"),
        ({"kind": "word_count", "min": 1, "unit": "byte"}, "unit", "not 'byte'"),
        ({"kind": "contains", "text": ""}, "text", "at least 1 character"),
        ({"kind": "contains", "text": "a", "ignore_case": 1}, "ignore_case", "valid boolean, not 1"),
        ({"kind": "matches", "pattern": "("}, "pattern", "not a regular expression"),
        ({"kind": "json", "json_schema": "{"}, "json_schema", "not JSON"),
        ({"kind": "json", "json_schema": [1]}, "json_schema", "not a JSON Schema"),
        ({"kind": "json", "json_schema": {"type": "text"}}, "json_schema", "not a JSON Schema: 'text'"),
    ],
)
def test_a_record_that_does_not_fit_names_the_field_and_the_problem(record, field, problem: str):
    with pytest.raises(hir.RecordError) as caught:
        hir.parse(record)
    assert caught.value.field == field
    assert problem in caught.value.problem
    assert str(caught.value) == (f"{field}: " if field else "") + caught.value.problem


@pytest.mark.parametrize("schema", [5, "5", "null", {"$schema": 5}, {"$schema": []}])
def test_a_schema_that_is_no_object_is_a_record_error(schema):
    with pytest.raises(hir.RecordError):
        hir.parse({"kind": "json", "json_schema": schema})


@pytest.mark.parametrize(
    ("written", "read"), [(3, 3), (3.0, 3), (0, 0), (0.0, 0), (-0.0, 0), (1e6, 1_000_000)]
)
def test_a_whole_number_is_an_integer_and_is_kept(written, read: int):
    constraint = hir.parse(WORDS | {"num_words": written})
    assert constraint.num_words == read
    assert type(constraint.num_words) is int
    assert json.dumps(constraint.record()["num_words"]) == str(read)


def test_an_open_bound_is_not_written_and_a_zero_is():
    assert hir.parse({"kind": "word_count", "min": None, "max": 0.0}).record() == {
        "kind": "word_count",
        "max": 0,
        "unit": "word",
    }


def test_a_list_is_a_tuple():
    listed = hir.parse({"kind": "keywords:existence", "keywords": ["sea", "tide"]})
    assert listed.keywords == ("sea", "tide")
    assert listed == hir.parse({"kind": "keywords:existence", "keywords": ("sea", "tide")})
    assert listed.record()["keywords"] == ["sea", "tide"]


def test_reading_leaves_the_record_alone():
    record = dict(WORDS)
    hir.parse(record)
    assert record == WORDS


def test_constraints_are_frozen_values():
    constraint = hir.parse(WORDS)
    assert {constraint: 1}[hir.parse(WORDS)] == 1
    assert constraint != hir.parse(WORDS | {"num_words": 4})
    with pytest.raises(ValueError, match="frozen"):
        constraint.num_words = 4


def test_kinds_with_the_same_parameters_differ():
    assert hir.parse({"kind": "starts_with", "text": "a"}) != hir.parse({"kind": "ends_with", "text": "a"})


# JSON Schema


@pytest.mark.parametrize("kind", KINDS)
def test_the_json_schema_of_a_kind_takes_its_records_only(kind: str):
    record = {"kind": kind, **hir.lookup(kind).example.parameters}
    schema = hir.json_schema(kind)
    Draft202012Validator.check_schema(schema)
    fits = Draft202012Validator(schema).is_valid
    assert fits(record)
    assert fits(json.loads(json.dumps(hir.parse(record).record())))
    assert not fits(record | {"surplus": 1})
    assert not fits(record | {"kind": "other"})
    assert not fits({name: value for name, value in record.items() if name != "kind"})


def test_the_json_schema_of_all_kinds_takes_each_of_them():
    schema = hir.json_schema()
    Draft202012Validator.check_schema(schema)
    fits = Draft202012Validator(schema).is_valid
    assert [kind for kind in KINDS if not fits({"kind": kind, **hir.lookup(kind).example.parameters})] == []
    assert not fits({"kind": "nothing:known"})
    with pytest.raises(hir.UnknownKindError):
        hir.json_schema("nothing:known")


# A constraint as a field


class Shelf(BaseModel):
    constraint: hir.AnyConstraint
    others: tuple[hir.AnyConstraint, ...] = ()


def test_a_field_takes_constraints_of_any_kind():
    shelf = Shelf(constraint=WORDS, others=[hir.parse(PARAGRAPHS | {"first_word": "a"}), {"kind": "json"}])
    assert shelf.constraint == hir.parse(WORDS)
    assert [constraint.kind for constraint in shelf.others] == [PARAGRAPHS["kind"], "json"]
    assert shelf.model_dump(mode="json")["constraint"] == WORDS
    assert shelf.model_dump(mode="json")["others"][1] == {"kind": "json"}
    assert Shelf.model_validate_json(shelf.model_dump_json()) == shelf


def test_a_field_refuses_what_is_no_constraint():
    with pytest.raises(ValueError, match="constraint"):
        Shelf(constraint="punctuation:no_comma")
    with pytest.raises(hir.RecordError, match="num_words"):
        Shelf(constraint={"kind": "length_constraints:number_words", "relation": "at least"})
    with pytest.raises(hir.UnknownKindError):
        Shelf(constraint={"kind": "nothing:known"})


# Plugins

PLUGIN = '''
import hir_data as hir


@hir.register("{kind}")
class Polite(hir.Constraint):
    """The response says please."""

    phrasings = ("Say please.",)

    def check(self, text: hir.Text) -> bool:
        return "please" in text.lower
'''


def write_plugin(folder, name: str = "polite_plugin", kind: str = "plugin:polite", also: str = "") -> str:
    path = folder / f"{name}.py"
    path.write_text(PLUGIN.replace("{kind}", kind) + also, encoding="utf-8")
    return str(path)


def says_please(kind: str) -> bool | None:
    return hir.check(hir.parse({"kind": kind}), hir.Text("Please sit.")).satisfied


def test_a_plugin_can_be_a_file(tmp_path):
    path = write_plugin(tmp_path)
    hir.load_plugin(path)
    assert says_please("plugin:polite")
    assert registry.plugins()[-1] == path


def test_a_plugin_can_be_a_module(tmp_path, monkeypatch):
    write_plugin(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    hir.load_plugin("polite_plugin")
    assert says_please("plugin:polite")
    assert registry.plugins()[-1] == "polite_plugin"
    assert registry.suite(hir.lookup("plugin:polite")) == "polite_plugin"


def test_a_plugin_is_loaded_once(tmp_path):
    path = write_plugin(tmp_path)
    hir.load_plugin(path)
    first = hir.lookup("plugin:polite")
    hir.load_plugin(path)
    assert hir.lookup("plugin:polite") is first
    assert registry.plugins().count(path) == 1


def test_a_constraint_of_a_plugin_file_can_be_pickled(tmp_path):
    hir.load_plugin(write_plugin(tmp_path))
    constraint = hir.parse({"kind": "plugin:polite"})
    assert pickle.loads(pickle.dumps(constraint)) == constraint


@pytest.mark.parametrize(
    ("source", "problem"),
    [("nowhere_plugin.py", "there is no such file"), ("nowhere_plugin", "No module named 'nowhere_plugin'")],
)
def test_a_plugin_that_does_not_exist(source: str, problem: str):
    with pytest.raises(hir.KindError, match=problem):
        hir.load_plugin(source)
    assert source not in registry.plugins()


@pytest.mark.parametrize(
    ("kind", "also", "problem"),
    [
        ("plugin:polite", "\n1 / 0\n", "ZeroDivisionError: division by zero"),
        ("plugin:polite", "\ndef (:\n", "SyntaxError"),
        ("punctuation:no_comma", "", "'punctuation:no_comma' is already"),
        ("plugin:polite", '\nhir.register("plugin:idle")(hir.Constraint)\n', "needs a check method"),
    ],
)
def test_a_plugin_that_is_wrong(tmp_path, kind: str, also: str, problem: str):
    path = write_plugin(tmp_path, kind=kind, also=also)
    for _ in range(2):  # it stays wrong when it is tried again
        with pytest.raises(hir.KindError, match=problem):
            hir.load_plugin(path)
    assert path not in registry.plugins()
    assert not [name for name in sys.modules if name.endswith("polite_plugin")]


def install(monkeypatch, *entries: tuple[str, str]) -> None:
    """Pretend that packages are installed which declare these entry points: name, module."""
    found = [SimpleNamespace(name=name, value=value) for name, value in entries]
    monkeypatch.setattr(registry, "_entry_points", lambda: iter(found))


def test_an_installed_package_adds_kinds(tmp_path, monkeypatch):
    write_plugin(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    install(monkeypatch, ("polite", "polite_plugin"))
    assert says_please("plugin:polite")
    assert "plugin:polite" in hir.kinds()
    assert registry.plugins().count("polite_plugin") == 1


def test_an_installed_package_that_is_wrong(monkeypatch):
    install(monkeypatch, ("polite", "nowhere_plugin"))
    with pytest.raises(hir.KindError, match="nowhere_plugin"):
        hir.kinds()


def test_two_installed_packages_may_use_the_same_name(tmp_path, monkeypatch):
    write_plugin(tmp_path, "first_plugin", "plugin:first")
    write_plugin(tmp_path, "second_plugin", "plugin:second")
    monkeypatch.syspath_prepend(tmp_path)
    install(monkeypatch, ("constraints", "first_plugin"), ("constraints", "second_plugin"))
    assert says_please("plugin:first")
    assert says_please("plugin:second")


def test_two_plugin_files_may_not_take_the_same_id(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    hir.load_plugin(write_plugin(tmp_path / "a"))
    with pytest.raises(hir.KindError, match="already"):
        hir.load_plugin(write_plugin(tmp_path / "b"))


def test_kinds_without_parameters_have_hashes_of_their_own():
    """Equal ones would make every table of constraints slow."""
    bare = [cls() for cls in hir.kinds().values() if not cls.model_fields]
    assert len(bare) > 30
    assert len(set(map(hash, bare))) == len(bare)
