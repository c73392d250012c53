from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class OrderHubWarningRecipient(models.Model):
    """Warnings can be told to a group chat."""

    _inherit = "order.hub.warning.recipient"

    who = fields.Selection(
        selection_add=[("robot", "A group chat")], ondelete={"robot": "cascade"}
    )
    robot_id = fields.Many2one(
        "order.hub.robot", ondelete="restrict", index="btree_not_null"
    )

    @api.constrains("who", "robot_id", "rule_id", "escalation_id")
    def _check_robot(self):
        for row in self.filtered(lambda recipient: recipient.who == "robot"):
            robot = row.robot_id.sudo()
            if not robot:
                raise ValidationError(
                    self.env._("Choose the robot of the group chat that is told.")
                )
            rule = row.rule_id or row.escalation_id.rule_id
            if rule.company_id and not robot._may_tell(rule.company_id):
                raise ValidationError(
                    self.env._(
                        "“%(robot)s” belongs to %(company)s and cannot tell warnings "
                        "of rule “%(rule)s”. Choose a robot of the rule's company, "
                        "or one without a company.",
                        robot=robot.name,
                        company=robot.company_id.name,
                        rule=rule.name,
                    )
                )

    def _robots(self, warnings):
        """As before, with group chats; none hears of another company's warnings."""
        found = super()._robots(warnings)
        robots = self.filtered(lambda row: row.who == "robot").sudo().robot_id
        if not robots:
            return found
        companies = dict(self._columns(warnings, SQL("w.company_id")))
        heard = {
            company: tuple(
                robot.id for robot in robots if robot.company_id.id in (False, company)
            )
            for company in set(companies.values())
        }
        return {id_: (*found[id_], *heard.get(companies.get(id_), ())) for id_ in found}
