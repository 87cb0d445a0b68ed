"""No worker can read checks, solutions and exercises, however the kit is installed."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from autograder.grading import judge_pool
from autograder.grading.judge_pool import WORKER_MODULES, Grader, SecretsReadable
from autograder.grading.rules import Rules
from autograder.sandbox.client import SandboxEngine, Task
from autograder.sandbox.isolation import LAYERS
from autograder.sandbox.probe import Secrets, opened_secrets
from autograder.sandbox.readable import Installation, Places, places
from autograder.sandbox.zygote import Zygote
from autograder.util import paths
from tests.answers import exercise_text, solution_text
from tests.grading.common import autograder, hand_in
from tests.wheels import build_wheel

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")


# The allow list, in simulated layouts


def make(folder: Path, *files: str) -> None:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("x", encoding="utf-8")


KIT = (
    "autograder/__init__.py",
    "autograder/checks/test_01.py",
    "autograder/checks/__pycache__/test_01.cpython-311.pyc",
)
WHEEL = (*KIT, "autograder/_course/solutions/01.py", "autograder/_course/exercises/en/01.ipynb")
CHECKOUT = (*KIT, "solutions/01.py", "exercises/en/01.ipynb", "tests/bank/01.py", ".git/HEAD")
PACKAGES = ("numpy/core.py", "keras/__init__.py", "recommender_data/__init__.py", "data.py")


def make_prefix(prefix: Path) -> Path:
    """Make an interpreter, with its library beside its standard library; return `lib`."""
    lib = prefix / "lib"
    make(lib, "libpython3.11.so.1.0", "libmkl_avx2.so.2", "private/notes.txt", "notes.txt")
    make(lib / "python3.11", "os.py", "json/__init__.py", "lib-dynload/_ssl.so")
    (lib / "libpython3.11.so").symlink_to("libpython3.11.so.1.0")
    return lib


def installation(lib: Path, *path: Path, imported=(), system=(), loader=()) -> Installation:
    return Installation(
        (lib / "python3.11",),
        (lib / "python3.11", lib / "python3.11" / "lib-dynload", *path),
        imported,
        (lib / "libpython3.11.so.1.0", lib / "python3.11" / "lib-dynload" / "_ssl.so"),
        system,
        loader,
    )


def can_read(found: Places, path: Path) -> bool:
    """Return whether a file lies in a readable place; a worker's links end at hidden places."""
    return any(path.resolve().is_relative_to(place) for place in found.readable)


def assert_hidden(found: Places, *secret: Path) -> None:
    for folder in secret:
        files = [path for path in folder.rglob("*") if path.is_file()]
        assert files
        assert [path for path in files if can_read(found, path)] == []
    for place in found.readable:
        for folder in secret:
            assert not folder.resolve().is_relative_to(Path(place).resolve())


def assert_serves(found: Places, lib: Path, packages: Path) -> None:
    """Assert that a worker has its interpreter, its packages, and nothing beside them."""
    standard = lib / "python3.11"
    files = [
        standard / "os.py",
        standard / "json" / "__init__.py",
        standard / "lib-dynload/_ssl.so",
    ]
    files += [packages / name for name in PACKAGES]
    files += [lib / "libpython3.11.so", lib / "libpython3.11.so.1.0", lib / "libmkl_avx2.so.2"]
    assert [file for file in files if not can_read(found, file)] == []
    assert str(standard) in found.listed
    assert not can_read(found, lib / "notes.txt")
    assert not can_read(found, lib / "private" / "notes.txt")


def test_a_wheel_in_the_prefix_of_its_interpreter(tmp_path):
    lib = make_prefix(tmp_path)
    packages = lib / "python3.11" / "site-packages"
    make(packages, *WHEEL, *PACKAGES)
    found = places(installation(lib, packages), [packages / "autograder"])
    assert_hidden(found, packages / "autograder")
    assert_serves(found, lib, packages)
    assert str(packages) in found.listed


