"""How answers come in and are read."""
