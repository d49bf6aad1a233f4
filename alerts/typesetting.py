"""PDF by Typst and DOCX from office-editable templates: data goes in as JSON, never by building source text."""

import io
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

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


class TemplateError(Exception):
    """A template of an office that cannot be used; its text is the sentence for whoever edits it."""


def docx(template: Path, data: Mapping[str, Any], pictures: Mapping[str, tuple[bytes, float]] | None = None) -> bytes:
    """A Word document: ``template`` (DOCX with ``{{ … }}`` fields, which an office may edit) filled with ``data``.

    ``pictures``: name of the field → the picture and its width in millimetres. Values are escaped. The same data gives
    the same bytes. Raises ``TemplateError`` for a template that is not there, is no DOCX or has a mistake in a field.
    """
    from docx.opc.exceptions import PackageNotFoundError
    from docx.shared import Mm
    from docxtpl import DocxTemplate, InlineImage
    from jinja2 import StrictUndefined
    from jinja2 import TemplateError as FieldError
    from jinja2.sandbox import SandboxedEnvironment

    try:
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
    except FieldError as error:
        raise TemplateError(f"Word 模板 {template} 的字段写法有误：{clean(str(error), 200)}") from error
    except (PackageNotFoundError, OSError, BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise TemplateError(f"Word 模板 {template} 读不出来，或不是 DOCX 文件：{clean(str(error), 200)}") from error
    return _dateless(made.getvalue())


def _dateless(archive: bytes) -> bytes:
    """The same archive without the moment it was written, which alone would make two of them differ."""
    made = io.BytesIO()
    with ZipFile(io.BytesIO(archive)) as found, ZipFile(made, "w", ZIP_DEFLATED) as settled:
        for part in found.infolist():
            settled.writestr(ZipInfo(part.filename), found.read(part), ZIP_DEFLATED)
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
