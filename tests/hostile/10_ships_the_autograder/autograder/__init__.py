from pathlib import Path

try:
    Path("@OUTSIDE@/escaped").write_text("autograder was run")
except OSError:
    pass


def check(name):
    return 10
