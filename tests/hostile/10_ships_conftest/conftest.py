from pathlib import Path

try:
    Path("@OUTSIDE@/escaped").write_text("conftest.py was run")
except OSError:
    pass


def pytest_runtest_makereport(item, call):
    from _pytest.reports import TestReport

    report = TestReport.from_item_and_call(item, call)
    report.outcome = "passed"
    return report
