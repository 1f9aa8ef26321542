"""Where a server's files lie, and whose they are.

PostgreSQL refuses to run as root, so root's server runs as another account; that account can't enter root's home or a private data
folder, so its files lie in a folder of /var/lib, and the data folder holds a note of where.
"""

import contextlib
import hashlib
import os
import pwd
import re
import stat
import tempfile
from pathlib import Path

from infra.processes import StartError

ROOT_HOMES = Path("/var/lib/saili-postgres")


def server_account() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root; None when it is ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise StartError("PostgreSQL does not run as root, and there is no account postgres or nobody: run Saili as a plain user.")


def kept_home(data: Path, account: pwd.struct_passwd | None) -> Path | None:
    """The folder of a server that ran on this data before: never a new, empty one in its stead."""
    note, inside = data / "postgres.home", data / "postgres"
    if account is None:
        if note.exists():
            raise StartError(f"The database of {data} was made by root and lies in {note.read_text().strip()}: run Saili as root.")
        return inside if inside.exists() else None
    if inside.exists():
        raise StartError(f"The database in {inside} belongs to the user {inside.owner()}: run Saili as {inside.owner()}.")
    if not note.exists():
        return None
    home = Path(note.read_text().strip())
    if not home.is_dir():
        raise StartError(f"{note} says that the database is in {home}, which is gone: bring it back, or remove the note to begin anew.")
    return home


def new_home(data: Path, account: pwd.struct_passwd | None) -> Path:
    """A folder for the server: below the data folder, or below /var/lib with a note in the data folder when we are root."""
    if account is None:
        home = data / "postgres"
        home.mkdir(mode=0o700)
        return home
    ROOT_HOMES.mkdir(parents=True, exist_ok=True)
    ROOT_HOMES.chmod(0o755)
    home = Path(tempfile.mkdtemp(prefix="home-", dir=ROOT_HOMES))
    home.chmod(0o711)  # the server passes through to its own data and sockets; the folder itself stays root's
    (data / "postgres.home").write_text(f"{home}\n")
    return home


def socket_folder(home: Path, account: pwd.struct_passwd | None) -> Path:
    """A private folder whose path suits a socket: at most 103 octets on macOS (107 on Linux), and no comma, which lists hosts in a DSN."""
    folder = home / "run"
    if not re.fullmatch(r"[A-Za-z0-9/._+@-]{1,80}", str(folder)):
        folder = Path(tempfile.gettempdir()) / f"saili-{os.geteuid()}-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"
    own(folder, account)
    return folder


def own(folder: Path, account: pwd.struct_passwd | None) -> None:
    """A folder that only the server can enter (and root). StartError when somebody else has made it first."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != (account.pw_uid if account else os.geteuid()) or found.st_mode & 0o077:
        raise StartError(f"{folder} is not a folder of our own: remove it, or set TMPDIR to a folder that is.")
