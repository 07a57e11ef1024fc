"""Real Chromium against a real installation."""
