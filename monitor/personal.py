"""Which columns hold an applicant's personal data, whatever a source calls them. Pure.

Such a column is removed from a row before anything else looks at it: it is never stored, shown, logged or mailed.
"""

import re
import unicodedata
from collections.abc import Mapping

STANDARD = frozenset({"LXR", "LXRSJH"})
"""联系人 and 联系人手机号, which version 3.0 of the national exchange standard adds to an item's row."""

_OTHER = re.compile(
    "联系人|联系方式|联系电话|联系手机|手机|电话|身份证|证件号|证照号|邮箱|电子邮件|住址|联系地址|通讯地址"
    "|^(LXR.*|LXDH|LXFS|SJH|SJHM|SFZH|SFZHM|ZJHM|DHHM|PHONE|MOBILE|(E[-_]?)?MAIL|ID_?CARD)$"
)

_NUMBER = re.compile(r"(?<![0-9])(?:1[3-9][0-9]{9}|[0-9]{17}[0-9Xx])(?![0-9])")


def folded(name: object) -> str:
    """A name as it is compared: one width and case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", str(name)).upper().split())


def is_personal(column: object) -> bool:
    """Whether a column of this name holds an applicant's personal data."""
    return _OTHER.search(folded(column)) is not None


def without_personal(row: Mapping[str, object]) -> dict[str, object]:
    """``row`` without the columns that hold personal data."""
    return {column: value for column, value in row.items() if not is_personal(column)}


def blotted(text: str) -> str:
    """``text`` with telephone and identity numbers blotted out."""
    return _NUMBER.sub("（已隐去）", text)
