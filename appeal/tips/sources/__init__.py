"""The ways in: one file per platform, each turns what a platform says into `Inbound` and touches nothing else."""
