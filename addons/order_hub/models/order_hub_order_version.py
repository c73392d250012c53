from odoo import api, fields, models
from odoo.tools import SQL

from ..const import SOURCES
from ..engine.version import Content

#: Rows of this transaction, until it commits: ``{order id: version id}``.
MADE_HERE = "order_hub.versions_made"
#: Orders whose first version is taken in one go.
BATCH = 1000
CONFIRMATIONS = [("signature", "Signed"), ("portal", "Accepted on the portal")]


class OrderHubOrderVersion(models.Model):
    """What an order said at one time: everything that was agreed, and who changed it.

    Append-only. One row a transaction, and only if the content differs from the
    version before; what a customer has confirmed is marked once, by the hub.
    """

    _name = "order.hub.order.version"
    _inherit = ["order.hub.append.only"]
    _description = "Order Version"
    _order = "order_id desc, number desc"
    _log_access = False

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    number = fields.Integer("Version", required=True, readonly=True)
    content = fields.Json(readonly=True)
    content_hash = fields.Char("Fingerprint", size=64, readonly=True)
    amount_total = fields.Monetary("Total", readonly=True)
    promised_date = fields.Datetime("Promised", readonly=True)
    made_at = fields.Datetime("Made On", readonly=True)
    user_id = fields.Many2one("res.users", "Who", readonly=True)
    source = fields.Selection(SOURCES, readonly=True)
    reason = fields.Char("Why", readonly=True)
    voucher = fields.Char(readonly=True, help="The paper or message that asked for it.")
    confirmed_by_customer = fields.Selection(
        CONFIRMATIONS,
        readonly=True,
        help="How the customer has agreed to this version.",
    )
    confirmed_by = fields.Char("Confirmed By Name", readonly=True)
    confirmed_at = fields.Datetime("Confirmed On", readonly=True)
    is_current = fields.Boolean("In Force", compute="_compute_is_current")
    summary = fields.Char("What Changed", compute="_compute_summary")
    content_html = fields.Html(
        "What Was Agreed", compute="_compute_pages", sanitize=False
    )
    difference_html = fields.Html(
        "Against the Version Before", compute="_compute_pages", sanitize=False
    )

    _number_uniq = models.UniqueIndex(
        "(order_id, number)", "This version of the order exists already."
    )

    _COLUMNS = (
        "order_id",
        "company_id",
        "currency_id",
        "number",
        "content",
        "content_hash",
        "amount_total",
        "promised_date",
        "made_at",
        "user_id",
        "source",
        "reason",
        "voucher",
        "confirmed_by_customer",
        "confirmed_by",
        "confirmed_at",
    )

    # === COMPUTE === #

    @api.depends("number", "order_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(order)s, version %(number)s",
                order=version.order_id.name,
                number=version.number,
            )

    def _compute_is_current(self):
        last = self._last_numbers(self.order_id.ids)
        for version in self:
            version.is_current = last.get(version.order_id.id) == version.number

    @api.model
    def _last_numbers(self, order_ids):
        """Return ``{order id: number of the newest version}``; one query."""
        rows = self.sudo()._read_group(
            [("order_id", "in", order_ids)], ["order_id"], ["number:max"]
        )
        return {order.id: number for order, number in rows}

    @api.depends("content")
    @api.depends_context("lang")
    def _compute_summary(self):
        words, before = self.env["order.hub.version.words"], self._before()
        for version in self:
            version.summary = words._summary(before.get(version), version)

    @api.depends("content")
    @api.depends_context("lang", "tz")
    def _compute_pages(self):
        words, before = self.env["order.hub.version.words"], self._before()
        for version in self:
            old = before.get(version)
            version.content_html = words._content_html(version)
            version.difference_html = old and words._difference_html(old, version)

    def _before(self):
        """Return ``{version: the version before it}``; one query for all."""
        found = self.search([("order_id", "in", self.order_id.ids)])
        by_place = {(each.order_id.id, each.number): each for each in found}
        return {
            version: by_place[version.order_id.id, version.number - 1]
            for version in self
            if (version.order_id.id, version.number - 1) in by_place
        }

    def _content(self):
        """Return the content as :class:`engine.version.Content`."""
        self.ensure_one()
        return Content.from_json(self.content or {})

    def _append_only_message(self):
        return self.env._(
            "Versions of an order are made by the hub and kept as they are. Change the "
            "order: the next version is made by itself."
        )

    # === SCREEN === #

    def action_compare(self):
        """Open two versions side by side: this one and the one before it."""
        self.ensure_one()
        self.check_access("read")
        older = self._before().get(self)
        return {
            "name": self.env._("Compare Versions of %s", self.order_id.name),
            "type": "ir.actions.act_window",
            "res_model": "order.hub.version.compare",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_order_id": self.order_id.id,
                "default_old_id": (older or self).id,
                "default_new_id": self.id,
            },
        }

    # === MADE === #

    @api.model
    def _take(self, notes):
        """Keep a version of orders whose content differs from their last; 2 queries.

        :param notes: ``{order id: {"user_id", "source", "reason", "voucher",
            "confirmed"}}``; ``confirmed`` is ``{"how", "by", "at"}`` or missing
        """
        found = self.env["order.hub.version.content"]._read(sorted(notes))
        made_here = self.env.cr.postcommit.data.setdefault(MADE_HERE, {})
        new, again, confirmed = [], [], {}
        for order_id, state in found.items():
            note = notes[order_id]
            own = state.last_id and made_here.get(order_id) == state.last_id
            if state.content_hash != state.last_hash:
                row = self._version_row(order_id, state, note)
                if own:
                    again.append((state.last_id, row))
                else:
                    new.append({**row, "number": state.last_number + 1})
            elif note.get("confirmed"):
                confirmed[state.last_id] = note["confirmed"]
        made_here.update(self._append(new))
        for version_id, row in again:
            self._rewrite(version_id, row)
        for version_id, confirmation in confirmed.items():
            self._confirm(version_id, confirmation)

    @api.model
    def _take_first_versions(self):
        """Keep as their first version how orders stand that have none and are under
        way: those of the time before versions were kept. Called at every update.
        """
        note = {
            "user_id": self.env.uid,
            "source": "import",
            "reason": self.env._("As it stood when versions began to be kept"),
        }
        rows = self.env.execute_query(
            SQL(
                """SELECT o.id FROM sale_order o
                    WHERE o.state = 'sale' AND o.hub_is_history IS NOT TRUE
                      AND o.delivery_status IS DISTINCT FROM 'full'
                      AND NOT EXISTS (SELECT FROM order_hub_order_version v
                                       WHERE v.order_id = o.id)
                 ORDER BY o.id"""
            )
        )
        order_ids = [row[0] for row in rows]
        for start in range(0, len(order_ids), BATCH):
            self.sudo()._take(dict.fromkeys(order_ids[start : start + BATCH], note))

    def _version_row(self, order_id, state, note):
        return {
            "order_id": order_id,
            **state.columns,
            "content": state.content.to_json(),
            "content_hash": state.content_hash,
            "made_at": fields.Datetime.now(),
            "user_id": note.get("user_id"),
            "source": note.get("source"),
            "reason": (note.get("reason") or "")[:500] or None,
            "voucher": (note.get("voucher") or "")[:200] or None,
            **self._confirmation_columns(note.get("confirmed")),
        }

    @api.model
    def _confirmation_columns(self, confirmation):
        confirmation = confirmation or {}
        return {
            "confirmed_by_customer": confirmation.get("how"),
            "confirmed_by": (confirmation.get("by") or "")[:100] or None,
            "confirmed_at": confirmation.get("at") or None,
        }

    @api.model
    def _append(self, rows):
        """Insert versions; return ``{order id: version id}``; one query.

        Whoever loses a race against another transaction gets a serialization
        failure, not a broken number, and is run again by Odoo.
        """
        if not rows:
            return {}
        writer = self.env["order.hub.writer"]
        inserted = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES %s ON CONFLICT (order_id, number) "
                "DO NOTHING RETURNING order_id, id",
                SQL.identifier(self._table),
                SQL(", ").join(map(SQL.identifier, self._COLUMNS)),
                SQL(", ").join(writer._tuple(self, self._COLUMNS, row) for row in rows),
            )
        )
        self.env["sale.order"].invalidate_model(["hub_version_ids"], flush=False)
        return dict(inserted)

    @api.model
    def _rewrite(self, version_id, row):
        """Replace a version that this very transaction has made and nobody has read.

        Odoo runs what is due before a commit at every savepoint, too.
        """
        said = ("reason", "voucher", "confirmed_by_customer", "confirmed_by")
        kept = {name for name in (*said, "confirmed_at") if row[name] is None}
        names = [name for name in row if name not in kept]
        values = self.env["order.hub.writer"]._tuple(self, names, row)
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET (%s) = ROW%s WHERE id = %s",
                SQL.identifier(self._table),
                SQL(", ").join(map(SQL.identifier, names)),
                values,
                version_id,
            )
        )
        self.browse(version_id).invalidate_recordset(flush=False)

    @api.model
    def _confirm(self, version_id, confirmation):
        """Mark a version as confirmed by the customer; the first mark stays."""
        columns = self._confirmation_columns(confirmation)
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET confirmed_by_customer = %s, confirmed_by = %s, "
                "confirmed_at = %s WHERE id = %s AND confirmed_by_customer IS NULL",
                SQL.identifier(self._table),
                columns["confirmed_by_customer"],
                columns["confirmed_by"],
                columns["confirmed_at"],
                version_id,
            )
        )
        self.browse(version_id).invalidate_recordset(flush=False)
