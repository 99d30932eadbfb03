"""Two hundred units file their month at the same hour, over HTTP: ``make bench-filing``.

gunicorn runs as README says, with the settings of production, on the database of ``DATABASE_URL`` (which is filled and
thrown away), or on SQLite in a folder of its own. Each clerk signs in through the sign-in page once, opens his form,
saves a draft and submits; so many clients do so at once. Afterwards the database must hold exactly what was
acknowledged. Seconds differ from machine to machine: what counts is the ratio to the null page, measured alone in the
same run. Only 127.0.0.1 is asked, and what was started is stopped.
"""

import argparse
import os
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from browser import Browser, Log, Unexpected

if TYPE_CHECKING:
    from filing_data import Case, Stored

ROOT = Path(__file__).resolve().parent.parent
NULL_PAGE = "/accounts/password/"  # session, person, template; nothing of the portal's data
KINDS = ("open", "save", "submit", "after")
WARMING, NULL_PAGES = 40, 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=480, help="the most that a run may take")
    parser.add_argument("--one-address", action="store_true", help="all clerks stand behind one address")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit("stopped"))  # what was started is stopped then, too
    with tempfile.TemporaryDirectory(prefix="minsheng-filing-") as folder:
        settle(Path(folder))
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        right = run(options)
    sys.exit(not right)


def settle(folder: Path) -> None:
    """The environment of production, for this process and the server; nothing of it is kept."""
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'portal.sqlite3'}")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "minsheng.settings",
        "PORTAL_ENV": "production",
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS": "False",
        "LOG_LEVEL": "ERROR",
        "PORTAL_VAR": str(folder),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "STATIC_ROOT": str(folder / "static"),
    }


def run(options: argparse.Namespace) -> bool:
    """Whether every round stored exactly what it acknowledged, without an error."""
    import filing_data as town
    from django.db import connections

    from departments import clock

    end = time.monotonic() + options.seconds
    town.prepare()
    print(
        f"{town.says()}; gunicorn 2 x 4; {options.units} units, {options.clients} clients, {os.cpu_count()} processors"
    )
    cases, month = town.fill(options.units), clock.today().replace(day=1)
    connections.close_all()
    log = Log()
    with served() as (port, server):
        browsers = sign_in(port, cases, options, log)
        alone = file_alone(browsers[cases[0].username], cases[0], log, server)
        town.forget(month)
        rounds = [one_round(browsers, cases, month, options.clients, end, server) for _ in range(options.rounds)]
    connections.close_all()
    return report(log, alone, rounds)


