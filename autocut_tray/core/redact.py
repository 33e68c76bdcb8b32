"""Takes out of a text what tells who someone is or what they film, for reports that people hand to others."""

from __future__ import annotations

import os
import re
import socket
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from urllib.parse import quote

from autocut_tray.core.frozen import frozen
from autocut_tray.core.log import SECRETS, SecretFilter

HOME, USER, HOST, MAIL = "~", "‹user›", "‹host›", "‹e-mail›"

# Names that half of all machines have tell nobody apart, and replacing them would spoil ordinary words.
_EVERYBODY = frozenset(
    {
        "root", "user", "users", "admin", "administrator", "guest", "home", "public", "default", "system",
        "localhost", "owner", "runner", "ubuntu", "debian", "fedora", "pi", "pc", "desktop", "computer", "mac",
        "macbook", "windows", "linux", "ollama", "openai", "lmstudio", "deepseek", "autocut",
    }
)  # fmt: skip
_SECRET_NAME = re.compile(r"(?i)(?:key|token|secret|passw(?:or)?d|passphrase|credentials?)$")
_MIN_SECRET = 8
_MIN_NAME = 2
_MIN_FILE = 6
"""A shorter file name, with or without its extension, is too likely a part of something else."""
# Chinese is written without blanks, so only Latin letters and digits go on with a word.
_START, _END = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"

_EXTENSIONS = (
    "mp4|m4v|mov|qt|mkv|webm|avi|mts|m2ts|ts|mpg|mpeg|vob|flv|f4v|wmv|asf|ogv|mxf|3gp|3g2|dv|braw|r3d|srt"
)
# Names of videos that nobody told us of. The lengths are bounded: a line may be long and full of slashes.
_MEDIA = (
    re.compile(
        rf"(?i)(?<![\w.~/\\])(?:file://|[a-z]:[\\/]|\\\\|~?/)[^\n\"<>|*?‹›]{{0,400}}?\.(?:{_EXTENSIONS})(?![A-Za-z0-9])"
    ),
    re.compile(rf"(?i)(?<=[\"“‘«])[^\"“”‘’«»‹›/\\\n]{{1,255}}\.(?:{_EXTENSIONS})(?=[\"”’»])"),
    re.compile(rf"(?i)(?<=')[^'‹›/\\\n]{{1,255}}\.(?:{_EXTENSIONS})(?=')"),
    re.compile(rf"(?i)[^\s\"'“”‘’«»‹›/\\:=(\[]{{1,255}}\.(?:{_EXTENSIONS})(?![A-Za-z0-9])"),
)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_OTHER_HOME = re.compile(
    r"(?i)((?:/home/|/Users/|\b[a-z]:[\\/]{1,2}Users[\\/]{1,2}))(?!(?:Public|Shared)\b|‹)"
    r"(?:[^\\/\n\"'<>|:*?]{1,64}(?=[\\/])|[^\\/\s\"'<>|:*?]+)"
)


@frozen
class Identity:
    """What tells this person and this machine from others.

    ``secrets``: values that must not show, whatever their shape.
    """

    homes: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()

    @classmethod
    def of_this_person(cls, environ: Mapping[str, str] = os.environ) -> Identity:
        """As the environment and the operating system tell it."""
        account_names, account_home = _account()
        homes = [environ.get("HOME", ""), environ.get("USERPROFILE", ""), account_home]
        homes += [os.path.realpath(home) for home in homes if home]
        users = [environ.get(name, "") for name in ("USER", "USERNAME", "LOGNAME", "SUDO_USER")]
        users += [*account_names, *(_last_part(home) for home in homes if home)]
        hosts = [environ.get(name, "") for name in ("HOSTNAME", "COMPUTERNAME", "HOST")]
        hosts.append(socket.gethostname())
        secrets = [value for name, value in environ.items() if _SECRET_NAME.search(name)]
        return cls(
            tuple(dict.fromkeys(home.rstrip("/\\") for home in homes if len(home.rstrip("/\\")) > 2)),
            _names(users),
            _names([*hosts, *(host.split(".")[0] for host in hosts)]),
            tuple(dict.fromkeys(value for value in secrets if len(value) >= _MIN_SECRET)),
        )


