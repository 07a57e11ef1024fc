"""Ways in for tips, mirror of the publishers: one file per source."""
