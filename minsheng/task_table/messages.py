"""The sentences of all issues: one table, so that translators and tests see every one."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MESSAGES: dict[str, Promise | str] = {
    "cell_comment": _("Somebody commented on cell %(cell)s: “%(text)s”."),
    "cell_hidden": _("In cell %(cell)s is hidden text: “%(text)s”. It was read all the same."),
    "cell_struck": _("In cell %(cell)s is struck through: “%(text)s”. It was read all the same."),
    "cell_error": _("Cell %(cell)s shows an error of Excel (%(text)s)."),
    "cells_labelled": _("The cells of “%(text)s” hold labelled lines; each was read as a column of its own."),
    "column_hidden": _("The column “%(text)s” is hidden in the file; it was read all the same."),
    "column_unknown": _("The column “%(column)s” is not known. Does “%(text)s” belong here?"),
    "content_missing": _("The row names no content."),
    "deadline_and_ongoing": _("“%(text)s” names a date and says that the work goes on."),
    "deadline_before_month": _(
        "“%(text)s”: the last day of that period was taken. Does the deadline end before it begins?"
    ),
    "column_of_years": _("The column “%(text)s” is of several years, or another one; no targets were read from it."),
    "deadline_before_plan": _("“%(text)s” is before the year of the table."),
    "deadline_column_unsure": _(
        "Most cells of the column “%(text)s” name a time, and it was not taken as the deadlines. Does it tell them?"
    ),
    "content_names_day": _("The content names a date: “%(text)s”. It was not taken as the deadline."),
    "deadline_continued": _("The deadline is blank; that of the row above was taken: “%(text)s”."),
    "deadline_far": _("“%(text)s” is more than five years after the year of the table."),
    "deadline_from_number": _("The deadline is the bare number %(text)s; it was read as a date of Excel."),
    "deadline_impossible": _("“%(text)s”: there is no such day."),
    "deadline_in_content": _("The column “%(text)s” tells when, too; the deadlines were read from its texts."),
    "deadline_january_or_october": _("The cell holds the number %(text)s: is January meant, or October?"),
    "deadline_milestone": _("The deadline is that of a step: “%(text)s”."),
    "deadline_missing": _("The row names no deadline."),
    "deadline_other_column": _("“%(column)s” holds another date: “%(text)s”. Which one is the deadline?"),
    "deadline_month_or_day": _("“%(text)s”: is that day meant, or its month? An .xls file does not tell."),
    "deadline_note": _("Besides the date the cell says: “%(text)s”."),
    "deadline_open": _("“%(text)s” has no end; no date was set."),
    "deadline_part_of_month": _("“%(text)s” names no exact day."),
    "deadline_range": _("“%(text)s” is a period; its end was taken."),
    "deadline_recurring": _("“%(text)s” comes again and again. Which date counts?"),
    "deadline_rest": _("“%(text)s”: only one time was understood. Is it the deadline?"),
    "deadline_several": _("“%(text)s” names several dates; the latest was taken."),
    "deadline_several_later": _(
        "“%(text)s” names several dates; the latest was taken, and it is after the year of the table."
    ),
    "deadline_unread": _("“%(text)s” could not be read as a date."),
    "deadline_year_missing": _("“%(text)s” names no year, and the year of the table is not known."),
    "formula_without_value": _(
        "Cell %(cell)s holds a formula without a saved result. Open the file in Excel, save it and try again."
    ),
    "further_table": _("Another table with other columns begins in row %(row)s; its rows were read too."),
    "content_states_money": _("The content states money: “%(text)s”. It was not taken as funding."),
    "funding_in_content": _("The column “%(text)s” tells of money too; amounts in it were not read as funding."),
    "funding_from_content": _("The column “%(text)s” tells of money too; the funding was read from its texts."),
    "funding_column_of_companies": _("The column “%(text)s” was taken as money that companies raise themselves."),
    "funding_column_of_stage": _(
        "The column “%(text)s” holds what was applied for, secured, spent or is missing, and not who pays; it was kept "
        "as it is and not added to the funding."
    ),
    "funding_column_of_year": _("The column “%(text)s” is money of another year and was kept for reference."),
    "funding_gap": _("“%(text)s” is missing money and was not taken as funding."),
    "funding_changed": _("“%(text)s” takes the place of the amount before it, which was not taken."),
    "funding_compared": _("“%(text)s” compares with another amount and was not taken as funding."),
    "funding_of_year": _("“%(text)s” is money of another year and was kept for reference."),
    "funding_part": _("“%(text)s” is part of the amount before it. Is it counted twice?"),
    "funding_includes": _("“%(text)s” says that money of others is in it. How much is whose?"),
    "funding_mixed": _("“%(text)s” is paid by several levels together."),
    "funding_amount_from_column": _("The amount of the one source was taken from the column “%(text)s”."),
    "funding_each_year": _("“%(text)s” is an amount of each year. Is it that of this year?"),
    "funding_no_amount": _("“%(text)s” states no amount."),
    "funding_parts_differ": _(
        "The column “%(column)s” states %(text)s, and its parts add up to %(amount)s × 10,000 yuan."
    ),
    "funding_rest": _("“%(text)s” states no amount; by the total it would be %(amount)s × 10,000 yuan."),
    "funding_no_source": _("The column “%(text)s” does not say who pays."),
    "funding_number_unread": _("The number %(text)s in the funding column was not understood."),
    "funding_range": _("“%(text)s” is a range; the lower amount was taken."),
    "funding_respectively": _("“%(text)s”: which amount is whose?"),
    "funding_shared": _(
        "The funding cell is merged over several rows; its amounts were given to the first of them: “%(text)s”."
    ),
    "funding_small": _("“%(text)s” is less than 10,000 yuan. Is it the whole amount, or one for each?"),
    "funding_source_unknown": _("“%(text)s” does not say who pays."),
    # Of tables that were staged before both figures were named.
    "funding_sum_differs": _("The amounts do not add up to “%(text)s”."),
    "funding_sum_wrong": _("The amounts add up to %(amount)s × 10,000 yuan, and “%(text)s” is stated."),
    "funding_total_as_line": _("“%(text)s” is a total; it was also taken as the amount of the source named."),
    "funding_sums": _("The columns %(text)s each state a sum, and all of them would count. Which one is it?"),
    "funding_total_only": _("“%(text)s” is a total and does not say who pays."),
    "funding_unit_assumed": _("The column “%(text)s” does not name its unit; 10,000 yuan was assumed."),
    "lead_by_mark": _("“%(text)s”: the unit with the mark was taken as lead."),
    "lead_of_both": _(
        "The column “%(text)s” does not tell leads from assisting units; the first unit was taken as lead."
    ),
    "lead_missing": _("The row names no lead unit."),
    "no_deadline_column": _("The table has no deadline column; no deadline was set."),
    "no_units_column": _("No column of lead units was found."),
    "looks_unknown": _(
        "An .xls file and pasted text do not tell which rows or columns are hidden, what is struck through or "
        "commented, nor how numbers are shown. Compare with the original, or take an .xlsx file."
    ),
    "project_column_unsure": _("Does the column “%(text)s” hold the names of the projects?"),
    "project_continued_over_heading": _("The project is blank after a heading; “%(text)s” from above was continued."),
    "project_from_sentence": _("The table has no column of project names; the first sentence was taken: “%(text)s”."),
    "project_missing": _("The row names no project; its content was taken."),
    "row_cancelled": _("The row may have been cancelled: “%(text)s”."),
    "row_folded": _("Rows %(row)s to %(last)s were read as one task, and not all is as in the others. Is it one?"),
    "row_hidden": _("Row %(row)s is hidden in the file. Does it belong?"),
    "row_of_further_table": _("The row stands in another table, below the header in row %(row)s. Does it belong?"),
    "row_set_apart": _("The row stands under “%(text)s”. Does it belong?"),
    "row_struck": _("Row %(row)s is struck through. Does it belong?"),
    "row_twice": _("The same task stands in row %(row)s already."),
    "rows_folded": _(
        "Several rows are one task, the column “%(text)s” tells what each says; they were read as one row."
    ),
    "serial_continued": _("The serial number is blank; that of the row above was taken: %(text)s."),
    "serial_double": _("The serial number %(text)s stands in the row above already."),
    "serial_out_of_step": _("The serial number %(text)s does not follow %(previous)s."),
    "serial_missing": _("The row has no serial number."),
    "other_table": _(
        "“%(name)s” was not read and seems to hold tasks, too: %(rows)s rows, from “%(text)s”. Say whether it belongs"
        " to the table."
    ),
    "table_goes_on": _("Also read: “%(name)s”, %(rows)s rows, under “%(under)s”."),
    "tables_beside": _(
        "In row %(row)s the header begins again further right; the rows were read as those of one table. Are they?"
    ),
    "table_joined": _("The rows of “%(name)s” are read on with the table: %(rows)s rows, from “%(text)s”."),
    "sheets_same": _("Not read, as all their rows stand in the table that was read: %(others)s."),
    "category_of_sheet": _("The table has no column of categories; the name of the sheet was taken: “%(text)s”."),
    "several_sheets": _("Sheet “%(sheet)s” was read; there are tables on these sheets too: %(others)s."),
    "sheets_hidden": _("Hidden sheets with tables were not read: %(others)s."),
    "sheet_hidden": _("Only the hidden sheet “%(sheet)s” holds a task table."),
    "target_each": _("“%(text)s”: how many are to be reached in all?"),
    "target_money": _("“%(text)s” is money. Is it to be reached?"),
    "target_or_condition": _("“%(text)s”: is the number to be reached, or a condition?"),
    "target_other_year": _("“%(text)s” speaks of another year. Is the number to be reached in this one?"),
    "target_of_year": _("“%(text)s” is of another year and was not taken as a target."),
    "target_state": _("“%(text)s” tells what there is, or compares, and was not taken as a target."),
    "target_or_size": _("“%(text)s”: is the number to be reached, or the size of the thing?"),
    "target_unread": _("The number in “%(text)s” was not understood."),
    "nearly": _("“%(text)s” says nearly; the figure was taken as it stands."),
    "targets_from_goal": _("The figures were read from “%(text)s”."),
    "targets_from_name": _("The name of the task states figures too: “%(text)s”."),
    "title_cut": _("The title “%(text)s…” is long: no more than %(count)s characters of it are written."),
    "total_differs": _(
        "Row %(row)s, column “%(column)s”: %(stated)s is stated as the total, and the rows add up to %(summed)s."
    ),
    "unread_hidden": _("Hidden and without a header, so not read: “%(name)s” (%(rows)s rows, from “%(text)s”)."),
    "unread_table": _(
        "“%(name)s” was not read: no header of a task table was found in it. It has %(rows)s rows, from “%(text)s”. If "
        "they are tasks, put them below the header, or give them one, and upload the file again."
    ),
    "unread_tables": _("Without a header, so not read: %(names)s."),
    "unit_part_of_above": _("“%(text)s”: is it a unit of its own, or a part of the one above?"),
    "person_in_units": _("“%(text)s” was taken for a person and not for a unit."),
    "unit_unlikely": _("“%(text)s” does not look like the name of a unit."),
    "unit_with_brackets": _("“%(text)s”: is the unit in brackets the same one, or one of its own?"),
    "units_and_others": _("“%(text)s”: units that the cell does not name were left out."),
    "units_in_brackets": _("“%(text)s”: the units in brackets were taken as assisting."),
    "units_continued": _("The units are blank; those of the row above were taken."),
    "units_placed": _("The pasted text does not tell whose column each unit stood in: “%(text)s”."),
    "units_from_text": _("The units were read from the end of the text: “%(text)s”."),
    "units_run_together": _("Several names may be written together: “%(text)s”."),
    "year_differs": _("The table was read as one of %(year)s, and “%(text)s” names another year. Which one is it?"),
    "year_unknown": _("The year of the table was not found. Name it, so that deadlines without a year can be read."),
}
# The same of a row that stands on another sheet than the one where it is read.
ELSEWHERE: dict[str, Promise | str] = {
    "further_table": _(
        "Another table with other columns begins in “%(of_sheet)s”, row %(row)s; its rows were read too."
    ),
    "row_twice": _("The same task stands in “%(of_sheet)s”, row %(row)s already."),
    "total_differs": _(
        "“%(of_sheet)s”, row %(row)s, column “%(column)s”: %(stated)s is stated as the total, and the rows add up to"
        " %(summed)s."
    ),
}


def sentence(code: str, params: Mapping[str, str | int]) -> str:
    return str((ELSEWHERE.get(code) if "of_sheet" in params else None) or MESSAGES[code]) % params
