"""The places of units by their overdue rates, fair to units with few items. Pure."""

from collections.abc import Mapping

LEAST_TO_RANK = 5
"""Items in hand below which a unit is not ranked: one item more or less would turn its place over."""


def ranks(stocks: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """The place of each unit that is ranked, from (items in hand, overdue among them) by unit; 1 is the best.

    The lower rate is the better place, and equals share one. Rates are compared as fractions, so rounding decides
    nothing.
    """
    able = {unit: stock for unit, stock in stocks.items() if stock[0] >= LEAST_TO_RANK}
    return {
        unit: 1 + sum(1 for has, late in able.values() if late * in_hand < overdue * has)
        for unit, (in_hand, overdue) in able.items()
    }
