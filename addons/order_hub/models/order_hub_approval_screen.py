from decimal import Decimal

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount, format_datetime, formatLang
from odoo.tools.i18n import format_list

from ..engine.approval import differences, judge

#: Who may see what an order earns.
SEES_MARGIN = "order_hub.order_hub_group_supervisor,sales_team.group_sale_manager"


class OrderHubApproval(models.Model):
    """What approvers see: what it is about, why it came to them, whose turn it is."""

    _inherit = "order.hub.approval"

    can_decide = fields.Boolean(
        "Waits for Me",
        compute="_compute_can_decide",
        search="_search_can_decide",
        help="It is your turn, or the turn of somebody whose deputy you are.",
    )
    is_mine = fields.Boolean(
        "Asked or Decided by Me",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="You were asked, are the deputy of somebody who was, or have decided.",
    )
    waits_for = fields.Char(compute="_compute_waits_for")
    because_text = fields.Text("Why It Came", compute="_compute_because_text")
    outcome_text = fields.Char("Outcome", compute="_compute_outcome_text")
    line_html = fields.Html("Lines", compute="_compute_line_html", sanitize=False)
    change_html = fields.Html(
        "Changed Since It Was Approved", compute="_compute_change_html", sanitize=False
    )
    margin = fields.Monetary(
        compute="_compute_margin",
        groups=SEES_MARGIN,
        help="Untaxed amount less the cost of the products, as of now.",
    )
    margin_percent = fields.Float(
        "Margin (%)", compute="_compute_margin", groups=SEES_MARGIN
    )
    can_open_order = fields.Boolean(compute="_compute_can_open_order")

    # === WHOSE TURN === #

    @api.depends("state", "current_step_id", "decision_ids")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        user = self.env.user
        principals = self.env["order.hub.approval.delegation"]._principals(user)
        for request, known in zip(self, self.sudo(), strict=True):
            step = known.current_step_id
            request.can_decide = bool(
                known.state == "waiting"
                and step
                and not judge(user.id, step._bench(known), principals).refusal
            )

    @api.model
    def _search_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        uid = self.env.uid
        mine = Domain("state", "=", "waiting")
        mine &= Domain("current_step_id.approver_ids", "in", self._my_seats())
        mine &= Domain("salesperson_id", "!=", uid)
        mine &= Domain("order_id.user_id", "!=", uid)
        fresh = Domain("one_may_decide_several", "=", True) | ~Domain(
            "decision_ids.user_id", "in", [uid]
        )
        return self._found_by_all(mine & fresh)

    @api.model
    def _found_by_all(self, domain):
        """Return a domain on what one finds of oneself, orders seen or not."""
        return Domain("id", "in", self.sudo()._search(domain))

    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.sudo().search([("id", "in", self.ids), ("is_mine", "=", True)])
        for request in self:
            request.is_mine = request in mine

    @api.model
    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        todo = SQL(
            "(SELECT res_id FROM mail_activity"
            " WHERE res_model = 'order.hub.approval' AND user_id = %s)",
            self.env.uid,
        )
        return self._found_by_all(
            Domain("step_ids.approver_ids", "in", self._my_seats())
            | Domain("decision_ids.user_id", "in", [self.env.uid])
            | Domain("id", "in", todo)
        )

    @api.model
    def _my_seats(self):
        """Return the ids of the user and of those whose deputy the user is now."""
        user = self.env.user
        deputy_of = self.env["order.hub.approval.delegation"]._principals(user)
        return sorted(deputy_of | {user.id})

    @api.depends("current_step_id.approver_ids", "state")
    @api.depends_context("lang")
    def _compute_waits_for(self):
        for request in self:
            step = request.current_step_id
            request.waits_for = step._waits_for_words() if step else False

    def _compute_can_open_order(self):
        readable = self.order_id._filtered_access("read")
        for request in self:
            request.can_open_order = request.order_id in readable

    # === WORDS === #

    @api.depends("figures", "path")
    @api.depends_context("lang")
    def _compute_because_text(self):
        Decision = self.env["order.hub.decision"]
        rules = self._rule_names()
        for request in self:
            figures = request.figures or {}
            request.because_text = Decision._approval_words(
                figures.get("value") or {"path": request.path},
                figures,
                rules.get(figures.get("rule_id")) or figures.get("rule") or "",
            )

    def _rule_names(self):
        """Return ``{id: name}`` of the rules behind the requests that still are."""
        ids = {(request.figures or {}).get("rule_id") for request in self}
        rules = self.env["order.hub.routing.rule"].sudo().browse(ids - {None, False})
        return {rule.id: rule.name for rule in rules.exists()}

    @api.depends("state", "decision_ids")
    @api.depends_context("lang")
    def _compute_outcome_text(self):
        for request, known in zip(self, self.sudo(), strict=True):
            decision = known.decision_ids.sorted("id")[-1:]
            shown = known.state in ("approved", "rejected") and decision
            words = decision.step_id._decision_words(decision) if shown else False
            request.outcome_text = words

    # === CONTENT === #

    @api.depends("content")
    @api.depends_context("lang")
    def _compute_line_html(self):
        names = self._names_in([request.content or {} for request in self])
        for request in self:
            lines = (request.content or {}).get("lines", ())
            rows = [request._line_row(line, names) for line in lines]
            request.line_html = Markup(
                "<table class='table table-sm mb-0 o_hub_approval_lines'>%s</table>"
            ) % Markup("").join(rows)

    def _line_row(self, line, names):
        return Markup(
            "<tr><td>%s</td><td class='text-end text-nowrap'>%s</td>"
            "<td class='text-end text-nowrap'>%s</td></tr>"
        ) % (
            names["product"].get(line["product"], "–"),
            self._quantity_words(line, names),
            self._price_words(line),
        )

    def _quantity_words(self, line, names):
        digits = max(0, -Decimal(line["quantity"]).as_tuple().exponent)
        quantity = formatLang(self.env, float(line["quantity"]), digits=digits)
        return f"{quantity} {names['unit'].get(line['unit'], '')}".strip()

    def _price_words(self, line):
        price = format_amount(self.env, float(line["price"]), self.currency_id)
        discount = float(line["discount"])
        return f"{price} −{discount:g} %" if discount else price

    def _names_in(self, contents):
        """Return ``{"product": {id: name}, "unit": {id: name}}`` of lines (sudo)."""
        lines = [line for content in contents for line in content.get("lines", ())]
        found = {}
        for key, model in (("product", "product.product"), ("unit", "uom.uom")):
            ids = {line[key] for line in lines if line[key]}
            records = self.env[model].sudo().with_context(active_test=False)
            records = records.browse(ids).exists()
            found[key] = {record.id: record.display_name for record in records}
        return found

    @api.depends("content", "previous_id.content")
    @api.depends_context("lang", "tz")
    def _compute_change_html(self):
        for request in self:
            old = request.sudo().previous_id.content
            if not old:
                request.change_html = False
                continue
            names = request._names_in([old, request.content])
            head, lines = differences(old, request.content)
            items = [request._head_words(*change) for change in head]
            items += [request._pair_words(*pair, names) for pair in lines]
            request.change_html = Markup("<ul class='mb-0'>%s</ul>") % Markup("").join(
                Markup("<li>%s</li>") % item for item in items
            )

    def _head_words(self, name, old, new):
        field = self.env["sale.order"]._fields[name]
        label = field.get_description(self.env, ["string"])["string"]
        return self.env._(
            "%(label)s: %(old)s → %(new)s",
            label=label,
            old=self._head_value(field, old),
            new=self._head_value(field, new),
        )

    def _head_value(self, field, value):
        if not value:
            return "–"
        if field.relational:
            record = self.env[field.comodel_name].sudo().browse(value).exists()
            return record.display_name or "–"
        moment = fields.Datetime.to_datetime(value)
        return format_datetime(self.env, moment, dt_format="short")

    def _pair_words(self, old, new, names):
        product = names["product"].get((new or old)["product"], "–")
        texts = [
            f"{self._quantity_words(line, names)} × {self._price_words(line)}"
            if line
            else "–"
            for line in (old, new)
        ]
        return self.env._(
            "%(label)s: %(old)s → %(new)s", label=product, old=texts[0], new=texts[1]
        )

    # === MARGIN === #

    @api.depends("order_id.order_line.price_subtotal")
    def _compute_margin(self):
        for request in self:
            order = request.sudo().order_id.with_company(request.company_id)
            rate = order.currency_rate or 1.0
            cost = sum(
                line.product_id.standard_price
                * line.product_uom_id._compute_quantity(
                    line.product_uom_qty, line.product_id.uom_id, round=False
                )
                for line in order.order_line
                if line.product_id
            )
            earned = order.amount_untaxed - cost * rate
            request.margin = earned
            untaxed = order.amount_untaxed
            request.margin_percent = 100 * earned / untaxed if untaxed else 0.0

    # === BUTTONS === #

    def action_ask_reject(self):
        """Ask for the reason, then reject."""
        return self._ask_reason("reject", self.env._("Reject %s", self._title()))

    def action_ask_approve(self):
        """Ask for a note, then approve."""
        return self._ask_reason("approve", self.env._("Approve %s", self._title()))

    def _title(self):
        return format_list(self.env, self.mapped("name")[:3])

    def _ask_reason(self, verdict, title):
        return {
            "name": title,
            "type": "ir.actions.act_window",
            "res_model": "order.hub.approval.reason",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_approval_ids": self.ids,
                "default_verdict": verdict,
            },
        }

    def action_open_order(self):
        """Open the order, as far as the user may see it."""
        self.ensure_one()
        self.order_id.check_access("read")
        return self.order_id.get_formview_action()
