from odoo import SUPERUSER_ID, models

#: Sources of stage events behind which a person of the company stands.
PERSONAL_SOURCES = ("user", "scan", "document")


class SaleOrder(models.Model):
    """The customer page: the progress line, in public words."""

    _inherit = "sale.order"

    def _hub_stages_for_customer(self):
        """Return the stages reached and those to come, public ones only."""
        self.ensure_one()
        main = self.hub_flow_id.stage_ids.filtered(lambda s: s.milestone != "cancelled")
        if self.hub_milestone == "cancelled":
            passed = main & self.hub_event_ids.stage_id
            reached, ahead = passed | self.hub_stage_id, main.browse()
        else:
            ids = main.ids
            current = self.hub_stage_id.id
            here = ids.index(current) + 1 if current in ids else 0
            reached, ahead = main[:here], main[here:]
        return reached.filtered("is_public"), ahead.filtered("is_public")

    def _hub_public_stage_name(self):
        reached, _ahead = self._hub_stages_for_customer()
        return reached[-1]._public_label() if reached else ""

    def _hub_page_steps(self):
        """Return the progress line: label, state (done, now, next), when, by whom."""
        reached, ahead = self._hub_stages_for_customer()
        events = self._hub_last_entries(reached)
        steps = [self._hub_step_done(stage, events.get(stage)) for stage in reached]
        if steps and not self._hub_is_finished(ahead):
            steps[-1].update(state="now", has=self._hub_public_owner())
        coming = {"state": "next", "when": "", "who": "", "has": ""}
        return steps + [{"label": s._public_label(), **coming} for s in ahead]

    def _hub_is_finished(self, ahead):
        """Nothing is waited for any more: closed, or delivered as the last stage."""
        last = self.hub_flow_id.stage_ids.filtered(
            lambda stage: stage.milestone != "cancelled"
        )[-1:]
        return not self.hub_is_open or (not ahead and self.hub_stage_id == last)

    def _hub_last_entries(self, stages):
        """Return ``{stage: event}``: when the order last entered each stage.

        One query for the four columns a page shows: an order may have hundreds of
        events, each with the figures of its gates.
        """
        events = self.env["order.hub.stage.event"].search_fetch(
            [("order_id", "=", self.id), ("stage_id", "in", stages.ids)],
            ["stage_id", "date", "user_id", "source"],
            order="id",
        )
        return {event.stage_id: event for event in events}

    def _hub_step_done(self, stage, event):
        return {
            "label": stage._public_label(),
            "state": "done",
            "when": self._hub_moment(event.date) if event else "",
            "who": self._hub_actor(event) if event else "",
            "has": "",
        }

    def _hub_public_owner(self):
        """Return who has the order now, as a customer may know: a person of the
        company, else the team, else the company."""
        user = self.hub_owner_id or self.user_id
        is_person = user and user.id != SUPERUSER_ID and user._is_internal()
        return user.name if is_person else self.team_id.name or self.company_id.name

    def _hub_actor(self, event):
        """Return in public words who brought the order into a stage.

        Whoever signed, else the person of the company, else the company itself:
        no name of a technical user, of an integration or of a job.
        """
        signer = self.hub_evidence_ids.filtered(
            lambda e: e.kind == "signature" and e.event_id == event
        ).mapped("signed_by")
        if signer and signer[0]:
            return signer[0]
        user = event.user_id
        is_person = user and user.id != SUPERUSER_ID and user._is_internal()
        if is_person and event.source in PERSONAL_SOURCES:
            return user.name
        return self.company_id.name
