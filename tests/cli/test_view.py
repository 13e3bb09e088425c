"""``hir-data view``: what is printed, and what is on the screen of a terminal as keys are pressed."""

import json
import signal
from pathlib import Path

import pytest
from files import native, write
from terminal import terminal

import hir_data as hir
from hir_data.report.compared import compared_messages
from hir_data.report.record_view import Marking, marked_text

HOSTILE = "\x1b]0;taken over\x07\x1b[2J\x9b31m \u202etfel, \r\b\x7f done"

RESPONSES = ("Tea for two.", "Tea, please, or coffee.", "Tea", f"Late {HOSTILE}.")


@pytest.fixture
def verified(tmp_path: Path, command) -> str:
    records = [
        native(number, RESPONSES[number % 4], prompt=f"Prompt {number}." + (HOSTILE if number == 3 else ""))
        for number in range(8)
    ]
    source = write(tmp_path / "in.jsonl", records)
    command("verify", source, "-o", tmp_path / "v.jsonl", "--workers", 0, "-q")
    return str(tmp_path / "v.jsonl")


@pytest.fixture
def replayed(tmp_path: Path, command) -> str:
    said = "The harbour was quiet, and the boats lay still, while gulls cried over the grey water."
    records = [
        native(
            number,
            f"{said} It was day {number} of a long and rainy autumn in the north, as people remember.",
            prompt=f"Describe harbour {number}. Do not use any commas. Use at least 300 words.",
            constraints=[
                {"kind": "punctuation:no_comma"},
                {"kind": "length_constraints:number_words", "relation": "at least", "num_words": 300},
            ],
        )
        for number in range(3)
    ]
    source = write(tmp_path / "rollouts.jsonl", records)
    folder = tmp_path / "set"
    command("replay", source, "-o", folder, "--workers", 0, "-q", "--min-bits", 0)
    assert json.loads((folder / "manifest.json").read_text())["counts"]["replays"], "nothing to look at"
    return str(folder)


def test_a_record_as_plain_text(verified, command):
    result = command("view", verified, "--record", 2)
    assert result.exit_code == 0
    assert (
        result.stdout
        == """\
=== record 2, key 1
--- user
Prompt 1.
--- response, 4 words; \u27e6 \u27e7 what decides about a constraint
Tea\u27e6,\u27e7 please\u27e6,\u27e7 or coffee.
--- constraints, 1 of 2 satisfied
  1 no  punctuation:no_comma
        Do not use any commas.
        found 2 commas, wanted none
  2 yes word_count
        Use at least 3 words.
        found 4 words, wanted at least 3

"""
    )


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ([], range(8)),
        (["--limit", 3], range(3)),
        (["--record", 7], [6]),
        (["--verdict", "violated"], [1, 2, 3, 5, 6, 7]),
        (["--verdict", "violated", "--kind", "COMMA"], [1, 3, 5, 7]),
        (["--kind", "comma", "--verdict", "satisfied"], [0, 2, 4, 6]),
        (["--search", "COFFEE"], [1, 5]),
        (["--search", "prompt 4"], [4]),
        (["--verdict", "violated", "--search", "coffee", "--limit", 1], [1]),
    ],
)
def test_which_records_are_shown(verified, command, options, keys):
    result = command("view", verified, *options)
    shown = [line for line in result.stdout.splitlines() if line.startswith("===")]
    assert shown == [f"=== record {key + 1}, key {key}" for key in keys]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--verdict", "undetermined"], "there is no such record: undetermined"),
        (["--record", "9"], "there is no such record: 9 of 8"),
        (["--record", "1", "--search", "coffee"], "there is no such record: with 'coffee'"),
        (["--verdict", "wrong"], "--verdict"),
    ],
)
def test_records_that_are_not_there(verified, command, options, problem):
    result = command("view", verified, *options)
    assert (result.exit_code, problem in result.stderr) == (2, True)


def test_what_is_no_verification_is_counted(verified, command):
    with Path(verified).open("a") as file:
        file.write('{"prompt": "x"}\n')
    result = command("view", verified, "--search", "prompt 1.")
    assert result.exit_code == 1
    assert "v.jsonl:9" in result.stderr and "1 record was rejected" in result.stderr
    assert command("view", verified, "--max-rejected", 1).exit_code == 0


