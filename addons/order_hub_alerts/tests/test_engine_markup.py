"""Messages as HTML: readable, and nothing in them becomes a tag by itself."""

import re

from hypothesis import strategies as st
from lxml import html

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.markup import to_html

TAGS = {"p", "b", "a", "ul", "li", "blockquote", "div"}
PIECES = st.sampled_from(
    ["**", "[", "](", ")", "<script>", "</p>", '"', "'", "&", "- ", "> ", "# ", "\n"]
    + ["javascript:alert(1)", "https://example.com/a?b=1&c=2", "S00042", "缺料 ", "<b"]
)


class TestMarkup(BaseCase):
    def test_a_message_is_shown_with_bold_words_lists_quotes_and_links(self):
        shown = to_html(
            "## Late\n**S00042** & more\n- one\n- two\n> Ask the purchaser\n"
            "[Open](https://hub.example.com/odoo?a=1&b=2)"
        )
        self.assertEqual(
            shown,
            "<p><b>Late</b></p><p><b>S00042</b> &amp; more</p>"
            "<ul><li>one</li><li>two</li></ul>"
            "<blockquote><p>Ask the purchaser</p></blockquote>"
            '<p><a href="https://hub.example.com/odoo?a=1&amp;b=2">Open</a></p>',
        )

    def test_an_address_that_is_no_web_page_is_no_link(self):
        for address in ("javascript:alert(1)", "data:text/html,x", "//x", "mailto:a@b"):
            self.assertNotIn("<a", to_html(f"[Open]({address})"))

    @given(st.lists(PIECES, max_size=14).map("".join))
    def test_whatever_is_in_it_only_these_tags_come_out(self, text):
        tree = html.fragment_fromstring(to_html(text), create_parent="div")
        for element in tree.iter():
            self.assertIn(element.tag, TAGS)
            self.assertLessEqual(set(element.attrib), {"href"})
            if element.tag == "a":
                self.assertRegex(element.get("href"), r"\Ahttps?://")
        self.assertFalse(
            re.search(r"<(?!/?(?:p|b|a|ul|li|blockquote)\b)", to_html(text))
        )
