from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_amount, formatLang
from odoo.tools.i18n import format_list

from ..const import GATE_KINDS
from ..engine.gates import Figures, Part, Result, decide


class OrderHubGate(models.Model):
    """A check that must hold to enter a stage.

    A kind of gate is a method ``_figures_<kind>(orders)`` that returns
    ``{order id: engine.gates.Figures}`` for all orders at once, with a number of
    queries that does not depend on how many there are. The comparison itself is
    ``engine.gates.decide``; an add-on adds a kind by adding the selection value
    and the method.
    """

    _name = "order.hub.gate"
    _inherit = ["order.hub.condition"]
    _description = "Gate"
    _order = "stage_id, sequence, id"

    stage_id = fields.Many2one(
        "order.hub.stage", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(GATE_KINDS, required=True, default="stock_coverage")
    severity = fields.Selection(
        [("block", "Blocks"), ("warn", "Only warns")], required=True, default="block"
    )
    ratio = fields.Float(
        default=1.0,
        digits=(16, 4),
        help="How many times the need must be there: 1.05 is 5 % more than ordered.",
    )
    domain = fields.Char("Condition", default="[]", help="The order must meet this.")
    field_ids = fields.Many2many(
        "ir.model.fields",
        string="Fields",
        domain="[('model', '=', 'sale.order'), ('store', '=', True)]",
        help="Fields of the order that must be filled in.",
    )
    hint = fields.Char(
        translate=True, help="What can be done when the gate does not hold."
    )

    _ratio_positive = models.Constraint(
        "CHECK(ratio >= 0)", "The ratio of a gate cannot be negative."
    )

    @api.depends("kind", "ratio", "severity")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for gate in self:
            name = labels.get(gate.kind, "")
            if gate.kind in self._ratio_kinds():
                name = f"{name} ≥ {formatLang(self.env, gate.ratio, digits=2)}"
            gate.display_name = name

    @api.model
    def _ratio_kinds(self):
        return ("stock_coverage", "kit_complete", "credit_headroom", "prepayment")

    @api.constrains("kind", "domain", "field_ids")
    def _check_parameters(self):
        for gate in self:
            if gate.kind == "required_fields" and not gate.field_ids:
                raise ValidationError(self.env._("Choose the fields to be filled in."))
            if gate.kind == "domain":
                gate._checked_domain()

    def _checked_domain(self):
        self.ensure_one()
        return self._order_domain(self.domain, self.stage_id.name)

    # === EVALUATION === #

    def _evaluate(self, orders_by_gate):
        """Evaluate gates for many orders, each kind of figure collected once.

        :param orders_by_gate: ``{gate: sale.order records}``
        :return: ``{order id: [engine.gates.Result, …]}`` in the order of gates
        """
        figures = self._collect(orders_by_gate)
        results = {}
        for gate in self:
            for order in orders_by_gate[gate]:
                result = gate._decide(figures[gate._figures_key()].get(order.id))
                results.setdefault(order.id, []).append(result)
        return self._with_labels(results)

    def _with_labels(self, results):
        """Name the products that are missing: only those are ever read."""
        unnamed = {
            part.ref
            for found in results.values()
            for result in found
            for part in result.missing
            if not part.label
        }
        if not unnamed:
            return results
        products = self.env["product.product"].sudo().browse(unnamed)
        labels = {p.id: p.default_code or p.name or "" for p in products}
        return {
            order_id: [result.named(labels) for result in found]
            for order_id, found in results.items()
        }

    def _collect(self, orders_by_gate):
        """Return ``{figures key: {order id: Figures}}``, one pass a key."""
        wanted = {}
        for gate in self:
            key = gate._figures_key()
            first, orders = wanted.get(key, (gate, gate.env["sale.order"]))
            wanted[key] = (first, orders | orders_by_gate[gate])
        return {
            key: getattr(gate, f"_figures_{gate.kind}")(orders.sudo())
            for key, (gate, orders) in wanted.items()
        }

    def _figures_key(self):
        """Gates with the same key share their figures."""
        own = self.kind in ("required_fields", "domain")
        return (self.kind, self.id if own else 0)

    def _decide(self, figures):
        return decide(
            figures or Figures(),
            gate_id=self.id,
            kind=self.kind,
            severity=self.severity,
            ratio=self.ratio if self.kind in self._ratio_kinds() else 1.0,
        )

    # === FIGURES OF THE ORDER ITSELF === #

    def _figures_prepayment(self, orders):
        return {
            order.id: Figures(order._hub_prepaid(), order.amount_total)
            for order in orders
        }

    def _figures_customer_signature(self, orders):
        signed = self.env["order.hub.evidence"]._orders_with(orders, "signature")
        return {
            order.id: Figures(float(bool(order.signed_on or order.id in signed)), 1)
            for order in orders
        }

    def _figures_required_fields(self, orders):
        asked = self.sudo().field_ids
        return {
            order.id: Figures(
                parts=tuple(
                    Part(
                        field.name,
                        field.field_description,
                        float(bool(order[field.name])),
                    )
                    for field in asked
                )
            )
            for order in orders
        }

    def _figures_domain(self, orders):
        fitting = set(orders.filtered_domain(self._checked_domain()).ids)
        return {order.id: Figures(float(order.id in fitting), 1) for order in orders}

    # === WORDS === #

    def _explain(self, result, currency=None):
        """Return one sentence: what is missing, by how much, what could be done.

        Written when it is read, in the reader's language, from the stored figures.
        """
        explain = getattr(self, f"_explain_{result.kind}", self._explain_yes_no)
        text = explain(result, currency or self.env.company.currency_id)
        if result.ok or not self.hint:
            return text
        return self.env._("%(sentence)s %(hint)s", sentence=text, hint=self.hint)

    def _explain_yes_no(self, result, currency):
        name = dict(self._fields["kind"]._description_selection(self.env))[result.kind]
        if result.ok:
            return self.env._("%s: in order.", name)
        return self.env._("%s: missing.", name)

    def _explain_domain(self, result, currency):
        if result.ok:
            return self.env._("The condition of this stage is met.")
        return self.env._("The order does not meet the condition of this stage.")

    def _explain_stock_coverage(self, result, currency):
        if result.ok:
            return self.env._(
                "Stock covers the order %(ratio)s times.",
                ratio=self._number(result.have),
            )
        return self.env._(
            "Not enough stock (%(ratio)s × ordered is asked for): %(parts)s.",
            ratio=self._number(result.ratio),
            parts=self._parts(result),
        )

    def _explain_kit_complete(self, result, currency):
        if result.ok:
            return self.env._("Every component is there or will be in time.")
        return self.env._("Components are missing: %s.", self._parts(result))

    def _explain_bom_present(self, result, currency):
        if result.ok:
            return self.env._("Every product to be made has a bill of materials.")
        return self.env._(
            "No bill of materials for: %s.",
            self._labels(result),
        )

    def _explain_required_fields(self, result, currency):
        if result.ok:
            return self.env._("All required fields are filled in.")
        return self.env._("To be filled in: %s.", self._labels(result))

    def _explain_credit_headroom(self, result, currency):
        if result.ok:
            return self.env._("The customer's credit covers the order.")
        return self.env._(
            "Credit headroom is %(have)s; %(limit)s is needed (%(ratio)s × the order).",
            have=format_amount(self.env, result.have, currency),
            limit=format_amount(self.env, result.need * result.ratio, currency),
            ratio=self._number(result.ratio),
        )

    def _explain_prepayment(self, result, currency):
        if result.ok:
            return self.env._("The prepayment has arrived.")
        return self.env._(
            "Paid so far: %(have)s of %(limit)s.",
            have=format_amount(self.env, result.have, currency),
            limit=format_amount(self.env, result.need * result.ratio, currency),
        )

    def _number(self, value):
        return formatLang(self.env, value, digits=2)

    def _labels(self, result):
        return format_list(self.env, [part.label for part in result.missing])

    def _parts(self, result):
        parts = [
            self.env._(
                "%(product)s %(have)s of %(need)s",
                product=part.label,
                have=self._number(part.have),
                need=self._number(part.need * result.ratio),
            )
            for part in result.missing
        ]
        return format_list(self.env, parts)

    @api.model
    def _read_results(self, stored):
        """Return the results of a stage event (JSON) as ``Result`` objects."""
        return [Result.from_json(short) for short in stored or ()]