class Redactor:
    """Replaces secrets, home folders, names of the person and the machine, and videos; the same one always alike.

    ``videos``: paths that are known; the first is ``‹video 1›``, and a name found in a text that is none of them
    gets the next number. ``hosts``: names of other machines that are nobody's business. For one thread at a time.
    """

    def __init__(
        self,
        identity: Identity,
        videos: Iterable[str] = (),
        hosts: Iterable[str] = (),
        secrets: SecretFilter = SECRETS,
    ) -> None:
        self._secrets = secrets
        self._secret_values = sorted(identity.secrets, key=len, reverse=True)
        self._numbers: dict[str, int] = {}
        self._labels: dict[str, str] = {}
        self._learn(tuple(videos), {home.casefold() for home in identity.homes})
        self._home = _any_of(
            {spelling for home in identity.homes for spelling in _spellings(home)},
            r"(?<![\w.~-])",
            r"(?![\w-]|\.\w)",
        )
        self._names = tuple(
            (pattern, label)
            for names, label in ((_names([*identity.hosts, *hosts]), HOST), (identity.users, USER))
            if (pattern := _any_of(set(names), _START, _END)) is not None
        )

    def text(self, text: str) -> str:
        """``text`` without what nobody else should read."""
        for value in self._secret_values:
            text = text.replace(value, "•••")
        text = self._secrets.redact(text)
        text = self._without_known(text)
        for pattern in _MEDIA:
            text = pattern.sub(lambda found: self._label(found[0]), text)
        text = _MAIL.sub(MAIL, text)
        if self._home is not None:
            text = self._home.sub(HOME, text)
        text = _OTHER_HOME.sub(lambda found: found[1] + USER, text)
        for pattern, label in self._names:
            text = pattern.sub(label, text)
        return text

    def _learn(self, videos: tuple[str, ...], homes: set[str]) -> None:
        """Every spelling of the paths, names and folders of ``videos`` gets its label; paths come before names."""
        folders: dict[str, str] = {}
        for path in videos:
            pure = _pure(path)
            folder = str(pure.parent)
            if len(pure.parent.parts) > 2 and folder.casefold() not in homes:
                folders.setdefault(folder, f"‹folder {len(folders) + 1}›")
            self._add(path, self._label(path))
        for folder, label in folders.items():
            self._add(folder, label)
        for path in videos:
            pure, label = _pure(path), self._label(path)
            for name in (pure.name, pure.stem):
                if len(name) >= _MIN_FILE:
                    self._add(name, label)

    def _add(self, text: str, label: str) -> None:
        for spelling in _spellings(text):
            self._labels.setdefault(spelling.casefold(), label)

    def _without_known(self, text: str) -> str:
        """Looks for the few spellings that occur at all: an alternation of thousands would take seconds."""
        lowered = text.casefold()
        present = {spelling for spelling in self._labels if spelling in lowered}
        pattern = _any_of(present, _START, _END)
        if pattern is None:
            return text
        return pattern.sub(lambda found: self._labels.get(found[0].casefold(), "‹video›"), text)

    def _label(self, path: str) -> str:
        name = _nfc(_last_part(path)).casefold()
        return f"‹video {self._numbers.setdefault(name, len(self._numbers) + 1)}›"


def _account() -> tuple[list[str], str]:
    """The login name, the full name and the home that the user database tells; nothing where there is none."""
    try:
        import pwd  # not on Windows
    except ImportError:
        return [], ""
    try:
        entry = pwd.getpwuid(os.getuid())
    except KeyError:  # a container's user without an entry
        return [], ""
    return [entry.pw_name, entry.pw_gecos.split(",")[0]], entry.pw_dir


def _names(names: Iterable[str]) -> tuple[str, ...]:
    kept = (name.strip() for name in names)
    return tuple(
        dict.fromkeys(
            name
            for name in kept
            if len(name) >= _MIN_NAME and name.casefold() not in _EVERYBODY and not name.isdigit()
        )
    )


def _pure(path: str) -> PurePath:
    """A path as the system that wrote it understands it."""
    windows = "\\" in path and not path.startswith("/")
    return PureWindowsPath(path) if windows else PurePosixPath(path)


def _last_part(path: str) -> str:
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1]


def _spellings(text: str) -> set[str]:
    """How a path may stand in a text: slashes turned or doubled, escaped for a URL, a log or a Python string."""
    plain = {form for one in (text, text.replace("\\", "/")) for form in (one, _nfc(one), _nfd(one))}
    found = set(plain)
    bytes_as = "surrogatepass" if os.name == "nt" else "surrogateescape"
    for one in plain:
        found |= {one.encode("utf-8", "backslashreplace").decode("utf-8"), repr(one)[1:-1]}
        found.add(one.replace("\\", "\\\\"))
        found.add(quote(one.encode("utf-8", bytes_as), safe="/:\\"))
    return {one for one in found if one}


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _any_of(texts: set[str], before: str, after: str) -> re.Pattern[str] | None:
    """The longest first, so that none hides another."""
    if not texts:
        return None
    choices = "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))
    return re.compile(f"{before}(?:{choices}){after}", re.IGNORECASE)
