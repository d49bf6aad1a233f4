"""The way in: ``load`` a configuration folder, or ``init`` a new one."""

import os
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel, SecretStr

from config import checks, overlay
from config.authorities import with_authorities
from config.documents import Document, Places, read
from config.environment import overridden
from config.ladder_checks import check_policy, check_reach
from config.loaded import CALENDAR, MATTERS, POLICY, SETTINGS, UNITS, Config
from config.matters import Matter, MattersFile, Workbook
from config.policy import Policy
from config.problems import ConfigError, Problem
from config.secrets import Want, find, holder
from config.settings import Audit, Delivery, Inbox, Settings
from config.sources import Source
from config.units import UnitDirectory, UnitsFile
from config.validate import validated

__all__ = ["Config", "ConfigError", "Problem", "init", "load"]

Model = TypeVar("Model", bound=BaseModel)

SECRET_CODES = ("K001", "K002", "K003")
"""What may be wrong with a secret that is not needed: missing, not readable, too readable."""
DEFAULT_FILES = (SETTINGS, POLICY, UNITS, MATTERS, f"{CALENDAR}/2027.toml.example")


def load(directory: Path | str, env: Mapping[str, str] = os.environ, *, secrets: bool = True) -> Config:
    """The configuration in ``directory``, overridden by ``env``.

    ``secrets`` false: a missing secret is no error, for commands that only read the ledger and are run by people who
    may not have the secrets of the service.

    1. Each file is read and validated by itself, monitor.toml with the overrides in it.
    2. Secrets are looked up, paths made absolute.
    3. The cross-checks look at every part that is sound.

    Raises ConfigError with everything found if any of it is an error; otherwise what was found is kept as
    ``Config.warnings``.
    """
    folder = Path(directory).absolute()
    if not folder.is_dir():
        hint = "检查 --config 或 APPROVAL_MONITOR_CONFIG；新建请用 approval-monitor init 目录"
        raise ConfigError([Problem("G001", "error", str(directory), None, "配置目录不存在", hint)])
    loading = _Loading(folder, secrets)
    settings = loading.settings(env)
    policy = loading.part(POLICY, Policy)
    entries = loading.part(UNITS, UnitsFile)
    units = UnitDirectory(entries.unit, entries.office, entries.region) if entries else None
    catalogue = loading.part(MATTERS, MattersFile)
    matters = catalogue.matter if catalogue else None
    days, faults = overlay.load_folder(folder / CALENDAR)
    problems = (*loading.problems, *faults, *loading.cross_checks(settings, policy, units, matters))
    failed = any(problem.severity == "error" for problem in problems)
    if failed or settings is None or policy is None or units is None or matters is None:
        raise ConfigError(problems)
    by_code = MappingProxyType({matter.code: matter for matter in matters})
    workbook = catalogue.workbook if catalogue else Workbook()
    return Config(folder, settings, policy, units, by_code, MappingProxyType(days), problems, workbook, loading.places)


def init(directory: Path | str) -> tuple[Path, ...]:
    """Write the commented default files into ``directory``, made if need be; returns the paths written.

    Raises ConfigError, with nothing written, if one of the files is there already or the folder cannot be written.
    """
    folder = Path(directory)
    targets = {name: folder / name for name in DEFAULT_FILES}
    hint = "换一个目录；要更新旧配置，请与新目录里的默认文件对照着改"
    there = [
        Problem("G011", "error", str(target), None, "文件已存在，init 不会覆盖", hint)
        for target in targets.values()
        if os.path.lexists(target)
    ]
    if there:
        raise ConfigError(there)
    defaults = resources.files("config") / "defaults"
    try:
        for name, target in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                file.write((defaults / name).read_bytes())
    except OSError as error:
        reason = f"写不进去（{error.strerror}）"
        raise ConfigError([Problem("G012", "error", str(folder), None, reason, "检查目录的权限与磁盘空间")]) from error
    return tuple(targets.values())


