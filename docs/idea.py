"""Draw the picture of the idea, select, relabel and train, in light and in dark colours.

What the picture says of its example is what the package says of it: the verdicts and the relabelled
instruction are computed.
"""

from dataclasses import dataclass
from html import escape

import hir_data as hir

WIDTH, HEIGHT = 708, 574  # as wide as a page's column, so that text is shown in its own size
CARD, GAP = 332, 44  # the width of the two cards above, and the space between them
TALL, BELOW, LOW = 306, 376, 198  # the height of the cards above; where the third begins, and its height

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
    draw.card(0, 0, CARD, TALL, "1", "Select", "a failure that is an honest answer")
    draw.card(CARD + GAP, 0, CARD, TALL, "2", "Relabel", "as what it could have been asked for")
    draw.card(0, BELOW, WIDTH, LOW, "3", "Train", "on the failure and on its replay")
    draw.example(0, [(one, None) for one in asked], text)
    draw.example(CARD + GAP, [(new, old) for new, old in zip(hindsight, asked, strict=True)], text)
    draw.lesson()
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
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
                f'width="{WIDTH}" height="{HEIGHT}" role="img" '
                'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif">',
                "<!-- Written by docs/generate.py (make docs); do not edit. -->",
                f"<title>{title}</title>",
                *self.lines,
                "</svg>\n",
            ]
        )

    def text(
        self, x: float, y: float, text: str, *, size: float = 15, colour: str = "", more: str = ""
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

    def card(
        self, left: float, top: float, width: float, height: float, number: str, title: str, subtitle: str
    ) -> None:
        """The ground of a step, with its number and its name."""
        self.box(left + 1, top + 1, width - 2, height - 2)
        self.lines.append(f'<circle cx="{left + 30}" cy="{top + 33}" r="15" fill="{self.colours.mark}"/>')
        centred = ' font-weight="700" text-anchor="middle"'
        self.text(left + 30, top + 38.5, number, size=16, colour=self.colours.card, more=centred)
        self.text(left + 55, top + 40, title, size=22, more=' font-weight="700"')
        self.text(left + 18, top + 70, subtitle, colour=self.colours.quiet)

    def example(
        self, card: float, constraints: list[tuple[hir.Constraint, hir.Constraint | None]], text: hir.Text
    ) -> None:
        """An instruction, the response, and what each constraint says of it."""
        left = card + 18
        self.text(left, 104, QUESTION)
        for row, (constraint, before) in enumerate(constraints):
            changed = before is not None and before != constraint
            self.instruction(left, 127 + 23 * row, constraint, before if changed else None)
        self.box(left, 170, CARD - 36, 62, f'fill="none" stroke="{self.colours.line}" stroke-dasharray="4 4"')
        self.text(left + 12, 195, RESPONSE, more=' font-style="italic"')
        self.text(
            left + 12,
            217,
            f"… {WORDS} words, as the model wrote them",
            size=13.5,
            colour=self.colours.quiet,
        )
        for row, (constraint, _) in enumerate(constraints):
            verdict = hir.check(constraint, text)
            mark, colour = ("✓", self.colours.good) if verdict.satisfied else ("✗", self.colours.bad)
            y = 262 + 25 * row
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

    def lesson(self) -> None:
        """What a step of training learns from the pair."""
        for column, (sign, colour, title, reason) in enumerate(
            (
                ("▼", self.colours.bad, "the failure, as it was asked", "worth less than its prompt's mean"),
                ("▲", self.colours.good, "the replay, in hindsight", "a success of its own instruction"),
            )
        ):
            width = (WIDTH - 3 * 18) / 2
            left, top = 18 + (width + 18) * column, BELOW + 86
            self.box(left, top, width, 62, 'fill="none"')
            self.text(left + 14, top + 39, sign, size=22, colour=colour)
            self.text(left + 46, top + 27, title, more=' font-weight="600"')
            self.text(left + 46, top + 48, reason, size=14, colour=self.colours.quiet)
        self.text(18, BELOW + 178, "There is something to learn also where the model hardly ever succeeds.")

    def arrows(self) -> None:
        """From step to step, and from the last to the first."""
        line = f'fill="none" stroke="{self.colours.mark}" stroke-width="2.5" stroke-linecap="round"'
        between, middle = BELOW - TALL - 16, TALL / 2
        for start in (
            f"M{CARD + 8} {middle}h{GAP - 16}m-9 -8l9 8l-9 8",
            f"M{CARD + GAP + CARD / 2} {TALL + 8}v{between}m-8 -9l8 9l8 -9",
            f"M{CARD / 2} {BELOW - 8}v-{between}m-8 9l8 -9l8 9",
        ):
            self.lines.append(f'<path {line} d="{start}"/>')
        self.text(
            CARD / 2 + 18, (TALL + BELOW) / 2 + 5, "the better model answers again", colour=self.colours.quiet
        )
