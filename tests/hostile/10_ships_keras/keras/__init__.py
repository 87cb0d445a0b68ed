from pathlib import Path

try:
    Path("@OUTSIDE@/escaped").write_text("keras was run")
except OSError:
    pass
