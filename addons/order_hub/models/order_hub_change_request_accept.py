from odoo import fields, models
from odoo.exceptions import AccessError, UserError

#: Who may say yes as which role; the customer's comes from the customer, or from
#: those who may change the order and say how it came.
GROUPS = {
    "supervisor": "order_hub.order_hub_group_supervisor",
    "credit": "order_hub.order_hub_group_supervisor,account.group_account_invoice",
}


class OrderHubChangeRequest(models.Model):
    """Customer changes: who has to agree, and what was answered."""

    _inherit = "order.hub.change.request"

    my_roles = fields.Char(
        compute="_compute_my_roles",
        help="Roles whose answer is waited for and that the reader may give.",
    )

    def _compute_my_roles(self):
        for request in self:
            waiting = request.sudo().acceptance_ids.filtered(
                lambda a: a.state == "waiting"
            )
            request.my_roles = ",".join(
                role
                for role in waiting.mapped("role")
                if request.state == "waiting" and request._may_answer(role)
            )

    # === BUTTONS === #

    def action_accept_customer(self):
        """The customer has agreed, by phone or in writing; the note says how."""
        return self._answer_as("customer")

    def action_accept_salesperson(self):
        """The salesperson agrees."""
        return self._answer_as("salesperson")

    def action_accept_supervisor(self):
        """A supervisor agrees."""
        return self._answer_as("supervisor")

    def action_accept_credit(self):
        """Whoever answers for the credit agrees."""
        return self._answer_as("credit")

    def action_decline(self):
        """Say no in every role that one may answer for.

        :raise UserError: when nobody waits for an answer of the user
        """
        for request in self:
            roles = (request.my_roles or "").split(",")
            if not roles[0]:
                raise UserError(
                    self.env._("%s waits for no answer of yours.", request.name)
                )
            request._check_may_answer(roles[0])
            request.sudo()._decline(roles[0])
        return True

    def _answer_as(self, role):
        self.check_access("read")
        for request in self:
            request._check_may_answer(role)
            request.sudo()._accept(role)
        return True

    def _may_answer(self, role):
        """Tell whether the user may answer in a role (with the user's own rights)."""
        self.ensure_one()
        if role in GROUPS:
            return self.env.user.has_groups(GROUPS[role])
        return self._may_change()

    def _may_change(self):
        """Tell whether the user may change the order: sales people those they may
        write, supervisors those they see. A warehouse's right to write is no sale."""
        self.ensure_one()
        user, order = self.env.user, self.order_id
        if user.has_group("order_hub.order_hub_group_supervisor"):
            return order.has_access("read")
        sells = user.has_group("sales_team.group_sale_salesman")
        return sells and order.has_access("write")

    def _check_may_answer(self, role):
        if not self._may_answer(role):
            roles = dict(
                self.env["order.hub.change.acceptance"]
                ._fields["role"]
                ._description_selection(self.env)
            )
            raise AccessError(
                self.env._(
                    "You cannot answer %(request)s as “%(role)s”. Ask somebody who "
                    "has that role.",
                    request=self.name,
                    role=roles[role],
                )
            )

    # === ANSWERS === #

    def _accept(self, role, note=""):
        """Take a yes, whoever's right to give it was checked (sudo).

        The order is looked at again first: the yes must be to what is true now.
        With the last one the change is carried out.

        :param role: one of ``const.CHANGE_ROLES``
        :raise UserError: for a closed request, a role nobody waits for, credit that
            the company's settings do not let pass
        """
        self.ensure_one()
        self._lock()
        self._check_open()
        seen = self._agreement()
        self._look(carry_out=False)
        if self.state == "refused":
            return
        if self._agreement() != seen:
            raise UserError(self._moved_words())
        acceptance = self._waiting_for(role)
        self._check_credit_reaches(role)
        acceptance.write(
            {
                "state": "accepted",
                "user_id": self.env.uid,
                "answered_at": fields.Datetime.now(),
                "agreed_to": seen,
                "note": note or False,
            }
        )
        self.activity_ids.filtered(lambda a: a.user_id == self.env.user).unlink()
        self._look()

    def _decline(self, role, note=""):
        """Take a no: the order stays as it is (sudo)."""
        self.ensure_one()
        self._lock()
        self._check_open()
        self._waiting_for(role).write(
            {
                "state": "declined",
                "user_id": self.env.uid,
                "answered_at": fields.Datetime.now(),
                "note": note or False,
            }
        )
        self._finish("refused", refusal={"declined": role, "possible": ["contact"]})

    def _waiting_for(self, role):
        found = self.acceptance_ids.filtered(
            lambda a: a.role == role and a.state == "waiting"
        )
        if not found:
            raise UserError(
                self.env._(
                    "%s does not wait for this answer any more. Look at it again.",
                    self.name,
                )
            )
        return found

    def _check_credit_reaches(self, role):
        """A yes makes no credit: where the company blocks, it has to be there."""
        missing = self.effects["new"].get("missing") if self.effects else 0.0
        if role != "credit" or self.company_id.hub_credit_check != "block":
            return
        if missing and missing > 0:
            raise UserError(
                self.env._(
                    "The credit of %(customer)s lacks %(missing)s for this. Approve "
                    "temporary credit or collect it first, then agree.",
                    customer=self.partner_id.commercial_partner_id.name,
                    missing=self.order_id._hub_credit_words(missing),
                )
            )

    def _moved_words(self):
        return self.env._(
            "Price or date of %s have changed since it was shown. Look at the new "
            "figures and agree again.",
            self.name,
        )

    def _waiting_words(self):
        roles = self.acceptance_ids.filtered(lambda a: a.state == "waiting")
        labels = dict(
            self.env["order.hub.change.acceptance"]
            ._fields["role"]
            ._description_selection(self.env)
        )
        return self.env._(
            "%(request)s still waits for: %(roles)s. It is carried out with the last "
            "yes.",
            request=self.name,
            roles=", ".join(labels[role] for role in roles.mapped("role")),
        )

    # === ASKED FOR === #

    def _ask_for_acceptance(self):
        """Give those who have to agree a to-do (sudo)."""
        if self.state not in ("waiting", "open"):
            return
        roles = self.acceptance_ids.filtered(lambda a: a.state == "waiting")
        people = {self._person_for(role) for role in roles.mapped("role")}
        if self.state == "open":
            people = {self.order_id.user_id}
        for user in people - {self.env["res.users"], None, self.env.user}:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self._summary(),
                user_id=user.id,
            )

    def _person_for(self, role):
        """Return the user who is asked to answer in a role.

        The customer is asked through the portal page, or by the salesperson.
        """
        if role in ("customer", "salesperson"):
            portal = role == "customer" and self.source == "portal"
            return self.env["res.users"] if portal else self.order_id.user_id
        group = self.env.ref("order_hub.order_hub_group_supervisor")
        team = self.order_id.team_id.user_id
        users = group.all_user_ids.filtered(
            lambda u: self.company_id in u.company_ids and not u._is_superuser()
        )
        return (team & users) or users[:1]
