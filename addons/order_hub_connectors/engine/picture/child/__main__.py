"""Read one file: ``python -I child < orders as JSON``.

Standard input says what to read and what it may cost; the file lies in the folder
``folder``, and ``reading.json`` and the pictures of its pages are put there.
"""

import json
import sys


def main() -> None:
    order = json.load(sys.stdin)
    sys.path.extend(path for path in order["path"] if path not in sys.path)
    # Only now can the packages be found.
    # pylint: disable-next=import-outside-toplevel
    import work

    work.run(order)


main()
