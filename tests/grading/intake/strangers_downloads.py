"""What Moodle, nbgrader and GitHub Classroom give, with what an instructor expects of each."""

from tests.grading.intake.strangers_words import (
    FOLDER,
    HTML,
    MOODLE,
    MORE,
    NOTEBOOK,
    OTHER,
    SECOND,
    SECOND_NOTEBOOK,
    STEP,
    STUB,
    STUB_NOTEBOOK,
    TEXT,
    WORK,
    Pile,
    bundled,
    nfd,
    one,
    packed,
)

PILES = {
    # ---- Moodle, with folders
    "moodle_old_folders": Pile(
        {
            f"Zoé Dupont_1234501{MOODLE}_/01_explore.ipynb": NOTEBOOK,
            f"Zoé Dupont_1234501{MOODLE}_/notes.txt": TEXT,
            f"O'Brien Seán_1234502{MOODLE}_/mon travail/01_explore.py": WORK,
            "Zoé Dupont_1234501_assignsubmission_onlinetext_/onlinetext.html": HTML,
        },
        {
            "Zoé Dupont": one(f"Zoé Dupont_1234501{MOODLE}_/01_explore.ipynb"),
            "O'Brien Seán": one(f"O'Brien Seán_1234502{MOODLE}_/mon travail/01_explore.py"),
        },
    ),
    "moodle_new_folders": Pile(
        {
            f"Zoé Dupont_1234501{MOODLE}/01_explore.ipynb": NOTEBOOK,
            f"Nguyễn Văn An_1234502{MOODLE}/02_encode_split.py": SECOND,
            "Nguyễn Văn An_1234502_assignsubmission_onlinetext/onlinetext.html": HTML,
        },
        {
            "Zoé Dupont": one(f"Zoé Dupont_1234501{MOODLE}/01_explore.ipynb"),
            "Nguyễn Văn An": {OTHER: f"Nguyễn Văn An_1234502{MOODLE}/02_encode_split.py"},
        },
    ),
    "moodle_only_online_text": Pile(
        {
            f"Zoé Dupont_1234501{MOODLE}/01_explore.ipynb": NOTEBOOK,
            "Paul Petit_1234509_assignsubmission_onlinetext/onlinetext.html": HTML,
        },
        {"Zoé Dupont": one(f"Zoé Dupont_1234501{MOODLE}/01_explore.ipynb")},
        ("Paul Petit",),
    ),
    "moodle_groups": Pile(
        {
            f"Groupe A-Zoé Dupont_1234501{MOODLE}/01_explore.ipynb": NOTEBOOK,
            f"Groupe A-Jean-Luc MARTIN_1234502{MOODLE}/01_explore.ipynb": NOTEBOOK,
            f"Groupe B-Ana Díaz_1234503{MOODLE}/01_explore.ipynb": NOTEBOOK,
        },
        {
            "Groupe A-Zoé Dupont": one(f"Groupe A-Zoé Dupont_1234501{MOODLE}/01_explore.ipynb"),
            "Groupe A-Jean-Luc MARTIN": one(
                f"Groupe A-Jean-Luc MARTIN_1234502{MOODLE}/01_explore.ipynb"
            ),
            "Groupe B-Ana Díaz": one(f"Groupe B-Ana Díaz_1234503{MOODLE}/01_explore.ipynb"),
        },
    ),
    "moodle_two_of_one_name": Pile(
        {
            f"Marie Martin_111{MOODLE}/01_explore.py": WORK,
            f"Marie Martin_222{MOODLE}/01_explore.py": MORE,
        },
        {
            "Marie Martin": one(f"Marie Martin_111{MOODLE}/01_explore.py"),
            "Marie Martin (2)": one(f"Marie Martin_222{MOODLE}/01_explore.py"),
        },
    ),
    "moodle_zip_of_a_mac_in_a_folder": Pile(
        {
            f"Zoé Dupont_11{MOODLE}/devoir.zip": packed(
                {
                    "devoir/01_explore.ipynb": NOTEBOOK,
                    "__MACOSX/devoir/._01_explore.ipynb": "\0\5\x16\7",
                    "devoir/.DS_Store": "\0\0\0\1Bud1",
                }
            ),
            f"Jean MARTIN_12{MOODLE}/01_explore.ipynb": NOTEBOOK,
        },
        {
            "Zoé Dupont": one(f"Zoé Dupont_11{MOODLE}/devoir.zip/devoir/01_explore.ipynb"),
            "Jean MARTIN": one(f"Jean MARTIN_12{MOODLE}/01_explore.ipynb"),
        },
    ),
    "moodle_damaged_zip": Pile(
        {
            f"Zoé Dupont_11{MOODLE}/devoir.zip": packed({"01_explore.py": WORK})[:300],
            f"Jean MARTIN_12{MOODLE}/01_explore.ipynb": NOTEBOOK,
        },
        {"Jean MARTIN": one(f"Jean MARTIN_12{MOODLE}/01_explore.ipynb")},
        ("devoir.zip",),
    ),
    "moodle_only_a_pdf": Pile(
        {
            f"Zoé Dupont_11{MOODLE}/01_explore.pdf": b"%PDF-1.7\0\xff",
            f"Jean MARTIN_12{MOODLE}/01_explore.ipynb": NOTEBOOK,
        },
        {"Jean MARTIN": one(f"Jean MARTIN_12{MOODLE}/01_explore.ipynb")},
        ("Zoé Dupont",),
    ),
    "moodle_download_in_a_zip_of_the_instructor": Pile(
        {
            "semester.zip": packed(
                {
                    "TP1.zip": packed(
                        {
                            f"Zoé Dupont_11{MOODLE}/01_explore.py": WORK,
                            f"Jean MARTIN_12{MOODLE}/01_explore.py": MORE,
                        }
                    ),
                    "TP2.zip": packed({f"Zoé Dupont_21{MOODLE}/02_encode_split.py": SECOND}),
                }
            )
        },
        {
            "Zoé Dupont": {
                STEP: f"semester.zip/TP1.zip/Zoé Dupont_11{MOODLE}/01_explore.py",
                OTHER: f"semester.zip/TP2.zip/Zoé Dupont_21{MOODLE}/02_encode_split.py",
            },
            "Jean MARTIN": one(f"semester.zip/TP1.zip/Jean MARTIN_12{MOODLE}/01_explore.py"),
        },
        paths=("semester.zip",),
    ),
    "moodle_two_of_one_name_in_two_downloads": Pile(
        {
            f"TP1/Marie Martin_111{MOODLE}/01_explore.py": WORK,
            f"TP1/Marie Martin_222{MOODLE}/01_explore.py": MORE,
            f"TP2/Marie Martin_333{MOODLE}/02_encode_split.py": SECOND,
        },
        {
            "Marie Martin": one(f"TP1/Marie Martin_111{MOODLE}/01_explore.py"),
            "Marie Martin (2)": one(f"TP1/Marie Martin_222{MOODLE}/01_explore.py"),
            "Marie Martin (3)": {OTHER: f"TP2/Marie Martin_333{MOODLE}/02_encode_split.py"},
        },
        ("Marie Martin",),
        paths=("TP1", "TP2"),
    ),
    # ---- Moodle, flat
    "moodle_flat_with_copies": Pile(
        {
            f"Zoé Dupont_11{MOODLE}_01_explore.ipynb": STUB_NOTEBOOK,
            f"Zoé Dupont_11{MOODLE}_01_explore (1).ipynb": NOTEBOOK,
            f"Zoé Dupont_11{MOODLE}_figure.png": b"\x89PNG\r\n",
            f"Ana Díaz_12{MOODLE}_01_explore.py": WORK,
            "Zoé Dupont_11_assignsubmission_onlinetext_onlinetext.html": HTML,
        },
        {
            "Zoé Dupont": one(f"Zoé Dupont_11{MOODLE}_01_explore (1).ipynb"),
            "Ana Díaz": one(f"Ana Díaz_12{MOODLE}_01_explore.py"),
        },
    ),
    "moodle_flat_zips_and_nfd": Pile(
        {
            nfd(f"Zoé Dupont_11{MOODLE}_rendu été.zip"): packed(
                {nfd("rendu été/01_explore.py"): WORK, "rendu été/data.csv": "a,b\n1,2\n"}
            ),
            f"Ana Díaz_12{MOODLE}_01_explore.py": WORK,
            f"Ana Díaz_12{MOODLE}_02_encode_split.py": SECOND,
        },
        {
            "Zoé Dupont": one(f"Zoé Dupont_11{MOODLE}_rendu été.zip/rendu été/01_explore.py"),
            "Ana Díaz": {
                STEP: f"Ana Díaz_12{MOODLE}_01_explore.py",
                OTHER: f"Ana Díaz_12{MOODLE}_02_encode_split.py",
            },
        },
    ),
    "moodle_flat_only_online_text": Pile(
        {
            f"Zoé Dupont_11{MOODLE}_01_explore.py": WORK,
            "Paul Petit_12_assignsubmission_onlinetext_onlinetext.html": HTML,
        },
        {"Zoé Dupont": one(f"Zoé Dupont_11{MOODLE}_01_explore.py")},
        ("Paul Petit",),
    ),
    "moodle_flat_one_learner": Pile(
        {f"Zoé Dupont_11{MOODLE}_01_explore.py": WORK},
        {"Zoé Dupont": one(f"Zoé Dupont_11{MOODLE}_01_explore.py")},
    ),
    "moodle_folders_unpacked_beside_the_grading_worksheet": Pile(
        {
            f"Zoé Dupont_11{MOODLE}/01_explore.py": WORK,
            "Notes-Recommandation-TP1-1234.csv": "Identifier,Full name,Grade\n",
            "consignes.pdf": b"%PDF-1.7",
        },
        {"Zoé Dupont": one(f"Zoé Dupont_11{MOODLE}/01_explore.py")},
    ),
    "moodle_blind_flat": Pile(
        {
            f"Participant_77{MOODLE}_01_explore.py": WORK,
            f"Participant_78{MOODLE}_01_explore.py": MORE,
        },
        {
            "Participant": one(f"Participant_77{MOODLE}_01_explore.py"),
            "Participant (2)": one(f"Participant_78{MOODLE}_01_explore.py"),
        },
    ),
    # ---- nbgrader
    "nbgrader_submitted_with_timestamps": Pile(
        {
            "submitted/ada/01_explore/01_explore.ipynb": NOTEBOOK,
            "submitted/ada/01_explore/timestamp.txt": "2026-03-01 10:00:00 UTC\n",
            "submitted/ben/01_explore/01_explore.ipynb": STUB_NOTEBOOK,
            "submitted/ben/01_explore/.ipynb_checkpoints/01_explore-checkpoint.ipynb": NOTEBOOK,
            "submitted/ben/02_encode_split/02_encode_split.ipynb": SECOND_NOTEBOOK,
        },
        {
            "ada": one("submitted/ada/01_explore/01_explore.ipynb"),
            "ben": {
                STEP: "submitted/ben/01_explore/01_explore.ipynb",
                OTHER: "submitted/ben/02_encode_split/02_encode_split.ipynb",
            },
        },
        paths=("submitted",),
    ),
    "nbgrader_course_after_a_round": Pile(
        {
            "nbgrader_config.py": "c = get_config()\n",
            "gradebook.db": b"SQLite format 3\0",
            "source/01_explore/01_explore.ipynb": NOTEBOOK,
            "release/01_explore/01_explore.ipynb": STUB_NOTEBOOK,
            "submitted/ada/day1/01_explore.ipynb": NOTEBOOK,
            "submitted/ada/day1/02_encode_split.ipynb": SECOND_NOTEBOOK,
            "submitted/jürgen/day1/01_explore.ipynb": NOTEBOOK,
            "autograded/ada/day1/01_explore.ipynb": NOTEBOOK,
            "feedback/ada/day1/01_explore.html": HTML,
        },
        {
            "ada": {
                STEP: "submitted/ada/day1/01_explore.ipynb",
                OTHER: "submitted/ada/day1/02_encode_split.ipynb",
            },
            "jürgen": one("submitted/jürgen/day1/01_explore.ipynb"),
        },
        unlisted=("nbgrader_config", "gradebook", "source", "release", "autograded", "feedback"),
    ),
    "nbgrader_learner_without_a_file": Pile(
        {
            "submitted/ada/01_explore/01_explore.ipynb": NOTEBOOK,
            "submitted/dan/01_explore": FOLDER,
        },
        {"ada": one("submitted/ada/01_explore/01_explore.ipynb")},
        ("dan",),
    ),
    "nbgrader_course_zipped": Pile(
        {
            "course.zip": packed(
                {
                    "course/nbgrader_config.py": "c = get_config()\n",
                    "course/source/01_explore/01_explore.ipynb": NOTEBOOK,
                    "course/submitted/ada/01_explore/01_explore.ipynb": NOTEBOOK,
                    "course/submitted/ben/01_explore/01_explore.ipynb": NOTEBOOK,
                }
            )
        },
        {
            "ada": one("course.zip/course/submitted/ada/01_explore/01_explore.ipynb"),
            "ben": one("course.zip/course/submitted/ben/01_explore/01_explore.ipynb"),
        },
        paths=("course.zip",),
        unlisted=("nbgrader_config", "source"),
    ),
    # ---- GitHub Classroom
    "classroom_logins_with_hyphens": Pile(
        {
            "tp-films-zoe-dupont/.git/HEAD": TEXT,
            "tp-films-zoe-dupont/README.md": TEXT,
            "tp-films-zoe-dupont/01_explore.py": WORK,
            "tp-films-jmartin/.git/HEAD": TEXT,
            "tp-films-jmartin/01_explore.py": WORK,
            "tp-films-x3/.git/HEAD": TEXT,
            "tp-films-x3/exercises/01_explore.py": WORK,
            "tp-films-x3/01_explore.py": STUB,
        },
        {
            "zoe-dupont": one("tp-films-zoe-dupont/01_explore.py"),
            "jmartin": one("tp-films-jmartin/01_explore.py"),
            "x3": one("tp-films-x3/exercises/01_explore.py"),
        },
    ),
    "classroom_clone_student_repos": Pile(
        {
            "tp-films-submissions/tp-films-ada/.git/HEAD": TEXT,
            "tp-films-submissions/tp-films-ada/01_explore.ipynb": NOTEBOOK,
            "tp-films-submissions/tp-films-ben/.git/HEAD": TEXT,
            "tp-films-submissions/tp-films-ben/01_explore.ipynb": NOTEBOOK,
        },
        {
            "ada": one("tp-films-submissions/tp-films-ada/01_explore.ipynb"),
            "ben": one("tp-films-submissions/tp-films-ben/01_explore.ipynb"),
        },
    ),
    "classroom_clone_without_work": Pile(
        {
            "tp-films-ada/.git/HEAD": TEXT,
            "tp-films-ada/01_explore.ipynb": NOTEBOOK,
            "tp-films-ben/.git/HEAD": TEXT,
            "tp-films-ben/01_explore.ipynb": NOTEBOOK,
            "tp-films-cleo/.git/HEAD": TEXT,
            "tp-films-cleo/README.md": TEXT,
        },
        {
            "ada": one("tp-films-ada/01_explore.ipynb"),
            "ben": one("tp-films-ben/01_explore.ipynb"),
        },
        ("cleo",),
    ),
    "classroom_one_clone": Pile(
        {"tp-films-ada/.git/HEAD": TEXT, "tp-films-ada/01_explore.ipynb": NOTEBOOK},
        {"tp-films-ada": one("tp-films-ada/01_explore.ipynb")},
    ),
    # ---- bundles
    "bundles_in_moodles_folders": Pile(
        {
            f"Zoé Dupont_11{MOODLE}/Zoe_course_2026-03-01.zip": bundled("Zoé", STEP, OTHER),
            f"Zoé Dupont_11{MOODLE}/notes.txt": TEXT,
            f"Jean MARTIN_12{MOODLE}/course.zip": bundled("Jean", STEP),
        },
        {
            "Zoé Dupont": dict.fromkeys(
                (STEP, OTHER), f"Zoé Dupont_11{MOODLE}/Zoe_course_2026-03-01.zip"
            ),
            "Jean MARTIN": one(f"Jean MARTIN_12{MOODLE}/course.zip"),
        },
    ),
    "bundles_in_a_flat_download": Pile(
        {
            f"Zoé Dupont_11{MOODLE}_Zoe_course.zip": bundled("Zoé", STEP),
            f"Jean MARTIN_12{MOODLE}_Jean_course.zip": bundled("Jean", STEP)[:-200],
            f"Ana Díaz_13{MOODLE}_01_explore.py": WORK,
        },
        {
            "Zoé Dupont": one(f"Zoé Dupont_11{MOODLE}_Zoe_course.zip"),
            "Ana Díaz": one(f"Ana Díaz_13{MOODLE}_01_explore.py"),
        },
        ("Jean_course.zip",),
    ),
    "bundles_side_by_side": Pile(
        {
            "Zoe-Dupont_course_2026-03-01_103000.zip": bundled("Zoé Dupont", STEP),
            "Zoe-Dupont_course_2026-03-02_103000.zip": bundled("Zoé Dupont", STEP, OTHER),
            "李明_course_2026-03-01_103000.zip": bundled("李明", STEP),
        },
        {
            "Zoé Dupont": one("Zoe-Dupont_course_2026-03-01_103000.zip"),
            "Zoé Dupont (2)": dict.fromkeys(
                (STEP, OTHER), "Zoe-Dupont_course_2026-03-02_103000.zip"
            ),
            "李明": one("李明_course_2026-03-01_103000.zip"),
        },
        ("Zoé Dupont (2)",),
    ),
    "bundles_in_a_zip_beside_older_work": Pile(
        {
            "download.zip": packed(
                {
                    "class/ada/ada_course.zip": bundled("Ada", STEP, OTHER),
                    "class/ada/01_explore.py": STUB,
                    "class/ben/01_explore.py": WORK,
                }
            )
        },
        {
            "ada": dict.fromkeys((STEP, OTHER), "download.zip/class/ada/ada_course.zip"),
            "ben": one("download.zip/class/ben/01_explore.py"),
        },
        paths=("download.zip",),
    ),
}
