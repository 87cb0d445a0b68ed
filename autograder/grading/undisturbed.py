"""Imported first by the fork server of judges: Ctrl-C is for the process that grades."""

import signal

signal.signal(signal.SIGINT, signal.SIG_IGN)
