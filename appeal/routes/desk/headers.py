"""What every answer of the desk tells the browser: nothing inline, nothing framed, nothing kept."""

from flask import Flask, Response, request

from appeal.config import Config

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

# Flask-WTF compares the referrer of a form over TLS, hence same-origin and not no-referrer.
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Robots-Tag": "noindex",
}
TRANSPORT = "max-age=31536000; includeSubDomains"
FOR_EVER = "public, max-age=31536000, immutable"


def init_headers(app: Flask, config: Config) -> None:
    """Add the headers to every answer, also to errors and refusals."""

    def add(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Cache-Control"] = _cache(response)
        if config.desk_url.startswith("https://"):
            response.headers["Strict-Transport-Security"] = TRANSPORT
        return response

    app.after_request(add)


def _cache(response: Response) -> str:
    """Addresses of static files change with their content; nothing else may be kept."""
    if request.endpoint != "static" or response.status_code >= 400:
        return "no-store"
    is_versioned = "v" in request.args or request.path.startswith("/static/vendor/")
    return FOR_EVER if is_versioned else "no-cache"
