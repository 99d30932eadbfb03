"""Follows every figure of an overview to the list behind it, as a reader would, from the page itself."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode, urlsplit

from django.urls import reverse

from funding.money import show_wan, tile_amount

AMOUNTS = ("planned", "secured", "spent")
# Days are no figures.
DAYS = re.compile(r"20\d\d年(\d{1,2}月(\d{1,2}日)?)?|\d{1,2}月(\d{1,2}日)?|20\d\d-\d\d(-\d\d)?")
# Where a digit may stand that leads nowhere, by class or tag, and why.
ALLOWED = {
    "h1": "the name of the programme",
    "serial": "the number of a sub-item, as the table prints it",
    "late-why": "the sentence of a light, as it was kept",
    "unit-name": "the name of a unit",
    "milestone-name": "the name of a milestone, as the plan has it",
    "badge-plain": "days since or until the day beside it",
    "print-only": "seen on paper only, where nothing leads anywhere",
    "script": "the data of a chart, whose table is followed",
}
# The heads of sections that have a number in their name.
NAMES = {"30天内到期的节点"}
VOID = {"img", "input", "br", "hr", "link", "meta", "use", "path", "source", "col"}


@dataclass
class Element:
    tag: str
    attrs: dict
    text: str = ""
    inside: list = field(default_factory=list)  # its ancestors, the nearest last

    @property
    def classes(self):
        return (self.attrs.get("class") or "").split()

    def within(self, tag=None, classed=None):
        for one in reversed(self.inside):
            if (tag is None or one.tag == tag) and (classed is None or classed in one.classes):
                return one
        return None


class Page(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.open, self.found, self.texts = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs), inside=list(self.open))
        self.found.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        while self.open and self.open.pop().tag != tag:
            pass

    def handle_data(self, data):
        for element in self.open:
            element.text += data
        self.texts.append((data, list(self.open)))


def follow_every_figure(client, programme, **params):
    """Assert that each figure of the page stands in a link to a list that has as many rows, or adds up to as much, and
    that there is no other figure.

    Returns how many figures there were.
    """
    url = reverse("dashboard:overview", args=[programme.pk])
    page = Page(client.get(f"{url}?{urlencode(params)}").text)
    assert not (loose := loose_figures(page)), f"figures that lead nowhere: {loose}"
    figures = [element for element in page.found if _is_figure(element)]
    lists = {}
    for figure in figures:
        link = figure if figure.tag == "a" else figure.within("a") or _link_inside(page, figure)
        assert link is not None, f"leads nowhere: {figure.text!r}"
        address = link.attrs["href"]
        if address not in lists:
            response = client.get(address)
            assert response.status_code == 200, address
            lists[address] = response.context["list"]
        if "tile-change" in figure.classes:
            _compare_change(figure, lists[address], address)
        else:
            _compare(page, figure, lists[address].sums, address)
    return len(figures)


def loose_figures(page):
    """The texts of the page's content with a digit that is neither part of a figure, nor a day, nor allowed by name."""
    return [
        text.strip()
        for text, inside in page.texts
        if re.search("[0-9]", DAYS.sub("", text))
        and text.strip() not in NAMES
        and any(one.tag == "main" for one in inside)
        and not any(_is_figure(one) or ALLOWED.keys() & {one.tag, *one.classes} for one in inside)
    ]


def _is_figure(element):
    """Tiles' values and their parts, counts beside heads and in cells, and the cells of charts' tables."""
    if "tile-value" in element.classes or "data-figure" in element.attrs:
        return True
    in_chart = element.tag == "td" and element.within(classed="chart-table")
    return bool(in_chart) and element.text.strip() not in ("", "—")


def _link_inside(page, cell):
    return next((one for one in page.found if one.tag == "a" and cell in one.inside), None)


def _compare_change(figure, found, address):
    """The list has what came to a light and what went, so many more of the one as the figure says."""
    (light,) = parse_qs(urlsplit(address).query)["moved"]
    came, went = [], []
    for row in found.rows:
        stands = row.stood_light == light and (found.point.period or row.status != "withdrawn")
        (came if stands else went).append(row.light_before)
    assert (light in came, {*went} - {light}) == (False, set()), address
    said = re.search("[+−][0-9]+$", figure.text.strip())
    assert int(said[0].replace("−", "-") if said else 0) == len(came) - len(went), address


def _compare(page, figure, sums, address):
    text = figure.text.strip()
    if figure.within(classed="tile-money"):
        amounts = [getattr(sums, name) for name in AMOUNTS]
        said = {tile_amount(amount).figure for amount in amounts} | ({"—"} if None in amounts else set())
        assert text in said, address
    elif (chart := figure.within("figure")) and chart.attrs["id"] == "money-by-source":
        amount = getattr(sums, AMOUNTS[_column(page, figure) - 1])
        assert text.split("（")[0] == show_wan(amount), address
    else:
        # "3", or words around one number: 退回1, 涉及2个子项.
        assert [int(number) for number in re.findall(r"[0-9]+", text)] == [sums.count], address


def _column(page, cell):
    row = cell.within("tr")
    cells = [one for one in page.found if one.tag in ("td", "th") and row in one.inside]
    return next(at for at, one in enumerate(cells) if one is cell)
