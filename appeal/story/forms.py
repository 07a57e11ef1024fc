"""Web pages as a browser without scripts sees them: forms with their fields, buttons and links."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from lxml import html

TYPED = {"text", "email", "tel", "url", "number", "search", "date", "time", "datetime-local", "password", "hidden", ""}
BOXES = {"checkbox", "radio"}


class NotOnThePage(AssertionError):
    """The page has no such form, field, button or link."""


@dataclass(frozen=True)
class Upload:
    """A file that is put into a form."""

    name: str
    data: bytes = field(repr=False)
    mime: str


@dataclass(frozen=True)
class Sending:
    """What a press sends: pairs in the order of the page, files apart."""

    method: str
    address: str
    fields: list[tuple[str, str]]
    files: list[tuple[str, tuple[str, bytes, str]]]


class Form:
    """One form, filled like a person would: only fields that are there, only choices that are offered."""

    def __init__(self, element: Any, address: str, outside: list[Any]) -> None:
        self._element = element
        self._address = address
        self._outside = outside
        self._uploads: list[tuple[str, Upload]] = []
        self._values: dict[str, list[str]] = {}
        for control in self._controls():
            self._values.setdefault(control.get("name"), []).extend(_initial(control))

    @property
    def names(self) -> set[str]:
        """The names of all fields."""
        return set(self._values)

    @property
    def buttons(self) -> list[str]:
        """What stands on the buttons."""
        return [_words(button) for button in self._buttons()]

    def has(self, *names: str) -> bool:
        """Whether all these fields are there."""
        return all(self._name(name) for name in names)

    def value(self, name: str) -> str:
        """What a field holds now."""
        return "".join(self._values[self._found(name)][:1])

    def choices(self, name: str) -> list[str]:
        """The values that a select, radio buttons or checkboxes offer."""
        found = self._found(name)
        named = [control for control in self._controls() if control.get("name") == found]
        return [value for control in named for value in _offered(control)]

    def fill(self, **values: str) -> "Form":
        """Type into fields or choose one of the offered values."""
        for name, value in values.items():
            offered = self.choices(name)
            if offered and value not in offered:
                raise NotOnThePage(f"{name} offers {offered}, not {value!r}")
            self._values[self._found(name)] = [value.replace("\r\n", "\n").replace("\n", "\r\n")]
        return self

    def tick(self, name: str, *values: str) -> "Form":
        """Tick these boxes and no others; without values all that there are."""
        self._values[self._found(name)] = list(values) or self.choices(name)
        return self

    def attach(self, name: str, *uploads: Upload) -> "Form":
        """Choose files."""
        self._uploads += [(self._found(name), upload) for upload in uploads]
        return self

    def has_button(self, button: str) -> bool:
        """Whether there is a button with these words, or with this name=value."""
        return any(_is_meant(one, button) for one in self._buttons())

    def press(self, button_words: str = "") -> Sending:
        """What is sent by the button with these words or this name=value, else by the first button."""
        found = [one for one in self._buttons() if _is_meant(one, button_words)]
        if button_words and not found:
            raise NotOnThePage(f"no button {button_words!r} among {self.buttons}")
        button = found[0] if found else None
        fields = [(name, value) for name, values in self._values.items() for value in values]
        if button is not None and button.get("name"):
            fields.append((button.get("name"), button.get("value") or ""))
        address = (button.get("formaction") if button is not None else None) or self._element.get("action") or ""
        files = [(name, (upload.name, upload.data, upload.mime)) for name, upload in self._uploads]
        method = (self._element.get("method") or "get").upper()
        return Sending(method, urljoin(self._address, address), fields, files)

    def _name(self, name: str) -> str:
        """The whole name of a field; on a page with several forms it may stand behind a prefix and a dash."""
        fitting = [one for one in self._values if one == name or one.endswith(f"-{name}")]
        return fitting[0] if fitting else ""

    def _found(self, name: str) -> str:
        found = self._name(name)
        if not found:
            raise NotOnThePage(f"no field {name!r} among {sorted(self._values)}")
        return found

    def _controls(self) -> list[Any]:
        inside = [one for one in self._element.iter("input", "textarea", "select") if not one.get("form")]
        return [one for one in [*inside, *self._outside] if one.get("name") and one.get("disabled") is None]

    def _buttons(self) -> list[Any]:
        own = [one for one in [*self._element.iter("button"), *self._outside] if one.tag == "button"]
        return [one for one in own if one.get("type", "submit") == "submit"]


class Page:
    """One answer of a server."""

    def __init__(self, status: int, address: str, text: str) -> None:
        self.status = status
        self.address = address
        self.text = text

    @cached_property
    def tree(self) -> Any:
        """The parsed page."""
        return html.document_fromstring(self.text or "<html></html>")

    @property
    def words(self) -> str:
        """What a person reads, in one line."""
        return _words(self.tree)

    @cached_property
    def forms(self) -> list[Form]:
        """All forms, each with the fields that stand elsewhere and name it."""
        return [self._form(element) for element in self.tree.iter("form")]

    def form(self, *fields: str, button: str = "", action: str = "") -> Form:
        """The first form that has these fields, such a button and such a part of its address."""
        for form in self.forms:
            if form.has(*fields) and (not button or form.has_button(button)) and action in form.press(button).address:
                return form
        raise NotOnThePage(
            f"{self.address} ({self.status}) has no form with {fields} {button!r} {action!r}: {self.brief}"
        )

    def links(self, part: str = "") -> list[str]:
        """The addresses of all links whose address contains this part."""
        found = [urljoin(self.address, one.get("href")) for one in self.tree.iter("a") if one.get("href")]
        return [address for address in found if part in address]

    def link(self, words: str) -> str:
        """The address of the first link with these words."""
        for one in self.tree.iter("a"):
            if words.lower() in _words(one).lower() and one.get("href"):
                return str(urljoin(self.address, one.get("href")))
        raise NotOnThePage(f"{self.address} has no link {words!r}: {self.brief}")

    def select(self, path: str) -> list[str]:
        """The words of the elements that an XPath finds."""
        return [_words(one) for one in self.tree.xpath(path)]

    @property
    def brief(self) -> str:
        """The words of the middle of the page, cut, for messages."""
        main = self.tree.xpath("//main")
        return _words(main[0] if main else self.tree)[:400]

    def _form(self, element: Any) -> Form:
        name = element.get("id")
        outside = self.tree.xpath("//*[@form=$name]", name=name) if name else []
        return Form(element, self.address, outside)


def _is_meant(button: Any, words: str) -> bool:
    named = f"{button.get('name')}={button.get('value') or ''}"
    return words == named or words.lower() in _words(button).lower()


def _initial(control: Any) -> list[str]:
    """What a control sends when nobody touches it."""
    if control.tag == "textarea":
        return [(control.text_content() or "").removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")]
    if control.tag == "select":
        chosen = [one.get("value") or "" for one in control.iter("option") if one.get("selected") is not None]
        return chosen or ([] if control.get("multiple") is not None else _offered(control)[:1])
    kind = (control.get("type") or "").lower()
    if kind in BOXES:
        return [control.get("value") or "on"] if control.get("checked") is not None else []
    return [control.get("value") or ""] if kind in TYPED else []


def _offered(control: Any) -> list[str]:
    if control.tag == "select":
        return [one.get("value") or "" for one in control.iter("option")]
    return [control.get("value") or "on"] if (control.get("type") or "").lower() in BOXES else []


def _words(element: Any) -> str:
    return " ".join(element.text_content().split())
