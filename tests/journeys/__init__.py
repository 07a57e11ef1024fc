"""Whole installations as real processes, spoken to over HTTP."""
