"""Run a learner's code and exchange plain data with it."""
