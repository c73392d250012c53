from odoo import api, fields, models


class OrderHubWarningRecipient(models.Model):
    """Who is told of a rule's warnings, or of one of its escalation steps."""

    _name = "order.hub.warning.recipient"
    _description = "Warning Recipient"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    rule_id = fields.Many2one(
        "order.hub.warning.rule", ondelete="cascade", index="btree_not_null"
    )
    escalation_id = fields.Many2one(
        "order.hub.warning.escalation", ondelete="cascade", index="btree_not_null"
    )
    who = fields.Selection(
        [
            ("owner", "Whoever has the order"),
            ("salesperson", "Salesperson of the order"),
            ("assigned", "Whoever is assigned to the warning"),
            ("exception_owner", "Owner of a kind of exception"),
            ("group", "Everybody of a group"),
            ("user", "One person"),
            ("duty", "Whoever is on duty"),
        ],
        default="owner",
        required=True,
    )
    kind_id = fields.Many2one(
        "order.hub.exception.kind", "Kind of Exception", ondelete="cascade"
    )
    group_id = fields.Many2one("res.groups", ondelete="cascade")
    user_id = fields.Many2one(
        "res.users", "Person", ondelete="cascade", domain=[("share", "=", False)]
    )
    roster_id = fields.Many2one(
        "order.hub.duty.roster", "Duty Roster", ondelete="restrict"
    )
    channel = fields.Selection(
        [("inbox", "Inbox"), ("activity", "To-Do"), ("mail", "E-Mail")],
        "By",
        default="inbox",
        required=True,
    )

    _parent_check = models.Constraint(
        "CHECK (num_nonnulls(rule_id, escalation_id) = 1)",
        "A recipient belongs to a rule or to one of its escalation steps.",
    )

    @api.model
    def _moment(self):
        """Return the moment for which duties are looked up: naive UTC."""
        return self.env.context.get("hub_now") or fields.Datetime.now()

    def _people(self, warnings):
        """Return who is told of each warning.

        Only active internal users who may work in the company of the warning.

        :param warnings: ``order.hub.warning``
        :return: ``{warning id: recordset of res.users}``, each warning a key
        """
        return dict.fromkeys(warnings.ids, self.env["res.users"])

    def _robots(self, warnings):
        """Return the robots that tell of each warning.

        :return: ``{warning id: ids of robots}``, each warning a key
        """
        return {id_: () for id_ in warnings.ids}
