"""units."""

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import app_of

if TYPE_CHECKING:
    from config.load import Config
    from config.units import Alias, Unit
    from monitor.unmatched import Unmatched


class Form(StrEnum):
    """How the units are written."""

    TEXT = "text"
    JSON = "json"


def register(cli: typer.Typer) -> None:
    """Adds the command."""
    cli.command("units", help="单位名录，以及台账里对不上名录的单位名称与补法")(units)


def units(
    context: typer.Context,
    unmatched: Annotated[bool, typer.Option("--unmatched", help="只列对不上名录的名称")] = False,
    form: Annotated[Form, typer.Option("--format", help="text 或 json")] = Form.TEXT,
) -> None:
    """The units, and the names on record that match none: how many items, the nearest unit, the line to paste."""
    from monitor.unmatched import on_record

    app = app_of(context)
    with app.transactions.read() as connection:
        found = [_account(app.config, one) for one in on_record(connection)]
    listed = [] if unmatched else [_unit(unit) for unit in app.config.units.units]
    if form is Form.JSON:
        typer.echo(json.dumps({"units": listed, "unmatched": found}, ensure_ascii=False, indent=1))
        return
    for line in (*(_unit_lines(listed) if not unmatched else ()), *_unmatched_lines(found)):
        typer.echo(line)


def _unit(unit: "Unit") -> dict[str, Any]:
    return {
        "unit": unit.id,
        "name": unit.name,
        "full_name": unit.full_name,
        "codes": list(unit.codes),
        "aliases": [_alias(alias) for alias in unit.aliases],
        "addresses": sum(len(addresses) for addresses in unit.contacts.values()),
    }


def _alias(alias: "Alias") -> dict[str, str | None]:
    dates = {"since": alias.since, "until": alias.until}
    return {"name": alias.name} | {key: day.isoformat() if day else None for key, day in dates.items()}


def _account(config: "Config", one: "Unmatched") -> dict[str, Any]:
    """An unknown unit and how the configuration could learn it."""
    from config.nearest import nearest_unit

    near = nearest_unit(config.units, one.name)
    return {
        "code": one.code,
        "name": one.name,
        "items": one.items,
        "open": one.open,
        "since": one.since.isoformat() if one.since else None,
        "words": one.words,
        "known_now": config.units.match(one.code, one.name, one.since),
        "nearest": near.id if near else None,
        "nearest_name": near.name if near else None,
        **_remedy(config, one, near),
    }


def _remedy(config: "Config", one: "Unmatched", near: "Unit | None") -> dict[str, Any]:
    """The line of units.toml to write, and where: behind which line, or in place of which."""
    from config.loaded import UNITS
    from config.nearest import aliases_with, as_alias
    from config.toml_text import written

    alias, code = as_alias(one.name), as_alias(one.code)
    if alias is None:
        return {"paste": f"codes = [{written(code)}]" if code else None, "line": None, "replaces": False}
    if near is None:
        return {"paste": aliases_with(alias), "line": None, "replaces": False}
    place = ("unit", config.units.units.index(near))
    lines = config.places_of(UNITS).lines
    line = lines.get((*place, "aliases")) or lines.get((*place, "full_name"))
    return {"paste": aliases_with(alias, near), "line": line, "replaces": (*place, "aliases") in lines}


def _unit_lines(listed: list[dict[str, Any]]) -> Iterator[str]:
    yield f"单位名录 units.toml：{len(listed)} 个单位"
    for unit in listed:
        codes = "".join(f"、{code}" for code in unit["codes"])
        yield f"  {unit['unit']}{codes}　{unit['name']}　{unit['full_name']}　邮箱 {unit['addresses']} 个"
        if unit["aliases"]:
            yield f"      又名 {'、'.join(map(_alias_words, unit['aliases']))}"
    yield ""


def _alias_words(alias: dict[str, str | None]) -> str:
    since, until = alias["since"], alias["until"]
    if not since and not until:
        return str(alias["name"])
    return f"{alias['name']}（{f'{since} 起' if not until else f'{since} 至 {until}' if since else f'至 {until}'}）"


def _unmatched_lines(found: list[dict[str, Any]]) -> Iterator[str]:
    from config.problems import shown

    if not found:
        yield "台账里的审批单位都对得上名录。"
        return
    yield f"未匹配单位：{len(found)} 个名称，在办 {sum(one['open'] for one in found)} 件（提醒都发给督办专员）"
    for one in found:
        since = f"，最早 {one['since']} 接件" if one["since"] else ""
        yield f"  {one['words']}　在办 {one['open']} 件，共 {one['items']} 件{since}"
        if one["known_now"]:
            yield "      现在的配置已经认得它，下一轮取数或判断时归入该单位。"
            continue
        yield f"      {_advice(one)}"
        if one["paste"]:
            yield f"      {shown(one['paste'], 2000)}"


def _advice(one: dict[str, Any]) -> str:
    if one["paste"] is None:
        return "平台没有给出可用的编码或名称，只能由平台方补上。"
    if one["nearest"] is None or one["line"] is None:
        kind = "编码" if one["paste"].startswith("codes") else "名称"
        return f"没有相近的单位。请核实是哪个单位的{kind}，在 units.toml 该单位的 [[unit]] 里写："
    where = f"把第 {one['line']} 行起的 aliases 改为：" if one["replaces"] else f"在第 {one['line']} 行之后加上："
    return f"最接近{one['nearest_name']}。核实无误后，在 units.toml {where}"
