"""Follows every figure of an overview to the list behind it, as a reader would, from the page itself."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode

from django.urls import reverse

from funding.money import show_wan, tile_amount

AMOUNTS = ("planned", "secured", "spent")
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
        self.open, self.found = [], []
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


def follow_every_figure(client, programme, **params):
    """Assert that each figure of the page stands in a link to a list that has as many rows, or adds up to as much.

    Returns how many figures there were.
    """
    url = reverse("dashboard:overview", args=[programme.pk])
    page = Page(client.get(f"{url}?{urlencode(params)}").text)
    figures = [element for element in page.found if _is_figure(element)]
    lists = {}
    for figure in figures:
        link = figure if figure.tag == "a" else figure.within("a") or _link_inside(page, figure)
        assert link is not None, f"leads nowhere: {figure.text!r}"
        address = link.attrs["href"]
        if address not in lists:
            response = client.get(address)
            assert response.status_code == 200, address
            lists[address] = response.context["list"].sums
        _compare(page, figure, lists[address], address)
    return len(figures)


def _is_figure(element):
    """Tiles' values and their parts, counts beside heads and in cells, and the cells of charts' tables."""
    if "tile-value" in element.classes or "data-figure" in element.attrs:
        return True
    in_chart = element.tag == "td" and element.within(classed="chart-table")
    return bool(in_chart) and element.text.strip() not in ("", "—")


def _link_inside(page, cell):
    return next((one for one in page.found if one.tag == "a" and cell in one.inside), None)


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
