"""Small workbooks, built for one test each."""

import io
import json
import re

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile

from minsheng.task_table.kept import KeptReading
from minsheng.task_table.reading import dump, load, read_table

HEADER = ("序号", "项目名称", "项目内容及规模", "完成期限", "资金渠道", "主办单位", "协办单位", "备注")


def saved(*rows, merge=(), hidden_rows=(), name="任务分解表", change=None):
    """The bytes of a workbook of one sheet with these rows; ``change`` may do to it what it likes."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    for row in rows:
        sheet.append(row)
    for cells in merge:
        sheet.merge_cells(cells)
    for row in hidden_rows:
        sheet.row_dimensions[row].hidden = True
    if change:
        change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def uploaded(*rows):
    """A workbook of one sheet with these rows, as a browser sends it."""
    return SimpleUploadedFile("表.xlsx", saved(*rows, name="Sheet"))


def task(serial, project="养老服务", content="新建老年食堂12个。", deadline="10月底", units="县民政局"):
    return (serial, project, content, deadline, "财政资金260万元", units, "", "")


def read(*rows, year=2023, **how):
    return read_table(saved(*rows, **how), name="table.xlsx", year=year)


def tells_progress(page, address=""):
    """Whether the form to ``address`` shows how far its step is, and the script is there that asks for it."""
    text = page.content.decode()
    forms = re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL)
    found = [form for form in forms if "data-tells" in form and (f'action="{address}' in form or not address)]
    return len(found) == 1 and "data-waiting=" in found[0] and "js/progress" in text


def kept_again(reading):
    """The reading after it was kept as the database keeps it."""
    document, rows = dump(reading)
    return load(json.loads(json.dumps(document)), [KeptReading(row.text).whole for row in rows])
