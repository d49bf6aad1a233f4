"""One file of the configuration: its data, and where each key of it stands."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.problems import Problem, Severity
from config.toml_lines import KeyPath, key_lines, line_of

FULL_WIDTH = "“”‘’，＝［］｛｝＂＃　"

SYNTAX = {
    "Invalid value": "等号后面的值写法不对",
    "Expected '=' after a key": "键名后面缺少等号",
    "Expected newline or end of document": "一行里写了多余的内容",
    "Expected ']'": "表头的方括号没有写完",
    "Invalid initial character": "键名写法不对",
    "Invalid statement": "这一行既不是键值，也不是表头",
    "Unclosed array": "方括号列表没有写完（可能是前面几行）",
    "Unclosed inline table": "花括号没有写完（可能是前面几行）",
    "Unterminated string": "引号没有成对",
    "Illegal character": "引号没有成对，或文字里有控制字符",
    "Unescaped": "文字里的反斜杠写法不对",
    "Invalid date": "日期不存在",
    "Cannot overwrite a value": "同一个键写了两次",
    "Duplicate inline table key": "同一个键写了两次",
    "Cannot declare": "同一个表写了两次",
    "Cannot mutate": "同一个表写了两次",
    "Cannot redefine": "同一个名称既当表又当值",
}
"""How each complaint of tomllib begins → what it means."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the keys of one file stand: ``lines``, and for overridden keys the environment variable in ``origins``."""

    file: str
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    origins: Mapping[KeyPath, str] = field(default_factory=dict)

    def problem(self, code: str, severity: Severity, path: KeyPath, message: str, hint: str) -> Problem:
        """A problem that points at ``path`` (or at the nearest parent that is written down)."""
        for depth in range(len(path), 0, -1):
            if path[:depth] in self.origins:
                return Problem(code, severity, f"环境变量 {self.origins[path[:depth]]}", None, message, hint)
            if path[:depth] in self.lines:
                break
        return Problem(code, severity, self.file, line_of(self.lines, path), message, hint)

    def error(self, code: str, path: KeyPath, message: str, hint: str) -> Problem:
        """``problem`` of severity error."""
        return self.problem(code, "error", path, message, hint)

    def warning(self, code: str, path: KeyPath, message: str, hint: str) -> Problem:
        """``problem`` of severity warning."""
        return self.problem(code, "warning", path, message, hint)


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one file and its places. The data may hold a secret, so it is kept out of the repr."""

    data: dict[str, Any] = field(repr=False)
    places: Places


def read(path: Path, name: str) -> Document | Problem:
    """Read the TOML file ``path``, called ``name`` in messages. A byte order mark and CRLF are accepted."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return Problem("G002", "error", name, None, "缺少这个文件", "用 approval-monitor init 生成一份，再补上")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return Problem("G003", "error", name, line, "文件不是 UTF-8 编码", "在编辑器里另存为 UTF-8 编码")
    except OSError as error:
        return Problem("G003", "error", name, None, f"文件读不出来（{error.strerror}）", "检查文件类型与读取权限")
    try:
        return Document(tomllib.loads(text), Places(name, key_lines(text)))
    except RecursionError:
        return Problem("G004", "error", name, None, "括号嵌套太深", "检查是否漏写了右括号")
    except ValueError as error:
        return _syntax_problem(name, text, str(error))


def _syntax_problem(name: str, text: str, complaint: str) -> Problem:
    lines = text.splitlines() or [""]
    found = re.search(r"at line (\d+), column (\d+)", complaint)
    number = min(int(found[1]), len(lines)) if found else len(lines)
    meaning = next((said for start, said in SYNTAX.items() if complaint.startswith(start)), "写法不符合 TOML 语法")
    column = f"（第 {found[2]} 列附近）" if found else ""
    hint = "文字要加英文双引号，列表用方括号，键与值之间用等号"
    if any(char in FULL_WIDTH for char in lines[number - 1].partition("#")[0]):
        hint = "这一行里有全角符号，改成半角的引号、逗号、等号或括号"
    return Problem("G004", "error", name, number, meaning + column, hint)