@contextmanager
def served() -> Iterator[tuple[int, int]]:
    """The portal on a free port, as README starts it: port and process; stopped in the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "minsheng.wsgi", "--workers", "2", "--threads", "4"]
    server = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "error"], cwd=ROOT
    )
    try:
        _wait_for(port, server)
        yield port, server.pid
    finally:
        server.terminate()
        try:
            server.wait(timeout=40)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if server.poll() is not None:
            sys.exit("gunicorn did not start")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("gunicorn does not answer")


def sign_in(port: int, cases: "list[Case]", options: argparse.Namespace, log: Log) -> dict[str, Browser]:
    """Every clerk through the sign-in page, and on to what is due."""
    from filing_data import PASSWORD

    browsers = {}
    for number, case in enumerate(cases):
        address = "10.0.0.1" if options.one_address else f"10.0.{number // 250}.{number % 250 + 1}"
        browsers[case.username] = Browser(port, address, log)

    def enter(case: "Case") -> None:
        browser = browsers[case.username]
        path = "/accounts/login/"
        typed = browser.get(path, kind="sign-in page").form(path)
        typed |= {"login": case.username, "password": PASSWORD}
        answer = browser.post(path, typed, kind="sign in")
        if "sessionid" not in browser.cookies or answer.location.startswith(path):
            raise Unexpected("sign in: no session")
        browser.get("/filing/", kind="what is due")

    seconds = at_once(enter, cases, options.clients, log)
    print(f"signed in {len(cases) - len(log.errors)} in {seconds:.1f} s: {len(cases) / seconds:.1f}/s", *_said(log))
    log.errors.clear()
    return browsers


def at_once(step: "Callable[[Case], None]", cases: "list[Case]", clients: int, log: Log) -> float:
    """Seconds that ``clients`` at once take for the step of all; what goes wrong with one stops no other."""

    def guarded(case: "Case") -> None:
        try:
            step(case)
        except (Unexpected, OSError) as error:
            log.errors.append(f"{error}" or repr(error))

    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(guarded, cases))
    return time.perf_counter() - begun


def file_one(browser: Browser, case: "Case", text: str) -> None:
    """Open the form, save it, submit it; each page that follows is read too."""
    form = browser.get(case.path, kind="open").form(case.path)
    saved = browser.post(case.path, {**form, **case.fields, "progress": text, "step": "save"}, kind="save")
    form = browser.get(saved.location, kind="open").form(case.path)
    done = browser.post(case.path, {**form, "step": "submit"}, kind="submit")
    if done.location == case.path:
        raise Unexpected("submit: asked to look again")
    browser.get(done.location, kind="after")


def file_alone(browser: Browser, case: "Case", log: Log, server: int) -> dict[str, float]:
    """What one person alone waits for: the median of the null page, and of each request of one filing.

    ``processor`` is what a null page costs the server.
    """
    for _ in range(WARMING):
        browser.get(NULL_PAGE, kind="warming")
    before = processor_seconds(server)
    for _ in range(NULL_PAGES):
        browser.get(NULL_PAGE, kind="null page")
    processor = (processor_seconds(server) - before) / NULL_PAGES
    alone = browser.log = Log()
    file_one(browser, case, "独自填报。")
    browser.log = log
    medians = {kind: statistics.median(alone.seconds[kind]) for kind in KINDS}
    return {"processor": processor, "null page": statistics.median(log.seconds["null page"]), **medians}


def processor_seconds(server: int) -> float:
    """What gunicorn and its workers have had of the processors, on Linux: other work on the machine does not count."""
    ticks = 0
    for pid in (server, *map(int, Path(f"/proc/{server}/task/{server}/children").read_text().split())):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def one_round(
    browsers: dict[str, Browser], cases: "list[Case]", month: date, clients: int, end: float, server: int
) -> dict[str, Any]:
    """All file once; what the database holds of it; and the month is as it was before."""
    import filing_data as town

    log, acknowledged = Log(), {}
    for browser in browsers.values():
        browser.log = log

    def file(case: "Case") -> None:
        if time.monotonic() > end:
            raise Unexpected("out of time")
        begun, text = time.perf_counter(), f"本月完成车位施工，{secrets.token_hex(4)}。"
        file_one(browsers[case.username], case, text)
        acknowledged[case.sub_item] = text
        log.seconds["report"].append(time.perf_counter() - begun)

    before = processor_seconds(server)
    seconds = at_once(file, cases, clients, log)
    processor = (processor_seconds(server) - before) / len(cases)
    stored = town.compare(month, acknowledged, cases)
    town.forget(month)
    return {
        "log": log,
        "seconds": seconds,
        "processor": processor,
        "acknowledged": len(acknowledged),
        "stored": stored,
        "all": len(cases),
    }


def report(log: Log, alone: dict[str, float], rounds: list[dict[str, Any]]) -> bool:
    null = alone["null page"]
    print(f"alone: null page p50 {null * 1000:.1f} ms; " + ", ".join(
        f"{kind} {alone[kind] * 1000:.0f} ms ({alone[kind] / null:.1f} x)" for kind in KINDS
    ))  # fmt: skip
    for one in rounds:
        stored: Stored = one["stored"]
        print(
            f"filed {one['acknowledged']} of {one['all']} in {one['seconds']:.1f} s: "
            f"{one['acknowledged'] / one['seconds']:.1f} reports/s; stored {stored.stored}, lost {stored.lost}, "
            f"double {stored.double}, otherwise than typed {stored.strange}",
            *_said(one["log"]),
        )
    costs = statistics.median(one["processor"] for one in rounds)
    print(
        f"processor of the server: {costs * 1000:.0f} ms a report (5 requests), "
        f"{alone['processor'] * 1000:.1f} ms a null page: {costs / alone['processor']:.1f} x"
    )
    middle = sorted(rounds, key=lambda one: one["seconds"])[len(rounds) // 2]
    for kind in (*KINDS, "report"):
        p50, p95 = _percentiles(middle["log"].seconds[kind])
        print(f"  {kind:8} p50 {p50 * 1000:6.0f} ms   p95 {p95 * 1000:6.0f} ms")
    p50, p95 = _percentiles(log.seconds["sign in"])
    print(f"  {'sign in':8} p50 {p50 * 1000:6.0f} ms   p95 {p95 * 1000:6.0f} ms")
    return all(
        one["stored"].is_right and not one["log"].errors and one["acknowledged"] == one["stored"].stored == one["all"]
        for one in rounds
    )


def _percentiles(seconds: list[float]) -> tuple[float, float]:
    if len(seconds) < 2:
        return (seconds or [0.0])[0], (seconds or [0.0])[0]
    twentieths = statistics.quantiles(seconds, n=20)
    return twentieths[9], twentieths[18]


def _said(log: Log) -> list[str]:
    kinds = sorted(set(log.errors), key=log.errors.count, reverse=True)
    return [f"ERROR {log.errors.count(kind)} x {kind}" for kind in kinds[:5]] or ["no error"]


if __name__ == "__main__":
    main()
