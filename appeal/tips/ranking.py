"""Where a tip stands in the queue, as one number: smaller is read earlier."""

from datetime import datetime

# All lanes of `rules.urgency`, the one that is read first in front: who can see the person now cannot wait.
LANES = ("live", "about_me", "urgent", "to_read")
LIVE, ABOUT_ME, URGENT, TO_READ = LANES
MOST_SCORE = 999
# A tip that an officer lifts stands at least where the machine would call it urgent.
URGENT_FLOOR = 60

_LANE, _SCORE = 10**14, 10**10
# What came in a flood stands behind everything else of its lane.
_PARKED = 5 * 10**13


def rank(lane: str, score: int, received_at: datetime, *, is_parked: bool = False) -> int:
    """Lane before score before age: within one lane the higher score, within one score the older tip.

    A parked tip stands at the end of the last lane; any other lane takes no notice, because its words count more.
    """
    left = MOST_SCORE - max(0, min(score, MOST_SCORE))
    back = _PARKED if is_parked and lane == TO_READ else 0
    return LANES.index(lane) * _LANE + back + left * _SCORE + int(received_at.timestamp()) // 60


def ranks(lane: str) -> tuple[int, int]:
    """All ranks of a lane lie in this half-open range."""
    place = LANES.index(lane)
    return place * _LANE, (place + 1) * _LANE
