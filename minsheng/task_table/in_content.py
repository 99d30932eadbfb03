"""A date or an amount that the content of a task names, where the table has no column for it: told, never taken."""

from typing import TYPE_CHECKING, Final

from minsheng.task_table.parsers.named import completion_named, money_named
from minsheng.task_table.result import RowReading

if TYPE_CHECKING:
    from minsheng.task_table.row import RowReader

DAY, MONEY = "content_names_day", "content_states_money"  # codes of the issues, whose text is what is named
_OF_MONEY: Final = ("funding", "amount", "amount_total", "amount_sum", "amount_year_plan")


def tell_of_content(reader: "RowReader", reading: RowReading) -> None:
    """Tell what the row names in its content only."""
    year, content = reader.above.year, reading.content
    undated = reading.deadline is None and not reading.deadline_text
    if undated and (words := completion_named(content, year=year)):
        reader.ask("deadline", "info", DAY, text=words)
    meanings = {column.meaning.partition(":")[0] for column in reader.header.columns}
    paid = meanings.intersection(_OF_MONEY) or reading.funding or reading.funding_totals
    if not paid and (words := money_named(content, year=year, level=reader.above.level)):
        reader.ask("funding", "info", MONEY, text=words)
