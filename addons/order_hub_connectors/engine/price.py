"""Prices of lines whose total must not change by a cent.

A channel counts in boxes, the product in pieces: 3 boxes at 10.00 are 36 pieces at
0.8333…, and the customer still pays 30.00. Odoo keeps a unit price with as many
digits as it is given, so the price gets the digits that its line needs.
"""

from decimal import ROUND_HALF_UP, Decimal

#: Digits after which a float adds nothing but noise.
MAX_DIGITS = 12
#: How far a line may be off before its total is rounded, in coins of the currency:
#: so little that even 500 such lines, added up before rounding, make no cent.
TOLERANCE = Decimal("0.001")


def decimal(number: float | int | str | Decimal) -> Decimal:
    """Return a number as it is written, without the tail of its float."""
    return number if isinstance(number, Decimal) else Decimal(repr(number).strip("'"))


def to_coin(amount: Decimal, coin: Decimal) -> Decimal:
    """Round an amount half up to the smallest coin of its currency."""
    return (amount / coin).quantize(Decimal(1), ROUND_HALF_UP) * coin


def line_amount(quantity: float, price: float, discount: float, coin: float) -> Decimal:
    """Return what a line costs, rounded as Odoo rounds a line.

    :param discount: percent
    :param coin: rounding of the currency, e.g. 0.01
    """
    left = (Decimal(100) - decimal(discount)) / 100
    return to_coin(decimal(quantity) * decimal(price) * left, decimal(coin))


def exact_price(
    amount: Decimal, quantity: float, coin: float, digits: int = 2
) -> float:
    """Return the unit price with the fewest digits at which the line is the amount.

    :param amount: what the line costs in all
    :param quantity: above 0
    :param coin: rounding of the currency
    :param digits: digits that every price has
    :raise ValueError: a quantity or amount below what a line can have
    """
    quantity, coin = decimal(quantity), decimal(coin)
    if quantity <= 0 or amount < 0:
        raise ValueError("A line has a quantity above 0 and an amount of 0 or more.")
    exact = amount / quantity
    for places in range(digits, MAX_DIGITS + 1):
        price = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if abs(price * quantity - amount) <= coin * TOLERANCE:
            return float(price)
    return float(exact)
