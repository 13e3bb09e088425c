"""What the words of a report mean, in a sentence each, for those who see them for the first time."""

from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "ILA": "Instruction-level accuracy: the share of responses that satisfy all of their "
        "constraints. IFEval calls it prompt-level accuracy.",
        "CLA": "Constraint-level accuracy: the share of constraints that are satisfied. IFEval "
        "calls it instruction-level accuracy.",
        "strict": "The response is read as it is.",
        "loose": "The response is also read without its first line, its last line or its "
        "asterisks; one reading that satisfies the constraint is enough.",
        "undetermined": "There is no verdict: the check ran out of time, say, or there was no judge to ask.",
        "95 % interval": "Where the share would be of more prompts like these, with a probability of 95 %. "
        "The responses to one prompt count as one draw.",
        "significant": "Chance alone would give so large a difference in fewer than 5 of 100 "
        "comparisons; with several comparisons the bar is higher (Holm's correction).",
        "degree": "How far a constraint is satisfied, from 0 to 1, where there is a way between: "
        "150 of 200 words.",
        "replay": "A failed response, taken as a success of another instruction: one that it does satisfy.",
        "source": "The failed response with its own instruction, of which a replay was made.",
        "bits": "How much a constraint asks for: minus log2 of the share of responses to other "
        "prompts that happen to satisfy it. One bit where half of them do, four where one "
        "of sixteen does. Where none of 128 or 256 does, 8.0 or 9.0 is shown and means at least so many.",
        "group": "The responses to one prompt. Where all fail, or all succeed, none is better than "
        "another and there is nothing to learn; a mixed group has both.",
        "guard": "A check for failures that nobody should learn from, whatever they satisfy, such "
        "as text that is cut off or says the same again and again.",
        "near miss": "A violated constraint that the response came near to, such as 247 words of 250.",
        "reward": "What a response is worth in training: 1 if all constraints are satisfied and 0 "
        "if not, unless another reward was chosen.",
        "rollout": "A response of the model that is trained, to a prompt of the training data.",
        "held out": "Prompts that the model is measured on and never trained on.",
    }
)

FATES: Mapping[str, str] = MappingProxyType(
    {
        "kept": "The response satisfies it, so it stays.",
        "nearest": "Violated; it became the same constraint with the nearest value that the response "
        "satisfies: 20 sentences for 25.",
        "flip": "Violated; it became its opposite: a missing keyword is now a forbidden one.",
        "substitute": "Violated; in its place stands something else that the response has and others "
        "have not: another constraint, or the same kind with an amount that is not near.",
        "dropped": "Violated; it is gone, and nothing stands in its place.",
    }
)
"""What becomes of a constraint in a replay."""

FATES_OF_SATISFIED: Mapping[str, str] = MappingProxyType(
    {
        "nearest": "The verifier counts it as satisfied, a strict reader does not (a divider is no bullet "
        "point); it became the nearest value that both agree on.",
        "substitute": "Hardly any response violates it, or a strict reader does not count it as satisfied; "
        "in its place stands what says more, such as 50 to 70 words for at most 320.",
        "flip": "The verifier counts it as satisfied, a strict reader does not; it became its opposite.",
        "dropped": "The verifier counts it as satisfied, a strict reader does not; or it says nothing beside "
        "a closer length, as fewer than 12 sentences beside 35 to 45 words. It is gone.",
    }
)
"""What becomes in a replay of a constraint that the verifier finds satisfied."""


def explained_fates() -> dict[str, str]:
    """What each fate means, of violated constraints and of those that the verifier finds satisfied."""
    return {
        fate: f"{meaning} Of a constraint that the response satisfies: {FATES_OF_SATISFIED[fate]}"
        if fate in FATES_OF_SATISFIED
        else meaning
        for fate, meaning in FATES.items()
    }


OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "replayed": "There is a replay of it.",
        "dropped": "It was chosen, but its new prompt could not be written.",
        "not chosen": "It could be replayed; its prompt has enough others, or better ones.",
        "left aside": "There was no good instruction in hindsight.",
        "a near miss without a nearest value": "The response came near to a constraint (247 of "
        "250 words), so it has to stay, but no value close by is one that people would write.",
        "a bare refusal or an empty shell would satisfy it": "The new instruction would ask too little.",
        "the response speaks of its instruction": "As requested, say: under another one that gives it away.",
        "nothing explains the way it is written": "It is all in capitals, say, and the new "
        "instruction would not ask for that.",
        "cannot be rewritten": "The sentences of its constraints are not found in its prompt, or say more.",
    }
)
"""What becomes of a failure that can be replayed."""

GUARDS: Mapping[str, str] = MappingProxyType(
    {
        "cut_off": "Ended at a token limit, or in the middle of a sentence.",
        "unclosed": "Opens a code fence, a tag or a bracket and does not close it.",
        "leftover": "Ends with what says nothing, such as a lone label.",
        "garbled": "Cannot be read: torn words, letters at random.",
        "repetitive": "Says the same again and again.",
        "empty_shell": "Is markup, labels or placeholders without sentences.",
        "refusal": "Says that it will not or cannot answer.",
        "deflection": "Offers help or asks back, and says no more.",
        "commentary": "Speaks about the text that was asked for, and is no such text.",
        "echo": "Gives the prompt back.",
        "other_language": "Is in another language than the prompt.",
        "mixed_language": "Mixes English into the language that was asked for.",
        "off_topic": "Names nothing that the question names.",
        "incomplete": "Has fewer things than the question asks for.",
        "wrong_form": "Is no letter, poem, list or the like, where the question asks for one.",
        "too_short": "Is shorter than any answer to what is asked.",
    }
)
"""What each guard objects to."""
