"""Bring each add-on's .po files to its .pot: ``merge_po.py <folder of add-ons>``.

What is translated stays, what is new is added empty, what is gone is taken out.
"""

import sys
from pathlib import Path

import polib

WIDTH = 78

for template in sorted(Path(sys.argv[1]).glob("*/i18n/*.pot")):
    terms = polib.pofile(str(template), wrapwidth=WIDTH)
    for file in sorted(template.parent.glob("*.po")):
        found = polib.pofile(str(file), wrapwidth=WIDTH)
        found.merge(terms)
        for entry in found.obsolete_entries():
            found.remove(entry)
        # As the checks of style want it: sorted, and empty where nothing is other.
        found.sort(key=lambda entry: entry.msgid)
        for entry in found:
            if entry.msgstr == entry.msgid:
                entry.msgstr = ""
        found.save()
        print(f"{file.parent.parent.name}/{file.name}: {found.percent_translated()} %")
