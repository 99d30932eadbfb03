"""Tables in the layouts of many governments, made with their truth: what is read of them must not fall.

Figures of units, places and amounts are invented; words and layouts are those of public tables.
"""

from collections import Counter
from pathlib import Path

import pytest

from tests.minsheng.task_table.scoring import score

FOLDER = Path(__file__).parents[2] / "data" / "task_tables"
TABLES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".xlsx", ".xls", ".docx", ".txt"))


@pytest.fixture(scope="module")
def scores():
    return {path.name: score(path) for path in TABLES}


@pytest.mark.parametrize("name", [path.name for path in TABLES])
def test_nothing_is_silently_wrong_lost_or_invented(scores, name):
    count, wrong = scores[name]
    assert count["right"]
    assert [found for found in wrong if found[0] != "asked"] == []


def test_nearly_everything_is_right_and_little_is_asked(scores):
    total = sum((count for count, _ in scores.values()), Counter())
    fields = total["right"] + total["asked"] + total["silent"]
    assert total["right"] / fields >= 0.99
    assert total["needless"] / total["right"] <= 0.03
