"""What the events of a project come to: items, claims, control, cash."""

from collections import defaultdict
from fractions import Fraction

from plan import CODED, Forms, Rates, at_most, cents, euro_of, printed, rounded_down


class Portion:
    """What of an item is in one claim, in euro, and what control made of it."""

    def __init__(self, claim, euro, rate, kept):
        self.claim, self.euro, self.rate, self.kept = claim, euro, rate, kept
        self.certified = self.deducted = self.parked = self.taken_up = 0

    def declared(self):
        return self.euro - self.taken_up

    def not_ruled_on(self):
        return self.euro - self.certified - self.deducted - self.parked


class Item:
    """What is spent: an expenditure line, a lump sum, a unit cost, or a reversal."""

    def __init__(self, event, partner, currency, amount, category, fields, payable):
        self.id, self.day, self.partner = event["id"], event["occurredon"], partner
        self.currency, self.amount, self.category = currency, amount, category
        # Its codes, and the items of the plan that they meant when they were recorded.
        self.codes, self.means = {of: fields.get(of) for of in CODED}, {}
        self.payable, self.payments, self.reverses = payable, 0, None
        self.portions = []
        # What is in no claim: all of it at first, with no euro of its own.
        self.is_free, self.kept = True, None

    def rate(self, rates):
        return self.portions[0].rate if self.portions else rates.newest(self.currency)

    def free_euro(self, rates):
        """The euro of what is in no claim; None where no rate is known."""
        if self.kept is not None or not self.is_free:
            return self.kept or 0
        if self.reverses:
            euro = self.reverses.euro(rates)
            return None if euro is None else -euro
        rate = rates.newest(self.currency)
        return euro_of(self.amount, rate) if rate else None

    def is_provisional(self):
        """Whether another rate would change the euro of what is in no claim."""
        of = self.reverses or self
        return self.currency != "EUR" and self.kept is None and not of.portions

    def euro(self, rates):
        free = self.free_euro(rates)
        return None if free is None else free + sum(of.declared() for of in self.portions)

    def paid(self, rates):
        if self.reverses:
            return -self.reverses.paid(rates)
        euro = self.euro(rates)
        if not self.payable or euro is None:
            return 0
        counted = at_most(self.payments, self.amount)
        return euro if counted == self.amount else euro_of(counted, self.rate(rates))

    def paid_by_portion(self, rates):
        """The portions from the oldest claim on, and what is in no claim last."""
        left = self.paid(rates)
        for declared in [of.declared() for of in self.portions] + [self.free_euro(rates) or 0]:
            filled = at_most(left, declared)
            left -= filled
            yield filled


class Claim:
    """A claim that was submitted and not withdrawn."""

    def __init__(self, number, form, items):
        self.number, self.form, self.items, self.control = number, form, items, None


