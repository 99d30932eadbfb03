"""What the README names is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
IMAGES = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
LARGEST = 150 * 1024


@pytest.mark.parametrize("image", IMAGES)
def test_every_image_is_there_and_small(image):
    content = (ROOT / image).read_bytes()

    assert content.startswith(b"\x89PNG")
    assert len(content) <= LARGEST


def test_there_are_three():
    assert len(IMAGES) == 3


@pytest.mark.parametrize("target", re.findall(r"make ([a-z-]+)", README))
def test_every_target_is_one_of_the_makefile(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
