from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

from ..engine import ecn as engine
from ..engine.bom import digest


class OrderHubEcn(models.Model):
    """Who agrees: every role that is asked, each by one of those who fill it."""

    _inherit = "order.hub.ecn"

    # === WHO IS ASKED === #

    def _roles_asked(self):
        """Return the roles that have to agree to this change (sudo), in order."""
        self.ensure_one()
        roles = self.env["order.hub.ecn.role"].sudo()
        weight = abs(self.sudo().cost_difference)
        return roles.search(
            [("company_id", "=", self.company_id.id), ("cost_from", "<=", weight)]
        )

    def _fingerprint(self):
        """Return of what an approval is: the drafts, and what persons chose.

        Orders that come in while approvals are waited for change neither.
        """
        self.ensure_one()
        drafts = self._draft_nodes()
        chosen = self.order_ids.filtered(
            lambda row: row.choice_by_id and row.choice != row.suggestion
        )
        return digest(
            {
                "drafts": sorted(node.content_hash() for node in drafts.values()),
                "choices": sorted([row.order_id.id, row.choice] for row in chosen),
            }
        )

    def _given(self):
        """Return the approvals in force: of this round, for what it is now (sudo)."""
        self.ensure_one()
        known = self.sudo()
        fingerprint = known._standing_fingerprint()
        return known.approval_ids.filtered(
            lambda row: (
                row.verdict == "approve"
                and row.round == known.round
                and row.fingerprint == fingerprint
            )
        )

    def _standing_fingerprint(self):
        """Return what approvals are compared with: after applying, what was applied."""
        self.ensure_one()
        return self.applied_fingerprint or self._fingerprint()

    def _missing_roles(self):
        """Return the roles that have not agreed yet (sudo)."""
        self.ensure_one()
        asked = self._roles_asked()
        left = engine.missing(self._engine_roles(asked), self._given().role_id.ids)
        return asked.browse(left)

    def _engine_roles(self, roles):
        return [
            engine.Role(role.id, frozenset(role._approvers().ids), role.may_approve_own)
            for role in roles
        ]

    # === DECIDE === #

    def action_approve(self, reason=None):
        """Agree to a change in every role that the caller fills.

        A report that is not about what the change is by now is made anew and shown;
        nothing is approved then.

        :param str reason: a note for the record
        :return: ``True``, or an action that says why the report has changed
        :raise AccessError: for anybody outside of the roles, and for the own request
        :raise UserError: when it has been decided
        """
        self.ensure_one()
        self._check_is_person()
        ecn = self._lock()
        ecn._check_decidable()
        roles = ecn._judged(self.env.user)
        if ecn.state == "review" and ecn._has_moved_on():
            return ecn._show_again()
        ecn._keep_decision(roles, "approve", reason)
        if ecn._missing_roles():
            ecn._ask_approvers()
        else:
            ecn._agreed()
        return True

    def action_reject(self, reason=None):
        """Refuse a change, as one of its approvers.

        :param str reason: what is wrong; required
        :raise AccessError: for anybody outside of the roles, and for the own request
        :raise UserError: without a reason, or when it has been decided
        """
        self.ensure_one()
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(
                self.env._("Say why it is rejected: the engineer will ask.")
            )
        self._check_is_person()
        ecn = self._lock()
        ecn._check_decidable()
        ecn._keep_decision(ecn._judged(self.env.user), "reject", reason)
        ecn._ask_nobody()
        ecn._refused(reason)
        return True

    def _check_is_person(self):
        """Nobody decides with superuser rights, or about what they may not read."""
        user = self.env.user
        if self.env.su or not user.has_group("order_hub.order_hub_group_user"):
            raise AccessError(
                self.env._(
                    "Engineering changes are decided about by a person who works with "
                    "the order hub, in their own name."
                )
            )
        self.check_access("read")

    def _check_decidable(self):
        """Raise unless the change waits for approvals."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for ecn in self:
            if ecn.state != "review" and not ecn._waits_after_all():
                raise UserError(
                    self.env._(
                        "%(ecn)s waits for nobody: it is %(state)s. Look again.",
                        ecn=ecn.name,
                        state=labels[ecn.state],
                    )
                )

    def _waits_after_all(self):
        """Tell whether an emergency that was applied first waits for approval."""
        self.ensure_one()
        return self.is_unapproved and self.state in ("applying", "done")

    def _judged(self, user):
        """Return the roles in which a user decides now (sudo).

        :raise AccessError: when there is none, with the reason
        """
        self.ensure_one()
        asked = self._roles_asked()
        found = engine.judge(
            user.id,
            self._engine_roles(asked),
            self.requested_by_id.id,
            self._given().role_id.ids,
        )
        if found.refusal:
            raise AccessError(self._refusal_words(found.refusal, asked))
        return asked.browse(found.roles)

    def _refusal_words(self, refusal, asked):
        self.ensure_one()
        if refusal == engine.OWN_REQUEST:
            return self.env._(
                "You asked for %s yourself. Somebody else of the role approves it.",
                self.name,
            )
        if refusal == engine.GIVEN:
            return self.env._("You have approved %s already.", self.name)
        people = "; ".join(f"{role.name}: {role._approver_words()}" for role in asked)
        return self.env._(
            "%(ecn)s is approved by its roles only (%(people)s). You fill none of "
            "them.",
            ecn=self.name,
            people=people,
        )

    def _keep_decision(self, roles, verdict, reason):
        """Keep a decision of the current user in some roles, and say so."""
        self.ensure_one()
        text = str(reason or "").strip()[:2000]
        figures = self._impact_words()
        Approval = self.env["order.hub.ecn.approval"].sudo()
        Approval._keep(
            [
                {
                    "ecn_id": self.id,
                    "role_id": role.id,
                    "company_id": self.company_id.id,
                    "verdict": verdict,
                    "reason": text or None,
                    "round": self.round,
                    "fingerprint": self._standing_fingerprint(),
                    "impact_at": self.impact_at,
                    "figures": figures,
                }
                for role in roles
            ]
        )
        self.invalidate_recordset(["approval_ids"], flush=False)
        self._message_log(body=self._decision_words(roles, verdict, text))

    def _decision_words(self, roles, verdict, text):
        values = {
            "user": self.env.user.name,
            "roles": ", ".join(roles.mapped("name")),
            "reason": text or "–",
        }
        if verdict == "approve":
            return self.env._(
                "%(user)s approved (%(roles)s). Note: %(reason)s", **values
            )
        return self.env._("%(user)s rejected (%(roles)s): %(reason)s", **values)

    # === WHAT FOLLOWS === #

    def _agreed(self):
        """All roles have agreed: apply, or make good what was applied first."""
        self.ensure_one()
        self._ask_nobody()
        if self._waits_after_all():
            self._approved_after_all()
        else:
            self.write({"state": "approved"})
            self._begin()

    def _refused(self, reason):
        """A role refused: the drafts stay for another try, or a way back is made."""
        self.ensure_one()
        if self._waits_after_all():
            self._refused_after_all(reason)
        self.write({"state": "rejected"})
        self._tell_requester(reason)

    # === WORDS === #

    def _impact_words(self):
        """Return the figures of the report that decisions remember and compare."""
        self.ensure_one()
        rows = self.sudo().order_ids
        chosen = rows.grouped("choice")
        return {
            "orders": len(rows),
            "switch": len(chosen.get("switch", ())),
            "keep": len(chosen.get("keep", ())),
            "decide": len(chosen.get("decide", ())),
            "cost_difference": self.cost_difference,
            "at": fields.Datetime.to_string(self.impact_at),
        }

    def _has_moved_on(self):
        """Tell whether what is to be approved is not what the report is about."""
        self.ensure_one()
        return bool(self.bom_ids._moved()) or self._is_impact_outdated()

    def _show_again(self):
        """Rebase, make the report anew, ask again; return the action that says so."""
        self.ensure_one()
        before = self._impact_words()
        self._settle_bases()
        self._refresh_impact()
        self._ask_approvers()
        return self._say_refreshed(before)

    def _say_refreshed(self, before):
        """Return the action that says what the new report says, old against new."""
        self.ensure_one()
        now = self._impact_words()
        text = self.env._(
            "The report was not about what the change does by now and has been made "
            "anew. Orders: %(old)s → %(new)s (%(switch)s switch, %(keep)s keep, "
            "%(decide)s to decide). Cost difference: %(old_cost)s → %(new_cost)s. Read "
            "it, then approve.",
            old=before["orders"],
            new=now["orders"],
            switch=now["switch"],
            keep=now["keep"],
            decide=now["decide"],
            old_cost=format_amount(
                self.env, before["cost_difference"], self.currency_id
            ),
            new_cost=format_amount(self.env, now["cost_difference"], self.currency_id),
        )
        self._message_log(body=text)
        return self._notify(self.env._("Not approved yet"), text, "warning")
