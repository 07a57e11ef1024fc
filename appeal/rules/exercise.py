"""The exercise force: who signs in, what the platforms accept. None of it opens anything outside this machine."""

# role, name, address, password
OFFICERS: tuple[tuple[str, str, str, str], ...] = (
    ("author", "Ana Autora", "author@exercise.example", "exercise-author-1"),
    ("approver", "Pedro Prueba", "approver@exercise.example", "exercise-approver-1"),
    ("triager", "Teresa Triage", "triager@exercise.example", "exercise-triager-1"),
    ("administrator", "Adela Admin", "administrator@exercise.example", "exercise-administrator-1"),
    ("auditor", "Aurelio Auditor", "auditor@exercise.example", "exercise-auditor-1"),
)

X = {
    "user_id": "2244994945",
    "username": "riverside_police",
    "consumer_key": "exercise-consumer-key",
    "consumer_secret": "exercise-consumer-secret",
    "access_token": "2244994945-exercise-token",
    "access_token_secret": "exercise-token-secret",
}
TWILIO = {
    "account_sid": "AC" + "e" * 32,
    "auth_token": "exercise-auth-token",
    "from_number": "+34600555001",
}
BLUESKY = {"handle": "riverside-police.example", "app_password": "exercise-app-pass-word"}
MASTODON = {"account": "riverside_police", "access_token": "exercise-mastodon-token"}
TELEGRAM = {"channel": "@riverside_police", "bot_token": "1001:exercise-telegram-token"}
FACEBOOK = {
    "page_id": "100200300",
    "page_token": "exercise-page-token",
    "app_secret": "exercise-app-secret",
    "verify_token": "exercise-word",
}
PARTNER = {"api_key": "exercise-key-of-the-partner-for-answers"}
MAIL = {"username": "desk@exercise.example", "password": "exercise-mail-password", "sender": "desk@exercise.example"}

PRESS = ("newsroom@paper.example", "news@radio.example", "desk@television.example")
NUMBERS = ("+34600555101", "+34600555102", "+34600555103")
