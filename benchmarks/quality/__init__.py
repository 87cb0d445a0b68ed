"""The parts of model_quality.py: folds, contenders, and three questions about them."""
