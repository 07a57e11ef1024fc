"""What the stand-in platforms expect from the force, and how patient they are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Credentials that the platforms accept, the address of the force's webhook, and timing.

    `webhook_url` is the whole public address for incoming texts; None means that nobody answers there.
    Seconds are floats. `seed` makes faults that strike by chance repeatable.
    """

    force_name: str
    x_consumer_key: str
    x_consumer_secret: str
    x_token: str
    x_token_secret: str
    x_user_id: str
    x_username: str
    twilio_account_sid: str
    twilio_auth_token: str
    twilio_number: str
    smtp_user: str
    smtp_password: str
    webhook_url: str | None
    webhook_attempts: int = 5
    webhook_retry_seconds: float = 0.5
    webhook_timeout_seconds: float = 15.0
    latency_seconds: float = 0.0
    seed: int = 1
    bluesky_handle: str = "riverside-police.example"
    bluesky_password: str = "exercise-app-secret"
    mastodon_account: str = "riverside_police"
    mastodon_token: str = "exercise-mastodon-secret"
    telegram_token: str = "1001:exercise-telegram-secret"
    telegram_channel: str = "@riverside_police"
    facebook_page: str = "100200300"
    facebook_page_token: str = "exercise-page-token-secret"
    facebook_app_secret: str = "exercise-app-secret"
    facebook_webhook_url: str = ""
    partner_public_key: str = ""
