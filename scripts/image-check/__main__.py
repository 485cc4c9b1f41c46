"""Checks the Dockerfile on a machine that has no container engine.

Runs the Dockerfile's own steps in clean Debian roots made by debootstrap, then runs the result as an engine would,
against the embedded database of this machine: see what `holds:` in the output. Needs root (namespaces, chroot),
debootstrap, Node.js, Rust, the embedded database (`make database`), 5 GB in the temporary folder (TMPDIR names
another), and the package registries. Takes about 15 minutes on two cores, and leaves nothing behind.

    sudo --preserve-env=HOME,PATH python3 scripts/image-check
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

# Before our own modules: scripts/ is no place for compiled files.
sys.dont_write_bytecode = True

from build import Build, added  # noqa: E402
from dockerfile import Refused, read  # noqa: E402
from roots import Roots  # noqa: E402
from service import check  # noqa: E402

PROJECT = Path(__file__).resolve().parents[2]

# All that the last stage may add to Debian; with it the list of users.
NEEDED = {
    "etc/ssl/certs/ca-certificates.crt",
    "usr/local/bin/healthcheck.sh",
    "usr/local/bin/menagerie",
    "usr/local/bin/seed.sh",
}
LISTS = ("passwd", "shadow", "group", "gshadow", "subuid", "subgid")
USERS = {f"etc/{name}{old}" for name in LISTS for old in ("", "-")}
MAX_MB = 64


def prerequisites(program: Path) -> None:
    """Names what is missing, with what to do about it."""
    if os.geteuid() != 0:
        raise Refused("needs root (namespaces, chroot): sudo --preserve-env=HOME,PATH python3 scripts/image-check")
    packages = {"debootstrap": "debootstrap", "unshare": "util-linux", "node": "nodejs", "npm": "npm"}
    for command, package in packages.items():
        if not shutil.which(command):
            raise Refused(f"{command} is missing. Install it with: apt-get install {package}")
    if not shutil.which("rustc"):
        raise Refused("rustc is missing: it comes with rustup, from the Rust project's website")
    if not os.access(program, os.X_OK):
        raise Refused(f"no embedded database at {program}: build it with `make database`, or name it by --database")


def default_database() -> Path:
    """Where scripts/database.sh builds it: the newest version."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "menagerie"
    found = sorted(cache.glob("secantus-mdb-*/bin/secantusd-rs"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else cache / "secantus-mdb/bin/secantusd-rs"


def run(options: argparse.Namespace, folder: Path) -> None:
    begun = time.monotonic()

    def told(text: str) -> None:
        short = text if len(text) < 110 else f"{text[:107]}…"
        print(f"[{time.monotonic() - begun:4.0f} s] {short}", flush=True)

    roots = Roots(folder, options.mirror)
    build = Build(PROJECT, roots, told)
    for stage in read((PROJECT / "Dockerfile").read_text()):
        image = build.stage(stage)

    told("what the last stage holds beyond Debian")
    files = added(image.root, roots.base("debian"))
    for path in sorted(files):
        print(f"  {files[path]:>12,} {path}")
    extra = sorted(set(files) - NEEDED - USERS)
    if extra:
        raise Refused(f"the last stage holds more than is needed: {', '.join(extra[:10])}")
    size = sum(files.values()) / 1024**2
    print(f"  {size:.1f} MiB beyond Debian")
    if size > MAX_MB:
        raise Refused(f"the last stage adds {size:.1f} MiB; {MAX_MB} are accepted")

    told("the service")
    check(image, options.database, folder)
    written = set(added(image.root, roots.base("debian"))) - set(files)
    if written:
        raise Refused(f"the service wrote into its image: {', '.join(sorted(written))}; compose.yaml forbids it")
    told("all holds")


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="image-check", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", type=Path, default=default_database(), help="the program secantusd-rs")
    parser.add_argument("--mirror", default="http://deb.debian.org/debian", help="where debootstrap finds Debian")
    parser.add_argument("--keep", action="store_true", help="leave the roots and logs in the temporary folder")
    options = parser.parse_args()
    # So that what is below is cleaned up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    folder = None
    try:
        prerequisites(options.database)
        folder = Path(tempfile.mkdtemp(prefix="image-check-"))
        # The roots are entered by users who are not root.
        folder.chmod(0o755)
        run(options, folder)
        return 0
    except Refused as refused:
        print(f"image-check: {refused}", file=sys.stderr)
        return 1
    finally:
        if folder and options.keep:
            print(f"kept: {folder}")
        elif folder:
            shutil.rmtree(folder)


sys.exit(main())
