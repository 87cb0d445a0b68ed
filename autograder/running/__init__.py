"""One run of the checks: its target, the pytest plugin, verdicts, reports."""
