"""The tools of a learner: check, hint, carry_over, figures, watch."""
