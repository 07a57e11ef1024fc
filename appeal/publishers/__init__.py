"""How it goes out: one file per platform, knows no database, no Flask, no clock."""
