"""Runs what the image would hold, against a database, and holds it against what an image of ours must do."""

import ctypes
import fcntl
import json
import os
import re
import signal
import socket
import struct
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from build import Image, home
from dockerfile import Refused
from roots import inside, log_tail

DATABASE_PORT = 27017
DATABASE = f"mongodb://127.0.0.1:{DATABASE_PORT}/?directConnection=true"
QUERY = """{ gift(by: { slug: "ru-kp-2024" }) {
  title giver { name } recipient { name } total { text } items { animal { commonName } }
} }"""
# How long anything may take that is waited for, in seconds.
PATIENCE = 60


def own_network() -> None:
    """Leaves the machine's network for an empty one, so that the ports are free and nobody else reaches the service."""
    new_network = 0x40000000
    if ctypes.CDLL(None, use_errno=True).unshare(new_network):
        raise Refused(f"no network of its own: {os.strerror(ctypes.get_errno())}")
    set_flags, up = 0x8914, 0x1
    with socket.socket() as anything:
        fcntl.ioctl(anything, set_flags, struct.pack("16sh", b"lo", up))


@contextmanager
def process(command: list[str], log: Path, env: dict[str, str]):
    """A running command; killed at the end, if it still runs."""
    with log.open("w") as output:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


@contextmanager
def database(program: Path, folder: Path):
    """The embedded database, outside the image, in memory limits of nobody's concern here."""
    storage = Path(tempfile.mkdtemp(prefix="database-", dir=folder))
    settings = storage / "secantusd.toml"
    settings.write_text("")
    command = [str(program), "--config", str(settings), "--host", "127.0.0.1", "--port", str(DATABASE_PORT)]
    command += ["--storage-path", str(storage / "db"), "--sync-on-commit", "--log-level", "WARNING"]
    with process(command, folder / "database.log", {}):
        yield


class Container:
    """The image's content, run as an engine would: its user, variables and folder, one process at the top."""

    def __init__(self, image: Image, folder: Path):
        self.image = image
        self.folder = folder
        self.environment = {"HOME": home(image), **image.variables}

    def run(self, command: list[str], **more: str) -> tuple[int, str]:
        """Runs a command to its end: its status and all that it printed."""
        log = self.folder / "command.log"
        with self.start(command, log, **more) as child:
            wait_for(lambda: child.poll() is not None, f"{' '.join(command)} ends")
        return child.returncode, log.read_text(errors="replace")

    @contextmanager
    def start(self, command: list[str], log: Path, **more: str):
        """A running command; `more` are variables of its own."""
        call = inside(self.image.root, command, self.image.folder, self.image.user)
        with process(call, log, self.environment | more) as child:
            yield child


def first_process(starter: int) -> int:
    """The process that a starter started: the container's process 1, by its number out here."""
    children = Path(f"/proc/{starter}/task/{starter}/children")
    return int(wait_for(lambda: children.read_text().split(), "a process starts")[0])


def wait_for(condition, what: str):
    """Asks again until it is so; what it gave."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise Refused(f"waited {PATIENCE} s in vain until {what}")


def fetch(port: int, path: str, query: str | None = None) -> str:
    """What the server answers: to a GET, or to a query by POST."""
    body = None if query is None else json.dumps({"query": query}).encode()
    headers = {} if query is None else {"content-type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", body, headers)
    # No proxy of this machine: it would not be reached from here.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        return opener.open(request, timeout=PATIENCE).read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        raise Refused(f"{error.code} for {path}: {error.read().decode(errors='replace')}") from None
    except OSError as error:
        raise Refused(f"port {port}, which EXPOSE names, does not answer {path}: {error}") from None


def must(what: str, holds: bool, found: str = "") -> None:
    if not holds:
        raise Refused(f"does not hold: {what}{'; found: ' + found if found else ''}")
    print(f"  holds: {what}", flush=True)


def check(image: Image, program: Path, folder: Path) -> None:
    """Everything that the running service must do."""
    own_network()
    container = Container(image, folder)
    service = [*image.entrypoint, *image.command]
    port = int(image.ports[0])

    status, output = container.run([*image.entrypoint, "--version"])
    version = image.labels.get("org.opencontainers.image.version")
    must(f"its label has the program's version, {version}", output.split()[-1:] == [version], output)

    status, output = container.run(service)
    must("without MONGODB_URI it ends and names it", status != 0 and "MONGODB_URI" in output, f"{status}, {output}")

    with database(program, folder):
        status, output = container.run(["seed.sh", "article", "history"], MONGODB_URI=DATABASE)
        must("seed.sh loads the sets", status == 0, f"{status}, {output}")
        print("    " + output.strip().replace("\n", "\n    "))
        serve(container, service, port)


def serve(container: Container, service: list[str], port: int) -> None:
    """The server from its start to its end."""
    health = container.image.health
    must("unhealthy while nothing serves", container.run(health)[0] == 1)
    log = container.folder / "service.log"
    with container.start(service, log, MONGODB_URI=DATABASE) as starter:
        server = first_process(starter.pid)

        def healthy():
            if starter.poll() is not None:
                raise Refused(f"the server ended with {starter.returncode}:\n{log_tail(log)}")
            return container.run(health)[0] == 0

        wait_for(healthy, "its health check passes")
        must("its health check passes", True)

        answer = json.loads(fetch(port, "/graphql", QUERY))
        print(f"    {json.dumps(answer, ensure_ascii=False)}")
        gift = (answer.get("data") or {}).get("gift") or {}
        must("it answers with the gift of over 70 animals", gift.get("total", {}).get("text") == "71 or more")

        scripts = re.findall(r'src="(/assets/[^"]+)"', fetch(port, "/graphiql"))
        must("it serves GraphiQL with its script", bool(scripts) and len(fetch(port, scripts[0])) > 1000)

        fields = dict(
            line.split(":", 1) for line in Path(f"/proc/{server}/status").read_text().splitlines() if ":" in line
        )
        ids = {*fields["Uid"].split(), *fields["Gid"].split(), *fields["Groups"].split()}
        must("no id or group of it is root's", "0" not in ids, " ".join(sorted(ids)))
        must("it has no capabilities", int(fields["CapEff"], 16) == 0, fields["CapEff"])

        os.kill(server, getattr(signal, container.image.stop_signal))
        wait_for(lambda: starter.poll() is not None, f"{container.image.stop_signal} ends it")
        status = starter.returncode
        must(f"{container.image.stop_signal} ends it with 0", status == 0, f"{status}\n{log_tail(log)}")
