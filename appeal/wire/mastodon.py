"""The force's account on a Mastodon server: statuses, pictures, notifications, threads, through Mastodon.py."""

import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

import requests

from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, TryLater
from appeal.rules.words import _, say
from appeal.wire.http import Limits, Named, Session, base_address, limits_of
from appeal.wire.mastodon_errors import CALLED, Answered, asked, ordered
from appeal.wire.mastodon_shapes import NOTIFIED, Notification, Status, notifications, status, statuses

# What the library is told: it trips over the version strings of other servers that speak the same language.
VERSION = "4.4.0"
PAGE, NOTIFICATIONS_PAGE, PAGES = 40, 80, 50
# A picture is prepared by the server for as long; looked at again after these many seconds.
LOOKS_SECONDS = (0.2, 0.3, 0.5, 1.0, 2.0, 3.0)
CLOCKS_DIFFER = timedelta(minutes=5)

Result = TypeVar("Result")


@dataclass(frozen=True)
class Server:
    """What one server takes."""

    characters: int
    pictures: int
    description: int
    picture_bytes: int


class MastodonAccount:
    """One account. Questions raise TryLater or ChannelStopped; orders also raise the other publisher errors."""

    def __init__(self, settings: Named) -> None:
        token = settings.get("access_token")
        if not token or not settings.get("base_url"):
            raise ChannelStopped(_("This channel has no complete credentials for Mastodon."))
        if not token.isascii() or "/" in token or "\\" in token:  # the library would read a file of that name
            raise ChannelStopped(_("Mastodon does not accept the credentials of this channel."))
        self._base, self._token = base_address(settings, ""), token
        self._session = _Session(self._base, limits=limits_of(settings))
        self._client: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._session.close()

    def who(self) -> tuple[str, str]:
        """The id and the name of the account that the token belongs to."""

        def ask() -> tuple[str, str]:
            account = self._get("/api/v1/accounts/verify_credentials")
            return str(account["id"]), str(account["acct"])

        return asked(ask)

    def server(self) -> Server:
        """What this server takes."""

        def ask() -> Server:
            takes = self._get("/api/v2/instance")["configuration"]
            statuses, media = takes["statuses"], takes["media_attachments"]
            return Server(
                int(statuses["max_characters"]),
                int(statuses["max_media_attachments"]),
                int(media.get("description_limit") or 0),
                int(media["image_size_limit"]),
            )

        return asked(ask, Gone)

    def upload(self, picture: bytes, mime: str, alt: str) -> str:
        """Upload one picture with its description and return its id when the server has prepared it."""

        def ask() -> str:
            media = self._library().media_post(picture, mime_type=mime, description=alt or None, file_name="picture")
            for seconds in LOOKS_SECONDS:
                if media["url"]:
                    return str(media["id"])
                time.sleep(seconds)
                media = self._library().media(media["id"])
            raise TryLater(say("%(platform)s did not answer.", platform=CALLED), 60.0, "media is not ready")

        return asked(ask, ContentRefused)

    def create(
        self, text: str, media_ids: Sequence[str], *, language: str, visibility: str, key: str, answers: str = ""
    ) -> Status:
        """Publish a post. `key` may keep it from being published twice; not every server heeds it."""

        def order() -> Status:
            made = self._library().status_post(
                text,
                media_ids=list(media_ids) or None,
                language=language or None,
                visibility=visibility,
                idempotency_key=key,
                in_reply_to_id=answers or None,
            )
            return status(made)

        return _placed(lambda: ordered(order))

    def change(self, status_id: str, text: str, media_ids: Sequence[str]) -> Status:
        """Replace text and pictures of a post; `Gone` when it is not there."""
        return ordered(lambda: status(self._library().status_update(status_id, text, media_ids=list(media_ids))))

    def delete(self, status_id: str) -> None:
        """Delete a post with its pictures; `Gone` when it was not there."""
        ordered(lambda: str(self._library().status_delete(status_id, delete_media=True)["id"]))

    def status(self, status_id: str) -> Status | None:
        """The post, or None when it is not there."""
        try:
            return asked(lambda: status(self._get(f"/api/v1/statuses/{status_id}")), Gone)
        except Gone:
            return None

    def shown(self, status_id: str) -> Mapping[str, Any]:
        """The server's own answer about one post; `Gone` when it is not there."""
        return asked(lambda: dict(self._get(f"/api/v1/statuses/{status_id}")), Gone)

    def own(self, account_id: str, since: datetime | None = None, most: int = PAGES * PAGE) -> Iterator[Status]:
        """The account's own posts, newest first, back to that moment."""
        given, before = 0, ""
        while given < most:
            found = self._own_page(account_id, before)
            for one in found:
                if since is not None and one.created_at < since - CLOCKS_DIFFER:
                    return
                yield one
            given += len(found)
            if not found:
                return
            before = found[-1].id

    def thread(self, status_id: str) -> list[Status]:
        """Everything that was answered under a post; empty when it is gone."""
        try:
            return asked(lambda: statuses(self._get(f"/api/v1/statuses/{status_id}/context")["descendants"]), Gone)
        except Gone:
            return []

    def notifications(self, after: str) -> list[Notification]:
        """Mentions and quotes after the notification `after`, those that the server filters too, oldest first.

        Who writes to the police for the first time is a stranger with a new account: exactly whom servers filter.
        """
        found: dict[str, Notification] = {}
        place = ("min_id", after) if after else ("max_id", "")
        for _page in range(PAGES):
            fresh = [one for one in self._notified(*place) if one.id not in found]
            found |= {one.id: one for one in fresh}
            if not fresh:
                break
            ends = sorted(fresh, key=lambda one: (len(one.id), one.id))
            place = ("min_id", ends[-1].id) if after else ("max_id", ends[0].id)
        return sorted(found.values(), key=lambda one: (len(one.id), one.id))

    def _notified(self, name: str, value: str) -> list[Notification]:
        wanted = {"types[]": list(NOTIFIED), "include_filtered": "true", "limit": NOTIFICATIONS_PAGE}
        narrowed = wanted | ({name: value} if value else {})
        return asked(lambda: notifications(self._get("/api/v1/notifications", narrowed)))

    def _own_page(self, account_id: str, before: str) -> list[Status]:
        wanted = {"limit": PAGE, "exclude_reblogs": "true"} | ({"max_id": before} if before else {})
        return asked(lambda: statuses(self._get(f"/api/v1/accounts/{account_id}/statuses", wanted)))

    def _get(self, path: str, wanted: Mapping[str, Any] | None = None) -> Any:
        """Ask without the library's own reading of answers, which differ from server to server."""
        headers = {"Authorization": f"Bearer {self._token}"}
        return self._session.get(self._base + path, params=dict(wanted or {}), headers=headers).json()

    def _library(self) -> Any:
        if self._client is None:
            import mastodon  # noqa: PLC0415 a quarter of a second, only where something is written

            warnings.filterwarnings("ignore", category=mastodon.errors.MastodonDeprecationWarning)
            self._client = mastodon.Mastodon(
                access_token=self._token,
                api_base_url=self._base,
                session=self._session,
                ratelimit_method="throw",
                mastodon_version=VERSION,
                version_check_mode="created",  # else the library forgets the version and uses the old way to upload
            )
        return self._client


class _Session(Session):
    """Says no by an error of its own, before a library reads something into an answer."""

    def __init__(self, base: str, limits: Limits) -> None:
        super().__init__(base, limits=limits)

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        answer = super().request(method, url, *args, **kwargs)
        if not 200 <= answer.status_code < 300:
            raise Answered(answer)
        return answer


def _placed(call: Callable[[], Result]) -> Result:
    try:
        return call()
    except Gone as error:
        raise ChannelStopped(_("Mastodon is not to be found at the address of this channel."), error.detail) from None
