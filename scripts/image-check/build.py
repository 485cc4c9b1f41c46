"""Runs the stages of the Dockerfile, step by step, in the roots that stand in for its images."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from context import Context, Ignore
from dockerfile import Refused, Stage, Step
from roots import AUTHORITIES_FILE, Roots, environment, inside


@dataclass
class Image:
    """A root after its steps, and what the steps said about running it."""

    root: Path
    variables: dict[str, str]
    folder: str = "/"
    user: tuple[int, int] = (0, 0)
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    ports: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    stop_signal: str = "SIGTERM"


class Build:
    """One run of the Dockerfile. `told` hears of every step before it is run."""

    def __init__(self, project: Path, roots: Roots, told):
        ignore = project / ".dockerignore"
        self.context = Context(project, Ignore(ignore.read_text() if ignore.exists() else ""))
        self.roots = roots
        self.told = told
        self.stages: dict[str, Image] = {}

    def stage(self, stage: Stage) -> Image:
        """Runs one stage from its FROM to its end."""
        name = stage.name or f"{len(self.stages)}"
        self.told(f"{name}: FROM {stage.image}")
        image = Image(*self.roots.image(stage.image, name))
        for step in stage.steps:
            self.told(f"{name}: {step.name} {step.text}")
            handler = HANDLERS.get(step.name)
            if handler is None:
                raise Refused(f"line {step.line}: {step.name} is not known to this check")
            unknown = set(step.flags) - FLAGS.get(step.name, set())
            if unknown:
                raise Refused(f"line {step.line}: --{unknown.pop()} is not known to this check")
            try:
                handler(self, image, step)
            except Refused as refused:
                raise Refused(f"Dockerfile, line {step.line}: {refused}") from None
        (image.root / AUTHORITIES_FILE).unlink(missing_ok=True)
        self.stages[name] = image
        return image

    def run(self, image: Image, step: Step) -> None:
        command = step.words() if step.is_list() else ["/bin/sh", "-c", step.text]
        variables = environment(image.root, {"HOME": home(image), **image.variables}, network=True)
        self.roots.run(inside(image.root, command, image.folder, image.user), env=variables)

    def copy(self, image: Image, step: Step) -> None:
        *sources, target = step.words()
        stage = step.flags.get("from")
        if stage is not None and stage not in self.stages:
            raise Refused(f"COPY --from={stage}: no stage of this name before")
        source = self.context if stage is None else Context(self.stages[stage].root)
        source.copy(sources, image.root / below(image, target).lstrip("/"), target.endswith(("/", ".")))

    def workdir(self, image: Image, step: Step) -> None:
        image.folder = below(image, step.plain())
        (image.root / image.folder.lstrip("/")).mkdir(parents=True, exist_ok=True)

    def env(self, image: Image, step: Step) -> None:
        image.variables |= step.pairs()

    def user(self, image: Image, step: Step) -> None:
        parts = step.plain().split(":")
        if len(parts) != 2 or not all(part.isdecimal() for part in parts):
            raise Refused(f"USER {step.text}: accepted are two numbers, such as 10001:10001")
        image.user = (int(parts[0]), int(parts[1]))

    def label(self, image: Image, step: Step) -> None:
        image.labels |= step.pairs()

    def expose(self, image: Image, step: Step) -> None:
        image.ports += step.words()

    def stopsignal(self, image: Image, step: Step) -> None:
        image.stop_signal = step.plain()

    def healthcheck(self, image: Image, step: Step) -> None:
        kind, _, command = step.text.partition(" ")
        image.health = Step(step.line, "HEALTHCHECK CMD", {}, command.strip()).words()
        if kind != "CMD" or not command.strip().startswith("["):
            raise Refused('HEALTHCHECK is accepted as CMD ["…"]')

    def entrypoint(self, image: Image, step: Step) -> None:
        image.entrypoint, image.command = only_list(step), []

    def cmd(self, image: Image, step: Step) -> None:
        image.command = only_list(step)


HANDLERS = {
    "RUN": Build.run,
    "COPY": Build.copy,
    "WORKDIR": Build.workdir,
    "ENV": Build.env,
    "USER": Build.user,
    "LABEL": Build.label,
    "EXPOSE": Build.expose,
    "STOPSIGNAL": Build.stopsignal,
    "HEALTHCHECK": Build.healthcheck,
    "ENTRYPOINT": Build.entrypoint,
    "CMD": Build.cmd,
}

# The flags that are known. Those of HEALTHCHECK are an engine's business.
FLAGS = {"COPY": {"from"}, "HEALTHCHECK": {"interval", "timeout", "start-period", "retries"}}


def only_list(step: Step) -> list[str]:
    if not step.is_list():
        raise Refused(f'{step.name} is accepted as ["…"]: a shell in between would take the signals')
    return step.words()


def below(image: Image, path: str) -> str:
    """A path of an instruction, seen from the present folder."""
    return os.path.normpath(os.path.join(image.folder, path))


def home(image: Image) -> str:
    """The user's home by the root's own list of users."""
    for line in (image.root / "etc/passwd").read_text().splitlines():
        fields = line.split(":")
        if int(fields[2]) == image.user[0]:
            return fields[5]
    return "/"


def added(image: Path, base: Path) -> dict[str, int]:
    """The files that the steps added to a base or changed in it, with their sizes in bytes."""
    found = {}
    for folder, _, names in os.walk(image):
        for name in names:
            path = Path(folder, name)
            relative = path.relative_to(image)
            if identity(path) != identity(base / relative):
                found[relative.as_posix()] = path.lstat().st_size if path.is_file() else 0
    return found


def identity(path: Path):
    try:
        status = path.lstat()
    except FileNotFoundError:
        return None
    # A root's device files and links count by what they are.
    size = status.st_size if stat.S_ISREG(status.st_mode) else 0
    return status.st_mode, status.st_uid, status.st_gid, size, int(status.st_mtime), status.st_rdev
