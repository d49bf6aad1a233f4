"""The command line. Each command imports what it needs, so that ``--help`` starts at once and ``check-code`` sooner."""

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> None:
    """The console script. Ends with SystemExit."""
    from monitor.cli.quick import check_code

    code = check_code(list(sys.argv[1:] if argv is None else argv))
    if code is not None:
        raise SystemExit(code)
    from monitor.cli.main import main as whole

    whole(argv)
