import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.order_hub.engine.uploads import clean_name

from ...const import HISTORY_BYTES, HISTORY_ENDINGS, HISTORY_STATES, HISTORY_WORKING


class OrderHubHistoryFile(models.Model):
    """A list of old orders as it came, and how far it has been read and taken in."""

    _name = "order.hub.history.file"
    _description = "History File"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True)
    source_id = fields.Many2one(
        "order.hub.history.source",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    content = fields.Binary("File", readonly=True, attachment=True)
    size = fields.Integer("Bytes", readonly=True)
    sha256 = fields.Char("Fingerprint", required=True, readonly=True)
    arrived_by = fields.Selection(
        [("upload", "Upload"), ("folder", "Folder")], readonly=True
    )
    operator_id = fields.Many2one("res.users", readonly=True)
    received_at = fields.Datetime("Received On", readonly=True)
    state = fields.Selection(
        HISTORY_STATES, default="waiting", required=True, readonly=True, index=True
    )
    problem = fields.Json(readonly=True)
    problem_text = fields.Char("What Is Wrong", compute="_compute_problem_text")
    tables = fields.Json(readonly=True)
    sheet_count = fields.Integer("Sheets", readonly=True)
    row_total = fields.Integer("Rows", readonly=True)
    position = fields.Integer("Rows Read", readonly=True)
    progress = fields.Float(compute="_compute_progress")
    moved_at = fields.Datetime("Last Progress", readonly=True)
    read_seconds = fields.Float("Seconds Reading", readonly=True, digits=(10, 1))
    peak_mb = fields.Integer("Memory (MB)", readonly=True)
    row_ids = fields.One2many("order.hub.history.row", "file_id", "File Rows")
    order_count = fields.Integer("Orders", compute="_compute_counts")
    new_count = fields.Integer("To Review", compute="_compute_counts")
    approved_count = fields.Integer("Approved", compute="_compute_counts")
    failed_count = fields.Integer("Failed", compute="_compute_counts")
    undone_at = fields.Datetime("Undone On", readonly=True)
    undone_by_id = fields.Many2one("res.users", readonly=True)

    _sha256_uniq = models.UniqueIndex(
        "(company_id, sha256)", "This file has been received before."
    )

    # === COMPUTE === #

    @api.depends("problem")
    @api.depends_context("lang")
    def _compute_problem_text(self):
        words = self.env["order.hub.history.words"]._file_words()
        for file in self:
            code = (file.problem or {}).get("code")
            text = (file.problem or {}).get("text")
            file.problem_text = words.get(code) or text or code or False

    @api.depends("position", "row_total", "state")
    def _compute_progress(self):
        for file in self:
            share = 100 * file.position / file.row_total if file.row_total else 0.0
            file.progress = 0.0 if file.state in ("waiting", "mapping") else share

    @api.depends("row_ids.state")
    def _compute_counts(self):
        rows = self.env["order.hub.history.row"]._read_group(
            [("file_id", "in", self.ids)],
            ["file_id", "state"],
            ["__count", "order_id:count_distinct"],
        )
        found = {(file.id, state): numbers for file, state, *numbers in rows}
        for file in self:
            count = {
                state: found.get((file.id, state), (0, 0))[0]
                for state in ("new", "approved", "corrected", "failed")
            }
            file.new_count, file.failed_count = count["new"], count["failed"]
            file.approved_count = count["approved"] + count["corrected"]
            file.order_count = found.get((file.id, "done"), (0, 0))[1]

    # === CRUD === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_taken(self):
        taken = self.filtered(
            lambda file: file.order_count or file.state in HISTORY_WORKING
        )
        if taken:
            raise UserError(
                self.env._(
                    "File %s is at work, or orders came from it. Undo it first.",
                    taken[0].name,
                )
            )

    # === RECEIVE === #

    @api.model
    def _receive(self, source, name, raw, way):
        """Keep a file and have it read, unless its content is known.

        :param source: ``order.hub.history.source``, one record
        :param name: as the sender calls it; never used as a path
        :param raw: its bytes
        :param way: ``upload`` or ``folder``
        :return: the file, and whether it is new
        :raise UserError: nothing in it, too large, or no kind of list
        """
        self._check_takes(name, raw)
        sha256 = hashlib.sha256(raw).hexdigest()
        known = self._known(source, sha256)
        if known:
            return known, False
        with self.env.cr.savepoint():
            file = self.sudo().create(
                self._prepare_vals(source, name, raw, sha256, way)
            )
        file._enqueue()
        return file.sudo(False), True

    def _known(self, source, sha256):
        domain = [("company_id", "=", source.company_id.id), ("sha256", "=", sha256)]
        return self.sudo().search(domain, limit=1).sudo(False)

    def _prepare_vals(self, source, name, raw, sha256, way):
        return {
            "name": clean_name(name),
            "source_id": source.id,
            "company_id": source.company_id.id,
            "raw": raw,
            "size": len(raw),
            "sha256": sha256,
            "arrived_by": way,
            "operator_id": self.env.uid,
            "received_at": fields.Datetime.now(),
        }

    @api.model_create_multi
    def create(self, vals_list):
        raws = [vals.pop("raw", None) for vals in vals_list]
        files = super().create(vals_list)
        for file, raw in zip(files, raws, strict=True):
            if raw:
                file._keep_content(raw)
        return files

    def _keep_content(self, raw):
        """Store the bytes as they came, read by whoever may read the file."""
        self.env["ir.attachment"].sudo().create(
            {
                "name": "content",
                "raw": raw,
                "res_model": self._name,
                "res_field": "content",
                "res_id": self.id,
                "mimetype": "application/octet-stream",
                "type": "binary",
            }
        )

    def _raw(self):
        """Return the bytes of the file."""
        self.ensure_one()
        domain = [
            ("res_model", "=", self._name),
            ("res_field", "=", "content"),
            ("res_id", "=", self.id),
        ]
        return self.env["ir.attachment"].sudo().search(domain, limit=1).raw or b""

    def _check_takes(self, name, raw):
        if not raw:
            raise UserError(self.env._("The file %s is empty. Choose it again.", name))
        if len(raw) > HISTORY_BYTES:
            raise UserError(
                self.env._(
                    "The file %(name)s is larger than %(limit)s MB. Split it.",
                    name=name,
                    limit=HISTORY_BYTES // 1024 // 1024,
                )
            )
        if not str(name).lower().endswith(HISTORY_ENDINGS):
            raise UserError(
                self.env._(
                    "The file %(name)s is no list of orders. Choose one of these "
                    "kinds: %(kinds)s.",
                    name=name,
                    kinds=", ".join(HISTORY_ENDINGS),
                )
            )
