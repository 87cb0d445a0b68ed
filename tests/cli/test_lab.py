"""An exercise in JupyterLab, as a learner sees it in the browser."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.answers import filled_in, without_demonstrations, write
from tests.learner.test_check import contrast

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
STEP = "04_dot_product"
RIGHT = "def score_matrix(user_factors, item_factors):\n    return user_factors @ item_factors.T\n"
WRONG = "def predict_pairs(model, users, items):\n    return users * 0.0\n"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture
def lab(tmp_path):
    """A running `autograder lab` on an empty folder: (folder, address)."""
    pytest.importorskip("jupyterlab")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = tmp_path / "exercises"
    folder.mkdir()
    options = [f"--port={port}", "--no-browser", "--IdentityProvider.token=", "--allow-root"]
    process = subprocess.Popen(
        [sys.executable, "-m", "autograder", "lab", "--folder", str(folder), *options],
        env={
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
            "COURSE_DATA": "simulated",
        },
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api/status")
        yield folder, address
    finally:
        os.killpg(process.pid, 15)
        process.wait(timeout=30)


def _wait_for(url):
    for _attempt in range(240):
        try:
            return urllib.request.urlopen(url, timeout=5)
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(url)


def test_check_cells_show_todo_wrong_and_right(lab, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    folder, address = lab
    text = filled_in("score_matrix", RIGHT)
    stub = text.index("def predict_pairs(")
    end = text.index("\n# %%", stub)
    write(folder, STEP, without_demonstrations(text[:stub] + WRONG + text[end:]))
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{address}/lab/tree/{STEP}.py")
        page.wait_for_selector(".jp-Notebook", timeout=120_000)
        page.wait_for_selector("text=| Idle", timeout=120_000)
        page.click("text=Run >> visible=true")
        page.click("text=Run All Cells")
        panels = {}
        for function in ("build_mf", "predict_pairs", "score_matrix"):
            panel = page.locator(f"[role=status]:has-text('{function}:')")
            panel.wait_for(state="attached", timeout=180_000)
            panel.scroll_into_view_if_needed()
            panels[function] = panel.inner_text()
            page.screenshot(path=_screenshots(tmp_path) / f"lab-{function}.png")
        browser.close()
    assert "todo" in panels["build_mf"]
    assert "failed, 0 of 2" in panels["predict_pairs"]
    assert "Must hold" in panels["predict_pairs"]
    assert "passed, 2 of 2" in panels["score_matrix"]


COLOURS_OF = """panel => {
    let page = panel;
    const see = element => getComputedStyle(element).backgroundColor;
    while (see(page) === "rgba(0, 0, 0, 0)") page = page.parentElement;
    return [getComputedStyle(panel).color, see(page), panel.scrollWidth - panel.clientWidth];
}"""


def test_a_panel_can_be_read_in_both_themes_and_on_a_narrow_page(lab, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    folder, address = lab
    write(folder, STEP, without_demonstrations(filled_in("predict_pairs", WRONG)))
    seen = {}
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{address}/lab/tree/{STEP}.py")
        page.wait_for_selector(".jp-Notebook", timeout=120_000)
        page.wait_for_selector("text=| Idle", timeout=120_000)
        page.click("text=Run >> visible=true")
        page.click("text=Run All Cells")
        panel = page.locator("[role=status]:has-text('predict_pairs:')")
        panel.wait_for(state="attached", timeout=180_000)
        for theme in "light", "dark":
            if theme == "dark":
                page.click("text=Settings >> visible=true")
                page.hover("text=Theme")
                page.click("text=JupyterLab Dark >> nth=0")
                page.wait_for_selector("body[data-jp-theme-light=false]", state="attached")
                page.set_viewport_size({"width": 560, "height": 900})
                page.wait_for_timeout(1000)
            panel.scroll_into_view_if_needed()
            page.screenshot(path=_screenshots(tmp_path) / f"lab-{theme}.png")
            seen[theme] = panel.evaluate(COLOURS_OF)
        assert panel.get_by_role("img", name="failed").count() == 1
        browser.close()
    for text, background, too_wide in seen.values():
        assert contrast_of(text, background) >= 4.5
        assert too_wide <= 0
    assert seen["light"][1] != seen["dark"][1]


def contrast_of(text, background):
    """The contrast of two colours as a browser writes them: rgb(0, 0, 0), rgba(0, 0, 0, 0.87)."""
    page = [float(part) for part in re.findall(r"[\d.]+", background)][:3]
    *parts, alpha = ([float(part) for part in re.findall(r"[\d.]+", text)] + [1.0])[:4]
    mixed = [round(alpha * a + (1 - alpha) * b) for a, b in zip(parts, page, strict=True)]
    return contrast(*(f"#{r:02x}{g:02x}{b:02x}" for r, g, b in (mixed, map(round, page))))


def _screenshots(tmp_path) -> Path:
    """Where screenshots go: `SCREENSHOTS` when somebody wants to look at them."""
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))
    folder.mkdir(exist_ok=True)
    return folder
