from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.reference import (
    ALPHABET,
    RANDOM_LENGTH,
    check_character,
    new_reference,
    normalise,
)
from .properties import given

bodies = st.text(ALPHABET, min_size=RANDOM_LENGTH, max_size=RANDOM_LENGTH)
positions = st.integers(0, RANDOM_LENGTH)


def compact(body):
    return body + check_character(body)


class TestReference(BaseCase):
    def test_new_references_have_the_printed_form(self):
        reference = new_reference()
        self.assertRegex(reference, r"^OH(-[0-9A-HJKMNP-TV-Z]{4}){3}$")
        self.assertEqual(normalise(reference), reference)

    def test_a_thousand_new_references_differ(self):
        self.assertEqual(len({new_reference() for _number in range(1000)}), 1000)

    @given(bodies, st.sampled_from(["", "-", " ", "—", "\n"]), st.booleans())
    def test_what_people_type_reads_as_what_was_printed(self, body, between, lower):
        typed = f"OH{between}{between.join(compact(body))}"
        read = normalise(typed.lower() if lower else typed)
        self.assertEqual(read.replace("-", ""), "OH" + compact(body))

    @given(bodies)
    def test_look_alikes_read_as_the_digit(self, body):
        typed = compact(body).replace("0", "o").replace("1", "l")
        self.assertEqual(normalise(f"oh {typed}"), normalise(f"OH{compact(body)}"))

    @given(bodies, positions, st.sampled_from(ALPHABET))
    def test_every_single_wrong_character_is_found(self, body, position, other):
        right = compact(body)
        wrong = right[:position] + other + right[position + 1 :]
        self.assertEqual(normalise(f"OH{wrong}") is None, wrong != right)

    @given(bodies, positions, positions)
    def test_every_swap_of_two_characters_is_found(self, body, one, two):
        characters = list(compact(body))
        characters[one], characters[two] = characters[two], characters[one]
        wrong = "".join(characters)
        self.assertEqual(normalise(f"OH{wrong}") is None, wrong != compact(body))

    @given(st.one_of(st.none(), st.text(max_size=200)))
    def test_any_text_is_a_reference_or_none(self, text):
        read = normalise(text)
        if read is not None:
            self.assertEqual(normalise(read), read)

    def test_other_texts_are_no_references(self):
        for text in ("", None, "OH", "S00042", "OH-0000-0000", "OH" + "0" * 500):
            self.assertIsNone(normalise(text), text)
