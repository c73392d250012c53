import os
import stat
import time
from contextlib import suppress
from pathlib import Path

from odoo import api, models
from odoo.tools import config

from ...const import HISTORY_BYTES, HISTORY_ENDINGS
from ...engine.history import safe_parts

#: The server's setting below whose folder others may be watched.
FOLDER_NAME = "order_hub_history_folder"
#: Seconds a file must have been left alone: it is still being copied before.
SETTLED = 20
#: Files taken from one folder at a time.
MOST = 50
#: Where a file goes that was taken.
TAKEN = "taken"


class OrderHubHistorySource(models.Model):
    """Folders that are watched: only below the one that the server's set-up names.

    Files are opened without following links, and moved into ``taken`` afterwards, so
    that one who looks sees what has been read.
    """

    _inherit = "order.hub.history.source"

    @api.model
    def _cron_folders(self):
        """Take what lies in the folders of all sources."""
        for source in self.search([("folder", "!=", False)]):
            note = source._take_folder()
            if note != source.folder_note:
                source.folder_note = note
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _take_folder(self):
        """Receive the files of one folder.

        :return: what is wrong with the folder, in words; ``False``: nothing
        """
        self.ensure_one()
        folder = self._folder_path()
        if not folder:
            return self.env._(
                "The server names no folder for history (%s), or this one leads out "
                "of it. Ask the administrator.",
                FOLDER_NAME,
            )
        try:
            names = sorted(entry.name for entry in os.scandir(folder))
        except OSError as error:
            return self.env._("The folder cannot be read: %s", error.strerror)
        for name in [n for n in names if _is_table(n)][:MOST]:
            with suppress(OSError):
                self._take_file(folder, name)
        return False

    def _folder_path(self):
        """Return the folder as a real path below the allowed one, or ``None``."""
        root, parts = config.get(FOLDER_NAME), safe_parts(self.folder)
        if not root or not parts or not os.path.isabs(root):
            return None
        base = Path(root).resolve()
        folder = base.joinpath(*parts).resolve()
        return folder if folder.is_relative_to(base) and folder != base else None

    def _take_file(self, folder, name):
        raw = _read_settled(folder / name)
        if raw is None:
            return
        File = self.env["order.hub.history.file"]
        File._receive(self, name, raw, "folder")
        self._put_away(folder, name)

    def _put_away(self, folder, name):
        """Move a file that was taken; one that cannot be moved is known the next
        time by its content."""
        target = folder / TAKEN
        with suppress(OSError):
            target.mkdir(exist_ok=True)
            if not target.is_symlink():
                os.replace(folder / name, target / name)


def _is_table(name):
    return not name.startswith((".", "~")) and name.lower().endswith(HISTORY_ENDINGS)


def _read_settled(path):
    """Return the bytes of a plain file that nobody is writing, else ``None``."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as stream:
        facts = os.fstat(stream.fileno())
        is_settled = time.time() - facts.st_mtime >= SETTLED
        if not stat.S_ISREG(facts.st_mode) or not is_settled:
            return None
        raw = stream.read(HISTORY_BYTES + 1)
    return raw if 0 < len(raw) <= HISTORY_BYTES else None
