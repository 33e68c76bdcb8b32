"""python3 dev.py soak [NAME...] [--seed N]: what takes too long for the tests.

kills: a job of 200 scenes whose program is killed 20 times. mutations: 300 damaged files. window: eight
hours of the window in some minutes. All of them unless named.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tests.soak import kills, mutations, window

SOAKS = {"kills": kills.main, "mutations": mutations.main, "window": window.main}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run them one after the other, the next one also after a failure; 1 when one failed."""
    parser = argparse.ArgumentParser(prog="dev.py soak", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=" or ".join(SOAKS))
    parser.add_argument("--seed", type=int, default=1, help="another one draws other moments and damages")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.names if name not in SOAKS]
    if unknown:
        parser.error(f"{', '.join(unknown)}: there are {', '.join(SOAKS)}")
    ends = [SOAKS[name](["--seed", str(chosen.seed)]) for name in chosen.names or SOAKS]
    return int(any(ends))


if __name__ == "__main__":
    sys.exit(main())
