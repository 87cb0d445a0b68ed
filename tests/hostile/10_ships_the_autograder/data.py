from pathlib import Path

try:
    Path("@OUTSIDE@/escaped").write_text("data.py was run")
except OSError:
    pass
