"""The browser tests' own watch: a page that misbehaves is found out."""

import http.server
import threading

import pytest
from django.contrib.staticfiles import finders

from tests.chromium import PageLog

CSP = {"Content-Security-Policy": "default-src 'self'"}


ANSWERS = {
    "/good": (200, CSP, "<p>good</p>"),
    "/no-policy": (200, {}, "<p>no policy</p>"),
    "/inline": (200, CSP, "<p style='color: red'>inline</p>"),
    "/abroad": (200, {"Content-Security-Policy": "img-src *"}, "<img src='http://example.org/picture.png'>"),
    "/throws": (200, {"Content-Security-Policy": "script-src 'unsafe-inline'"}, "<script>nothing()</script>"),
    "/broken": (500, CSP, "<p>broken</p>"),
}


class _Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, headers, body = ANSWERS.get(self.path, (404, CSP, "<p>not found</p>"))
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        """Not on the terminal."""


@pytest.fixture(scope="module")
def pages():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/good", ""),
        ("/no-policy", "no Content-Security-Policy"),
        ("/inline", "console: "),
        ("/abroad", "request to another machine: http://example.org/picture.png"),
        ("/throws", "error on "),
        ("/broken", "server error 500"),
    ],
)
def test_a_misbehaving_page_is_found_out(browser, pages, path, found):
    log = PageLog()
    context = browser.new_context()  # not the watched one, so that this test itself passes
    log.watch(context)
    context.new_page().goto(pages + path)
    context.close()

    assert bool(log.problems) == bool(found)
    assert found in "\n".join(log.problems)


def test_what_a_test_provokes_it_can_allow(page, page_log, pages):
    page_log.allow("status of 404")
    page.goto(f"{pages}/missing")
    assert page.evaluate("navigator.language") == "zh-CN"


def test_live_server_has_pages_and_static_files(page, live_server):
    assert finders.find("vendor/bootstrap/bootstrap.min.css")
    assert page.goto(f"{live_server.url}/static/vendor/bootstrap/bootstrap.min.css").ok
