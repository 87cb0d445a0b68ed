"""Keeps pytest out of the folders beside this file: they hold attacks."""

collect_ignore_glob = ["[0-9]*"]
