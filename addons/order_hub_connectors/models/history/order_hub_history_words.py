from odoo import api, models


class OrderHubHistoryWords(models.AbstractModel):
    """What is wrong with files and rows of history, as sentences."""

    _name = "order.hub.history.words"
    _description = "Words of History"

    @api.model
    def _targets(self):
        """Return ``{target: label}`` of what a column of an old list may be."""
        return {
            "external_ref": self.env._("Order number"),
            "date": self.env._("Order date"),
            "promised_date": self.env._("Delivery date"),
            "customer.name": self.env._("Customer"),
            "customer.external_ref": self.env._("Customer number"),
            "customer.email": self.env._("E-mail of the customer"),
            "customer.phone": self.env._("Phone of the customer"),
            "customer.vat": self.env._("Tax number of the customer"),
            "customer_ref": self.env._("Customer's own order number"),
            "currency": self.env._("Currency"),
            "total": self.env._("Total of the order"),
            "note": self.env._("Note"),
            "status": self.env._("Status"),
            "shipping_price": self.env._("Shipping cost"),
            "prepaid_amount": self.env._("Paid in advance"),
            "paid_at": self.env._("Paid on"),
            "ship_to.name": self.env._("Receiver"),
            "ship_to.mobile": self.env._("Phone of the receiver"),
            "ship_to.address": self.env._("Delivery address"),
            "ship_to.city": self.env._("City"),
            "ship_to.state": self.env._("Province"),
            "ship_to.zip": self.env._("Postcode"),
            "ship_to.country": self.env._("Country"),
            "ship_method": self.env._("Delivery method"),
            "lines[].external_ref": self.env._("Line number"),
            "lines[].sku": self.env._("Article code"),
            "lines[].name": self.env._("Article"),
            "lines[].barcode": self.env._("Barcode"),
            "lines[].quantity": self.env._("Quantity"),
            "lines[].unit": self.env._("Unit"),
            "lines[].unit_price": self.env._("Unit price"),
            "lines[].discount": self.env._("Discount (%)"),
            "lines[].amount": self.env._("Amount"),
        }

    @api.model
    def _file_words(self):
        """Return ``{code: sentence}`` of what keeps a file from being read."""
        words = self.env["order.hub.file.upload"]._file_words()
        return {
            **words,
            "wrong_encoding": self.env._(
                "The encoding of the file cannot be told: it is neither UTF-8 nor "
                "Chinese (GB 18030). Save it as CSV UTF-8."
            ),
            "no_table": self.env._(
                "No sheet of the file holds a table: no row looks like column names "
                "with rows below it."
            ),
        }

    @api.model
    def _doubt_words(self):
        """Return ``{code: sentence}`` of doubts about rows."""
        return {
            "no_number": self.env._(
                "No order number: the row becomes an order of its own."
            ),
            "no_date": self.env._("No order date."),
            "no_customer": self.env._("No customer."),
            "no_article": self.env._("Neither an article nor an amount."),
            "no_quantity": self.env._("No quantity: 1 is taken."),
            "date_ahead": self.env._("The date lies ahead: no order of the past."),
            "date_old": self.env._("The date is before 1980."),
            "quantity_negative": self.env._("A quantity below 0: goods returned?"),
            "cancelled": self.env._(
                "The list calls this order cancelled: leave it out, or approve it if "
                "it was delivered all the same."
            ),
            "customer_unknown": self.env._("Nobody knows this customer."),
            "customer_new": self.env._("A new contact is made for this customer."),
            "customer_several": self.env._("Several contacts are called so."),
            "product_several": self.env._("Several products have this code."),
            "customers_differ": self.env._(
                "Rows of this order number name different customers."
            ),
            "currencies_differ": self.env._(
                "Rows of this order number name different currencies."
            ),
            "currency_unknown": self.env._("This currency is not known or not active."),
            "known": self.env._(
                "An order of this number has been taken in from another file."
            ),
        }

    @api.model
    def _doubt_text(self, doubt):
        """Return one doubt as a sentence."""
        code = doubt.get("code", "")
        if code == "amount_differs":
            return self.env._(
                "Amount %(amount)s, but quantity × price is %(product)s.",
                amount=doubt.get("amount"),
                product=doubt.get("product"),
            )
        if code == "unit_differs":
            return self.env._(
                "The product is not counted in “%s”: the quantity counts in its own "
                "unit.",
                doubt.get("unit"),
            )
        own = self._doubt_words().get(code)
        return own or self._workbook_text(doubt)

    def _workbook_text(self, doubt):
        """Return the words of the workbook reader for a doubt of its own."""
        place = (doubt.get("row") or 0, doubt.get("column") or 0)
        return self.env["order.hub.workbook.words"]._say(
            doubt.get("code", ""), *place, doubt.get("figures")
        )

    @api.model
    def _doubts_text(self, doubts, problem):
        """Return doubts of a row as one text; a problem of taking it in comes first."""
        shown = list(doubts or [])
        if problem and all(doubt["code"] != problem for doubt in shown):
            shown.insert(0, {"code": problem})
        return " ".join(self._doubt_text(doubt) for doubt in shown[:5])
