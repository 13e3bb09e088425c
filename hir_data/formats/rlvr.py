"""The older data of open-instruct (RLVR-IFeval): one constraint a prompt, which names a function.

``{"messages", "ground_truth": '{"func_name": ..., "N": ..., ...}', "dataset", "constraint_type",
"constraint"}``, where the arguments of all other functions are null. A function is read as the kind that
its name and its arguments ask for; the verdict is that of the kind.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from hir_data.errors import RecordError
from hir_data.formats.fields import JsonObject, shown
from hir_data.schemas import registry
from hir_data.schemas.constraint import Constraint
from hir_data.verifiers.compose import AllOf, AnyOf
from hir_data.verifiers.general.text import Contains


class _Function(NamedTuple):
    """The kind for a function.

    Attributes:
        kind: its id.
        arguments: our parameter for each argument.
        bound: the parameter that is ``N``, where it is compared by a quantifier.
        relation: the parameter that says how.
    """

    kind: str
    arguments: Mapping[str, str] = {}
    bound: str = ""
    relation: str = "relation"


_FUNCTIONS = {
    "verify_keywords": _Function("keywords:existence", {"keyword_list": "keywords"}),
    "verify_keyword_frequency": _Function("keywords:frequency", {"word": "keyword"}, "frequency"),
    "validate_forbidden_words": _Function("keywords:forbidden_words", {"forbidden_words": "forbidden_words"}),
    "verify_letter_frequency": _Function(
        "keywords:letter_frequency", {"letter": "letter"}, "let_frequency", "let_relation"
    ),
    "validate_response_language": _Function("language:response_language", {"language": "language"}),
    "verify_paragraph_count": _Function("length_constraints:number_paragraphs", {"N": "num_paragraphs"}),
    "validate_word_constraint": _Function("length_constraints:number_words", {}, "num_words"),
    "verify_sentence_constraint": _Function("length_constraints:number_sentences", {}, "num_sentences"),
    "validate_paragraphs": _Function(
        "length_constraints:nth_paragraph_first_word",
        {"N": "num_paragraphs", "first_word": "first_word", "i": "nth_paragraph"},
    ),
    "verify_postscript": _Function(
        "detectable_content:postscript", {"postscript_marker": "postscript_marker"}
    ),
    "validate_placeholders": _Function("detectable_content:number_placeholders", {"N": "num_placeholders"}),
    "verify_bullet_points": _Function("detectable_format:number_bullet_lists", {"N": "num_bullets"}),
    "validate_title": _Function("detectable_format:title"),
    "validate_highlighted_sections": _Function(
        "detectable_format:number_highlighted_sections", {"N": "num_highlights"}
    ),
    "validate_sections": _Function(
        "detectable_format:multiple_sections", {"section_splitter": "section_spliter", "N": "num_sections"}
    ),
    "validate_json_format": _Function("detectable_format:json_format"),
    "validate_repeat_prompt": _Function("combination:repeat_prompt", {"original_prompt": "prompt_to_repeat"}),
    "validate_two_responses": _Function("combination:two_responses"),
    "validate_uppercase": _Function("change_case:english_capital"),
    "validate_lowercase": _Function("change_case:english_lowercase"),
    "validate_frequency_capital_words": _Function(
        "change_case:capital_word_frequency", {}, "capital_frequency", "capital_relation"
    ),
    "validate_end": _Function("startend:end_checker", {"end_phrase": "end_phrase"}),
    "validate_quotation": _Function("startend:quotation"),
    "validate_no_commas": _Function("punctuation:no_comma"),
}


def constraint_of(truth: JsonObject) -> Constraint:
    """The constraint that a ground truth with a ``func_name`` asks for.

    Raises:
        RecordError: the function is not known, or an argument is missing or wrong.
    """
    name = truth["func_name"]
    if name == "validate_choice":
        return _choice(truth)
    function = _FUNCTIONS.get(name) if isinstance(name, str) else None
    if function is None:
        known = ", ".join([*_FUNCTIONS, "validate_choice"])
        raise RecordError(
            f"there is no function {shown(name)} of RLVR-IFeval; there are {known}", field="func_name"
        )
    given = {ours: _argument(truth, theirs) for theirs, ours in function.arguments.items()}
    if not function.bound:
        return _built(function, given)
    least, most = _bounds(truth)
    limits = (
        [_built(function, given | {function.bound: least, function.relation: "at least"})] if least else []
    )
    if most is not None:
        limits.append(_built(function, given | {function.bound: most + 1, function.relation: "less than"}))
    return limits[0] if len(limits) == 1 else AllOf(constraints=tuple(limits))


def _argument(truth: JsonObject, name: str) -> Any:
    if truth.get(name) is None:
        raise RecordError(f"{truth['func_name']} needs this argument", field=name)
    return truth[name]


def _bounds(truth: JsonObject) -> tuple[int, int | None]:
    """The least and the most that ``N`` and its quantifier allow; without a quantifier it is exact."""
    number = _argument(truth, "N")
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise RecordError(f"has to be a number, 0 or more, not {shown(number)}", field="N")
    match truth.get("quantifier"):
        case None:
            return number, number
        case "at least":
            return max(number, 1), None
        case "at most":
            return 0, number
        case "around":
            near = max(round(number / 10), 1)
            return max(number - near, 0), number + near
        case other:
            raise RecordError(
                f'has to be "at least", "at most" or "around", not {shown(other)}', field="quantifier"
            )


def _built(function: _Function, parameters: dict[str, Any]) -> Constraint:
    try:
        return registry.build(function.kind, parameters)
    except RecordError as error:  # named as the record names it
        theirs = {ours: name for name, ours in function.arguments.items()}
        ours = (error.field or "").partition("[")[0]
        raise RecordError(error.problem, field=theirs.get(ours, error.field)) from None


def _choice(truth: JsonObject) -> Constraint:
    options = _argument(truth, "options")
    if not isinstance(options, list | tuple) or not options or not all(options):
        raise RecordError(f"has to be a list of strings, not {shown(options)}", field="options")
    if not all(isinstance(option, str) for option in options):
        raise RecordError(f"has to be a list of strings, not {shown(options)}", field="options")
    allowed = [Contains(text=option) for option in options]
    return allowed[0] if len(allowed) == 1 else AnyOf(constraints=tuple(allowed))
