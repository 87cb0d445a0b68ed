"""The command line, by role: learner, instructor, author."""
