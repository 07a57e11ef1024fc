"""A stand-in world: X, Twilio and a mail server that live in memory and can be told to fail."""
