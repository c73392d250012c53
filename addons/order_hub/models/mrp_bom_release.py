from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import clean_context, format_date

from ..const import INTERNAL
from ..engine.bom import Pins

MANAGER = "mrp.group_mrp_manager"


class MrpBom(models.Model):
    """From draft to released to superseded, and the next draft."""

    _inherit = "mrp.bom"

    # === BUTTONS === #

    def action_hub_release(self):
        """Release drafts, from their effective date on or from now.

        :raise AccessError: for people who do not manage manufacturing
        """
        return self._hub_release()

    def action_hub_new_revision(self):
        """Return the action that opens a new draft after the current revision."""
        return self._hub_new_revision()._get_records_action()

    def action_hub_retire(self):
        """Take released revisions out of use: nothing new is made from them.

        One that is not in force yet is called off; its predecessor stays.
        """
        self._hub_check_manager()
        wrong = self.filtered(lambda bom: bom.hub_revision_state != "released")
        if wrong:
            raise UserError(
                self.env._(
                    "%(bill)s is not released: only a released revision is retired.",
                    bill=wrong[0].display_name,
                )
            )
        self._hub_call_off()
        self._hub_write({"hub_revision_state": "superseded"})
        self._hub_log({bom.id: bom.env._("Retired.") for bom in self})
        return True

    # === RELEASE === #

    def _hub_release(self, effective_date=None):
        """Release drafts; they never change again.

        :param effective_date: date in the company's time zone from which new orders
            are made from them; by default that of the draft, else today
        :raise AccessError: for people who do not manage manufacturing
        :raise UserError: for a bill that is no draft, empty, a loop, of another kind
            than its predecessor, or based on a revision that is not current any more
        :return: True
        """
        self._hub_check_manager()
        self._hub_lock()
        heads = self._hub_heads()
        self._hub_check_releasable(heads)
        self._hub_check_loops()
        self._hub_revisions_begin()
        hashes, todays = self._hub_hashes(), self._hub_todays()
        for bom in self:
            current, number = heads[bom._hub_first().id]
            since = effective_date or bom.hub_effective_date or todays[bom.id]
            bom._hub_settle(current, number, max(since, todays[bom.id]), hashes[bom.id])
            if since <= todays[bom.id]:
                current._hub_supersede(bom)
        self._hub_log({bom.id: bom._hub_release_message() for bom in self})
        return True

    def _hub_settle(self, current, number, since, content_hash):
        """Write down that this draft is a revision now, and from when on.

        :param current: the revision that it follows, or none
        """
        self._hub_write(
            {
                "hub_revision": number,
                "hub_revision_state": "released",
                "hub_effective_date": since,
                "hub_released_at": fields.Datetime.now(),
                "hub_released_by_id": self.env.uid,
                "hub_content_hash": content_hash,
            }
        )
        current._hub_write({"hub_effective_until": since})

    def _hub_check_manager(self):
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._(
                    "Revisions are made and released by managers of manufacturing. "
                    "Ask one of them, or ask for an Engineering Change."
                )
            )
        self.check_access("write")

    def _hub_lock(self):
        """Let one person at a time release revisions of a chain."""
        try:
            self._hub_first().sudo().lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody is releasing a revision of this bill of materials at "
                    "this moment. Try again in a few seconds."
                )
            ) from error

    def _hub_check_releasable(self, heads):
        """Refuse what would make no good revision.

        :param heads: see ``_hub_heads``
        """
        if len(self._hub_first()) < len(self):
            raise UserError(
                self.env._(
                    "Two of these are revisions of the same bill of materials: release "
                    "one after the other."
                )
            )
        for bom in self:
            for problem in bom._hub_problems(heads[bom._hub_first().id][0]):
                raise UserError(problem)

    def _hub_problems(self, current):
        """Yield why this bill cannot be released."""
        bill = self.display_name
        if self.hub_revision_state != "draft":
            yield self.env._("%(bill)s is released already.", bill=bill)
        if not self.bom_line_ids and not self.operation_ids:
            yield self.env._(
                "%(bill)s has neither components nor operations: there is nothing to "
                "release.",
                bill=bill,
            )
        if not self.active:
            yield self.env._("%(bill)s is archived: unarchive it first.", bill=bill)
        if self.hub_predecessor_id != current:
            yield self.env._(
                "%(bill)s is based on revision %(base)s, but %(current)s has been "
                "released meanwhile. Compare the two, then make a New Revision from "
                "the current one.",
                bill=bill,
                base=self.hub_predecessor_id.hub_revision_label or "—",
                current=current.hub_revision_label or "—",
            )
        if current and self.type != current.type:
            yield self.env._(
                "%(bill)s is of another BoM type than the revision before. A kit stays "
                "a kit: retire the old bill and make a new one.",
                bill=bill,
            )
        if current and self._hub_product_key() != current._hub_product_key():
            yield self.env._(
                "%(bill)s is for another product, variant or company than the "
                "revision before: make a bill of its own for it.",
                bill=bill,
            )
        if self._hub_strangers():
            yield self.env._(
                "%(bill)s names operations of another bill of materials. Choose its "
                "own operations in its lines and dependencies.",
                bill=bill,
            )

    def _hub_product_key(self):
        return self.product_tmpl_id, self.product_id, self.company_id

    def _hub_strangers(self):
        """Return operations of other bills that rows of this one name."""
        bom = self.with_context(active_test=False)
        own = bom.operation_ids
        named = own.blocked_by_operation_ids | own.needed_by_operation_ids
        named |= bom.bom_line_ids.operation_id | bom.byproduct_ids.operation_id
        return named - own

    def _hub_check_loops(self):
        """Refuse a release by which a product contains itself, now or on its day.

        :raise ValidationError: names the products
        """
        self._check_bom_cycle()
        announced = self.sudo().search(
            [
                ("hub_revision_state", "=", "released"),
                ("hub_effective_date", ">", fields.Date.today()),
            ]
        )
        if announced:
            pins = Pins(
                (product.id, bom.id)
                for bom in announced
                for product in bom.product_id or bom.product_tmpl_id.product_variant_ids
            )
            self.with_context(order_hub_pins=pins)._check_bom_cycle()

    def _hub_hashes(self):
        """Return ``{bom id: hash of its own level}``."""
        own = self.env["order.hub.bom.tree"]._own(self)
        return {bom: node.content_hash() for bom, node in own.items()}

    def _hub_todays(self):
        """Return ``{bom id: today}`` in the time zones of their companies.

        A day has come for a bill of all companies when it has come for the last.
        """
        companies = self.company_id.sudo()
        if any(not bom.company_id for bom in self):
            companies = companies.search([("active", "=", True)])
        today = companies._hub_today()
        last = min(today.values(), default=None)
        return {bom.id: today.get(bom.company_id.id, last) for bom in self}

    def _hub_release_message(self):
        return self.env._(
            "Released as revision %(revision)s, in force from %(date)s. Content "
            "%(hash)s.",
            revision=self.hub_revision_label,
            date=format_date(self.env, self.hub_effective_date),
            hash=(self.hub_content_hash or "")[:10],
        )

    # === SUCCESSION === #

    def _hub_supersede(self, successor):
        """Give way to a successor that is in force; reordering follows it."""
        if not self:
            return
        self._hub_write({"hub_revision_state": "superseded"})
        points = self.env["stock.warehouse.orderpoint"].sudo()
        points.search([("bom_id", "in", self.ids)]).bom_id = successor

    def _hub_call_off(self):
        """Let the predecessors of revisions that are not in force yet stay."""
        todays = self._hub_todays()
        early = self.filtered(
            lambda bom: (
                bom.hub_effective_date and bom.hub_effective_date > todays[bom.id]
            )
        )
        early.hub_predecessor_id.filtered(
            lambda bom: bom.hub_revision_state == "released"
        )._hub_write({"hub_effective_until": False})

    @api.model
    def _cron_hub_revisions(self):
        """Supersede the revisions whose successor's day has come, company by company.

        Which one is in force follows from the dates at any time; this writes down
        the state.
        """
        released = self.search(
            [
                ("hub_revision_state", "=", "released"),
                ("hub_effective_until", "!=", False),
            ]
        )
        todays = released._hub_todays()
        due = released.filtered(lambda bom: bom.hub_effective_until <= todays[bom.id])
        for bom in due:
            successors = bom.hub_successor_ids.filtered(
                lambda successor: successor.hub_revision_state != "draft"
            )
            bom._hub_supersede(successors.sorted("hub_revision")[-1:])
        due._hub_log({bom.id: bom.env._("Superseded.") for bom in due})

    # === NEW REVISION === #

    def _hub_new_revision(self):
        """Return a draft with the content of this revision, after the current one.

        :raise AccessError: for people who do not manage manufacturing
        :raise UserError: on a draft: it is edited itself
        """
        self.ensure_one()
        self._hub_check_manager()
        if self.hub_revision_state == "draft":
            raise UserError(
                self.env._(
                    "%(bill)s is a draft: edit it, or release it first.",
                    bill=self.display_name,
                )
            )
        [(current, number)] = self._hub_heads().values()
        # no ``default_…`` of a caller: the guard looks away from what the hub makes
        clean = {**clean_context(self.env.context), "order_hub_bom": INTERNAL}
        draft = self.with_context(clean).copy(  # pylint: disable=context-overridden
            {
                "hub_revision": number,
                "hub_predecessor_id": current.id,
                "hub_origin_id": self._hub_first().id,
                "sequence": current.sequence,
                "active": True,
            }
        )
        return self.browse(draft.id)

    def _hub_rebase_onto(self, current):
        """Let drafts follow another revision of their chain.

        :raise UserError: for what is no draft, or of another chain
        """
        for bom in self:
            if bom.hub_revision_state != "draft" or bom._hub_first() != (
                current._hub_first()
            ):
                raise UserError(
                    self.env._(
                        "%(bill)s cannot follow %(current)s.",
                        bill=bom.display_name,
                        current=current.display_name,
                    )
                )
        self._hub_write(
            {
                "hub_predecessor_id": current.id,
                "hub_revision": current.hub_revision + 1,
            }
        )

    # === HELPERS === #

    def _hub_write(self, vals):
        """Write columns of revisions, as only the hub does."""
        if self:
            self.sudo().with_context(order_hub_bom=INTERNAL).write(vals)

    def _hub_log(self, messages):
        """Note on each bill what happened to it.

        :param messages: ``{bom id: text}``
        """
        if messages:
            self._message_log_batch(bodies=messages)
