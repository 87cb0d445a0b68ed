"""A strict reading of Gradescope's "Autograder Specifications": what `results.json` may hold."""

import json
import math

VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}
FORMATS = {"text", "html", "simple_format", "md", "ansi"}
STATUSES = {"passed", "failed"}


def number(value):
    good = isinstance(value, (int, float)) and not isinstance(value, bool)
    return good and math.isfinite(value)


def text(value):
    return isinstance(value, str)


def one_of(values):
    return lambda value: value in values


def texts(value):
    return isinstance(value, list) and all(map(text, value))


RESULTS = {
    "score": number,
    "execution_time": lambda value: number(value) and value >= 0,
    "output": text,
    "output_format": one_of(FORMATS),
    "test_output_format": one_of(FORMATS),
    "test_name_format": one_of(FORMATS),
    "visibility": one_of(VISIBILITIES),
    "stdout_visibility": one_of(VISIBILITIES),
    "extra_data": lambda value: isinstance(value, dict),
    "tests": lambda value: isinstance(value, list),
    "leaderboard": lambda value: isinstance(value, list),
}
TEST = {
    "score": number,
    "max_score": lambda value: number(value) and value >= 0,
    "status": one_of(STATUSES),
    "name": text,
    "name_format": one_of(FORMATS),
    "number": text,
    "output": text,
    "output_format": one_of(FORMATS),
    "tags": texts,
    "visibility": one_of(VISIBILITIES),
    "extra_data": lambda value: isinstance(value, dict),
}


def faults(document):
    """Return what is wrong with a document, as a list of sentences."""
    if not isinstance(document, dict):
        return ["the document is no object"]
    found = [*_faults(document, RESULTS, "the document")]
    tests = document.get("tests", [])
    if isinstance(tests, list):
        found += [f for n, test in enumerate(tests) for f in _faults(test, TEST, f"test {n}")]
    return found or _contradictions(document, tests)


def _contradictions(document, tests):
    """Return what does not fit together in a document whose fields are right."""
    found = []
    numbers = [test["number"] for test in tests if "number" in test]
    for place, test in enumerate(tests):
        if "score" in test and "max_score" in test and "status" in test:
            full = test["score"] >= test["max_score"]
            if test["score"] > test["max_score"]:
                found.append(f"test {place} earns more than it can")
            if not full and test["status"] == "passed":
                found.append(f"test {place} passes without all points")
    if len(set(numbers)) != len(numbers):
        found.append("two tests have one number")
    scores = [test["score"] for test in tests if "score" in test]
    if "score" not in document and not scores:
        found.append("there is no score, neither of the document nor of a test")
    if "score" in document and scores and not math.isclose(document["score"], sum(scores)):
        found.append("the score differs from the sum of the tests")
    return found


def _faults(document, fields, what):
    if not isinstance(document, dict):
        return [f"{what} is no object"]
    unknown = [f"{what} has an unknown field {name}" for name in document.keys() - fields.keys()]
    wrong = [
        f"{what} has a wrong {name}: {value!r}"
        for name, value in document.items()
        if name in fields and not fields[name](value)
    ]
    return unknown + wrong


def read(path):
    """Return the document in a file that follows the format."""

    def refuse(constant):
        raise AssertionError(f"JSON has no {constant}")

    document = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    assert faults(document) == []
    return document


def points(document):
    """Return the points that Gradescope counts."""
    return document.get("score", sum(test.get("score", 0) for test in document["tests"]))
