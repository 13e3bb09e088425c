"""Draw the picture of the idea, select, relabel and train, in light and in dark colours.

What the picture says of its example is what the package says of it: the verdicts and the relabelled
instruction are computed.
"""

from dataclasses import dataclass
from html import escape

import hir_data as hir

WIDTH, HEIGHT = 1084, 402
CARD, GAP, TOP, TALL = (
    332,
    44,
    8,
    328,
)  # a card's width, the space between two, where they begin, their height

QUESTION = "Describe a storm at sea."
RESPONSE = "The wind rose at dusk and then"
WORDS = 247
ASKED = (
    {"kind": "length_constraints:number_words", "relation": "at least", "num_words": 300},
    {"kind": "punctuation:no_comma"},
)


@dataclass(frozen=True)
class Colours:
    """The colours of a picture, for a page of one brightness."""

    card: str
    line: str
    text: str
    quiet: str
    good: str
    bad: str
    mark: str


LIGHT = Colours("#ffffff", "#d0d7de", "#1f2328", "#59636e", "#1a7f37", "#cf222e", "#6639ba")
DARK = Colours("#161b22", "#3d444d", "#f0f6fc", "#9ea7b1", "#3fb950", "#ff7b72", "#d2a8ff")


def pictures() -> dict[str, str]:
    """The pictures by the names of their files."""
    return {"idea-light.svg": picture(LIGHT), "idea-dark.svg": picture(DARK)}


def picture(colours: Colours) -> str:
    """The picture as SVG, on a transparent ground."""
    text = hir.Text(" ".join(["wave"] * WORDS))
    asked = [hir.parse(record) for record in ASKED]
    hindsight = [one if hir.check(one, text).satisfied else one.hindsight(text) for one in asked]
    draw = Drawing(colours)
    for place, title, subtitle in (
        (0, "Select", "a failure that is an honest answer"),
        (1, "Relabel", "as what it could have been asked for"),
        (2, "Train", "on the failure and on its replay"),
    ):
        draw.card(place, title, subtitle)
    draw.example(0, [(one, None) for one in asked], text)
    draw.example(1, [(new, old) for new, old in zip(hindsight, asked, strict=True)], text)
    draw.lesson(2)
    draw.arrows()
    return draw.svg()


