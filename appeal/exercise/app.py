"""The exercise application and its two servers: HTTP for platforms and wall, SMTP for mail."""

import io
import threading
from pathlib import Path
from typing import IO, Any

from flask import Flask, Request, Response, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from appeal.exercise.control import create_control
from appeal.exercise.guests import GUESTS
from appeal.exercise.mail import MailServer
from appeal.exercise.settings import Settings
from appeal.exercise.twilio import create_twilio
from appeal.exercise.twilio_shapes import error
from appeal.exercise.wall import create_wall
from appeal.exercise.world import World
from appeal.exercise.x import create_x
from appeal.exercise.x_shapes import problem

ROOT = Path(__file__).resolve().parents[2]
REQUEST_BYTES_LIMIT = 30 * 1024 * 1024
OPEN_TO_PEOPLE = {"control", "wall"}
LOOPBACK = ("127.0.0.1", "localhost")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Exercise:
    """A running world; ports are the real ones also when 0 was asked for."""

    def __init__(self, host: str, port: int, smtp_port: int, settings: Settings) -> None:
        self.world = World(settings)
        self._mail = MailServer(self.world, host, smtp_port)
        app = create_exercise_app(self.world, settings)
        app.config["TRUSTED_HOSTS"] = list(LOOPBACK) if host in LOOPBACK else None
        self._web: BaseWSGIServer = make_server(host, port, app, threaded=True, request_handler=_QuietHandler)
        self.port = self._web.port
        self.smtp_port = self._mail.port
        self.address = f"http://{host}:{self.port}"
        self._thread = threading.Thread(target=self.serve_web, name="exercise-web", daemon=True)

    def start(self) -> None:
        """Begin to answer on both ports, in threads of their own."""
        self._mail.start()
        self._thread.start()

    def stop(self) -> None:
        """Close both ports."""
        self._web.shutdown()
        self._thread.join(timeout=10)
        self._web.server_close()
        self._mail.stop()

    def serve_web(self) -> None:
        """Answer HTTP until stopped."""
        self._web.serve_forever(poll_interval=0.05)

    def wait(self) -> None:
        """Return when the web server was stopped."""
        self._thread.join()


def create_exercise_app(world: World, settings: Settings) -> Flask:
    """Return the WSGI application: /x, /twilio, /control and the wall."""
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates" / "exercise"),
        static_folder=str(ROOT / "static"),
        static_url_path="/static",
    )
    app.request_class = _MemoryRequest
    app.config.update(MAX_CONTENT_LENGTH=REQUEST_BYTES_LIMIT, MAX_FORM_MEMORY_SIZE=REQUEST_BYTES_LIMIT)
    app.jinja_env.globals["force_name"] = settings.force_name
    app.before_request(_refuse_other_sites)
    app.after_request(_add_headers)
    app.register_error_handler(HTTPException, _say_what_is_wrong)
    for blueprint in (create_x(world), create_twilio(world), create_control(world), create_wall(world)):
        app.register_blueprint(blueprint)
    for guest in GUESTS.values():
        app.register_blueprint(guest.create(world))
    return app


def serve(host: str, port: int, smtp_port: int, settings: Settings) -> None:
    """Run the world until the process is stopped."""
    exercise = Exercise(host, port, smtp_port, settings)
    exercise.start()
    try:
        exercise.wait()
    except KeyboardInterrupt:
        exercise.stop()


class _MemoryRequest(Request):
    """A request whose uploads stay in memory; the usual one writes larger ones to a temporary file."""

    def _get_file_stream(self, *_args: Any, **_more: Any) -> IO[bytes]:
        return io.BytesIO()


class _QuietHandler(WSGIRequestHandler):
    """Writes no line per request: what was called is in the world's own notes."""

    def log(self, type: str, message: str, *args: object) -> None:
        if type == "error":
            super().log(type, message, *args)


def _refuse_other_sites() -> Response | None:
    """Keep pages of other sites from steering the world through a browser that runs on this machine."""
    if request.blueprint not in OPEN_TO_PEOPLE:
        return None
    origin = request.headers.get("Origin")
    is_foreign = origin is not None and origin != request.host_url.rstrip("/")
    if is_foreign or (request.headers.get("Sec-Fetch-Site") == "cross-site" and request.method != "GET"):
        return Response("The exercise takes orders from its own pages only.", 403, mimetype="text/plain")
    return None


def _say_what_is_wrong(wrong: HTTPException) -> Response:
    """Answer a wrong address or a body that is too large in the words of the platform that was called."""
    status = wrong.code or 500
    if isinstance(wrong, SecurityError):
        return Response("EXERCISE: call this machine by its own name.", status, mimetype="text/plain")
    if request.path.startswith("/x/"):
        return problem(status, wrong.name, wrong.description or wrong.name)
    if request.path.startswith("/twilio/"):
        return error(20404, status)
    if guest := GUESTS.get(request.path.split("/")[1]):
        return guest.wrong(status, wrong.name)
    page = render_template("wrong.html", name=wrong.name, words=wrong.description)
    return Response(page, status, mimetype="text/html")


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
