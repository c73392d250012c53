from dataclasses import replace

from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.order_hub.tests.properties import given

from ..engine.customer import Candidate, Identity, choose, customer_of, identity_of
from ..engine.identity import email_key, is_masked, name_key, phone_key

ONE = Candidate(1, 1, "Taihu", email="a@taihu.cn", phone="+8613812345678")
TWO = replace(ONE, id=2, commercial_id=2)


@tagged("at_install", "-post_install")
class TestEngineCustomer(BaseCase):
    """Whose order it is."""

    def test_one_number_is_one_number_however_it_is_written(self):
        for text in (
            "13812345678",
            "138 1234 5678",
            "+86 138-1234-5678",
            "86-13812345678",
            "008613812345678",
            "１３８１２３４５６７８",
        ):
            self.assertEqual(phone_key(text), "+8613812345678", text)
        self.assertEqual(phone_key("0510-81234567", "CN"), "+8651081234567")
        self.assertEqual(phone_key("+86 (0)510 8123 4567"), "+8651081234567")
        self.assertEqual(phone_key("(313) 555-0142", "US"), "+13135550142")

    def test_hidden_and_made_up_values_identify_nobody(self):
        for text in ("138****1234", "000000000", "12", "", "11111111111"):
            self.assertEqual(phone_key(text), "", text)
        for text in (
            "k3v9x2@marketplace.amazon.com",
            "k3v9x2@marketplace.amazon.co.uk",
            "noreply@shop.cn",
            "z***@qq.com",
            "not an address",
            "@taihu.cn",
        ):
            self.assertEqual(email_key(text), "", text)
        self.assertEqual(name_key("张**"), "")
        self.assertEqual(email_key(" Buyer@Taihu.CN "), "buyer@taihu.cn")

    def test_letters_x_in_a_name_hide_nothing(self):
        self.assertEqual(email_key("max@xerox.com"), "max@xerox.com")
        self.assertFalse(is_masked("13812345678"))

    def test_several_that_fit_are_never_chosen_from(self):
        choice = choose(Identity(email="a@taihu.cn"), [ONE, TWO])
        self.assertEqual(choice.partner_id, 0)
        self.assertEqual({row.id for row in choice.candidates}, {1, 2})

    def test_the_name_tells_two_with_one_address_apart(self):
        named = replace(TWO, name="wang")
        choice = choose(Identity(email="a@taihu.cn", name="wang"), [ONE, named])
        self.assertEqual(choice.partner_id, 2)

    def test_contacts_of_one_company_stand_for_the_company(self):
        other = replace(ONE, id=2)
        choice = choose(Identity(email="a@taihu.cn"), [ONE, other])
        self.assertEqual(choice.partner_id, 1)

    def test_an_employee_is_no_customer(self):
        own = replace(ONE, is_internal=True)
        self.assertFalse(choose(Identity(email="a@taihu.cn"), [own]).partner_id)

    def test_who_sees_orders_online_is_not_found_by_what_strangers_know(self):
        online = replace(ONE, has_login=True, name="li", is_company=True)
        weak = Identity(phone="+8613812345678", name="li", company="li")
        self.assertFalse(choose(weak, [online]).partner_id)
        self.assertEqual(choose(Identity(email="a@taihu.cn"), [online]).partner_id, 1)

    def test_a_telephone_alone_is_not_enough(self):
        self.assertFalse(choose(Identity(phone="+8613812345678"), [ONE]).partner_id)

    def test_without_a_customer_it_is_whoever_receives(self):
        ship_to = {"name": "王小明", "phone": "13812345678"}
        self.assertEqual(customer_of({"ship_to": ship_to})["name"], "王小明")
        number = {"customer": {"external_ref": "b-1"}, "ship_to": ship_to}
        self.assertEqual(customer_of(number), {"external_ref": "b-1", "name": "王小明"})

    def test_a_channels_number_makes_no_mark_beside_it(self):
        self.assertEqual(Identity(number="b-1", email="a@taihu.cn").key(), "")
        self.assertTrue(Identity(email="a@taihu.cn").key())
        self.assertEqual(Identity(name="wang").key(), "")

    @given(st.text(max_size=40), st.sampled_from(["", "CN", "US", "xx"]))
    def test_keys_of_anything_never_raise(self, text, country):
        fields = ("external_ref", "vat", "email", "phone", "name", "company")
        identity = identity_of(dict.fromkeys(fields, text), country)
        self.assertEqual(phone_key(identity.phone), identity.phone)
        self.assertEqual(name_key(identity.name), identity.name)
