"""When learners see the tests of an assignment in Gradescope."""

from typing import Literal, get_args

Visibility = Literal["visible", "after_due_date", "after_published", "hidden"]
VISIBILITIES: tuple[Visibility, ...] = get_args(Visibility)
