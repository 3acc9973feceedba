//! Duties as people look for them: what I owe, what is late, how the duties of a patient stand. Whatever is listed passes
//! the rules first, and each patient looked at is on record as read.

use crate::domain::duties::{Duty, Standing};
use crate::domain::ids::{EntryId, OrganisationId, PersonId, TimelineId};
use crate::domain::list::closed_list;
use crate::domain::reading::ReadScope;
use crate::domain::role::Role;
use crate::domain::text::Text;
use crate::hub::sessions::SignedIn;
use crate::hub::{Hub, Sight, StoreError};
use crate::rulebook::owes;

use super::kept_rulebooks::KeptRulebooks;
use super::patients::SearchError;
use super::rulebook::find_cited;

closed_list! {
    /// Which duties are asked for.
    Which {
        /// Still owed, late or not.
        Open = "open", "続いている約束", "still owed";
        /// Still owed, and late.
        Overdue = "overdue", "期限を過ぎた約束", "still owed and late";
        Ended = "ended", "終わった約束", "ended";
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    pub which: Which,
    /// Only what the one who asks owes in their role.
    pub mine: bool,
    /// The last timeline of the page before.
    pub after: Option<TimelineId>,
    /// Timelines looked at.
    pub limit: usize,
}

/// A duty with what its reader may know of it.
#[derive(Clone, Debug)]
pub struct ListedDuty {
    pub timeline: TimelineId,
    pub duty: Duty,
    /// `None`: it was opened under a rulebook that was not kept.
    pub title: Option<Text>,
    /// `None`: a state asks for it, or its cause is not for this reader.
    pub cause: Option<EntryId>,
    /// The one who asks owes it.
    pub is_mine: bool,
}

/// A page of duties, by timeline.
#[derive(Debug)]
pub struct DutyPage {
    pub duties: Vec<ListedDuty>,
    /// Where the next page begins, if there is one.
    pub next: Option<TimelineId>,
}

/// The duties on the patients of the one who asks; for the secretariat, on all.
///
/// # Errors
/// When the journal cannot be read, or the looks cannot be recorded.
pub async fn list(
    hub: &Hub,
    books: &KeptRulebooks,
    signed_in: &SignedIn,
    query: Query,
) -> Result<DutyPage, SearchError> {
    let SignedIn { id, actor, .. } = *signed_in;
    let whose = (actor.role != Role::Secretariat).then_some((actor.organisation, actor.person));
    let timelines = with_duties(hub, whose, query).await?;
    let next = timelines.last().copied().filter(|_| timelines.len() == query.limit);
    // What is owed in a training is no business of who is not in it: the secretariat sees it on the patient's page.
    let is_shown = |timeline: &TimelineId| {
        actor.role != Role::Secretariat || !hub.region().patients().is_for_training(timeline.as_patient())
    };
    let timelines: Vec<TimelineId> = timelines.into_iter().filter(is_shown).collect();
    let mut sights = hub.look_at_cards(actor, id, timelines, ReadScope::Duties).await?;
    sights.sort_by_key(|sight| sight.state.timeline);
    let mut duties = Vec::new();
    for sight in &sights {
        duties.extend(shown(hub, books, signed_in, sight, query.which, query.mine).await?);
    }
    Ok(DutyPage { duties, next })
}

async fn with_duties(
    hub: &Hub,
    whose: Option<(OrganisationId, PersonId)>,
    query: Query,
) -> Result<Vec<TimelineId>, StoreError> {
    let only_open = query.which != Which::Ended;
    let Query { after, limit, .. } = query;
    hub.journal()
        .read(move |tx| Box::pin(async move { tx.list_timelines_with_duties(whose, only_open, after, limit).await }))
        .await
}

/// The duties of a patient that was looked at, as far as they are for this reader: all that are open, and those that
/// ended last.
///
/// # Errors
/// When the rulebooks of the past cannot be read.
pub async fn shown(
    hub: &Hub,
    books: &KeptRulebooks,
    signed_in: &SignedIn,
    sight: &Sight,
    which: Which,
    mine: bool,
) -> Result<Vec<ListedDuty>, StoreError> {
    let mut listed = Vec::new();
    for duty in sight.state.duties.iter().filter(|duty| is_asked(duty, which) && sight.view.shows_duty(duty)) {
        let is_mine = owes(&duty.debtors, &signed_in.actor);
        if mine && !is_mine {
            continue;
        }
        listed.push(ListedDuty {
            timeline: sight.state.timeline,
            title: title_of(hub, books, &duty.opened.rule).await?,
            cause: duty.cause.filter(|_| sight.view.shows_cause_of(duty)),
            is_mine,
            duty: duty.clone(),
        });
    }
    // The one due first stands first.
    listed.sort_by_key(|listed| (listed.duty.due, listed.duty.opened.id));
    Ok(listed)
}

fn is_asked(duty: &Duty, which: Which) -> bool {
    match which {
        Which::Open => duty.is_open(),
        Which::Overdue => matches!(duty.standing(), Standing::Overdue | Standing::Escalated(_)),
        Which::Ended => !duty.is_open(),
    }
}

async fn title_of(hub: &Hub, books: &KeptRulebooks, citation: &str) -> Result<Option<Text>, StoreError> {
    let title = |book: &crate::rulebook::Rulebook| find_cited(book, citation).map(|(_, rule)| rule.title);
    if let Some(found) = title(&hub.region().rulebook()) {
        return Ok(Some(found));
    }
    Ok(books.find(citation).await?.as_deref().and_then(title))
}
