"""The parts of scaling.py: made-up rating tables, and what one cell of its table measures."""
