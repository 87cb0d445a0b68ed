"""What a learner calls, inside an exercise and on every save."""
