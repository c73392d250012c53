from odoo import api, models


class OrderHubInbound(models.Model):
    """What the customer step says, in the reader's language."""

    _inherit = "order.hub.inbound"

    @api.model
    def _inbound_words(self):
        return {
            **super()._inbound_words(),
            **self._customer_words(),
            **self._address_words(),
            **self._address_doubt_words(),
            **self._address_guess_words(),
        }

    def _customer_words(self):
        return {
            "customer.by_hand": self.env._("The customer was chosen by a person."),
            "customer.by_number": self.env._(
                "Found by the channel's customer number %(number)s."
            ),
            "customer.by_vat": self.env._("Found by the tax number."),
            "customer.by_email": self.env._("Found by the e-mail address."),
            "customer.by_phone": self.env._("Found by telephone and name."),
            "customer.by_company": self.env._("Found by the name of the company."),
            "customer.by_earlier": self.env._(
                "Found: an earlier order made this customer."
            ),
            "customer.made": self.env._("New customer: %(name)s."),
            "customer.masked": self.env._(
                "The channel hides who the customer is: hidden values find nobody."
            ),
            "customer.several": self.env._(
                "%(count)s customers fit: %(names)s. Choose one."
            ),
            "customer.unknown": self.env._(
                "“%(value)s” is no customer yet. Choose one, or let the channel make "
                "new customers."
            ),
            "customer.stand_in": self.env._(
                "“%(value)s” is no customer yet: taken in for the channel's customer "
                "for unknown ones. Put the real one on the order."
            ),
            "customer.chosen_gone": self.env._(
                "Customer %(value)s is archived, deleted or of another company. Choose "
                "another one."
            ),
            "customer.unknown_country": self.env._(
                "“%(value)s” is no country. Use its name or its two-letter code."
            ),
        }

    def _address_words(self):
        return {
            "customer.no_address": self.env._(
                "The order says no address: the customer's own is taken."
            ),
            "customer.address_sure": self.env._("Every part of the address is sure."),
            "customer.address_by_hand": self.env._("A person has seen the address."),
            "customer.address_found": self.env._("The customer has this address."),
            "customer.address_made": self.env._("New address of the customer."),
            "customer.address_needs_person": self.env._(
                "The address needs a person. Proposed: %(proposal)s"
            ),
        }

    def _address_doubt_words(self):
        return {
            "customer.address_no_region": self.env._(
                "No province, city or district is recognised in the address."
            ),
            "customer.address_several": self.env._(
                "The address fits several places: %(places)s."
            ),
            "customer.address_contradiction": self.env._(
                "“%(words)s” lies somewhere else than the rest of the address."
            ),
            "customer.address_former": self.env._(
                "“%(words)s” has not existed since %(year)s; proposed: %(now)s."
            ),
            "customer.address_zone": self.env._(
                "“%(words)s” is a development zone, not a district."
            ),
            "customer.address_unknown_district": self.env._(
                "“%(words)s” is no district of this city."
            ),
            "customer.address_no_district": self.env._("The district is missing."),
            "customer.address_no_town": self.env._(
                "The town or street office is missing; this city has no districts."
            ),
            "customer.address_town_elsewhere": self.env._(
                "“%(words)s” lies in %(districts)s of this city."
            ),
            "customer.address_words_before": self.env._(
                "What is “%(words)s”, before the province?"
            ),
            "customer.address_no_street": self.env._("There is no street or house."),
            "customer.address_zip_elsewhere": self.env._(
                "Postcode %(zip)s is not of %(province)s."
            ),
            "customer.address_zip_differs": self.env._(
                "The postcode is %(zip)s, the address says %(words)s."
            ),
            "customer.address_name_glued": self.env._(
                "A name may be in the words before the telephone number."
            ),
            "customer.address_several_phones": self.env._(
                "Several telephone numbers: %(words)s."
            ),
            "customer.address_masked": self.env._(
                "The marketplace hides “%(words)s”: a parcel needs the real words."
            ),
            "customer.address_digits": self.env._(
                "“%(words)s” is too long for a house number."
            ),
            "customer.address_too_long": self.env._(
                "The address has %(size)s characters: too many for one."
            ),
            "customer.address_latin": self.env._(
                "A Chinese address in Latin letters is not split."
            ),
            "customer.address_one_line": self.env._(
                "The whole address is in one line: the city is not known."
            ),
            "customer.address_no_country": self.env._("The country is missing."),
        }

    def _address_guess_words(self):
        return {
            "customer.guess_province": self.env._(
                "The province is a guess: %(part)s (%(percent)s%%)."
            ),
            "customer.guess_city": self.env._(
                "The city is a guess: %(part)s (%(percent)s%%)."
            ),
            "customer.guess_district": self.env._(
                "The district is a guess: %(part)s (%(percent)s%%)."
            ),
            "customer.guess_town": self.env._(
                "The town is a guess: %(part)s (%(percent)s%%)."
            ),
            "customer.guess_person": self.env._(
                "The name is a guess: %(part)s (%(percent)s%%)."
            ),
            "customer.guess_phone": self.env._(
                "The telephone number is a guess: %(part)s (%(percent)s%%)."
            ),
        }
