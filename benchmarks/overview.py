"""How long the overview takes beside a page with nothing on it: ``make bench-overview``.

The year is written in bulk (``filled.py``) into an SQLite database (with ``DATABASE_URL``, that one's test database) of
its own; each page is then asked in this process, nothing cached, through all middleware, by a leader who is signed in.
Each figure is the median of the requests of a round, and of these the median over the rounds. What counts is the ratio
to the null page (session, user, base template) within one round.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
GOAL_RATIO, ROUNDS, SECONDS = 4, 3, 4.0
# Sub-items and units that lead them; each has reports of twelve months.
SIZES = {"S": (22, 9), "M": (10_000, 200)}
PAGES = ("null", "overview", "overview, filing", "overview, August", "list", "sub-item")


def portal(sub_items: int, units: int, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each page, one figure for each round; and how many queries it asks."""
    import django

    sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minsheng.settings")
    django.setup()
    from django.test import override_settings
    from django.test.runner import DiscoverRunner

    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        # Not as tests are run, which watch every template.
        with override_settings(ALLOWED_HOSTS=["testserver"], DEBUG=False):
            return _measured(sub_items, units, rounds)
    finally:
        runner.teardown_databases(databases)


def _measured(sub_items: int, units: int, rounds: int) -> dict[str, list[float]]:
    import filled
    from django.test import Client
    from django.urls import reverse

    from departments import clock

    programme, leader = filled.fill(sub_items, units)
    client = Client()
    client.force_login(leader)
    overview = reverse("dashboard:overview", args=[programme.pk])
    urls = {
        "overview": overview,
        "overview, filing": f"{overview}?heat=filing",
        "overview, August": f"{overview}?month=2023-08",
        "list": reverse("dashboard:list", args=[programme.pk]),
        "sub-item": reverse("dashboard:sub_item", args=[programme.sub_items.order_by("pk")[sub_items // 2].pk]),
    }
    asked: dict[str, Callable[[], Any]] = {"null": _null_page(client)}
    asked |= {name: partial(client.get, url) for name, url in urls.items()}
    found: dict[str, list[float]] = {}
    with clock.at(filled.TODAY):
        for name, ask in asked.items():
            found[f"queries of {name}"] = [_queries(ask)]
            found[f"kB of {name}"] = [len(ask().content) / 1024]
        for _round in range(rounds):
            for name, ask in asked.items():
                found.setdefault(name, []).append(_median(ask))
    return found


def _null_page(client: Any) -> Callable[[], Any]:
    """A page that has the session, the user and the base template, and nothing else."""
    from django.http import HttpRequest, HttpResponse
    from django.shortcuts import render
    from django.test import override_settings
    from django.urls import include, path

    def null(request: HttpRequest) -> HttpResponse:
        return render(request, "base.html")

    class Urls:
        urlpatterns = (path("null/", null), path("", include("minsheng.urls")))

    def ask() -> Any:
        with override_settings(ROOT_URLCONF=Urls):
            return client.get("/null/")

    return ask


def _queries(ask: Callable[[], Any]) -> float:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask()
    with CaptureQueriesContext(connection) as queries:
        response = ask()
    if response.status_code != 200:
        sys.exit(f"{response.status_code} for {response.request['PATH_INFO']}")
    return len(queries)


def _median(ask: Callable[[], Any]) -> float:
    """Of as many requests as fit in a few seconds, five at least, in milliseconds."""
    taken: list[float] = []
    until = time.perf_counter() + SECONDS
    while len(taken) < 5 or (time.perf_counter() < until and len(taken) < 200):
        started = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def run(size: str, rounds: int) -> dict[str, list[float]]:
    done = subprocess.run(
        [sys.executable, __file__, "--one", size, "--rounds", str(rounds)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ,
    )
    if done.returncode:
        sys.exit(done.returncode)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="*", choices=SIZES, default=list(SIZES))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--one", choices=SIZES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(portal(*SIZES[options.one], options.rounds)))
        return
    for size in options.sizes:
        report(size, options.rounds, run(size, options.rounds))
    print(f"goal: the overview at most {GOAL_RATIO} x null, whatever the size")


def report(size: str, rounds: int, found: dict[str, list[float]]) -> None:
    sub_items, units = SIZES[size]
    print(f"{size}: {sub_items:,} sub-items x 12 months, {units} units; median of {rounds} rounds")
    for name in PAGES:
        ratio = statistics.median(one / null for one, null in zip(found[name], found["null"], strict=True))
        milliseconds = statistics.median(found[name])
        queries, weight = found[f"queries of {name}"][0], found[f"kB of {name}"][0]
        print(f"  {name:18} {milliseconds:9.1f} ms {ratio:8.1f} x null {queries:5.0f} queries {weight:7.0f} kB")


if __name__ == "__main__":
    main()