class Drawing:
    """Lines of SVG."""

    def __init__(self, colours: Colours) -> None:
        self.colours = colours
        self.lines: list[str] = []

    def svg(self) -> str:
        """The whole picture."""
        title = (
            "Select a failure: 247 words where at least 300 were asked for. Relabel it: an instruction that "
            "asks for at least 240 words is satisfied. Train on both. Then the better model answers again."
        )
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
                'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif">',
                "<!-- Written by docs/generate.py (make docs); do not edit. -->",
                f"<title>{title}</title>",
                *self.lines,
                "</svg>\n",
            ]
        )

    def text(
        self, x: float, y: float, text: str, *, size: int = 15, colour: str = "", more: str = ""
    ) -> None:
        """A line of text that begins at a point."""
        colour = colour or self.colours.text
        self.lines.append(
            f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}"{more}>{escape(text)}</text>'
        )

    def box(self, x: float, y: float, width: float, height: float, more: str = "") -> None:
        """A rounded rectangle."""
        line = f'stroke="{self.colours.line}"' if "stroke=" not in more else ""
        fill = f'fill="{self.colours.card}"' if "fill=" not in more else ""
        self.lines.append(
            f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="10" {fill} {line} '
            f'stroke-width="1.5" {more}/>'
        )

    def card(self, place: int, title: str, subtitle: str) -> None:
        """The ground of a step, with its number and its name."""
        left = place * (CARD + GAP)
        self.box(left + 1, TOP, CARD - 2, TALL)
        self.lines.append(f'<circle cx="{left + 30}" cy="{TOP + 33}" r="15" fill="{self.colours.mark}"/>')
        centred = ' font-weight="700" text-anchor="middle"'
        self.text(left + 30, TOP + 38.5, str(place + 1), size=16, colour=self.colours.card, more=centred)
        self.text(left + 55, TOP + 40, title, size=22, more=' font-weight="700"')
        self.text(left + 18, TOP + 70, subtitle, colour=self.colours.quiet)

    def example(
        self, place: int, constraints: list[tuple[hir.Constraint, hir.Constraint | None]], text: hir.Text
    ) -> None:
        """An instruction, the response, and what each constraint says of it."""
        left = place * (CARD + GAP) + 18
        self.text(left, TOP + 104, QUESTION)
        for row, (constraint, before) in enumerate(constraints):
            changed = before is not None and before != constraint
            self.instruction(left, TOP + 127 + 23 * row, constraint, before if changed else None)
        self.box(
            left, TOP + 170, CARD - 36, 62, f'fill="none" stroke="{self.colours.line}" stroke-dasharray="4 4"'
        )
        self.text(left + 12, TOP + 195, RESPONSE, more=' font-style="italic"')
        self.text(
            left + 12,
            TOP + 217,
            f"… {WORDS} words, as the model wrote them",
            size=13,
            colour=self.colours.quiet,
        )
        for row, (constraint, _) in enumerate(constraints):
            verdict = hir.check(constraint, text)
            mark, colour = ("✓", self.colours.good) if verdict.satisfied else ("✗", self.colours.bad)
            y = TOP + 262 + 25 * row
            self.text(left, y, mark, size=18, colour=colour, more=' font-weight="700"')
            self.text(left + 22, y, verdict.reason, size=14)

    def instruction(
        self, left: float, y: float, constraint: hir.Constraint, before: hir.Constraint | None
    ) -> None:
        """What a constraint asks for, with the number that it replaces struck out."""
        words = constraint.describe().split()
        if before is None:
            self.text(left, y, " ".join(words))
            return
        struck = f'<tspan fill="{self.colours.bad}" text-decoration="line-through">'
        new = f'<tspan fill="{self.colours.good}" font-weight="700">'
        parts = [
            escape(word) if word == old else f"{struck}{escape(old)}</tspan> {new}{escape(word)}</tspan>"
            for word, old in zip(words, before.describe().split(), strict=True)
        ]
        self.lines.append(
            f'<text x="{left}" y="{y}" font-size="15" fill="{self.colours.text}">{" ".join(parts)}</text>'
        )

    def lesson(self, place: int) -> None:
        """What a step of training learns from the pair."""
        left = place * (CARD + GAP) + 18
        for row, (sign, colour, title, reason) in enumerate(
            (
                ("▼", self.colours.bad, "the failure, as it was asked", "worth less than its prompt's mean"),
                ("▲", self.colours.good, "the replay, in hindsight", "a success of its own instruction"),
            )
        ):
            y = TOP + 90 + 74 * row
            self.box(left, y, CARD - 36, 62, 'fill="none"')
            self.text(left + 14, y + 39, sign, size=22, colour=colour)
            self.text(left + 46, y + 27, title, more=' font-weight="600"')
            self.text(left + 46, y + 48, reason, size=13, colour=self.colours.quiet)
        for row, words in enumerate(
            ("There is something to learn", "also where the model hardly", "ever succeeds.")
        ):
            self.text(left, TOP + 264 + 23 * row, words)

    def arrows(self) -> None:
        """From step to step, and from the last to the first."""
        line = f'fill="none" stroke="{self.colours.mark}" stroke-width="2.5" stroke-linecap="round"'
        middle = TOP + TALL / 2
        for place in (0, 1):
            x = place * (CARD + GAP) + CARD
            self.lines.append(f'<path {line} d="M{x + 8} {middle}h{GAP - 16}m-9 -8l9 8l-9 8"/>')
        bottom, left, right = TOP + TALL, CARD / 2, 2 * (CARD + GAP) + CARD / 2
        self.lines.append(
            f'<path {line} d="M{right} {bottom + 8}v18q0 14 -14 14H{left + 14}q-14 0 -14 -14v-18'
            'm-8 9l8 -9l8 9"/>'
        )
        self.text(
            WIDTH / 2,
            bottom + 62,
            "the better model answers again",
            colour=self.colours.quiet,
            more=' text-anchor="middle"',
        )
