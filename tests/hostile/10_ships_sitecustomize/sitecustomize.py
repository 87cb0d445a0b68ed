from pathlib import Path

try:
    Path("@OUTSIDE@/escaped").write_text("sitecustomize.py was run")
except OSError:
    pass
