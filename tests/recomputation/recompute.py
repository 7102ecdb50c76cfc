#!/usr/bin/env python3
"""Every figure of money of each project, from an export alone.

    cairn export --database sqlite:cairn.db | python3 recompute.py
    python3 recompute.py cairn.ndjson

It is written from schema/figures.md and the schemas of the events, and shares nothing with the
program: where both print the same figure, the page says how it is made.
It prints JSON in the shape of the answers to GraphQL, and sentences about what the log itself
contradicts; status 1 where there is such a sentence.

All amounts are whole cents, all rates and shares exact fractions; nothing is a float.
"""

import json
import sys
from collections import defaultdict
from fractions import Fraction

from history import Project
from plan import CODED, cents, printed, rounded_down

AXES = {
    "PARTNER": "partner", "WORK_PACKAGE": "workPackage", "CATEGORY": "category",
    "ACTIVITY": "activity", "DELIVERABLE": "deliverable", "CURRENCY": "currency",
    "MONTH": "month", "CLAIM": "claim",
}
ASKED = (
    (), ("PARTNER",), ("WORK_PACKAGE",), ("CATEGORY",), ("ACTIVITY",), ("DELIVERABLE",),
    ("CURRENCY",), ("MONTH",), ("CLAIM",), ("PARTNER", "WORK_PACKAGE", "CATEGORY"),
    ("PARTNER", "CLAIM"), ("CATEGORY", "CLAIM", "CURRENCY"),
)
SUMMED = ("planned", "declared", "provisional", "paid", "claimed", "certified", "deducted",
          "parked", "inControl")
CLAIM_AMOUNTS = ("declared", "certified", "deducted", "parked", "inControl", "takenUp")


