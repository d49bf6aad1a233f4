"""From the data of a file to its model, or to a sentence for each thing that is wrong with it."""

from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from config import shape
from config.documents import Document
from config.problems import Problem, shown
from config.toml_lines import KeyPath

Model = TypeVar("Model", bound=BaseModel)
Wording = tuple[str, str, str]
"""Code, message (the key is put in for {key}), hint."""

TYPES: dict[str, Wording] = {
    "int": ("G007", "{key} 应为整数", "写成 5 这样的整数，不加引号"),
    "float": ("G007", "{key} 应为数字", "写成 5 或 0.5 这样的数字，不加引号"),
    "bool": ("G007", "{key} 应为 true 或 false", "写小写的 true 或 false，不加引号"),
    "string": ("G007", "{key} 应为文字", "给内容加上英文双引号"),
    "path": ("G007", "{key} 应为文字（路径）", "给路径加上英文双引号"),
    "tuple": ("G007", "{key} 应为列表", '写成 ["甲", "乙"] 的样子；只有一个也要方括号；[[…]] 的表头是双方括号'),
    "model": ("G007", "{key} 应为一节", "写成 [表头] 下面逐行“键 = 值”的样子"),
    "dict": ("G007", "{key} 应为一节", "写成 [表头] 下面逐行“键 = 值”的样子"),
}
"""The first word of a pydantic error type → what to say of a value of the wrong type."""

BOUNDS: dict[str, tuple[str, str]] = {
    "greater_than": ("gt", "大于"),
    "greater_than_equal": ("ge", "不小于"),
    "less_than": ("lt", "小于"),
    "less_than_equal": ("le", "不大于"),
}

PATTERNS: dict[str, str] = {
    r"^\d{6}$": "写 6 位数字，加引号",
    r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$": "以小写字母开头，只用小写字母、数字和单个的下划线",
    r"^[a-z0-9][a-z0-9-]{0,39}$": "只用小写字母、数字、连字符，40 个字以内",
}


def validated(model: type[Model], document: Document) -> tuple[Model | None, list[Problem]]:
    """The model of ``document``, or None with every problem found. No problem repeats a value of the file."""
    try:
        return model.model_validate(document.data), []
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return None, [_problem(model, document, dict(each)) for each in found]


def nearest(word: str, choices: tuple[str, ...]) -> str | None:
    """The one of ``choices`` that ``word`` is most likely a slip of; None if none comes near."""
    return next(iter(get_close_matches(word.lower(), choices, n=1, cutoff=0.6)), None)


def _problem(model: type[BaseModel], document: Document, error: dict[str, Any]) -> Problem:
    kind, path = str(error["type"]), tuple(error["loc"])
    if kind == "extra_forbidden":
        return document.places.error("G005", path, *_unknown_key(model, path))
    if path[-1:] == ("[key]",):  # pydantic's mark for the key of a mapping, behind the key itself
        path = path[:-1]
        return document.places.error("G005", path, *_unknown_key(model, path))
    code, message, hint = _wording(kind, path, error.get("ctx", {}))
    return document.places.error(code, path, message.replace("{key}", dotted(path)), hint)


def _wording(kind: str, path: KeyPath, context: dict[str, Any]) -> Wording:
    if kind == "fault":
        return str(context["code"]), "{key}：" + str(context["message"]), str(context["hint"])
    if kind == "missing":
        return "G006", "缺少必填的 {key}", f"在这一节里补上 {path[-1]} = …"
    if kind in BOUNDS:
        name, word = BOUNDS[kind]
        return "G008", f"{{key}} 应{word} {str(context[name]).removesuffix('.0')}", "改成允许范围内的数值"
    if kind in ("enum", "literal_error"):
        choices = str(context["expected"]).replace("'", "").replace(" or ", "、").replace(", ", "、")
        return "G009", "{key} 不在可选值之内", f"可选：{choices}"
    if kind == "string_pattern_mismatch":
        return "G010", "{key} 的写法不对", PATTERNS.get(str(context["pattern"]), "对照默认文件里的写法")
    return TYPES.get(kind.partition("_")[0], ("G007", "{key} 的类型不对", "对照默认文件里的写法"))


def _unknown_key(model: type[BaseModel], path: KeyPath) -> tuple[str, str]:
    key = str(path[-1])
    near = nearest(key, shape.keys_of(shape.at(model, path[:-1])))
    homes = [names[:-1] for names, _ in shape.fields(model) if names[-1] == key and names[:-1] != path[:-1]]
    if near:
        hint = f"是否想写 {near}"
    elif homes:
        section = f"[{'.'.join(homes[0])}] 一节" if homes[0] else "文件最前面、第一个 [表头] 之前"
        hint = f"这个键应写在{section}"
    else:
        hint = "删去这个键，或对照默认文件里的键名"
    return f"不认识的键 {dotted(path)}", hint


def dotted(path: KeyPath) -> str:
    """``path`` for people: names joined by dots, elements numbered from 1."""
    text = ""
    for key in path:
        text += f"[第 {key + 1} 个]" if isinstance(key, int) else f".{shown(key)}"
    return text.lstrip(".")
