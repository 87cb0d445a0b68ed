"""What GitHub Classroom's autograding reporter reads, after the source of the reporter.

The reporter reads `status`, `max_score` and of each test `name`, `status`, `score`, `message`,
`test_code` and `line_no`; GitHub's graders also write `version`, `filename` and `duration`.
"""

import base64
import json
import math

STATUSES = {"pass", "fail", "error"}
RUNNER_PATTERN = r"([a-zA-Z0-9]+,)*[a-zA-Z0-9]+"  # the reporter's own pattern for `runners`
MAX_VARIABLE = 128 * 1024  # the longest environment variable of Linux


def number(value):
    good = isinstance(value, (int, float)) and not isinstance(value, bool)
    return good and math.isfinite(value) and value >= 0


def text(value):
    return isinstance(value, str)


RESULTS = {
    "version": lambda value: value == 1,
    "status": lambda value: value in STATUSES,
    "max_score": number,
    "tests": lambda value: isinstance(value, list) and bool(value),
}
TEST = {
    "name": text,
    "status": lambda value: value in STATUSES,
    "score": number,
    "message": lambda value: value is None or text(value),
    "test_code": text,
    "filename": text,
    "line_no": lambda value: isinstance(value, int) and value >= 0,
    "duration": number,
}


def faults(document):
    """Return what is wrong with a document, as a list of sentences."""
    found = _faults(document, RESULTS, "the document")
    if not found:
        for place, test in enumerate(document["tests"]):
            found += _faults(test, TEST, f"test {place}")
    if found:
        return found
    tests = document["tests"]
    if document["max_score"] and sum(t["score"] for t in tests) > document["max_score"]:
        found.append("the tests earn more than the maximum")
    all_pass = all(test["status"] == "pass" for test in tests)
    if document["max_score"] and (document["status"] == "pass") != all_pass:
        found.append("the status does not fit the tests")
    if any(test["status"] == "fail" and not test["message"] for test in tests):
        found.append("a test fails without a message")
    return found


def _faults(document, fields, what):
    if not isinstance(document, dict):
        return [f"{what} is no object"]
    found = [f"{what} lacks {name}" for name in fields.keys() - document.keys()]
    found += [f"{what} has an unknown field {name}" for name in document.keys() - fields.keys()]
    return found + [
        f"{what} has a wrong {name}: {document[name]!r}"
        for name in fields.keys() & document.keys()
        if not fields[name](document[name])
    ]


def decoded(variable):
    """Return the document in an environment variable, as the reporter reads it."""
    assert len(variable) < MAX_VARIABLE
    document = json.loads(base64.b64decode(variable, validate=True).decode("utf-8"))
    assert faults(document) == []
    return document


def points(documents):
    """Return the sum and the maximum that the reporter tells GitHub Classroom."""
    counted = [document for document in documents if document["max_score"]]
    total = sum(test["score"] for document in counted for test in document["tests"])
    return total, sum(document["max_score"] for document in counted)
