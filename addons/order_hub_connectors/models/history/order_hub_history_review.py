from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...engine.history import DOUBTS, NotRead, judge, typed
from .order_hub_history_finder import name_key
from .order_hub_history_lookup import escaped

#: What a person may still decide about.
OPEN = ("new", "approved", "corrected", "rejected", "failed")


class OrderHubHistoryRow(models.Model):
    """Review: rows are approved, corrected or rejected by a person, one or many."""

    _inherit = "order.hub.history.row"

    def _check_may_review(self):
        """Only operators decide, and only about rows they may read.

        :raise AccessError: for anybody else
        """
        if not self.env.user.has_group("order_hub.order_hub_group_operator"):
            raise AccessError(
                self.env._("Only operators of the Order Hub review history.")
            )
        self.check_access("read")

    # === APPROVE, REJECT === #

    def action_approve(self):
        """Approve rows; what lacks something an order needs is not approved.

        :raise UserError: when none of them can be approved
        """
        self._check_may_review()
        rows = self.filtered(lambda row: row.state in OPEN and row.confidence > 0)
        if not rows:
            raise UserError(
                self.env._(
                    "None of these rows can be approved: something that an order needs "
                    "is missing, or they have been taken in. Correct them first."
                )
            )
        rows._decide("approved")
        return True

    def action_reject(self):
        """Leave rows out; they stay in the list."""
        self._check_may_review()
        self.filtered(lambda row: row.state in OPEN)._decide("rejected")
        return True

    def action_reopen(self):
        """Put rows back to be reviewed."""
        self._check_may_review()
        self.filtered(lambda row: row.state in OPEN)._decide("new")
        return True

    def _decide(self, state):
        """Write a decision; an approved row with corrections is a corrected one."""
        stamp = {"reviewed_by_id": self.env.uid, "reviewed_at": fields.Datetime.now()}
        corrected = (
            self.filtered("corrections") if state == "approved" else self.browse()
        )
        corrected.sudo().write({"state": "corrected", **stamp})
        (self - corrected).sudo().write({"state": state, **stamp})

    # === CORRECT === #

    def correct(self, values):
        """Keep what a person says a row means, and judge the row anew.

        :param values: ``{target: text}``; an empty text takes a value away
        :return: what is still in doubt: ``[{"code", "words"}]``
        :raise UserError: a target the row cannot have, or a value that is none
        """
        self.ensure_one()
        self._correct(values)
        return self._doubts_left()

    def _correct(self, values):
        """Keep what a person says many rows mean, and judge them anew together.

        :param values: as of :meth:`correct`
        :raise UserError: as :meth:`correct`
        """
        self._check_may_review()
        self._check_open()
        allowed = self.env["order.hub.history.words"]._targets()
        said = {
            target: self._typed(target, text, allowed)
            for target, text in values.items()
        }
        rows = self.sudo()
        for row in rows:
            row.write({"corrections": {**(row.corrections or {}), **said}})
        rows.write({"state": "new"})
        rows._look_again()
        rows._judge()

    @api.readonly
    def row_screen(self):
        """Return what the screen of one row shows.

        :return: ``raw`` (``[[column, text, index]]``), ``fields`` (dicts ``target``,
            ``label``, ``value``, ``confidence`` 0..1, ``word``, ``column``,
            ``is_corrected``), ``doubts``, ``can_correct``, ``targets``
        """
        self.ensure_one()
        self.check_access("read")
        words = self.env["order.hub.history.words"]
        labels, said = words._targets(), self.corrections or {}
        return {
            "raw": self.raw or [],
            "fields": [
                self._field_screen(target, value, labels, said)
                for target, value in self._values_in_order(labels)
                if value is not None or target in said
            ],
            "targets": [[target, label] for target, label in labels.items()],
            "doubts": self._doubts_left(),
            "can_correct": self.state in OPEN
            and self.env.user.has_group("order_hub.order_hub_group_operator"),
        }

    def _values_in_order(self, labels):
        """Return ``[(target, value)]`` in the order of the labels."""
        places = {target: place for place, target in enumerate(labels)}
        return sorted(
            self._current().items(), key=lambda item: places.get(item[0], len(places))
        )

    def _field_screen(self, target, value, labels, said):
        """Return one value with how sure it is and where it comes from."""
        sure = 1.0 if target in said else (self.sure or {}).get(target, 1.0)
        limit = self.source_id.certain_from
        return {
            "target": target,
            "label": labels.get(target, target),
            "value": value if value is not None else "",
            "confidence": sure,
            "word": "certain" if sure >= limit else "look" if sure > 0 else "unknown",
            "column": (self.places or {}).get(target, 0),
            "is_corrected": target in said,
        }

    def _check_open(self):
        taken = self.filtered(lambda row: row.state not in OPEN)
        if taken:
            raise UserError(
                self.env._(
                    "%s has been taken in. Undo its file to change it.",
                    taken[0].display_name,
                )
            )

    def _typed(self, target, text, allowed):
        if target not in allowed:
            raise UserError(
                self.env._("“%s” is nothing an old order has.", str(target)[:100])
            )
        try:
            return typed(target, text)
        except NotRead as error:
            words = {
                "date": self.env._("no day. Write it as 2023-05-06."),
                "number": self.env._("no number. Write it as 1200.50."),
            }
            raise UserError(
                self.env._(
                    "“%(text)s” in %(field)s is %(problem)s",
                    text=str(text)[:100],
                    field=allowed[target],
                    problem=words[error.code],
                )
            ) from error

    def _look_again(self):
        """Look up customer, product and unit with what the row says now."""
        Finder, partners, goods = self.env["order.hub.history.finder"].sudo(), {}, {}
        for source, rows in self.grouped("source_id").items():
            values = [row._current() for row in rows]
            Finder._customers(source, values, partners)
            Finder._goods(source, values, goods)
            for row, current in zip(rows, values, strict=True):
                partner, product, uom, doubts = Finder._place(
                    source, current, partners, goods
                )
                kept = [d for d in row.found or [] if d["code"] not in DOUBTS]
                row.write(
                    {
                        "partner_id": partner,
                        "product_id": product,
                        "uom_id": uom,
                        "found": kept + doubts,
                    }
                )

    def _current(self):
        """Return the values with the corrections in them."""
        return {**(self["values"] or {}), **(self.corrections or {})}

    def _judge(self):
        """Judge rows anew; what a person said is certain."""
        for row in self:
            said = row.corrections or {}
            sure = {k: v for k, v in (row.sure or {}).items() if k not in said}
            today = row.company_id._hub_today()[row.company_id.id]
            columns = {(row.places or {}).get(target) for target in said} - {None}
            found = [d for d in row.found or [] if d.get("column") not in columns]
            judged = judge(row._current(), sure, today, found)
            row.write(
                {
                    "number": judged.number,
                    "customer": judged.customer,
                    "day": judged.day,
                    "article": judged.article,
                    "subtotal": float(judged.subtotal),
                    "doubts": list(judged.doubts),
                    "problem": judged.doubts[0]["code"] if judged.doubts else False,
                    "confidence": judged.confidence,
                }
            )

    def _doubts_left(self):
        Words = self.env["order.hub.history.words"]
        return [
            {"code": doubt["code"], "words": Words._doubt_text(doubt)}
            for doubt in self.doubts or []
        ]

    # === CUSTOMERS === #

    def assign_customer(self, partner_id):
        """Say who the customer of these rows is: for all open rows of the source that
        call a customer so, and for the files to come.

        :param partner_id: id of a contact the user may read
        :return: number of rows that know their customer now
        :raise UserError: rows that name no customer
        """
        self._check_may_review()
        partner = self.env["res.partner"].browse(int(partner_id)).exists()
        partner.check_access("read")
        if not partner or not self.filtered("customer"):
            raise UserError(
                self.env._("Choose a contact, and rows that name their customer.")
            )
        Name = self.env["order.hub.history.name"]
        changed = self.browse()
        for (source, label), _rows in self.grouped(
            lambda row: (row.source_id, row.customer)
        ).items():
            if label:
                Name._assign(source, label, name_key(label), partner)
                changed |= self._same_customer(source, label)
        changed.sudo()._look_again()
        changed.sudo()._judge()
        return len(changed)

    def _same_customer(self, source, label):
        domain = Domain("source_id", "=", source.id)
        domain &= Domain("customer", "=ilike", escaped(label))
        return self.search(domain & Domain("state", "in", OPEN))

    def action_correct_many(self):
        """Ask for a value that all chosen rows should have."""
        self._check_may_review()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct Rows"),
            "res_model": "order.hub.history.correct",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_row_ids": self.ids},
        }

    def action_assign_customer(self):
        """Ask who the customer of the chosen rows is."""
        self._check_may_review()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who Is This Customer?"),
            "res_model": "order.hub.history.assign",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_row_ids": self.ids},
        }
