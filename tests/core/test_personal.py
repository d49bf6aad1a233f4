"""Which columns hold an applicant's personal data, and numbers that must not be shown."""

import pytest

from monitor.personal import blotted, is_personal, without_personal

PERSONAL = [
    "LXR", "LXRSJH", "lxr_sjh", "ＬＸＲ", "sfzh", "E_MAIL", "联系人", "联系 电话", "申请人手机号", "法人身份证号码",
    "证件号", "联系方式", "邮箱",
]  # fmt: skip
OTHERS = ["BLR", "办理人", "审批单位", "项目名称", "建设地点", "SPBMMC", "LSH", "项目代码", "备注", "LXLX", "是否联网"]


@pytest.mark.parametrize("column", PERSONAL)
def test_columns_of_personal_data_are_known_by_name(column: str) -> None:
    assert is_personal(column)


@pytest.mark.parametrize("column", OTHERS)
def test_other_columns_are_not_taken_for_such(column: str) -> None:
    assert not is_personal(column)


def test_a_row_is_stripped_of_them() -> None:
    assert without_personal({"LXR": "某", "LSH": 1, "联系电话": "0"}) == {"LSH": 1}


NUMBERS = {
    "来电13912345678。": "来电（已隐去）。",
    "身份证11011619900101123X": "身份证（已隐去）",
    "两个13912345678和13812345678": "两个（已隐去）和（已隐去）",
    "2106-440100-04-01-237448": "2106-440100-04-01-237448",
    "139123456789": "139123456789",
    "流水号 1234567890": "流水号 1234567890",
}


@pytest.mark.parametrize("text", NUMBERS)
def test_telephone_and_identity_numbers_are_blotted_out(text: str) -> None:
    assert blotted(text) == NUMBERS[text]
