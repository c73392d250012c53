from odoo import api, models
from odoo.exceptions import UserError

from ..engine import uploads


class OrderHubUpload(models.AbstractModel):
    """The one door for files that suppliers and customers send.

    What is let in, and how pictures are made anew, is decided in ``engine.uploads``.
    Every form that takes a file goes through :meth:`_checked`, then :meth:`_keep`.
    """

    _name = "order.hub.upload"
    _description = "Uploaded Files"

    @api.model
    def _checked(
        self,
        files,
        kinds=uploads.PAPER,
        limit_bytes=uploads.MAX_FILE_BYTES,
        most=uploads.MAX_FILES,
    ):
        """Return the files of a form that are let in, made safe.

        :param files: ``FileStorage`` of a request or ``(name, bytes)`` pairs
        :param kinds: what is taken, of ``"picture"`` and ``"pdf"``
        :param limit_bytes: bytes of each file at most
        :param most: files at most
        :return: list of ``{"name", "content" (bytes), "mimetype"}``
        :raise UserError: which file is not taken, why, and what to do
        """
        limits = uploads.Limits(tuple(kinds), limit_bytes, most)
        try:
            taken = uploads.checked(map(self._reader, files), limits)
        except uploads.Refused as refused:
            raise UserError(self._refusal_message(refused)) from refused
        return [
            {"name": each.name, "content": each.content, "mimetype": each.mimetype}
            for each in taken
        ]

    @api.model
    def _keep(self, record, uploaded):
        """Keep checked files with a record, seen by whoever may see the record.

        :param record: one record
        :param uploaded: what :meth:`_checked` returned
        :return: ``ir.attachment`` (sudo)
        """
        record.ensure_one()
        values = [
            {
                "name": each["name"],
                "raw": each["content"],
                "mimetype": each["mimetype"],
                "res_model": record._name,
                "res_id": record.id,
                "public": False,
            }
            for each in uploaded
        ]
        return self.env["ir.attachment"].sudo().create(values)

    def _reader(self, file):
        """Return ``(name, read)`` of a file of either form."""
        if isinstance(file, (tuple, list)):
            name, content = file
            return name, lambda size: bytes(content or b"")[:size]
        return file.filename, file.stream.read

    # === WORDS === #

    def _refusal_message(self, refused):
        """Return what happened, to which file, and what to do."""
        words = {
            "empty": self._empty_words,
            "large": self._large_words,
            "many": self._many_words,
            "kind": self._kind_words,
            "heic": self._heic_words,
            "broken": self._broken_words,
            "pixels": self._pixels_words,
            "locked": self._locked_words,
            "active": self._active_words,
            "packed": self._active_words,
        }
        return words[refused.code](refused.name, **refused.figures)

    def _empty_words(self, name):
        return self.env._("The file %s is empty. Choose it again.", name)

    def _large_words(self, name, limit):
        return self.env._(
            "The file %(name)s is larger than %(limit)s MB. Send a smaller one, or "
            "a picture with less resolution.",
            name=name,
            limit=round(limit / 1024 / 1024, 1),
        )

    def _many_words(self, _name, limit):
        return self.env._(
            "These are too many files: %s can be sent at once. Send the others "
            "afterwards.",
            limit,
        )

    def _kind_words(self, name, kinds):
        if uploads.PDF not in kinds:
            return self.env._(
                "The file %s is no picture. Send a JPEG, PNG, WebP or GIF file.", name
            )
        if uploads.PICTURE not in kinds:
            return self.env._("The file %s is no PDF. Send a PDF file.", name)
        return self.env._(
            "The file %s is neither a PDF nor a picture. Send a PDF, JPEG, PNG, WebP "
            "or GIF file.",
            name,
        )

    def _heic_words(self, name, **_kinds):
        return self.env._(
            "The picture %s is in the format HEIC, which cannot be read here. Save it "
            "as JPEG and send that.",
            name,
        )

    def _broken_words(self, name):
        return self.env._(
            "The file %s cannot be opened: it is damaged or did not arrive whole. "
            "Open it on your device, save it anew and send that.",
            name,
        )

    def _pixels_words(self, name, limit):
        return self.env._(
            "The picture %(name)s has more than %(limit)s million pixels. Send it "
            "with less resolution.",
            name=name,
            limit=limit // 1_000_000,
        )

    def _locked_words(self, name):
        return self.env._(
            "The PDF %s is locked with a password. Print it into a new PDF without "
            "password and send that.",
            name,
        )

    def _active_words(self, name):
        return self.env._(
            "The PDF %s carries a program, a form that sends data, or other files. "
            "Print it into a new PDF and send that.",
            name,
        )