def test_a_wheel_in_a_virtual_environment_in_the_home_folder(tmp_path):
    lib = make_prefix(tmp_path / "usr")
    packages = tmp_path / "home" / "venv" / "lib" / "python3.11" / "site-packages"
    make(packages, *WHEEL, *PACKAGES)
    make(tmp_path / "home", "grades.csv", "venv/notes.txt", "class/ada/01.py")
    make(lib / "python3.11" / "site-packages", *WHEEL)
    secret = packages / "autograder"
    found = places(installation(lib, packages), [secret])
    # The interpreter's own packages are not on the path of the environment.
    assert_hidden(found, secret, lib / "python3.11" / "site-packages")
    assert_serves(found, lib, packages)
    for name in ("grades.csv", "venv/notes.txt", "class/ada/01.py"):
        assert not can_read(found, tmp_path / "home" / name)


def test_an_editable_checkout_with_its_environment_inside(tmp_path):
    lib = make_prefix(tmp_path / "usr")
    checkout = tmp_path / "kit"
    packages = checkout / ".venv" / "lib" / "python3.11" / "site-packages"
    make(packages, "numpy/core.py", "keras/__init__.py")
    make(checkout, *CHECKOUT, "dist/kit.whl", "README.md")
    make(checkout / "data", "recommender_data/__init__.py", "data.py")
    secret = [checkout / name for name in ("autograder", "solutions", "exercises", "tests", ".git")]
    imported = (
        checkout / "autograder",
        checkout / "data" / "recommender_data",
        checkout / "data" / "data.py",
    )
    inside = installation(lib, checkout, checkout / "data", packages, imported=imported)
    found = places(inside, secret)
    assert_hidden(found, *secret, checkout / "dist")
    assert can_read(found, packages / "numpy" / "core.py")
    assert can_read(found, checkout / "data" / "recommender_data" / "__init__.py")
    assert can_read(found, checkout / "data" / "data.py")
    assert not can_read(found, checkout / "README.md")


def test_a_system_whose_folder_of_libraries_holds_the_packages(tmp_path):
    lib = make_prefix(tmp_path / "usr")
    (tmp_path / "usr" / "lib64").symlink_to("lib")
    make(lib, "x86_64-linux-gnu/libc.so.6", "x86_64-linux-gnu/gconv/UTF-16.so")
    packages = lib / "python3.11" / "site-packages"
    make(packages, *WHEEL, *PACKAGES)
    loader = (tmp_path / "usr" / "lib64",)
    inside = installation(lib, packages, system=(lib, *loader), loader=loader)
    found = places(inside, [packages / "autograder"])
    assert_hidden(found, packages / "autograder")
    assert_serves(found, lib, packages)
    # A folder of the system without a secret is readable as a whole.
    libc = lib / "x86_64-linux-gnu" / "libc.so.6"
    inside = Installation((), (), (), (libc,), (lib,), ())
    found = places(inside, [packages / "autograder"])
    assert can_read(found, libc.with_name("gconv") / "UTF-16.so")


def test_links_lead_to_no_secret(tmp_path):
    lib = make_prefix(tmp_path / "usr")
    packages = lib / "python3.11" / "site-packages"
    kit = tmp_path / "kit"
    make(packages, "numpy/core.py")
    make(kit, *CHECKOUT)
    for link, target in (
        (packages / "autograder", kit / "autograder"),
        (packages / "checks", kit / "autograder" / "checks"),
        (packages / "whole", tmp_path),
        (lib / "libsolutions.so", kit / "solutions" / "01.py"),
        (lib / "python3.11" / "solutions.py", kit / "solutions" / "01.py"),
    ):
        link.symlink_to(target)
    secret = [packages / "autograder", kit / "solutions"]
    imported = (packages / "autograder", packages / "checks", tmp_path)
    found = places(installation(lib, packages, imported=imported), secret)
    assert_hidden(found, *secret)
    assert str(tmp_path) not in found.readable
    assert can_read(found, packages / "numpy" / "core.py")


def test_this_installation_hides_its_secrets():
    folders = paths.secret_folders()
    assert paths.PACKAGE in folders
    found = places(Installation.running(), folders)
    assert [path for path in paths.secret_files() if can_read(found, path)] == []


