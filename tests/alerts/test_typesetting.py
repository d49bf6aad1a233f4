"""Documents are set with the package's own fonts, and what no font can draw does not stop them."""

from alerts.typesetting import LOST_TYPE, drawable, font_files


def test_the_fonts_come_with_the_package() -> None:
    assert {path.name for path in font_files()} >= {"NotoSansSC-Regular.otf", "NotoSerifSC-Regular.otf"}


def test_rare_characters_are_drawn_and_those_that_no_font_has_become_a_lost_type() -> None:
    assert drawable("北京市怀柔区𠮷家庄 A-1") == "北京市怀柔区𠮷家庄 A-1"
    assert drawable("表情\U0001f600") == f"表情{LOST_TYPE}"
