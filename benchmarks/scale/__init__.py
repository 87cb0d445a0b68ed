"""The parts of scaling.py: simulated rating tables, and the measurement of one cell."""
