//! The rules of exchange rates, and of which rate makes a currency euro.

use crate::decide::{Case, Findings};
use crate::event::plan::{ExchangeRatesImported, RatePolicy, RatePolicySet};
use crate::money::Currency;
use crate::rule::{Finding, Rule};

/// Units of a currency for one euro, once and for all, and what fixed them. Only of the state that
/// took the euro while the programme runs.
const IRREVOCABLE: &[(&str, &str, &str)] =
    &[("BGN", "1.95583", "Council Regulation (EU) 2025/1409")];

pub(super) fn policy_set(data: &RatePolicySet, findings: &mut Findings) {
    findings.add_if(data.currency == Currency::EUR, || {
        Finding::new(Rule::RatePolicyIncomplete, "/data/currency", "The euro needs no policy.")
    });
    let problem = match (data.policy, data.value) {
        (RatePolicy::Irrevocable, None) => Some("Give the irrevocable rate in `value`."),
        (RatePolicy::MonthlyOfSubmission, Some(_)) => {
            Some("A monthly rate comes with `exchange_rates.imported`; leave `value` out.")
        }
        (RatePolicy::Irrevocable, Some(_)) | (RatePolicy::MonthlyOfSubmission, None) => None,
    };
    if let Some(problem) = problem {
        findings.add(Finding::new(Rule::RatePolicyIncomplete, "/data/value", problem));
    }
    judge_irrevocable(data, findings);
}

/// The rate of a currency that became the euro is fixed with six significant figures, and is neither
/// shortened nor rounded (Council Regulation (EC) No 1103/97, Article 4).
fn judge_irrevocable(data: &RatePolicySet, findings: &mut Findings) {
    let fixed = IRREVOCABLE.iter().find(|(currency, ..)| *currency == data.currency.as_str());
    let (Some((currency, rate, source)), Some(value)) = (fixed, data.value) else { return };
    // Trailing zeros do not make it another rate.
    findings.add_if(rate.parse() != Ok(value), || {
        let message = format!(
            "{rate} {currency} are one euro by {source}, and not {value}. Give all its digits."
        );
        Finding::new(Rule::IrrevocableRateDiffers, "/data/value", message).fact("rate", rate)
    });
}

pub(super) fn imported(case: &Case, data: &ExchangeRatesImported, findings: &mut Findings) {
    let Some(month) = data.period() else {
        findings.add(Finding::new(
            Rule::MonthInvalid,
            "/data/month",
            format!("{}-{} is no month.", data.year, data.month),
        ));
        return;
    };
    for (index, rate) in data.rates.iter().enumerate() {
        let twice = data.rates[..index].iter().any(|before| before.currency == rate.currency);
        findings.add_if(twice || rate.currency == Currency::EUR, || {
            Finding::new(
                Rule::RateTwice,
                format!("/data/rates/{index}/currency"),
                format!("Take {} out of the list here.", rate.currency),
            )
        });
        let known = case.project.plan.rates.get(&(rate.currency, month));
        if let Some(known) = known.filter(|known| **known != rate.value) {
            findings.add(
                Finding::new(
                    Rule::RatesChanged,
                    format!("/data/rates/{index}/value"),
                    format!(
                        "The rate of {} for {month} was {known} and is now {}. Figures that \
                        are not frozen change.",
                        rate.currency, rate.value
                    ),
                )
                .fact("before", known),
            );
        }
    }
}
