"""What the public reaches."""
