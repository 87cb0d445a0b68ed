"""What knows nothing of the course: translation, files, paths, fingerprint, user state, text."""
