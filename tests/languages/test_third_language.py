"""A made-up third language, end to end, by catalogues alone."""

import json
import re
import shutil
import sys

import pytest
from bs4 import BeautifulSoup

from autograder import course
from autograder.course.misconceptions import catalogue
from tests.languages.made_up import LANGUAGE, LEFT

pytestmark = [pytest.mark.slow, pytest.mark.process]

STEP = "04_dot_product"
STUB = '    raise NotImplementedError("build_mf")\n'
WRONG = catalogue()["dot-normalised"].code

# Texts on pages that no translator changes: names, numbers, addresses, signs.
NO_WORDS = re.compile(r"[\W\d_]*|[\w.-]*(?:_\w+|\.\w+)+|\W*\d.*", re.DOTALL)


def wrong(kit, language):
    """Return an exercise with a known mistake in place of a stub."""
    text = (kit.root / "exercises" / language / f"{STEP}.py").read_text(encoding="utf-8")
    head, _stub, tail = text.partition(STUB)
    head = head[: head.rindex("def build_mf(")]
    return head + WRONG.strip() + "\n" + tail


def translatable(document):
    """Yield all texts with an id in a report."""
    if isinstance(document, dict):
        if {"id", "text"} <= document.keys():
            yield document
        for value in document.values():
            yield from translatable(value)
    elif isinstance(document, list):
        for value in document:
            yield from translatable(value)


def test_all_exercises_are_built_and_the_build_agrees(kit):
    built = {path.stem for path in (kit.root / "exercises" / LANGUAGE).glob("*.py")}
    assert built == {step.name for step in course.steps()}
    kit.run("dev", "build", "--check")


def test_a_built_exercise_that_lacks_a_translation_is_an_error_with_its_text(kit, tmp_path):
    copy = type(kit)(tmp_path / "kit")
    shutil.copytree(kit.root, copy.root)
    path = copy.root / "autograder" / "locale" / LANGUAGE / "LC_MESSAGES" / f"{STEP}.po"
    text = path.read_text(encoding="utf-8")
    first = re.search(r'msgid "([^"\\]+)"\nmsgstr "⟦', text)
    path.write_text(text.replace(f'msgstr "⟦{first[1]}⟧"', 'msgstr ""'), encoding="utf-8")
    copy.run("dev", "build", "--check", code=1)
    (copy.root / "exercises" / LANGUAGE / f"{STEP}.py").unlink()
    said = copy.run("dev", "build", "--check")
    assert f"and not built: {STEP}" in said, "the language is in progress again"
    copy.run("start", tmp_path / "work", "--language", LANGUAGE)
    assert LEFT not in (tmp_path / "work" / f"{STEP}.py").read_text(encoding="utf-8")
    assert LEFT in (tmp_path / "work" / "01_explore.py").read_text(encoding="utf-8")


def test_a_learner_meets_the_language_at_every_command(kit, tmp_path):
    work = tmp_path / "work"
    for line in kit.run("start", work, "--language", LANGUAGE).splitlines():
        assert LEFT in line, line
    notebook = json.loads((work / f"{STEP}.ipynb").read_text(encoding="utf-8"))
    assert notebook["metadata"]["autograder"] == {"language": LANGUAGE}
    assert f"{LEFT}Build" in (work / "start.py").read_text(encoding="utf-8")
    assert LEFT in kit.run("hint", "build_mf", folder=work).splitlines()[1]
    assert f'"""{LEFT}' in kit.run("solution", "build_mf", "--yes", folder=work)
    script = wrong(kit, LANGUAGE).partition("# ---\n\n")[2]
    (work / f"{STEP}.py").write_text(script, encoding="utf-8")
    json_file = tmp_path / "report.json"
    shown = kit.run("check", "build_mf", "--json", json_file, folder=work, code=1)
    for label in ("Called", "Got", "Must hold", "Likely cause"):
        assert f"{LEFT}{label}⟧" in shown
    report = json.loads(json_file.read_text(encoding="utf-8"))
    assert report["language"] == LANGUAGE
    texts = list(translatable(report))
    assert texts
    assert [text for text in texts if LEFT not in text["text"]] == []
    assert f"{LEFT}exercise⟧" in kit.run("progress", folder=work)
    assert LEFT in kit.run("update", folder=work)
    assert LEFT in kit.run("reset", "build_mf", "--yes", folder=work)
    assert LEFT in (work / f"{STEP}.py").read_text(encoding="utf-8")


def test_help_and_errors_are_in_the_language(kit):
    for command in ("check", "grade", "course", "submit", "export", "forget"):
        shown = kit.run(command, "--help", AUTOGRADER_LANGUAGE=LANGUAGE)
        assert LEFT in shown.split("Options:")[0], command
    kit.run("check", "nothing", code=2, AUTOGRADER_LANGUAGE=LANGUAGE)


@pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux'")
def test_a_class_of_two_languages_gets_each_page_in_its_own(kit, tmp_path):
    for learner, language in (("ada", "en"), ("zoe", LANGUAGE)):
        (tmp_path / "class" / learner).mkdir(parents=True)
        path = tmp_path / "class" / learner / f"{STEP}.py"
        path.write_text(wrong(kit, language), encoding="utf-8")
    out = tmp_path / "results"
    kit.run("grade", tmp_path / "class", "--out", out, "--jobs", 1)
    reports = [json.loads((out / name / f"{STEP}.json").read_bytes()) for name in ("ada", "zoe")]
    assert [report.get("language") for report in reports] == [None, LANGUAGE]
    assert [r["functions"][0]["checks"][1]["misconception"] for r in reports] == [
        "dot-normalised"
    ] * 2
    ada, zoe = ((out / name / "index.html").read_text(encoding="utf-8") for name in ("ada", "zoe"))
    assert '<html lang="en">' in ada
    assert f'<html lang="{LANGUAGE}">' in zoe
    assert LEFT not in ada
    assert english_in(zoe) == []
    before = (out / "zoe" / f"{STEP}.json").stat().st_mtime_ns
    kit.run("grade", tmp_path / "class", "--out", out, "--jobs", 1, "--language", LANGUAGE)
    assert (out / "zoe" / f"{STEP}.json").stat().st_mtime_ns == before, "nothing was judged again"
    assert english_in((out / "index.html").read_text(encoding="utf-8")) == []


def english_in(page):
    """Return the texts of a page that no catalogue changed, without names and what code printed."""
    soup = BeautifulSoup(page, "html.parser")
    for part in soup(["style", "code", "pre", "title"]):
        part.decompose()
    found = []
    for text in soup.stripped_strings:
        if not (LEFT in text or "⟧" in text or NO_WORDS.fullmatch(text)):
            found.append(text)
    names = {"ada", "zoe", "build_mf", "predict_pairs", "score_matrix", "dot-normalised"}
    names.add("dot product")  # the name of the exercise
    return [text for text in found if text not in names and not text.startswith("build_mf(")]


def test_a_course_in_the_language_keeps_it(kit, tmp_path):
    folder = tmp_path / "course"
    kit.run("course", folder, "--language", LANGUAGE, "--exercises", "04")
    source = folder / "source" / STEP / f"{STEP}.ipynb"
    first = source.read_bytes()
    assert json.loads(first)["metadata"]["autograder"] == {"language": LANGUAGE}
    assert LEFT in (folder / "README.md").read_text(encoding="utf-8")
    assert LEFT in (folder / "source" / "memo" / "memo.ipynb").read_text(encoding="utf-8")
    kit.run("course", folder, "--exercises", "04")
    assert source.read_bytes() == first
