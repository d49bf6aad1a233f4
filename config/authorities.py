"""Certificate authorities of the owner's own: the files named in the settings, looked at while loading."""

from pathlib import Path

from config.documents import Places
from config.problems import Problem
from config.settings import Settings


def with_authorities(settings: Settings, folder: Path, places: Places) -> tuple[Settings, list[Problem]]:
    """``settings`` with every ``ca_file`` made absolute from ``folder``, and those that cannot be used."""
    problems: list[Problem] = []
    update: dict[str, object] = {}
    for section in ("delivery", "inbox"):
        part = getattr(settings, section)
        if part.ca_file is None:
            continue
        path = folder / part.ca_file
        update[section] = part.model_copy(update={"ca_file": path})
        if why := _unfit(path):
            hint = "写对路径；文件应是 PEM 格式的根证书（以 -----BEGIN CERTIFICATE----- 开头），本程序的账号能读取"
            problems.append(places.error("S021", (section, "ca_file"), f"{section}.ca_file 不能用：{why}", hint))
    return settings.model_copy(update=update), problems


def _unfit(path: Path) -> str:
    """Why the file holds no certificates that can be trusted; "" when it does."""
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        return "不是 PEM 格式的证书"
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or "读不出来"
    return ""
