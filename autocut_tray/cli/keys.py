"""``key``: keys of servers and providers, into the keyring and never onto a command line or a screen."""

from __future__ import annotations

import getpass
import sys

from autocut_tray.cli.context import Context, Json
from autocut_tray.core.errors import AutoCutError, UsageError
from autocut_tray.core.messages import message
from autocut_tray.core.settings.secrets import ENVIRONMENT, KeyOrigin, KeyStore

_MAX_INPUT = 4096
_PRESENT = {
    KeyOrigin.KEYRING: "key-present-keyring",
    KeyOrigin.ENVIRONMENT: "key-present-environment",
    KeyOrigin.ENV_FILE: "key-present-env-file",
}
"""A command keeps no key for a session."""
_STILL = {
    KeyOrigin.ENVIRONMENT: "key-still-environment",
    KeyOrigin.ENV_FILE: "key-still-env-file",
}


def run_key(context: Context, name: str | None, extra: list[str], *, forget: bool) -> int:
    """List, store or forget. What was typed in a wrong place is not repeated: it may be a key."""
    keys = KeyStore.of(context.paths)
    if name is None:
        return _list(context, keys)
    if name not in ENVIRONMENT:
        raise UsageError("no_such_key", message("error-key-name", names=", ".join(ENVIRONMENT)))
    if extra:
        hint = message("error-key-on-line-hint", name=name)
        raise UsageError("key_on_line", message("error-key-on-line"), hint)
    return _forget(context, keys, name) if forget else _store(context, keys, name)


def _list(context: Context, keys: KeyStore) -> int:
    found = {name: keys.origin(name) for name in ENVIRONMENT}
    if context.output.as_json:
        context.output.document({"keys": [_document(name, where) for name, where in found.items()]})
        return 0
    t = context.translator.t
    words = {
        name: t("key-absent") if where is None else t(_PRESENT[where], variable=ENVIRONMENT[name])
        for name, where in found.items()
    }
    context.output.table([t("cli-col-key"), t("cli-col-where")], list(words.items()))
    return 0


def _store(context: Context, keys: KeyStore, name: str) -> int:
    key = _read(context, name)
    if not key:
        raise UsageError("key_nothing", message("error-key-nothing"))
    keys.put(name, key)
    if keys.session_only:
        hint = message("error-key-no-keyring-hint", variable=ENVIRONMENT[name])
        raise AutoCutError("no_keyring", message("error-key-no-keyring"), hint)
    _done(context, name, "key-stored", KeyOrigin.KEYRING)
    return 0


def _forget(context: Context, keys: KeyStore, name: str) -> int:
    kept = keys.origin(name) is KeyOrigin.KEYRING
    if kept:
        keys.put(name, None)
        if keys.session_only:
            raise AutoCutError(
                "no_keyring", message("doctor-keys-lost", names=name), message("doctor-keys-lost-next")
            )
    where = keys.origin(name)
    _done(context, name, "key-forgotten" if kept else "key-none", where)
    if where in _STILL:
        context.output.note(context.translator.t(_STILL[where], variable=ENVIRONMENT[name]))
    return 0


def _done(context: Context, name: str, code: str, where: KeyOrigin | None) -> None:
    if context.output.as_json:
        context.output.document(_document(name, where))
    else:
        context.output.say(context.translator.t(code, name=name))
    if code != "key-none" and context.call({"command": "reload-keys"}) is not None:
        context.output.note(context.translator.t("key-in-use"))


def _document(name: str, where: KeyOrigin | None) -> Json:
    return {
        "name": name,
        "present": where is not None,
        "where": None if where is None else where.value,
        "variable": ENVIRONMENT[name],
    }


def _read(context: Context, name: str) -> str:
    """From a prompt that shows nothing, or all of a pipe."""
    if sys.stdin is not None and sys.stdin.isatty():
        try:
            return getpass.getpass(
                context.translator.t("key-prompt", name=name) + " ", stream=sys.stderr
            ).strip()
        except EOFError:
            return ""
    if sys.stdin is None:
        return ""
    return sys.stdin.buffer.read(_MAX_INPUT).decode("utf-8-sig", "replace").strip()
