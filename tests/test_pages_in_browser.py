"""Both grounds in a real browser under the strict policy: nothing blocked or too wide, and axe finds nothing."""

import shutil
import threading
from collections.abc import Iterator

import flask
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from appeal import pages
from tests.test_pages import COMPONENTS, WHEN, Everything

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: as root, apt-get install chromium"),
]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"
)
FORM = """{% from "components/field.html" import field %}
{% from "components/error_summary.html" import error_summary %}
{{ error_summary(form) }}<h1>Form</h1>
<form method="post" novalidate>{% for f in form %}{{ field(f) }}{% endfor %}</form>
"""
PARTS = "".join(f'{{% from "components/{name}.html" import {name} %}}' for name in COMPONENTS) + "<h1>Parts</h1>"
PARTS += "".join(f"{{{{ {call} }}}}" for name, call in COMPONENTS.items() if name != "picture")


def create_probe() -> flask.Flask:
    """Every component on both layouts, as the applications install them."""
    app = flask.Flask("probe", static_folder=str(pages.STATIC), static_url_path="/static")
    pages.configure(app.jinja_env, lambda: flask.request.args.get("language", "en"))

    @app.get("/<side>/<part>")
    def show(side: str, part: str) -> str:
        form = Everything(name="x")
        form.validate()
        head = f'{{% extends "{side}/layout.html" %}}{{% block title %}}Probe{{% endblock %}}{{% block content %}}'
        context = {"form": form, "when": WHEN, "officer_name": "A. Reyes", "sign_out": "/out", "is_exercise": True}
        links = [("Appeals", "/a", True), ("Tips", "/t", False)]
        body = FORM if part == "form" else PARTS
        return flask.render_template_string(
            f"{head}{body}{{% endblock %}}", force_name="Force", navigation=links, csrf_token=lambda: "t", **context
        )

    @app.after_request
    def strict(response: flask.Response) -> flask.Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_probe(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["/desk/form", "/desk/parts", "/public/form", "/public/parts"])
def test_page_fits_and_nothing_is_blocked(chromium: Browser, address: str, path: str, width: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address + path)
    page.wait_for_load_state("networkidle")
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    page.close()
    assert said == []
    assert wider <= 0


@pytest.mark.parametrize("language", pages.languages())
@pytest.mark.parametrize("path", ["/desk/form", "/desk/parts", "/public/form", "/public/parts"])
def test_page_has_no_accessibility_violation(chromium: Browser, address: str, path: str, language: str) -> None:
    with chromium.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.goto(f"{address}{path}?language={language}")
        found = Axe().run(page)
    assert [(violation["id"], violation["nodes"][0]["html"]) for violation in found.response["violations"]] == []


def test_dangerous_button_asks_once_without_script(chromium: Browser, address: str) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/desk/parts")
        act = page.get_by_role("button", name="Take down 4 posts")
        assert not act.is_visible()
        page.locator("summary", has_text="Take down").click()
        assert act.is_visible()
        assert page.get_by_text("This removes 4 posts.").is_visible()
