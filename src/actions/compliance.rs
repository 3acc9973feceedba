//! How the region keeps its agreements, in counts: read from the projections of duties and of meetings, counted by
//! `domain::compliance`, shown as far as no figure is a single organisation's.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::domain::compliance::{Cell, Compliance, Counts, PairCell, PairCounts, compliance, few_of, withhold_pairs};
use crate::domain::directory::{Actor, Directory};
use crate::domain::duties::Duty;
use crate::domain::ids::TimelineId;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::state::Pair;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::limits;
use crate::rulebook::calendar::Calendar;
use crate::rulebook::{EventFacts, Known, RuleRef, Rulebook};
use crate::store::{Journal, StoreError};

/// What one reader is shown.
#[derive(Debug, Default)]
pub struct ComplianceSeen {
    pub cells: Vec<(Cell, Counts)>,
    pub pairs: Vec<(PairCell, PairCounts)>,
    /// What the rules that are in force are called, by id.
    pub titles: BTreeMap<Arc<str>, Text>,
    /// The types that are counted together for having few organisations: who they are the directory tells anyway.
    pub few: Vec<OrganisationType>,
}

/// The counts of duties opened from one day to another, and of pairs as they stand now. The secretariat sees every type
/// of organisation, others their own.
///
/// # Errors
/// When the journal cannot be read.
pub async fn compliance_for(
    hub: &Hub,
    actor: &Actor,
    from: Option<Date>,
    until: Option<Date>,
) -> Result<ComplianceSeen, StoreError> {
    let region = hub.region();
    let (directory, book) = (region.directory(), region.rulebook());
    let offices = offices_by_type(&directory);
    // Whole months: a single day would single out a single duty.
    let (from, until) = (from.map(Date::first_of_month), until.map(Date::last_of_month));
    let asked = |at: Timestamp| {
        let day = region.date_at(at);
        from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until)
    };
    let mut counted = Compliance::default();
    let mut after = None;
    loop {
        let duties = next_duties(hub.journal(), after).await?;
        let Some((last, _)) = duties.last() else { break };
        after = Some(*last);
        let is_real = |timeline: TimelineId| !region.patients().is_for_training(timeline.as_patient());
        let real = duties.iter().filter(|(timeline, _)| is_real(*timeline));
        let owed = real.flat_map(|(_, duties)| duties).filter(|duty| asked(duty.opened_at));
        let of_types = owed.filter_map(|duty| Some((duty, duty.opened.debtors.first()?.organisation_type)));
        counted.add(compliance(of_types, |at| region.date_at(at)));
    }
    let pairs = hub.journal().read(|tx| Box::pin(tx.list_pairs())).await?;
    let pairs = count_pairs(&pairs, &directory, &book, region.calendar(), region.now());
    let sees = |kind: OrganisationType| actor.role == Role::Secretariat || kind == actor.organisation_type;
    let sees_cell = |cell: &Cell| cell.organisation_type.map_or(actor.role == Role::Secretariat, sees);
    let cells: Vec<_> = counted.withhold(&offices).cells.into_iter().filter(|(cell, _)| sees_cell(cell)).collect();
    let pairs: Vec<_> = withhold_pairs(pairs, &offices)
        .into_iter()
        .filter(|(cell, _)| sees(cell.types.0) || sees(cell.types.1))
        .collect();
    let few = few_of(&offices);
    let titles = book.rules().map(|(_, _, rule)| (Arc::from(rule.id.as_str()), rule.title.clone())).collect();
    Ok(ComplianceSeen { cells, pairs, titles, few })
}

type DutiesOf = (TimelineId, Vec<Duty>);

/// The duties of the next timelines that have any.
async fn next_duties(journal: &Journal, after: Option<TimelineId>) -> Result<Vec<DutiesOf>, StoreError> {
    journal
        .read(move |tx| {
            Box::pin(async move {
                let mut found = Vec::new();
                for timeline in tx.list_timelines_with_duties(None, false, after, limits::FOLD_PAGE_ENTRIES).await? {
                    found.push((timeline, tx.list_readable_duties(timeline).await?));
                }
                Ok(found)
            })
        })
        .await
}

fn offices_by_type(directory: &Directory) -> BTreeMap<OrganisationType, usize> {
    let mut offices = BTreeMap::new();
    for organisation in directory.organisations.values().filter(|organisation| organisation.active) {
        *offices.entry(organisation.kind).or_default() += 1;
    }
    offices
}

/// How many pairs met within the span of each rule that speaks of them, and how many did not.
fn count_pairs(
    pairs: &BTreeMap<Pair, Option<Timestamp>>,
    directory: &Directory,
    book: &Rulebook,
    calendar: &Calendar,
    now: Timestamp,
) -> BTreeMap<PairCell, PairCounts> {
    let type_of = |id| directory.organisations.get(&id).filter(|found| found.active).map(|found| found.kind);
    let mut asked: BTreeMap<(OrganisationType, OrganisationType), Vec<RuleRef>> = BTreeMap::new();
    let mut counts: BTreeMap<PairCell, PairCounts> = BTreeMap::new();
    for ((one, other), last) in pairs {
        let (Some(one), Some(other)) = (type_of(*one), type_of(*other)) else { continue };
        let types = (one.min(other), one.max(other));
        let rules = asked.entry(types).or_insert_with(|| rules_of_pair(book, types));
        for rule in rules.iter() {
            let (Some((_, text)), Some(terms)) = (book.rule(*rule), book.terms(*rule)) else { continue };
            let counted = counts.entry(PairCell { rule: text.id.as_str().into(), types }).or_default();
            match last {
                Some(at) if now < terms.fresh_until(Some(*at), *at, calendar, types.0) => counted.met += 1,
                _ => counted.not_met += 1,
            }
        }
    }
    counts
}

fn rules_of_pair(book: &Rulebook, (one, other): (OrganisationType, OrganisationType)) -> Vec<RuleRef> {
    let facts = EventFacts {
        subject_type: Known::Is(one),
        other_type: Known::Is(other),
        shares_patient: Known::Is(true),
        ..EventFacts::UNKNOWN
    };
    book.standing_of_pair(&facts).into_iter().map(|implied| implied.rule).collect()
}
