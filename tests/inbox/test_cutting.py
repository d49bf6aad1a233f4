"""What somebody wrote, without the mail that is answered; and whether it says no more than 收到."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.inbox.cutting import LONGEST, is_receipt, own_text
from alerts.inbox.plain import text_of

OWN = "因材料未齐，已电话告知申请人，预计11月25日前办结。"
QUOTES = {
    "QQ": "---------- 原始邮件 ----------\n发件人: 监测<a@zwfw.example>;\n主题: 督办\n\n办件编号：X-1",
    "WeCom": "------------------ Original ------------------\nFrom: 监测 <a@zwfw.example>\nDate: Thu\n\nX-1",
    "Coremail": "-----原始邮件-----\n发件人:监测\n发送时间:2026-11-19 09:00:00 (星期四)\n\nX-1",
    "Outlook": "发件人: 监测 <a@zwfw.example>\n发送时间: 2026年11月19日 9:00\n收件人: 科室\n主题: 督办\n\nX-1",
    "Outlook in English": "From: a <a@zwfw.example>\nSent: Thursday\nTo: b\nSubject: c\n\nX-1",
    "Outlook with bold names": "*发件人:* 监测\n*发送时间:* 2026年11月19日\n\nX-1",
    "Foxmail": "发件人： 监测\n发送时间： 2026-11-19 09:00\n收件人： 科室\n\nX-1",
    "163": '在 2026-11-19 09:00:00，"监测" <a@zwfw.example> 写道：\n> X-1',
    "163 of today": "---- 回复的原邮件 ----\n| 发件人 | 监测 |\n| 日期 | 2026年11月19日 |\n\nX-1",
    "163 in English": 'At 2026-11-19 09:00:00, "a" <a@zwfw.example> wrote:\n>X-1',
    "iPhone": "在 2026年11月19日，上午9:00，监测 <a@zwfw.example> 写道：\n\n> X-1",
    "Gmail, broken in two": "On Thu, Nov 19, 2026 at 9:00 AM 审批时限监测\n<a@zwfw.example> wrote:\n\n> X-1",
    "quotation marks alone": "> 办件编号：X-1\n> 逾期",
    "a forward": "---------- 转发的邮件 ----------\n发件人: 监测\n日期: 2026\n\nX-1",
}


@pytest.mark.parametrize("quote", [pytest.param(text, id=name) for name, text in QUOTES.items()])
@pytest.mark.parametrize("between", ["\n", "\n\n\n", "\n\n发自我的iPhone\n\n"], ids=["close", "apart", "from a phone"])
def test_the_mail_that_is_answered_is_cut(quote: str, between: str) -> None:
    assert own_text(OWN + between + quote) == OWN


@pytest.mark.parametrize("quote", [pytest.param(text, id=name) for name, text in QUOTES.items()])
def test_of_a_reply_without_words_nothing_is_left(quote: str) -> None:
    assert own_text("\n\n" + quote) == ""


def test_answers_between_quoted_lines_stay() -> None:
    assert own_text("> 一、为何逾期？\n材料未齐。\n> 二、何时办结？\n11月25日。") == "材料未齐。\n11月25日。"


@pytest.mark.parametrize(
    "text",
    [
        "发件人是谁请核对：我局没有发过。",
        "From: 这里起由区水务局办理",
        "在此之前已写道：请核对期限",
        "2026-11-19 已受理\n2026-11-20 已办结：",
        "一、原因\n----\n二、措施",
        "详见《原始邮件》",
    ],
)
def test_text_that_only_looks_like_a_mark_stays(text: str) -> None:
    assert own_text(text) == text


def test_of_a_signature_name_and_office_stay_and_numbers_go() -> None:
    assert (
        own_text(f"{OWN}\n\n-- \n张三\n区水务局审批科\n电话 010-69600000\n传真 1") == f"{OWN}\n\n张三\n区水务局审批科"
    )


def test_what_follows_two_hyphens_is_no_signature_when_it_is_long() -> None:
    text = "\n".join(["表一", "--", *(f"第{n}项已办结。" for n in range(20))])
    assert own_text(text) == text


def test_a_text_without_end_is_cut_and_says_so() -> None:
    kept = own_text("长" * 20_000)
    assert (len(kept), kept[-5:]) == (LONGEST, "……（略）")


@pytest.mark.parametrize(
    "text",
    [
        "收到",
        "收到。",
        "已收到！",
        "您好，邮件已收到，谢谢。",
        "已阅",
        "已阅，知悉。",
        "OK",
        "ok!",
        "好的",
        "好的，谢谢！",
        "知悉",
        "收悉",
        "我局已收到。",
        "收到\n\n张三\n北京市怀柔区水务局\n010-69600000",
        "Received, thanks.",
        "已签收。",
        "1",
        "收到\n祝好\n审批科 李四",
    ],
)
def test_a_word_of_receipt_is_a_receipt(text: str) -> None:
    assert is_receipt(own_text(text))


@pytest.mark.parametrize(
    "text",
    [
        OWN,
        "收到，预计下周办结。",
        "收到\n该项目因补正材料预计11月30日前办结",
        "不同意",
        "该件已办结",
        "请联系张三",
        "",
        "。。。",
        "好的，我们马上办理",
        "已阅。另，该件应为暂停状态",
        "收到" + "好的" * 200 + "x",
    ],
)
def test_anything_more_is_none(text: str) -> None:
    assert not is_receipt(own_text(text))


def test_a_page_is_read_line_by_line_with_its_quotes_marked() -> None:
    page = (
        "<html><head><title>x</title><style>p{}</style></head><body><p>第一段<br>第二行</p><script>1</script>"
        "<table><tr><td>甲</td><td>乙</td></tr></table><blockquote>引用<blockquote>更早</blockquote></blockquote>末尾"
    )
    assert [line for line in text_of(page).split("\n") if line] == [
        "第一段", "第二行", "甲 乙", "> 引用", "> > 更早", "末尾"
    ]  # fmt: skip


LINES = st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60), max_size=20)


@given(LINES)
def test_nothing_raises_and_nothing_is_made_up(lines: list[str]) -> None:
    text = "\n".join(lines)
    given_lines = {line.strip() for line in text.split("\n")}
    assert {line.strip() for line in own_text(text).split("\n")} <= given_lines | {""}


@given(LINES, st.sampled_from(sorted(QUOTES.values())))
def test_whatever_stands_before_it_the_quoted_mail_is_never_returned(lines: list[str], quote: str) -> None:
    before = "\n".join(line.replace("X-1", "") for line in lines)
    assert "X-1" not in own_text(f"{before}\n\n{quote}")


@given(st.text(max_size=300))
def test_no_page_raises(page: str) -> None:
    assert isinstance(text_of(page), str)
    assert isinstance(is_receipt(own_text(page)), bool)
