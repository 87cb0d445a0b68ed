"""`python -m autograder` is the command line."""

from autograder.cli.app import main

main()
