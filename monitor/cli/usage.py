"""A call that is written wrong, told in Chinese: what the command-line library says in English, put into our words."""

import re

from typer.exceptions import TyperException

_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"No such command '(?P<a>.*)'\.", "没有“{a}”这个命令"),
    (r"No such option: (?P<a>\S+)(?: \(Possible options: (?P<b>.*)\))?", "没有 {a} 这个选项{b}"),
    (r"Missing command\.", "缺少命令"),
    (r"Missing \w+ '?(?P<a>[^']*?)(?:\.\.\.)?'?\.", "缺少 {a}"),
    (r"Option '(?P<a>.*)' requires .*", "选项 {a} 后面缺少值"),
    (r"Option '(?P<a>.*)' does not take a value\.", "选项 {a} 后面不能带值"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((?P<a>.*)\)", "多出了“{a}”"),
    (r"Invalid value for '?(?P<a>[^':]*)'?: .*valid integer.*", "{a} 的值不对：应为整数"),
    (r"Invalid value for '?(?P<a>[^':]*)'?: .*greater than or equal to (?P<b>\S+)", "{a} 的值不对：不能小于 {b}"),
    (r"Invalid value for '?(?P<a>[^':]*)'?: .*less than or equal to (?P<b>\S+)", "{a} 的值不对：不能大于 {b}"),
    (r"Invalid value for '?(?P<a>[^':]*)'?: .* is not one of (?P<b>.*)\.", "{a} 的值不对：只能是 {b}"),
    (r"Invalid value for '?(?P<a>[^':]*)'?: (?P<b>.*)", "{a} 的值不对（{b}）"),
)
"""What the library says (a pattern) → the same in Chinese; the first that fits counts."""


def sentence(error: TyperException) -> str:
    """What is wrong with the call and where to look. Words of the library that we do not know stay as said."""
    return f"命令写得不对：{_in_chinese(error.format_message().strip())}。\n用法见 approval-monitor --help"


def _in_chinese(said: str) -> str:
    for pattern, words in _SENTENCES:
        if found := re.fullmatch(pattern, said, re.DOTALL):
            parts = {name: value or "" for name, value in found.groupdict().items()}
            if "Possible options" in said:
                parts["b"] = f"，是否想写 {parts['b']}"
            return words.format(**parts).replace("'", "")
    return said.rstrip(".")
