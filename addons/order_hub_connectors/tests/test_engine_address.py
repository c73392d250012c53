import json
import logging
import unittest
from collections import Counter
from pathlib import Path

from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.order_hub.tests.properties import given

from ..engine.address import split
from ..engine.address_checked import answer_of, checked_split
from ..engine.address_key import address_key
from ..engine.address_parts import PARTS
from ..engine.address_person import take_person
from ..engine.address_text import Canvas, clean, take_phones

_logger = logging.getLogger(__name__)

DATA = Path(__file__).parent / "data" / "addresses.json"
#: Real addresses of others, outside the project.
SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "j_address"
WORDS = st.sampled_from(
    "广东省 广州市 天河区 东莞市 莞城区 朝阳区 上海 南京 南京东路 下城区 杭州市 内蒙 "
    "路 号 12 13812345678 +86-138-1234-5678 0571-88886666 张三 收货人： 李老师 收 "
    "310012 ， \n 。 （ ） 100号 邮编: 香港 台北市 中国 市辖区 *** Ａ１ 臺灣 "
    "USA 经济技术开发区 街道 镇 110101199001011237 \x00 \u200b 東莞 𠮷 é".split(" ")
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=14).map("".join))


def labelled():
    return json.loads(DATA.read_text(encoding="utf-8"))


def found(result):
    return {**{name: result.value(name) for name in PARTS}, "below": result.line}


