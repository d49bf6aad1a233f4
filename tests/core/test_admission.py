"""What may be put on record and in which words, and the sentence for what may not."""

import re
from datetime import datetime
from typing import Any

import pytest

from monitor import admission
from monitor.admission import RefusedError
from monitor.judge import Judged, judge
from tests.core.builders import BEIJING, facts, judged, moment, standards, story
from tests.core.test_corrections import ORDINARY, record

NOW = "2026-03-20T10:00"
SIX_DAYS = record("extension", "6 2026-03-04")


def wanted(*given: str, happened: str = ORDINARY, **changes: Any) -> dict[str, str]:
    """What is put on record for ``given``: field → value."""
    wishes = admission.corrections(given, judged(happened, NOW, **changes))
    return {wish.field: wish.value for wish in wishes}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(["accepted=2026-03-04"], {"accepted": "2026-03-04"}, id="a date"),
        pytest.param(["受理＝2026年3月4日"], {"accepted": "2026-03-04"}, id="in Chinese, with a full-width sign"),
        pytest.param(["closed=2026/3/19 14:30"], {"closed": "2026-03-19T14:30"}, id="a date with a time of day"),
        pytest.param(["unit=国动办"], {"unit": "110116GDB"}, id="a unit by any of its names"),
        pytest.param(["unit=110116GDB"], {"unit": "110116GDB"}, id="a unit by its code"),
        pytest.param(["limit=10"], {"limit": "10 working_day"}, id="a limit in the unit it has"),
        pytest.param(["limit=48小时"], {"limit": "48 hour"}, id="a limit in another unit"),
        pytest.param(["limit=0"], {"limit": "0 working_day"}, id="a limit of nothing: done on the day"),
        pytest.param(["statutory_limit=３０个自然日"], {"statutory_limit": "30 natural_day"}, id="full-width digits"),
        pytest.param(
            ["received=2026-03-05", "accepted=2026-03-06"],
            {"received": "2026-03-05", "accepted": "2026-03-06"},
            id="several at once, looked at together",
        ),
    ],
)
def test_what_can_be_corrected(given: list[str], expected: dict[str, str]) -> None:
    assert wanted(*given) == expected


def test_a_limit_without_a_unit_is_in_the_unit_of_the_present_one() -> None:
    assert wanted("limit=20", matter="natural") == {"limit": "20 natural_day"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        pytest.param(["accepted"], "“accepted”不能识别。应写成 项=值", id="no value"),
        pytest.param(["colour=red"], "可以更正的项：unit（审批单位）", id="an unknown field"),
        pytest.param(["accepted=tomorrow"], "受理日期“tomorrow”不是日期", id="no date"),
        pytest.param(["accepted=2026-02-30"], "受理日期“2026-02-30”不是日期", id="a date that does not exist"),
        pytest.param(["closed=2026-03-21"], "办结日期 2026-03-21 还没有到", id="a close in the future"),
        pytest.param(["closed=2026-03-20 16:00"], "还没有到", id="a close later today"),
        pytest.param(["accepted=1999-03-03"], "太早", id="a date before all records"),
        pytest.param(["accepted=2026-02-27"], "早于接件日期 2026-03-02", id="accepted before received"),
        pytest.param(["closed=2026-03-02"], "办结日期 2026-03-02 早于受理日期 2026-03-03", id="closed before accepted"),
        pytest.param(["received=2026-03-10"], "早于接件日期 2026-03-10", id="received after accepted"),
        pytest.param(["unit=区园林局"], "没有“区园林局”这个单位", id="an unknown unit"),
        pytest.param(["unit=区水务"], "是否想写 110116SWJ（区水务局）", id="a unit that is nearly one"),
        pytest.param(["limit=twenty"], "应写成 20、20工作日、30自然日或 48小时", id="a limit in words"),
        pytest.param(["limit=20天"], "请写明 20工作日 或 20自然日", id="days that do not say of which kind"),
        pytest.param(["statutory_limit=0"], "不在 1—3650 之间", id="a statutory limit of nothing"),
        pytest.param(["limit=9999"], "不在 0—3650 之间", id="a limit beyond all measure"),
        pytest.param(["accepted=2026-03-04", "受理=2026-03-05"], "写了两次", id="a field twice"),
        pytest.param(["accepted=2026-03-03"], "受理日期的平台值就是 2026-03-03，不用更正", id="what the platform says"),
        pytest.param([], "没有写要更正什么", id="nothing"),
    ],
)
def test_what_cannot_be_corrected_is_told_in_a_sentence(given: list[str], sentence: str) -> None:
    with pytest.raises(RefusedError, match=re.escape(sentence)):
        wanted(*given)


