from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...engine.erp.errors import BadMapping, NotWritten
from ...engine.erp.inserting import check_new, insert_order
from ...engine.erp.values import coded, key_text


class OrderHubErp(models.Model):
    """New orders: those of other channels are put into the system that stays.

    Off until somebody switches it on, and from that moment on only. Each order is a
    transaction of its own there, header and lines; it is tied to its row by its key.
    """

    _inherit = "order.hub.erp"

    inserts = fields.Boolean(
        "New Orders Too",
        tracking=True,
        help="Confirmed orders of other channels are put into the other system, header "
        "and lines in one transaction. Needs a column that is written with the hub "
        "reference: by it they are known when they are read.",
    )
    insert_since = fields.Datetime(
        "Confirmed Since",
        compute="_compute_insert_since",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Orders confirmed before are left alone. At first the moment of switching "
        "it on.",
    )
    insert_channel_ids = fields.Many2many(
        "order.hub.channel",
        "order_hub_erp_insert_channel_rel",
        "erp_id",
        "channel_id",
        "Of Channels",
        check_company=True,
        domain="[('company_id', '=', company_id), ('adapter', '!=', 'erp')]",
        help="Empty: of all channels but its own, and orders typed in the hub.",
    )

    @api.depends("inserts")
    def _compute_insert_since(self):
        for erp in self:
            if erp.inserts and not erp.insert_since:
                erp.insert_since = fields.Datetime.now()

    @api.constrains("inserts", "dialect")
    def _check_inserts(self):
        for erp in self.filtered("inserts"):
            if erp.dialect == "csv":
                raise ValidationError(
                    self.env._(
                        "%s is a drop folder: files carry changes of orders that are "
                        "there, no new ones.",
                        erp.name,
                    )
                )
            with erp._saying():
                check_new(erp._plan())

    # === WHICH ORDERS === #

    def _queue_new(self, limit):
        """Have confirmed orders that are not there wait to be put in.

        :return: whether there may be more
        """
        if not self.inserts or not self.insert_since:
            return False
        self.env["sale.order"].flush_model()
        self.env["order.hub.erp.key"].flush_model()
        self.env["order.hub.erp.write"].flush_model()
        rows = self.env.execute_query(self._missing_orders(limit))
        self.env["order.hub.erp.write"].sudo().create(
            [
                {
                    "erp_id": self.id,
                    "company_id": self.company_id.id,
                    "order_id": order_id,
                    "is_new": True,
                }
                for [order_id] in rows
            ]
        )
        return len(rows) == limit

    def _missing_orders(self, limit):
        return SQL(
            """SELECT s.id FROM sale_order s
                WHERE s.company_id = %s AND s.state = 'sale' AND s.hub_ref IS NOT NULL
                  AND s.date_order >= %s AND s.hub_is_history IS NOT TRUE
                  AND %s
                  AND NOT EXISTS (
                      SELECT FROM order_hub_erp_key k
                       WHERE k.order_id = s.id AND k.erp_id = %s AND k.role = 'order')
                  AND NOT EXISTS (
                      SELECT FROM order_hub_erp_write w
                       WHERE w.order_id = s.id AND w.erp_id = %s AND w.is_new)
                ORDER BY s.date_order, s.id LIMIT %s""",
            self.company_id.id,
            self.insert_since,
            self._of_channels(),
            self.id,
            self.id,
            limit,
        )

    def _of_channels(self):
        if self.insert_channel_ids:
            return SQL("s.hub_channel_id IN %s", tuple(self.insert_channel_ids.ids))
        own = self.channel_id.id or 0
        return SQL("COALESCE(s.hub_channel_id, 0) <> %s", own)

    # === PUTTING ONE IN === #

    def _insert_row(self, link, schema, row, numbers):
        """Put the order of a waiting row in; what cannot be is said on the row.

        :param numbers: as :meth:`_numbers_there` gives them
        """
        order = row.order_id.with_company(self.company_id)
        try:
            self._check_still_wanted(order)
            check_new(schema.plan)
            done = insert_order(link, schema, self._new_order(order, numbers))
        except (NotWritten, BadMapping) as error:
            self._note_not_written(row, error)
            self._tell_not_put_in(order, error)
            return
        row.key_id = self._tie_new(order, done)
        self._note_written(row, {}, done.header, done.is_known)
        self._tell_put_in(order, done.number)

    def _check_still_wanted(self, order):
        if order.state != "sale":
            raise NotWritten("not_confirmed", number=order.name)

    def _tie_new(self, order, done):
        """Return the key of the row that was put in, tied to its order."""
        table = self.table_ids.filtered(lambda row: row.role == "order")
        Key = self.env["order.hub.erp.key"].sudo()
        name = key_text(done.key)
        known = Key._known(table, [name])
        written = table.column_ids.filtered("writes").mapped("column_name")
        values = {
            "number": done.number,
            "raw_key": list(map(coded, done.key)),
            "order_id": order.id,
            "state": "known",
            "digest": "",  # nothing has been read of it yet
            "base": {column: done.header.get(column) for column in written},
        }
        Key._put(table, {name: values}, known)
        return Key._known(table, [name])[name]

    # === TELLING === #

    def _tell_not_put_in(self, order, error):
        """Have a to-do on the order: nobody looks for what is not there."""
        known = self._todos_of(order)
        for user in known.user_id or self._told()[:1] or order.user_id:
            erp = self.with_context(lang=user.lang)
            words = erp._error_words(error)
            if known:
                known.note = words
                continue
            order.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=erp.env._("Not in %s", erp.name),
                note=words,
            )

    def _tell_put_in(self, order, number):
        said = self.env._(
            "Put into %(erp)s as %(number)s.", erp=self.name, number=number
        )
        self._todos_of(order).action_feedback(feedback=said)
        order._message_log(body=said)

    def _todos_of(self, order):
        """Return the to-dos that say that an order is not in this system."""
        kind = self.env.ref("mail.mail_activity_data_warning")
        return order.activity_ids.filtered(
            lambda todo: (
                todo.activity_type_id == kind and self.name in (todo.summary or "")
            )
        )
