"""Bytes that are labelled wrongly are read rightly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.inbox.charset import decoded, header

TEXT = "已于11月18日补正，预计25日前办结。"


@pytest.mark.parametrize(
    ("raw", "label"),
    [
        pytest.param(TEXT.encode("gb18030"), "gb18030", id="gb18030 as gb18030"),
        pytest.param(TEXT.encode("gbk"), "GB2312", id="gbk as gb2312"),
        pytest.param(TEXT.encode(), "gb2312", id="utf-8 as gb2312"),
        pytest.param(TEXT.encode("gbk"), "utf-8", id="gbk as utf-8"),
        pytest.param(TEXT.encode("gbk"), "us-ascii", id="gbk as ascii"),
        pytest.param(TEXT.encode("gbk"), "iso-8859-1", id="gbk as latin 1"),
        pytest.param(TEXT.encode(), "iso-8859-1", id="utf-8 as latin 1"),
        pytest.param(TEXT.encode("gbk"), None, id="gbk without a label"),
        pytest.param(TEXT.encode(), "x-unknown", id="a label that nobody knows"),
        pytest.param(TEXT.encode(), "rot13", id="a label that is no charset"),
        pytest.param(TEXT.encode("utf-16"), "utf-16", id="utf-16"),
        pytest.param(b"\xef\xbb\xbf" + TEXT.encode(), "utf-8", id="a byte order mark"),
    ],
)
def test_text_is_what_it_was(raw: bytes, label: str | None) -> None:
    assert decoded(raw, label) == TEXT


def test_a_character_beyond_gb2312_survives_its_label() -> None:
    assert decoded("朱镕、㛃".encode("gb18030"), "gb2312") == "朱镕、㛃"


def test_bytes_cut_in_the_middle_of_a_character_give_what_can_be_read() -> None:
    assert decoded(TEXT.encode("gbk")[:-1], "gbk").startswith("已于11月18日补正")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param("=?gb2312?B?u9i4tDogtr2w7A==?=", "回复: 督办", id="one word"),
        pytest.param("=?GB2312?B?u9g=?=\n =?GB2312?B?uLQ=?=", "回复", id="two words"),
        pytest.param("=?gb2312?B?u9i4?=\r\n =?gb2312?B?tA==?=", "回复", id="a character cut in two by the folding"),
        pytest.param("=?utf-8?B?u9i4tA==?=", "回复", id="gbk as utf-8"),
        pytest.param("=?x?Q?a?=", "a", id="an unknown label"),
        pytest.param("=?gb2312?B?###?=", "", id="no base64"),
        pytest.param(None, "", id="no header"),
    ],
)
def test_headers_are_one_line_of_text(raw: str | None, text: str) -> None:
    assert header(raw) == text


@given(st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=20)))
def test_no_bytes_and_no_label_raise_and_the_text_can_be_stored(raw: bytes, label: str | None) -> None:
    decoded(raw, label).encode("utf-8")


@given(st.text(max_size=200))
def test_no_header_raises(value: str) -> None:
    header(value).encode("utf-8")
