//! How long a record must be kept before it may be destroyed: by what the organisations are that wrote on it. Asked by the
//! actions that list and destroy records; it destroys nothing.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::directory::Actor;
use super::ids::{OrganisationId, PatientId, PersonId};
use super::role::OrganisationType;
use super::state::{PatientState, Stay};
use super::text::Text;
use super::time::Timestamp;

const TYPES: usize = OrganisationType::ALL.len();

/// Years by type of organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    years: [u8; TYPES],
}

/// How long a record of this type must be kept, and what says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub of: OrganisationType,
    pub years: u8,
    /// The law, or that it is a placeholder.
    pub basis: Text,
}

/// Until when a record of a patient who is no longer served must be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The day of the last entry that somebody wrote.
    pub ended_on: Date,
    /// The last day on which it must be kept.
    pub until: Date,
    /// Of the longest span.
    pub of: OrganisationType,
    pub years: u8,
}

/// What is left of a record that was destroyed. Nothing of it tells whose it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    pub patient: PatientId,
    pub destroyed_at: Timestamp,
    /// `None`: whoever runs commands on the hub's machine.
    pub by: Option<PersonId>,
    /// Why it could be.
    pub kept: Kept,
}

impl Default for Retention {
    fn default() -> Self {
        Self { years: std::array::from_fn(|at| shipped(OrganisationType::ALL[at]).0) }
    }
}

/// Years, and the basis. The days count from the completion of the care or of the record; ours from the last entry, which
/// is never earlier. Local ordinances often ask for longer.
const fn shipped(of: OrganisationType) -> (u8, Text) {
    match of {
        OrganisationType::Clinic | OrganisationType::Hospital => {
            (5, Text::fixed("医師法第24条（診療録5年）", "Medical Practitioners' Act, art. 24 (charts, 5 years)"))
        }
        OrganisationType::DentalClinic => {
            (5, Text::fixed("歯科医師法第23条（診療録5年）", "Dental Practitioners' Act, art. 23 (charts, 5 years)"))
        }
        OrganisationType::Pharmacy => {
            (3, Text::fixed("薬剤師法第28条（調剤録3年）", "Pharmacists' Act, art. 28 (dispensing records, 3 years)"))
        }
        OrganisationType::NursingStation => (
            2,
            Text::fixed(
                "指定居宅サービス等の基準第73条の2（2年。条例で5年の地域もあります）",
                "ministerial standards for designated home services, art. 73-2 (2 years; by ordinance 5 in some regions)",
            ),
        ),
        OrganisationType::HomeHelp => (
            2,
            Text::fixed(
                "指定居宅サービス等の基準第39条（2年。条例で5年の地域もあります）",
                "ministerial standards for designated home services, art. 39 (2 years; by ordinance 5 in some regions)",
            ),
        ),
        OrganisationType::CareOffice
        | OrganisationType::DayService
        | OrganisationType::SupportCentre
        | OrganisationType::Municipality
        | OrganisationType::Secretariat
        | OrganisationType::Home => {
            (2, Text::fixed("仮置き（地域で決めてください）", "a placeholder: the region's to settle"))
        }
    }
}

impl Retention {
    /// The shipped spans.
    #[must_use]
    pub fn shipped_years(of: OrganisationType) -> u8 {
        shipped(of).0
    }

    #[must_use]
    pub fn with(mut self, of: OrganisationType, years: u8) -> Self {
        self.years[of.index()] = years;
        self
    }

    #[must_use]
    pub fn years(&self, of: OrganisationType) -> u8 {
        self.years[of.index()]
    }

    /// The shortest of all, before which no record can be due.
    #[must_use]
    pub fn shortest(&self) -> u8 {
        self.years.iter().copied().min().unwrap_or(0)
    }

