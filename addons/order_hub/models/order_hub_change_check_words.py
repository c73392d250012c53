from odoo import api, fields, models

#: Checks that are the company's own business: customers read nothing of them.
INSIDE_CHECKS = ("credit", "approval", "bom", "production")


class OrderHubChangeCheck(models.Model):
    """Findings in words, built when they are read: in the reader's language."""

    _inherit = "order.hub.change.check"

    text = fields.Char("Finding", compute="_compute_text")

    @api.depends("kind", "code", "figures")
    @api.depends_context("lang")
    def _compute_text(self):
        for check in self:
            check.text = getattr(check, f"_{check.kind}_words")().get(check.code, "")

    def _number(self, name):
        """Return a figure as a reader writes it: whole numbers without a point."""
        value = (self.figures or {}).get(name) or 0.0
        return f"{value:.10g}"

    def _text(self, name):
        return (self.figures or {}).get(name) or ""

    def _money(self, name):
        return self.request_id._money((self.figures or {}).get(name) or 0.0)

    def _milestone(self, name):
        field = self.env["sale.order"]._fields["hub_milestone"]
        labels = dict(field._description_selection(self.env))
        return labels.get(self._text(name), "–")

    # === ORDER, STAGE, SHIPPING === #

    def _order_words(self):
        return {
            "confirmed": self.env._("The order is confirmed."),
            "locked": self.env._(
                "The order is locked: it is unlocked for the change and locked again."
            ),
            "quotation": self.env._("The order is not confirmed yet."),
            "cancelled": self.env._("The order is cancelled."),
            "foreign": self.env._("The address is not one of the customer's own."),
            "same": self.env._("Nothing would be different."),
            "past": self.env._("The day asked for has passed."),
            "not_here": self.env._("This cannot be changed on the page."),
            "problem": self.env._("Odoo refuses it: %s", self._text("problem")),
        }

    def _stage_words(self):
        return {
            "open": self.env._(
                "Possible until “%(last)s”; the order is at “%(now)s”.",
                last=self._milestone("last"),
                now=self._milestone("milestone"),
            ),
            "closed": self.env._(
                "Not possible any more: the order is at “%(now)s”, this kind of "
                "change ends with “%(last)s”.",
                last=self._milestone("last"),
                now=self._milestone("milestone"),
            ),
        }

    def _shipping_words(self):
        here = self.env._("Nothing has left yet.")
        minutes = (self.figures or {}).get("minutes")
        if minutes and minutes <= 120:
            here = self.env._(
                "Nothing has left yet; the carrier comes in %s minutes.", int(minutes)
            )
        elif minutes:
            here = self.env._(
                "Nothing has left yet; the carrier comes in %s hours.",
                int(minutes // 60),
            )
        return {
            "here": here,
            "gone": self.env._("Everything has left the warehouse."),
            "partly": self.env._(
                "A part has left; what is still here goes to the new address."
            ),
            "cut_off": self.env._("The carrier has taken it today already."),
        }

    # === PRODUCTS === #

    def _quantity_words(self):
        product, new = self._text("label"), self._number("new")
        return {
            "fine": self.env._(
                "%(product)s: from %(old)s to %(new)s.",
                product=product,
                old=self._number("old"),
                new=new,
            ),
            "nothing": self.env._("No product is named."),
            "absurd": self.env._("Nobody orders %s pieces.", new),
            "negative": self.env._(
                "%(product)s: a quantity above zero is needed, not %(new)s.",
                product=product,
                new=new,
            ),
            "unchanged": self.env._("%s: the quantity is the same.", product),
            "below_delivered": self.env._(
                "%(product)s: %(delivered)s have been delivered already.",
                product=product,
                delivered=self._number("delivered"),
            ),
        }

    def _stock_words(self):
        product = self._text("label")
        return {
            "free": self.env._("%s: stock covers what is added.", product),
            "nowhere": self.env._(
                "%(product)s: %(short)s are not in stock, and nobody makes or buys "
                "it. Set up a supplier or a bill of materials, or buy it by hand.",
                product=product,
                short=self._number("short"),
            ),
            "short": self.env._(
                "%(product)s: %(short)s are not in stock and take %(days)s days.",
                product=product,
                short=self._number("short"),
                days=self._number("days"),
            ),
        }

    def _capacity_words(self):
        return {
            "enough": self.env._("It can be made in time."),
            "later": self.env._("A later day is no problem."),
            "not_before": self.env._(
                "Possible %s days after the day asked for at the earliest.",
                self._number("days"),
            ),
            "late": self.env._("%s days later than promised.", self._number("days")),
            "short": self.env._(
                "%(place)s lacks %(hours)s hours until the promise.",
                place=self._text("place"),
                hours=self._number("hours"),
            ),
        }

    def _production_words(self):
        product, made = self._text("label"), self._number("made")
        return {
            "follows": self.env._("Manufacturing has begun and follows."),
            "begun": self.env._(
                "%(product)s: %(made)s are in work or finished already.",
                product=product,
                made=made,
            ),
            "over": self.env._(
                "%(product)s: %(made)s are in work or finished, more than %(new)s.",
                product=product,
                made=made,
                new=self._number("new"),
            ),
        }

    def _bom_words(self):
        values = {"product": self._text("label"), "revision": self._text("revision")}
        return {
            "same": self.env._(
                "%(product)s is frozen on revision %(revision)s and stays on it.",
                **values,
            ),
            "ecn": self.env._(
                "%(product)s is frozen on revision %(revision)s: an engineering change "
                "(ECN) is needed.",
                **values,
            ),
        }

    # === MONEY === #

    def _credit_words(self):
        company = self.request_id.sudo().order_id
        missing = (self.figures or {}).get("missing") or 0.0
        return {
            "enough": self.env._("The customer's credit reaches."),
            "short": self.env._(
                "The customer's credit lacks %s.", company._hub_credit_words(missing)
            ),
        }

    def _freight_words(self):
        values = {"old": self._money("old"), "new": self._money("new")}
        return {
            "same": self.env._("Freight stays %s.", values["old"]),
            "new": self.env._("Freight from %(old)s to %(new)s.", **values),
            "unknown": self.env._(
                "The carrier gives no price for it: freight is open."
            ),
            "invoiced": self.env._(
                "Freight of %s is invoiced and stays.", values["old"]
            ),
        }

    def _invoice_words(self):
        return {
            "none": self.env._("Nothing is invoiced yet."),
            "kept": self.env._(
                "Invoices of %s stay as they are.", self._money("invoiced")
            ),
            "more": self.env._("The difference goes on the next invoice."),
            "credit": self.env._(
                "%(product)s: %(invoiced)s are invoiced, a credit note is needed.",
                product=self._text("label"),
                invoiced=self._number("invoiced"),
            ),
            "tax": self.env._("Other taxes apply at the new address."),
        }

    def _approval_words(self):
        return {"again": self.env._("The order has to be approved again.")}

    # === FOR READERS === #

    def _as_card(self):
        """Return a check for the screen: kind, result and their words, the finding."""
        self.ensure_one()
        labels = dict(self._fields["kind"]._description_selection(self.env))
        results = dict(self._fields["result"]._description_selection(self.env))
        return {
            "kind": self.kind,
            "label": labels[self.kind],
            "result": self.result,
            "result_text": results[self.result],
            "text": self.text or "",
        }

    def _for_customer(self):
        """Return a check for the customer's page: the outcome, no figures of stock,
        credit or work centres."""
        return {**self._as_card(), "text": self._customer_text()}

    def _customer_text(self):
        if self.kind in INSIDE_CHECKS or self.code == "problem":
            return {
                "ok": self.env._("In order."),
                "warn": self.env._("We look at it before we answer."),
                "stop": self.env._("This cannot be changed any more."),
            }[self.result]
        if self.kind in ("stock", "capacity") and self.result == "warn":
            return self.env._("Part of it has to be made or bought first.")
        return self.text
