"""The bytes of a saved notice as lines."""

import pytest

from monitor.plain_text import UnreadableError, decoded, lines_of
from tests.calendar.texts import text

CODINGS = ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"]


@pytest.mark.parametrize("coding", CODINGS)
def test_every_encoding_that_a_notepad_writes(coding: str) -> None:
    assert decoded(text("2016").encode(coding)) == text("2016")


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\xff\xff\xff", b"\xff\xfe\0"])
def test_what_is_no_text_says_so(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="不是文本文件"):
        decoded(data)


def test_a_page_is_read_paragraph_by_paragraph_without_its_scripts() -> None:
    page = (
        "<!DOCTYPE html><html><head><title>x</title></head><body><script>5月1日放假</script>"
        "<p>一、元旦：<b>1月1日</b>\n放假&amp;休息</p><div>二、春节<br>2月1日</div></body></html>"
    )
    assert [line for line in lines_of(page) if line] == ["一、元旦：1月1日放假&休息", "二、春节", "2月1日"]


def test_a_text_with_a_less_than_sign_is_no_page() -> None:
    assert lines_of("根据《关于修改<全国年节及纪念日放假办法>的决定》\n一") == [
        "根据《关于修改<全国年节及纪念日放假办法>的决定》",
        "一",
    ]
