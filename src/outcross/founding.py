"""Begin a workspace: its folder, its `outcross.toml`, its store. What is there already is never overwritten."""

import re
from pathlib import Path

from outcross.errors import CallError, FaultError
from outcross.settings import ELSEWHERE, FILE, FOLDER, VARIABLE, as_written, parsed, read

_NEW = """\
# The settings of this workspace. Keep this file in version control; .outcross/ stays out of it.

[store]
# Where rows are kept: a file in .outcross/, or a PostgreSQL that a team shares. The environment variable
# OUTCROSS_STORE goes before this line: put an address with a password there, or the password into ~/.pgpass.
{url}

[track]
# The chance of a false alarm over all looks at all generations.
alpha = 0.05
"""


def init(folder: str | Path = ".", url: str | None = None, policy: str | None = None) -> list[str]:
    """Make a workspace: `outcross.toml` and `.outcross/`; what is there is left as it is.

    Args:
        folder: made where it is not there.
        url: of a database in PostgreSQL; None for a file in `.outcross/`.
        policy: text of a policy that is added to `outcross.toml`; None for none.

    Returns:
        What was made, by name; nothing where all of it was there.

    Raises:
        CallError: its settings are wrong or name another store, it has a store in a file already, or the address holds
            a password.
        FaultError: the folder cannot be written, or the store cannot be used.
    """
    from outcross.store import DATABASE, Store  # noqa: PLC0415 - SQLAlchemy, only for those who keep runs

    place = Path(folder)
    check_new(place, url, policy=policy is not None)
    if url is not None and read(place).store.url is None and (place / FOLDER / DATABASE).exists():
        raise CallError(
            f"{place / FOLDER / DATABASE} holds runs and labels already; they would not be moved to another store.",
            hint=f"Make a workspace in another folder, or write [store] url into {FILE} if they may stay behind.",
        )
    fresh = not (place / FOLDER).is_dir()
    # The store first: an address that leads nowhere is not written down.
    Store(place / FOLDER, read(place).store.url or url).close()
    made = [FILE] * write_new(place, url) + [f"{FOLDER}/"] * fresh
    if policy is None:
        return made
    add_policy(place, policy)
    return [*made, "a policy"]


def check_new(folder: Path, url: str | None, *, policy: bool = False) -> None:
    """Refuse what `write_new`, and `add_policy` where a policy is to be added, would not write.

    Raises:
        CallError: there is an `outcross.toml` that names another store or has a policy, or the address holds a
            password.
    """
    path = folder / FILE
    if url is not None and re.search(r"//[^/@]*:[^/@]+@|[?&][a-z]*password=", url):
        raise CallError(
            f"The address holds a password, which would stand in {FILE} for all to read.",
            hint=f"Leave it out, and give the whole address in the environment variable {VARIABLE}.",
        )
    told = as_written(folder).store.url
    if url is not None and path.exists() and url != told:
        raise CallError(f"{path} is there already, and names another store: {_hidden(told)}.",
                        hint="It is never overwritten: change its [store] url yourself.")  # fmt: skip
    if policy and parsed(path).keys() & set(ELSEWHERE):
        raise CallError(f"{path} has a policy already.", hint="It is never overwritten: change it there yourself.")


def write_new(folder: Path, url: str | None) -> bool:
    """Write `outcross.toml` where there is none.

    Args:
        folder: of the workspace.
        url: of its store; None for a file in `.outcross/`.

    Returns:
        Whether it was written.

    Raises:
        FaultError: the folder cannot be written.
    """
    path = folder / FILE
    line = f"url = {_quoted(url)}" if url else '# url = "postgresql://USER@HOST:5432/DATABASE"'
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_NEW.format(url=line))
    except FileExistsError:
        return False
    except OSError as error:
        raise FaultError(f"Cannot write {path}: {error.strerror}.", hint="Choose another folder.") from None
    return True


def add_policy(folder: Path, text: str) -> None:
    """Add a policy, as TOML, at the end of `outcross.toml` of a workspace; what stands there stays.

    Raises:
        FaultError: the file cannot be written.
    """
    path = folder / FILE
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n{text}")
    except OSError as error:
        raise FaultError(f"Cannot write {path}: {error.strerror}.", hint="Check its rights.") from None


def _hidden(url: str | None) -> str:
    return "the file in .outcross/" if url is None else re.sub(r"//([^/@:]*):[^/@]*@", r"//\1:***@", url).split("?")[0]


def _quoted(text: str) -> str:
    """A basic string of TOML."""
    return '"' + re.sub(r'["\\\x00-\x1f\x7f]', lambda one: f"\\u{ord(one[0]):04x}", text) + '"'