# The proof


def test_the_secret_files_are_checks_solutions_exercises_and_their_compiled_code():
    files = set(paths.secret_files())
    for folder in (paths.CHECKS, paths.MISCONCEPTIONS, paths.solutions(), paths.exercises()):
        assert {path for path in folder.rglob("*") if path.is_file()} <= files


def test_the_probe_finds_a_hard_link_in_a_readable_folder(tmp_path):
    make(tmp_path, "secret/check.py", "readable/package/other.py")
    secret = tmp_path / "secret" / "check.py"
    link = tmp_path / "readable" / "package" / "links_out.py"
    os.link(secret, link)
    secrets = Secrets.of([secret])
    secret.unlink()
    readable = [str(tmp_path / "readable")]
    assert opened_secrets(readable, secrets.paths, secrets.linked) == [str(link)]


@pytest.mark.parametrize("without", [set(), {"landlock"}, {"tmpfs"}])
def test_a_worker_opens_no_secret(zygote, without):
    engine = SandboxEngine(zygote.socket, Task("probe", {}), layers=frozenset(LAYERS) - without)
    try:
        engine.start()
        assert set(engine.layers) == set(LAYERS) - without
        assert engine.opened_secrets(Secrets.of(paths.secret_files())) == []
    finally:
        engine.close()


def test_without_the_layers_for_files_the_probe_opens_secrets_by_several_paths(zygote, tmp_path):
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o755)
    make(tmp_path, "check.py")
    engine = SandboxEngine(zygote.socket, Task("probe", {}), layers=frozenset({"rlimits"}))
    try:
        engine.start()
        opened = engine.opened_secrets(Secrets.of([tmp_path / "check.py"]))
    finally:
        engine.close()
    assert {f"{tmp_path}/check.py", f"/proc/self/root{tmp_path}/check.py"} <= set(opened)


def test_a_worker_has_the_standard_library_and_the_packages(zygote):
    code = (
        "import statistics, wave, ctypes, sqlite3, scipy.optimize, jinja2, data, recommender_data"
    )
    engine = SandboxEngine(zygote.socket, Task("work", {1: code, 2: "import no_such_module"}))
    try:
        engine.start()
        [note] = engine.notes
    finally:
        engine.close()
    assert "no_such_module" in note
    assert not engine.audit_log


