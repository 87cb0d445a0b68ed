from pathlib import Path

try:
    Path("@OUTSIDE@/escaped").write_text("tensorflow.py was run")
except OSError:
    pass
