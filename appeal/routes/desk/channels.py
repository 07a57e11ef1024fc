"""Channels: what is connected and how it does, connecting one more, and the addresses of lists."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appeal import publishers
from appeal.models.release import Channel
from appeal.pages import translate
from appeal.publishers.base import Capabilities, Find, Health, Removal
from appeal.routes.desk import press
from appeal.routes.desk.gate import actor, language, needs
from appeal.routes.forms.base import DeskForm
from appeal.routes.forms.channels import AddressesForm, ConnectForm, OptOutForm, form_for
from appeal.rules import clock
from appeal.rules.errors import BadInput, NotFound
from appeal.rules.permissions import Permission
from appeal.rules.words import _
from appeal.services import addresses, channels, force, health

REMOVALS = {Removal.REMOVES: _("removes the post"), Removal.FOLLOWS_UP: _("sends a message that takes it back")}
FINDS = {
    Find.NONE: _("cannot tell; a person is asked"),
    Find.USUAL: _("usually finds it"),
    Find.SURE: _("finds it surely"),
}
IS_WELL = _("%(name)s works: %(words)s")
IS_NOT_WELL = _("%(name)s does not work: %(words)s")
ADDED = _("Added: %(added)s. On the list already: %(known)s. Not added because they opted out: %(opted_out)s.")

pages = Blueprint("channels", __name__)


@pages.get("/channels")
@needs(Permission.ADMINISTER)
def index() -> ResponseReturnValue:
    """All channels, and what each publisher can do."""
    found, checks, now = channels.every(), health.kept(), clock.now()
    return render_template(
        "desk/channels/index.html",
        channels=found,
        capabilities={one.id: channels.capabilities(one) for one in found},
        counts=addresses.counts(),
        no_counts=addresses.Counts(),
        publishers={name: _capabilities(name) for name in publishers.PUBLISHERS},
        removals=REMOVALS,
        finds=FINDS,
        checks=checks,
        standings={one.id: health.STANDINGS[health.standing(one, checks.get(one.id), now)] for one in found},
        form=DeskForm(formdata=None),
    )


@pages.post("/channels/<int:channel_id>/check")
@needs(Permission.ADMINISTER)
def check(channel_id: int) -> ResponseReturnValue:
    """Ask the platform now whether the channel can publish, and keep what it says."""
    channel = _channel(channel_id)
    found = channels.check(channel)
    health.note(channel_id, found, now=clock.now())
    _tell(channel.name, found)
    return redirect(url_for("channels.index"))


@pages.post("/channels/<int:channel_id>/resume")
@needs(Permission.ADMINISTER)
def resume(channel_id: int) -> ResponseReturnValue:
    """Let a stopped channel go on."""
    now = clock.now()

    def act() -> str:
        channels.resume(actor(), channel_id=channel_id, now=now)
        flash(_("The channel goes on. What waits for it goes out again."), "success")
        return url_for("channels.index")

    return redirect(press.once(DeskForm(), now, act))


@pages.get("/channels/connect")
@needs(Permission.ADMINISTER)
def choose() -> ResponseReturnValue:
    """From the chosen publisher to its form."""
    publisher = request.args.get("publisher", "")
    _capabilities(publisher)
    return redirect(url_for("channels.connect", publisher=publisher))


@pages.route("/channels/connect/<publisher>", methods=["GET", "POST"])
@needs(Permission.ADMINISTER)
def connect(publisher: str) -> ResponseReturnValue:
    """Connect a channel; it is tested first, and kept untested only if the officer says so."""
    asked = _capabilities(publisher)
    languages = force.settings()["languages"].split()
    form = form_for(asked, languages, reaches_officers=publisher in channels.REACH_OFFICERS)
    if not form.validate_on_submit():
        return _connect_page(publisher, asked, form, None)
    health = _tried(publisher, form)
    if not (health.is_well or form.anyway.data):
        return _connect_page(publisher, asked, form, health)
    now = clock.now()

    def act() -> str:
        channels.connect(
            actor(),
            publisher=publisher,
            name=form.name.data.strip(),
            language=form.language.data,
            settings=form.given(is_secret=False),
            secrets=form.given(is_secret=True),
            purpose=form.purpose.data if form.purpose else channels.APPEALS,
            now=now,
        )
        _tell(form.name.data.strip(), health)
        return url_for("channels.index")

    try:
        return redirect(press.once(form, now, act))
    except BadInput as error:
        form.show(error)
        return _connect_page(publisher, asked, form, None)


@pages.get("/channels/<int:channel_id>/addresses")
@needs(Permission.ADMINISTER)
def show_addresses(channel_id: int) -> ResponseReturnValue:
    """How many are on a list, and the two forms that change it."""
    return _addresses_page(channel_id, AddressesForm(formdata=None), OptOutForm(formdata=None))


@pages.post("/channels/<int:channel_id>/addresses")
@needs(Permission.ADMINISTER)
def add_addresses(channel_id: int) -> ResponseReturnValue:
    """Put many addresses on a list."""
    form, now = AddressesForm(), clock.now()

    def act() -> str:
        done = addresses.add_many(actor(), channel_id=channel_id, lines=form.lines.data, now=now)
        counts = {"added": done.added, "known": done.known, "opted_out": done.opted_out}
        flash(translate(language(), ADDED, **counts), "success")
        return url_for("channels.show_addresses", channel_id=channel_id)

    if form.validate_on_submit():
        try:
            return redirect(press.once(form, now, act))
        except BadInput as error:
            form.show(error)
    return _addresses_page(channel_id, form, OptOutForm(formdata=None))


@pages.post("/channels/<int:channel_id>/addresses/opt-out")
@needs(Permission.ADMINISTER)
def opt_out(channel_id: int) -> ResponseReturnValue:
    """Take one address off a list for good."""
    form, now = OptOutForm(), clock.now()

    def act() -> str:
        addresses.opt_out(actor(), channel_id=channel_id, address=form.listed.data, now=now)
        flash(_("Nothing more goes to this address."), "success")
        return url_for("channels.show_addresses", channel_id=channel_id)

    if form.validate_on_submit():
        try:
            return redirect(press.once(form, now, act))
        except BadInput as error:
            form.show(error)
    return _addresses_page(channel_id, AddressesForm(formdata=None), form)


def _connect_page(publisher: str, asked: Capabilities, form: ConnectForm, health: Health | None) -> ResponseReturnValue:
    """Secrets are empty again on a page that comes back."""
    return render_template(
        "desk/channels/connect.html", publisher=publisher, capabilities=asked, form=form, health=health
    ), 400 if form.errors or health else 200


def _addresses_page(channel_id: int, form: AddressesForm, opt_out_form: OptOutForm) -> ResponseReturnValue:
    channel = _channel(channel_id)
    if not channels.capabilities(channel).is_list:
        raise NotFound(_("There is no such list."))
    return render_template(
        "desk/channels/addresses.html",
        channel=channel,
        counts=addresses.counts().get(channel_id, addresses.Counts()),
        form=form,
        opt_out_form=opt_out_form,
    ), 400 if form.errors or opt_out_form.errors else 200


def _capabilities(publisher: str) -> Capabilities:
    if publisher not in publishers.PUBLISHERS:
        raise NotFound(_("There is no such publisher."))
    found: Capabilities = publishers.get(publisher).capabilities
    return found


def _channel(channel_id: int) -> Channel:
    found = next((one for one in channels.every() if one.id == channel_id), None)
    if found is None:
        raise NotFound(_("There is no such channel."))
    return found


def _tried(publisher: str, form: ConnectForm) -> Health:
    return channels.tried(
        actor(),
        publisher=publisher,
        language=form.language.data,
        settings=form.given(is_secret=False),
        secrets=form.given(is_secret=True),
    )


def _tell(name: str, health: Health) -> None:
    words = translate(language(), health.words)
    sentence = translate(language(), IS_WELL if health.is_well else IS_NOT_WELL, name=name, words=words)
    flash(sentence, "success" if health.is_well else "error")
