"""One try of a copy: what the call to the platform needs, and what comes of it. No transaction is open here."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from appeal.publishers.base import Publisher, Receipt, Removal, Retracts, Thanks, Updates
from appeal.rules.content import Post
from appeal.rules.errors import ChannelStopped, ContentRefused, Gone, OptedOut, OutcomeUnknown, PublisherError, TryLater
from appeal.rules.lifecycle import CopyState

LEASE = timedelta(seconds=300)
STOPPED_WAIT_SECONDS = 300.0
NOT_TRIED = "not tried"


@dataclass(frozen=True)
class Task:
    """Everything that the call to the platform needs, read before the claim."""

    copy_id: int
    channel_id: int
    kind: str
    key: str
    address: str
    target_external_id: str
    post: Post
    publisher: Publisher
    delivery_id: int = 0
    is_urgent: bool = False
    owner: str = ""
    claimed_at: datetime | None = None
    lease_until: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of the call: the next state, the receipt if there is one, the reason in words, seconds to wait.

    `is_for_all`: the platform wants the whole channel to wait. Not `was_tried`: taken, and given back uncalled.
    """

    state: CopyState
    words: str = ""
    receipt: Receipt | None = None
    after_seconds: float = 0.0
    stops_channel: bool = False
    is_for_all: bool = False
    was_tried: bool = True
    opts_out: bool = False


def perform(task: Task) -> Outcome:
    """Call the platform; every answer and every failure becomes an outcome, nothing is raised."""
    try:
        return Outcome(CopyState.SENT, receipt=_call(task))
    except Gone:
        return _gone(task)
    except PublisherError as error:
        return _refused(error)
    except Exception as error:  # whatever a library raises after the request may have left is not known to have failed
        return Outcome(CopyState.UNKNOWN, f"The answer could not be understood ({type(error).__name__}).")


def answering(post: Post, target_external_id: str) -> Post:
    """The post with the id of what it answers, where there is one."""
    return replace(post, files={**post.files, "In-Reply-To": target_external_id}) if target_external_id else post


def removes(publisher: Publisher) -> bool:
    """Whether this platform can remove what is out; a list can only be told."""
    return publisher.capabilities.removal == Removal.REMOVES


def _call(task: Task) -> Receipt:
    publisher = task.publisher
    if task.kind == "retract" and removes(publisher) and isinstance(publisher, Retracts):
        if not task.target_external_id:
            raise OutcomeUnknown("A person has to remove this one: the platform's id of it is not known.")
        return publisher.retract(task.target_external_id, task.post)
    if task.kind == "update" and isinstance(publisher, Updates):
        return publisher.update(task.target_external_id, task.post, task.address, task.key)
    if task.kind == "thanks":
        return _thanked(task)
    return publisher.send(task.post, task.address, task.key)


def _thanked(task: Task) -> Receipt:
    """To the one who wrote; never in public, whatever the publisher can do."""
    if not isinstance(task.publisher, Thanks):
        raise ContentRefused("Nobody can be answered there by itself.")
    return task.publisher.thank(task.post, task.address, task.key)


def _gone(task: Task) -> Outcome:
    """Removing what is not there any more has reached its end; changing it has failed."""
    if task.kind == "retract":
        return Outcome(CopyState.SENT, "It was not there any more.", Receipt(task.target_external_id))
    return Outcome(CopyState.FAILED, "What should be changed is not there any more.")


def _refused(error: PublisherError) -> Outcome:
    if isinstance(error, TryLater):
        return Outcome(CopyState.PENDING, error.words, after_seconds=error.after_seconds, is_for_all=error.is_for_all)
    if isinstance(error, ChannelStopped):
        return Outcome(CopyState.PENDING, error.words, after_seconds=STOPPED_WAIT_SECONDS, stops_channel=True)
    if isinstance(error, ContentRefused):
        return Outcome(CopyState.FAILED, error.words, opts_out=isinstance(error, OptedOut))
    return Outcome(CopyState.UNKNOWN, error.words)
