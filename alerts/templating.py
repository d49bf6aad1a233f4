"""A mail is a name and three templates: NAME.subject.txt, NAME.txt and NAME.html.

Mail programs drop style sheets, so the styles of ``mail.css`` are written into every element. That is done once per
template, when it is loaded, and not once per mail: Jinja's tags step aside for it as comments and come back after.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

FOLDER = Path(__file__).parent / "templates"
_TAG = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
_TOKEN = re.compile(r"<!--jinja-(\d+)-->|jinja-(\d+)-as-word")
_EMPTY_LINES = re.compile(r"\n{3,}")


class Filled(NamedTuple):
    """The three filled templates of a mail."""

    subject: str
    text: str
    html: str


def fill(name: str, view: Mapping[str, Any]) -> Filled:
    """The templates of the mail ``name`` filled with ``view``.

    Raises ``jinja2.UndefinedError`` if a value that a template shows is missing.
    """
    environment = _environment()
    subject, text, html = (environment.get_template(name + end) for end in (".subject.txt", ".txt", ".html"))
    line = " ".join(subject.render(view).split())
    body = _EMPTY_LINES.sub("\n\n", text.render(view)).strip() + "\n"
    return Filled(line, body, html.render({**view, "subject": line}))


def inlined(source: str, css: str) -> str:
    """``source``, an HTML template, with the rules of ``css`` in the style attributes of its elements.

    A whole document also keeps the rules no attribute can hold (@media) in its head. Raises ``ValueError`` if a Jinja
    tag stands where HTML has no place for it and would be lost.
    """
    masked, tags = _masked(source)
    if "<html" in source:
        styled = masked.replace("</head>", f"<style>{css}</style></head>")
        result = CSSInliner(load_remote_stylesheets=False, keep_at_rules=True).inline(styled)
    else:
        result = CSSInliner(load_remote_stylesheets=False).inline_fragment(masked, css)
    found = [int(match[1] or match[2]) for match in _TOKEN.finditer(result)]
    if found != list(range(len(tags))):
        lost = sorted(set(range(len(tags))) - set(found))
        raise ValueError(f"inlining styles moved or lost Jinja tags: {[tags[number] for number in lost]}")
    return _TOKEN.sub(lambda match: tags[int(match[1] or match[2])], result)


def _masked(source: str) -> tuple[str, list[str]]:
    tags: list[str] = []
    out = ""
    end = 0
    for match in _TAG.finditer(source):
        out += source[end : match.start()]
        no_comment_here = out.rfind("<") > out.rfind(">") or out.rfind("<title") > out.rfind("</title")
        out += f"jinja-{len(tags)}-as-word" if no_comment_here else f"<!--jinja-{len(tags)}-->"
        tags.append(match.group())
        end = match.end()
    return out + source[end:], tags


class _Loader(FileSystemLoader):
    """Templates from files, those in HTML with their styles inlined."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, path, fresh = super().get_source(environment, template)
        if template.endswith(".html"):
            source = inlined(source, (FOLDER / "mail.css").read_text("utf-8"))
        return source, path, fresh


@cache
def _environment() -> Environment:
    return Environment(
        loader=_Loader(FOLDER),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",), default=False),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
