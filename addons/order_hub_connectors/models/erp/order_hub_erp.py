from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import config

from ...engine.erp.link import LINKS

DIALECTS = [
    ("mysql", "MySQL / MariaDB"),
    ("mssql", "SQL Server"),
    ("oracle", "Oracle"),
    ("postgresql", "PostgreSQL"),
    ("odbc", "SQL Server by ODBC"),
    ("csv", "CSV Drop Folder"),
]
STATES = [
    ("off", "Off"),
    ("on", "On"),
    ("paused", "Paused"),
    ("broken", "Broken"),
]
#: What says where a connection leads, and as whom.
PLACE = ("dialect", "host", "port", "database", "user_name")


class OrderHubErp(models.Model):
    """A database of a system that stays: read, and where asked written, both ways.

    It only reads until somebody switches writing on, and leads nowhere inside the own
    network unless an administrator allows it. Its password is kept sealed.
    """

    _name = "order.hub.erp"
    _inherit = ["mail.thread", "mail.activity.mixin", "order.hub.vault"]
    _description = "ERP Connection"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    dialect = fields.Selection(
        DIALECTS, "Database System", required=True, default="mssql", tracking=True
    )
    host = fields.Char(
        "Server",
        tracking=True,
        help="Name or address. Addresses inside the own network need an "
        "administrator's permission.",
    )
    port = fields.Integer(help="0: the usual one of the database system.")
    database = fields.Char(tracking=True)
    schema_name = fields.Char(
        "Schema", help="Empty: the user's own, for example dbo or public."
    )
    user_name = fields.Char("User", tracking=True)
    use_tls = fields.Boolean(
        "Encrypted Only", help="Refuse servers whose certificate cannot be checked."
    )
    odbc_driver = fields.Char(
        "ODBC Driver", help="As it is installed, for example ODBC Driver 18 for SQL "
        "Server.",
    )  # fmt: skip
    folder = fields.Char(
        help="Name of the folder below the one that the server's configuration "
        "(order_hub_erp_folder) allows. Files are put into its folder in."
    )
    is_read_only = fields.Boolean(
        "Only Read",
        default=True,
        tracking=True,
        help="Nothing is written into the other system. Switched off, columns that "
        "the mapping names as written are, and no others.",
    )
    allow_internal = fields.Boolean(
        "May Be Inside the Own Network",
        tracking=True,
        help="Only administrators allow it. The hub's own database is refused anyway.",
    )
    can_allow_internal = fields.Boolean(compute="_compute_can_allow_internal")
    channel_id = fields.Many2one(
        "order.hub.channel",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('adapter', '=', 'erp'), ('company_id', '=', company_id)]",
        help="Orders that are read are inbound orders of this channel.",
    )
    system_id = fields.Many2one(
        "order.hub.system",
        "Speaks As",
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
        domain="[('company_id', '=', company_id)]",
        help="States that are read are this system's word about orders.",
    )
    zone = fields.Selection(
        "_zone_selection",
        "Time Zone",
        required=True,
        default="Asia/Shanghai",
        help="Of moments that the database keeps without one.",
    )
    read_minutes = fields.Integer(
        "Read Every (min)", default=10, help="0: only when somebody asks for it."
    )
    overlap_minutes = fields.Integer(
        "Overlap (min)",
        default=15,
        help="How far before the last moment seen the next reading begins: what was "
        "being written then may carry an earlier moment. What is read twice is "
        "taken once.",
    )
    settle_seconds = fields.Integer(
        "Leave Alone (s)",
        default=10,
        help="Orders changed within this time are left for the next reading: "
        "somebody may still be typing.",
    )
    batch_size = fields.Integer("Orders at a Time", default=200)
    timeout = fields.Integer("Longest Query (s)", default=60)
    table_ids = fields.One2many("order.hub.erp.table", "erp_id", "Tables", copy=True)

    _name_uniq = models.UniqueIndex(
        "(company_id, name)", "Another connection of this company has this name."
    )
    _figures_check = models.Constraint(
        "CHECK (batch_size BETWEEN 1 AND 2000 AND timeout BETWEEN 1 AND 600 "
        "AND read_minutes BETWEEN 0 AND 10080 AND overlap_minutes BETWEEN 0 AND 10080 "
        "AND settle_seconds BETWEEN 0 AND 3600 AND port BETWEEN 0 AND 65535)",
        "A figure of the connection is out of its bounds: 1 to 2,000 orders at a time, "
        "1 to 600 seconds, at most a week between readings.",
    )

    @api.model
    def _zone_selection(self):
        return self.env["res.partner"]._fields["tz"]._description_selection(self.env)

    @api.depends_context("uid")
    def _compute_can_allow_internal(self):
        self.can_allow_internal = self._is_administrator()

    def _is_administrator(self):
        return self.env.su or self.env.user.has_group("base.group_system")

    @api.constrains("allow_internal", "dialect", "channel_id")
    def _check_channel(self):
        for erp in self:
            if erp.channel_id and erp.channel_id.adapter != "erp":
                raise ValidationError(
                    self.env._(
                        "Channel %(channel)s belongs to another platform. Choose one "
                        "of the platform “ERP Database”.",
                        channel=erp.channel_id.name,
                    )
                )

    # === WHO MAY POINT IT WHERE === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_permission(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_permission(vals)
        moved = self.filtered(
            lambda erp: any(
                name in vals and (vals[name] or False) != (erp[name] or False)
                for name in PLACE
            )
        )
        result = super().write(vals)
        if moved:
            moved._forget_place(keep_permission="allow_internal" in vals)
        self._close_links()
        return result

    def unlink(self):
        self._close_links()
        return super().unlink()

    def _check_permission(self, vals):
        if vals.get("allow_internal") and not self._is_administrator():
            raise AccessError(
                self.env._(
                    "Only administrators let a connection lead into the own network. "
                    "Ask one to tick the box."
                )
            )

    def _forget_place(self, keep_permission):
        """Forget what was meant for another place: password, permission, positions."""
        self.sudo().write({"sealed": False})
        self.table_ids.sudo().write({"mark": False})
        if not keep_permission:
            # Permission was for the address that an administrator saw.
            self.filtered("allow_internal").sudo().write({"allow_internal": False})

    def _close_links(self):
        for erp in self:
            LINKS.drop(erp._link_name())

    def _link_name(self):
        return self.env.cr.dbname, self.id

    @api.model
    def _drop_folder(self):
        """Return the folder of drop folders that the server's configuration allows."""
        return config.get("order_hub_erp_folder") or ""

    def copy_data(self, default=None):
        rows = super().copy_data(default)
        for erp, row in zip(self, rows, strict=True):
            row["name"] = self.env._("%s (copy)", erp.name)
            row.pop("allow_internal", None)
        return rows
