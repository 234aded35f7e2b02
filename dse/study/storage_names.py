"""The name of a storage, a file or a database, shown and written without its password."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from lightsim.errors import InputError

__all__ = [
    "check_storage", "database_url", "file_of", "is_url", "scrubbed", "shown", "without_password",
]  # fmt: skip

_SERVERS = r"(postgres(ql)?|mysql|mariadb|oracle|mssql|sqlite)(\+\w+)?"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
# A `?` may belong to a password; the query string begins where a key follows it.
_QUERY = re.compile(r"\?(?=([\w.%-]+)=)")
_KNOWN = re.compile(
    r"user|\w*password|passfile|host|hostaddr|port|dbname|ssl\w+|options|application_name|service|"
    r"connect_timeout|target_session_attrs|channel_binding|keepalives\w*|charset"
)
# `user:` followed by no port number: a login whose `@` comes later.
_OPEN_LOGIN = re.compile(r":(?!\d+(/|$))")
_SECRET = re.compile(r"pass(?!file)|pwd|secret|token", re.IGNORECASE)
_HIDDEN = "..."
_LONGEST = 120
_ACCEPTED = "accepted: a file, or a database as postgresql://USER@HOST/DATABASE"


@dataclass(frozen=True, slots=True)
class _Url:
    """The parts of a URL; its password may contain `@`, `:` and `/` unencoded."""

    scheme: str
    user: str
    password: str | None
    rest: str
    query: tuple[tuple[str, str], ...]

    def text(self, hidden: str | None) -> str:
        """The URL with `hidden` in place of every password, or without them."""
        password = None if self.password is None else hidden
        pairs = [(key, hidden if _is_secret(key) else value) for key, value in self.query]
        return _joined(self, self.user, password, pairs)


def is_url(storage: str) -> bool:
    """Whether a storage is a database's URL, not a file."""
    return "://" in storage


def check_storage(storage: str, where: str) -> None:
    """Raise `InputError` for a storage that is neither a file nor a URL.

    A mistyped URL would otherwise become a file with a password in its name. The message does not
    repeat the text.
    """
    if is_url(storage):
        if _SCHEME.fullmatch(storage) is None:
            raise InputError(where, "is no URL of a database", _ACCEPTED)
        return
    if re.match(rf"{_SERVERS}:", storage) or re.search(r"\bpassword\s*=", storage, re.IGNORECASE):
        raise InputError(where, "is no URL of a database", _ACCEPTED)
    if not storage.strip() or "\0" in storage:
        raise InputError(where, "names no file", _ACCEPTED)


def file_of(storage: str) -> Path | None:
    """The file of a journal or of an SQLite database; None for a server, or for a database in
    memory."""
    if not is_url(storage):
        return Path(storage)
    scheme, _, path = storage.partition(":///")
    if not scheme.startswith("sqlite") or "://" in scheme or not path:
        return None
    path = path.partition("?")[0]
    return None if path in ("", ":memory:") else Path(path)


def shown(storage: str) -> str:
    """A storage as messages show it: without passwords, and cut if it is long."""
    text = storage
    if is_url(storage):
        text = _parsed(storage).text(_HIDDEN)
    if not text.isprintable():
        text = repr(text)[1:-1]
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def without_password(storage: str) -> str:
    """A storage as files name it. Passwords are left out of a URL; the user gives the password in
    another way."""
    return _parsed(storage).text(None) if is_url(storage) else storage


def database_url(storage: str) -> str:
    """A URL for SQLAlchemy: special characters of the user and the password are encoded, and so
    are braces, which Optuna would take for a template."""
    url = _parsed(storage)
    password = None if url.password is None else _coded(url.password)
    pairs = [(key, _coded(value) if _is_secret(key) else value) for key, value in url.query]
    text = _joined(url, _coded(url.user), password, pairs)
    return text.replace("{", "%7B").replace("}", "%7D")


def scrubbed(message: str, storage: str) -> str:
    """A message without the passwords of a storage, in plain and in encoded spelling."""
    if not is_url(storage):
        return message
    url = _parsed(storage)
    secrets = [value for key, value in url.query if _is_secret(key)]
    secrets += [] if url.password is None else [url.password]
    spelled = {s for own in secrets for s in (own, unquote(own), _coded(own), *_pieces(own))}
    for secret in sorted(spelled, key=len, reverse=True):
        # A secret of a few letters may be a part of other words: only whole words are hidden.
        bound = r"(?<!\w){}(?!\w)" if len(secret) < 4 else "{}"
        if secret:
            message = re.sub(bound.format(re.escape(secret)), _HIDDEN, message)
    return message


def _pieces(secret: str) -> list[str]:
    """The pieces of a password with `@`, `:` or `/` that a driver may take for a host or a
    port."""
    return [piece for piece in re.split(r"[@:/?&]", secret) if len(piece) >= 4]


def _parsed(url: str) -> _Url:
    scheme, _, rest = url.partition("://")
    cut = _query_of(rest)
    head, tail = (rest[: cut.start()], rest[cut.end() :]) if cut else (rest, "")
    # A piece without a key belongs to the value before it, which contains an `&`.
    pairs = [pair.partition("=") for pair in re.split(r"&(?=[^&]*=)", tail)] if tail else []
    query = tuple((key, value) for key, _, value in pairs)
    user, at, host = head.rpartition("@")
    name, colon, password = user.partition(":")
    if scheme.startswith("sqlite") or not at or (not colon and "/" in user):
        return _Url(scheme, "", None, head, query)
    return _Url(scheme, name, password if colon else None, host, query)


def _joined(
    url: _Url, user: str, password: str | None, pairs: Iterable[tuple[str, str | None]]
) -> str:
    """A URL of these parts; parts that are None are left out."""
    login = user if password is None else f"{user}:{password}"
    at = "@" if login else ""
    query = "&".join(f"{key}={value}" for key, value in pairs if value is not None)
    return f"{url.scheme}://{login}{at}{url.rest}{'?' if query else ''}{query}"


def _query_of(rest: str) -> re.Match[str] | None:
    """The `?` at which the query string begins: before a key that databases know, or after the last
    `@`. Any other `?` may belong to a password."""
    last = _QUERY.search(rest, rest.rfind("@") + 1)
    for found in _QUERY.finditer(rest):
        before = rest[: found.start()]
        if _KNOWN.fullmatch(unquote(found[1])) is None:
            continue
        if "@" in rest[found.end() :] and "@" not in before and _OPEN_LOGIN.search(before):
            continue
        return found
    return last


def _is_secret(key: str) -> bool:
    return _SECRET.search(unquote(key)) is not None


def _coded(text: str) -> str:
    return quote(unquote(text), safe="")
