from odoo import api, fields, models
from odoo.tools import SQL


class OrderHubRobotPace(models.Model):
    """How much a robot said lately: one row a robot, shared by all workers.

    Apart from the robot, so that talking and changing its settings do not get into
    each other's way. Whoever locks the row is the only one who may let it talk.
    """

    _name = "order.hub.robot.pace"
    _description = "Pace of a Robot"
    _log_access = False

    robot_id = fields.Many2one(
        "order.hub.robot", required=True, readonly=True, ondelete="cascade"
    )
    state = fields.Json(readonly=True)

    _robot_uniq = models.UniqueIndex("(robot_id)", "A robot has one pace.")

    @api.model
    def _lock(self, robot, wait=False):
        """Return the state of a robot, locked until the end of the transaction.

        :param wait: for another worker that has it
        :return: ``(is locked, state)``; not locked: another worker has it
        """
        self.env.cr.execute(
            SQL(
                "SELECT state FROM order_hub_robot_pace WHERE robot_id = %s "
                "FOR UPDATE %s",
                robot.id,
                SQL() if wait else SQL("SKIP LOCKED"),
            ),
            log_exceptions=False,
        )
        row = self.env.cr.fetchone()
        return bool(row), row and row[0]

    @api.model
    def _keep(self, robot, state):
        """Write the state of a robot that is locked."""
        column = self._fields["state"].convert_to_column_insert(state, self)
        self.env.cr.execute(
            SQL(
                "UPDATE order_hub_robot_pace SET state = %s WHERE robot_id = %s",
                column,
                robot.id,
            )
        )
        self.invalidate_model(["state"], flush=False)
