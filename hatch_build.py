"""The build hook of the wheel: it compiles the catalogues of translations."""

import importlib.util
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "autograder"


class CompiledCatalogues(BuildHookInterface):
    """Puts a compiled catalogue into the wheel in place of each `.po` file."""

    def initialize(self, version, build_data):
        """Compile the catalogues of all languages; a checkout compiles its own on demand."""
        if version == "editable":
            return
        package = Path(self.root, PACKAGE)
        place = package / "util" / "compiled.py"
        specification = importlib.util.spec_from_file_location("compiled", place)
        compiled = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(compiled)
        for folder in (package / "locale").glob("*/LC_MESSAGES"):
            made = compiled.compile_language(package / "locale", folder.parent.name)
            for path in made.glob("*.mo"):
                inside = Path(PACKAGE, "locale", folder.parent.name, "LC_MESSAGES", path.name)
                build_data["force_include"][str(path)] = inside.as_posix()
