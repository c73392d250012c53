"""The little markdown of messages as HTML, for inbox and e-mail.

Bold, links to web pages, headings, lists, quotes. Everything else is shown as it was
written: no word of an order or a customer becomes a tag.
"""

import html
import re
from collections.abc import Iterator

from .robots.text import BOLD, HEADING, LINK, clean

#: What a line begins with, and the tag that lines like it share.
BLOCKS = (("- ", "ul", "li"), ("> ", "blockquote", "p"))
WEB = re.compile(r"https?://[^\s\"'<>]+\Z")


def to_html(markdown: str) -> str:
    """Return safe HTML for a message."""
    lines = HEADING.sub(r"**\1**", clean(markdown)).split("\n")
    return "".join(_blocks(lines))


def _blocks(lines: list[str]) -> Iterator[str]:
    """Yield the HTML of lines; neighbours of one kind share a block."""
    is_open = ""
    for line in lines:
        start, block, tag = next(
            (known for known in BLOCKS if line.startswith(known[0])), ("", "", "p")
        )
        if block != is_open:
            yield f"</{is_open}>" if is_open else ""
            yield f"<{block}>" if block else ""
            is_open = block
        if line.strip():
            yield f"<{tag}>{_inline(line[len(start) :])}</{tag}>"
    yield f"</{is_open}>" if is_open else ""


def _inline(text: str) -> str:
    """Return one line: links and bold words, the rest escaped."""
    found, position = [], 0
    for match in LINK.finditer(text):
        found.append(_bold(text[position : match.start()]))
        found.append(_link(*match.groups(), match.group()))
        position = match.end()
    return "".join([*found, _bold(text[position:])])


def _link(words: str, address: str, written: str) -> str:
    if not WEB.match(address):
        return html.escape(written)
    return f'<a href="{html.escape(address)}">{html.escape(words or address)}</a>'


def _bold(text: str) -> str:
    return BOLD.sub(r"<b>\1</b>", html.escape(text))
