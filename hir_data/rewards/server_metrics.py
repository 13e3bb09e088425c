"""What a reward server counts, in the text format of Prometheus."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hir_data.rewards.scoring import Scored

_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Upper bounds in seconds of the classes of latencies."""


class ServerMetrics:
    """Requests, their latencies, rewards and verdicts, since the server has started."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()
        self.rewards: Counter[str] = Counter()
        self.verdicts: Counter[str] = Counter()
        self.seconds: float = 0.0
        self.latencies: Counter[float] = Counter()

    def count_request(self, path: str, status: int, seconds: float) -> None:
        """Count a request that was answered.

        Args:
            path: what was asked.
            status: how it was answered.
            seconds: how long that took.
        """
        self.requests[path, status] += 1
        self.seconds += seconds
        self.latencies[next((bound for bound in _BOUNDS if seconds <= bound), float("inf"))] += 1

    def count_scored(self, scored: Iterable[Scored]) -> None:
        """Count responses that were scored."""
        for one in scored:
            self.rewards["undetermined" if one.reward is None else "known"] += 1
            for verdict in one.verdicts:
                known = {True: "satisfied", False: "violated", None: verdict.status}
                self.verdicts[known[verdict.satisfied]] += 1

    def text(self, gauges: Mapping[str, tuple[str, str, float]]) -> str:
        """All counts, and values of the moment: by name their type, what they are, and the value."""
        return "".join(f"{line}\n" for line in self._lines(gauges))

    def _lines(self, gauges: Mapping[str, tuple[str, str, float]]) -> Iterator[str]:
        yield from _family(
            "requests_total",
            "counter",
            "Requests by path and status.",
            [
                (f'{{path="{path}",status="{status}"}}', count)
                for (path, status), count in sorted(self.requests.items())
            ],
        )
        for name, words, counts in (
            ("responses_total", "Scored responses, by whether their reward is known.", self.rewards),
            ("verdicts_total", "Strict verdicts on constraints; undetermined ones by status.", self.verdicts),
        ):
            label = name.removesuffix("s_total")
            values = [(f'{{{label}="{value}"}}', count) for value, count in sorted(counts.items())]
            yield from _family(name, "counter", words, values)
        total, buckets = 0, []
        for bound in (*_BOUNDS, float("inf")):
            total += self.latencies[bound]
            shown = "+Inf" if bound == float("inf") else f"{bound:g}"
            buckets.append((f'_bucket{{le="{shown}"}}', float(total)))
        yield from _family(
            "request_seconds",
            "histogram",
            "Seconds from the arrival of a request to its answer.",
            [*buckets, ("_sum", self.seconds), ("_count", float(total))],
        )
        for name, (kind, words, value) in gauges.items():
            yield from _family(name, kind, words, [("", value)])


def _family(name: str, kind: str, words: str, values: Sequence[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP hir_data_{name} {words}"
    yield f"# TYPE hir_data_{name} {kind}"
    for label, value in values:
        yield f"hir_data_{name}{label} {value:.10g}"