@pytest.mark.process
def test_a_list_that_is_too_wide_stops_the_grading(monkeypatch, tmp_path):
    def start():
        return Zygote((*WORKER_MODULES, "tests.sandbox.widened"))

    monkeypatch.setattr(judge_pool, "new_zygote", start)
    with pytest.raises(SecretsReadable, match=str(paths.PACKAGE)), Grader(Rules(seed=1)):
        pytest.fail("the grader opened")
    hand_in(tmp_path / "class", "ada")
    done = autograder("grade", tmp_path / "class", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "Nothing was graded" in done.stderr
    assert str(paths.PACKAGE) in done.stderr
    assert not list((tmp_path / "out").rglob("*.json"))


def longest_lines(folder: Path) -> set[bytes]:
    """Return the longest lines of three scripts, which stand for all scripts of the folder."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*_0[1-9]*.py"))[:3]]
    texts += [path.read_text(encoding="utf-8") for path in sorted(folder.glob("0[78]_*.py"))]
    return {max(text.splitlines(), key=len).strip().encode() for text in texts}


@pytest.mark.slow
def test_the_memory_of_the_zygote_holds_no_check_and_no_solution(zygote):
    wanted = longest_lines(paths.CHECKS) | longest_lines(paths.solutions())
    assert wanted
    found = set()
    try:
        memory = open(f"/proc/{zygote.pid}/mem", "rb", buffering=0)  # noqa: SIM115
    except OSError as error:
        pytest.skip(f"this user may not read the zygote's memory: {error}")
    with memory:
        for line in Path(f"/proc/{zygote.pid}/maps").read_text(encoding="utf-8").splitlines():
            span, rights, *_rest = line.split()
            if not rights.startswith("rw") or "/" in line:
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            for place in range(start, end, 2**26):
                memory.seek(place)
                try:
                    part = memory.read(min(2**26, end - place))
                except OSError:
                    continue
                found |= {text for text in wanted if text in part}
    assert found == set()


# A wheel in the prefix of an interpreter

HOSTILE = """

# %%
import os

paths = {paths!r}
roots = ["", "/proc/self/root", "/proc/1/root", "/proc/thread-self/root", "../" * 30]
roots += [f"/proc/self/fd/{{n}}/" + "../" * 30 for n in range(40)]
roots += [os.path.dirname(os.__file__) + "/../../../../../../../../../../.."]
for root in roots:
    for path in paths:
        try:
            text = open(root + path).read()
        except OSError:
            continue
        print("escaped", root, path)
        if path.endswith("_course/solutions/" + {solution!r}):
            exec(text)
try:
    from importlib import resources
    exec(resources.files("autograder").joinpath("_course/solutions", {solution!r}).read_text())
    print("escaped by importlib.resources")
except Exception as error:
    print(error)
try:
    import inspect, autograder.checks
    print("escaped by import", inspect.getsource(autograder.checks))
except Exception as error:
    print(error)
"""


def copy_interpreter(prefix: Path) -> Path:
    """Copy this interpreter and its library into a prefix; return its folder of packages."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    standard = prefix / "lib" / version
    unneeded = shutil.ignore_patterns("*-packages", "test", "tests", "idlelib", "config-*", "*.a")
    shutil.copytree(sysconfig.get_path("stdlib"), standard, ignore=unneeded)
    (prefix / "bin").mkdir()
    shutil.copy2(os.path.realpath(sys.executable), prefix / "bin" / version)
    for library in Path(sysconfig.get_config_var("LIBDIR")).glob("libpython*.so*"):
        shutil.copy2(library, prefix / "lib")
    packages = standard / "site-packages"
    packages.mkdir()
    others = [path for path in sys.path if path.endswith("-packages")]
    # Python may find its own library elsewhere (RPATH); this library lies beside the packages.
    beside = prefix / "lib" / "libbeside.so"
    shutil.copy2(next((standard / "lib-dynload").glob("*.so")), beside)
    others.append(f"import ctypes; ctypes.CDLL({str(beside)!r})")
    (packages / "others.pth").write_text("\n".join(others), encoding="utf-8")
    return packages


@pytest.mark.slow
@pytest.mark.process
def test_a_wheel_beside_libpython_keeps_its_secrets(tmp_path):
    wheel = build_wheel(tmp_path / "wheels")
    prefix = tmp_path / "prefix"
    packages = copy_interpreter(prefix)
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--target", packages, wheel]
    subprocess.run(install, check=True, capture_output=True, timeout=600)
    kit = packages / "autograder"
    secret = [str(path) for path in kit.rglob("*") if path.is_file()]
    assert any("_course/solutions" in path for path in secret)
    attack = HOSTILE.format(paths=secret, solution="08_ranking.py")
    hand_in(tmp_path / "class", "ada", solution_text("08_ranking"))
    hand_in(tmp_path / "class", "eve", exercise_text("08_ranking") + attack)
    interpreter = prefix / "bin" / packages.parent.name
    program = "from autograder.cli.app import main; main()"
    done = subprocess.run(
        [interpreter, "-P", "-c", program, "grade", "class", "--out", "out", "--jobs", "1"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": str(prefix / "lib")},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    reports = [tmp_path / "out" / learner / "08_ranking.json" for learner in ("ada", "eve")]
    ada, eve = (json.loads(path.read_text(encoding="utf-8")) for path in reports)
    assert ada["points"] == 10, ada
    assert eve["points"] == 0, eve
    assert set(eve["isolation"]) == set(LAYERS)
    assert any(str(kit) in json.dumps(note) for note in eve["notes"]), eve
    pages = [path.read_text(encoding="utf-8") for path in (tmp_path / "out").rglob("*.html")]
    # The page shows the attack's own source and output.
    assert not any(re.search(r"^escaped ", page, re.MULTILINE) for page in pages)
