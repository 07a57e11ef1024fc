"""The whole way of one appeal, played over HTTP against real processes: from the draft to the last removal."""
