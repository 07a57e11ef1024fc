"""Whether the public side works: it answers and its database does."""

from flask import Blueprint, Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from appeal import db

pages = Blueprint("health", __name__)


@pages.get("/health")
def health() -> Response:
    """200 or 503 in one word; for those who watch machines."""
    try:
        with db.reading() as session:
            session.execute(text("SELECT 1"))
    except DBAPIError:
        return Response("the database is away\n", 503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})
