"""Folders that stand in for the images that the Dockerfile starts from, and commands that run in them.

Each is a Debian made by debootstrap. What an image of Node or Rust has beyond that comes from this machine.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from dockerfile import Refused

DEBIAN = "bookworm"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# What the images have on top of Debian: the slim one of Rust these packages, the slim one of Node none.
PACKAGES = {"debian": [], "node": [], "rust": ["ca-certificates", "gcc", "libc6-dev"]}

# How this machine reaches the package registries: passed on to the steps, never written down.
NETWORK = re.compile(r"(?i)(https?|all|no)_proxy|npm_config_.*|cargo_(http|net|registr|source|build_jobs).*")
AUTHORITIES = ("SSL_CERT_FILE", "CARGO_HTTP_CAINFO", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO")
AUTHORITIES_FILE = "opt/image-check-authorities.crt"


def log_tail(log: Path, lines: int = 30) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


class Roots:
    """Makes roots below a folder; what the commands print goes to one log."""

    def __init__(self, folder: Path, mirror: str):
        self.folder = folder
        self.mirror = mirror
        self.log = folder / "log"

    def run(self, command: list[str], **options) -> None:
        """Runs a command to its end; a failure is refused with its last lines."""
        with self.log.open("a") as log:
            log.write(f"\n$ {' '.join(command)}\n")
            log.flush()
            status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options).returncode
        if status:
            raise Refused(f"exit status {status}:\n{log_tail(self.log)}")

    def base(self, kind: str) -> Path:
        """A clean Debian with the packages of this kind of image. Made once."""
        packages = PACKAGES[kind]
        root = self.folder / "-".join(["base", *packages])
        if not root.exists():
            print(f"  debootstrap {DEBIAN} {' '.join(packages)}", flush=True)
            cache = self.folder / "packages"
            cache.mkdir(exist_ok=True)
            include = [f"--include={','.join(packages)}"] if packages else []
            # In mounts of its own: what it mounts is gone with it, even when it is stopped half-way.
            self.run(
                ["unshare", "--mount", "debootstrap", "--variant=minbase", f"--cache-dir={cache}", *include]
                + [DEBIAN, str(root), self.mirror]
            )
        return root

    def image(self, image: str, name: str) -> tuple[Path, dict[str, str]]:
        """A root in place of this image, and the variables that the image sets."""
        repository, _, tag = image.partition(":")
        kind = repository.rpartition("/")[2]
        if kind not in PACKAGES or DEBIAN not in tag:
            raise Refused(f"FROM {image}: accepted are node, rust and debian images of {DEBIAN}")
        root = self.folder / f"stage-{name}"
        self.run(["cp", "--archive", str(self.base(kind)), str(root)])
        variables = {"PATH": PATH}
        if kind == "node":
            add_node(self, root, tag)
        if kind == "rust":
            add_rust(self, root, tag)
            variables["PATH"] = f"/usr/local/cargo/bin:{PATH}"
        authorities = Path(os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt"))
        if authorities.exists():
            shutil.copy(authorities, root / AUTHORITIES_FILE)
        return root, variables


def add_node(roots: Roots, root: Path, tag: str) -> None:
    """This machine's node and npm, where the image has them."""
    node, npm = program("node"), program("npm")
    package = next((folder for folder in npm.parents if folder.name == "npm"), None)
    if package is None:
        raise Refused(f"npm is {npm}; expected within a folder named npm")
    roots.run(["cp", str(node), str(root / "usr/local/bin/node")])
    modules = root / "usr/local/lib/node_modules"
    modules.mkdir(parents=True)
    roots.run(["cp", "--archive", str(package), str(modules)])
    (root / "usr/local/bin/npm").symlink_to("../lib/node_modules/npm/bin/npm-cli.js")
    tell_version(tag, subprocess.check_output([node, "--version"], text=True).strip().lstrip("v"))


def add_rust(roots: Roots, root: Path, tag: str) -> None:
    """This machine's cargo and rustc, where the image has them; without their documentation."""
    sysroot = Path(subprocess.check_output([shutil.which("rustc") or "rustc", "--print", "sysroot"], text=True).strip())
    toolchain = root / "usr/local/cargo"
    toolchain.mkdir()
    for part in ("bin", "lib", "libexec"):
        if (sysroot / part).exists():
            roots.run(["cp", "--archive", str(sysroot / part), str(toolchain)])
    version = subprocess.check_output([sysroot / "bin/rustc", "--version"], text=True).split()[1]
    tell_version(tag, version)


def program(name: str) -> Path:
    found = shutil.which(name)
    if not found:
        raise Refused(f"{name} is not installed here; it stands in for the image's")
    return Path(found).resolve()


def tell_version(tag: str, version: str) -> None:
    wanted = tag.partition("-")[0]
    if not f"{version}.".startswith(f"{wanted}."):
        print(f"  note: the image has {wanted}, this machine's {version} stands in for it", flush=True)


def inside(root: Path, command: list[str], folder: str = "/", user: tuple[int, int] = (0, 0)) -> list[str]:
    """The command as a container would run it: as process 1 with this root, user and folder. Dies with its starter."""
    starter = ["unshare", "--fork", "--kill-child", "--pid", "--mount", "--mount-proc", f"--root={root}"]
    return [*starter, f"--wd={folder}", f"--setuid={user[0]}", f"--setgid={user[1]}", "--", *command]


def environment(root: Path, variables: dict[str, str], network: bool) -> dict[str, str]:
    """The stage's variables, and where asked for those by which this machine reaches the registries."""
    if not network:
        return variables
    passed = {name: value for name, value in os.environ.items() if NETWORK.fullmatch(name)}
    if (root / AUTHORITIES_FILE).exists():
        passed |= dict.fromkeys(AUTHORITIES, f"/{AUTHORITIES_FILE}")
    return passed | variables
