from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import consteq
from odoo.tools.misc import hmac

from ..engine import link as engine

#: Links are the company's own business: no customer or supplier reads or sets them.
INSIDE = "base.group_user"


class OrderHubLink(models.AbstractModel):
    """A document with a page that a link opens without a login.

    The secret in the link is derived from the document and the number of its link,
    so it needs no column and a paper printed years ago still opens its page, until
    the link is revoked (the number goes up), its last day has passed or the company
    switches such links off.
    """

    _name = "order.hub.link"
    _description = "Page Opened by a Link"

    #: What the secret is for: one made for one kind of page opens no other.
    _hub_link_scope = None
    #: Groups of which one is needed to revoke a link, besides the right to write.
    _hub_link_groups = "base.group_user"

    hub_link_version = fields.Integer(
        "Links Revoked",
        copy=False,
        readonly=True,
        groups=INSIDE,
        help="How often the code on paper and the mailed link were made invalid.",
    )
    hub_link_until = fields.Date(
        "Link Valid Until",
        copy=False,
        groups=INSIDE,
        help="The last day on which code and link open the page without a login. "
        "Empty: as the company has set it.",
    )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._hub_check_link_kept(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._hub_check_link_kept(vals)
        return super().write(vals)

    def _hub_check_link_kept(self, vals):
        """Refuse whoever would make a revoked link open again."""
        if "hub_link_version" in vals:
            raise UserError(
                self.env._(
                    "How often links were revoked is counted by the hub and cannot "
                    "be written. Revoke the link instead."
                )
            )

    # === THE SECRET === #

    def _hub_link_name(self):
        """Return the name under which the outside knows this document."""
        raise NotImplementedError

    def _hub_link_is_allowed(self):
        """Tell whether the company lets links open such pages without a login."""
        raise NotImplementedError

    def _hub_closed_on(self):
        """Return the day this document was closed in its company's zone, or none."""
        raise NotImplementedError

    def _hub_page_path(self):
        """Return the path of the page."""
        raise NotImplementedError

    def _hub_page_token(self):
        """Return the secret that opens the page of this document, and no more."""
        self.ensure_one()
        document = self.sudo()
        message = (document.id, document._hub_link_name())
        if document.hub_link_version:
            message += (document.hub_link_version,)
        return hmac(document.env, self._hub_link_scope, message)[:32]

    def _hub_link_secrets(self):
        """Return the secrets that open the page today, besides a login."""
        self.ensure_one()
        return [self._hub_page_token()]

    def _hub_opens_with(self, token, now=None):
        """Tell whether a token opens the page: known, not revoked, not expired.

        :param token: what the visitor came with, whatever it is
        :param datetime now: naive UTC; the present if left out
        """
        self.ensure_one()
        if not token or not isinstance(token, str) or not token.isascii():
            return False
        document = self.sudo()
        known = [consteq(secret, token) for secret in document._hub_link_secrets()]
        return any(known) and document._hub_link_lives(now or fields.Datetime.now())

    def _hub_link_lives(self, now):
        """Tell whether any link opens this page without a login at a moment.

        :param datetime now: naive UTC
        """
        self.ensure_one()
        document = self.sudo()
        return document._hub_link_is_allowed() and engine.is_open(
            document._hub_company_day(now),
            document.hub_link_until or None,
            document._hub_closed_on(),
            document.company_id.hub_link_days,
        )

    def _hub_company_day(self, moment):
        """Return the day of a moment (naive UTC) where the company is."""
        return self.company_id._hub_day_of(moment)

    # === ADDRESSES === #

    def _hub_page_url(self, token=None):
        """Return the path of the page.

        :param token: what the visitor came with; handed on, never invented
        """
        self.ensure_one()
        query = f"?{urlencode({'access_token': token})}" if token else ""
        return f"{self._hub_page_path()}{query}"

    def _hub_link_url(self):
        """Return the full address to send out: opens without a login if it may."""
        self.ensure_one()
        lives = self._hub_link_lives(fields.Datetime.now())
        token = self._hub_page_token() if lives else None
        return f"{self.get_base_url()}{self._hub_page_url(token)}"

    # === REVOKE === #

    def action_revoke_link(self):
        """Make every code printed and every link mailed so far open nothing.

        What is printed or mailed from now on opens the page again.

        :raise AccessError: for whoever may not change these documents
        """
        self._hub_check_may_revoke()
        versions = {
            document.id: {"hub_link_version": document.hub_link_version + 1}
            for document in self.sudo()
        }
        self.env["order.hub.writer"]._update(self.sudo(), versions)
        self._hub_forget_links()
        for document in self:
            document.message_post(
                body=self.env._(
                    "Link revoked: codes printed and links mailed before open this "
                    "page no more. Print or send it again where it is still needed."
                )
            )
        return True

    def _hub_check_may_revoke(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_groups(self._hub_link_groups):
            raise AccessError(
                self.env._(
                    "You may not revoke links of these documents. Ask whoever is "
                    "responsible for them."
                )
            )

    def _hub_forget_links(self):
        """Renew secrets that are kept in a column, once links were revoked."""
