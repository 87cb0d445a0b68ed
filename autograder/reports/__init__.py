"""The report of one submission: its model, its words, and how a terminal or notebook shows it."""
