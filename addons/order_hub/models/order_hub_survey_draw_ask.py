from datetime import timedelta
from uuid import uuid4

from odoo import api, models
from odoo.tools import format_date
from odoo.tools.misc import hmac

#: Invitations between two commits.
BATCH = 50
INVITATION = "order_hub.mail_template_survey_invitation"
REMINDER = "order_hub.mail_template_survey_reminder"


class OrderHubSurveyDraw(models.Model):
    """Inviting a customer, once reminding, giving up."""

    _inherit = "order.hub.survey.draw"

    @api.model
    def _work_off(self, scheme, now):
        """Ask, remind and give up on whoever is due, with a commit a batch.

        :return: whether there is time left
        """
        for what, do in (
            ("ask", "_ask"),
            ("remind", "_remind"),
            ("give_up", "_give_up"),
        ):
            due = self._due(scheme, now, what)
            for start in range(0, len(due), BATCH):
                getattr(due[start : start + BATCH], do)(now)
                if not self.env["ir.cron"]._commit_progress():
                    return False
        return True

    def _ask(self, now):
        """Give each contact a sheet of the survey and write the invitation.

        Who opted out since the draw is left alone.

        :param datetime now: naive UTC
        """
        willing = self._without_unwilling()
        for draw in willing:
            scheme = draw.round_id.scheme_id
            deadline = now + timedelta(days=scheme.answer_days)
            draw.write(
                {
                    "state": "asked",
                    "input_id": draw._new_sheet(scheme.survey_id, deadline).id,
                    "sent_at": now,
                    "deadline": deadline,
                }
            )
        willing._send(INVITATION)

    def _new_sheet(self, survey, deadline):
        """Return an answer sheet of the survey for the contact."""
        partner = self.partner_id
        language = self.env["res.lang"]._get_data(code=partner.lang).id
        return survey._create_answer(
            partner=partner,
            check_attempts=False,
            # attempts are counted by this token: one order, one answer
            invite_token=str(uuid4()),
            deadline=deadline,
            lang_id=language or False,
        )

    def _remind(self, now):
        """Write to whoever has not answered yet; once, ever."""
        willing = self._without_unwilling()
        willing.write({"reminded_at": now})
        willing._send(REMINDER)

    def _give_up(self, now):
        """Note that the day to answer has passed."""
        self.write({"state": "expired"})

    def _without_unwilling(self):
        """Return the rows whose contact can be written to; close the others."""
        unwilling = self.filtered(
            lambda draw: (
                not draw.partner_id.email_normalized
                or draw.partner_id.hub_survey_optout
                or draw.partner_id.is_blacklisted
            )
        )
        for draw in unwilling:
            has_address = draw.partner_id.email_normalized
            draw.write(
                {
                    "state": "expired" if draw.sent_at else "skipped",
                    "obstacle": "optout" if has_address else "no_address",
                }
            )
        return self - unwilling

    def _send(self, template):
        template = self.env.ref(template, raise_if_not_found=False)
        if template and self:
            template.send_mail_batch(self.ids)

    # === ADDRESSES === #

    def _answer_url(self):
        """Return where the contact answers; empty once there is nothing to answer."""
        self.ensure_one()
        sheet = self.sudo().input_id
        if self.state != "asked" or not sheet or not sheet.survey_id.active:
            return ""
        return sheet.get_start_url()

    def _mail_answer_url(self):
        """Return the full address of the questions, for a message."""
        return f"{self.order_id.get_base_url()}{self._answer_url()}"

    def _mail_deadline(self):
        """Return the last day to answer in the reader's language, where we are."""
        company = self.company_id
        return format_date(self.env, company._hub_day_of(self.deadline))

    def _stop_token(self):
        """Return the secret with which a contact says not to be asked again."""
        self.ensure_one()
        return self._stop_token_of(self.id)

    @api.model
    def _stop_token_of(self, draw_id):
        """Return the secret of a number, whether there is such a row or not."""
        return hmac(self.env(su=True), "order_hub-survey-stop", draw_id)[:32]

    def _mail_stop_url(self):
        """Return the full address that stops further surveys, for a message."""
        return (
            f"{self.order_id.get_base_url()}/hub/survey/stop/"
            f"{self.id}/{self._stop_token()}"
        )

    def _stop(self):
        """Ask the contact nothing more, neither about this order nor another one."""
        partner = self.partner_id
        partner.hub_survey_optout = True
        waiting = self.search(
            [("partner_id", "=", partner.id), ("state", "in", ("drawn", "asked"))]
        )
        waiting._without_unwilling()
