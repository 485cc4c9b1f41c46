"""What COPY may take: the checkout without what .dockerignore keeps out, or another stage's root."""

import os
import re
import shutil
from pathlib import Path

from dockerfile import Refused


class Ignore:
    """The rules of a .dockerignore: the last one that fits a path, or a folder above it, decides."""

    def __init__(self, text: str):
        lines = (line.strip() for line in text.splitlines())
        self.rules = []
        for line in lines:
            if line and not line.startswith("#"):
                keeps = line.startswith("!")
                self.rules.append((pattern(line.lstrip("!").strip("/")), keeps))

    def hides(self, path: str) -> bool:
        folders = path.split("/")
        heads = ["/".join(folders[:end]) for end in range(1, len(folders) + 1)]
        hidden = False
        for rule, keeps in self.rules:
            if any(rule.fullmatch(head) for head in heads):
                hidden = not keeps
        return hidden


def pattern(rule: str) -> re.Pattern:
    """`*` is anything within a name, `**` any number of folders, `?` one letter."""
    if set(rule) & set("[]\\"):
        raise Refused(f".dockerignore: {rule}: only *, ** and ? are known to this check")
    known = {"**/": "(.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", rule)
    return re.compile("".join(known.get(part, re.escape(part)) for part in parts))


class Context:
    """A folder to copy from, and what is hidden in it."""

    def __init__(self, folder: Path, ignore: Ignore | None = None):
        self.folder = folder
        self.ignore = ignore

    def files(self, source: str) -> list[Path]:
        """The files at a path, relative to this folder: one, or all below it; not the hidden ones."""
        top = self.folder / source.strip("/")
        if top.is_dir() and not top.is_symlink():
            found = [Path(folder, name) for folder, _, names in os.walk(top) for name in names]
        else:
            found = [top] if os.path.lexists(top) else []
        paths = [path.relative_to(self.folder) for path in found]
        return [path for path in paths if not (self.ignore and self.ignore.hides(path.as_posix()))]

    def copy(self, sources: list[str], target: Path, into_folder: bool) -> None:
        """As COPY does: of a folder its content, files under their names into a folder, or one file to a name."""
        if len(sources) > 1 and not into_folder:
            raise Refused(f"COPY of several to {target.name}: Docker wants a / at the end")
        for source in sources:
            files = self.files(source)
            if not files:
                raise Refused(f"COPY {source}: not there, or kept out by .dockerignore")
            top = self.folder / source.strip("/")
            for file in files:
                full = self.folder / file
                if top.is_dir():
                    to = target / full.relative_to(top)
                else:
                    to = target / full.name if into_folder else target
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(full, to, follow_symlinks=False)
