"""What happens to a tip after the machine has judged it: it is indexed, gathered, and lifted by who says the same."""

from datetime import datetime

from appeal.tips import gathering, indexing, names


def take_in(now: datetime) -> int:
    """Do all of it for what is new; how many tips there were."""
    found = indexing.index_tips(now)
    gathering.suggest(found, now=now)
    names.agree(found)
    return len(found)
