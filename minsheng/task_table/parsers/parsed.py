"""What a parser gives back."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

Severity = Literal["error", "warning", "info"]
Param = str | int
T = TypeVar("T")


@dataclass(frozen=True)
class Issue:
    """A question, or a remark, about one field of a row (or of the whole table).

    ``error`` and ``warning`` ask a person, ``info`` only tells how the cell was understood.
    The sentence belongs to ``code``: see ``minsheng.task_table.messages``.
    """

    field: str
    severity: Severity
    code: str
    params: Mapping[str, Param] = dataclasses.field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence for the administrator, in the language that is active."""
        from minsheng.task_table.messages import sentence  # translations are needed for the sentence only

        return sentence(self.code, self.params)

    @property
    def asks(self) -> bool:
        return self.severity != "info"


@dataclass(frozen=True)
class Parsed(Generic[T]):
    """``value`` as it was read from ``raw``, and what a person should look at."""

    value: T
    raw: str
    issues: tuple[Issue, ...] = ()