class Project:
    """The fold of one project's events, in the order of their versions."""

    def __init__(self, key):
        self.key, self.wrong = key, []
        self.rates, self.forms = Rates(), Forms()
        self.items, self.claims = {}, {}
        self.partners, self.contract = {}, None
        self.cash = defaultdict(lambda: defaultdict(int))
        self.named, self.confirmed = {}, {}

    def holds(self, condition, sentence):
        if not condition:
            self.wrong.append(f"{self.key}: {sentence}")

    def take(self, event):
        handler = getattr(self, "on_" + event["type"].replace(".", "_"), None)
        if handler:
            handler(event, event["data"])

    def partner_of(self, event):
        behalf = str(event.get("onbehalfof") or "")
        return int(behalf) if behalf.isdigit() else event.get("actorpartner")

    def on_partner_joined(self, event, data):
        self.partners[data["number"]] = data["role"]

    def on_subsidy_contract_signed(self, event, data):
        self.contract = data

    on_subsidy_contract_amended = on_subsidy_contract_signed

    def on_exchange_rates_imported(self, event, data):
        self.rates.import_month(data)

    def on_rate_policy_set(self, event, data):
        self.rates.set_policy(data)

    def on_application_form_approved(self, event, data):
        self.forms.approve(data)

    # Items

    def add(self, event, *what):
        item = self.items[event["id"]] = Item(event, self.partner_of(event), *what)
        item.means = {of: self.forms.item(code, item.day) for of, code in item.codes.items()}

    def on_expenditure_declared(self, event, data):
        self.add(event, data["currency"], cents(data["declared"]), data["category"], data, True)

    def on_expenditure_amended(self, event, data):
        item = self.items[data["line"]]
        item.currency = data.get("currency") or item.currency
        item.category = data.get("category") or item.category
        item.amount = cents(data["declared"]) if data.get("declared") else item.amount
        if "invoice" in (data.get("document") or {}):
            item.day = data["document"]["invoice"]["date"]
        for of in CODED:
            code = None if of in data.get("remove", []) else item.codes[of]
            item.codes[of] = data.get(of) or code
            item.means[of] = self.forms.item(item.codes[of], item.day)

    def on_expenditure_paid(self, event, data):
        self.items[data["line"]].payments += cents(data["amount"])

    def on_expenditure_reversed(self, event, data):
        item = self.items[data["line"]]
        if not item.portions:
            del self.items[data["line"]]
            return
        reversal = Item(event, item.partner, item.currency, -item.amount, item.category,
                        item.codes, False)
        reversal.means = dict(item.means)
        reversal.reverses = item
        self.items[event["id"]] = reversal

    def on_lump_sum_triggered(self, event, data):
        amount, partner, day = self.completed(event), self.partner_of(event), event["occurredon"]
        option = self.forms.option("lumpSums", data["option"], partner, day, data["workPackage"])
        self.holds(option and cents(option["amount"]) == amount,
                   f"lump sum {event['id']} is not the amount of its option in the form")
        self.add(event, "EUR", amount, "lump_sum", data, False)

    def on_unit_cost_claimed(self, event, data):
        amount, partner, day = self.completed(event), self.partner_of(event), event["occurredon"]
        option = self.forms.option("unitCosts", data["option"], partner, day)
        units = option and Fraction(data["units"]) * cents(option["amount"])
        self.holds(option and rounded_down(units) == amount,
                   f"unit cost {event['id']} is not its units × the amount of one, rounded down")
        self.add(event, "EUR", amount, option and option["category"], data, False)

    @staticmethod
    def completed(event):
        return cents(event["completed"]["amount"])

    # Claims and control

    def on_claim_submitted(self, event, data):
        number, month = data["claim"], event["occurredon"][:7]
        frozen = event["completed"]["frozen"]
        for line in frozen["lines"]:
            self.holds(line["line"] in self.items,
                       f"claim {number} has item {line['line']}, which is not there or reversed")
        items = [self.freeze(number, month, line) for line in frozen["lines"]
                 if line["line"] in self.items]
        self.claims[number] = Claim(number, frozen["form"], items)

    def freeze(self, number, month, line):
        item = self.items[line["line"]]
        this = f"item {item.id} of claim {number}"
        open_claims = [claim.number for claim in self.claims.values()
                       if claim.control != "closed" and item in claim.items]
        self.holds(not open_claims, f"{this} is in another open claim too: {open_claims}")
        self.holds(item.is_free, f"{this} has nothing that is in no claim")
        rate = self.rates.of_month(item.currency, month)
        euro = cents(line["euro"])
        expected = item.kept
        if item.reverses and item.reverses.portions:
            expected = -item.reverses.euro(self.rates)
        if expected is None:
            self.holds(rate, f"{this} has no rate of {item.currency} for {month}")
            expected = euro_of(item.amount, rate) if rate else euro
        self.holds(euro == expected,
                   f"{this} is frozen at {printed(euro)} euro and makes {printed(expected)}")
        item.portions.append(Portion(number, euro, rate, item.kept))
        item.is_free, item.kept = False, None
        return item

    def on_claim_withdrawn(self, event, data):
        claim = self.claims.pop(data["claim"], None)
        for item in claim.items if claim else []:
            portion = item.portions.pop()
            item.is_free, item.kept = True, portion.kept

    def on_control_started(self, event, data):
        self.claims[data["claim"]].control = "open"

    def on_line_verified(self, event, data):
        item = self.items[data["line"]]
        under_control = (of for of in item.portions if self.claims[of.claim].control == "open")
        portion = next(under_control, None)
        self.holds(portion, f"control ruled on item {item.id}, which is in no claim under control")
        if portion is None:
            return
        portion.certified, portion.parked = cents(data["certified"]), cents(data["parked"])
        portion.deducted = sum(cents(of["amount"]) for of in data.get("deductions") or [])
        self.holds(portion.not_ruled_on() == 0, f"what control certified, deducted and parked of "
                   f"item {item.id} is not what claim {portion.claim} declares of it")

    def on_control_closed(self, event, data):
        claim = self.claims[data["claim"]]
        claim.control = "closed"
        for item in claim.items:
            portion = next(of for of in item.portions if of.claim == claim.number)
            self.holds(portion.not_ruled_on() == 0, f"control of claim {claim.number} is closed, "
                       f"and item {item.id} does not balance")

    def on_line_unparked(self, event, data):
        item = self.items[data["line"]]
        for portion in item.portions:
            parked = portion.parked - portion.taken_up
            if parked:
                portion.taken_up += parked
                item.is_free, item.kept = True, (item.kept or 0) + parked

    def on_correction_imposed(self, event, data):
        for correction in data["corrections"]:
            left = cents(correction["amount"])
            for portion in self.items[correction["line"]].portions:
                taken = at_most(left, portion.certified)
                portion.certified -= taken
                portion.deducted += taken
                left -= taken
            self.holds(left == 0, f"a correction of line {correction['line']} takes off more "
                       "than was certified")

    # Cash

    def lead(self):
        return next((number for number, role in self.partners.items() if role == "lead"), None)

    def count(self, partner, amount, value):
        self.cash[partner][amount] += cents(value)

    def on_payment_received(self, event, data):
        self.count(self.lead(), "received", data["amount"])

    def on_payment_forwarded(self, event, data):
        self.named[event["id"]] = data["partner"]
        self.count(self.lead(), "forwarded", data["amount"])
        if data["partner"] != self.lead():
            self.count(data["partner"], "received", data["amount"])

    def on_payment_confirmed(self, event, data):
        partner, before = self.named[data["payment"]], self.confirmed.get(data["payment"], 0)
        self.confirmed[data["payment"]] = cents(data["amount"])
        self.cash[partner]["confirmed"] += cents(data["amount"]) - before

    def on_recovery_ordered(self, event, data):
        self.named[event["id"]] = data["partner"]
        self.count(data["partner"], "ordered", data["amount"])

    def on_recovery_repaid(self, event, data):
        partner = self.named[data["recovery"]]
        self.count(partner, "repaid", data["amount"])
        if partner != self.lead():
            self.count(self.lead(), "recovered", data["amount"])

    def on_contribution_received(self, event, data):
        self.count(self.partner_of(event), "contributions", data["amount"])

    def on_in_kind_recorded(self, event, data):
        self.count(self.partner_of(event), "inKind", data["value"])

    def on_revenue_recorded(self, event, data):
        self.count(self.partner_of(event), "revenue", data["amount"])
