"""What a checkout writes, and what an order costs (section 5.10)."""

import datetime

from .reading import conflicts, values
from .schema import find
from .values import LIMIT, is_money, parts, pointer, utf16


def checkout(state, schemas, cart, chosen, time):
    """The order's name and the operations; None where there is nothing to check out."""
    shown, (kind, name) = values(state), cart.split("/")
    contents = shown.get(cart, {})
    lines = {
        key: line
        for key, line in contents.get("lines", {}).items()
        if line.get("quantity", 0) > 0 and (chosen is None or key in chosen)
    }
    if not lines:
        return None
    number = contents.get("checkouts", 0) + 1
    while f"order/{name}-{number}" in shown:
        number += 1
    order, types = f"order/{name}-{number}", {schema["type"]: schema for schema in schemas}

    operations = []

    def write(entity, path, **action):
        operations.append({"entity": entity, "path": pointer(path), **action})

    def say(value, path):
        found = find(types["order"], path) if "order" in types else None
        rule = found and found[0]["rule"]
        if rule == "register" or rule == "count":
            write(order, path, set=value)
        elif rule == "set":
            for element in value:
                write(order, path, add=element)
        elif rule in ("record", "map"):
            for part in sorted(value, key=utf16):
                say(value[part], (*path, part))

    if chosen is None:
        write(cart, ("lines",), clear={})
    else:
        for key in sorted(lines, key=utf16):
            write(cart, ("lines",), remove=key)
    write(cart, ("checkouts",), set=number)
    others = [part for part in ("coupons", "note") if chosen is None and part in contents]
    for part in others:
        write(cart, (part,), clear={})
    write(order, ("status",), move={"to": "placed"})
    for key in sorted(lines, key=utf16):
        say(lines[key], ("lines", key))
    for part in others:
        say(contents[part], (part,))
    write(order, ("cart",), set=cart)
    write(order, ("placedAt",), set=instant_text(time))
    return order, operations


def instant_text(time):
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=time)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time % 1000:03}Z"


def total(state, order):
    """What an order costs; None where nobody said so and its lines do not tell."""
    shown = values(state).get(order, {})
    lines = [(line.get("price"), line.get("quantity", 0)) for line in shown.get("lines", {}).values()]
    summed, said = sum_of(lines), shown.get("total")
    if not is_money(said):
        return summed
    disputed = any(
        conflict["entity"] == order and parts(conflict["path"])[0] in ("lines", "total")
        for conflict in conflicts(state)
    )
    if disputed and summed and summed["currency"] == said["currency"]:
        return max(said, summed, key=lambda money: money["amount"])
    return said


def sum_of(lines):
    if not lines or not all(is_money(price) for price, _ in lines):
        return None
    if len({price["currency"] for price, _ in lines}) > 1:
        return None
    amount = sum(price["amount"] * quantity for price, quantity in lines)
    return {"amount": amount, "currency": lines[0][0]["currency"]} if abs(amount) <= LIMIT else None
