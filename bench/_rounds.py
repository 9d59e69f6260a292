"""Taking turns, medians, the table, and the last line."""

import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Report:
    name: str
    lines: list[tuple[str, str, int]] = field(default_factory=list)
    ratios: dict[str, float] = field(default_factory=dict)
    bars: dict[str, tuple[str, float]] = field(default_factory=dict)

    def add(self, what: str, values: list[float], unit: str) -> float:
        median = statistics.median(values)
        self.lines.append((what, f"{median:,.{digits(median)}f} {unit}", len(values)))
        return median

    def ratio(self, name: str, value: float, *, most: float | None = None, least: float | None = None) -> None:
        self.ratios[name] = round(value, 4)
        if most is not None:
            self.bars[name] = ("<=", most)
        if least is not None:
            self.bars[name] = (">=", least)

    def holds(self, name: str) -> bool:
        side, bar = self.bars[name]
        return self.ratios[name] <= bar if side == "<=" else self.ratios[name] >= bar

    def show(self) -> None:
        width = max(len(what) for what, _, _ in self.lines)
        for what, median, rounds in self.lines:
            print(f"{what:<{width}}  {median:>16}  {rounds:>3} rounds")
        print()
        for name, value in self.ratios.items():
            print(f"{name:<{width}}  {value:>8.4g}  {self.verdict(name)}")
        print(json.dumps(self.summary()))

    def verdict(self, name: str) -> str:
        if name not in self.bars:
            return ""
        side, bar = self.bars[name]
        return f"bar {side} {bar:g}: {'holds' if self.holds(name) else 'DOES NOT HOLD'}"

    def summary(self) -> dict[str, object]:
        """`ratio` and `bar` are those of the bar that is nearest to not holding."""
        tightest = max(self.bars, key=self.strain)
        return {
            "bench": self.name,
            "ratio": self.ratios[tightest],
            "bar": self.bars[tightest][1],
            "of": tightest,
            "holds": all(map(self.holds, self.bars)),
            **self.ratios,
        }

    def strain(self, name: str) -> float:
        side, bar = self.bars[name]
        if not bar:
            return float("inf") if self.ratios[name] else 0.0
        return self.ratios[name] / bar if side == "<=" else bar / self.ratios[name]


def digits(value: float) -> int:
    return 0 if value >= 1000 else 1 if value >= 10 else 3


def beside(ours: list[float], theirs: list[float]) -> float:
    """The median of each round's own ratio: what a busy machine does to a round, it does to both sides."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def in_turns(rounds: int, **ways: Callable[[], float]) -> dict[str, list[float]]:
    """A B, B A, A B …: what drifts, drifts for all."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name in list(ways) if number % 2 == 0 else reversed(ways):
            taken[name].append(ways[name]())
    return taken
