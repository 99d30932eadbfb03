"""What another person said of the same field while one had his page open: shown to him beside his own saying."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Other:
    """A field of which another one, or (``own``) the same person in another window, said ``theirs`` meanwhile."""

    name: str
    mine: Any
    theirs: Any
    who: str
    when: str
    own: bool = False


def said_otherwise(other: Other, theirs: str, mine: str) -> str:
    """At a field that two people changed: both sayings, and whose the other one is."""
    words = {"who": other.who or _("Somebody else"), "when": other.when, "theirs": theirs or "—", "mine": mine or "—"}
    if other.own:
        text = _(
            "You said “%(theirs)s” in another window (%(when)s), and “%(mine)s” here."
            " Choose which holds, and send it again."
        )
    else:
        text = _(
            "%(who)s said “%(theirs)s” meanwhile (%(when)s), and you “%(mine)s”. Choose which holds, and send it again."
        )
    return text % words
