"""In a browser, by keyboard through the long forms: the bar at the lower edge never hides what has the focus."""

import pytest
from django.urls import reverse

from tests.minsheng.life import approved_in_august, content, submitted

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
# What has the focus, and whether the bar lies over it; asked after the page has done what it does on a change of focus.
HIDDEN = """() => new Promise(tell => setTimeout(() => setTimeout(() => {
  const box = document.activeElement, bar = document.querySelector('.form-actions-sticky');
  const it = box.getBoundingClientRect(), edge = bar.getBoundingClientRect();
  const beside = it.left >= edge.right || it.right <= edge.left;
  const meets = it.top < edge.bottom && it.bottom > edge.top && !beside && !bar.contains(box);
  tell([box === document.body ? '' : box.id || box.textContent.trim(), meets && box !== document.body]);
}, 0), 0))"""


def hidden_on_the_way(page, backwards=False):
    """Goes by keyboard from where the focus is to the end; gives what was hidden, and how much had the focus."""
    seen, hidden = [], []
    for _step in range(90):
        name, meets = page.evaluate(HIDDEN)
        seen.append(name)
        hidden += [name] if meets else []
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if len(seen) > 3 and not name:
            break
    return hidden, len({*seen})


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_bar_hides_nothing_that_has_the_focus(world, streets, transactional_db, by_the_door, page_log, viewport):
    page_log.allow("422")  # an empty form is submitted, to be told what is missing
    unit, street = streets[0]
    approved_in_august(world)
    clerk = by_the_door(world.clerk, viewport)
    clerk.goto(reverse("filing:report", args=[world.sub_item.pk, "2023-09"]))
    clerk.locator("button[value=submit]").click()
    clerk.locator("#id_percent:focus").wait_for()
    beside = by_the_door(street, viewport)
    beside.goto(reverse("filing:contribute", args=[world.sub_item.pk, "2023-09", unit.pk]))
    report = submitted(world, content(world, "75", progress="完成主体施工三层。"))
    office = by_the_door(world.office, viewport)
    office.goto(reverse("review:report", args=[report.pk]))

    for page in (clerk, beside, office):
        for backwards in (False, True):
            hidden, count = hidden_on_the_way(page, backwards)
            assert (hidden, count > 12) == ([], True), page.url
