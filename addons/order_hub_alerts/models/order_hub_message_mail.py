import smtplib

from odoo import models
from odoo.tools import SQL

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ..engine.job import Job
from ..engine.markup import to_html
from ..engine.robots.outcome import DOWN, REFUSED, SAID, SENT, UNSURE, Outcome

#: Failures of an e-mail that no second try mends.
HOPELESS = ("mail_email_invalid", "mail_email_missing", "mail_from_invalid")


class OrderHubMessage(models.Model):
    """Messages by e-mail."""

    _inherit = "order.hub.message"

    def _claim_mail(self, now):
        """Take the next e-mail; return the job of sending it, or ``None``."""
        message = self._next(SQL("kind = 'mail'"), now)
        if not message or (message.sending_since and not message._goes_on(now)):
            return None
        message._lease(now)
        nobody = self.env["order.hub.robot"]
        return Job(
            send=lambda _at: message._send_mail(),
            record=lambda outcome, at: message._record(nobody, outcome, at),
        )

    def _send_mail(self):
        """Send the e-mail once; whatever happens is an outcome."""
        people = self.user_ids.filtered(lambda user: user.active and user.email)
        if not people:
            return Outcome(REFUSED, "", self.env._("Nobody of them has an address."))
        try:
            with self.env.cr.savepoint():
                values = self._mail_values(people.mapped("email_formatted"))
                mail = self.env["mail.mail"].create(values)
                mail.send()
                outcome = self._mail_outcome(mail)
                mail.unlink()
        except smtplib.SMTPServerDisconnected as error:
            return Outcome(UNSURE, "", str(error)[:SAID])
        except (OSError, smtplib.SMTPException, MailDeliveryException) as error:
            return Outcome(DOWN, "", str(error)[:SAID])
        return outcome

    def _mail_values(self, addresses):
        company = self.company_id or self.env.company
        return {
            "subject": self.subject,
            "body_html": to_html(self.body or ""),
            "email_to": ",".join(addresses),
            "email_from": company.email_formatted or self.env.user.email_formatted,
            "auto_delete": False,
        }

    def _mail_outcome(self, mail):
        if mail.state == "sent":
            return Outcome(SENT, "", mail.message_id or "")
        reason = (mail.failure_reason or mail.failure_type or "")[:SAID]
        kind = REFUSED if mail.failure_type in HOPELESS else DOWN
        return Outcome(kind, mail.failure_type or "", reason)
