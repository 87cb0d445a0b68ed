"""Keep pytest out of the folders beside this file, because they hold attacks."""

collect_ignore_glob = ["[0-9]*"]
