"""Pictures on X: upload in one go, and their alternative text."""

import base64
import binascii
import io
import time

from flask import Response, request
from PIL import Image, UnidentifiedImageError

from appeal.exercise.world import Media, World
from appeal.exercise.x_shapes import answer, invalid, media_shape

PICTURE_FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
PICTURE_BYTES_LIMIT = 5 * 1024 * 1024
ALT_TEXT_LIMIT = 1000
MEDIA_LIVES_SECONDS = 86_400


def upload(world: World) -> Response:
    """Take one picture, as JSON with base64 or as multipart."""
    body = request.get_json(silent=True)
    category = body.get("media_category") if isinstance(body, dict) else request.form.get("media_category")
    if category != "tweet_image":
        return invalid("media_category", category, "Only tweet_image is known here.")
    content = _uploaded_bytes(body)
    if content is None:
        return invalid("media", "", "The media is missing or is not base64.")
    if len(content) > PICTURE_BYTES_LIMIT:
        return invalid("media", len(content), "The picture is larger than 5 MB.")
    return _keep_picture(world, content)


def describe(world: World) -> Response:
    """Give an uploaded picture its alternative text."""
    body = request.get_json(silent=True)
    body = body if isinstance(body, dict) else {}
    media = world.media.get(str(body.get("id")))
    if media is None:
        return invalid("id", body.get("id"), "There is no media with this id.")
    metadata = body.get("metadata")
    described = metadata.get("alt_text") if isinstance(metadata, dict) else None
    text = str(described.get("text", "")) if isinstance(described, dict) else ""
    if not 0 < len(text) <= ALT_TEXT_LIMIT:
        return invalid("metadata.alt_text.text", text, "The alternative text has 1 to 1000 characters.")
    media.alt_text = text
    return answer({"data": {"id": media.id, "associated_metadata": {"alt_text": {"text": text}}}})


def _uploaded_bytes(body: object) -> bytes | None:
    if not isinstance(body, dict):
        upload = request.files.get("media")
        return upload.read() if upload else None
    try:
        return base64.b64decode(str(body.get("media", "")), validate=True) or None
    except binascii.Error:
        return None


def _keep_picture(world: World, content: bytes) -> Response:
    try:
        with Image.open(io.BytesIO(content), formats=list(PICTURE_FORMATS)) as picture:
            picture.load()
            media_type, (width, height) = PICTURE_FORMATS[str(picture.format)], picture.size
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return invalid("media", "", "The media type is not recognised.")
    now = time.time()
    media = Media(world.snowflake(now), content, media_type, width, height, now)
    world.media[media.id] = media
    return answer({"data": media_shape(media, now)})