class TestAgain:
    """A field with a record in force."""

    def test_the_same_value_again_is_nothing_new(self) -> None:
        with pytest.raises(RefusedError, match="受理日期已按更正 #3 为 2026-03-04"):
            wanted("accepted=2026-03-04", corrections=(record("accepted", "2026-03-04", 3, was="2026-03-03"),))

    def test_the_platforms_value_is_no_correction_but_a_withdrawal(self) -> None:
        with pytest.raises(RefusedError, match="withdraw 3"):
            wanted("accepted=2026-03-03", corrections=(record("accepted", "2026-03-04", 3, was="2026-03-03"),))

    def test_the_same_value_confirms_it_when_the_platform_has_changed_its_mind(self) -> None:
        old = record("accepted", "2026-03-04", 3, was="2026-03-02")
        [wish] = admission.corrections(["accepted=2026-03-04"], judged(ORDINARY, NOW, corrections=(old,)))
        assert (wish.value, wish.was) == ("2026-03-04", "2026-03-03")


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        pytest.param(("  ", "为什么", None), "--by 是空的", id="nobody"),
        pytest.param(("督办专员", "", None), "--why 是空的", id="no reason"),
        pytest.param(("督办专员", "字" * 201, None), "过长", id="a reason too long"),
        pytest.param(("督办专员", "bell\a", None), "不能显示的字符", id="what a terminal would act on"),
        pytest.param(("督办专员", "联系１３８００１３８０００", None), "不保存个人信息", id="somebody's telephone"),
        pytest.param(("督办专员", "为什么", "11010519491231002X"), "不保存个人信息", id="somebody's identity"),
    ],
)
def test_the_words_of_a_record(texts: tuple[str, str, str | None], sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence):
        admission.paper(*texts)


def extended(days: int, on: str = "03-10", happened: str = ORDINARY, now: str = NOW, **options: Any) -> admission.Wish:
    """An extension of an ordinary item, due on 2026-03-10, approved on a date."""
    changes = {name: options.pop(name) for name in list(options) if name not in ("joint", "force")}

    def judge_at(at: datetime) -> Judged:
        return judge(facts(**changes), story(happened), standards(), at)

    day = moment(on).astimezone(BEIJING).date()
    given = {"joint": False, "force": False} | options
    return admission.extension(days, day, judged=judge_at(moment(now)), judge_at=judge_at, **given)


@pytest.mark.parametrize(
    ("days", "on", "options", "value"),
    [
        pytest.param(10, "03-10T12:00", {}, "10 2026-03-10", id="ten days, approved on the last day"),
        pytest.param(15, "03-05T12:00", {"joint": True}, "15 2026-03-05 joint", id="fifteen days handled jointly"),
        pytest.param(4, "03-05T12:00", {"corrections": (SIX_DAYS,)}, "4 2026-03-05", id="ten in all"),
        pytest.param(
            5,
            "03-05T12:00",
            {"corrections": (record("extension", "8 2026-03-04 joint"),)},
            "5 2026-03-05",
            id="more than ten in all of an item known to be handled jointly",
        ),
        pytest.param(
            5,
            "03-16T12:00",
            {"corrections": (record("extension", "5 2026-03-09"),)},
            "5 2026-03-16",
            id="approved within the limit as extended before",
        ),
        pytest.param(
            5,
            "03-10T12:00",
            {"happened": f"{ORDINARY} 11@03-13"},
            "5 2026-03-10",
            id="put on record after the close, approved before it and in time",
        ),
        pytest.param(5, "03-18T12:00", {"happened": f"{ORDINARY} 9@03-09"}, "5 2026-03-18", id="of a paused item"),
        pytest.param(5, "03-20T09:00", {"limit_days": None}, "5 2026-03-20", id="statutory limit alone"),
    ],
)
def test_an_extension_that_is_lawful(days: int, on: str, options: dict[str, Any], value: str) -> None:
    wish = extended(days, on, **options)
    assert (wish.field, wish.value, wish.warnings) == ("extension", value, ())


@pytest.mark.parametrize(
    ("days", "on", "options", "sentence"),
    [
        pytest.param(0, "03-10T12:00", {}, "应为正整数", id="no days"),
        pytest.param(11, "03-10T12:00", {}, "属于这种情况请加 --joint", id="more than ten"),
        pytest.param(16, "03-10T12:00", {"joint": True}, "最多延长 10 天，联合办理 15 天", id="more than fifteen"),
        pytest.param(
            6,
            "03-10T12:00",
            {"corrections": (record("extension", "6 2026-03-04"),)},
            "连同已延长的 6 天共 12 天",
            id="more than ten in all",
        ),
        pytest.param(5, "03-23T12:00", {}, "还没有到", id="approved in the future"),
        pytest.param(5, "03-02T12:00", {}, "早于起算日期 2026-03-03", id="approved before acceptance"),
        pytest.param(5, "03-11T12:00", {}, "期限 2026-03-10 已届满，2026-03-11 的批准在届满之后", id="a day late"),
        pytest.param(5, "03-12T12:00", {"happened": f"{ORDINARY} 11@03-09"}, "2026-03-09 已办结", id="after the close"),
        pytest.param(5, "03-10T12:00", {"happened": "1@03-18"}, "尚未受理", id="not accepted yet"),
        pytest.param(5, "03-10T12:00", {"limit_days": None, "matter": "none"}, "没有办理时限，无从延长", id="no limit"),
    ],
)
def test_an_extension_that_is_not(days: int, on: str, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RefusedError, match=re.escape(sentence)):
        extended(days, on, **options)


def test_one_approved_too_late_is_recorded_by_force_and_told() -> None:
    wish = extended(5, "03-11T12:00", force=True)
    assert wish.value == "5 2026-03-11"
    assert wish.warnings == ("期限 2026-03-10 已届满，2026-03-11 的批准在届满之后，已按 --force 记录。",)
