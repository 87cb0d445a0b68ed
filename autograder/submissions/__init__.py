"""From a path to the cells that count: find, read safely, decode, parse, repair."""
