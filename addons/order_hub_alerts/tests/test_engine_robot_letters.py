"""What robots write: who is called, what fits, where a text is cut."""

import json
from dataclasses import replace

from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.robots import ROBOTS, Letter, Mention, Words, make
from ..engine.robots import text as texts
from ..engine.robots.letter import mobile_of
from ..engine.robots.outcome import (
    SENT,
)
from .robot_letters import BODY, letter, robot_of
from .stand_in_robots import NOW, STAND_INS


class TestCalling(BaseCase):
    """People are called by mobile where the platform can, by id, else by name."""

    WANG = Mention("+86 138-0013-8000", name="Wang")
    LI = Mention(user_ref="ou_7d8a6e6df7621556", name="Li")

    def sent(self, platform, **values):
        with STAND_INS[platform]() as server:
            robot = robot_of(server)
            for part in robot.fit(letter(mentions=(self.WANG, self.LI), **values)):
                self.assertEqual(robot.send(part, NOW).kind, SENT)
            return server.taken, server.texts

    def test_dingtalk_calls_by_mobile_with_the_mark_in_the_text(self):
        for is_markdown in (True, False):
            (body,), (shown,) = self.sent("dingtalk", is_markdown=is_markdown)
            self.assertEqual(body["at"]["atMobiles"], ["13800138000"])
            self.assertEqual(body["at"]["atUserIds"], [self.LI.user_ref])
            self.assertIn("@13800138000", shown)
            self.assertFalse(body["at"]["isAtAll"])

    def test_wecom_calls_a_mobile_in_text_as_markdown_cannot(self):
        (body,), (shown,) = self.sent("wecom")
        self.assertEqual(body["msgtype"], "text")
        self.assertEqual(body["text"]["mentioned_mobile_list"], ["13800138000"])
        self.assertEqual(body["text"]["mentioned_list"], [self.LI.user_ref])
        self.assertIn("ZXJ-0123 https://hub.example.com/odoo/orders/42", shown)
        self.assertNotIn("**", shown)

    def test_wecom_sends_a_long_one_as_markdown_and_calls_behind_it(self):
        taken, texts_shown = self.sent("wecom", body=f"{BODY}\n" * 24)
        self.assertEqual([b["msgtype"] for b in taken], ["markdown"] * 2 + ["text"])
        self.assertIn(f"<@{self.LI.user_ref}>", texts_shown[0])
        self.assertEqual(taken[-1]["text"]["mentioned_mobile_list"], ["13800138000"])
        self.assertNotIn("mentioned_list", taken[-1]["text"])

    def test_feishu_calls_by_id_and_names_whom_it_cannot_call(self):
        _taken, (shown,) = self.sent("feishu")
        self.assertIn(f"<at id={self.LI.user_ref}></at>", shown)
        self.assertIn("@Wang", shown)
        _taken, (shown,) = self.sent("feishu", is_markdown=False)
        self.assertIn(f'<at user_id="{self.LI.user_ref}">Li</at>', shown)

    def test_everybody_is_called_only_when_asked(self):
        everybody = {
            "dingtalk": '"isAtAll": true',
            "wecom": '"@all"',
            "feishu": "<at id=all></at>",
            "webhook": '"at_all": true',
        }
        for platform, mark in everybody.items():
            for at_all in (True, False):
                taken, _shown = self.sent(platform, at_all=at_all)
                shown = json.dumps(taken)
                self.assertEqual(mark in shown, at_all, platform)

    def test_people_are_called_once_by_the_first_part(self):
        with STAND_INS["dingtalk"]() as server:
            robot = robot_of(server)
            parts = robot.fit(letter(body=f"{BODY}\n" * 400, mentions=(self.WANG,)))
            self.assertEqual(len(parts), 3)
            self.assertEqual([len(part.mentions) for part in parts], [1, 0, 0])

    def test_mobiles_are_read_as_people_type_them(self):
        for typed, mobile in (
            ("138 0013 8000", "13800138000"),
            ("+86-138-0013-8000", "13800138000"),
            ("0086 13800138000", "13800138000"),
            ("+852 9123 4567", "+85291234567"),
            ("ask Wang", ""),
            ("", ""),
            (None, ""),
        ):
            self.assertEqual(mobile_of(typed), mobile, typed)


WORDS = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "字预警单 a*_`[]()#<>\\\"'\n\n\t%{}@-0é\u0301👩\u200d🔧🇨🇳\ud83d"
        ),
        st.characters(codec="utf-8"),
    ),
    max_size=300,
)
BODIES = st.builds(lambda text, times: text * times, WORDS, st.integers(1, 120))
LETTERS = st.builds(
    Letter,
    subject=WORDS,
    body=BODIES,
    is_markdown=st.booleans(),
    mentions=st.lists(
        st.builds(Mention, mobile=WORDS, user_ref=WORDS, name=WORDS), max_size=30
    ).map(tuple),
    at_all=st.booleans(),
    severity=st.sampled_from(["info", "critical", "odd"]),
    key=WORDS,
)
MOST = {"dingtalk": 20_000, "feishu": 20_000, "webhook": 65_536}
WECOM = {"text": 2048, "markdown": 4096}


