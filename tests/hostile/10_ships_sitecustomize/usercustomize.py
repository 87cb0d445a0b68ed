from pathlib import Path

try:
    Path("@OUTSIDE@/escaped").write_text("usercustomize.py was run")
except OSError:
    pass