def test_why_nothing_is_shown_of_records_without_verdicts(verified, tmp_path: Path, command):
    """That the file is not verified, first and alone; else which record it is."""
    unverified = Path(write(tmp_path / "its rollouts.jsonl", [native(number) for number in range(3)]))
    command_line = f"hir-data verify '{unverified}' -o FILE"
    said = f"hir-data: error: {unverified}: has no verification; `{command_line}` writes some\n"
    for options in ([], ["--record", 1], ["--verdict", "violated"]):
        result = command("view", unverified, *options)
        assert (result.exit_code, result.stderr) == (2, said)
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_text(unverified.read_text().splitlines()[0] + "\n" + Path(verified).read_text())
    result = command("view", mixed, "--record", 1)
    assert result.exit_code == 2 and "--prompt-field" not in result.stderr
    assert result.stderr.endswith(f"{mixed}: record 1 is no verification that can be shown\n")
    assert "mixed.jsonl:1: results: there are no verdicts in this record" in result.stderr
    result = command("view", mixed, "--search", "not there")
    assert result.stderr.endswith("there is no such record: with 'not there'; 1 cannot be shown\n")


def test_from_standard_input(verified, program):
    done = program("view", "-", "--record", "1", input=Path(verified).read_text())
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "=== record 1, key 0")


def test_control_characters_of_data_are_shown_and_do_nothing(verified, command, program):
    for done in (command("view", verified, "--plain"), program("view", verified)):
        assert "Late ␛]0;taken over␇␛[2J\ufffd31m \ufffdtfel\u27e6,\u27e7 ␍␈␡ done." in done.stdout
        assert not set(done.stdout) & set("\x1b\x07\x9b\u202e\r\b\x7f")


LOWER = {"kind": "change_case:english_lowercase"}


@pytest.mark.parametrize(
    ("text", "constraint", "marked"),
    [
        ("The Tea iS hot.", LOWER, "[The] [Tea] [iS] hot."),
        ("Don't stop.", LOWER, "[Don't] stop."),
        ("She said 'Yes' then.", LOWER, "[She] said '[Yes]' then."),
        ("Tea, please.", {"kind": "punctuation:no_comma"}, "Tea[,] please."),
        (
            "\u8336 \u70ed\u8336\u597d",
            {"kind": "contains", "text": "\u8336"},
            "[\u8336] \u70ed[\u8336]\u597d",
        ),
        ("a scattering of tea", {"kind": "contains", "text": "cat"}, "a [scattering] of tea"),
    ],
)
def test_brackets_stand_around_whole_words(text, constraint, marked):
    """So that a word can be read; where there are no spaces between words they stand where the mark is."""
    (verification,) = hir.verify(
        [hir.Rollout(instruction=hir.Instruction(prompt="x", constraints=[constraint]), response=text)],
        workers=0,
    )
    constraints = [result.constraint for result in verification.results]
    line = marked_text(text, constraints, [False], Marking(colours=False))
    assert line.plain.translate({0x27E6: "[", 0x27E7: "]"}) == marked
    in_colours = marked_text(text, constraints, [False], Marking(colours=True))
    assert in_colours.plain == text
    assert all(text[span.start : span.end] for span in in_colours.spans)


def test_changes_that_a_space_keeps_apart_are_one():
    before, after = (
        hir.Instruction(prompt=f"Tell of tea. {rest} Thanks.", constraints=[LOWER])
        for rest in ("Write six long sentences.", "Use at most nine words.")
    )
    ((_, parts),) = compared_messages(before, after)
    assert parts == [
        ["=", "Tell of tea. "],
        ["-", "Write six long sentences"],
        ["+", "Use at most nine words"],
        ["=", ". Thanks."],
    ]


def test_a_replay_beside_its_source_as_plain_text(replayed, command):
    text = command("view", replayed, "--record", 1).stdout
    title, _, rest = text.partition("\n")
    assert title.startswith("=== replay 1, ")
    before, after = rest.partition("--- user, replay; \u27e6 \u27e7 only here\n")[::2]
    assert before.startswith("--- user, source; \u27e6 \u27e7 only here\nDescribe harbour")
    assert "Do not use any commas." in before.replace("\u27e6", "").replace("\u27e7", "")
    assert "\u27e6" in before + after and "300" in before and "300" not in after.partition("---")[0]
    assert "  1 no  punctuation:no_comma, " in after and "--- response" in after


