from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...engine.system_report import MAX_REPORTS, read_reports


class OrderHubSystem(models.Model):
    """Hearing what another system says of orders, any number in a few queries."""

    _inherit = "order.hub.system"

    @api.model
    def hear(self, code, reports):
        """Take in what a system says of orders; the same again is a no-op.

        :param str code: code of the system, in the user's companies
        :param list reports: up to 5,000 of ``{"hub_ref" or "external_ref": text,
            "word": the state as the system writes it, "at": ISO 8601 (UTC without a
            zone; left out: now), "reference": number of its document, "note": text}``
        :return: ``{"new", "repeated", "contradictions": counts, "unknown": numbers
            of orders not found, "unmapped": words, "refused": [{"index", "field",
            "message"}]}``
        :raise AccessError: for who is no operator of the hub
        :raise UserError: an unknown system, or too many reports
        """
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._(
                    "Only operators of the Order Hub say where orders are. Ask your "
                    "administrator for the group."
                )
            )
        system = self.search([("code", "=", code)], limit=2)
        if len(system) != 1:
            raise UserError(
                self.env._(
                    "There is no system “%s”, or several companies have one. Create "
                    "it under Configuration, or log in to one company.",
                    str(code)[:60],
                )
            )
        return self._hear(system, reports)

    @api.model
    def _hear(self, system, reports):
        """Take in reports, see :meth:`hear`.

        :param system: ``order.hub.system``, or the ``order.hub.channel`` that a
            system is heard through; no system listens there: nothing is done
        """
        if system._name == "order.hub.channel":
            system = self.sudo().search([("channel_id", "=", system.id)], limit=1)
        if not system:
            return {}
        if not isinstance(reports, (list, tuple)) or len(reports) > MAX_REPORTS:
            raise UserError(
                self.env._("Send a list of at most %s reports at a time.", MAX_REPORTS)
            )
        return system.sudo()._in_own_words()._take_in(reports)

    def _in_own_words(self):
        """Return self in the language of its company: that is who reads problems."""
        self.ensure_one()
        lang = self.company_id.partner_id.lang or self.env.lang
        return self.with_company(self.company_id).with_context(lang=lang)

    def _take_in(self, raw):
        now = fields.Datetime.now()
        reports, refused = read_reports(raw, now)
        orders = self._orders_of(reports)
        known = [
            (orders[key], row) for row in reports if (key := self._key(row)) in orders
        ]
        unmapped = self._learn({row.word for _order, row in known})
        new = self._keep(known, now)
        touched = self._last_words({order_id for order_id, _row in known})
        self.last_heard_at = now
        self._carry_on(touched)
        self._look_again(touched)
        return {
            "new": len(new),
            "repeated": len(known) - len(new),
            "contradictions": self._contradictions(touched),
            "unknown": sorted(
                {row.hub_ref or row.external_ref for row in reports}
                - {row.hub_ref or row.external_ref for _order, row in known}
            ),
            "unmapped": sorted(unmapped),
            "refused": refused,
        }

    # === WHICH ORDERS === #

    def _key(self, report):
        return (report.hub_ref, "" if report.hub_ref else report.external_ref)

    def _orders_of(self, reports):
        """Return ``{key: order id}`` of the company's orders that reports name."""
        self.env["sale.order"].flush_model(["hub_ref", "hub_external_ref"])
        refs = {row.hub_ref for row in reports if row.hub_ref}
        numbers = {row.external_ref for row in reports if not row.hub_ref}
        return {
            **self._by_hub_ref(refs),
            **(self._by_number(numbers) if self.channel_id else {}),
        }

    def _by_hub_ref(self, refs):
        if not refs:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT hub_ref, id FROM sale_order "
                "WHERE company_id = %s AND hub_ref IN %s",
                self.company_id.id,
                tuple(refs),
            )
        )
        return {(ref, ""): order_id for ref, order_id in rows}

    def _by_number(self, numbers):
        if not numbers:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT hub_external_ref, id FROM sale_order "
                "WHERE hub_channel_id = %s AND hub_external_ref IN %s",
                self.channel_id.id,
                tuple(numbers),
            )
        )
        return {("", ref): order_id for ref, order_id in rows}

    # === KEEPING === #

    def _learn(self, words):
        """Have a row a word; return those that nobody mapped yet."""
        Word = self.env["order.hub.system.word"]
        by_key = {Word._key(word): word for word in words}
        known = {row.key: row for row in self.word_ids}
        new = [word for key, word in by_key.items() if key not in known]
        if new:
            Word.create([{"system_id": self.id, "word": word} for word in sorted(new)])
        return {
            word
            for key, word in by_key.items()
            if key not in known or not known[key].milestone
        }

    def _keep(self, known, now):
        """Append reports that are new; return their ids."""
        key = self.env["order.hub.system.word"]._key
        rows = {
            (order_id, row.word, row.said_at): {
                "system_id": self.id,
                "company_id": self.company_id.id,
                "order_id": order_id,
                "word": row.word,
                "key": key(row.word),
                "said_at": row.said_at,
                "heard_at": now,
                "reference": row.reference or None,
                "note": row.note or None,
                "user_id": self.env.uid,
            }
            for order_id, row in known
        }
        if not rows:
            return []
        Report = self.env["order.hub.system.report"]
        Report.invalidate_model(flush=False)
        return self.env["order.hub.writer"]._insert(
            Report, list(rows.values()), skip_known=True
        )

    def _last_words(self, order_ids):
        """Put the latest report of each order beside it; return the orders.

        A report that comes late and is older than the last word changes nothing.
        """
        orders = self.env["sale.order"].browse(sorted(order_ids))
        if not orders:
            return orders
        self.env["order.hub.system.word"].flush_model()
        self.env.cr.execute(
            SQL(
                """INSERT INTO order_hub_system_state
                       (system_id, company_id, order_id, report_id, word, key,
                        milestone, said_at, heard_at, reference, note,
                        create_uid, create_date, write_uid, write_date)
                   SELECT DISTINCT ON (r.order_id)
                          r.system_id, r.company_id, r.order_id, r.id, r.word,
                          r.key, w.milestone, r.said_at, r.heard_at, r.reference,
                          r.note,
                          %(uid)s, r.heard_at, %(uid)s, r.heard_at
                     FROM order_hub_system_report r
                LEFT JOIN order_hub_system_word w
                          ON w.system_id = r.system_id AND w.key = r.key
                    WHERE r.system_id = %(system)s AND r.order_id IN %(orders)s
                    ORDER BY r.order_id, r.said_at DESC, r.id DESC
                   ON CONFLICT (order_id, system_id) DO UPDATE
                      SET report_id = excluded.report_id, word = excluded.word,
                          key = excluded.key, milestone = excluded.milestone,
                          said_at = excluded.said_at,
                          heard_at = excluded.heard_at, note = excluded.note,
                          reference = excluded.reference, agreement = NULL,
                          write_date = excluded.write_date
                    WHERE order_hub_system_state.report_id <> excluded.report_id""",
                system=self.id,
                orders=tuple(orders.ids),
                uid=self.env.uid,
            )
        )
        self.env["order.hub.system.state"].invalidate_model(flush=False)
        orders.invalidate_recordset(
            ["hub_system_state_ids", "hub_system_report_ids"], flush=False
        )
        return orders

    def _contradictions(self, orders):
        return self.env["order.hub.system.state"].search_count(
            [
                ("system_id", "=", self.id),
                ("order_id", "in", orders.ids),
                ("agreement", "=", "contradicts"),
            ]
        )
