"""Evaluates every recorded expression with a real JSONata and compares it with our evaluator."""

import json
from pathlib import Path

import interpreter


class World:
    """Expressions read no clock; the evaluator asks for one all the same."""

    class clock:
        @staticmethod
        def millis():
            return 0

        @staticmethod
        def text():
            return "1970-01-01T00:00:00.000Z"


def judged():
    """The name of each expression with where it differs, or nothing."""
    interpreter.use(World)
    document = json.loads((Path(__file__).parent / "expressions.json").read_text())
    for case in document["cases"]:
        yield f"JSONata: {case['expression']}", differs(document["records"], case)


def differs(records, case):
    for number, (record, expected) in enumerate(zip(records, case["values"])):
        try:
            found = {"value": interpreter.evaluate(case["jsonata"], record)}
        except interpreter.Undefined:
            found = {}
        except Exception as error:  # noqa: BLE001 - told as a difference
            return f"record {number}: {case['jsonata']} failed: {error}"
        if not same(found, expected):
            return f"record {number}: {case['jsonata']} is {found}, and for us {expected}"
    return None


def same(found, expected):
    if isinstance(found, float) or isinstance(expected, float):
        # What is beyond nine places is rounded away, as the target documents.
        return isinstance(found, (int, float)) and isinstance(expected, (int, float)) and round(found, 9) == round(expected, 9)
    if isinstance(found, dict) and isinstance(expected, dict):
        return found.keys() == expected.keys() and all(same(found[key], expected[key]) for key in found)
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(same, found, expected))
    return type(found) is type(expected) and found == expected
