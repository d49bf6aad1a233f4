"""A token that expires while the daemon's parts live: its file is enough, nothing is started anew."""

from pathlib import Path
from typing import Any

from config.load import init, load
from monitor.app import build
from monitor.jobs.rounds import plan_round, poll_round
from monitor.ledger.store import ITEM
from tests.cli.office import SmallPlatform, ordinary
from tests.ledger.platform import at
from tests.story.district import mails, rows
from tests.story.moments import MovedClock

OLD, NEW = "token-of-the-old-year", "token-of-the-new-year"


def told(app: Any) -> list[Any]:
    """The mails to the operator about sources."""
    return [mail for mail in mails(app) if mail.key.startswith("source|")]


def test_a_renewed_token_is_taken_by_the_next_round_and_the_operator_is_told_once_in_between(tmp_path: Path) -> None:
    folder, token = tmp_path / "etc", tmp_path / "token"
    token.write_text(OLD, "utf-8")
    token.chmod(0o600)
    init(folder)
    with SmallPlatform(ordinary().tables, token=OLD) as platform:
        source = "APPROVAL_MONITOR__SOURCES__CITY__"
        env = {f"{source}BASE_URL": platform.base_url, "APPROVAL_MONITOR_CITY_TOKEN_FILE": str(token)}
        clock = MovedClock(at("2026-03-20 10:00"))
        app = build(load(folder, env), clock)
        assert poll_round(app).good
        platform.token = NEW
        for minute in (10, 20):
            clock.now = at(f"2026-03-20 10:{minute}")
            outcome = poll_round(app)
            plan_round(app)
            assert not outcome.good
            assert "不用重启" in outcome.problems[0]
        [mail] = told(app)
        assert "对方拒绝了令牌" in str(mail.payload)
        token.write_text(NEW, "utf-8")
        clock.now = at("2026-03-20 10:40")
        assert poll_round(app).good
        assert OLD not in str(mail.payload)
        assert len(rows(app, ITEM)) == 8
        app.engine.dispose()
