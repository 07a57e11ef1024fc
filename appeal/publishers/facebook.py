"""Publishes on a Facebook page: words with described photos, found again by the copy's own short link."""

import re
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from appeal.pages import render
from appeal.publishers import text
from appeal.publishers.base import (
    Capabilities,
    Comment,
    Find,
    Found,
    Health,
    LookUp,
    Pictures,
    Receipt,
    Removal,
    Setting,
    Settings,
    Shown,
)
from appeal.rules.content import Content, Picture, Post
from appeal.rules.errors import Gone, PublisherError
from appeal.rules.words import _, say
from appeal.wire import shown
from appeal.wire.facebook import FacebookPage
from appeal.wire.plain import Body, as_object

# Facebook's own limit is far above; nobody reads more under a picture.
TEXT_LIMIT = 5_000
COUNTED = _("%(length)s of %(limit)s characters")
BETWEEN = "/"
STORY = re.compile(r"/[\w.-]+/posts/(?:[\w-]+/)?(?P<number>\d+)/?")
STAND_IN = re.compile(r"http://127\.0\.0\.1:\d+/#facebook-(?P<number>\d+_\d+)")


class Facebook:
    """One page. A receipt's id is the post's, then those of its photos: `1_2/34/35`."""

    name = "facebook"
    capabilities = Capabilities(
        no_thanks="",
        refuses_duplicates=True,
        label=_("Facebook page"),
        apply_for=_(
            "a page and its token with "
            "pages_manage_posts, pages_read_engagement and pages_manage_engagement, after Meta's review"
        ),
        costs=_("nothing"),
        text_limit=TEXT_LIMIT,
        counts=_("characters"),
        pictures=Pictures(number=8, max_side=2048, max_bytes=4_000_000, alt_limit=1000),
        can_update=True,
        removal=Removal.REMOVES,
        find=Find.SURE,
        settle_seconds=300.0,
        can_hide=True,
        answered_in_public=True,
        settings=(
            Setting("page_id", _("Number of the page")),
            Setting("page_token", _("Access token of the page, best of a system user"), is_secret=True),
            Setting("app_secret", _("App secret"), is_secret=True),
            Setting("verify_token", _("Word that Facebook repeats when the webhook is set up")),
            Setting("base_url", _("Address of the platform; empty for the real one")),
        ),
    )

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def compose(self, content: Content) -> Post:
        """The post as the public will read it; raises `DoesNotFit` with all reasons."""
        if content.action == "retract":
            words = text.tidy(render("posts/withdrawn.txt", content.language, content=content))
            return Post(words, language=content.language, length=len(words), limit=TEXT_LIMIT)
        wanted = self.capabilities.pictures
        pictures = content.pictures[: wanted.number]
        reasons = text.picture_reasons(pictures, wanted)
        written = text.fitted(content, _written, lambda words: len(words) <= TEXT_LIMIT)
        if written is None:
            least = len(_written(text.without_story(content)))
            reasons.insert(0, text.too_long(content, say(COUNTED, length=least, limit=TEXT_LIMIT)))
        text.refuse_if(reasons)
        words = written or ""
        return Post(words, language=content.language, pictures=pictures, length=len(words), limit=TEXT_LIMIT)

    def send(self, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Upload the pictures, which shows nothing, then publish. Until then nothing can be unknown."""
        with FacebookPage(self._settings) as page:
            photo_ids = _uploaded(page, post.pictures)
            return self._receipt(BETWEEN.join([page.publish(post.text, photo_ids), *photo_ids]))

    def update(self, external_id: str, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Give the post other words and pictures where it stands; the earlier pictures are deleted."""
        post_id, *earlier = external_id.split(BETWEEN)
        with FacebookPage(self._settings) as page:
            before = [*earlier, *page.photos_of(post_id)]
            photo_ids = _uploaded(page, post.pictures)
            page.change(post_id, post.text, photo_ids)
            _delete(page, set(before) - set(photo_ids))
        return self._receipt(BETWEEN.join([post_id, *photo_ids]))

    def find(self, key: str, address: str, post: Post, since: datetime) -> LookUp:  # noqa: ARG002
        """Look through the page's posts for the copy's link."""
        mark = f"/r/{key}"
        with FacebookPage(self._settings) as page:
            found = next((own for own in page.own_posts(since) if mark in own.text), None)
            if found is None:
                return LookUp(Found.NOT_THERE)
            return LookUp(Found.THERE, self._receipt(BETWEEN.join([found.id, *page.photos_of(found.id)])))

    def retract(self, external_id: str, post: Post) -> Receipt:  # noqa: ARG002
        """Delete the post and its photos; each of them has an address of its own."""
        post_id, *known = external_id.split(BETWEEN)
        with FacebookPage(self._settings) as page:
            photos = {*known, *page.photos_of(post_id)}
            ends = [_is_deleted(page, node) for node in [post_id, *sorted(photos)]]
        if not any(ends):
            raise Gone(_("The post is not on Facebook any more."))
        return self._receipt(external_id)

    def is_out(self, external_id: str) -> LookUp:
        """Whether the post or one of its photos can still be seen."""
        with FacebookPage(self._settings) as page:
            is_there = any(page.exists(node) for node in external_id.split(BETWEEN))
        return LookUp(Found.THERE, self._receipt(external_id)) if is_there else LookUp(Found.NOT_THERE)

    def shown(self, external_id: str) -> Shown:
        """The post with its photos, and every comment under it."""
        post_id = external_id.split(BETWEEN, maxsplit=1)[0]
        with FacebookPage(self._settings) as page:
            answer, said = page.shown(post_id)
            return shown.read("Facebook", lambda: self._shown(page, answer, said))

    def _shown(self, page: FacebookPage, answer: Body, said: Sequence[Body]) -> Shown:
        photos = [(address, alt) for address, alt in _pictured(answer) if page.gives(address)]
        found, missing = shown.pictures(self._settings, photos)
        return Shown(
            text=str(answer.get("message", "")),
            permalink=str(answer.get("permalink_url", "")),
            posted_at=shown.moment(answer.get("created_time")),
            counts={"shares": int(shares)} if (shares := as_object(answer.get("shares")).get("count")) else {},
            comments=tuple(_comment(one) for one in said),
            pictures=found,
            raw=shown.raw({"post": answer, "answers": said}),
            missing=missing,
        )

    def number_at(self, permalink: str, pictures: int) -> str:  # noqa: ARG002
        """The number of a post of this page, where its address holds one; newer addresses hide it."""
        page, parts = self._settings.get("page_id"), urlsplit(permalink)
        if parts.netloc.removeprefix("www.").removeprefix("m.") == "facebook.com":
            asked = parse_qs(parts.query)
            named = STORY.fullmatch(parts.path) or STORY.fullmatch("/x/posts/" + asked.get("story_fbid", [""])[0])
            return f"{page}_{named['number']}" if named else ""
        stand_in = STAND_IN.fullmatch(permalink)
        return stand_in["number"] if stand_in else ""

    def hide(self, external_id: str) -> None:
        """Hide one comment of the public; its author and their friends still see it."""
        with FacebookPage(self._settings) as page:
            page.hide(external_id)

    def show_again(self, external_id: str) -> None:
        """Let everybody see a comment again that was hidden."""
        with FacebookPage(self._settings) as page:
            page.hide(external_id, hidden=False)

    def thank(self, post: Post, address: str, key: str) -> Receipt:  # noqa: ARG002
        """Answer somebody who wrote to the page; Facebook allows that within a day."""
        with FacebookPage(self._settings) as page:
            return Receipt(page.tell(address.partition(" ")[0], post.text))

    def check(self) -> Health:
        """Whether the token is good and belongs to the page."""
        try:
            with FacebookPage(self._settings) as page:
                name, ends_at = page.who(), page.ends_at()
        except PublisherError as error:
            return Health(False, error.words)
        return Health(True, say("Facebook answers for the page %(name)s.", name=name), expires_at=ends_at)

    def _receipt(self, external_id: str) -> Receipt:
        post_id = external_id.split(BETWEEN, maxsplit=1)[0]
        if base := self._settings.get("base_url"):  # a stand-in shows its posts on a wall beside the platform
            return Receipt(external_id, f"{base.rsplit('/', 1)[0]}/#facebook-{post_id}")
        return Receipt(external_id, f"https://www.facebook.com/{post_id}")


def _written(content: Content) -> str:
    return text.tidy(render("posts/facebook.txt", content.language, content=content))


def _uploaded(page: FacebookPage, pictures: Sequence[Picture]) -> list[str]:
    return [page.upload(picture.best.data, picture.alt) for picture in pictures]


def _pictured(answer: Body) -> list[tuple[str, str]]:
    """Address and alt text of every photo of a post, each once."""
    rows = as_object(answer.get("attachments")).get("data", [])
    inner = [part for row in rows for part in as_object(row.get("subattachments")).get("data", [])]
    found: dict[str, str] = {}
    for one in inner or rows:
        address = as_object(as_object(one.get("media")).get("image")).get("src")
        if address:
            found[str(address)] = str(one.get("description") or "")
    return list(found.items())


def _comment(row: Body) -> Comment:
    author = as_object(row.get("from"))
    return Comment(str(author.get("name", "")), str(row.get("message", "")), shown.moment(row.get("created_time")))


def _is_deleted(page: FacebookPage, node: str) -> bool:
    """Delete a node; False when it was not there."""
    try:
        page.delete(node)
    except Gone:
        return False
    return True


def _delete(page: FacebookPage, nodes: set[str]) -> None:
    """Delete what is not shown any more; a picture that stays is found and deleted when the post is taken down."""
    for node in sorted(nodes):
        try:
            page.delete(node)
        except PublisherError:
            continue
