"""Builders for tests of the survey: finished orders, sheets sent off."""

from datetime import date, datetime, timedelta

from .common import OrderHubCommon

FIRST = date(2026, 3, 1)
#: A morning in March; the month is over on APRIL.
MARCH = datetime(2026, 3, 10, 8)
APRIL = datetime(2026, 4, 1, 8)


class SurveyCommon(OrderHubCommon):
    """A company that asks its customers from March 2026 on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["order.hub.survey.scheme"].search([]).active = False
        cls.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.scheme = cls.env["order.hub.survey.scheme"].create(
            {"begins_on": FIRST, "rest_days": 0}
        )
        cls.partner.write({"email": "buyer@taihu.example", "lang": "en_US"})
        cls.survey = cls.scheme.survey_id
        cls.delivery, cls.notice, cls.recommend = cls.survey.question_ids
        cls.Draw = cls.env["order.hub.survey.draw"]
        cls.Round = cls.env["order.hub.survey.round"]

    @classmethod
    def _finished(cls, count=1, at=MARCH, **vals):
        """Return orders whose goods arrived at a moment."""
        orders = cls._orders(count, **vals)
        cls.env["order.hub.stage.event"]._append(
            [
                {
                    "order_id": order.id,
                    "company_id": order.company_id.id,
                    "stage_id": cls.shipped.id,
                    "milestone": "shipped",
                    "date": at,
                }
                for order in orders
            ]
        )
        return orders

    @classmethod
    def _ask(cls, now=MARCH + timedelta(days=1)):
        """Draw and ask as the nightly job does; return what was drawn."""
        drawn = cls.Round._draw_until(cls.scheme, now)
        cls.Draw._due(cls.scheme, now, "ask")._ask(now)
        return drawn

    def _asked(self, **vals):
        """Return the row of one finished order whose contact was asked."""
        order = self._finished(**vals)
        return self._ask().filtered(lambda draw: draw.order_id == order)

    def _choice(self, claim):
        return self.notice.suggested_answer_ids.filtered(
            lambda choice: choice.hub_claim == claim
        )

    def _answer(self, draw, delivery=10, claim="nothing", recommend=10, comment=None):
        """Fill in a sheet and send it off."""
        sheet = draw.input_id
        sheet._save_lines(self.delivery, str(delivery))
        sheet._save_lines(self.notice, str(self._choice(claim).id), comment)
        sheet._save_lines(self.recommend, str(recommend))
        sheet._mark_done()
        return draw

    def _told(self, order, moment, status="sent", reader=None):
        """Write to the customer at a moment."""
        message = self.env["mail.message"].create(
            {
                "model": order._name,
                "res_id": order.id,
                "message_type": "comment",
                "date": moment,
            }
        )
        self.env["mail.notification"].create(
            {
                "mail_message_id": message.id,
                "res_partner_id": (reader or self.partner).id,
                "notification_type": "email",
                "notification_status": status,
            }
        )

    def _promise_moved(self, order, moment, days=3):
        """Note that the promise was moved to a later day at a moment."""
        old = MARCH - timedelta(days=2)
        self.env["order.hub.writer"]._insert(
            self.env["order.hub.change"],
            [
                {
                    "order_id": order.id,
                    "company_id": order.company_id.id,
                    "field_name": "commitment_date",
                    "old_value": str(old),
                    "new_value": str(old + timedelta(days=days)),
                    "date": moment,
                }
            ],
        )
