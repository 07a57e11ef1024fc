"""Who may ask: HTTP only."""
