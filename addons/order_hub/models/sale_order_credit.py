from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

#: Orders that passed, with the single-use grants they need, until they are written.
NEEDED = "order_hub.credit.needed"
#: Stored columns of an order that its exposure is made of.
SOURCES = frozenset(
    {"amount_total", "company_id", "currency_rate", "partner_invoice_id", "state"}
)
#: The same of its lines.
LINE_SOURCES = frozenset(
    {
        "is_downpayment",
        "order_id",
        "price_subtotal",
        "price_total",
        "product_id",
        "product_uom_qty",
        "qty_delivered",
        "untaxed_amount_invoiced",
        "untaxed_amount_to_invoice",
    }
)
#: Columns that follow from prices and rates: who writes them by hand cheats.
DERIVED = frozenset({"amount_tax", "amount_total", "amount_untaxed", "currency_rate"})
LINE_DERIVED = frozenset(
    {
        "price_subtotal",
        "price_tax",
        "price_total",
        "untaxed_amount_invoiced",
        "untaxed_amount_to_invoice",
    }
)
#: Who may see how much credit a customer has left.
CREDIT_READERS = (
    "sales_team.group_sale_salesman,order_hub.order_hub_group_supervisor,"
    "account.group_account_invoice,account.group_account_readonly"
)


def refuse_derived(model, vals, names):
    """Refuse values that follow from lines, prices and rates.

    Who could write an order's total could buy without limit.

    :param names: the fields nobody writes by hand
    :raise UserError: naming the first of them
    """
    forged = names.intersection(vals)
    if forged and not model.env.su:
        raise UserError(
            model.env._(
                "“%s” follows from the lines and rates of the order; it cannot be "
                "written. Change the lines instead.",
                model._fields[sorted(forged)[0]].get_description(model.env, ["string"])[
                    "string"
                ],
            )
        )


