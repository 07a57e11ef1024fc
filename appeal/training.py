"""The process of the exercise platforms; a live installation never loads them."""

from sqlalchemy import text

from appeal.config import Config
from appeal.db import READING, core_transaction, engine_for
from appeal.exercise.app import serve
from appeal.exercise.settings import Settings
from appeal.rules.errors import ConfigurationWrong
from appeal.rules.exercise import (
    BLUESKY,
    FACEBOOK,
    MAIL,
    MASTODON,
    TELEGRAM,
    TWILIO,
    X,
)
from appeal.rules.force import DEFAULTS
from appeal.supervisor import log_plainly
from appeal.wire.loopback import only_loopback


def exercise(config: Config) -> None:
    """Serve the exercise platforms until told to stop; only in an exercise."""
    if not config.is_exercise:
        raise ConfigurationWrong(["The exercise platforms run only when APPEAL_MODE is exercise."])
    log_plainly()
    only_loopback()
    name, texts = _force(config)
    serve("127.0.0.1", config.exercise_port, config.exercise_smtp_port, _settings(config, name, texts))


def _force(config: Config) -> tuple[str, int]:
    """The force's name and the number of its channel for texts, read without loading what serves pages."""
    with core_transaction(engine_for(config.database_url), READING) as connection:
        name = connection.scalar(text("SELECT value FROM force_settings WHERE name = 'force_name'"))
        texts = connection.scalar(text("SELECT min(id) FROM channels WHERE publisher = 'sms'"))
    return str(name or DEFAULTS["force_name"]), int(texts or 0)


def _settings(config: Config, name: str, texts: int) -> Settings:
    return Settings(
        force_name=name,
        x_consumer_key=X["consumer_key"],
        x_consumer_secret=X["consumer_secret"],
        x_token=X["access_token"],
        x_token_secret=X["access_token_secret"],
        x_user_id=X["user_id"],
        x_username=X["username"],
        twilio_account_sid=TWILIO["account_sid"],
        twilio_auth_token=TWILIO["auth_token"],
        twilio_number=TWILIO["from_number"],
        smtp_user=MAIL["username"],
        smtp_password=MAIL["password"],
        webhook_url=f"{config.public_url}/webhooks/sms/{texts}",
        bluesky_handle=BLUESKY["handle"],
        bluesky_password=BLUESKY["app_password"],
        mastodon_account=MASTODON["account"],
        mastodon_token=MASTODON["access_token"],
        telegram_token=TELEGRAM["bot_token"],
        telegram_channel=TELEGRAM["channel"],
        facebook_page=FACEBOOK["page_id"],
        facebook_page_token=FACEBOOK["page_token"],
        facebook_app_secret=FACEBOOK["app_secret"],
    )
