from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

PAGE = 60
#: Products that a supplier may choose from on the page.
MOST_PRODUCTS = 500


class OrderHubCertificate(models.Model):
    """Certificates on the supplier's page: plain values out, typed forms in."""

    _inherit = "order.hub.certificate"

    # === OUT === #

    @api.model
    def _hub_theirs(self, partner, company):
        """Return the domain of a supplier's own certificates."""
        theirs = Domain("partner_id", "=", partner.id)
        return theirs & Domain("company_id", "=", company.id)

    @api.model
    def _hub_page_rows(self, partner, company, limit=PAGE):
        """Return a supplier's certificates, the latest first."""
        found = self.search(self._hub_theirs(partner, company), limit=limit)
        return [each._hub_page_row() for each in found]

    def _hub_page_row(self):
        self.ensure_one()
        labels = self._fields["state"]._description_selection(self.env)
        expired = self.is_expired and self.state == "approved"
        return {
            "id": self.id,
            "number": self.number,
            "kind": self.kind_id.name,
            "goods": " · ".join(filter(None, self._hub_goods())),
            "valid_until": self.valid_until,
            "state": "expired" if expired else self.state,
            "state_words": self.env._("Run out")
            if expired
            else dict(labels)[self.state],
            "reason": self.state == "rejected" and self.reject_reason or "",
            "papers": [
                {"id": paper.id, "name": paper.name} for paper in self._papers()
            ],
        }

    def _hub_goods(self):
        """Return product, lot and order that a certificate is for, in words."""
        return (
            self.product_id and self._hub_product_name(self.product_id),
            self.lot_name,
            self.order_id.name,
        )

    def _hub_product_name(self, product):
        """Return how the supplier calls a product, else how we do."""
        seller = product.seller_ids.filtered(
            lambda row: row.partner_id.commercial_partner_id == self.partner_id
        )[:1]
        return seller.product_name or product.name

    @api.model
    def _hub_page_choices(self, partner, company):
        """Return the kinds and the supplier's own products to choose from."""
        # pylint: disable-next=no-search-all
        kinds = self.env["order.hub.certificate.kind"].search([])
        return {
            "kinds": [{"id": kind.id, "name": kind.name} for kind in kinds],
            "products": [
                {"id": product, "name": name}
                for product, name in self._hub_page_products(partner, company).items()
            ],
        }

    @api.model
    def _hub_page_products(self, partner, company):
        """Return ``{product id: the supplier's name of it}`` of what he sells us."""
        rows = self.env["product.supplierinfo"].search_fetch(
            Domain("partner_id", "child_of", partner.id)
            & Domain("company_id", "in", [False, company.id]),
            ["product_id", "product_tmpl_id", "product_name", "product_code"],
            limit=MOST_PRODUCTS,
        )
        names = {}
        for row in rows:
            product = row.product_id or row.product_tmpl_id.product_variant_id
            if product:
                words = (row.product_code, row.product_name or product.name)
                names[product.id] = " ".join(filter(None, words))
        return dict(sorted(names.items(), key=lambda item: item[1]))

    # === IN === #

    @api.model
    def _hub_page_upload(self, partner, company, form, files):
        """Keep a certificate that a supplier sent, for the buyer to check.

        :param form: dict of texts: ``kind``, ``number``, ``product``, ``order`` (name
            of the purchase order), ``lot``, ``valid_from``, ``valid_until``
        :param files: uploaded documents, at least one
        :return: the certificate (sudo)
        :raise UserError: what is wrong, and what to do
        """
        papers = self.env["order.hub.upload"]._checked(files)
        if not papers:
            raise UserError(self.env._("Choose the file of the certificate."))
        certificate = self.create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "kind_id": self._typed_kind(form),
                "number": self._typed_number(form),
                "product_id": self._typed_product(partner, company, form),
                "purchase_line_id": self._typed_line(partner, company, form),
                "lot_name": (form.get("lot") or "").strip()[:64] or False,
                "valid_from": self._typed_day(form, "valid_from"),
                "valid_until": self._typed_day(form, "valid_until"),
            }
        )
        kept = self.env["order.hub.upload"]._keep(certificate, papers)
        certificate.attachment_ids = kept
        return certificate

    @api.model
    def _typed_kind(self, form):
        # pylint: disable-next=no-search-all
        kinds = self.env["order.hub.certificate.kind"].search([])
        chosen = kinds.filtered(lambda kind: str(kind.id) == form.get("kind"))
        if not chosen:
            raise UserError(self.env._("Choose what kind of certificate it is."))
        return chosen.id

    @api.model
    def _typed_number(self, form):
        number = (form.get("number") or "").strip()[:64]
        if not number:
            raise UserError(self.env._("Enter the number that is on the certificate."))
        return number

    @api.model
    def _typed_product(self, partner, company, form):
        """Return the id of a chosen product, of those the page offered."""
        chosen = form.get("product") or ""
        if not chosen:
            return False
        offered = self._hub_page_products(partner, company)
        product = int(chosen) if chosen.isdecimal() else 0
        if product not in offered:
            raise UserError(self.env._("Choose one of your products from the list."))
        return product

    @api.model
    def _typed_line(self, partner, company, form):
        """Return the id of a line of an order of this supplier, by the order's name."""
        name = (form.get("order") or "").strip()[:64]
        if not name:
            return False
        Order = self.env["purchase.order"]
        theirs = Order._hub_of_supplier(partner, company)
        order = Order.search(theirs & Domain("name", "=", name), limit=1)
        if not order:
            raise UserError(
                self.env._("You have no open order %s. Check its number.", name)
            )
        product = self._typed_product(partner, company, form)
        lines = order.order_line.filtered(
            lambda line: line.product_id.id == product or not product
        )
        return lines[:1].id

    @api.model
    def _typed_day(self, form, name):
        typed = (form.get(name) or "").strip()
        try:
            return fields.Date.to_date(typed) if typed else False
        except ValueError as error:
            raise UserError(
                self.env._("“%s” is no day. Choose one from the calendar.", typed[:32])
            ) from error
