"""Against parts that others wrote, started on this machine; only where APPEAL_TEST_REAL is set."""
