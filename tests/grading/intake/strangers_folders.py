"""Folders and archives of learners, with what an instructor expects of each."""

from tests.grading.intake.strangers_words import (
    FOLDER,
    MORE,
    NOTEBOOK,
    OTHER,
    SECOND,
    STEP,
    STUB,
    STUB_NOTEBOOK,
    TEXT,
    WORK,
    Pile,
    locked,
    nfd,
    one,
    packed,
    tarred,
)

PILES = {
    # ---- folders and archives of learners
    "homes_with_workspaces": Pile(
        {
            f"homes/{who}/course/{name}": text
            for who in ("ada", "ben")
            for name, text in {
                ".autograder/delivered/01_explore.py": STUB,
                ".autograder/backups/01_explore.py": MORE,
                ".autograder.toml": TEXT,
                "01_explore.py": WORK,
                "01_explore.ipynb": NOTEBOOK,
                "pytest.ini": TEXT,
                "jupytext.toml": TEXT,
                "start.py": "# %%\n",
            }.items()
        },
        {
            "ada": one("homes/ada/course/01_explore.py"),
            "ben": one("homes/ben/course/01_explore.py"),
        },
        paths=("homes/ada/course", "homes/ben/course"),
        unlisted=(".autograder",),
    ),
    "homes_with_the_rest_of_a_home": Pile(
        {
            "homes/ada/course/01_explore.py": WORK,
            "homes/ada/.cache/x/01_explore.py": STUB,
            "homes/ada/.bashrc": TEXT,
            "homes/ada/Downloads/01_explore.ipynb": STUB_NOTEBOOK,
            "homes/ben/course/01_explore.py": WORK,
            "homes/ben/course/.venv/lib/python3.12/site-packages/six.py": TEXT,
            "homes/carl/.bashrc": TEXT,
        },
        {
            "ada": one("homes/ada/course/01_explore.py"),
            "ben": one("homes/ben/course/01_explore.py"),
        },
        ("carl",),
        paths=("homes",),
        unlisted=(".cache", ".bashrc", ".venv"),
    ),
    "archives_of_learners": Pile(
        {
            "DUPONT Zoé.zip": packed({"DUPONT Zoé/01_explore.py": WORK}),
            "MARTIN.zip": packed({"01_explore.ipynb": NOTEBOOK, "rapport.docx": b"PK"}),
            "李明.zip": packed({"work/TP/01_explore.py": WORK}),
        },
        {
            "DUPONT Zoé": one("DUPONT Zoé.zip/DUPONT Zoé/01_explore.py"),
            "MARTIN": one("MARTIN.zip/01_explore.ipynb"),
            "李明": one("李明.zip/work/TP/01_explore.py"),
        },
    ),
    "archives_of_other_kinds": Pile(
        {
            "ada.tar.gz": tarred({"ada/01_explore.py": WORK}),
            "ben.tgz": tarred({"01_explore.py": WORK}),
            "cleo.zip": packed({"01_explore.py": WORK}),
        },
        {
            "ada": one("ada.tar.gz/ada/01_explore.py"),
            "ben": one("ben.tgz/01_explore.py"),
            "cleo": one("cleo.zip/01_explore.py"),
        },
    ),
    "archives_that_cannot_be_opened": Pile(
        {
            "ada.zip": packed({"01_explore.py": WORK}),
            "ben.zip": b"PK\x03\x04 nothing more",
            "cleo.rar": b"Rar!\x1a\x07\x00",
            "dan.7z": b"7z\xbc\xaf\x27\x1c",
            "eve.zip": locked({"01_explore.py": WORK}),
            "fay.zip": b"",
        },
        {"ada": one("ada.zip/01_explore.py")},
        ("ben.zip", "cleo.rar", "dan.7z", "eve.zip", "fay.zip"),
    ),
    "a_zip_beside_its_unpacked_folder": Pile(
        {
            "ada.zip": packed({"01_explore.py": WORK}),
            "ada/01_explore.py": WORK,
            "ben/01_explore.py": WORK,
        },
        {"ada": one("ada.zip/01_explore.py"), "ben": one("ben/01_explore.py")},
    ),
    "empty_folders_and_hidden_folders": Pile(
        {
            "ada/01_explore.py": WORK,
            "ben": FOLDER,
            "cleo/TP1": FOLDER,
            "dan/.ipynb_checkpoints/01_explore-checkpoint.ipynb": NOTEBOOK,
            "eve/.hidden/01_explore.py": WORK,
            "fay/notes.txt": TEXT,
        },
        {"ada": one("ada/01_explore.py")},
        ("ben: ", "cleo: ", "dan: ", "eve: ", "fay: "),
        unlisted=(".hidden",),
    ),
    "names_of_the_world": Pile(
        {
            "李 明/01_explore.py": WORK,
            "Ольга Иванова/01_explore.py": WORK,
            "محمد الأحمد/01_explore.py": WORK,
            "Ἀριστοτέλης/01_explore.ipynb": NOTEBOOK,
            "Ada   Lovelace/01_explore.py": WORK,
            f"{'Wolfeschlegelsteinhausenbergerdorff ' * 5}Hubert/01_explore.py": WORK,
        },
        {
            "李 明": one("李 明/01_explore.py"),
            "Ольга Иванова": one("Ольга Иванова/01_explore.py"),
            "محمد الأحمد": one("محمد الأحمد/01_explore.py"),
            "Ἀριστοτέλης": one("Ἀριστοτέλης/01_explore.ipynb"),
            "Ada Lovelace": one("Ada   Lovelace/01_explore.py"),
            f"{'Wolfeschlegelsteinhausenbergerdorff ' * 5}Hubert": one(
                f"{'Wolfeschlegelsteinhausenbergerdorff ' * 5}Hubert/01_explore.py"
            ),
        },
    ),
    "one_person_in_nfd_and_nfc": Pile(
        {
            nfd("TP1/Zoé Müller/01_explore.py"): WORK,
            "TP1/Ben/01_explore.py": WORK,
            "TP2/Zoé Müller/02_encode_split.py": SECOND,
            "TP2/Ben/02_encode_split.py": SECOND,
        },
        {
            "Zoé Müller": {
                STEP: "TP1/Zoé Müller/01_explore.py",
                OTHER: "TP2/Zoé Müller/02_encode_split.py",
            },
            "Ben": {STEP: "TP1/Ben/01_explore.py", OTHER: "TP2/Ben/02_encode_split.py"},
        },
    ),
    "folders_that_differ_in_case": Pile(
        {"Ada/01_explore.py": WORK, "ada/01_explore.py": MORE, "ben/01_explore.py": WORK},
        {
            "Ada": one("Ada/01_explore.py"),
            "ada (2)": one("ada/01_explore.py"),
            "ben": one("ben/01_explore.py"),
        },
    ),
    "groups_of_a_course": Pile(
        {
            "Groupe 1/01_explore.py": WORK,
            "Groupe 2 - Zoé & Ana/01_explore.py": WORK,
            "Groupe 10/TP/01_explore.py": WORK,
        },
        {
            "Groupe 1": one("Groupe 1/01_explore.py"),
            "Groupe 2 - Zoé & Ana": one("Groupe 2 - Zoé & Ana/01_explore.py"),
            "Groupe 10": one("Groupe 10/TP/01_explore.py"),
        },
    ),
    "learners_sorted_into_groups": Pile(
        {
            "Groupe A/Zoé Dupont/01_explore.py": WORK,
            "Groupe A/Jean MARTIN/01_explore.py": WORK,
            "Groupe B/Ana Díaz/01_explore.py": WORK,
        },
        {
            "Zoé Dupont": one("Groupe A/Zoé Dupont/01_explore.py"),
            "Jean MARTIN": one("Groupe A/Jean MARTIN/01_explore.py"),
            "Ana Díaz": one("Groupe B/Ana Díaz/01_explore.py"),
        },
    ),
    "mails": Pile(
        {
            "zoe.dupont@uni.fr/RE_ TP 1/01_explore.ipynb": NOTEBOOK,
            "zoe.dupont@uni.fr/RE_ TP 1/signature.png": b"\x89PNG",
            "jean@uni.fr/TP/Untitled.ipynb": NOTEBOOK,
        },
        {
            "zoe.dupont@uni.fr": one("zoe.dupont@uni.fr/RE_ TP 1/01_explore.ipynb"),
            "jean@uni.fr": one("jean@uni.fr/TP/Untitled.ipynb"),
        },
    ),
}
