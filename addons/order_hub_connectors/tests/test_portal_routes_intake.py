"""Every route of the connectors names the tests that try it from the wrong side."""

import inspect
import sys

from odoo.tests import TransactionCase, tagged

from odoo.addons.order_hub.tests.test_portal_routes import own_rules

ACCESS_TESTS = {
    "/my/hub/new": {
        "test_visitors_log_in_first_and_a_closed_form_is_not_there",
        "test_a_product_that_is_not_offered_cannot_be_ordered_by_its_number",
        "test_goods_go_to_the_customers_own_addresses_only",
        "test_a_form_without_its_token_is_refused",
    },
    "/my/hub/<ref>/reorder": {
        "test_order_of_another_customer_is_not_placed_again",
        "test_visitor_without_login_is_asked_to_log_in",
        "test_employee_does_not_order_for_a_customer_here",
    },
    "/hub/card/<string:token>": {
        "test_visitors_log_in_first_and_come_back",
        "test_the_card_of_another_one_looks_as_if_there_were_none",
        "test_who_tries_cards_has_to_wait",
        "test_the_page_itself_names_nobody",
    },
    **{
        f"/hub/card/<string:token>/{question}": {
            "test_visitors_log_in_first_and_come_back",
            "test_the_card_of_another_one_looks_as_if_there_were_none",
            "test_odd_questions_are_answered_with_nothing",
        }
        for question in ("open", "customers", "customer", "products", "send")
    },
    "/hub/card/service-worker.js": {
        "test_the_program_for_no_network_is_the_same_for_everybody",
    },
    "/hub/chat/<string:token>": {
        "test_a_link_that_is_wrong_or_over_opens_nothing",
        "test_who_tries_links_has_to_wait",
        "test_the_page_takes_no_price_no_customer_and_no_other_field",
        "test_an_answer_without_the_pages_own_token_is_refused",
        "test_names_of_customers_are_not_offered_to_a_stranger",
    },
    "/hub/in/<string:token>": {
        "test_wecoms_question_is_answered_in_plain_text",
        "test_other_addresses_answer_no_question",
        "test_a_wrong_signature_is_refused_and_only_counted",
        "test_an_unknown_address_says_nothing_about_channels",
        "test_who_is_refused_again_and_again_has_to_wait",
    },
}


@tagged("post_install", "-at_install")
class TestIntakeRoutes(TransactionCase):
    def test_every_route_of_the_connectors_has_an_access_test(self):
        routes = {path for path, _routing in own_rules(self.env, "connectors")}
        self.assertTrue(routes)
        for path in sorted(routes):
            with self.subTest(path):
                self.assertTrue(ACCESS_TESTS.get(path), "no access test is listed")
                self.assertLessEqual(ACCESS_TESTS[path], self._written())

    def _written(self):
        """Return the names of all tests of this add-on."""
        return {
            name
            for module in vars(sys.modules[__package__]).values()
            if inspect.ismodule(module)
            for _name, members in inspect.getmembers(module, inspect.isclass)
            for name in vars(members)
            if name.startswith("test_")
        }
