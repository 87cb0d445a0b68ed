"""Catalogues of translations: what is offered to translators, and how their files are kept.

English is the source. A language is a folder of gettext catalogues in `autograder/locale/`. The
modules of this package serve authors and the build; Babel reads and writes the catalogues.
"""
