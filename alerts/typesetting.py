"""PDF by Typst and DOCX from office-editable templates: data goes in as JSON, never by building source text."""

import io
import json
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from alerts.wording import clean

TYPST = Path(__file__).parent / "typst"
DOCUMENTS = Path(__file__).parent / "documents"
LOST_TYPE = "〓"


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The Typst template ``template`` (a file name in ``alerts/typst``) filled with ``data``, as a PDF/A-2b.

    The template reads ``json(bytes(sys.inputs.data))``. Fonts come from the package, so that a server without any
    shows Chinese; a character that none of them has becomes 〓. The same data gives the same bytes. Raises
    ``typst.TypstError`` for a template that does not compile.
    """
    import typst

    inputs = {"data": json.dumps(_all_drawable(data), ensure_ascii=False)}
    made = typst.compile(
        TYPST / template,
        root=TYPST,
        font_paths=sorted({path.parent for path in font_files()}),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards="a-2b",
        timestamp=0,
    )
    if not isinstance(made, bytes):
        raise TypeError(f"{template} came to {type(made).__name__} instead of one PDF")
    return made


Pictures = Mapping[str, tuple[bytes, float]]
"""Name of a template's field → the picture that stands there and its width in millimetres."""


def docx(template: Path, data: Mapping[str, Any], pictures: Pictures | None = None) -> bytes:
    """A Word document: ``template`` (DOCX with ``{{ … }}`` fields, which an office may edit) filled with ``data``.

    Values are escaped. The same template and data give the same bytes. Raises ``jinja2.TemplateError`` for a template
    with a mistake, ``OSError`` for one that is not there, ``zipfile.BadZipFile`` for one that is no DOCX.
    """
    from docx.shared import Mm
    from docxtpl import DocxTemplate, InlineImage
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    document = DocxTemplate(template)
    document.init_docx()
    shown = {
        name: InlineImage(document, io.BytesIO(content), width=Mm(width))
        for name, (content, width) in (pictures or {}).items()
    }
    # An office edits the template, so what stands in its fields is not trusted code.
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    document.render({**data, **shown}, environment, autoescape=True)
    made = io.BytesIO()
    document.save(made)
    return _undated(made.getvalue())


def of_the_office(
    template: Path, data: Mapping[str, Any], pictures: Pictures | None = None
) -> tuple[bytes, str | None]:
    """``docx`` from a template of the office's own: the document, or nothing and in Chinese why there is none."""
    from jinja2 import TemplateError, UndefinedError

    try:
        return docx(template, data, pictures), None
    except FileNotFoundError:
        return b"", f"没有文件 {template}"
    except UndefinedError as error:
        return b"", f"模板里有不认识的字段（{clean(str(error), 200)}）"
    except TemplateError as error:
        return b"", f"模板的标记写法不对（{clean(str(error), 200)}）"
    except Exception as error:  # noqa: BLE001 - a file of an office can be anything, and must not hold back a document
        return b"", f"不是能用的 DOCX 文件（{type(error).__name__}：{clean(str(error), 200)}）"


def _undated(package: bytes) -> bytes:
    """The ZIP ``package`` without the moment at which each part was packed: the same parts are the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            target.writestr(zipfile.ZipInfo(part.filename), source.read(part), zipfile.ZIP_DEFLATED)
    return made.getvalue()


@cache
def font_files() -> tuple[Path, ...]:
    """The fonts that come with the package: Noto Sans SC, Noto Serif SC, and Noto Sans CJK for rarer characters."""
    import cvttf_NotoSansCJK_Regular as rarer
    import pylopdf_fonts_zh_cn as common

    folders = (Path(module.__file__ or "").parent for module in (common, rarer))
    return tuple(sorted(path for folder in folders for path in folder.glob("*.otf")))


def drawable(text: str) -> str:
    """``text`` with each character that no font can draw replaced by 〓, the sign of Chinese print for a lost type."""
    if text.isascii():
        return text
    return "".join(char if ord(char) in _covered() or char.isspace() else LOST_TYPE for char in text)


@cache
def _covered() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    covered: set[int] = set()
    for path in font_files():
        with TTFont(path, lazy=True) as font:
            covered.update(font.getBestCmap())
    return frozenset(covered)


def _all_drawable(value: Any) -> Any:
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, Mapping):
        return {key: _all_drawable(part) for key, part in value.items()}
    return [_all_drawable(part) for part in value] if isinstance(value, list | tuple) else value
