"""One line for each figure, and how several short rounds become one: by their median, for a shared machine is noisy."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """`value` is held to `target`: at least it, or at most it. `said` is what was measured, with its unit."""

    name: str
    said: str
    value: float
    target: float
    at_most: bool = False

    def line(self) -> str:
        kept = self.value <= self.target if self.at_most else self.value >= self.target
        sign, verdict = "≤" if self.at_most else "≥", "ok" if kept else "below"
        return f"{self.name:<62} {self.said:>22} {self.value:>9.2f} {sign} {self.target:<7g} {verdict}"


def ratio(name: str, target: float, measured: Sequence[float], base: Sequence[float], *, at_most: bool = False, unit: str = "/s") -> Figure:
    """The median of the rounds' ratios, each of two measurements that followed each other."""
    value = median(a / b for a, b in zip(measured, base, strict=True))
    return Figure(name, f"{median(measured):.0f} : {median(base):.0f} {unit}", value, target, at_most)


def most(name: str, target: float, value: float, unit: str) -> Figure:
    return Figure(name, f"{value:.1f} {unit}", value, target, at_most=True)


def least(name: str, target: float, value: float, unit: str) -> Figure:
    return Figure(name, f"{value:.0f} {unit}", value, target)
