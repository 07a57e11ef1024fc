"""Where a tip stands in the queue, as one number: smaller is read earlier."""

from datetime import datetime

# The first is read first; what is no sighting at all but about the reader himself comes directly after what is live.
LANES = ("live", "about_me", "harm", "recognised", "seen", "to_read", "elsewhere", "noise")
TO_READ, LIVE, ABOUT_ME = "to_read", "live", "about_me"
MOST_SCORE = 999

_LANE, _SCORE = 10**14, 10**10


def rank(lane: str, score: int, received_at: datetime) -> int:
    """Lane before score before age: within one lane the higher score, within one score the older tip.

    A lane that is not known here stands with those that are still to be read.
    """
    place = LANES.index(lane if lane in LANES else TO_READ)
    left = MOST_SCORE - max(0, min(score, MOST_SCORE))
    return place * _LANE + left * _SCORE + int(received_at.timestamp()) // 60


def lowest_and_highest(lane: str) -> tuple[int, int]:
    """All ranks of a lane lie in this half-open range."""
    place = LANES.index(lane)
    return place * _LANE, (place + 1) * _LANE
