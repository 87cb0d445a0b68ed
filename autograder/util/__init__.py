"""Tools that know nothing of the course: translation, files, paths, fingerprint, state, text."""
