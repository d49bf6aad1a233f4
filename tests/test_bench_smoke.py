"""The benchmarks still run: small sizes, every group, a table and a file of figures."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import groups

ROOT = Path(__file__).parent.parent
GROUPS = set(groups.GROUPS)


@pytest.mark.slow
def test_a_quick_run_measures_every_group_and_keeps_the_figures(tmp_path: Path) -> None:
    """Only that they run is asked here: at these sizes and beside other tests no ratio means anything."""
    results = tmp_path / "results.json"
    command = [sys.executable, "-m", "bench", "--quick", "--out", str(results)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    kept = json.loads(results.read_text(encoding="utf-8"))
    assert {figure["group"] for figure in kept["figures"]} == GROUPS
    assert all(figure["value"] > 0 or figure["unit"] == "MiB" for figure in kept["figures"])
    assert all(figure["name"] in done.stdout for figure in kept["figures"])
    assert kept["sizes"]["rows"] < 10_000
    assert kept["machine"]["cores"]
