from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..engine.subjects import SUBJECTS

ACTION_KINDS = [
    ("activity", "Give a to-do"),
    ("document", "List of missing parts (XLSX)"),
    ("talk_track", "Text for the customer"),
    ("exception", "Open an exception on the order"),
    ("breaker", "Trip the breaker: wall red"),
]
#: What is done for people, who are therefore asked for.
FOR_PEOPLE = ("activity", "document", "talk_track")
#: What is done with an order, so that the rule's records must lead to one.
FOR_ORDERS = ("document", "talk_track", "exception")


class OrderHubWarningAction(models.Model):
    """What is done when a warning of a rule opens, once a warning.

    A kind of action is a pair of methods ``_do_<kind>(runs, now)`` and, where it
    leaves something behind, ``_undo_<kind>(runs, now)`` for when the warning is over.
    Both work for many warnings at once and may be repeated.
    """

    _name = "order.hub.warning.action"
    _description = "Action of a Warning Rule"
    _order = "rule_id, sequence, id"
    _check_company_auto = True

    rule_id = fields.Many2one(
        "order.hub.warning.rule", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(ACTION_KINDS, "What", required=True, default="activity")
    recipient_ids = fields.One2many(
        "order.hub.warning.recipient",
        "action_id",
        "For",
        copy=True,
        help="Each of these people gets a to-do.",
    )
    summary = fields.Char("To-do", translate=True)
    note = fields.Text("What to Do", translate=True)
    activity_type_id = fields.Many2one("mail.activity.type", "To-do Type")
    hours = fields.Float("Due In (h)", default=4)
    talk_track_id = fields.Many2one(
        "order.hub.talk.track", "Talk-Track", ondelete="restrict", check_company=True
    )
    exception_kind_id = fields.Many2one(
        "order.hub.exception.kind",
        "Kind of Exception",
        ondelete="restrict",
        check_company=True,
    )
    only_missing = fields.Boolean(
        "Only While Parts Are Missing",
        help="Not done for orders that miss nothing; over as soon as everything is "
        "there, even if the warning stays.",
    )
    run_ids = fields.One2many(
        "order.hub.warning.action.run", "action_id", "Done", readonly=True
    )

    @api.depends("kind", "summary", "talk_track_id.name", "exception_kind_id.name")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for action in self:
            detail = {
                "talk_track": action.talk_track_id.name,
                "exception": action.exception_kind_id.name,
            }.get(action.kind, action.summary)
            label = labels.get(action.kind, "")
            action.display_name = f"{label}: {detail}" if detail else label

    @api.constrains("kind", "talk_track_id", "exception_kind_id", "hours", "rule_id")
    def _check_parameters(self):
        for action in self:
            problem = action._problem()
            if problem:
                raise ValidationError(problem)

    def _problem(self):
        """Return in words why an action cannot work, or ``None``."""
        if self.hours < 0:
            return self.env._("A to-do cannot be due before the warning opens.")
        if self.kind == "talk_track" and not self.talk_track_id:
            return self.env._("Choose the talk-track whose text is to be sent.")
        if self.kind == "exception" and not self.exception_kind_id:
            return self.env._("Choose the kind of exception that is to be opened.")
        return self._subject_problem()

    def _subject_problem(self):
        """Return in words why the rule's records do not suit it, or ``None``."""
        subject = SUBJECTS.get(self.rule_id.res_model)
        if self.kind == "breaker" and self.rule_id.res_model != "mrp.workcenter":
            return self.env._(
                "A breaker belongs to a work center: “%s” watches something else.",
                self.rule_id.name,
            )
        needs_order = self.kind in FOR_ORDERS or self.only_missing
        if needs_order and not (subject and subject.order):
            return self.env._(
                "“%(rule)s” watches records without an order, which “%(action)s” "
                "needs.",
                rule=self.rule_id.name,
                action=self.display_name,
            )
        return None

    # === ASKED FOR BY THE CYCLE === #

    def _run(self, warnings, now):
        """Ask for the actions of self on warnings of their rules: one INSERT.

        Each action is done at most once a warning, however often it is asked for.
        They are carried out by ``order.hub.warning.action.job`` right afterwards,
        so that a slow or failing one holds up neither the cycle nor the others.

        :param warnings: ``order.hub.warning``
        :param now: naive UTC
        :return: how many were asked for that nobody had asked for before
        """
        actions = self.filtered("active")
        if not actions or not warnings:
            return 0
        for records in (actions, warnings):
            records.flush_recordset()
        asked = self.env.execute_query(self._sql_ask(actions, warnings, now))
        if asked:
            self.env["order.hub.warning.action.job"]._trigger(now)
        return len(asked)

    def _sql_ask(self, actions, warnings, now):
        return SQL(
            """INSERT INTO order_hub_warning_action_run
                      (action_id, warning_id, kind, company_id, order_id, state,
                       attempts, asked_at, next_try_at, create_uid, write_uid,
                       create_date, write_date)
               SELECT action.id, warning.id, action.kind, warning.company_id,
                      warning.order_id, 'waiting', 0, %(now)s, %(now)s, %(uid)s,
                      %(uid)s, %(now)s, %(now)s
                 FROM order_hub_warning_action action
                 JOIN order_hub_warning warning ON warning.rule_id = action.rule_id
                WHERE action.id = ANY(%(actions)s) AND warning.id = ANY(%(warnings)s)
                  AND warning.state != 'resolved'
             ORDER BY warning.id, action.sequence, action.id
          ON CONFLICT (action_id, warning_id) DO NOTHING RETURNING id""",
            now=now,
            uid=self.env.uid,
            actions=actions.ids,
            warnings=warnings.ids,
        )
