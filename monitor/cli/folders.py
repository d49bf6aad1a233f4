"""Which configuration folder is meant when none is given."""

import os
from pathlib import Path

DEFAULT_FOLDERS = (Path("config"), Path("/etc/approval-monitor"))


def default_folder() -> Path:
    """The configuration folder when none is given: ./config if it has a monitor.toml, else /etc/approval-monitor."""
    if given := os.environ.get("APPROVAL_MONITOR_CONFIG"):
        return Path(given)
    here, system = DEFAULT_FOLDERS
    return here if (here / "monitor.toml").is_file() else system