    /// Every span with its basis; where the region set another number, that is its basis.
    pub fn spans(&self) -> impl Iterator<Item = Span> + '_ {
        OrganisationType::ALL.iter().map(|of| {
            let (years, basis) = (self.years(*of), shipped(*of));
            let own = Text::fixed("地域の決まり（設定 [retention]）", "the region's own ([retention])");
            Span { of: *of, years, basis: if years == basis.0 { basis.1 } else { own } }
        })
    }

    /// Until when this record must be kept. `None`: the patient is in care, neither dead nor their page closed.
    #[must_use]
    pub fn judge(
        &self,
        state: &PatientState,
        type_of: impl Fn(OrganisationId) -> Option<OrganisationType>,
        date_at: impl Fn(Timestamp) -> Date,
    ) -> Option<Kept> {
        if !state.course.is_closed() && state.course.stay() != Stay::Deceased {
            return None;
        }
        // What the hub itself told is nobody's record, and no reason to keep one for longer.
        let writers = state.course.iter().map(|(writer, _)| writer.organisation);
        let wrote = writers.filter(|organisation| *organisation != Actor::HUB.organisation);
        let served = state.team.keys().chain(&state.former).copied();
        // An organisation that nobody knows any more may have been any.
        let longest = || OrganisationType::ALL.iter().copied().max_by_key(|of| self.years(*of));
        let types = wrote.chain(served).filter_map(|organisation| type_of(organisation).or_else(longest));
        let of = types.max_by_key(|of| self.years(*of)).or_else(longest)?;
        let (years, ended_on) = (self.years(of), date_at(state.written_at));
        Some(Kept { ended_on, until: ended_on.saturating_add(i64::from(years).years()), of, years })
    }
}

impl Kept {
    /// Whether the span is over on this day.
    #[must_use]
    pub fn is_over(&self, today: Date) -> bool {
        today > self.until
    }

    /// Why it must be kept until then.
    #[must_use]
    pub fn reason(&self) -> Text {
        let Self { ended_on, until, of, years } = self;
        Text::new(
            format!("{until} まで保存します（{}が記録、最後の記録 {ended_on} から {years} 年）", of.ja()),
            format!(
                "to be kept until {until}: a {} wrote on it, {years} years from the last entry on {ended_on}",
                of.en()
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_the_hub_tells_lengthens_no_span_and_stands_for_no_clinic() {
        use crate::domain::ids::{Seq, TimelineId};
        use crate::domain::kind::Kind;
        use crate::domain::role::Role;
        use crate::domain::standing::Standing;
        use crate::domain::state::{Record, Writer};

        let at = |day: i64| Timestamp::from_secs(day * 86_400);
        let station = OrganisationId(uuid::Uuid::from_u128(1));
        let mut state = PatientState::empty(TimelineId(uuid::Uuid::from_u128(9)));
        for (kind, organisation) in [(Kind::Visit, station), (Kind::Export, Actor::HUB.organisation)] {
            let writer = Writer { kind, organisation, role: Role::Nurse, to: None };
            let record = Record { recorded_at: at(10), until: None, acknowledged: false };
            state.course.records.insert(writer, Standing::of(vec![(Seq(1), record)], None));
        }
        state.course.stays = Standing::of(vec![(Seq(2), Stay::Deceased)], None);
        (state.written_at, state.recorded_at) = (at(10), at(4_000));
        let type_of = |id| (id == station).then_some(OrganisationType::NursingStation);
        let date_at = |at: Timestamp| date(1970, 1, 1).saturating_add((at.0 / 86_400_000_000).days());
        let kept = Retention::default().judge(&state, type_of, date_at).expect("dead");
        assert_eq!((kept.ended_on, kept.of, kept.years), (date(1970, 1, 11), OrganisationType::NursingStation, 2));
    }

    fn kept(ended_on: Date, years: u8) -> Kept {
        let until = ended_on.saturating_add(i64::from(years).years());
        Kept { ended_on, until, of: OrganisationType::Clinic, years }
    }

    #[test]
    fn a_span_is_over_on_the_day_after_its_last_and_leap_days_do_not_lengthen_it() {
        let five = kept(date(2021, 4, 1), 5);
        assert_eq!(five.until, date(2026, 4, 1));
        assert!(!five.is_over(date(2026, 4, 1)) && five.is_over(date(2026, 4, 2)));
        assert_eq!(kept(date(2024, 2, 29), 5).until, date(2029, 2, 28));
        assert!(five.reason().ja.contains("2026-04-01 まで") && five.reason().en.contains("5 years"));
    }

    #[test]
    fn every_type_has_a_span_with_its_basis_and_the_regions_own_say_so() {
        let retention = Retention::default().with(OrganisationType::NursingStation, 5);
        for span in retention.spans() {
            assert!(span.years >= 2 && !span.basis.ja.is_empty(), "{span:?}");
        }
        let station = retention.spans().find(|span| span.of == OrganisationType::NursingStation).unwrap();
        assert!(station.years == 5 && station.basis.en.contains("region's own"));
        assert_eq!(retention.shortest(), 2);
    }
}