class SaleOrder(models.Model):
    """Credit: an order passes where its customer's limit reaches for it."""

    _inherit = "sale.order"

    hub_credit_text = fields.Char(
        "Credit",
        compute="_compute_hub_credit",
        compute_sudo=True,
        groups=CREDIT_READERS,
    )
    hub_credit_state = fields.Selection(
        [("ok", "Enough credit"), ("short", "Not enough credit")],
        compute="_compute_hub_credit",
        compute_sudo=True,
        groups=CREDIT_READERS,
    )
    hub_credit_grant_ids = fields.One2many(
        "order.hub.credit.grant",
        "order_id",
        "Temporary Credit",
        readonly=True,
        groups=CREDIT_READERS,
    )

    # === COMPUTE === #

    @api.depends("partner_invoice_id", "amount_total", "state", "company_id")
    @api.depends_context("lang")
    def _compute_hub_credit(self):
        self.hub_credit_text = self.hub_credit_state = False
        Credit = self.env["order.hub.credit"].sudo()
        saved = self._origin.filtered(lambda o: o.state in ("draft", "sent", "sale"))
        if not saved or not Credit._is_used():
            return
        found = Credit._headrooms(saved)
        for order in self:
            if order._origin in found:
                order._hub_show_credit(*found[order._origin])

    def _hub_show_credit(self, left, amount):
        """Put into words what is left of the credit.

        :param left: for this order, in company currency
        :param amount: what this order takes of it
        """
        self.ensure_one()
        confirmed = self.state == "sale"
        is_short = not confirmed and left < amount * self.company_id.hub_credit_ratio
        self.hub_credit_state = "short" if is_short else "ok"
        self.hub_credit_text = self.env._(
            "%s left", self._hub_credit_words(left - amount if confirmed else left)
        )

    def _hub_credit_words(self, amount):
        currency = self.company_id.currency_id
        return format_amount(self.env, amount, currency)

    # === FIGURES === #

    def _hub_credit_pair(self):
        """Return ``(commercial partner id, company id)`` whose credit is asked."""
        self.ensure_one()
        partner = self.partner_invoice_id.commercial_partner_id
        return (partner.id, self.company_id.id)

    def _hub_credit_amount(self, own):
        """Return what the order asks of the credit, in company currency.

        A draft asks for its total at today's rate, a confirmed order for what is
        not invoiced yet: the rest is owed already.

        :param own: ``{order id: amount}`` of orders that count by now
        """
        self.ensure_one()
        if self.state == "sale":
            return own.get(self.id, 0.0)
        return self.company_id.currency_id.round(self._hub_company_total())

    def _hub_credit_checked(self):
        """Return the orders whose companies check credit at all; no query."""
        Credit = self.env["order.hub.credit"].sudo()
        asking = self.sudo().filtered(lambda o: o.company_id.hub_credit_check != "off")
        return asking if asking and Credit._is_used() else asking.browse()

    # === CONFIRMING === #

    def _hub_confirm_refusals(self):
        refusals = super()._hub_confirm_refusals()
        for order, sentence in self._hub_credit_refusals().items():
            refusals.setdefault(order, []).append(sentence)
        return refusals

    def _hub_credit_refusals(self):
        """Return ``{order: sentence}`` of orders that their credit does not reach for.

        Takes the lock on the customers' credit: what is found here stays true
        until the transaction ends. The figures are kept as decisions.
        """
        orders = self._hub_credit_checked()
        if not orders:
            return {}
        Credit = self.env["order.hub.credit"].sudo()
        verdicts, _before = Credit._verdicts(orders, lock=True)
        orders._hub_record_credit(verdicts, "confirm")
        self._hub_note_needed(verdicts)
        short = {order: v for order, v in verdicts.items() if not v.ok}
        for order, verdict in short.items():
            if order.company_id.hub_credit_check == "warn":
                order._message_log(body=order._hub_credit_sentence(verdict))
        return {
            order: order._hub_credit_sentence(verdict)
            for order, verdict in short.items()
            if order.company_id.hub_credit_check == "block"
        }

    def _hub_note_needed(self, verdicts):
        """Remember the grants to be spent, until the orders are really confirmed."""
        needed = self.env.cr.precommit.data.setdefault(NEEDED, {})
        needed.update({order.id: v.used for order, v in verdicts.items() if v.used})

    def _hub_spend_grants(self):
        """Bind the single-use grants without which the orders had not passed."""
        needed = self.env.cr.precommit.data.get(NEEDED) or {}
        for order in self.sudo():
            used = needed.pop(order.id, ())
            if used:
                self.env["order.hub.credit.grant"].browse(used)._use(order)

    def _hub_credit_sentence(self, verdict):
        """Return what is left, what is needed and what can be done about it."""
        self.ensure_one()
        standing = verdict.standing
        return self.env._(
            "Credit of %(customer)s: %(left)s left, %(needed)s needed. The limit is "
            "%(limit)s, temporary credit %(temporary)s; open invoices are "
            "%(receivable)s, confirmed orders %(uninvoiced)s, orders in approval "
            "%(in_approval)s. Collect %(missing)s, or ask for temporary credit.",
            customer=self.partner_invoice_id.commercial_partner_id.name,
            left=self._hub_credit_words(verdict.headroom),
            needed=self._hub_credit_words(verdict.needed),
            limit=self._hub_credit_words(standing.limit),
            temporary=self._hub_credit_words(standing.temporary(self.id)),
            receivable=self._hub_credit_words(standing.receivable),
            uninvoiced=self._hub_credit_words(standing.uninvoiced),
            in_approval=self._hub_credit_words(standing.in_approval),
            missing=self._hub_credit_words(verdict.missing),
        )

    def _hub_record_credit(self, verdicts, at, fresh=False):
        """Keep what was decided about credit, with its figures.

        :param at: ``routing``, ``confirm`` or ``change``
        """
        rows = [
            {
                "order": order,
                "kind": "credit",
                "source": "policy",
                "value": {"ok": verdict.ok, "at": at},
                "figures": verdict.to_json(order.company_id.currency_id.name),
            }
            for order, verdict in verdicts.items()
        ]
        if rows:
            self.env["order.hub.decision"].sudo()._record(rows, fresh=fresh)

    # === DRAFTS === #

    def _hub_after_routing(self, fresh):
        result = super()._hub_after_routing(fresh)
        drafts = self.filtered(lambda order: order.state in ("draft", "sent"))
        asking = drafts._hub_credit_checked()
        if asking:
            verdicts, _before = self.env["order.hub.credit"].sudo()._verdicts(asking)
            asking._hub_record_credit(verdicts, "routing", fresh=fresh)
        return result

    # === AFTER CONFIRMATION === #

    def _hub_content_changed(self):
        result = super()._hub_content_changed()
        confirmed = self.filtered(lambda order: order.state == "sale")
        confirmed._hub_check_raised()
        return result

    def _hub_check_raised(self):
        """Refuse a person to raise confirmed orders beyond their credit.

        Compared with what the customer used before this transaction: lowering an
        order is always possible, however little credit is left.

        :raise UserError: with the figures
        """
        orders = self._hub_credit_checked()
        if not orders:
            return
        Credit = self.env["order.hub.credit"].sudo()
        verdicts, before = Credit._verdicts(orders, lock=True)
        raised = {
            order: verdict
            for order, verdict in verdicts.items()
            if order._hub_is_raised(verdicts, before)
        }
        orders._hub_record_credit(raised, "change")
        orders._hub_credit_answer(
            {order: verdict for order, verdict in raised.items() if not verdict.ok}
        )

    def _hub_is_raised(self, verdicts, before):
        """Tell whether the order's customer uses more than before."""
        self.ensure_one()
        pair = self._hub_credit_pair()
        of_pair = {o: v for o, v in verdicts.items() if o._hub_credit_pair() == pair}
        others = min(v.standing.exposure for v in of_pair.values())
        now = others + sum(verdict.amount for verdict in of_pair.values())
        return self.company_id.currency_id.compare_amounts(now, before[pair]) > 0

    def _hub_credit_answer(self, short):
        """Refuse where a person waits and the company blocks; else leave a note."""
        for order, verdict in short.items():
            sentence = order._hub_credit_sentence(verdict)
            blocks = order.company_id.hub_credit_check == "block"
            if blocks and self.env.uid != SUPERUSER_ID:
                raise UserError(
                    self.env._(
                        "Order %(order)s is confirmed and cannot grow by that much.\n"
                        "%(sentence)s",
                        order=order.name,
                        sentence=sentence,
                    )
                )
            order._message_log(body=sentence)

    # === BUTTONS === #

    def action_hub_ask_credit(self):
        """Ask for temporary credit for this order."""
        self.ensure_one()
        return {
            "name": self.env._("Ask for Temporary Credit"),
            "type": "ir.actions.act_window",
            "res_model": "order.hub.credit.ask",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    # === KEPT RIGHT === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            refuse_derived(self, vals, DERIVED)
        orders = super().create(vals_list)
        confirmed = orders.filtered(lambda order: order.state == "sale")
        if confirmed:
            confirmed._hub_touch_credit()
            confirmed._hub_spend_grants()
        return orders

    def write(self, vals):
        refuse_derived(self, vals, DERIVED)
        if "date_order" in vals and not self.env.su:
            self._hub_check_keeps_rate()
        result = super().write(vals)
        if vals.get("state") == "sale":
            self._hub_spend_grants()
        return result

    def _hub_check_keeps_rate(self):
        """Refuse to move a confirmed order to a day with a better rate."""
        fixed = self.filtered(
            lambda order: (
                order.state == "sale"
                and order.currency_id != order.company_id.currency_id
            )
        )
        if fixed:
            raise UserError(
                self.env._(
                    "Order %s is confirmed at the rate of its order date; the date "
                    "stays. Cancel the order to confirm it anew.",
                    fixed[0].name,
                )
            )

    def _write_multi(self, vals_list):
        """Mark customers whose figures the columns about to be stored change."""
        touched = [
            order.id
            for order, vals in zip(self, vals_list, strict=True)
            if SOURCES.intersection(vals)
        ]
        if touched:
            moving = any("partner_invoice_id" in vals for vals in vals_list)
            self.browse(touched)._hub_touch_credit(moving)
        return super()._write_multi(vals_list)

    def _hub_touch_credit(self, moving=False):
        """Have the customers of the orders worked out at the end of the transaction.

        :param moving: the orders get another invoice address: who had them before
            is read from the database
        """
        Credit = self.env["order.hub.credit"]
        if not Credit.sudo()._is_used():
            return
        Credit._mark(orders=self.ids)
        if moving:
            Credit._mark(pairs=self._hub_stored_pairs())

    def _hub_stored_pairs(self):
        """Return the customers and companies that the database has for the orders."""
        self.env.cr.execute(
            """SELECT payer.commercial_partner_id, o.company_id FROM sale_order o
                 JOIN res_partner payer ON payer.id = o.partner_invoice_id
                WHERE o.id = ANY(%s)""",
            [self.ids],
        )
        return [tuple(row) for row in self.env.cr.fetchall()]


class SaleOrderLine(models.Model):
    """Lines leave a mark where they change what their order takes of the credit."""

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            refuse_derived(self, vals, LINE_DERIVED)
        lines = super().create(vals_list)
        lines._hub_touch_credit("lines", lines.ids)
        return lines

    def write(self, vals):
        refuse_derived(self, vals, LINE_DERIVED)
        return super().write(vals)

    def unlink(self):
        self._hub_touch_credit("orders", self.order_id.ids)
        return super().unlink()

    def _write_multi(self, vals_list):
        touched = [
            line.id
            for line, vals in zip(self, vals_list, strict=True)
            if LINE_SOURCES.intersection(vals)
        ]
        self._hub_touch_credit("lines", touched)
        return super()._write_multi(vals_list)

    def _hub_touch_credit(self, kind, ids):
        Credit = self.env["order.hub.credit"]
        if ids and Credit.sudo()._is_used():
            Credit._mark(**{kind: ids}, orders_of_lines=self.order_id.ids)
