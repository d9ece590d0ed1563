"""The rule of protection written a second time, slowly: one cell and one line at a time, in plain Python."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from riskmap.disclosure.periods import Sum, apart, period_sums
from riskmap.domain.registry import Indicator
from riskmap.domain.vocabulary import ALL, Grain, Kind, Period
from tests.disclosure.small import BREAKDOWNS, LEVELS, PARENTS

Row = dict[str, Any]
Line = tuple[int, list[int]]


@dataclass
class Reference:
    """Rows with a number, and which of them are hidden."""

    rows: list[Row]
    item: Indicator

    def __post_init__(self) -> None:
        self.known = [number for number, row in enumerate(self.rows) if row["status"] == "value"]
        self.at = {self.key(self.rows[number]): number for number in self.known}
        self.hidden = {number for number in self.known if self.is_unsafe(number)}

    def hide(self) -> set[int]:
        """Numbers of the rows that the rule hides."""
        self.hidden |= self.small_steps()
        steps = list(self.steps())
        before = None
        while before != self.hidden:
            before = set(self.hidden)
            for lines in steps:
                for line in lines:
                    while self.hide_one(line):
                        pass
        return self.hidden

    @staticmethod
    def key(row: Row, **other: Any) -> tuple[Any, ...]:
        row = {**row, **other}
        columns = ("area", "grain", "period_start", "period_end", "breakdown", "category", "invented")
        return tuple(row[column] for column in columns)

    # The primary rule.

    def is_upper(self, number: int) -> bool:
        return LEVELS[self.rows[number]["area"]] in ("country", "region")

    def is_sensitive(self, number: int) -> bool:
        row = self.rows[number]
        first = (row["breakdown"].split("*")[0], row["category"].split("*")[0])
        return ":".join(first) in self.item.disclosure.hide_categories

    def is_blank(self, number: int) -> bool:
        return self.is_sensitive(number) and not self.is_upper(number)

    def limit(self, number: int) -> int:
        return 10 if self.is_sensitive(number) else self.item.disclosure.hide_below

    def is_exempt(self, number: int) -> bool:
        row = self.rows[number]
        named = {(exempt.area, str(exempt.grain)) for exempt in self.item.disclosure.published_by_state}
        return row["breakdown"] == ALL and (LEVELS[row["area"]], row["grain"]) in named

    def left(self, number: int) -> float:
        row = self.rows[number]
        rest = row["denominator"] - row["numerator"]
        return float(rest) if self.item.interval in ("wilson", "ratio") and rest >= 0 else float("inf")

    def is_unsafe(self, number: int) -> bool:
        if self.item.disclosure.open or self.is_exempt(number):
            return False
        if self.is_blank(number):
            return True
        if self.rows[number]["numerator"] == 0 and self.item.disclosure.hide_zero and not self.is_upper(number):
            return True
        return any(0 < value < self.limit(number) for value in self.values(number))

    def values(self, number: int) -> tuple[float, float]:
        return self.rows[number]["numerator"], self.left(number)

    # Steps between stretches.

    def small_steps(self) -> set[int]:
        goes: set[int] = set()
        series: dict[tuple[Any, ...], list[int]] = {}
        for number in sorted(self.known, key=lambda number: self.rows[number]["period_end"]):
            row = self.rows[number]
            if row["grain"] in ("ytd", "school_ytd") and self.item.kind is Kind.FLOW and not self.item.disclosure.open:
                series.setdefault(self.key(row, period_end=None), []).append(number)
        for numbers in series.values():
            shown = [number for number in numbers if number not in self.hidden]
            stays = [number for number in shown if self.is_exempt(number)]
            quarters = [number for number in shown if self.rows[number]["period_end"].month in (3, 6, 9, 12)]
            for candidates in (quarters, shown):
                fixed = list(stays)
                for number in reversed(candidates):
                    if number not in stays and self.fits(number, shown, stays, fixed):
                        stays.append(number)
            goes |= set(shown) - set(stays)
        return goes

    def fits(self, number: int, order: list[int], stays: list[int], fixed: list[int]) -> bool:
        place = order.index(number)
        later = [other for other in order[place + 1 :] if other in stays][:1]
        earlier = [other for other in order[:place] if other in fixed][-1:]
        pairs = [(number, other) for other in later] + [(other, number) for other in earlier]
        return not any(
            0 < (step := self.rows[high]["numerator"] - self.rows[low]["numerator"]) < self.limit(number)
            or (step == 0 and self.item.disclosure.hide_zero and not self.is_upper(number))
            for low, high in pairs
        )

    # Companions.

    def steps(self) -> Iterator[list[Line]]:
        for depth in (1, 2):
            yield self.lines(lambda row, depth=depth: self.above(row, depth))
        for breakdown in sorted(BREAKDOWNS):
            yield self.lines(lambda row, breakdown=breakdown: self.whole(row, breakdown))
        periods = {Period(row["period_start"], row["period_end"], Grain(row["grain"])) for row in self.present()}
        for group in apart(period_sums(periods, self.item.kind)):
            yield [line for one in group for line in self.of_periods(one)]

    def present(self) -> list[Row]:
        return [self.rows[number] for number in self.known]

    def above(self, row: Row, depth: int) -> Any:
        parent = PARENTS.get(row["area"], "")
        is_depth = depth == (2 if parent in PARENTS else 1)
        return self.key(row, area=parent) if parent and is_depth else None

    def whole(self, row: Row, breakdown: str) -> Any:
        return self.key(row, breakdown=ALL, category=ALL) if row["breakdown"] == breakdown else None

    def lines(self, total_of: Any) -> list[Line]:
        found: dict[int, list[int]] = {}
        for number in self.known:
            total = self.at.get(total_of(self.rows[number]))
            if total is not None:
                found.setdefault(total, []).append(number)
        return list(found.items())

    def of_periods(self, one: Sum) -> Iterator[Line]:
        total, parts = one
        for number in self.known:
            row = self.rows[number]
            if (row["grain"], row["period_start"], row["period_end"]) == self.days(total):
                found = [self.at.get(self.in_period(row, part)) for part in parts]
                if None not in found:
                    yield number, [part for part in found if part is not None]

    @staticmethod
    def days(period: Period) -> tuple[Any, ...]:
        return str(period.grain), period.start, period.end

    def in_period(self, row: Row, period: Period) -> tuple[Any, ...]:
        grain, start, end = self.days(period)
        return self.key(row, grain=grain, period_start=start, period_end=end)

    def hide_one(self, line: Line) -> bool:
        total, parts = line
        if self.is_safe(line):
            return False
        left = [part for part in parts if part not in self.hidden and not self.is_exempt(part)]
        following = min(left, key=self.turn, default=total)
        if following != total and not self.is_exempt(total) and total not in self.hidden:
            # A last choice is taken only where the group is safe with it.
            group = [part for part in parts if part in self.hidden or part == following]
            following = total if self.turn(following)[0] and not self.is_safe_group(group) else following
        if following in self.hidden or self.is_exempt(following):
            return False
        self.hidden.add(following)
        return True

    def turn(self, part: int) -> tuple[bool, float, int]:
        return min(self.values(part)) < self.limit(part), self.rows[part]["numerator"], part

    def is_safe(self, line: Line) -> bool:
        """Whether neither a hidden part nor a hidden total follows from this line."""
        total, parts = line
        group = [part for part in parts if part in self.hidden]
        if total in self.hidden:
            return bool(group)
        return not group or self.is_safe_group(group)

    def is_safe_group(self, group: list[int]) -> bool:
        if len(group) < 2:
            return False
        limit = max(self.limit(part) for part in group)
        sides = list(zip(*(self.values(part) for part in group), strict=True))
        if all(self.is_blank(part) for part in group):
            return all(sum(side) >= limit for side in sides)
        return all(max(side) >= limit and sum(side) >= 2 * limit - 1 for side in sides)
