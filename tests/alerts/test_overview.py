"""The daily overview in figures and words."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from alerts.overview import Answered, Day, Nobodys, Refusal, SentMail, Silence, StuckMail, payload, units
from alerts.overview_words import MOST
from alerts.render import Rendered, render_overview
from tests.alerts.letters import Page

UNTIL = datetime(2026, 11, 23, 9, tzinfo=UTC)
QUIET = Day(UNTIL - timedelta(days=3), UNTIL, UNTIL - timedelta(minutes=20), False)
WATER, WEATHER = ("110116SWJ", "区水务局"), ("110116QXJ", "区气象局")


def sent(unit: tuple[str, str], *lines: tuple[str, str], **changes: Any) -> SentMail:
    """A digest to a unit that was sent, with these (item, level)."""
    return replace(SentMail("digest", *unit, "sent", "题", lines), **changes)


def answered(item: str, kind: str = "explanation") -> Answered:
    return Answered(item, *WATER, kind, "因专家评审延期，预计 11 月 27 日办结。")


def rendered(day: Day) -> Rendered:
    return render_overview(json.loads(json.dumps(payload(day))))


def test_an_item_counts_once_a_unit_at_the_gravest_level_it_was_told_at() -> None:
    day = replace(
        QUIET,
        sent=[
            sent(WATER, ("A", "yellow_card"), ("B", "reminder")),
            sent(WATER, ("A", "red_card"), ("C", "reminder")),
            sent(WEATHER, ("D", "yellow_card")),
        ],
        answers=[answered("A", "receipt"), answered("A"), answered("Z")],
    )
    assert units(day) == [
        {"name": "区水务局", "mails": 2, "reminder": 2, "yellow_card": 0, "red_card": 1, "answers": 2},
        {"name": "区气象局", "mails": 1, "reminder": 0, "yellow_card": 1, "red_card": 0, "answers": 0},
    ]


def test_a_unit_that_only_answered_has_a_row_and_items_of_nobody_their_own() -> None:
    day = replace(
        QUIET,
        sent=[SentMail("digest", None, "未匹配单位", "sent", "题", (("U", "yellow_card"),))],
        answers=[answered("A")],
    )
    assert [(row["name"], row["mails"], row["answers"]) for row in units(day)] == [
        ("未匹配单位", 1, 0),
        ("区水务局", 0, 1),
    ]


def test_a_day_on_which_nothing_happened_says_so() -> None:
    mail = rendered(QUIET)
    assert mail.subject == "【督办日报】无事项（2026-11-23）"
    for text in (mail.text, "".join(Page(mail.html).texts)):
        assert "这段时间没有发出信件。" in text
        assert "没有收到答复，也没有退信。" in text
        assert "各单位情况" not in text
    assert "2026年11月20日 17:00 至 2026年11月23日 17:00" in mail.text


BUSY = replace(
    QUIET,
    sent=[
        sent(WATER, ("A", "red_card")),
        sent(WEATHER, ("D", "yellow_card"), state="unknown", subject="【督办·黄牌】区气象局 逾期1件"),
        SentMail("weekly", None, "", "kept", "周报"),
    ],
    stuck=[
        StuckMail("pending", "digest", "区气象局", UNTIL - timedelta(hours=1), "连接不上"),
        StuckMail("failed", "digest", "区交通局", UNTIL - timedelta(hours=5), "没有任何收件地址"),
        StuckMail("failed", "codes", "", UNTIL - timedelta(hours=6), "拒收"),
    ],
    answers=[answered("A"), answered("A", "receipt")],
    refusals=[Refusal("a@qxj.example", "bounced", "550 no such user", "区气象局")],
    silences=[
        Silence("区水务局", date(2026, 12, 9), "系统改造", "督办专员"),
        Silence("办件 HRM1-5", date(2026, 12, 1), "等待市级批复", "督办专员"),
    ],
    nobodys=[Nobodys("“怀柔科学城管理委员会”", 2)],
    held_blind=3,
    received={"other": 2, "out_of_office": 1},
    letters=["怀政督〔2026〕12号"],
)


@pytest.mark.parametrize(
    "words",
    [
        "发出信件（封）：3", "收到答复（件）：1", "拒收与退信（个）：1", "未发出或结果不明（封）：4",
        "发出催办、督办信件 2 封，另有逾期周报 1 封。其中 1 封按现在的设置只存为文件，没有寄出。",
        "签发督办文书 1 份：怀政督〔2026〕12号。", "另收到自动回复 1 封、未能归到办件的来信 2 封",
        "现有 1 封信等待发出，最早一封自 2026年11月23日 16:00 起等待。", "因平台数据中断，3 项督办暂缓",
        "1. 区水务局：信件 1 封，催办 0 件，黄牌 0 件，红牌 1 件，答复 1 件",
        "合计：信件 2 封，催办 0 件，黄牌 1 件，红牌 1 件，答复 1 件",
        "1. A　区水务局　情况说明：因专家评审延期", "2. A　区水务局　签收：",
        "1. a@qxj.example　致区气象局　退信：550 no such user",
        "1. 办件 HRM1-5　2026年12月1日 周二　等待市级批复（督办专员）", "2. 区水务局　2026年12月9日 周三",
        "1. “怀柔科学城管理委员会”　2 件", "1. 致区交通局　2026年11月23日 12:00　没有任何收件地址", "2. 项目代码核验",
        "1. 致区气象局　【督办·黄牌】区气象局 逾期1件",
    ],
)  # fmt: skip
def test_everything_of_the_day_is_told_in_words(words: str) -> None:
    assert words in rendered(BUSY).text


def test_the_subject_counts_what_matters() -> None:
    expected = "【督办日报】发出3封 答复1件 退信1个 待核实2件 未发出3封（2026-11-23）"
    assert rendered(BUSY).subject == expected


def test_old_data_is_said_before_anything_else() -> None:
    mail = rendered(replace(BUSY, data_as_of=UNTIL - timedelta(hours=30), stale=True))
    assert mail.text.splitlines()[:2] == [
        "数据截至 2026年11月22日 11:00",
        "请注意：已有 30 小时未能从平台取得新数据，以下内容可能落后于实际，请以平台记录为准。",
    ]


def test_a_long_table_ends_with_how_many_more_there_are() -> None:
    many = [answered(f"HRM1-{number}") for number in range(MOST + 7)]
    text = rendered(replace(QUIET, answers=many)).text
    assert f"收到的答复　{MOST + 7} 条" in text
    assert (f"HRM1-{MOST - 1}　" in text, f"HRM1-{MOST}　" in text) == (True, False)
    assert "另有 7 条未列出。" in text


def test_words_of_others_stay_words() -> None:
    evil = replace(answered("<b>A</b>"), text="<script>alert(1)</script>\r\nBcc: x@example.org")
    mail = rendered(replace(QUIET, answers=[evil]))
    assert "script" not in {tag for tag, _ in Page(mail.html).tags}
    assert "<script>alert(1)</script> Bcc: x@example.org" in mail.text