@tagged("at_install", "-post_install")
class TestEngineAddress(BaseCase):
    """Splitting addresses: right, or handed to a person."""

    def test_no_labelled_address_is_wrong_in_silence(self):
        """On addresses made for it; the share right of every part is printed."""
        right, asked, wrong = Counter(), Counter(), []
        rows = labelled()
        self.assertGreaterEqual(len(rows), 200)
        for row in rows:
            result = split(row["text"])
            got, want = found(result), row.get("want", {})
            bad = {name for name, value in want.items() if got[name] != value}
            right.update(set(want) - bad)
            asked.update(set(want))
            if result.is_sure and (bad or row.get("ask")):
                wrong.append((row["text"], bad))
        shares = {n: round(100 * right[n] / asked[n], 1) for n in asked}
        unsure = sum(not split(row["text"]).is_sure for row in rows)
        _logger.info("%s addresses, %s for a person: %s", len(rows), unsure, shares)
        self.assertFalse(wrong)
        self.assertGreaterEqual(min(shares.values()), 90, shares)

    def test_what_is_plain_is_not_handed_to_a_person(self):
        rows = [row for row in labelled() if not row.get("ask")]
        asked = [row["text"] for row in rows if not split(row["text"]).is_sure]
        self.assertFalse(asked)

    def test_a_town_of_a_city_without_districts_is_no_district(self):
        result = split("广东省东莞市莞城区东莞大道海雅百货")
        self.assertEqual(result.value("district"), "")
        self.assertEqual(result.value("town"), "莞城街道")
        self.assertEqual(result.parts["town"].words, "莞城区")
        self.assertTrue(result.is_sure)

    def test_a_dissolved_district_is_a_proposal_with_its_successor(self):
        result = split("浙江省杭州市下城区青云街40号3楼")
        self.assertEqual(result.value("district"), "拱墅区")
        self.assertEqual(result.parts["district"].words, "下城区")
        self.assertFalse(result.is_sure)
        self.assertEqual(
            dict(result.doubts)["former"],
            {"words": "下城区", "year": "2021", "now": "拱墅区"},
        )

    def test_a_renamed_county_needs_nobody(self):
        result = split("湖南省宁乡县一环北路10号")
        self.assertEqual(result.value("district"), "宁乡市")
        self.assertTrue(result.is_sure)

    def test_a_city_in_the_name_of_a_street_is_no_city(self):
        for text, district, street in (
            ("上海市黄浦区南京东路318号", "黄浦区", "南京东路"),
            ("江苏省南京市鼓楼区上海路100号", "鼓楼区", "上海路"),
            ("青岛市市南区香港中路18号", "市南区", "香港中路"),
        ):
            with self.subTest(text):
                result = split(text)
                self.assertEqual(result.value("district"), district)
                self.assertEqual(result.value("street"), street)
                self.assertTrue(result.is_sure)

    def test_contradictions_name_the_words_that_do_not_fit(self):
        result = split("广东省杭州市西湖区文三路9号")
        self.assertFalse(result.is_sure)
        self.assertEqual(
            dict(result.doubts)["contradiction"], {"words": "杭州市西湖区"}
        )

    def test_a_district_of_several_cities_names_them_and_takes_none(self):
        result = split("鼓楼区中山路1号")
        self.assertEqual((result.value("province"), result.value("city")), ("", ""))
        self.assertIn("江苏省徐州市鼓楼区", dict(result.doubts)["several"]["places"])

    def test_half_split_fields_give_the_same_as_one_line(self):
        line = split("浙江省杭州市西湖区文三路90号，李四，13812345678")
        fields = split(
            {
                "country": "CN",
                "state": "浙江",
                "city": "杭州",
                "district": "西湖区",
                "street": "浙江省杭州市西湖区文三路90号",
                "name": "李四",
                "phone": "138-1234-5678",
            }
        )
        self.assertTrue(fields.is_sure, fields.doubts)
        self.assertEqual(fields.line, "文三路90号")
        self.assertTrue(address_key(line).is_same(address_key(fields)))

    def test_an_address_abroad_keeps_its_own_form(self):
        address = {
            "country": "United States",
            "state": "MI",
            "city": "Detroit",
            "street": "1500 Woodward Ave",
            "street2": "Suite 200",
            "zip": "48226",
            "name": "Jane Doe",
        }
        result = split({**address, "country": "US"})
        self.assertEqual((result.form, result.country), ("foreign", "US"))
        self.assertEqual(result.value("detail"), "1500 Woodward Ave\nSuite 200")
        self.assertEqual(result.value("city"), "Detroit")
        self.assertTrue(result.is_sure)

    def test_a_chinese_address_in_latin_letters_in_one_line_is_for_a_person(self):
        result = split("Room 301, No. 15 Nanjing East Road, Shanghai 200001, China")
        self.assertEqual((result.form, result.value("province")), ("latin", "上海市"))
        self.assertFalse(result.is_sure)

    def test_hidden_values_are_for_a_person(self):
        result = split("广东省深圳市南山区***，张**，138****1234")
        self.assertIn("masked", dict(result.doubts))

    def test_a_neighbours_town_gives_the_wrong_district_away(self):
        result = split("浙江省杭州市余杭区临平街道世纪大道1号")
        self.assertEqual(dict(result.doubts)["town_elsewhere"]["districts"], "临平区")

    def test_an_endless_text_is_kept_whole_and_left_to_a_person(self):
        text = "广东省" * 5000
        result = split(text)
        self.assertEqual(result.value("detail"), text)
        self.assertFalse(result.is_sure)

    @given(TEXTS)
    def test_nothing_a_text_contains_raises_or_is_lost(self, text):
        result = split(text)
        self.assertEqual(result.kept, "")
        json.dumps(result.to_json())

    @given(TEXTS)
    def test_every_character_is_owned_by_a_part_or_is_a_separator(self, text):
        canvas = Canvas(clean(text))
        take_phones(canvas)
        take_person(canvas, [])
        self.assertEqual(len(canvas.owners), len(canvas.text))
        self.assertEqual(len(canvas.plain), len(canvas.text))

    @given(TEXTS)
    def test_what_is_split_splits_the_same_again(self, text):
        """A sure address written out officially is understood as the same."""
        once = split(text)
        if not once.is_sure or once.form != "chinese":
            return
        names = ("province", "city", "district")
        region = dict.fromkeys(once.value(name) for name in names)
        again = split("".join(region) + once.line)
        for name in names:
            self.assertEqual(again.value(name), once.value(name))
        self.assertEqual(address_key(again).place, address_key(once).place)

    @given(st.dictionaries(st.sampled_from(["state", "city", "street"]), TEXTS))
    def test_fields_with_anything_in_them_never_raise(self, fields):
        self.assertEqual(split(fields).kept, "")

    def test_an_answer_counts_for_the_words_it_was_given_for(self):
        address = {"address": "朝阳区姚家园3楼"}
        answer = answer_of(address, {"province": "北京市", "detail": "姚家园3楼"})
        self.assertTrue(checked_split(answer, address).is_sure)
        self.assertIsNone(checked_split(answer, {"address": "朝阳区别处3楼"}))
        self.assertIsNone(checked_split("[1]", address))
        with self.assertRaises(ValueError):
            answer_of(address, {"planet": "Earth"})
        with self.assertRaises(ValueError):
            answer_of(address, {"city": "x" * 300})

    @unittest.skipUnless(SAMPLES.exists(), "the addresses of others are not here")
    def test_real_addresses_of_others_are_right_or_for_a_person(self):
        rows = json.loads((SAMPLES / "jionlp_location_parse.json").read_text("utf-8"))
        for row in rows:
            result = split(row["text"])
            want = row["expected"]
            if not result.is_sure:
                continue
            with self.subTest(row["text"]):
                self.assertEqual(result.value("province"), want["province"])
                self.assertEqual(result.value("district") or None, _county(want))

    @unittest.skipUnless(SAMPLES.exists(), "the addresses of others are not here")
    def test_real_pasted_texts_give_their_telephone_number(self):
        name = "pasted_address_texts.json"
        for text in json.loads((SAMPLES / name).read_text("utf-8")):
            with self.subTest(text):
                result = split(text)
                self.assertTrue(result.value("phone"))
                self.assertEqual(result.kept, "")


def _county(want):
    """Counties of Taiwan are cities here: they have no districts."""
    return None if want["province"] == "台湾省" else want["county"]
