"""One file per platform that is spoken to in both directions."""
