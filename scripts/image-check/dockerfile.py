"""Reads a Dockerfile into stages of instructions.

Knows the part of the language that ours uses. Anything else is refused rather than skipped, so that a check that passes
has run every step.
"""

import json
import shlex
from dataclasses import dataclass, field


class Refused(Exception):
    """What the check cannot run or does not accept, in words for whoever changed the file."""


@dataclass
class Step:
    """One instruction: its line, its name, its --flags, and the rest, or the words of the rest."""

    line: int
    name: str
    flags: dict[str, str]
    text: str

    def words(self) -> list[str]:
        """The rest as words: a JSON list, or split as a shell would."""
        return json.loads(self.text) if self.is_list() else shlex.split(self.plain())

    def is_list(self) -> bool:
        return self.text.startswith("[")

    def plain(self) -> str:
        """The rest, where Docker would put variables in."""
        if "$" in self.text:
            raise Refused(f"line {self.line}: {self.name} with a variable; this check replaces none")
        return self.text

    def pairs(self) -> dict[str, str]:
        """The rest as name=value."""
        words = self.words()
        if not all("=" in word for word in words):
            raise Refused(f"line {self.line}: {self.name} is accepted as name=value")
        return dict(word.split("=", 1) for word in words)


@dataclass
class Stage:
    """What is between one FROM and the next."""

    image: str
    name: str | None
    steps: list[Step] = field(default_factory=list)


def read(text: str) -> list[Stage]:
    """The stages of a Dockerfile."""
    stages: list[Stage] = []
    for line, instruction in instructions(text):
        name, _, rest = instruction.partition(" ")
        name, rest = name.upper(), rest.strip()
        flags = {}
        while rest.startswith("--"):
            flag, _, rest = rest.partition(" ")
            option, _, value = flag[2:].partition("=")
            flags[option] = value
            rest = rest.strip()
        step = Step(line, name, flags, rest)
        if name == "FROM":
            stages.append(stage(step))
        elif stages:
            stages[-1].steps.append(step)
        else:
            raise Refused(f"line {line}: {name} before the first FROM is not known to this check")
    if not stages:
        raise Refused("the Dockerfile has no FROM")
    return stages


def stage(step: Step) -> Stage:
    match step.flags, step.words():
        case {}, [image]:
            return Stage(image, None)
        case {}, [image, named, name] if named.upper() == "AS":
            return Stage(image, name)
    raise Refused(f"line {step.line}: FROM is accepted as `FROM image` or `FROM image AS name`")


def instructions(text: str):
    """Each instruction on one line, without comments, with the number of its first line."""
    begun, parts = 0, []
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or not line.strip():
            continue
        begun = begun or number
        if line.rstrip().endswith("\\"):
            parts.append(line.rstrip()[:-1])
            continue
        yield begun, "".join([*parts, line]).strip()
        begun, parts = 0, []
    if parts:
        raise Refused(f"line {begun}: the last instruction has no end")
