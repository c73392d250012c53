"""Words of a picture by a neural network on this machine."""

import logging
from typing import Any

import cv2
import numpy
from PIL import Image
from rapidocr import RapidOCR

#: Boxes that are looked at to tell which way a page is up.
SAMPLE = 12
#: Longest side at which the way up is found.
SMALL = 1000
SETTINGS = {
    "Global.log_level": "critical",
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Global.max_side_len": 2600,
    "Global.text_score": 0.3,
}


class Reader:
    """The network, loaded once for all pages of a file."""

    def __init__(self) -> None:
        logging.disable(logging.CRITICAL)
        self.network = RapidOCR(params=SETTINGS)

    # pylint: disable-next=method-required-super
    def read(self, picture: Image.Image) -> tuple[list[dict], int]:
        """Return the lines of a page and how often it was turned.

        :return: lines in shares of width and height of the page set upright;
            quarter turns against the clock
        """
        pixels = cv2.cvtColor(numpy.asarray(picture), cv2.COLOR_RGB2BGR)
        turned = self._turns(pixels)
        pixels = numpy.ascontiguousarray(numpy.rot90(pixels, turned))
        return self._lines(pixels), turned

    # === WHICH WAY UP === #

    def _turns(self, pixels: Any) -> int:
        """Return the quarter turns against the clock after which lines lie level."""
        side = self._boxes(pixels)
        turned = 1 if side is not None and _are_tall(side) else 0
        level = numpy.ascontiguousarray(numpy.rot90(pixels, turned))
        boxes = self._boxes(level) if turned else side
        if boxes is not None and self._is_upside_down(level, boxes):
            turned += 2
        return turned

    def _boxes(self, pixels: Any) -> Any:
        """Return the boxes of text, found on a small copy."""
        scale = min(1.0, SMALL / max(pixels.shape[:2]))
        small = cv2.resize(pixels, None, fx=scale, fy=scale)
        found = self.network(small, use_det=True, use_cls=False, use_rec=False)
        return None if found.boxes is None else numpy.asarray(found.boxes) / scale

    def _is_upside_down(self, pixels: Any, boxes: Any) -> bool:
        """Ask the network about the widest boxes; most of them decide."""
        widest = sorted(boxes, key=_width, reverse=True)[:SAMPLE]
        votes = [self._says_turned(_cut(pixels, box)) for box in widest]
        return sum(votes) * 2 > len(votes)

    def _says_turned(self, piece: Any) -> bool:
        if not piece.size:
            return False
        found = self.network(piece, use_det=False, use_cls=True, use_rec=False)
        [(label, score)] = found.cls_res
        return "180" in label and score > 0.7

    # === WORDS === #

    def _lines(self, pixels: Any) -> list[dict]:
        found = self.network(
            pixels,
            use_det=True,
            use_cls=False,
            use_rec=True,
            return_word_box=True,
            return_single_char_box=True,
        )
        if found.boxes is None or found.txts is None:
            return []
        height, width = pixels.shape[:2]
        size = numpy.array([width, height], dtype=float)
        marks = found.word_results
        known = len(marks) == len(found.txts)
        return [
            _line(found, n, marks[n] if known else (), size)
            for n in range(len(found.txts))
        ]


def _line(found: Any, n: int, marks: Any, size: Any) -> dict:
    quad = numpy.asarray(found.boxes[n], dtype=float)
    return {
        "text": str(found.txts[n]),
        "confidence": round(float(found.scores[n]), 4),
        "quad": [[round(float(v), 5) for v in point] for point in quad / size],
        "marks": _marks(marks, quad),
    }


def _marks(marks: Any, quad: Any) -> list[list]:
    """Return ``[letter, confidence, from, to]``, places as shares of the line."""
    along = quad[1] - quad[0]
    length = float(numpy.dot(along, along)) or 1.0
    rows = []
    for mark in marks:
        if len(mark) != 3 or mark[2] is None:
            return []
        letter, sure, box = mark
        ends = [
            float(numpy.dot(numpy.asarray(box[i], dtype=float) - quad[0], along))
            for i in (0, 1)
        ]
        places = [round(end / length, 4) for end in ends]
        rows.append([str(letter), round(float(sure), 3), *places])
    return rows


def _are_tall(boxes: Any) -> bool:
    """Tell whether most text stands on its side, counted by length."""
    tall = sum(_height(box) for box in boxes if _height(box) > 1.5 * _width(box))
    wide = sum(_width(box) for box in boxes if _width(box) > 1.5 * _height(box))
    return tall > wide


def _width(box: Any) -> float:
    return float(numpy.linalg.norm(box[1] - box[0]))


def _height(box: Any) -> float:
    return float(numpy.linalg.norm(box[3] - box[0]))


def _cut(pixels: Any, box: Any) -> Any:
    """Return the piece of a picture that a box lies around."""
    (left, top), (right, bottom) = box.min(axis=0), box.max(axis=0)
    return pixels[int(max(top, 0)) : int(bottom), int(max(left, 0)) : int(right)]
