from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: Hours between two reminders of an emergency that nobody approved in time.
REMIND_HOURS = 4


class OrderHubEcn(models.Model):
    """Emergencies: applied first by a named role, approved afterwards.

    Until all roles agree the change is loud: red on every screen, a to-do for every
    approver, an open problem on every order that switched. Refused afterwards, a
    change that takes it back is proposed.
    """

    _inherit = "order.hub.ecn"

    def action_apply_first(self, reason=None):
        """Apply an emergency before anybody agreed.

        :param str reason: why it cannot wait; required
        :return: ``True``, or an action that says why the report has changed
        :raise AccessError: for users outside of the roles that may do so
        :raise UserError: when it is no emergency, not in review, or without a reason
        """
        self.ensure_one()
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(
                self.env._("Say why it cannot wait: the approvers will ask.")
            )
        self._check_is_person()
        roles = self._check_may_apply_first()
        ecn = self._lock()
        ecn._check_is_emergency()
        if ecn._has_moved_on():
            return ecn._show_again()
        ecn._mark_unapproved(roles, reason.strip())
        ecn._begin()
        ecn._ask_approvers()
        return True

    def _check_may_apply_first(self):
        """Return the roles by which the user may apply emergencies first (sudo)."""
        self.ensure_one()
        roles = (
            self.env["order.hub.ecn.role"]
            ._of_user(self.env.user)
            .filtered(
                lambda role: role.may_apply_first and role.company_id == self.company_id
            )
        )
        if not roles:
            named = self.env["order.hub.ecn.role"].sudo()
            named = named.search(
                [
                    ("may_apply_first", "=", True),
                    ("company_id", "=", self.company_id.id),
                ]
            )
            raise AccessError(
                self.env._(
                    "An emergency is applied before its approval by these roles only: "
                    "%s.",
                    ", ".join(named.mapped("name")) or "–",
                )
            )
        return roles

    def _check_is_emergency(self):
        self.ensure_one()
        if self.state != "review" or self.urgency != "emergency":
            raise UserError(
                self.env._(
                    "Only an emergency in review is applied first. %s needs its "
                    "approvals.",
                    self.name,
                )
            )

    def _mark_unapproved(self, roles, reason):
        """Start the clock: the first of the roles asked to be late is late for all."""
        self.ensure_one()
        asked = self._roles_asked() or roles
        now = fields.Datetime.now()
        self.write(
            {
                "is_unapproved": True,
                "applied_first_by_id": self.env.uid,
                "approval_due": now + timedelta(hours=min(asked.mapped("hours"))),
            }
        )
        self._message_log(
            body=self.env._(
                "%(user)s (%(roles)s) applied this emergency first: %(reason)s",
                user=self.env.user.name,
                roles=", ".join(roles.mapped("name")),
                reason=reason,
            )
        )

    # === LOUD UNTIL GIVEN === #

    def _be_loud(self, rows):
        """Open a problem on the orders that an unapproved change switched.

        :param rows: ``order.hub.ecn.order``
        """
        self.ensure_one()
        if not self.is_unapproved or not rows:
            return
        name = self.env._("Changed without approval: %s", self.name)
        text = self.env._(
            "%(ecn)s was applied as an emergency by %(user)s and nobody has approved "
            "it yet. It closes by itself when the approval is given.",
            ecn=self.display_name,
            user=self.applied_first_by_id.name,
        )
        self.env["order.hub.exception"]._note(
            "ecn", {row.order_id: (name, text) for row in rows}
        )

    def _be_quiet(self):
        """Close the problems: approved, or taken back."""
        for ecn in self:
            orders = ecn.order_ids.order_id
            others = self.env["order.hub.ecn.order"].sudo()
            others = others.search(
                [
                    ("order_id", "in", orders.ids),
                    ("ecn_id.is_unapproved", "=", True),
                    ("ecn_id", "!=", ecn.id),
                ]
            )
            left = orders - others.order_id
            self.env["order.hub.exception"]._settle("ecn", left)

    def _approved_after_all(self):
        self.ensure_one()
        self.write({"is_unapproved": False})
        self._be_quiet()
        self._message_log(body=self.env._("Approved after it was applied first."))

    @api.model
    def _cron_remind(self):
        """Remind everybody of emergencies that should have been approved by now."""
        now = fields.Datetime.now()
        late = self.sudo().search(
            [("is_unapproved", "=", True), ("approval_due", "<=", now)]
        )
        for ecn in late._inside():
            ecn._remind(now)

    def _remind(self, now):
        """Tell approvers and managers, and say when the next reminder is due."""
        self.ensure_one()
        self.write({"approval_due": now + timedelta(hours=REMIND_HOURS)})
        managers = self.env.ref("order_hub.order_hub_group_manager").sudo()
        people = managers.all_user_ids._hub_who_can_approve(self.company_id)
        people |= self.approver_ids
        subject = self.env._("Applied without approval: %s", self.display_name)
        self._notify_people(people, subject, self._loud_words())
        kind = self.env.ref("mail.mail_activity_data_warning").sudo()
        known = self.activity_ids.filtered(lambda todo: todo.activity_type_id == kind)
        new = people - known.user_id
        self._give_todos(kind, {user: [(self, subject)] for user in new})

    def _loud_words(self):
        """Return the sentence of the red banner."""
        self.ensure_one()
        if self.state == "rejected":
            return self.env._(
                "Applied by %(user)s and rejected afterwards. %(back)s takes it back.",
                user=self.applied_first_by_id.name,
                back=self.reversed_by_ids[:1].name or "–",
            )
        return self.env._(
            "Applied by %(user)s before anybody approved it. Missing: %(roles)s.",
            user=self.applied_first_by_id.name,
            roles=", ".join(self.missing_role_ids.mapped("name")) or "–",
        )

    # === THE WAY BACK === #

    def _refused_after_all(self, reason):
        """Propose the change that takes this one back; it stays loud until then."""
        self.ensure_one()
        back = self._propose_reversal(reason)
        self._message_log(
            body=self.env._(
                "Rejected after it was applied first. %s is proposed to take it back.",
                back.display_name,
            )
        )

    def _propose_reversal(self, reason):
        """Return a draft change whose drafts hold what was before this one."""
        self.ensure_one()
        back = self._inside().create(
            {
                "title": self.env._("Take back %s", self.name),
                "reason": "reversal",
                "urgency": self.urgency,
                "description": reason,
                "company_id": self.company_id.id,
                "requested_by_id": self.requested_by_id.id,
                "reverses_id": self.id,
            }
        )
        for row in self.bom_ids:
            heads = row.draft_bom_id._hub_heads()
            bom, _number = heads[row.draft_bom_id._hub_first().id]
            draft = bom._hub_new_revision()
            draft._hub_take(row._base())
            self.env["order.hub.ecn.bom"]._inside().create(
                {"ecn_id": back.id, "bom_id": bom.id, "draft_bom_id": draft.id}
            )
        return back

    def _reversal_done(self):
        """Taking back is done: what it takes back is loud no more."""
        taken_back = self.reverses_id._inside()
        if taken_back.is_unapproved:
            taken_back.write({"is_unapproved": False})
            taken_back._be_quiet()
