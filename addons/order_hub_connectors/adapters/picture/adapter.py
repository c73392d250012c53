"""Orders on paper: photos, scans, faxes and PDFs.

There is no platform behind it. A file is read by ``engine.picture`` in a process of
its own; what it says is an order with evidence, and a person always looks at it.
"""

from typing import Any

from ...engine.picture.kinds import KINDS
from ..base import Adapter, ReadError
from ..registry import register


@register
class PictureAdapter(Adapter):
    """Pictures that people hand in."""

    code = "picture"
    label = "Pictures and Faxes"
    understands = True
    max_body = 10 * 1024 * 1024

    def test(self) -> str:
        return "Pictures need no connection: drop one on Intake › Pictures."

    def read(self, raw: bytes, content_type: str, kind: str) -> Any:
        """Return the file's kind: what it says is read by a job, never here.

        :raise ReadError: the file did not come through the door for pictures
        """
        # pylint: disable=method-required-super
        if content_type not in KINDS:
            raise ReadError("no_picture", "The file is no picture and no PDF.")
        return {"order": {}, "evidence": {}}