class _Loading:
    """What has been found so far while one folder is loaded."""

    def __init__(self, folder: Path, secrets: bool) -> None:
        self.folder = folder
        self.secrets = secrets
        self.problems: list[Problem] = []
        self.places: dict[str, Places] = {}

    def part(self, name: str, model: type[Model]) -> Model | None:
        """The file ``name`` as ``model``; None if it is not sound."""
        document = self._read(name)
        return self._validated(model, document) if document else None

    def settings(self, env: Mapping[str, str]) -> Settings | None:
        """monitor.toml with the overrides and secrets of ``env`` and absolute paths."""
        document = self._read(SETTINGS)
        if document is None:
            return None
        document, faults = overridden(document, env)
        self.problems += faults
        self.places[SETTINGS] = document.places
        settings = self._validated(Settings, document)
        if settings is None:
            return None
        settings, faults = with_secrets(settings, env, self.folder, document.places)
        self.problems += faults if self.secrets else [fault for fault in faults if fault.code not in SECRET_CODES]
        settings, faults = with_authorities(settings, self.folder, document.places)
        self.problems += faults
        return settings.model_copy(update={"data_dir": Path(os.path.abspath(self.folder / settings.data_dir))})

    def cross_checks(
        self,
        settings: Settings | None,
        policy: Policy | None,
        units: UnitDirectory | None,
        matters: Sequence[Matter] | None,
    ) -> Iterator[Problem]:
        """The cross-checks of ``config.checks.check``, as far as their parts are sound."""
        if settings:
            yield from checks.check_settings(settings, self.places[SETTINGS])
        if policy:
            yield from check_policy(policy, self.places[POLICY])
        if policy and matters is not None:
            yield from check_reach(policy, matters, self.places[POLICY])
        if units:
            yield from checks.check_units(units, self.places[UNITS])
        if settings and policy and units:
            yield from checks.check_contacts(settings, policy, units, self.places[UNITS])
        if matters is not None:
            yield from checks.check_matters(matters, self.places[MATTERS])

    def _read(self, name: str) -> Document | None:
        document = read(self.folder / name, name)
        if isinstance(document, Problem):
            self.problems.append(document)
            return None
        self.places[name] = document.places
        return document

    def _validated(self, model: type[Model], document: Document) -> Model | None:
        value, faults = validated(model, document)
        self.problems += faults
        return value


def with_secrets(
    settings: Settings, env: Mapping[str, str], folder: Path, places: Places
) -> tuple[Settings, list[Problem]]:
    """``settings`` with every secret filled in from wherever it is kept, and what is wrong about them.

    ``token_file`` and ``password_file`` of a source become the file that holds the secret, however that was named; None
    when none does.
    """
    problems: list[Problem] = []

    def secret(want: Want) -> SecretStr | None:
        found, faults = find(want, env, folder, places)
        problems.extend(faults)
        return found

    def filled(index: int, source: Source) -> Source:
        found: dict[str, object] = {}
        for want in (_token(index, source), _database_password(index, source)):
            key = str(want.path[-1])
            found |= {key: secret(want), f"{key}_file": holder(want, env, folder)}
        return source.model_copy(update=found)

    sources = tuple(filled(index, source) for index, source in enumerate(settings.sources))
    delivery = settings.delivery.model_copy(update={"password": secret(_password(settings.delivery))})
    inbox = settings.inbox.model_copy(update={"password": secret(_inbox_password(settings.inbox))})
    audit = settings.audit.model_copy(update={"ping_url": secret(_ping(settings.audit))})
    parts = {"sources": sources, "delivery": delivery, "inbox": inbox, "audit": audit}
    return settings.model_copy(update=parts), problems


def _token(index: int, source: Source) -> Want:
    return Want(
        label=f"来源 {source.name} 的访问令牌",
        path=("sources", index, "token"),
        value=source.token,
        file=source.token_file,
        variable=source.token_variable,
        credential=f"{source.name}_token",
        required=source.kind == "http",
    )


def _database_password(index: int, source: Source) -> Want:
    return Want(
        label=f"来源 {source.name} 的前置库密码",
        path=("sources", index, "password"),
        value=source.password,
        file=source.password_file,
        variable=source.password_variable,
        credential=f"{source.name}_password",
        required=source.needs_password,
    )


def _password(delivery: Delivery) -> Want:
    return Want(
        label="SMTP 密码",
        path=("delivery", "password"),
        value=delivery.password,
        file=delivery.password_file,
        variable="APPROVAL_MONITOR_SMTP_PASSWORD",
        credential="smtp_password",
        required=delivery.username is not None,
    )


def _inbox_password(inbox: Inbox) -> Want:
    return Want(
        label="IMAP 密码",
        path=("inbox", "password"),
        value=inbox.password,
        file=inbox.password_file,
        variable="APPROVAL_MONITOR_IMAP_PASSWORD",
        credential="imap_password",
        required=inbox.host is not None and inbox.username is not None,
    )


def _ping(audit: Audit) -> Want:
    return Want(
        label="心跳网址",
        path=("audit", "ping_url"),
        value=audit.ping_url,
        file=audit.ping_url_file,
        variable="APPROVAL_MONITOR_AUDIT_PING_URL",
        credential="audit_ping_url",
        required=False,
    )