class TestSize(BaseCase):
    def _check_size(self, name, part, robot):
        raw = robot.build(part, NOW).body
        if name != "wecom":
            self.assertLessEqual(len(raw), MOST[name])
            return
        body = json.loads(raw)
        kind = body["msgtype"]
        self.assertLessEqual(len(body[kind]["content"].encode()), WECOM[kind])

    @given(LETTERS, WORDS, st.integers(1, 3))
    def test_whatever_is_written_fits(self, written, keyword, most):
        for name, robot_class in ROBOTS.items():
            robot = robot_class("https://example.com/x?y=z", "secret", keyword)
            parts = robot.fit(written, most)
            self.assertLessEqual(len(parts), most + 1)
            for part in parts:
                self._check_size(name, part, robot)
                self._check_size(name, robot.shortened(part), robot)

    @given(LETTERS)
    def test_parts_have_different_keys_and_numbers(self, written):
        written = replace(written, key="W-7")
        for robot_class in ROBOTS.values():
            parts = robot_class("").fit(written)
            self.assertEqual(len({part.key for part in parts}), len(parts))

    def test_what_is_left_out_is_counted(self):
        robot = make("wecom", "", words=Words(more="还有 %(count)s 行"))
        lines = [f"- 订单 S{number:05} 缺料" for number in range(1000)]
        parts = robot.fit(letter(body="\n".join(lines), key=""))
        shown = [
            line
            for part in parts
            for line in part.body.split("\n")
            if line.startswith("-")
        ]
        self.assertEqual(shown, lines[: len(shown)])
        self.assertEqual(len(parts), 3)
        last = parts[-1].body.split("\n")[-1]
        self.assertEqual(last, f"还有 {1000 - len(shown)} 行")

    def test_a_part_says_which_part_it_is(self):
        robot = make("dingtalk", "", words=Words(part="（%(part)s/%(parts)s）"))
        parts = robot.fit(letter(subject="100% late", body=f"{BODY}\n" * 400))
        body = json.loads(robot.build(parts[1], NOW).body)
        self.assertEqual(body["markdown"]["title"], "100% late （2/3）")


#: A text and the room for it; no shorter than the splitter asks for.
ROOM = st.integers(80, 400)


class TestText(BaseCase):
    @given(BODIES, ROOM)
    def test_nothing_is_lost_when_there_are_parts_enough(self, text, room):
        text = texts.clean(text)
        parts = texts.split(text, room, most=10_000)
        for part in parts:
            self.assertLessEqual(texts.size(part), room)
        self.assertEqual(self._letters("".join(parts)), self._letters(text))

    def _letters(self, text):
        """What is left of a text without blanks and the marks of markdown."""
        return "".join(char for char in text if char.isalnum())

    @given(st.text(alphabet="字é👩🔧 ab", max_size=400), ROOM)
    def test_plain_words_come_back_whole(self, text, room):
        parts = texts.split(text, room, most=10_000)
        self.assertEqual("".join(parts), text)

    def test_a_character_is_never_cut(self):
        family = "👩\u200d🔧"
        for unit in (family, "e\u0301", "🇨🇳", "👍🏽", "字"):
            parts = texts.split(unit * 100, 90, most=1000)
            self.assertGreater(len(parts), 1)
            for part in parts:
                self.assertEqual(part, unit * (len(part) // len(unit)))

    def test_a_link_bold_and_code_are_never_cut(self):
        for unit in (
            "[订单 S00042](https://hub.example.com/odoo/orders/42)",
            "**缺料 ZXJ-0123**",
            "`ZXJ-0123`",
            '<font color="warning">缺料</font>',
            "https://hub.example.com/odoo/orders/42?a=1",
        ):
            parts = texts.split(" ".join([unit] * 40), 130, most=1000)
            self.assertGreater(len(parts), 1)
            for part in parts:
                self.assertEqual(part.replace(unit, "").strip(), "")

    def test_a_block_of_code_is_closed_and_opened_again(self):
        code = "\n".join(f"line {number}" for number in range(60))
        text = f"before\n```\n{code}\n```\nend"
        parts = texts.split(text, 120, most=1000)
        for part in parts:
            self.assertEqual(part.count("```") % 2, 0)
            self.assertLessEqual(len(part), 120)

    def test_lines_are_kept_together_while_they_fit(self):
        text = "\n".join("x" * 30 for _line in range(9))
        for part in texts.split(text, 110, most=100):
            for line in part.split("\n"):
                self.assertEqual(line, "x" * 30)

    @given(WORDS, st.integers(4, 90))
    def test_a_shortened_line_fits_and_says_so(self, text, room):
        text = texts.clean(text)
        short = texts.shorten(text, room)
        self.assertLessEqual(texts.size(short), room)
        self.assertNotIn("\n", short)
        self.assertTrue(short == " ".join(text.split()) or short.endswith("…"))

    @given(WORDS)
    def test_names_cannot_become_markdown(self, name):
        shown = texts.literal(name)
        for mark in ("*", "`", "<", ">", "[", "]", "\n", "://"):
            self.assertNotIn(mark, shown)

    def test_a_product_code_stays_readable(self):
        self.assertEqual(texts.literal(" ZXJ_01-A #3 (10%) "), "ZXJ_01-A #3 (10%)")

    def test_markdown_reads_well_without_its_marks(self):
        self.assertEqual(
            texts.plain(BODY),
            "Preparing since yesterday\n"
            "S00042 Sanjiang Motors, 31 h, limit 24 h\n"
            "- missing: ZXJ-0123 https://hub.example.com/odoo/orders/42\n"
            "> What to do: ask the purchaser.",
        )

    def test_hostile_texts_cost_no_time(self):
        for unit in ("[", "**", "`", "<", "![](", "\u0301", "http://", "🇨"):
            robot = make("dingtalk", "")
            self.assertLessEqual(len(robot.fit(letter(body=unit * 20_000))), 3)
