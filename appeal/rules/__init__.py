"""What is true: plain functions and tables, standard library only, no input or output, time always an argument."""
