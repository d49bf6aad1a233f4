"""Which limits an item is measured by. Pure.

Promised limit = the smaller of the item row's and the matter row's, where one is missing the other; where both are, the
matter catalogue of the configuration; else none, which is a data problem to report.
"""

from collections.abc import Collection

from config.matters import Matter
from config.policy import Limits as OwnLimits
from monitor.clocks import WORKING_DAY, Limit, Limits


def promised_limit(
    item: int | None, matter: int | None, kind: int | None, catalogue: Matter | None, instant_kinds: Collection[int]
) -> Limit | None:
    """The promised limit (承诺时限).

    ``item``, ``matter``: days as the platform gives them; ``kind``: 办件类型 of the matter. A 0 is a limit only for a
    kind in ``instant_kinds`` (即办件) or a matter that the catalogue calls instant; everywhere else producers write it
    where they mean nothing.
    """
    instant = kind in instant_kinds or (catalogue is not None and catalogue.instant)
    given = [days for days in (item, matter) if days is not None and (days > 0 or instant)]
    if given:
        return Limit(min(given), catalogue.platform_unit if catalogue else WORKING_DAY)
    if catalogue and catalogue.promised is not None:
        return Limit(catalogue.promised, catalogue.unit_of_limit)
    return Limit(0) if catalogue and catalogue.instant else None


def limits_of(promised: Limit | None, catalogue: Matter | None, own: OwnLimits) -> Limits:
    """All limits of an item: the promised one, the catalogue's statutory one, the office's own of the other stages."""
    statutory = Limit(catalogue.statutory, catalogue.unit_of_statutory) if catalogue and catalogue.statutory else None
    return Limits(promised, statutory, acceptance=own.acceptance, review=own.review, delivery=own.delivery)
