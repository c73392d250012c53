from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.http import request
from odoo.tools import SQL

from ..const import INTERNAL

#: Columns that only release, new revision and the daily job write.
REVISION_FIELDS = {
    "hub_revision",
    "hub_revision_label",
    "hub_revision_state",
    "hub_origin_id",
    "hub_predecessor_id",
    "hub_successor_ids",
    "hub_revision_ids",
    "hub_effective_until",
    "hub_released_at",
    "hub_released_by_id",
    "hub_content_hash",
}
#: What the hub itself writes on a released bill.
STATE_FIELDS = REVISION_FIELDS | {"hub_effective_date"}
#: What may change on a released bill: its place in lists and what people say.
HARMLESS_FIELDS = {"sequence"}


class MrpBom(models.Model):
    """Released revisions never change: not by form, import, RPC or other documents.

    The rows of a bill (lines, by-products, operations) ask ``_hub_refuse_change``
    before and after every change; products and units ask whether it would change
    what a revision says. Where nobody uses revisions one cached look is all.
    """

    _inherit = "mrp.bom"

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._hub_refuse_forging(vals)
        boms = super().create(vals_list)
        # a default of the user or in the context is no release either
        if not self._hub_is_internal() and any(bom._hub_is_forged() for bom in boms):
            self._hub_refuse_forged()
        return boms

    def write(self, vals):
        self._hub_refuse_forging(vals)
        if not self._hub_changes(vals):
            return super().write(vals)
        boms = self._hub_goes_with_product(vals)
        boms._hub_refuse_change()
        return super(MrpBom, boms).write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_released(self):
        self._hub_refuse_change()

    def action_archive(self):
        self.check_access("write")
        self._hub_refuse_change()
        return super().action_archive()

    def action_unarchive(self):
        self.check_access("write")
        self._hub_refuse_change()
        return super().action_unarchive()

    def _set_outdated_bom_in_productions(self):
        """Never call an order outdated by a bill that cannot have changed."""
        locked = self._hub_locked()
        return super(MrpBom, self - locked)._set_outdated_bom_in_productions()

    # === WHAT MAY CHANGE === #

    def _hub_is_internal(self):
        """Tell whether the hub itself is writing; no caller from outside can."""
        return self.env.context.get("order_hub_bom") is INTERNAL

    @api.model
    def _hub_changes(self, vals):
        """Return the names of the values that a released revision keeps."""
        changed = vals.keys() - self._hub_talk_fields() - HARMLESS_FIELDS
        return changed - (STATE_FIELDS if self._hub_is_internal() else set())

    @api.model
    def _hub_talk_fields(self):
        """Return the names of what people say about a record: it is no content."""
        talk = self.env["mail.thread"]._fields.keys()
        talk |= self.env["mail.activity.mixin"]._fields.keys()
        return talk - set(models.MAGIC_COLUMNS)

    def _hub_refuse_forging(self, vals):
        if not self._hub_is_internal() and not REVISION_FIELDS.isdisjoint(vals):
            self._hub_refuse_forged()

    def _hub_is_forged(self):
        """Tell whether a bill that has just been made says of itself what only
        release and new revision write."""
        written = ("hub_origin_id", "hub_effective_until", "hub_content_hash")
        return not self._hub_is_plain() or any(self[name] for name in written)

    def _hub_locked(self):
        """Return those bills that are released or superseded; no query per bill."""
        if not self or not self._hub_revision_setup()[0]:
            return self.browse()
        return self.filtered(lambda bom: bom.sudo().hub_revision_state != "draft")

    def _hub_refuse_change(self):
        """Refuse to change any of these bills that is released or superseded.

        :raise UserError: says which revision, who was promised it, and what to do
        :raise RedirectWarning: the same in the web client, with a button
        """
        if locked := self._hub_locked():
            locked[:1]._hub_refuse()
        self._hub_meet_release()

    def _hub_meet_release(self):
        """Let these drafts collide with whoever releases them at the same time.

        A row that came in a transaction of its own would not be seen by the release
        and be in the revision without being in its hash; the second one starts again.
        """
        if self.ids and self._hub_revision_setup()[0]:
            self.env.execute_query(
                SQL(
                    "UPDATE mrp_bom SET write_date = write_date WHERE id = ANY(%s) "
                    "RETURNING id",
                    self.ids,
                )
            )

    # === WORDS === #

    def _hub_refuse(self, because=""):
        """Raise why this revision does not change.

        :param because: what would have changed it, where that is not plain
        """
        self.ensure_one()
        message = "\n".join(filter(None, [self._hub_locked_message(), because]))
        action = self._hub_change_action() if self._hub_asks_a_person() else False
        if action:
            raise RedirectWarning(message, action, self.env._("Engineering Change"))
        raise UserError(message)

    def _hub_locked_message(self):
        bom = self.sudo()
        if bom.hub_revision_state == "superseded":
            what = self.env._(
                "%(bill)s is superseded and stays as it was. Change its successor, or "
                "make a New Revision of it.",
                bill=bom.display_name,
            )
        else:
            what = self.env._(
                "%(bill)s is released and does not change any more. Make a New "
                "Revision for what is made from now on, or an Engineering Change for "
                "orders that are frozen already.",
                bill=bom.display_name,
            )
        count = bom._hub_frozen_count().get(bom.id)
        frozen = self.env._("%(count)s orders are frozen on it.", count=count)
        return f"{what}\n{frozen}" if count else what

    def _hub_refuse_forged(self):
        raise UserError(
            self.env._(
                "Revisions are not written by hand. Use Release, New Revision or "
                "Retire on the bill of materials."
            )
        )

    @api.model
    def _hub_asks_a_person(self):
        """Tell whether a person at the web client waits for the answer."""
        return bool(request) and request.httprequest.path.startswith("/web/")

    # === HOOKS === #

    def _hub_frozen_count(self):
        """Return ``{bom id: number of orders frozen on it}``."""
        return {}

    def _hub_change_action(self):
        """Return the action that opens an engineering change for these bills.

        False where there is none, or not for this user.
        """
        return False

    def _hub_goes_with_product(self, vals):
        """Return the bills that a write is for.

        Archiving a product takes its bills along; a superseded revision is used
        by nothing new and stays as it is.
        """
        if self.env.context.get("order_hub_product") is not INTERNAL:
            return self
        if vals.keys() != {"active"}:
            return self
        return self - self._hub_locked().filtered(
            lambda bom: bom.hub_revision_state == "superseded"
        )
