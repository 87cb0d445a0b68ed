"""Assignments first, one flat folder, odd files and mixtures, with what an instructor expects."""

from tests.grading.intake.strangers_words import (
    BROKEN_NOTEBOOK,
    FOLDER,
    HTML,
    MOODLE,
    MORE,
    NOTEBOOK,
    OTHER,
    SECOND,
    STEP,
    STUB,
    STUB_NOTEBOOK,
    TEXT,
    WORK,
    Link,
    Pile,
    nfd,
    one,
    packed,
)

PILES = {
    # ---- assignment first
    "days_and_then_learners": Pile(
        {
            "Day 1/Zoé Dupont/01_explore.py": WORK,
            "Day 1/Jean/01_explore.py": WORK,
            "Day 2/Zoé Dupont/02_encode_split.py": SECOND,
            "Day 2/Jean": FOLDER,
        },
        {
            "Zoé Dupont": {
                STEP: "Day 1/Zoé Dupont/01_explore.py",
                OTHER: "Day 2/Zoé Dupont/02_encode_split.py",
            },
            "Jean": one("Day 1/Jean/01_explore.py"),
        },
    ),
    "assignments_with_files_of_learners": Pile(
        {
            "01_explore/zoé.py": WORK,
            "01_explore/jean.py": WORK,
            "02_encode_split/zoé.py": SECOND,
            "02_encode_split/readme.txt": TEXT,
        },
        {
            "zoé": {STEP: "01_explore/zoé.py", OTHER: "02_encode_split/zoé.py"},
            "jean": one("01_explore/jean.py"),
        },
    ),
    "assignments_with_archives_of_learners": Pile(
        {
            "01_explore/DUPONT.zip": packed({"01_explore.py": WORK}),
            "01_explore/MARTIN.zip": packed({"TP/01_explore.py": WORK}),
            "02_encode_split/DUPONT.zip": packed({"02_encode_split.py": SECOND}),
            "02_encode_split/MARTIN.zip": packed({"02_encode_split.py": SECOND})[:200],
        },
        {
            "DUPONT": {
                STEP: "01_explore/DUPONT.zip/01_explore.py",
                OTHER: "02_encode_split/DUPONT.zip/02_encode_split.py",
            },
            "MARTIN": one("01_explore/MARTIN.zip/TP/01_explore.py"),
        },
        ("02_encode_split/MARTIN.zip",),
    ),
    # ---- one flat folder
    "flat_in_many_hands": Pile(
        {
            "01_explore_DUPONT Zoé.ipynb": NOTEBOOK,
            "MARTIN Jean - 01_explore.py": WORK,
            "01_Explore-Durand.PY": WORK,
            "01_explore Ana Díaz (1).ipynb": NOTEBOOK,
        },
        {
            "DUPONT Zoé": one("01_explore_DUPONT Zoé.ipynb"),
            "MARTIN Jean": one("MARTIN Jean - 01_explore.py"),
            "Durand": one("01_Explore-Durand.PY"),
            "Ana Díaz": one("01_explore Ana Díaz (1).ipynb"),
        },
    ),
    "flat_with_two_exercises": Pile(
        {
            "01_explore_DUPONT.py": WORK,
            "01_explore_MARTIN.py": WORK,
            "01_explore_PETIT.py": WORK,
            "02_encode_split_DUPONT.py": SECOND,
            "02_encode_split_MARTIN.py": SECOND,
        },
        {
            "DUPONT": {STEP: "01_explore_DUPONT.py", OTHER: "02_encode_split_DUPONT.py"},
            "MARTIN": {STEP: "01_explore_MARTIN.py", OTHER: "02_encode_split_MARTIN.py"},
            "PETIT": one("01_explore_PETIT.py"),
        },
    ),
    "flat_with_versions": Pile(
        {
            "01_explore_DUPONT.py": STUB,
            "01_explore_DUPONT_v2.py": WORK,
            "01_explore_MARTIN.py": WORK,
            "01_explore_PETIT (2).py": WORK,
            "01_explore.py": STUB,
        },
        {
            "DUPONT": one("01_explore_DUPONT_v2.py"),
            "MARTIN": one("01_explore_MARTIN.py"),
            "PETIT": one("01_explore_PETIT (2).py"),
        },
        ("01_explore.py",),
    ),
    "flat_in_nfd_and_nfc": Pile(
        {
            nfd("01_explore_Zoé.py"): WORK,
            "02_encode_split_Zoé.py": SECOND,
            "01_explore_Ben.py": WORK,
            "01_explore_李明.py": WORK,
        },
        {
            "Zoé": {STEP: "01_explore_Zoé.py", OTHER: "02_encode_split_Zoé.py"},
            "Ben": one("01_explore_Ben.py"),
            "李明": one("01_explore_李明.py"),
        },
    ),
    "flat_untitled": Pile(
        {
            "Untitled.ipynb": NOTEBOOK,
            "01_explore_DUPONT.py": WORK,
            "01_explore_MARTIN.py": WORK,
            "01_explore_PETIT.py": WORK,
        },
        {
            "DUPONT": one("01_explore_DUPONT.py"),
            "MARTIN": one("01_explore_MARTIN.py"),
            "PETIT": one("01_explore_PETIT.py"),
        },
        ("Untitled.ipynb",),
    ),
    # ---- several files for one exercise
    "stubs_copies_and_drafts": Pile(
        {
            "ada/01_explore.ipynb": STUB_NOTEBOOK,
            "ada/brouillon/Copie de 01_explore.ipynb": NOTEBOOK,
            "ben/01_explore.py": WORK,
            "ben/01_explore.ipynb.bak": NOTEBOOK,
            "cleo/01_explore_v9.py": WORK,
            "cleo/01_explore_v10.py": MORE,
            "dan/Copy of 01_explore.ipynb": NOTEBOOK,
        },
        {
            "ada": one("ada/brouillon/Copie de 01_explore.ipynb"),
            "ben": one("ben/01_explore.py"),
            "cleo": one("cleo/01_explore_v10.py"),
            "dan": one("dan/Copy of 01_explore.ipynb"),
        },
    ),
    "helpers_beside_the_exercise": Pile(
        {
            "ada/01_explore.py": WORK,
            "ada/helpers.py": "VALUE = 1\n",
            "ada/data/ratings.csv": TEXT,
            "ben/01_explore.py": WORK,
            "ben/.gitignore": TEXT,
            "ben/__pycache__/helpers.cpython-312.pyc": b"\0",
        },
        {"ada": one("ada/01_explore.py"), "ben": one("ben/01_explore.py")},
        unlisted=(".gitignore", "__pycache__"),
    ),
    "damaged_notebook_beside_a_good_script": Pile(
        {
            "ada/01_explore.ipynb": BROKEN_NOTEBOOK,
            "ada/01_explore.py": WORK,
            "ben/01_explore.ipynb": NOTEBOOK,
        },
        {"ada": one("ada/01_explore.py"), "ben": one("ben/01_explore.ipynb")},
    ),
    "only_a_damaged_notebook": Pile(
        {"ada/01_explore.ipynb": BROKEN_NOTEBOOK, "ben/01_explore.ipynb": NOTEBOOK},
        {"ada": one("ada/01_explore.ipynb"), "ben": one("ben/01_explore.ipynb")},
        unreadable=("ada · 01_explore: ",),
    ),
    "names_that_systems_made": Pile(
        {
            "ada/01_explore.py.txt": WORK,
            "ben/01_explore.ipynb.txt": NOTEBOOK,
            "cleo/01_explore.ipynb.json": NOTEBOOK,
            "dan/01_explore": WORK,
            "eve/01_explore.py": WORK,
        },
        {
            "ada": one("ada/01_explore.py.txt"),
            "ben": one("ben/01_explore.ipynb.txt"),
            "cleo": one("cleo/01_explore.ipynb.json"),
            "eve": one("eve/01_explore.py"),
        },
        ("dan: ",),
    ),
    "only_an_export_of_the_notebook": Pile(
        {
            "ada/01_explore.html": HTML,
            "ben/01_explore.py": WORK,
            "ben/01_explore.html": HTML,
            "ben/02_encode_split.pdf": b"%PDF",
        },
        {"ben": one("ben/01_explore.py")},
        ("ada: ", "02_encode_split.pdf"),
    ),
    # ---- links, rights, systems
    "links_of_learners": Pile(
        {
            "ada/01_explore.py": Link("/etc/hostname"),
            "ben/work/01_explore.py": WORK,
            "ben/loop": Link(".."),
            "cleo/01_explore.py": WORK,
            "cleo/02_encode_split.py": Link("../ben/work/01_explore.py"),
        },
        {
            "ada": one("ada/01_explore.py"),
            "ben": one("ben/work/01_explore.py"),
            "cleo": {STEP: "cleo/01_explore.py", OTHER: "cleo/02_encode_split.py"},
        },
        ("ben/loop",),
        unreadable=(
            "ada · 01_explore: 01_explore.py cannot be graded",
            "cleo · 02_encode_split: 02_encode_split.py cannot be graded",
        ),
    ),
    "files_of_systems": Pile(
        {
            "ada/01_explore.py": WORK,
            "ada/.DS_Store": b"\0",
            "ada/Thumbs.db": b"\0",
            "ada/~$rapport.docx": b"\0",
            "__MACOSX/ada/._01_explore.py": b"\0\5\x16\7",
            ".DS_Store": b"\0",
            "desktop.ini": TEXT,
            "ben/01_explore.py": WORK,
        },
        {"ada": one("ada/01_explore.py"), "ben": one("ben/01_explore.py")},
    ),
    # ---- classes of one, mixtures
    "a_learner_alone": Pile(
        {"ada/01_explore.py": WORK, "ada/02_encode_split.py": SECOND, "ada/notes.md": TEXT},
        {"ada": {STEP: "ada/01_explore.py", OTHER: "ada/02_encode_split.py"}},
        paths=("ada",),
    ),
    "a_zip_of_one_learner": Pile(
        {"Zoé Dupont.zip": packed({"TP/01_explore.py": WORK, "TP/02_encode_split.py": SECOND})},
        {
            "Zoé Dupont": {
                STEP: "Zoé Dupont.zip/TP/01_explore.py",
                OTHER: "Zoé Dupont.zip/TP/02_encode_split.py",
            }
        },
        paths=("Zoé Dupont.zip",),
    ),
    "one_file": Pile(
        {"01_explore_DUPONT.py": WORK},
        {"pile": one("01_explore_DUPONT.py")},
        paths=("01_explore_DUPONT.py",),
    ),
    "a_pile_of_everything": Pile(
        {
            f"Zoé Dupont_11{MOODLE}/01_explore.py": WORK,
            f"Jean MARTIN_12{MOODLE}/01_explore.py": WORK,
            "par mail/Ana Díaz/01_explore.py": WORK,
            "clé USB/PETIT.zip": packed({"01_explore.py": WORK}),
        },
        {
            "Zoé Dupont": one(f"Zoé Dupont_11{MOODLE}/01_explore.py"),
            "Jean MARTIN": one(f"Jean MARTIN_12{MOODLE}/01_explore.py"),
        },
        ("par mail/Ana Díaz/01_explore.py", "clé USB/PETIT.zip/01_explore.py"),
    ),
    "the_same_path_twice": Pile(
        {"class/ada/01_explore.py": WORK, "class/ben/01_explore.py": WORK},
        {"ada": one("class/ada/01_explore.py"), "ben": one("class/ben/01_explore.py")},
        paths=("class", "class/ada"),
    ),
    "nothing_at_all": Pile({"readme.txt": TEXT}, {}, ("no exercise",)),
    # ---- paths that a shell wrote out
    "files_written_out_by_a_shell": Pile(
        {
            "class/01_explore_DUPONT.py": WORK,
            "class/01_explore_MARTIN.py": WORK,
            "class/02_encode_split_DUPONT.py": SECOND,
            "class/02_encode_split_MARTIN.py": SECOND,
            "class/01_explore_PETIT.py": WORK,
        },
        {
            "DUPONT": {
                STEP: "class/01_explore_DUPONT.py",
                OTHER: "class/02_encode_split_DUPONT.py",
            },
            "MARTIN": {
                STEP: "class/01_explore_MARTIN.py",
                OTHER: "class/02_encode_split_MARTIN.py",
            },
            "PETIT": one("class/01_explore_PETIT.py"),
        },
        paths=(
            "class/01_explore_DUPONT.py",
            "class/01_explore_MARTIN.py",
            "class/02_encode_split_DUPONT.py",
            "class/02_encode_split_MARTIN.py",
            "class/01_explore_PETIT.py",
        ),
    ),
    "moodle_folders_written_out_by_a_shell": Pile(
        {
            f"class/Zoé Dupont_11{MOODLE}/01_explore.py": WORK,
            f"class/Zoé Dupont_11{MOODLE}/02_encode_split.py": SECOND,
            f"class/Jean MARTIN_12{MOODLE}/TP/01_explore.py": WORK,
            "class/Ana Díaz_13_assignsubmission_onlinetext/onlinetext.html": HTML,
        },
        {
            "Zoé Dupont": {
                STEP: f"class/Zoé Dupont_11{MOODLE}/01_explore.py",
                OTHER: f"class/Zoé Dupont_11{MOODLE}/02_encode_split.py",
            },
            "Jean MARTIN": one(f"class/Jean MARTIN_12{MOODLE}/TP/01_explore.py"),
        },
        ("Ana Díaz",),
        paths=(
            f"class/Zoé Dupont_11{MOODLE}",
            f"class/Jean MARTIN_12{MOODLE}",
            "class/Ana Díaz_13_assignsubmission_onlinetext",
        ),
    ),
    "a_work_that_is_only_in_a_copy_that_cannot_be_read": Pile(
        {
            "ada/01_explore.py": STUB,
            "ada/01_explore.ipynb.bak": NOTEBOOK,
            "ben/01_explore.py": WORK,
        },
        {"ada": one("ada/01_explore.py"), "ben": one("ben/01_explore.py")},
        ("01_explore.ipynb.bak",),
    ),
    "a_group_and_its_members": Pile(
        {
            "Groupe A/Zoé Dupont/01_explore.py": WORK,
            "Groupe A/Jean MARTIN/01_explore.py": MORE,
            "Groupe B/01_explore.py": WORK,
        },
        {
            "Groupe A": one("Groupe A/Zoé Dupont/01_explore.py"),
            "Groupe B": one("Groupe B/01_explore.py"),
        },
        ("Groupe A: work for 01_explore lies in Zoé Dupont and in Jean MARTIN",),
    ),
    "long_names_and_untidy_names": Pile(
        {
            f"ada/{'une très longue histoire de ' * 7}01_explore.py": WORK,
            "ben/ 01_explore .py": WORK,
            "cleo/01_explore..py": WORK,
            "dan/01 explore.PY": WORK,
            "eve/01_explore.IPYNB": NOTEBOOK,
            "fay/01_explore.py": b"",
        },
        {
            "ada": one(f"ada/{'une très longue histoire de ' * 7}01_explore.py"),
            "ben": one("ben/ 01_explore .py"),
            "cleo": one("cleo/01_explore..py"),
            "dan": one("dan/01 explore.PY"),
            "eve": one("eve/01_explore.IPYNB"),
            "fay": one("fay/01_explore.py"),
        },
        unreadable=("fay · 01_explore: ",),
    ),
    "groups_with_names_in_names": Pile(
        {
            "GA/01_explore_Zoé.py": WORK,
            "GA/01_explore_Jean.py": WORK,
            "GB/01_explore_Ana.py": WORK,
        },
        {"GA": one("GA/01_explore_Zoé.py"), "GB": one("GB/01_explore_Ana.py")},
        ("GA: work for 01_explore lies in 01_explore_Zoé.py and in 01_explore_Jean.py",),
    ),
    "folders_and_files_written_out_by_a_shell": Pile(
        {
            "class/ada/01_explore.py": WORK,
            "class/ben/01_explore.py": WORK,
            "class/01_explore_CLEO.py": WORK,
            "class/readme.txt": TEXT,
        },
        {
            "ada": one("class/ada/01_explore.py"),
            "ben": one("class/ben/01_explore.py"),
            "CLEO": one("class/01_explore_CLEO.py"),
        },
        paths=("class/01_explore_CLEO.py", "class/ada", "class/ben", "class/readme.txt"),
    ),
    "a_learner_with_clones_and_one_with_a_name_of_moodles": Pile(
        {
            "ada/r1/.git/HEAD": TEXT,
            "ada/r1/01_explore.py": WORK,
            "ada/r2/.git/HEAD": TEXT,
            "ada/r2/02_encode_split.py": SECOND,
            f"ben/Ben Bernard_11{MOODLE}/01_explore.py": WORK,
            "cleo/01_explore.py": WORK,
        },
        {
            "ada": {STEP: "ada/r1/01_explore.py", OTHER: "ada/r2/02_encode_split.py"},
            "ben": one(f"ben/Ben Bernard_11{MOODLE}/01_explore.py"),
            "cleo": one("cleo/01_explore.py"),
        },
    ),
    "a_download_of_one_beside_mails": Pile(
        {
            f"TP1/Zoé Dupont_11{MOODLE}/01_explore.py": WORK,
            "mails/Ana/01_explore.py": WORK,
            "01_explore.py": STUB,
        },
        {
            "Zoé Dupont": one(f"TP1/Zoé Dupont_11{MOODLE}/01_explore.py"),
            "Ana": one("mails/Ana/01_explore.py"),
        },
        ("pile/01_explore.py",),
    ),
    "assignments_with_somebody_who_has_no_exercise": Pile(
        {
            "TP1/ada/01_explore.py": WORK,
            "TP1/ben/notes.txt": TEXT,
            "TP2/ada/02_encode_split.py": SECOND,
        },
        {"ada": {STEP: "TP1/ada/01_explore.py", OTHER: "TP2/ada/02_encode_split.py"}},
        ("ben: there is no exercise",),
    ),
}
