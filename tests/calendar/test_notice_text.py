"""The State Council's notices of nineteen years, read; and every way in which a text is not one."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.notice_text import Notice
from tests.calendar.texts import SAMPLE, YEARS, days, read, text

LATER = {
    2011: ["2011-12-31"],
    2015: ["2015-09-03", "2015-09-04", "2015-09-06"],
    2018: ["2018-12-29", "2018-12-31"],
    2019: ["2019-04-28", "2019-05-02", "2019-05-03", "2019-05-05"],
    2020: ["2020-01-31", "2020-02-01"],
}
"""What later notices made of a year, and the calendar library therefore says otherwise."""


def differing(notice: Notice) -> list[str]:
    """The dates of the notice, and of its year, on which the library says otherwise."""
    assert notice.year is not None
    whole = [date(notice.year, 1, 1) + timedelta(days=n) for n in range(365)]
    ordinary = {day: (day.weekday() < 5, "") for day in whole} | notice.days
    return [
        day.isoformat() for day, (works, _) in sorted(ordinary.items()) if works != chinese_calendar.is_workday(day)
    ]


@pytest.mark.parametrize("year", YEARS)
def test_the_notice_of_a_year_says_what_the_library_says(year: int) -> None:
    notice = read(text(str(year)))
    assert (notice.year, notice.whole_year, notice.faults) == (year, True, ())
    assert notice.title == f"国务院办公厅关于{year}年部分节假日安排的通知"
    assert set(notice.names) == {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}
    assert differing(notice) == LATER.get(year, [])


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("2009", "国办发明电〔2008〕42号"),
        ("2015", "国办发明电〔2014〕28号"),
        ("2015-change", "国发明电〔2015〕1号"),
        ("2018", ""),
        ("2019", "国办发明电〔2018〕15号"),
        ("2019-change", "国办发明电〔2019〕3号"),
        ("2020", "国办发明电〔2019〕16号"),
        ("2020-change", "国办发明电〔2020〕1号"),
        ("2026", "国办发明电〔2025〕7号"),
    ],
)
def test_the_number_of_the_document_is_the_calendars_basis(name: str, number: str) -> None:
    notice = read(text(name))
    assert notice.number == number
    assert notice.source == (number or notice.title)


def test_a_notice_that_begins_in_the_year_before_belongs_to_two_years() -> None:
    found = days(read(text("2019")))
    assert list(found)[:4] == ["2018-12-29", "2018-12-30", "2018-12-31", "2019-01-01"]
    assert [found[day] for day in list(found)[:4]] == [True, False, False, False]


def test_in_a_holiday_over_new_year_dates_without_a_year_lie_where_the_holiday_does() -> None:
    found = read(text("2008")).days
    assert {day for day in found if day.year == 2007} == {date(2007, 12, n) for n in (29, 30, 31)}
    assert found[date(2007, 12, 29)] == (True, "元旦调休上班")


def test_the_memorial_day_of_2015() -> None:
    notice = read(text("2015-change"))
    assert (notice.year, notice.whole_year, notice.faults) == (2015, False, ())
    assert days(notice) == {"2015-09-03": False, "2015-09-04": False, "2015-09-05": False, "2015-09-06": True}
    assert notice.names == ("中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日",)


def test_labour_day_of_2019_adjusted_takes_its_name_from_the_title() -> None:
    notice = read(text("2019-change"))
    assert (notice.year, notice.whole_year, notice.faults, notice.names) == (2019, False, (), ("劳动节",))
    off = dict.fromkeys(("2019-05-01", "2019-05-02", "2019-05-03", "2019-05-04"), False)
    assert days(notice) == {"2019-04-28": True, **off, "2019-05-05": True}


def test_spring_festival_of_2020_extended() -> None:
    notice = read(text("2020-change"))
    assert (notice.year, notice.whole_year, notice.faults, notice.days) == (2020, False, (), {})
    [extension] = notice.extensions
    assert (extension.name, extension.until) == ("春节", date(2020, 2, 2))


def test_a_day_that_is_only_encouraged_stays_a_working_day_and_is_remarked_upon() -> None:
    notice = read(text("2024"))
    assert date(2024, 2, 9) not in notice.days
    [remark] = notice.remarks
    assert "除夕(2月9日)" in remark
    assert "仍按工作日计" in remark


def test_holidays_joined_keep_both_names() -> None:
    found = read(text("2026")).days | read(text("2025")).days
    assert found[date(2025, 10, 8)] == (False, "国庆节、中秋节")
    assert found[date(2025, 10, 11)] == (True, "国庆节、中秋节调休上班")
    assert found[date(2026, 9, 20)] == (True, "国庆节调休上班")


def test_the_beijing_days_of_2014_need_the_year_to_be_told() -> None:
    words = (
        "关于2014年亚太经济合作组织会议期间调休放假的通告\n11月7日至11月12日调休放假，共6天。其中，11月7日（星期五）、"
        "10日（星期一）放假，11月11日（星期二）、12日（星期三）调休，11月2日（星期日）、15日（星期六）上班。"
    )
    assert "看不出是哪一年" in str(read(words.replace("2014年", "")).faults[0])
    notice = read(words.replace("2014年", ""), 2014)
    assert notice.faults == ()
    assert days(notice) == {
        "2014-11-02": True,
        **dict.fromkeys((f"2014-11-{n:02}" for n in range(7, 13)), False),
        "2014-11-15": True,
    }


SAME = {
    "with blanks and blank lines as a page copies them": lambda words: words.replace("\n", "\n\n　　").replace(
        "：", "： "
    ),
    "with ASCII punctuation": lambda words: words.replace("（", "(").replace("）", ")").replace("：", ":"),
    "with full-width digits": lambda words: words.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "with a line broken after each name": lambda words: words.replace("：", "：\n"),
    "with a line broken in the middle of a sentence": lambda words: words.replace("放假调休，", "放假\n调休，"),
    "with a dash for 至": lambda words: words.replace("日至", "日—"),
    "with points for numerals": lambda words: words.replace("一、元旦", "•元旦").replace("二、春节", "——春节"),
    "as a page of HTML": lambda words: (
        "<html><head><style>p {margin: 1月1日}</style></head><body><p>"
        + words.replace("\n", "</p>\n<p>&nbsp;&nbsp;")
        + "</p><script>var x = '5月1日放假'</script></body></html>"
    ),
    "below the head of a news page": lambda words: (
        "首页>时政\n来源：2025-11-04 22:15\n新华社北京11月4日电 全文如下：\n" + words
    ),
    "above other news": lambda words: words + "\n相关阅读\n[ 责编：某某 ]\n10000 次阅读\n",
    "on one line": lambda words: words.replace("\n", ""),
}


@pytest.mark.parametrize("year", [2008, 2010, 2016, 2019, 2024, 2026])
@pytest.mark.parametrize("form", SAME.values(), ids=SAME.keys())
def test_the_same_notice_is_read_alike(form: "object", year: int) -> None:
    assert callable(form)
    plain, found = read(text(str(year))), read(form(text(str(year))))
    assert [str(fault) for fault in found.faults] == []
    assert found.days == plain.days


WRONG = {
    "a weekday that is another one": (
        "1月4日（周日）上班", "1月4日（周六）上班", "第 5 行", "2026-01-04 是星期日，通知里写的是星期六",
    ),
    "a number of days that does not fit": ("共9天", "共8天", "第 6 行", "写的是共 8 天，放假日期却有 9 天"),
    "a moved working day in the week": (
        "2月28日（周六）上班", "2月27日（周五）上班", "第 6 行", "2026-02-27 是星期五，不是周末，不会是调休上班日",
    ),
    "a date that does not exist": (
        "2月28日（周六）上班", "2月30日（周六）上班", "第 6 行", "没有 2026 年 2 月 30 日这一天",
    ),
    "a month that was lost": ("一、元旦：1月1日", "一、元旦：1日", "第 5 行", "“1日”没有写月份"),
    "a range that runs backwards": (
        "5月1日（周五）至5日（周二）", "5月9日（周六）至5日（周二）", "第 8 行", "颠倒",
    ),
    "a day off and worked": (
        "5月9日（周六）上班", "5月3日（周日）上班", None, "2026-05-03 在劳动节放假，在劳动节又要上班",
    ),
    "a moved working day far from its holiday": (
        "9月20日（周日）、", "3月15日（周日）、", "第 11 行", "2026-03-15 上班离假期太远，请核对月份和年份",
    ),
    "a clause nobody has seen before": (
        "共3天。1月4日", "共3天。1月2日视情轮休，1月4日", "第 5 行", "读不懂“1月2日视情轮休",
    ),
    "dates in Chinese numerals": (
        "一、元旦：1月1日（周四）至3日（周六）放假调休", "一、元旦：一月一日放假", "第 5 行", "日期写成了汉字数字",
    ),
    "a holiday without a date": (
        "6月19日（周五）至21日（周日）放假，共3天", "放假3天", "第 9 行", "这一条没有读到日期",
    ),
    "a paragraph that is missing": (
        "五、端午节：6月19日（周五）至21日（周日）放假，共3天。\n", "", None, "通知要安排端午节，正文里却没有读到",
    ),
    "two years": ("现将2026年", "现将2027年", None, "通知里的年份不一致：2026、2027"),
    "a bracket with a date in it": ("1月4日（周日）", "1月4日（原为3日）", "第 5 行", "括号里的“原为3日”读不懂"),
}  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "where", "why"), WRONG.values(), ids=WRONG.keys())
def test_nothing_is_guessed(good: str, bad: str, where: str | None, why: str) -> None:
    words = text("2026")
    assert good in words
    faults = "\n".join(str(fault) for fault in read(words.replace(good, bad)).faults)
    assert why in faults
    assert where is None or where in faults


OTHERS = {
    "a part of a holiday that is not off": (
        "2008", "2月8日（正月初二）为法定", "2月14日为法定", "2008-02-14 说是放假的一部分，却不在放假日期之内",
    ),
    "a rest day moved from a weekday": ("2008", "12月29日（星期六）公休日", "12月28日公休日", "不是周末的公休日"),
    "rest days that are not as many as said": ("2008", "两个公休日调至2月11日", "三个公休日调至2月11日", "个数不对"),
    "a holiday that touches no weekend": (
        "2019", "4月5日放假，与周末连休", "4月3日放假，与周末连休", "不挨着周末",
    ),
    "an extension that does not fit the day of return": (
        "2020-change", "2月3日（星期一）起", "2月4日（星期二）起", "两个日期接不上",
    ),
    "a return without an extension": (
        "2020-change", "延长2020年春节假期至2月2日（农历正月初九，星期日），", "", "却没有写假期延长到哪一天",
    ),
    "a range over New Year without a year": (
        "2019", "2018年12月30日至2019年1月1日", "12月30日至1月1日", "跨年，却没有写年份",
    ),
    "a number of days beside a date that does not fit": ("2014", "放假1天", "放假2天", "放假 2 天，日期却有 1 天"),
    "an adjustment that does not say of what": (
        "2019-change", "关于调整2019年劳动节假期安排的通知", "通知", "没有写是哪个节日或为什么放假",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "good", "bad", "why"), OTHERS.values(), ids=OTHERS.keys())
def test_nor_in_the_other_forms(name: str, good: str, bad: str, why: str) -> None:
    words = text(name)
    assert good in words
    assert why in "\n".join(str(fault) for fault in read(words.replace(good, bad)).faults)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        pytest.param("", "看不出是哪一年的放假安排", id="no text at all"),
        pytest.param("关于2027年部分节假日安排的通知\n（正文见附件）", "没有读到", id="a title alone"),
        pytest.param("关于2027年部分节假日安排的通知\n如下：\n放假通知另发。", "没有读到", id="no dates"),
        pytest.param("今天天气不错。", "看不出是哪一年的放假安排", id="something else"),
    ],
)
def test_a_text_that_is_no_notice_says_so(words: str, why: str) -> None:
    notice = read(words)
    assert notice.days == {}
    assert why in str(notice.faults[0])


FRAGMENTS = st.sampled_from([
    "关于", "2027年", "9999年", "0000年", "现将", "部分节假日安排的通知", "如下：", "。", "\n", "一、", "元旦：",
    "春节", "其中，", "1月1日", "12月31日", "31日", "（周五）", "（", "）", "至", "、", "放假", "上班", "补休", "共3天",
    "与周末连休", "公休日调至", "两个", "起正常上班", "延长", "假期", "节假日期间", "国务院办公厅", "鼓励", "<p>",
    "&nbsp;", "\u3000", "—",
])  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=40).map("".join))
def test_no_text_whatever_breaks_the_reading(words: str) -> None:
    notice = read(words)
    assert notice.faults or notice.year is not None


def test_what_looks_like_an_arrangement_outside_the_paragraphs_is_remarked_upon() -> None:
    words = text(SAMPLE) + "\n另讯：本市3月8日放假半天。"
    notice = read(words)
    assert notice.faults == ()
    [remark] = notice.remarks
    assert "3月8日放假半天" in remark
    assert "没有采用" in remark
