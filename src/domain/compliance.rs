//! How agreements are kept, in counts: per rule, type of organisation and month. Never of a person, and never of a single
//! organisation: see [`Compliance::withhold`]. Pure; the duties and the calendar are the caller's.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::duties::{Duty, Ended, Standing};
use super::role::OrganisationType;
use super::ruling::rule_id;
use super::time::Timestamp;
use crate::limits;

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The rule's id: its versions are counted together.
    pub rule: Arc<str>,
    /// Of whoever owed it when it was opened. `None`: the types of which the region has few organisations.
    pub organisation_type: Option<OrganisationType>,
    /// The first day of the month in which it was opened.
    pub month: Date,
}

/// Duties of one cell. `opened` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub opened: u64,
    pub met_in_time: u64,
    /// Met after it was due.
    pub met_late: u64,
    /// Declined, with a reason, by whoever owed it.
    pub declined: u64,
    /// Let go, with a reason, by whoever it was owed to.
    pub waived: u64,
    /// Whoever owed it said in time that they cannot, so that others were told at once; whatever became of it then.
    pub answered_otherwise: u64,
    /// What asked for it is no longer so.
    pub closed: u64,
    /// Still owed, and not yet due.
    pub open: u64,
    /// Still owed, and late.
    pub overdue: u64,
}

impl Counts {
    fn count(&mut self, duty: &Duty) {
        let late = duty.was_overdue() || duty.ended_by.is_some_and(|(_, at)| at > duty.due);
        self.opened += 1;
        let counted = match duty.standing() {
            Standing::Ended(Ended::Declined) => &mut self.declined,
            Standing::Ended(Ended::Waived) => &mut self.waived,
            Standing::Ended(Ended::Closed(_)) => &mut self.closed,
            _ if duty.cannot_go_at.is_some() => &mut self.answered_otherwise,
            Standing::Ended(Ended::Met) if late => &mut self.met_late,
            Standing::Ended(Ended::Met) => &mut self.met_in_time,
            _ if late => &mut self.overdue,
            _ => &mut self.open,
        };
        *counted += 1;
    }

    fn add(&mut self, other: &Self) {
        self.opened += other.opened;
        self.met_in_time += other.met_in_time;
        self.met_late += other.met_late;
        self.declined += other.declined;
        self.waived += other.waived;
        self.answered_otherwise += other.answered_otherwise;
        self.closed += other.closed;
        self.open += other.open;
        self.overdue += other.overdue;
    }
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compliance {
    pub cells: BTreeMap<Cell, Counts>,
}

/// Counts duties, each with the type of organisation that owed it. `day_of` gives the date in the region.
#[must_use]
pub fn compliance<'d>(
    duties: impl IntoIterator<Item = (&'d Duty, OrganisationType)>,
    day_of: impl Fn(Timestamp) -> Date,
) -> Compliance {
    let mut counted = Compliance::default();
    for (duty, organisation_type) in duties {
        let cell = Cell {
            rule: rule_id(&duty.opened.rule).into(),
            organisation_type: Some(organisation_type),
            month: day_of(duty.opened_at).first_of_month(),
        };
        counted.cells.entry(cell).or_default().count(duty);
    }
    counted
}

impl Compliance {
    /// Takes the counts of other duties in.
    pub fn add(&mut self, other: Self) {
        for (cell, counts) in other.cells {
            self.cells.entry(cell).or_default().add(&counts);
        }
    }

    /// Counts the types of which the region has fewer than [`limits::COMPLIANCE_OFFICES_MIN`] organisations together, and
    /// leaves them out where all of them are fewer than that: the figures of a type with one hospital in it would be
    /// that hospital's. `offices`: how many active organisations of each type there are.
    #[must_use]
    pub fn withhold(self, offices: &BTreeMap<OrganisationType, usize>) -> Self {
        let is_few = |count: usize| count < limits::COMPLIANCE_OFFICES_MIN;
        let of = |kind: OrganisationType| offices.get(&kind).copied().unwrap_or(0);
        let few: usize = offices.values().copied().filter(|count| is_few(*count)).sum();
        let mut shown = Self::default();
        for (mut cell, counts) in self.cells {
            if cell.organisation_type.is_none_or(|kind| is_few(of(kind))) {
                if is_few(few) {
                    continue;
                }
                cell.organisation_type = None;
            }
            shown.cells.entry(cell).or_default().add(&counts);
        }
        shown
    }
}

/// The types that [`Compliance::withhold`] counts together, in the order of their list.
#[must_use]
pub fn few_of(offices: &BTreeMap<OrganisationType, usize>) -> Vec<OrganisationType> {
    let few = offices.iter().filter(|(_, count)| (1..limits::COMPLIANCE_OFFICES_MIN).contains(*count));
    few.map(|(kind, _)| *kind).collect()
}

/// Two types of organisation whose pairs a rule speaks of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PairCell {
    pub rule: Arc<str>,
    /// In the order of the list of types.
    pub types: (OrganisationType, OrganisationType),
}

/// Pairs of organisations that share a patient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairCounts {
    /// That met within the rule's span.
    pub met: u64,
    pub not_met: u64,
}

/// The pairs that may be shown: of types of which the region has so many organisations that no figure is one's own.
#[must_use]
pub fn withhold_pairs(
    pairs: BTreeMap<PairCell, PairCounts>,
    offices: &BTreeMap<OrganisationType, usize>,
) -> BTreeMap<PairCell, PairCounts> {
    let has_many = |kind| offices.get(&kind).is_some_and(|count| *count >= limits::COMPLIANCE_OFFICES_MIN);
    let shown = |cell: &PairCell| has_many(cell.types.0) && has_many(cell.types.1);
    pairs.into_iter().filter(|(cell, _)| shown(cell)).collect()
}

#[cfg(test)]
mod tests;
