"""What handlers do with contracts: whether data fits, judged from the fields of a plan."""

import re
from decimal import Decimal

FORMS = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "timestamp": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
}


def literal(value):
    if isinstance(value, dict):
        return Decimal(value.get("integer") or value.get("decimal"))
    return value


def fits(fields, data):
    """True when an object has the required fields and every field that it has is right."""
    if not isinstance(data, dict):
        return False
    for name, field in fields.items():
        if name not in data:
            if field["required"] and "default" not in field:
                return False
        elif not value_fits(field, data[name]):
            return False
    return True


def value_fits(field, value):
    kind = field["type"]
    if value is None:
        return field["nullable"]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    right = {
        "string": isinstance(value, str),
        "integer": is_number and value == int(value),
        "decimal": is_number,
        "boolean": isinstance(value, bool),
        "date": isinstance(value, str) and bool(FORMS["date"].fullmatch(value)),
        "timestamp": isinstance(value, str) and bool(FORMS["timestamp"].fullmatch(value)),
        "duration": isinstance(value, str),
        "list": isinstance(value, list),
        "map": isinstance(value, dict),
        "object": isinstance(value, dict),
    }[kind]
    if not right:
        return False
    members = field.get("one_of")
    if members and not members["open"] and value not in [literal(each) for each in members["values"]]:
        return False
    if kind == "object" and not fits(field.get("properties", {}), value):
        return False
    if kind == "list" and "items" in field and not all(value_fits(field["items"], each) for each in value):
        return False
    return bounded(field.get("bounds", {}), value, is_number)


def bounded(bounds, value, is_number):
    size = None if is_number else len(value) if isinstance(value, (str, list)) else None
    number = Decimal(str(value)) if is_number else None
    tests = {
        "min": lambda bound: number is None or number >= literal(bound),
        "max": lambda bound: number is None or number <= literal(bound),
        "min_exclusive": lambda bound: number is None or number > literal(bound),
        "max_exclusive": lambda bound: number is None or number < literal(bound),
        "multiple_of": lambda bound: number is None or number % literal(bound) == 0,
        "min_length": lambda bound: size >= bound,
        "max_length": lambda bound: size <= bound,
        "min_items": lambda bound: size >= bound,
        "max_items": lambda bound: size <= bound,
        "pattern": lambda bound: re.search(bound, value) is not None,
        "unique_items": lambda bound: len({str(each) for each in value}) == len(value),
    }
    return all(tests[name](bound) for name, bound in bounds.items())


def defaulted(fields, data):
    """The data with the defaults of fields that are absent."""
    added = {
        name: float(literal(field["default"])) if isinstance(field["default"], dict) else field["default"]
        for name, field in fields.items()
        if "default" in field and isinstance(data, dict) and name not in data
    }
    return {**data, **added} if added else data
