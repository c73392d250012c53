from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

#: What must be chosen for each kind of recipient.
CHOICES = {
    "exception_owner": "kind_id",
    "group": "group_id",
    "user": "user_id",
    "duty": "roster_id",
}


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

    @api.constrains("who", *CHOICES.values())
    def _check_choice(self):
        for row in self:
            needed = CHOICES.get(row.who)
            if needed and not row[needed]:
                raise ValidationError(
                    self.env._(
                        "“%(who)s” says not whom to tell. Choose: %(field)s.",
                        who=dict(row._fields["who"]._description_selection(self.env))[
                            row.who
                        ],
                        field=row._fields[needed]._description_string(self.env),
                    )
                )

    @api.constrains("user_id")
    def _check_internal(self):
        for row in self:
            if row.user_id.share:
                raise ValidationError(
                    self.env._(
                        "%(user)s is no colleague and cannot be told of warnings. "
                        "Choose an internal user.",
                        user=row.user_id.name,
                    )
                )

    @api.depends("who", *CHOICES.values())
    @api.depends_context("lang")
    def _compute_display_name(self):
        words = dict(self._fields["who"]._description_selection(self.env))
        for row in self:
            needed = CHOICES.get(row.who)
            chosen = row[needed].display_name if needed else False
            row.display_name = chosen or words.get(row.who, "")

    # === WHO IT IS === #

    def _people(self, warnings):
        """Return who is told of each warning; a query or two, however many there are.

        Only active internal users who may work in the company of the warning.
        Duties are looked up for the moment ``hub_now`` of the context (naive UTC),
        else for the present one.

        :param warnings: ``order.hub.warning``
        :return: ``{warning id: recordset of res.users}``, each warning a key
        """
        found = {id_: set() for id_ in warnings.ids}
        for row in self.sudo():
            finder = getattr(row, f"_who_{row.who}", None)
            pairs = finder(warnings) if finder else ()
            for id_, user in pairs:
                found[id_].add(user)
        return self._allowed(warnings, found)

    def _robots(self, warnings):
        """Return the robots that tell of each warning.

        :return: ``{warning id: ids of robots}``, each warning a key
        """
        return {id_: () for id_ in warnings.ids}

    def _allowed(self, warnings, found):
        """Leave out who may not work in the company of a warning, or is gone."""
        Users = self.env["res.users"].sudo().with_context(active_test=True)
        users = Users.browse({user for people in found.values() for user in people})
        users = users.exists().filtered(lambda user: user.active and not user.share)
        may = {user.id: set(user.company_ids.ids) for user in users}
        company_of = dict(self._columns(warnings, SQL("w.company_id")))
        sets = {}  # many warnings share their people: one recordset for all
        for id_, people in found.items():
            company = company_of.get(id_)
            kept = frozenset(
                user
                for user in people
                if user in may and (not company or company in may[user])
            )
            found[id_] = sets.setdefault(kept, Users.browse(sorted(kept)))
        return found

    def _columns(self, warnings, column):
        """Return pairs of warning and a column of it (``w``) or its order (``o``)."""
        self.env["order.hub.warning"].flush_model(["company_id", "order_id", "user_id"])
        self.env["sale.order"].flush_model(
            ["user_id", "hub_owner_id", "hub_order_type_id"]
        )
        return self.env.execute_query(
            SQL(
                """SELECT w.id, %s FROM order_hub_warning w
                LEFT JOIN sale_order o ON o.id = w.order_id
                    WHERE w.id = ANY(%s)""",
                column,
                warnings.ids,
            )
        )

    def _known(self, pairs):
        return [(id_, user) for id_, user in pairs if user]

    def _who_owner(self, warnings):
        column = SQL("COALESCE(o.hub_owner_id, o.user_id)")
        return self._known(self._columns(warnings, column))

    def _who_salesperson(self, warnings):
        return self._known(self._columns(warnings, SQL("o.user_id")))

    def _who_assigned(self, warnings):
        return self._known(self._columns(warnings, SQL("w.user_id")))

    def _who_exception_owner(self, warnings):
        """The owner by order type, else the kind's, else whoever has the order."""
        column = SQL(
            """COALESCE((SELECT own.user_id FROM order_hub_exception_owner own
                          WHERE own.kind_id = %s
                            AND own.order_type_id = o.hub_order_type_id LIMIT 1),
                        %s, o.hub_owner_id, o.user_id)""",
            self.kind_id.id,
            self.kind_id.owner_id.id or None,
        )
        return self._known(self._columns(warnings, column))

    def _who_group(self, warnings):
        users = self.group_id.all_user_ids.ids
        return [(id_, user) for id_ in warnings.ids for user in users]

    def _who_user(self, warnings):
        return [(id_, self.user_id.id) for id_ in warnings.ids]

    def _who_duty(self, warnings):
        now = self.env.context.get("hub_now") or fields.Datetime.now()
        users = self.roster_id._on_duty(now).ids
        return [(id_, user) for id_ in warnings.ids for user in users]
