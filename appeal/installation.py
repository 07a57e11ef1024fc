"""What one process holds of its installation: configuration, keys and file store."""

from dataclasses import dataclass

from flask import Flask, current_app

from appeal.config import Config
from appeal.filestore import FileStore
from appeal.keys import DeskKeys, PublicKeys

NAME = "installation"


@dataclass(frozen=True)
class Installation:
    """The public process holds `PublicKeys`, the desk `DeskKeys`; `role` names the process on its machine."""

    config: Config
    keys: PublicKeys
    files: FileStore
    role: str = "desk"

    @property
    def desk_keys(self) -> DeskKeys:
        """The keys that open; a programming mistake in the public process, hence no kind of `AppealError`."""
        if not isinstance(self.keys, DeskKeys):
            raise TypeError("the public process cannot open anything")
        return self.keys


def install(app: Flask, installation: Installation) -> None:
    """Hang the installation on an application."""
    app.extensions[NAME] = installation


def current() -> Installation:
    """The installation of the application whose context is open."""
    installation: Installation = current_app.extensions[NAME]
    return installation
