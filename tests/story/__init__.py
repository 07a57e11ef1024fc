"""The story's own judgement: it must see what it is there to see."""
