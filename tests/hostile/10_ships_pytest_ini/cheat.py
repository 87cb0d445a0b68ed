from pathlib import Path

try:
    Path("@OUTSIDE@/escaped").write_text("cheat.py was run")
except OSError:
    pass
