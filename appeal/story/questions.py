"""What a platform could not tell is asked of a person: the author looks at the exercise world and answers truly."""

from appeal.story.people import Officer
from appeal.story.platforms import Platforms, occurrences
from appeal.story.stored import CopyRow

ASKED = "asked"
ON_LISTS = ("sms", "email")


def answer_questions(author: Officer, platforms: Platforms, appeal_id: int, copies: list[CopyRow]) -> list[int]:
    """Answer every open question about an appeal; returns the numbers of the copies."""
    asked = [one for one in copies if one.state == ASKED]
    if not asked:
        return []
    state = platforms.state()
    seen, keys = occurrences(state), {one.id: one.key for one in copies}
    for copy in asked:
        if copy.kind == "retract" and copy.publisher not in ON_LISTS:
            if copy.publisher in state["rooms"]:
                platforms.remove(copy.publisher, keys.get(copy.target_id or 0, ""))
            author.removed(appeal_id, copy.id)
        else:
            author.answer(appeal_id, copy.id, "yes" if copy.key in seen else "again")
    return [one.id for one in asked]
