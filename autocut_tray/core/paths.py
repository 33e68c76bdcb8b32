"""Where files of this program live."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from autocut_tray.core.errors import StorageError
from autocut_tray.core.frozen import frozen
from autocut_tray.core.messages import message

HOME_VARIABLE = "AUTOCUT_HOME"
PORTABLE_MARK = "portable.txt"
"""Beside the frozen program: keep everything in the folder of the program."""
PORTABLE_HOME = "AutoCutData"


def folder_unusable(folder: Path, error: OSError) -> StorageError:
    """For a folder of ours that cannot be made or written to."""
    return StorageError(
        "folder_unusable",
        message("error-folder-unusable", folder=str(folder), reason=error.strerror or type(error).__name__),
        message("error-folder-unusable-hint", variable=HOME_VARIABLE),
    )


def portable_home() -> str:
    """The folder in which a portable copy keeps everything; empty for every other installation."""
    if not getattr(sys, "frozen", False):
        return ""
    folder = Path(sys.executable).parent
    return str(folder / PORTABLE_HOME) if (folder / PORTABLE_MARK).exists() else ""


@frozen
class Paths:
    """The four folders of this program; all below ``AUTOCUT_HOME`` when that is set."""

    config: Path
    data: Path
    cache: Path
    logs: Path

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Paths:
        """The folders of this person on this platform, or of a portable copy; nothing is created."""
        home = environ.get(HOME_VARIABLE, "").strip() or portable_home()
        if home:
            return cls.below(Path(home).expanduser().absolute())
        import platformdirs  # late: 5 ms that a start under AUTOCUT_HOME does not need

        dirs = platformdirs.PlatformDirs("AutoCutDirector", appauthor=False)
        return cls(
            Path(dirs.user_config_dir),
            Path(dirs.user_data_dir),
            Path(dirs.user_cache_dir),
            Path(dirs.user_log_dir),
        )

    @classmethod
    def below(cls, home: Path) -> Paths:
        return cls(home / "config", home / "data", home / "cache", home / "logs")

    def create(self) -> None:
        """Make the folders, readable by this person only where the platform knows such a thing.

        Raises StorageError.
        """
        for folder in (self.config, self.data, self.cache, self.logs):
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise folder_unusable(folder, error) from error

    @property
    def settings_file(self) -> Path:
        return self.config / "config.toml"

    @property
    def env_files(self) -> tuple[Path, ...]:
        """``.env`` beside the settings file, then the one of the current folder, which wins."""
        files = [self.config / ".env"]
        with contextlib.suppress(OSError):  # the current folder was deleted
            files.append(Path.cwd() / ".env")
        return tuple(files)

    @property
    def release_policies_file(self) -> Path:
        """What this person changed of the rules for giving memory back; most have no such file."""
        return self.config / "releasable_resources.yaml"

    @property
    def profile_file(self) -> Path:
        return self.data / "runtime_profile.json"

    @property
    def app_database(self) -> Path:
        return self.data / "app.db"

    @property
    def metrics_database(self) -> Path:
        return self.data / "metrics.db"

    @property
    def thumbnails(self) -> Path:
        return self.data / "thumbnails"

    @property
    def control_file(self) -> Path:
        return self.data / "governor.json"

    @property
    def figures_file(self) -> Path:
        """What this machine has measured about models."""
        return self.data / "figures.json"

    @property
    def dismissed_file(self) -> Path:
        """Recommendations that were put off."""
        return self.data / "dismissed.json"

    @property
    def key_index(self) -> Path:
        """Names of the keys in the keyring; no keys."""
        return self.data / "keys.json"

    @property
    def api_file(self) -> Path:
        """Address and token of the local API; there only while it runs."""
        return self.data / "api.json"

    @property
    def api_token_file(self) -> Path:
        """The token alone, for programs that read such a file; it outlives the program."""
        return self.data / "api-token"

    @property
    def instance_lock(self) -> Path:
        return self.data / "instance.lock"

    @property
    def instance_file(self) -> Path:
        return self.data / "instance.json"
