"""What can be done: verbs, one transaction and one ledger entry each."""
