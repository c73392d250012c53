from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..engine import history
from .sale_order import INSIDE

#: Milestones up to which an order still gets checks.
BEFORE_SHIPPING = ("received", "approved", "scheduled", "preparing", "picked")


class SaleOrder(models.Model):
    """Checks of an order: asked for by rules, by the customer's history, by persons.

    Rules and history are decided apart and kept in one decision of kind ``checks``:
    its value is what the order gets, its figures say which rule asked for which
    check and which complaints did.
    """

    _inherit = "sale.order"

    hub_check_ids = fields.One2many(
        "order.hub.order.check",
        "order_id",
        "Checks",
        readonly=True,
        copy=False,
        groups=INSIDE,
    )
    hub_complaint_count = fields.Integer(
        "Complaints", compute="_compute_hub_complaint_count", groups=INSIDE
    )

    @api.model
    def _hub_protected_fields(self):
        return super()._hub_protected_fields() | {"hub_check_ids"}

    def _compute_hub_complaint_count(self):
        rows = self.env["order.hub.complaint"]._read_group(
            [("order_id", "in", self.ids)], ["order_id"], ["__count"]
        )
        counts = {order.id: count for order, count in rows}
        for order in self:
            order.hub_complaint_count = counts.get(order.id, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_checked(self):
        done = self.sudo().hub_check_ids.filtered(lambda check: check.state != "open")
        if done:
            raise UserError(
                self.env._(
                    "Checks of order %s have been done: it cannot be deleted. Cancel "
                    "it instead.",
                    done[0].order_id.name,
                )
            )

    # === DECIDE === #

    def _hub_carry_out(self, outcomes, fresh=False):
        result = super()._hub_carry_out(outcomes, fresh)
        self.sudo()._hub_decide_checks(outcomes, fresh)
        return result

    def _hub_decision_rows(self, outcomes, choices, known):
        """Leave the checks out: one row tells what rules and history ask for."""
        rows = super()._hub_decision_rows(outcomes, choices, known)
        return [row for row in rows if row["kind"] != "checks"]

    @api.model
    def _hub_complained(self, partners, company):
        """Look again at the orders of customers that are not shipped yet.

        :param partners: commercial partners whose complaints changed
        :param company: the company that the complaints were made to
        """
        if not self.env["order.hub.complaint.cause"]._live(company.id):
            return
        waiting = self.sudo().search(
            Domain("company_id", "=", company.id)
            & Domain("partner_id.commercial_partner_id", "in", partners.ids)
            & Domain("hub_is_open", "=", True)
            & Domain("hub_milestone", "in", BEFORE_SHIPPING)
        )
        if waiting:
            waiting._hub_decide_checks()

    def _hub_decide_checks(self, outcomes=None, fresh=False):
        """Give orders the checks that rules and history ask for; keep why.

        What a person decided stays. Without any check configured nothing is read.

        :param outcomes: ``{order id: engine.routing.Outcome}``; ``None``: what rules
            asked for when they were asked last still holds
        :param fresh: the orders are new
        """
        if not self or not self.env["order.hub.quality.check"]._in_use():
            return
        Decision = self.env["order.hub.decision"].sudo()
        known = {} if fresh else Decision._in_force(self, ["checks"])
        known = {order_id: found for (order_id, _kind), found in known.items()}
        deciding = self.filtered(
            lambda o: o.id not in known or known[o.id].source != "person"
        )
        asked = deciding._hub_checks_asked(outcomes, known)
        concerned = deciding.filtered(lambda o: o.id in asked or o.id in known)
        if not concerned:
            return
        nothing = {"rule": [], "rules": [], "history": None}
        asked = {order: asked.get(order.id, nothing) for order in concerned}
        self._hub_set_checks(
            {
                order: {
                    "rule": each["rule"],
                    "history": each["history"]["checks"] if each["history"] else [],
                }
                for order, each in asked.items()
            },
            fresh,
        )
        Decision._record([o._hub_checks_row(each) for o, each in asked.items()], fresh)

    def _hub_checks_asked(self, outcomes, known):
        """Return ``{order id: {"rule": [check ids], "rules": [rule ids], "history":
        figures or None}}`` of the orders that anything is asked for."""
        findings = self._hub_history_findings()
        asked = {}
        for order in self:
            if outcomes is None:
                before = (order.id in known and known[order.id].figures) or {}
                rule, rules = before.get("rule", []), before.get("rules", [])
            else:
                choices = outcomes[order.id].choices if order.id in outcomes else {}
                choice = choices.get("checks")
                rule = list(choice.value) if choice else []
                rules = list(choice.rules) if choice else []
            finding = findings.get(order.id)
            if rule or finding:
                asked[order.id] = {
                    "rule": rule,
                    "rules": rules,
                    "history": finding and finding.to_json(),
                }
        return asked

    def _hub_history_findings(self):
        """Return ``{order id: engine.history.Finding}``; one query a company."""
        findings = {}
        for company, orders in self.grouped("company_id").items():
            causes = self.env["order.hub.complaint.cause"]._live(company.id)
            if not causes:
                continue
            today = fields.Date.context_today(orders)
            count = history.longest_row(causes)
            last = self.env["order.hub.complaint"].sudo()._last(orders, count)
            for order_id, complaints in last.items():
                finding = history.due(complaints, causes, today)
                if finding:
                    findings[order_id] = finding
        return findings

    def _hub_checks_row(self, asked):
        """Return the row of ``order.hub.decision`` for one order."""
        self.ensure_one()
        by_history = asked["history"]["checks"] if asked["history"] else []
        value = sorted({*asked["rule"], *by_history})
        source = "history" if by_history else "rule" if asked["rule"] else "default"
        rules = self.env["order.hub.routing.rule"].sudo().browse(asked["rules"][:1])
        return {
            "order": self,
            "kind": "checks",
            "source": source,
            "rule": rules if rules.exists() else None,
            "value": value or None,
            "figures": asked if value else None,
        }

    # === APPLY === #

    def _hub_set_checks(self, wanted, fresh=False):
        """Make the checks of orders what each source asks for.

        An open check that nobody asks for any more goes; one that was done stays.

        :param wanted: ``{order: {source: [check ids]}}``, source being ``rule``,
            ``history`` or ``person``; sources left out stay as they are
        :param fresh: the orders are new
        """
        Check = self.env["order.hub.order.check"].sudo()
        orders = self.union(*wanted)
        found = Check if fresh else Check.search([("order_id", "in", orders.ids)])
        rows = {(row.order_id.id, row.check_id.id): row for row in found}
        new, changed, dropped = [], {}, Check
        for order, by_source in wanted.items():
            asked = {id_ for ids in by_source.values() for id_ in ids}
            has = {check_id for order_id, check_id in rows if order_id == order.id}
            for check_id in sorted(asked | has):
                flags = {
                    f"by_{name}": check_id in by_source[name] for name in by_source
                }
                row = rows.get((order.id, check_id))
                if not row:
                    new.append({"order_id": order.id, "check_id": check_id, **flags})
                elif row._is_dropped(flags):
                    dropped |= row
                elif any(row[name] != flag for name, flag in flags.items()):
                    key = tuple(flags.items())
                    changed[key] = changed.get(key, Check) | row
        for flags, changing in changed.items():
            changing.write(dict(flags))
        dropped.unlink()
        Check.create(new)

    def _hub_overrule_checks(self, value):
        """A person names the checks: a list of ids of quality checks."""
        sources = {"rule": [], "history": [], "person": value}
        self._hub_set_checks(dict.fromkeys(self, sources))

    def _hub_overrule_groups(self):
        return {
            **super()._hub_overrule_groups(),
            "checks": "order_hub.order_hub_group_supervisor",
        }

    # === DONE === #

    def hub_do_check(self, check_id, passed, note=None, photo=None):
        """Give a check of this order its result; the scanning screen's thumbs.

        :param int check_id: id of the ``order.hub.order.check``
        :param bool passed: whether it holds
        :param str note: what was found; needed when it does not hold
        :param dict photo: ``{"content" (base64), "filename"}``; needed to pass where
            the check wants one
        :raise AccessError: for users who are no operators
        :raise UserError: when the check is not this order's, or note or photo miss
        :return: what :meth:`hub_step` returns afterwards
        """
        self.ensure_one()
        self._hub_check_inside()
        self.check_access("read")
        check = self.sudo().hub_check_ids.filtered(lambda row: row.id == check_id)
        if not check:
            raise UserError(
                self.env._(
                    "Order %s has no such check any more. Look again.",
                    self.sudo().name,
                )
            )
        photo = photo if isinstance(photo, dict) else None
        check.sudo(self.env.su)._finish(passed is True, note, photo)
        return self.hub_step()

    def hub_step(self):
        step = super().hub_step()
        order = self.sudo()
        levels = order._fields["hub_quality_level"]._description_selection(self.env)
        tightened = order.hub_quality_level not in (False, "normal")
        return {
            **step,
            "checks": order.hub_check_ids._to_scan(),
            "may_check": self.env.user.has_group("order_hub.order_hub_group_operator"),
            "quality_level": dict(levels)[order.hub_quality_level] if tightened else "",
        }

    def _hub_checks_changed(self):
        """Open or close the problem *quality* as the checks of orders stand."""
        undone = self.env["order.hub.order.check"]._undone(self)
        failed = {}
        for order in self:
            checks = undone.get(order.id, order.hub_check_ids.browse())
            checks = checks.filtered(lambda check: check.state == "failed")
            if checks:
                failed[order] = order._hub_failed_text(checks)
        self.filtered(lambda order: order not in failed)._hub_settle("quality")
        if failed:
            self.env["order.hub.exception"]._note("quality", failed)
        self._hub_sync(source="document")

    def _hub_failed_text(self, checks):
        """Return name and description of the problem behind failed checks."""
        name = self.env._("Check failed: %s", ", ".join(checks.check_id.mapped("name")))
        notes = [f"{check.check_id.name}: {check.note}" for check in checks]
        mend = self.env._(
            "Mend it and pass the check on the order: the problem closes by itself."
        )
        return name, "\n".join([*notes, mend])

    # === COMPLAINTS === #

    def action_hub_complaints(self):
        """Open the complaints about this order, or a new one."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub.order_hub_complaint_action"
        )
        return {
            **action,
            "domain": [("order_id", "=", self.id)],
            "context": {"default_order_id": self.id},
        }
