"""Numbers, exchange rates and application forms."""

from collections import defaultdict
from fractions import Fraction

# What of an item is named by a code of the application form.
CODED = ("workPackage", "activity", "deliverable")

def cents(amount):
    """"-12.5" is -1250."""
    whole, _, rest = amount.lstrip("-").partition(".")
    value = int(whole) * 100 + int(rest.ljust(2, "0"))
    return -value if amount.startswith("-") else value


def printed(amount):
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02}"


def rounded_down(number):
    """Towards minus infinity."""
    return number.numerator // number.denominator


def euro_of(amount, rate):
    """Units of a currency in euro cents, half a cent away from zero."""
    number = abs(Fraction(amount)) / rate
    value = (2 * number.numerator + number.denominator) // (2 * number.denominator)
    return -value if amount < 0 else value


def at_most(amount, limit):
    """As much of the amount as the limit leaves, both of the limit's sign."""
    return max(0, min(amount, limit)) if limit >= 0 else min(0, max(amount, limit))


class Rates:
    """Monthly rates and rate policies, as far as they are recorded."""

    def __init__(self):
        self.months = defaultdict(dict)
        self.policies = defaultdict(list)

    def import_month(self, data):
        for rate in data["rates"]:
            month = f"{data['year']:04}-{data['month']:02}"
            self.months[rate["currency"]][month] = Fraction(rate["value"])

    def set_policy(self, data):
        value = Fraction(data["value"]) if data["policy"] == "irrevocable" else None
        self.policies[data["currency"]].append((data["validFrom"], value))
        # Of two policies from the same day the one that was recorded later counts.
        self.policies[data["currency"]].sort(key=lambda policy: policy[0])

    def of_month(self, currency, month):
        """The rate of a month, by the policy in force on its last day; None where none is known."""
        if currency == "EUR":
            return Fraction(1)
        in_force = [policy for policy in self.policies[currency] if policy[0][:7] <= month]
        if not in_force:
            return None
        return in_force[-1][1] or self.months[currency].get(month)

    def newest(self, currency):
        if currency == "EUR":
            return Fraction(1)
        months = set(self.months[currency])
        policies = self.policies[currency]
        if policies and policies[-1][1]:
            months.add(policies[-1][0][:7])
        return self.of_month(currency, max(months)) if months else None


class Forms:
    """The application forms by version, and what a code means in each."""

    KINDS = ("workPackages", "activities", "deliverables")

    def __init__(self):
        self.by_version = {}
        self.items = None

    def approve(self, data):
        self.by_version[data["version"]] = data
        self.items = None

    def newest(self):
        return max(self.by_version, default=None)

    def in_force(self, day):
        begun = [version for version, form in self.by_version.items() if form["validFrom"] <= day]
        return max(begun, default=None)

    def meanings(self):
        """For each version, the item of the plan that each code means. An item keeps its number
        from form to form; the second answer has each item's newest code."""
        if self.items is None:
            self.items, self.codes = {}, []
            known = {}
            for version in sorted(self.by_version):
                form = self.by_version[version]
                entries = [entry for kind in self.KINDS for entry in form[kind]]
                moved = {entry["was"] for entry in entries if entry.get("was")}
                here = {}
                for entry in entries:
                    code, was = entry["code"], entry.get("was")
                    item = known.get(was) if was else known.get(code)
                    if item is None or entry.get("new") or (not was and code in moved):
                        item = len(self.codes)
                        self.codes.append(code)
                    here[code] = item
                    self.codes[item] = code
                known.update(here)
                self.items[version] = here
        return self.items, self.codes

    def item(self, code, day):
        """What a code means on a day, as far as forms are recorded: in the form in force,
        otherwise in the newest before it, otherwise in the newest after it. A code of no form
        is itself."""
        if code is None:
            return None
        items, _ = self.meanings()
        in_force = self.in_force(day) or 0
        versions = sorted(items, key=lambda version: (version > in_force, -version))
        return next((items[of][code] for of in versions if code in items.get(of, ())), code)

    def name(self, item):
        """The code that an item has in the newest form, otherwise the one that it had last."""
        return self.meanings()[1][item] if isinstance(item, int) else item

    def option(self, kind, option, partner, day, work_package=None):
        """A lump sum or unit cost as the form in force on a day has it for a partner."""
        budget = self.by_version[self.in_force(day)]["budget"]
        for found in budget.get(kind) or []:
            partners = [found["partner"]] if kind == "lumpSums" else found.get("partners")
            there = kind == "unitCosts" or self.item(found["workPackage"], day) == self.item(
                work_package, day)
            if found["option"] == option and partner in (partners or [partner]) and there:
                return found
        return None

    def cells(self, version):
        """Planned amounts by partner, work package and category."""
        form = self.by_version[version]
        for cell in form["budget"]["cells"]:
            work_package = self.meanings()[0][version][cell["workPackage"]]
            yield cell["partner"], work_package, cell["category"], cents(cell["amount"])

    def grants(self, version):
        """The ERDF of each partner."""
        return {of["partner"]: cents(of["erdf"])
                for of in self.by_version[version]["budget"]["partners"]}

    def planned(self, version):
        planned = defaultdict(int)
        for partner, _, _, amount in self.cells(version):
            planned[partner] += amount
        return planned

    def flat_rates(self, version, partner):
        """The flat rates of a partner by category; the first one of a category counts."""
        rates = {}
        form = self.by_version.get(version, {"budget": {}})
        for rate in form["budget"].get("flatRates") or []:
            if partner in (rate.get("partners") or [partner]):
                rates.setdefault(rate["category"], (Fraction(rate["rate"]), rate["base"]))
        return rates
