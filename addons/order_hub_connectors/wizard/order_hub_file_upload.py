import base64
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..adapters.base import AdapterError, ReadError
from ..adapters.registry import ADAPTERS
from ..engine.mapping import resolve
from ..engine.table import MAX_ROWS
from ..engine.table_orders import MAX_LINES

#: Orders shown before they are received, and tried with the mapping.
MAX_SHOWN = 10
MAX_TRIED = 200


class OrderHubFileUpload(models.TransientModel):
    """A file with orders: what is recognised in it, then received."""

    _name = "order.hub.file.upload"
    _description = "Upload of Orders"

    channel_id = fields.Many2one(
        "order.hub.channel",
        required=True,
        default=lambda self: self._default_channel_id(),
        domain="[('adapter', '=', 'table')]",
    )
    file = fields.Binary("File with Orders", attachment=False)
    filename = fields.Char()
    order_count = fields.Integer("Orders", compute="_compute_preview")
    problem_count = fields.Integer("With Problems", compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    def _default_channel_id(self):
        """Return the first channel that takes files."""
        return self.env["order.hub.channel"].search(
            [("adapter", "=", "table")], limit=1
        )

    @api.depends("file", "filename", "channel_id")
    def _compute_preview(self):
        for upload in self:
            values = upload._recognised() if upload.file and upload.channel_id else {}
            upload.order_count = values.get("count", 0)
            upload.problem_count = len(values.get("problems", ()))
            upload.preview = (
                self.env["ir.qweb"]._render("order_hub_connectors.file_preview", values)
                if values
                else False
            )

    def _recognised(self):
        """Return what the screen shows of a file."""
        try:
            messages = self._messages()
            documents = [self._read(message) for message in messages[:MAX_TRIED]]
        except AdapterError as error:
            return {"error": self._error_words(error)}
        return {
            "count": len(messages),
            "table": self._table_facts(),
            "orders": self._orders(messages, documents),
            "problems": self._problems(messages, documents),
            "more": max(len(messages) - MAX_SHOWN, 0),
            "tried": len(documents),
        }

    def _orders(self, messages, documents):
        pairs = zip(messages[:MAX_SHOWN], documents, strict=False)
        return [
            {"name": message.external_ref, "lines": len(document.get("rows") or [1])}
            for message, document in pairs
        ]

    def _table_facts(self):
        """Return sheet, header and columns of a table; nothing for JSON."""
        try:
            sheet, grouped = self._adapter().recognise(self._raw())
        except ReadError:
            return None
        return {
            "sheet": sheet,
            "header_row": grouped.header_row,
            "key_column": grouped.key_column,
            "columns": grouped.columns,
            "skipped": ", ".join(map(str, grouped.skipped[:20])),
        }

    def _problems(self, messages, documents):
        """Return ``[(order, sentence)]`` of what the mapping finds wrong."""
        mapping = self.channel_id._mapping()
        if not mapping:
            return []
        batch = [mapping._compiled().map(document) for document in documents]
        resolve(batch, mapping._finder(self.channel_id))
        inbound = self.env["order.hub.inbound"]
        words = inbound._inbound_words()
        return [
            (
                message.external_ref,
                inbound._in_words(
                    words,
                    "map",
                    trouble.code,
                    {"source": trouble.source, **trouble.figures},
                    trouble.value,
                ),
            )
            for message, mapped in zip(messages, batch, strict=False)
            for trouble in mapped.troubles[:3]
        ]

    # === FILE === #

    def _adapter(self):
        channel = self.channel_id.sudo()
        adapter = ADAPTERS.get(channel.adapter)
        if not hasattr(adapter, "split"):
            raise UserError(
                self.env._(
                    "Channel %s does not take files. Choose one for files.",
                    self.channel_id.name,
                )
            )
        return channel._adapter()

    def _raw(self):
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def _messages(self):
        """Return one message an order.

        :raise ReadError: the file cannot be taken
        """
        return self._adapter().split(self._raw(), self.filename or "file")

    def _read(self, message):
        document = self._adapter().read(message.raw, message.content_type, message.kind)
        return document if isinstance(document, dict) else {}

    def _error_words(self, error):
        """Return what is wrong with a file, in the user's language."""
        return self._file_words().get(getattr(error, "code", ""), str(error))

    def _file_words(self):
        """Return ``{code: sentence}`` of ``engine.table`` and the adapter."""
        return {
            "empty": self.env._("The file holds no rows."),
            "too_large": self.env._("The file has more than 10 MB. Send it in parts."),
            "wrong_encoding": self.env._(
                "The encoding of the file cannot be told: it is neither UTF-8 nor "
                "Chinese (GB 18030). Save it as CSV UTF-8, or set the encoding on the "
                "channel."
            ),
            "not_text": self.env._("The file holds binary data and is no table."),
            "not_table": self.env._(
                "The file is damaged or no workbook. Open it and save it again."
            ),
            "zip_bomb": self.env._(
                "The workbook would unpack to far more than a list of orders. Save it "
                "as CSV, or send fewer orders at a time."
            ),
            "encrypted": self.env._("The workbook has a password. Save it without."),
            "too_many_rows": self.env._(
                "The file has more than %s rows. Send it in parts.", MAX_ROWS
            ),
            "too_many_sheets": self.env._(
                "The workbook has too many sheets. Save the ones with orders as a "
                "file of their own."
            ),
            "too_many_tables": self.env._(
                "The sheet has too many tables. Send it in parts."
            ),
            "too_slow": self.env._(
                "Reading the file took too long. Save it as CSV, or send it in parts."
            ),
            "too_many_lines": self.env._(
                "An order of the file has more than %s lines. Split it.", MAX_LINES
            ),
            "no_header": self.env._(
                "No row looks like column names. Put the names above the orders, or "
                "say on the channel which row they are in."
            ),
            "no_rows": self.env._("There are no rows below the header."),
            "no_sheet": self.env._(
                "The file has no sheet of the name that the channel says. Correct it "
                "there, or leave it empty for the first one."
            ),
            "not_an_object": self.env._("The file holds no list of orders."),
        }

    # === RECEIVE === #

    def action_receive(self):
        """Store one inbound order for each order of the file."""
        self.ensure_one()
        self._check_may_receive()
        if not self.file:
            raise UserError(self.env._("Choose a file with orders."))
        try:
            messages = self._messages()
        except AdapterError as error:
            raise UserError(self._error_words(error)) from error
        inbound = self.env["order.hub.inbound"].sudo()
        received = inbound._receive(self.channel_id, messages)
        return self._shown(messages, received)

    def _check_may_receive(self):
        self.channel_id.check_access("read")
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._("Only operators of the Order Hub receive orders in files.")
            )

    def _shown(self, messages, received):
        """Return the list of the file's orders, new and known ones."""
        refs = list(Counter(message.external_ref for message in messages))
        name = self.env._(
            "%(file)s: %(new)s new, %(repeated)s received before",
            file=self.filename or "",
            new=len(received["new"]),
            repeated=received["repeated"],
        )
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "order.hub.inbound",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("channel_id", "=", self.channel_id.id),
                ("external_ref", "in", refs),
            ],
        }
