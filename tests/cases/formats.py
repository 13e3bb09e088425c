"""Records in the shape that each data set of the field documents; every text is ours."""

import json
from typing import Any

NO_COMMAS, WORDS = "punctuation:no_comma", "length_constraints:number_words"
AT_LEAST_3 = {"relation": "at least", "num_words": 3}
PROMPT = "Describe tea. Use no commas. Use at least 3 words."
CRITERIA = ["Use no commas.", "Use at least 3 words."]
ASKED = [{"role": "user", "content": PROMPT}]
LISTS = {"instruction_id_list": [NO_COMMAS, WORDS], "kwargs": [{}, AT_LEAST_3]}
NULLS = {"instruction_id_list": [NO_COMMAS, WORDS], "kwargs": [
    {"num_words": None, "relation": None, "keywords": None},
    {"num_words": 3.0, "relation": "at least", "keywords": None},
]}  # fmt: skip
TRIPLES = [
    ["Content", "Keywords: Must include", 'The answer must include the keyword "kettle".'],
    ["Length", "Words", "The answer must have at most 40 words."],
]
MADE_OF = {"question": "Describe tea.", "criteria": CRITERIA}


def verl(truth: Any, **more: Any) -> dict[str, Any]:
    """A row of verl with a ground truth."""
    return {
        "data_source": "type1",
        "prompt": ASKED,
        "ability": "if",
        "reward_model": {"style": "rule", "ground_truth": truth},
        **more,
    }


IFEVAL = {"key": 7, "prompt": PROMPT, **LISTS}
HUGGING_FACE = {"key": 7, "prompt": PROMPT, **NULLS}
ARGILLA = {"key": 7, "prompt": PROMPT, "instruction_id_list": LISTS["instruction_id_list"],
           "kwargs": json.dumps(LISTS["kwargs"])}  # fmt: skip
ARGILLA_BY_INSTRUCTION = {"instruction": PROMPT, **NULLS, "model_name": "small"}
NATIVE = {"id": 7, "prompt": PROMPT, "constraints": [{"kind": NO_COMMAS}, {"kind": WORDS, **AT_LEAST_3}]}
IFTRAIN = {"key": "x", "messages": ASKED, "ground_truth": str([{"instruction_id": [NO_COMMAS, WORDS],
           "kwargs": [None, AT_LEAST_3]}]), "dataset": "ifeval", "constraint_type": "multi",
           "constraint": " ".join(CRITERIA)}  # fmt: skip
RLVR = {"messages": ASKED, "ground_truth": json.dumps({"func_name": "validate_no_commas", "N": None}),
        "dataset": "ifeval", "constraint_type": "No Commas", "constraint": CRITERIA[0]}  # fmt: skip
NEMO_GYM = {
    "id": 7,
    "responses_create_params": {
        "input": [{"role": "system", "content": "Be kind."}, *ASKED],
        "temperature": 1.0,
    },
    "verifier_metadata": {"instruction_id_list": [NO_COMMAS, WORDS], "prompt": PROMPT,
                          "kwargs": [None, AT_LEAST_3], "grading_mode": "fraction"},
}  # fmt: skip
HIR_IFEVAL = verl(
    json.dumps({"key": 7, "prompt": PROMPT, **LISTS}),
    id="7",
    extra_info={**MADE_OF, "q_type": "type1", "index": 4},
)
HIR_MULDIMIF = verl(
    json.dumps({"constraints": TRIPLES, "difficulty": "Level 2"}),
    id="8",
    data_source="type3",
    extra_info={"question": "Describe tea.", "criteria": [each[2] for each in TRIPLES], "q_type": "type3"},
)
IFDECORATOR = verl(
    {
        **NULLS,
        "complex_instruction_soft": "Be warm.",
        "constraints": CRITERIA,
        "hard_constraints_checklist": CRITERIA,
    },
    data_source="cif_v2",
    extra_info={"index": 1, "question": "", "prompt_tokens": 12, "pass_rate_1": 0.25, "split": "train"},
)
MULDIMIF = {
    "id": "7",
    "conversations": ASKED,
    "constraints": TRIPLES,
    "constraint_pattern": "Listing",
    "difficulty": "Level 1",
}
VERIF = {"id": "7", "prompt": PROMPT, "checkers": ["[rule] no commas", "[llm] The tone is warm."],
         "functions": ["def check_following(instruction, response): raise SystemExit", ""]}  # fmt: skip
VERIF_IN_VERL = verl(
    json.dumps({"checkers": VERIF["checkers"], "functions": VERIF["functions"]}), data_source="verif"
)
AUTOIF = {
    "instruction": "Answer in verse.",
    "query": "Describe tea.",
    "prompt": "Describe tea. Answer in verse.",
    "eval_func": [["def evaluate(response): raise SystemExit", 1.0]],
    "cases": [["Roses are red", True]],
    "response": [["Tea is free.", 8], ["Tea, for me.", 3]],
    "gpt-answer": "yes",
}
RUBRIC = [
    {"criterion": "Says that tea is hot.", "points": 7, "tags": ["axis:accuracy"]},
    {"criterion": "Says that tea is a fruit.", "points": -4, "tags": ["axis:accuracy"]},
]
HEALTHBENCH = {
    "prompt_id": "7f",
    "prompt": [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}, *ASKED],
    "rubrics": RUBRIC,
    "example_tags": ["theme:context_seeking"],
    "ideal_completions_data": {"ideal_completion": "Tea is hot."},
}
RAR = {
    "question": PROMPT,
    "reference_answer": "Tea is hot.",
    "question_source": "tea",
    "rubric": [
        {"title": "Heat", "description": "Essential Criteria: Says that tea is hot.", "weight": 5},
        {"title": "Fruit", "description": "Pitfall Criteria: Says that tea is a fruit.", "weight": -1},
    ],
    "rubric_list": ["Says that tea is hot."],
    "rubric_count": 2,
}
RESEARCH_RUBRICS = {
    "prompt": PROMPT,
    "sample_id": "7",
    "domain": "tea",
    "rubrics": [{"criterion": "Says that tea is hot.", "weight": 4.0, "axis": "Explicit Criteria"}],
}
RUBRIC_IN_VERL = {
    "prompt": ASKED,
    "data_source": "healthbench",
    "ability": "medical_chat",
    "reward_model": {"ground_truth": "", "rubrics": RUBRIC, "style": "rubric"},
    "extra_info": {"index": 3},
}

FIXTURES: dict[str, list[dict[str, Any]]] = {
    "ifeval": [IFEVAL, HUGGING_FACE, ARGILLA, ARGILLA_BY_INSTRUCTION],
    "native": [NATIVE, {**NATIVE, **MADE_OF, "presentation": "inline", "metadata": {"model": "small"}}],
    "open-instruct": [IFTRAIN, RLVR],
    "nemo-gym": [NEMO_GYM],
    "verl": [HIR_IFEVAL, HIR_MULDIMIF, IFDECORATOR, VERIF_IN_VERL, RUBRIC_IN_VERL],
    "muldimif": [MULDIMIF, {**MULDIMIF, "conversations": [*ASKED, {"role": "assistant", "content": "Hot."}]}],
    "verif": [VERIF],
    "autoif": [AUTOIF],
    "rubric": [HEALTHBENCH, RAR, RESEARCH_RUBRICS],
    "verl-dump": [{"input": PROMPT, "output": "Hot.", "gts": json.dumps(LISTS), "score": 1.0, "step": 3}],
}
"""Records by the name of their format."""
