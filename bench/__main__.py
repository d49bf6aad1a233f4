"""python -m bench: runs the benchmarks, each group in a process of its own, prints the table and keeps the figures."""

import argparse
import sys
from dataclasses import asdict, fields, replace
from pathlib import Path

from rich.console import Console

from bench.apart import apart
from bench.figures import Figure, keep, show
from bench.groups import GROUPS, measure
from bench.sizes import QUICK, Sizes


def main() -> int:
    """Runs what was asked for; the exit code is 1 when an aim is missed (with ``--quick`` it never is)."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything runs")
    parser.add_argument("--only", choices=GROUPS, action="append", help="one group; may be given several times")
    parser.add_argument("--out", type=Path, default=Path("bench-results/results.json"), help="where the figures go")
    for field in fields(Sizes):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=int, help=f"default {field.default:,}")
    options = parser.parse_args()
    given = {field.name: value for field in fields(Sizes) if (value := getattr(options, field.name)) is not None}
    sizes = replace(QUICK if options.quick else Sizes(), **given)
    console = Console(width=160)
    figures: list[Figure] = []
    for group in options.only or GROUPS:
        console.print(f"{group} …", highlight=False)
        # A group of its own process has a clean memory; that costs a second each, which a quick run does without.
        figures += measure(group, sizes) if options.quick else apart(measure, group, sizes)
    show(figures, console)
    keep(figures, asdict(sizes), options.out)
    return 0 if options.quick or all(figure.held is not False for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
