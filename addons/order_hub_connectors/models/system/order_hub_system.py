from odoo import api, fields, models
from odoo.tools import ormcache

#: Words that systems of a kind use as they come: (word, milestone).
PRESETS = {
    "dingtalk": (
        ("RUNNING", "received"),
        ("agree", "approved"),
        ("refuse", "refused"),
        ("TERMINATED", "refused"),
    ),
    "wecom": (
        ("pending", "received"),
        ("approved", "approved"),
        ("rejected", "refused"),
        ("withdrawn", "refused"),
        ("deleted", "refused"),
    ),
    "k3": (("未审核", "received"), ("已审核", "approved"), ("关闭", "closed")),
    "u8": (
        ("开立", "received"),
        ("审核", "approved"),
        ("已发货", "shipped"),
        ("关闭", "closed"),
    ),
    "wms": (
        ("new", "scheduled"),
        ("picking", "preparing"),
        ("picked", "picked"),
        ("shipped", "shipped"),
        ("delivered", "delivered"),
        ("cancelled", "cancelled"),
    ),
}


class OrderHubSystem(models.Model):
    """Another system that says where orders are: an ERP, approvals, a WMS.

    Its words are mapped to milestones. What it says is kept beside what the hub
    says, never written over it.
    """

    _name = "order.hub.system"
    _description = "Other System"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="What integrations call it, for example wms-east.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("erp", "ERP"),
            ("approval", "Approvals"),
            ("wms", "Warehouse Management"),
            ("other", "Other"),
        ],
        required=True,
        default="erp",
    )
    words_of = fields.Selection(
        [
            ("dingtalk", "DingTalk Approvals"),
            ("wecom", "WeCom Approvals"),
            ("k3", "Kingdee K3"),
            ("u8", "Yonyou U8 / T3"),
            ("wms", "A Warehouse System"),
        ],
        "Begin with the Words of",
        help="Puts the usual words in; change them as your system speaks.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    channel_id = fields.Many2one(
        "order.hub.channel",
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
        help="Its own order numbers are those of this channel, and what arrives in "
        "the channel about states is heard as this system's word.",
    )
    grace_hours = fields.Float(
        "Grace (h)",
        default=1.0,
        help="How long it may be ahead of the hub, or say an earlier state again, "
        "before that is a contradiction.",
    )
    moves_orders = fields.Boolean(
        "Carries Orders On",
        help="When it is ahead, the order follows it through the gates of its flow. "
        "Where a gate stops the order, both sides are shown.",
    )
    word_ids = fields.One2many("order.hub.system.word", "system_id", "Words")
    unmapped_count = fields.Integer("Not Mapped", compute="_compute_counts")
    contradiction_count = fields.Integer("Contradictions", compute="_compute_counts")
    last_heard_at = fields.Datetime("Last Heard", readonly=True, copy=False)

    _code_uniq = models.UniqueIndex(
        "(company_id, code)", "Another system of this company has this code."
    )
    _grace_positive = models.Constraint(
        "CHECK (grace_hours >= 0 AND grace_hours <= 720)",
        "The grace is between 0 and 720 hours.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        systems = super().create(vals_list)
        self.env.registry.clear_cache()
        for system in systems.filtered(lambda row: row.words_of and not row.word_ids):
            system._put_words()
        return systems

    def write(self, vals):
        result = super().write(vals)
        if "active" in vals:
            self.env.registry.clear_cache()
        if vals.get("words_of"):
            for system in self:
                system._put_words()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _put_words(self):
        """Add the usual words of a kind of system that are not there yet."""
        Word = self.env["order.hub.system.word"]
        known = {Word._key(word) for word in self.word_ids.mapped("word")}
        Word.create(
            [
                {"system_id": self.id, "word": word, "milestone": milestone}
                for word, milestone in PRESETS[self.words_of]
                if Word._key(word) not in known
            ]
        )

    def _compute_counts(self):
        words = self.env["order.hub.system.word"]._read_group(
            [("system_id", "in", self.ids), ("milestone", "=", False)],
            ["system_id"],
            ["__count"],
        )
        states = self.env["order.hub.system.state"]._read_group(
            [("system_id", "in", self.ids), ("agreement", "=", "contradicts")],
            ["system_id"],
            ["__count"],
        )
        words, states = dict(words), dict(states)
        for system in self:
            system.unmapped_count = words.get(system, 0)
            system.contradiction_count = states.get(system, 0)

    @api.model
    @ormcache()
    def _any(self):
        """Return whether any system is listened to."""
        return bool(self.sudo().search_count([], limit=1))

    def action_view_states(self):
        """Open what this system says of orders."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "order_hub_connectors.order_hub_system_state_action"
        )
        return {**action, "domain": [("system_id", "=", self.id)], "context": {}}
