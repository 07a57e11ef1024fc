"""Files of messages at Twilio: listed, given, and kept until they are deleted."""

from flask import Response, g

from appeal.exercise.rooms import Picture, Room
from appeal.exercise.twilio_shapes import answer, error
from appeal.exercise.world import Text, World


class MediaRoom(Room):
    """Files by their ids, each with the message that it came with."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, tuple[str, Picture]] = {}

    def keep(self, sid: str, media_id: str, picture: Picture) -> None:
        """Keep a file that came with a message."""
        self.files[media_id] = (sid, picture)

    def of(self, sid: str) -> dict[str, Picture]:
        """The files of a message that were not deleted."""
        return {media_id: picture for media_id, (own, picture) in self.files.items() if own == sid}


def media_list(world: World, sid: str) -> Response:
    """Return what is kept of one message."""
    path = f"/2010-04-01/Accounts/{g.account}/Messages/{sid}/Media"
    rows = [
        {
            "sid": media_id,
            "parent_sid": sid,
            "account_sid": g.account,
            "content_type": picture.media_type,
            "uri": f"{path}/{media_id}.json",
        }
        for media_id, picture in world.room(MediaRoom).of(sid).items()
    ]
    page = {"page": 0, "page_size": 50, "start": 0, "end": max(0, len(rows) - 1), "uri": f"{path}.json"}
    return answer({"media_list": rows, "next_page_uri": None, "previous_page_uri": None, **page})


def media_file(world: World, sid: str, media_id: str) -> Response:
    """Return one file."""
    picture = world.room(MediaRoom).of(sid).get(media_id)
    return Response(picture.content, mimetype=picture.media_type) if picture else error(20404)


def media_delete(world: World, sid: str, media_id: str) -> Response:
    """Delete one file for good."""
    room = world.room(MediaRoom)
    if media_id not in room.of(sid):
        return error(20404)
    del room.files[media_id]
    return Response(status=204)


def keep_media(world: World, text: Text, pictures: tuple[Picture, ...]) -> None:
    """Keep the pictures of a message that came in."""
    path = f"https://api.twilio.com/2010-04-01/Accounts/{world.settings.twilio_account_sid}/Messages/{text.sid}/Media"
    ids = [world.twilio_id("ME") for _picture in pictures]
    for media_id, picture in zip(ids, pictures, strict=True):
        world.room(MediaRoom).keep(text.sid, media_id, picture)
    text.media_urls = tuple(f"{path}/{media_id}" for media_id in ids)


def media_fields(world: World, text: Text) -> dict[str, str]:
    """The fields that tell of the files in a webhook call."""
    kept = world.room(MediaRoom).of(text.sid)
    fields = {"NumMedia": str(len(text.media_urls))}
    for number, address in enumerate(text.media_urls):
        picture = kept.get(address.rpartition("/")[2])
        fields |= {f"MediaUrl{number}": address, f"MediaContentType{number}": picture.media_type if picture else ""}
    return fields
