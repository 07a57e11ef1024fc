"""What must hold for the whole tree, whoever writes the next file."""
