"""What officers reach after signing in."""
