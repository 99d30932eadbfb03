"""What a reading gets right of a table whose truth is known: each field is right, asked or silent (and harmful)."""

import json
import unicodedata
from collections import Counter
from decimal import Decimal

from minsheng.task_table.reading import decoded, read_pasted, read_table, to_json

FIELDS = (
    "serial", "project", "content", "deadline", "deadline_note", "lead_units", "assisting_units", "funding", "targets",
    "deliverables", "remarks",
)  # fmt: skip


def score(path):
    """Counts of right, asked, silent and needless fields, of lost and invented rows; and what was not right."""
    truth = json.loads(path.with_name(f"{path.stem}.truth.json").read_text(encoding="utf-8"))
    rows = {row["row"]: row for row in to_json(_read(path))["rows"]}
    count, wrong = Counter(), []
    for want in truth["rows"]:
        got = rows.pop(want["row"], None)
        if got is None:
            count["lost"] += 1
            wrong.append(("lost", path.name, want["row"]))
            continue
        told = {issue["field"] for issue in got["issues"]}
        asked = {issue["field"] for issue in got["issues"] if issue["severity"] != "info"}
        for field in FIELDS:
            if field not in want:  # nobody can say what is right
                continue
            right = any(_same(field, got[field], value) for value in _accepted(field, want))
            kind = "right" if right else "asked" if field in told else "silent"
            count[kind] += 1
            count["needless"] += right and field in asked
            if not right:
                wrong.append((kind, path.name, want["row"], field, got[field]))
    for row in rows.values():
        asked = any(issue["field"] == "row" for issue in row["issues"])
        count["asked" if asked else "invented"] += 1
        wrong.append(("asked" if asked else "invented", path.name, row["row"]))
    return count, wrong


def _read(path):
    if path.suffix == ".txt":
        return read_pasted(decoded(path.read_bytes()), name=path.name)
    return read_table(path, name=path.name)


def _accepted(field, want):
    return [want[field], *(want.get("accept", ()) if field == "deadline" else ())]


def _same(field, got, want):
    if field in ("lead_units", "assisting_units"):
        first = field == "assisting_units" or [*map(_plain, got)][:1] == [*map(_plain, want)][:1]
        return first and set(map(_plain, got)) == set(map(_plain, want))
    if field == "funding":
        return _same_money(got, want)
    if field == "targets":
        have, core = Counter(map(_target, got)), Counter(_target(t) for t in want if t.get("core", True))
        return not (core - have) and not {key[:2] for key in have} - {_target(t)[:2] for t in want}
    if field == "deadline_note":
        return bool(got) == bool(want)
    if field == "deliverables":
        return [_plain(part["text"]) for part in got] == [_plain(part["text"]) for part in want]
    return _plain(got) == _plain(want)


def _same_money(got, want):
    left = [line for line in got if line["amount_wan"] is not None]
    for line in want:
        if line["amount_wan"] is None or line.get("optional"):
            continue
        stages = {line["stage"], *line.get("stage_accept", ())} if line.get("stage") else None
        found = [
            other for other in left
            if _number(other["amount_wan"]) == _number(line["amount_wan"])
            and other["source"] in {line["source"], *line.get("source_accept", ())}
            and other["approx"] == line["approx"] and (stages is None or other["stage"] in stages)
        ]  # fmt: skip
        if not found:
            return False
        left.remove(found[0])
    spare = Counter(_number(line["amount_wan"]) for line in want if line.get("optional"))
    return not Counter(_number(line["amount_wan"]) for line in left) - spare


def _target(target):
    return _number(target["quantity"]), _plain(target["unit"]), target["approx"], target["bound"]


def _number(value):
    return Decimal(str(value)).normalize()


def _plain(value):
    return "".join(unicodedata.normalize("NFKC", str(value or "")).split())
