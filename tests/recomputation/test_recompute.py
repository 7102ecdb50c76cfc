"""The figures of small histories, held against what was worked out by hand.

    python3 -B -m unittest discover tests/recomputation

Each `cases/*.ndjson` is a history, and the `.json` beside it what must come out of it: a part of
the answer. cases/README.md has the arithmetic.
"""

import json
import unittest
from pathlib import Path

from recompute import AXES, recompute

CASES = Path(__file__).parent / "cases"
NAMES = (*AXES.values(), "number")


def name_of(entry):
    """What tells an entry of a list from the others: its axes or its number."""
    return {name: entry.get(name) for name in NAMES}


def differences(expected, found, path):
    """Where an answer does not have what is expected of it."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            if not isinstance(found, dict) or key not in found:
                yield f"{path}: no {key}"
            else:
                yield from differences(value, found[key], f"{path}/{key}")
    elif isinstance(expected, list) and expected and isinstance(expected[0], dict):
        for entry in expected:
            named = [other for other in found if name_of(other) == name_of(entry)]
            name = ", ".join(str(of) for of in name_of(entry).values() if of is not None)
            if entry.get("declared") == "0.00" and not named:
                continue
            if len(named) != 1:
                yield f"{path}: {len(named)} entries {name or 'without a name'}"
            else:
                yield from differences(entry, named[0], f"{path}/{name}")
    elif expected != found:
        yield f"{path}: {found}, by hand {expected}"


class Recomputed(unittest.TestCase):
    maxDiff = None

    def test_cases(self):
        histories = sorted(CASES.glob("*.ndjson"))
        self.assertGreater(len(histories), 10)
        for history in histories:
            with self.subTest(history.stem):
                with open(history, encoding="utf-8") as lines:
                    answer = recompute(lines)
                expected = json.loads(history.with_suffix(".json").read_text(encoding="utf-8"))
                self.assertEqual(expected.pop("wrong", []), answer["wrong"])
                figures = answer["projects"][history.stem]
                self.assertEqual([], list(differences(expected, figures, "")))


if __name__ == "__main__":
    unittest.main()