def test_keys(verified):
    with terminal("view", verified, columns=240) as screen:  # a long path leaves room for what is filtered
        first = screen.wait_for("record 1, key 0")
        assert "Tea for two." in first and "n next" in first
        screen.type("n")
        assert "Tea, please, or coffee." in screen.wait_for("record 2, key 1")
        assert screen.raw_screen().count("\x1b[1;37;41m,\x1b[0m") == 2  # marked in red
        assert "no" in screen.screen() and "found 2 commas, wanted none" in screen.screen()
        screen.type("\t\t")
        screen.wait_for("> 2 yes word_count")
        assert "\x1b[1;37;41m,\x1b[0m" not in screen.raw_screen()  # the places of the second constraint alone
        screen.type("\x1b[C")
        screen.wait_for("record 3, key 2")
        screen.type("p\x1b[D")
        screen.wait_for("record 1, key 0")
        screen.type("p")
        screen.wait_for("this is the first one")
        screen.type("G")
        screen.wait_for("record 8, key 7 of 8")
        screen.type("gv")
        screen.wait_for("record 2, key 1 of 8  [violated]")
        screen.type("cno_comx\x7f\r")
        screen.wait_for("[violated, kind no_com]")
        screen.type("n")
        screen.wait_for("record 4, key 3")
        screen.type("x/coff")
        screen.wait_for("/coff_")
        screen.type("ee\r")
        screen.wait_for("record 6, key 5 of 8  [with 'coffee']")
        screen.type("/nowhere\r")
        screen.wait_for("no record: with 'nowhere'")
        screen.type("?")
        screen.wait_for("any key goes back")
        screen.type("qq")
        assert screen.read_all().endswith("\x1b[?1049l\x1b[?25h")
        assert screen.process.wait(20) == 0


def test_long_records_are_scrolled(tmp_path: Path, command):
    lines = "\n".join(f"line {number} of many" for number in range(60))
    source = write(tmp_path / "in.jsonl", [native(0, lines)])
    command("verify", source, "-o", tmp_path / "v.jsonl", "--workers", 0, "-q")
    with terminal("view", tmp_path / "v.jsonl", lines=12, columns=40) as screen:
        assert "line 20" not in screen.wait_for("line 3 of many")
        assert max(map(len, screen.screen().splitlines())) <= 40 and len(screen.screen().splitlines()) == 12
        screen.type(" ")
        screen.wait_for("line 12 of many")
        screen.type("\x1b[6~" * 20)
        screen.wait_for("found 240 words, wanted at least")
        screen.type("q")
        assert screen.process.wait(20) == 0


def test_a_terminal_hears_nothing_of_data(verified):
    with terminal("view", verified, "--record", "4") as screen:
        screen.wait_for("taken over")
        screen.type("q")
        written = screen.read_all()
        assert "\x1b]" not in written and "\x07" not in written and "\u202e" not in written
        assert "␛]0;taken over" in written


def test_a_replay_beside_its_source(replayed):
    with terminal("view", replayed, columns=110) as screen:
        shown = screen.wait_for("replay 1, ")
        (names,) = [
            line for line in shown.splitlines() if "source " in line and line.rstrip().endswith("replay")
        ]
        assert names.index("source") == 0 and names.index("replay") > 50
        assert "Describe harbour" in shown and "punctuation:no_comma" in shown
        screen.type("q")
        assert screen.process.wait(20) == 0


def test_without_colours_places_stand_in_brackets(verified):
    with terminal("view", verified, "--record", "2", NO_COLOR="1") as screen:
        screen.wait_for("Tea\u27e6,\u27e7 please\u27e6,\u27e7 or coffee.")
        screen.type("q")
        assert screen.process.wait(20) == 0


def test_ctrl_c_leaves_the_terminal_as_it_was(verified):
    with terminal("view", verified) as screen:
        screen.wait_for("record 1, key 0")
        screen.process.send_signal(signal.SIGINT)
        assert screen.read_all().endswith("hir-data: interrupted\r\n")
        assert screen.process.wait(20) == 130


def test_plain_in_a_terminal_needs_no_key(verified):
    with terminal("view", verified, "--plain", "--limit", "1") as screen:
        assert "=== record 1, key 0" in screen.read_all()
        assert "\x1b" not in screen.written
        assert screen.process.wait(20) == 0


def test_the_screen_follows_the_size_of_the_window(tmp_path: Path, command):
    source = write(tmp_path / "in.jsonl", [native(0, "tea " * 60)])
    command("verify", source, "-o", tmp_path / "v.jsonl", "--workers", 0, "-q")
    with terminal("view", tmp_path / "v.jsonl", columns=100, lines=20) as screen:
        screen.wait_for("record 1, key 0")
        for columns, lines in ((50, 30), (140, 14)):
            screen.written = ""
            screen.resize(columns, lines)
            rows = screen.wait_for("n next").splitlines()
            assert len(rows) == lines
            assert columns - 6 < max(map(len, rows)) <= columns
        screen.type("/te")
        screen.wait_for("/te_")
        screen.resize(80, 20)
        screen.type("a\r")  # what is typed goes on
        screen.wait_for("[with 'tea']")
        screen.type("?")
        screen.wait_for("any key goes back")
        screen.written = ""
        screen.resize(90, 20)
        screen.wait_for("any key goes back")
        screen.type("qq")
        assert screen.process.wait(20) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(verified, number):
    with terminal("view", verified) as screen:
        screen.wait_for("record 1, key 0")
        screen.process.send_signal(number)
        assert "\x1b[?1049l" in screen.read_all()
        assert screen.process.wait(20) == 128 + number
