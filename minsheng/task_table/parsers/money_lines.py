"""What is stated about money: amounts with their source, totals, and what gathers them while a cell is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from minsheng.task_table.parsers.amounts import exact
from minsheng.task_table.parsers.brackets import Parts
from minsheng.task_table.parsers.parsed import Issue, Severity
from minsheng.task_table.parsers.sources import OTHER


@dataclass(frozen=True)
class FundingItem:
    """One stated amount, rate or share. ``amount_wan`` is in 万元, null where none is stated; a rate has no amount."""

    source: str
    amount_wan: Decimal | None = None
    approx: bool = False
    stage: str | None = None  # planned, applied, secured
    text: str = ""
    use: str = ""
    reference_year: int | None = None
    rate: tuple[Decimal, str] | None = None  # yuan, per what
    share: Decimal | None = None


@dataclass(frozen=True)
class FundingSum:
    """A stated total: never added to the lines, only compared with them."""

    kind: str  # total_investment, year_plan, sum
    amount_wan: Decimal
    approx: bool = False
    text: str = ""
    reference_year: int | None = None


@dataclass(frozen=True)
class Funding:
    lines: tuple[FundingItem, ...] = ()
    totals: tuple[FundingSum, ...] = ()


@dataclass
class Context:
    """What holds from one figure to the next within a sentence."""

    year: int | None
    in_yuan: bool = False  # whether bare numbers are yuan, so that small ones are nothing to ask about
    reference: int | None = None
    part_stage: str | None = None  # of the total whose parts (其中) follow
    said_stage: str | None = None  # of the amount before, by a word in front of it
    parts: Parts = field(default_factory=Parts)
    sums: Mapping[int, Decimal] = field(default_factory=dict)  # places of amounts that are written as sums → of what
    checked: list[FundingSum] = field(default_factory=list)  # sums that the brackets behind them make up
    after_total: bool = False
    respectively: list[str] = field(default_factory=list)
    lines: list[FundingItem] = field(default_factory=list)
    totals: list[FundingSum] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def ask_if_several(self, text: str) -> None:
        """Ask whose an amount is that may belong to any of several sources; in brackets it belongs to the last."""
        if len({line.source for line in self.lines if line.amount_wan is not None}) > 1 and not text.startswith("("):
            self.ask("warning", "funding_source_unknown", text.strip(",，、"))

    def name_source(self, line: FundingItem, source: str) -> None:
        """Name who pays a line that did not say so; nobody is asked any more."""
        if line.source != OTHER:
            return
        self.lines = [replace(one, source=source) if one is line else one for one in self.lines]
        self.issues = [
            issue
            for issue in self.issues
            if not (issue.code == "funding_source_unknown" and issue.params["text"] == line.text)
        ]

    def stage_for_parts(self, stage: str | None) -> None:
        """What is said of a sum behind it (=8200万元，已到位) is said of its parts."""
        if stage is not None:
            self.lines = [line if line.stage else replace(line, stage=stage) for line in self.lines]

    def ask(self, severity: Severity, code: str, text: str) -> None:
        self.issues.append(Issue("funding", severity, code, {"text": text}))


def wrong_sum(total: FundingSum, added: Decimal) -> Issue:
    """Asks about a total that its parts do not add up to; both figures are named."""
    return Issue("funding", "warning", "funding_sum_wrong", {"text": total.text, "amount": str(exact(added))})