class Figures:
    """The pieces that every row and total is a sum of, of one project as it is now."""

    def __init__(self, project):
        self.project = project
        self.forms, self.rates = project.forms, project.rates
        # Each piece: a value for each axis in the order of AXES, and the amounts of SUMMED.
        self.pieces = []
        self.unconverted = defaultdict(int)
        # Of each group of partner, work package and claim: by category what the base is made of.
        self.groups = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
        self.claim_amounts = defaultdict(lambda: defaultdict(int))
        for item in project.items.values():
            self.take_item(item)
        self.take_flat_rates()
        self.take_planned()
        self.fund = self.funds_part()

    def form_of(self, claim):
        return self.forms.newest() if claim is None else self.project.claims[claim].form

    def take_item(self, item):
        work_package, activity, deliverable = (item.means[of] for of in CODED)
        paid = list(item.paid_by_portion(self.rates))

        def piece(claim, **amounts):
            axes = (item.partner, work_package, item.category, activity, deliverable,
                    item.currency, item.day[:7], claim)
            self.pieces.append((axes, amounts))

        for portion, filled in zip(item.portions, paid):
            declared, parked = portion.declared(), portion.parked - portion.taken_up
            piece(portion.claim, declared=declared, claimed=declared, paid=filled,
                  certified=portion.certified, deducted=portion.deducted, parked=parked,
                  inControl=portion.not_ruled_on())
            base = self.groups[item.partner, work_package, portion.claim][item.category]
            for part, amount in (("D", portion.euro), ("C", portion.certified),
                                 ("P", portion.parked), ("T", portion.taken_up),
                                 ("O", portion.not_ruled_on())):
                base[part] += amount
            self.count_in_claim(portion.claim, item.partner, portion.euro, portion.certified,
                                portion.deducted, portion.parked, portion.not_ruled_on(),
                                portion.taken_up)
        if not item.is_free:
            return
        euro = item.free_euro(self.rates)
        if euro is None:
            self.unconverted[item.currency] += item.amount
            return
        provisional = euro if item.is_provisional() else 0
        piece(None, declared=euro, provisional=provisional, paid=paid[-1])
        base = self.groups[item.partner, work_package, None][item.category]
        base["D"] += euro
        base["provisional"] += provisional

    def count_in_claim(self, claim, partner, *amounts):
        for name, amount in zip(CLAIM_AMOUNTS, amounts):
            self.claim_amounts[claim, partner][name] += amount

    def take_flat_rates(self):
        for (partner, work_package, claim), bases in self.groups.items():
            rates = self.forms.flat_rates(self.form_of(claim), partner)
            for category, (rate, base) in rates.items():
                of = {part: sum(bases[of][part] for of in base if of in bases)
                      for part in ("D", "C", "P", "T", "O", "provisional")}
                axes = (partner, work_package, category, None, None, None, None, claim)
                amounts = self.flat_rate(rate, of, claim, partner)
                self.pieces.append((axes, amounts))

    def flat_rate(self, rate, of, claim, partner):
        """What a flat rate makes of its base, each amount rounded down."""
        def share(base):
            return rounded_down(rate * base)

        if claim is None:
            declared = share(of["D"])
            return {"declared": declared,
                    "provisional": declared - share(of["D"] - of["provisional"])}
        certified = share(of["C"])
        deducted = share(of["D"] - of["O"]) - certified - share(of["P"])
        in_control = share(of["D"]) - share(of["D"] - of["O"])
        parked = share(of["P"] - of["T"])
        self.count_in_claim(claim, partner, share(of["D"]), certified, deducted, share(of["P"]),
                            in_control, share(of["P"]) - parked)
        declared = certified + deducted + parked + in_control
        return {"declared": declared, "claimed": declared, "certified": certified,
                "deducted": deducted, "parked": parked, "inControl": in_control}

    def take_planned(self):
        if self.forms.newest() is not None:
            for partner, work_package, category, amount in self.forms.cells(self.forms.newest()):
                axes = (partner, work_package, category, None, None, None, None, None)
                self.pieces.append((axes, {"planned": amount}))

    def fund_share(self, claim, partner):
        """The partner's ERDF by its budget cells; nothing where the form plans nothing for it."""
        form = self.form_of(claim)
        if form is None:
            return Fraction(0)
        planned = self.forms.planned(form)[partner]
        grant = self.forms.grants(form).get(partner, 0)
        return Fraction(grant, planned) if planned else Fraction(0)

    def funds_part(self):
        """ERDF of what is declared and of what is certified, by partner and claim."""
        sums = defaultdict(lambda: [0, 0])
        for axes, amounts in self.pieces:
            of = sums[axes[0], axes[-1]]
            of[0] += amounts.get("declared", 0)
            of[1] += amounts.get("certified", 0)
        return {(partner, claim): [rounded_down(self.fund_share(claim, partner) * of)
                                   for of in amounts] if any(amounts) else [0, 0]
                for (partner, claim), amounts in sums.items()}

    def budget_use(self, by):
        """Rows and totals along the axes; the fund's part of whole partners alone."""
        places = [list(AXES).index(axis) for axis in by]
        rows = defaultdict(lambda: dict.fromkeys(SUMMED, 0))
        for axes, amounts in self.pieces:
            row = rows[tuple(axes[place] for place in places)]
            for name, amount in amounts.items():
                row[name] += amount
        fund = defaultdict(lambda: [0, 0])
        for (partner, claim), parts in self.fund.items():
            key = tuple({"PARTNER": partner, "CLAIM": claim}.get(axis) for axis in by)
            fund[key] = [a + b for a, b in zip(fund[key], parts)]
        has_fund = set(by) <= {"PARTNER", "CLAIM"}
        totals = {name: sum(row[name] for row in rows.values()) for name in SUMMED}
        whole = [sum(parts[place] for parts in self.fund.values()) for place in (0, 1)]
        return {
            "rows": [self.named(by, key) | self.derived(row, fund[key] if has_fund else None)
                     for key, row in rows.items()],
            "totals": self.derived(totals, whole),
        }

    def named(self, by, key):
        """A row's value on each axis; null where it has none."""
        values = dict(zip(by, key))
        return {name: self.forms.name(values.get(axis)) if name in CODED else values.get(axis)
                for axis, name in AXES.items()}

    @staticmethod
    def derived(amounts, fund):
        amounts = amounts | {"frozen": amounts["declared"] - amounts["provisional"],
                             "remaining": amounts["planned"] - amounts["declared"]}
        erdf, certified = map(printed, fund) if fund else (None, None)
        return in_print(amounts) | {"erdf": erdf, "erdfCertified": certified}

    def claims(self):
        for number in sorted(self.project.claims):
            partners = sorted(partner for claim, partner in self.claim_amounts if claim == number)
            amounts = {}
            for partner in partners:
                of = self.claim_amounts[number, partner]
                share = self.fund_share(number, partner)
                amounts[partner] = {name: of[name] for name in CLAIM_AMOUNTS} | {
                    "erdf": rounded_down(share * of["declared"]),
                    "erdfCertified": rounded_down(share * of["certified"])}
            total = {name: sum(of[name] for of in amounts.values())
                     for name in (*CLAIM_AMOUNTS, "erdf", "erdfCertified")}
            ruled = total["certified"] + total["deducted"] + total["parked"]
            self.project.holds(
                self.project.claims[number].control != "closed" or ruled == total["declared"],
                f"certified, deducted and parked of claim {number} are not what it declares")
            yield {"number": number, "amounts": in_print(total), "partners": [
                {"partner": partner, "amounts": in_print(of)} for partner, of in amounts.items()]}

    def by_partner(self):
        """Declared, certified, paid and the fund's part of the declared of each partner."""
        sums = defaultdict(lambda: defaultdict(int))
        for axes, amounts in self.pieces:
            for name in ("declared", "certified", "paid"):
                sums[axes[0]][name] += amounts.get(name, 0)
        for (partner, _), (erdf, _) in self.fund.items():
            sums[partner]["erdf"] += erdf
        return sums

    def cash(self):
        sums = self.by_partner()
        for partner in sorted(self.project.partners):
            of, cash = sums[partner], self.project.cash[partner]
            back = cash["recovered"] - cash["repaid"]
            held = cash["received"] - cash["forwarded"] + back
            yield {"partner": partner} | in_print({
                "received": cash["received"], "confirmed": cash["confirmed"],
                "forwarded": cash["forwarded"], "repaid": cash["repaid"],
                "recovered": cash["recovered"],
                "toRepay": cash["ordered"] - cash["repaid"], "spent": of["paid"],
                "ownShare": of["declared"] - of["erdf"], "contributions": cash["contributions"],
                "inKind": cash["inKind"], "revenue": cash["revenue"], "held": held,
                "gap": of["paid"] - held})

    def payment_trigger(self):
        contract, form, sums = self.project.contract, self.forms.newest(), self.by_partner()
        if contract is None or form is None:
            return None
        of_grant = contract.get("triggerBase") == "erdf"
        base = cents(contract["erdf"] if of_grant else contract["total"])
        share, shares = Fraction(contract["triggerShare"]), contract["paymentShares"]
        trigger = rounded_down(share * base)
        second = rounded_down(Fraction(shares[1]) * cents(contract["erdf"])) if shares[1:] else 0
        reported = sum(of["declared"] for of in sums.values())
        validated = sum(of["certified"] for of in sums.values())

        def pro_rata(amount):
            return rounded_down(second * min(Fraction(1), Fraction(max(0, amount), trigger or 1)))

        def partner(number):
            of = (self.forms.grants(form) if of_grant else self.forms.planned(form)).get(number, 0)
            trigger, reported = rounded_down(share * of), sums[number]["declared"]
            return {"partner": number} | in_print({
                "reported": reported, "trigger": trigger, "missing": max(0, trigger - reported)})

        return in_print({
            "trigger": trigger, "reported": reported, "missing": max(0, trigger - reported),
            "validated": validated, "proRataValidated": pro_rata(validated),
            "proRataReported": pro_rata(reported),
        }) | {"partners": [partner(number) for number in sorted(self.project.partners)]}

    def check_totals(self):
        """What is claimed is ruled on in full, but for what stands in a claim whose control is
        not closed."""
        total = {name: sum(amounts.get(name, 0) for _, amounts in self.pieces) for name in SUMMED}
        ruled = total["certified"] + total["deducted"] + total["parked"]
        self.project.holds(ruled + total["inControl"] == total["claimed"],
                           "certified, deducted, parked and in control are not all that is claimed")
        closed = all(claim.control == "closed" for claim in self.project.claims.values())
        self.project.holds(not closed or total["inControl"] == 0,
                           "control of all claims is closed, and something is not ruled on")

    def all(self):
        self.check_totals()
        return {
            "budgetUse": {" ".join(by): self.budget_use(by) for by in ASKED},
            "unconverted": [{"currency": currency, "amount": printed(amount)}
                            for currency, amount in sorted(self.unconverted.items())],
            "claims": list(self.claims()),
            "cash": list(self.cash()),
            "paymentTrigger": self.payment_trigger(),
        }


def in_print(amounts):
    return {name: printed(amount) for name, amount in amounts.items()}


def recompute(lines):
    """The figures of each project, and sentences about what the log itself contradicts."""
    events = defaultdict(list)
    for line in lines:
        if line.strip():
            event = json.loads(line)
            events[event["project"]].append(event)
    figures, wrong = {}, []
    for key in sorted(events):
        project = Project(key)
        for event in sorted(events[key], key=lambda event: event["version"]):
            project.take(event)
        figures[key] = Figures(project).all()
        wrong += project.wrong
    return {"projects": figures, "wrong": wrong}


def main():
    with open(sys.argv[1], encoding="utf-8") if sys.argv[1:] else sys.stdin as lines:
        answer = recompute(lines)
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=1)
    print()
    return 1 if answer["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
