"""formgrader in JupyterLab: it shows grades and grades a submission."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests import classes
from tests.classes import LEARNERS, RANKING, hand_in, released
from tests.nbgrading.commands import NAME, PATIENCE, SCORES, STEPS, environment, newer, reports

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")

pytest.importorskip("nbgrader")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="grading in the sandbox needs Linux"),
]


@pytest.fixture
def formgrader(mine, tmp_path):
    """JupyterLab in a course whose last submission is not yet graded; gives its address."""
    pytest.importorskip("jupyterlab")
    hand_in(mine, "newcomer", NAME, classes.mistaken(released(mine, NAME)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--port={port}", "--no-browser", "--IdentityProvider.token=", "--allow-root"]
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        cwd=mine,
        env={**environment(), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api/status")
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def wait_for(url):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(url, timeout=5)
        time.sleep(0.5)
    raise TimeoutError(url)


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_formgrader_shows_grades_and_grades_a_submission(formgrader, mine, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    before = reports(mine)
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(f"{formgrader}/lab")
        page.wait_for_selector(".jp-Launcher", timeout=PATIENCE * 1000)

        def rows(place, name):
            """The rows of one of formgrader's tables, cell by cell; saved as a picture."""
            page.goto(f"{formgrader}/formgrader/{place}")
            page.wait_for_selector("#main-table tr:not(:has-text('Loading'))")
            page.wait_for_load_state("networkidle")
            page.screenshot(path=screenshots(tmp_path) / f"formgrader_{name}.png")
            lines = page.locator("#main-table").inner_text().split("\n")
            return [[cell.strip() for cell in line.split("\t")] for line in lines if line.strip()]

        [assignment] = rows("manage_assignments", "assignments")
        submissions = {row[1]: row for row in rows(f"manage_submissions/{NAME}", "submissions")}
        row = page.locator("tr", has_text="newcomer")
        row.locator(".autograde a").click()
        page.wait_for_selector("#success-modal, #error-modal", timeout=PATIENCE * 1000)
        answer = page.locator("#success-modal, #error-modal").inner_text()
        page.screenshot(path=screenshots(tmp_path) / "formgrader_autograded.png")
        students = {row[1]: row for row in rows("manage_students", "students")}
        notebooks = {row[0]: row for row in rows(f"gradebook/{NAME}", "gradebook")}
        browser.close()
    assert assignment[0] == NAME
    assert str(len(LEARNERS) + 1) in assignment
    assert submissions["newcomer"][3] == "needs autograding"
    for learner, points in SCORES.items():
        assert submissions[learner][3:5] == ["graded", f"{sum(points.values()):g} / 20"]
    assert "Successfully autograded" in answer
    assert students["newcomer"][3] == "9.5 / 20"
    assert newer(before, reports(mine)) == {("newcomer", RANKING)}
    for step in STEPS:
        points = [earned[step.name] for earned in SCORES.values()]
        points.append(9.5 if step.name == RANKING else 0)
        mean = sum(points) / len(points)
        assert notebooks[step.name][1] == f"{mean:.2f} / {step.max_points}"


def screenshots(tmp_path):
    """Where screenshots go: `SCREENSHOTS` when somebody wants to look at them."""
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))
    folder.mkdir(exist_ok=True)
    return folder
