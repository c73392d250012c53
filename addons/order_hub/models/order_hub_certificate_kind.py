from odoo import fields, models


class OrderHubCertificateKind(models.Model):
    """A kind of paper that suppliers prove something with."""

    _name = "order.hub.certificate.kind"
    _description = "Kind of Certificate"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    remind_days = fields.Integer(
        "Remind Before (days)",
        default=30,
        help="How long before its last day the buyer gets a to-do; 0: never.",
    )

    _code_uniq = models.UniqueIndex(
        "(code)", "Another kind of certificate has this code."
    )
