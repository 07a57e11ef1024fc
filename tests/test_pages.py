"""Both layouts and every component: whole HTML, a language, nothing inline, the same with and without Flask."""

import gettext
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import flask
import jinja2
import pytest
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    FileField,
    Form,
    HiddenField,
    IntegerField,
    MultipleFileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    validators,
    widgets,
)
from wtforms.fields.choices import SelectChoice

from appeal import pages

VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "path",
        "rect",
    ]
)
CHOICES = [SelectChoice("bus", "Bus"), SelectChoice("train", "Train")]
LAYOUTS = ("public/layout.html", "desk/layout.html")
WHEN = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


class Outline(HTMLParser):
    """Collects tags with their attributes, and refuses a closing tag that closes nothing."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


class Everything(Form):  # type: ignore[misc]  # wtforms has no types
    """One field of every kind that the desk uses."""

    name = StringField("Name", [validators.InputRequired("Write the name")], description="As in the papers")
    story = TextAreaField("What happened", [validators.Length(max=500, message="Write less")])
    notes = TextAreaField("Notes")
    colour = SelectField("How they travel", choices=CHOICES)
    travel = RadioField("Seen in", choices=CHOICES)
    places = SelectMultipleField(
        "Places", choices=CHOICES, widget=widgets.ListWidget(), option_widget=widgets.CheckboxInput()
    )
    sure = BooleanField("I am sure", description="Tick only if you are")
    on = DateField("Day", [validators.Optional()])
    age = IntegerField("Age", [validators.Optional()])
    mail = EmailField("E-mail")
    phone = TelField("Telephone")
    secret = PasswordField("Password")
    photo = FileField("Photo")
    photos = MultipleFileField("Photos")
    expected_version = HiddenField()


@pytest.fixture
def typed() -> Everything:
    form = Everything(
        MultiDict({"name": "", "story": "x" * 600, "travel": "bus", "places": "train", "sure": "y", "on": "2026-02-31"})
    )
    assert not form.validate()
    return form


def rendered(source: str, language: str = "en", **context: object) -> str:
    return pages.environment(language).from_string(source).render(**context)


def inline_parts(html: str) -> Iterator[str]:
    for tag, attributes in Outline(html).tags:
        yield from (f"{tag} {name}" for name in attributes if name == "style" or re.match(r"on[a-z]+$|hx-on", name))
        if tag == "style" or (tag == "script" and "src" not in attributes):
            yield tag


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", pages.languages())
@pytest.mark.parametrize("is_exercise", [True, False])
def test_layout_is_whole_and_has_nothing_inline(layout: str, language: str, is_exercise: bool) -> None:
    source = f'{{% extends "{layout}" %}}{{% block title %}}Queue{{% endblock %}}{{% block content %}}A{{% endblock %}}'
    html = rendered(source, language, force_name="Policía <Local>", is_exercise=is_exercise)
    outline = Outline(html)
    assert outline.all("html")[0]["lang"] == language
    assert list(inline_parts(html)) == []
    assert ("EXERCISE" in html or "SIMULACRO" in html) == is_exercise
    assert "Policía &lt;Local&gt;" in html
    assert outline.all("main") == [
        {
            "class": "wide" if layout.startswith("public") else "govuk-main-wrapper",
            "id": "main-content",
            "tabindex": "-1",
        }
    ]


def test_public_layout_stays_small_and_needs_no_script() -> None:
    html = rendered(
        '{% extends "public/layout.html" %}',
        force_name="Force",
        is_exercise=True,
        alternates=[("en", "/en/"), ("es", "/es/")],
    )
    files = ("public.css", "force.css", "icon.svg")
    assert len(html) + sum((pages.STATIC / name).stat().st_size for name in files) < 20_000
    assert "<script" not in html
    assert "/vendor/" not in html
    assert [link["href"] for link in Outline(html).all("a")] == ["#main-content", "/en/appeals/", "/es/"]


def test_desk_layout_shows_who_is_signed_in_and_where() -> None:
    html = rendered(
        '{% extends "desk/layout.html" %}',
        force_name="Force",
        is_exercise=False,
        officer_name="A. Reyes",
        sign_out="/sign-out",
        navigation=[("Tips", "/tips/", True), ("Appeals", "/appeals/", False)],
        csrf_token=lambda: "t0ken",
        get_flashed_messages=lambda with_categories: [("success", "Saved"), ("message", "Hello")],
    )
    outline = Outline(html)
    assert [form["action"] for form in outline.all("form")] == ["/sign-out"]
    assert [link["href"] for link in outline.all("a") if link.get("aria-current")] == ["/tips/"]
    assert html.count("t0ken") == 2
    assert "moj-alert--success" in html
    assert "moj-alert--information" in html


@pytest.mark.parametrize("name", list(Everything()._fields))
def test_field_has_a_label_and_keeps_its_name(name: str, typed: Everything) -> None:
    html = rendered('{% from "components/field.html" import field %}{{ field(form[name]) }}', form=typed, name=name)
    outline = Outline(html)
    inputs = [tag for kind in ("input", "select", "textarea") for tag in outline.all(kind)]
    assert {tag["name"] for tag in inputs} == {name}
    labelled = {label["for"] for label in outline.all("label")}
    assert {tag["id"] for tag in inputs if tag.get("type") != "hidden"} <= labelled
    assert list(inline_parts(html)) == []


def test_field_shows_the_mistake_and_what_was_typed(typed: Everything) -> None:
    source = (
        '{% from "components/field.html" import field %}{{ field(form.on) }}{{ field(form.name, hint="Full name") }}'
    )
    html = rendered(source, "en", form=typed)
    day, name = Outline(html).all("input")
    assert (day["value"], day["type"], day["aria-describedby"]) == ("2026-02-31", "date", "on-error")
    assert (name["value"], name["aria-describedby"]) == (None, "name-hint name-error") or name["value"] == ""
    assert "Write the name" in html


def test_field_marks_what_was_chosen(typed: Everything) -> None:
    source = '{% from "components/field.html" import field %}{% for n in names %}{{ field(form[n]) }}{% endfor %}'
    html = rendered(source, form=typed, names=["travel", "places", "sure"])
    assert [tag["value"] for tag in Outline(html).all("input") if "checked" in tag] == ["bus", "train", "y"]


def test_field_refuses_a_widget_that_it_does_not_know() -> None:
    class Odd(Form):  # type: ignore[misc]
        grid = StringField("Grid", widget=widgets.TableWidget())

    with pytest.raises(jinja2.UndefinedError, match="no markup for the widget TableWidget"):
        rendered('{% from "components/field.html" import field %}{{ field(form.grid) }}', form=Odd())


def test_error_summary_links_each_mistake_to_its_field(typed: Everything) -> None:
    source = '{% from "components/error_summary.html" import error_summary %}{{ error_summary(form, ["Changed"]) }}'
    html = rendered(source, form=typed)
    assert [link["href"] for link in Outline(html).all("a")] == ["#name", "#story", "#colour", "#on"]
    assert "Changed" in html
    assert rendered(source.replace(', ["Changed"]', ""), form=Everything()).strip() == ""


def test_hidden_fields_are_the_ones_nobody_sees(typed: Everything) -> None:
    source = '{% from "components/hidden_fields.html" import hidden_fields %}{{ hidden_fields(form) }}'
    assert [tag["name"] for tag in Outline(rendered(source, form=typed)).all("input")] == ["expected_version"]


COMPONENTS = {
    "status": 'status("Sent", "green")',
    "moment": 'moment(when, "Europe/Madrid")',
    "span": 'span(when, when, "Europe/Madrid")',
    "picture": 'picture("/a.jpg", "A man in a red coat", 640, 480, [("/s.jpg", 320), ("/l.jpg", 640)], "CCTV")',
    "summary_list": 'summary_list([{"key": "Kind", "value": "Wanted", "actions": [{"text": "Change", "href": "/x"}]},'
    ' {"key": "Case", "value": "1"}])',
    "copy_out": 'copy_out("For the radio", "Seen <now>")',
    "pagination": 'pagination("/?after=x", "/")',
    "timeline": 'timeline([{"title": "Sent", "at": when, "by": "A. Reyes", "text": "x"}, {"title": "Due", "at": when}],'
    ' "Europe/Madrid")',
    "empty": 'empty("No appeals yet", "Draft the first one.", "/new", "Draft an appeal")',
    "confirm_button": 'confirm_button("Take down", "This removes 4 posts.", "Take down 4 posts", "verb", "down")',
    "button": 'button("Save", "secondary", "verb", "save", "/save")',
    "alert": 'alert("Saved", "success")',
}


@pytest.mark.parametrize("language", pages.languages())
@pytest.mark.parametrize("name", COMPONENTS)
def test_component_is_whole_and_has_nothing_inline(name: str, language: str) -> None:
    call = COMPONENTS[name]
    html = rendered(f'{{% from "components/{name}.html" import {name} %}}{{{{ {call} }}}}', language, when=WHEN)
    assert Outline(html).tags
    assert list(inline_parts(html)) == []
    assert "<now>" not in html


def test_every_component_is_tried() -> None:
    tried = set(COMPONENTS) | {"field", "error_summary", "hidden_fields"}
    assert {path.stem for path in (pages.TEMPLATES / "components").glob("*.html")} == tried


def test_moment_names_the_zone_in_the_words_of_the_language() -> None:
    assert rendered('{{ when | moment("Europe/Madrid") }}', when=WHEN) == "Mon 23 Nov 2026, 18:00 Europe/Madrid"
    assert pages.moment_in_words(WHEN, "Atlantic/Canary", "es") == "lun 23 nov 2026, 17:00 Atlantic/Canary"
    with pytest.raises(ValueError, match="without a zone"):
        pages.moment_in_words(WHEN.replace(tzinfo=None), "Europe/Madrid", "en")


def test_numbers_and_days_follow_the_language() -> None:
    source = "{{ 12345.5 | number }} {{ day | day }}"
    day = date(2026, 3, 1)
    assert rendered(source, "en", day=day) == "12,345.5 1 March 2026"
    assert rendered(source, "es", day=day) == "12.345,5 1 de marzo de 2026"


def test_a_missing_value_is_an_error_and_text_is_escaped() -> None:
    with pytest.raises(jinja2.UndefinedError):
        rendered("{{ nobody_gave_this }}")
    assert rendered("{{ text }}", text="<b>") == "&lt;b&gt;"


def test_words_takes_any_text_as_it_is() -> None:
    assert rendered("{{ '100 % sure' | words }}{{ '' | words }}", "es") == "100 % sure"
    assert pages.translate("es", "Not a valid choice.") == "Opción inválida."
    assert pages.translate("en", "by %(name)s", name="Ana") == "by Ana"


def test_unknown_language_and_unknown_vendor_file_are_errors() -> None:
    with pytest.raises(KeyError):
        pages.environment("xx")
    with pytest.raises(KeyError):
        pages.vendor("htmx", "other.js")
    assert isinstance(pages.catalogue("en"), gettext.NullTranslations)


def test_flask_renders_the_same_in_the_language_of_each_request() -> None:
    app = flask.Flask("probe")
    pages.configure(app.jinja_env, lambda: flask.request.args.get("language", "en"))
    app.context_processor(lambda: {"force_name": "Force", "is_exercise": False})
    source = '{% extends "desk/layout.html" %}{% block content %}{{ 1234 | number }} {{ _("Sign out") }}{% endblock %}'
    app.add_url_rule("/", view_func=lambda: flask.render_template_string(source))
    app.secret_key = "probe"
    for language in ("en", "es", "en"):
        page = app.test_client().get(f"/?language={language}").get_data(as_text=True)
        plain = rendered(source, language, force_name="Force", is_exercise=False)
        assert page == plain
