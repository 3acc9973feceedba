//! What the rules advised the secretariat, to be found again: a notice passes by, this list stays. Nothing of the entry
//! that drew the advice is told. Patients who died or whose page was closed are left out, and so is advice that what is
//! known by now rules out: that a doctor is missing, once one is on the team.

use std::time::Duration;

use crate::domain::ids::TimelineId;
use crate::domain::reading::ReadScope;
use crate::domain::state::{PatientState, Stay};
use crate::domain::time::Timestamp;
use crate::hub::sessions::SignedIn;
use crate::hub::{Hub, Sight};
use crate::limits;
use crate::rulebook::Looked;

use super::kept_rulebooks::KeptRulebooks;
use super::patients::SearchError;
use super::rulebook::{RuleInWords, find_cited};

/// A piece of advice about a patient.
#[derive(Clone, Debug)]
pub struct Given {
    /// Place of its patient in the page.
    pub of: usize,
    pub citation: String,
    /// `None`: the rulebook of that time was not kept.
    pub rule: Option<RuleInWords>,
    pub at: Timestamp,
}

/// A page of advice, the newest first.
#[derive(Debug)]
pub struct AdvicePage {
    pub patients: Vec<Sight>,
    pub advice: Vec<Given>,
    /// Where the next page begins, if there is one.
    pub next: Option<TimelineId>,
}

/// The newest advice of each rule on each patient, not older than [`limits::ADVICE_LISTED_S`]. On record as a look at each.
///
/// # Errors
/// When the journal cannot be read, or the looks cannot be recorded.
pub async fn list(
    hub: &Hub,
    books: &KeptRulebooks,
    signed_in: &SignedIn,
    after: Option<TimelineId>,
    limit: usize,
) -> Result<AdvicePage, SearchError> {
    let span = Duration::from_secs(limits::ADVICE_LISTED_S);
    let since = hub.region().now().saturating_sub(span);
    let timelines = hub
        .journal()
        .read(move |tx| Box::pin(async move { tx.list_timelines_with_advice(since, after, limit).await }))
        .await?;
    let next = timelines.last().copied().filter(|_| timelines.len() == limit);
    let mut patients = hub.look_at_cards(signed_in.actor, signed_in.id, timelines, ReadScope::Advice).await?;
    let is_training = |state: &PatientState| state.registration.as_ref().is_some_and(|known| known.for_training);
    patients.retain(|sight| is_served(&sight.state) && !is_training(&sight.state));
    let mut advice = Vec::new();
    let (region, book) = (hub.region(), hub.region().rulebook());
    for (of, sight) in patients.iter().enumerate() {
        let surroundings = region.surroundings(&sight.state);
        let look = Looked::at(region.now(), &sight.state, &surroundings, &book, region.calendar());
        let given = sight.state.advice.iter().filter(|advised| advised.at >= since);
        for advised in given.filter(|advised| book.may_still_advise(&advised.rule, &look)) {
            let here = find_cited(&book, &advised.rule);
            let found = match here {
                Some(found) => Some(found),
                None => books.find(&advised.rule).await?.and_then(|book| find_cited(&book, &advised.rule)),
            };
            let (citation, at) = (advised.rule.to_string(), advised.at);
            advice.push(Given { of, citation, rule: found.map(|(_, rule)| rule), at });
        }
    }
    advice.sort_by_key(|given| std::cmp::Reverse(given.at));
    Ok(AdvicePage { patients, advice, next })
}

fn is_served(state: &PatientState) -> bool {
    !state.course.is_closed() && state.course.stay() != Stay::Deceased
}
