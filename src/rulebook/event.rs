//! What a post says and what is known around it, as facts of their own: the body's fields, the team,
//! the history, the hour. One line declares the fact, its type and its word. A word that the past answers by itself
//! (`exists`, `missing`, `in_force`, `acknowledged`) needs no line: it stands in `vocabulary.toml` and nowhere else.
//! Filled by the hub; the table in `docs/rulebook-authors.md` says from what.

use super::facts::{Codes, FieldSource, Known, Reading, source, words_of};
pub use crate::domain::body::{CallTo, Topic};
use crate::domain::body::{DeviceChangeType, OrderType};
use crate::domain::list::closed_list;
use crate::domain::role::OrganisationType;
pub use crate::domain::state::{DoctorAgreement, Stay};
use crate::domain::team::ConsentState;
use crate::limits::RULEBOOK_DERIVED_FIELDS_MAX;

closed_list! {
    /// The time of day as agreements speak of it.
    TimeBand {
        Day = "day", "日中", "daytime";
        Night = "night", "夜間", "night";
        Holiday = "holiday", "休日", "a weekend or public holiday";
    }
}

/// The Rust type of a fact.
macro_rules! fact {
    (flag) => { Known<bool> };
    (number) => { Known<i64> };
    (duration) => { Known<i64> };
    (choice $list:ty) => { Known<$list> };
}

macro_rules! codes {
    (flag) => {
        Codes::Flag
    };
    (number) => {
        Codes::Number
    };
    (duration) => {
        Codes::Duration
    };
    (choice OrganisationType) => {
        Codes::OrganisationTypes
    };
    (choice $list:ty) => {
        Codes::Closed(|| words_of!($list))
    };
}

macro_rules! reading {
    ($fact:expr, choice $list:ty) => {
        match $fact {
            Known::Is(value) => Reading::Position(value.index() as u8),
            Known::Unknown => Reading::Unknown,
        }
    };
    ($fact:expr, $($type:tt)+) => {
        $fact.into()
    };
}

macro_rules! event_facts {
    (@fact ($($type:tt)+)) => { fact!($($type)+) };
    (@codes ($($type:tt)+)) => { codes!($($type)+) };
    (@reading $fact:expr, ($($type:tt)+)) => { reading!($fact, $($type)+) };
    ($($(#[$doc:meta])* $name:ident: $type:tt = $code:literal;)+) => {
        /// Facts of one post, or of a state when nothing is posted. What the hub does not know stays unknown.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct EventFacts {
            $($(#[$doc])* pub $name: event_facts!(@fact $type),)+
            /// The words that stand in the vocabulary only.
            pub derived: DerivedFacts,
        }

        impl EventFacts {
            pub const UNKNOWN: Self = Self { $($name: Known::Unknown,)+ derived: DerivedFacts::UNKNOWN };
        }

        /// The fields that `EventFacts` fills.
        pub const EVENT_SOURCES: &[FieldSource] = &[
            $(source($code, event_facts!(@codes $type), |asked| event_facts!(@reading asked.event.$name, $type)),)+
        ];
    };
}

/// What the past answers by itself, for words of which the hub knows nothing but how the vocabulary derives them; by
/// their place among such words there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DerivedFacts {
    known: u32,
    holds: u32,
}

const _: () = assert!(RULEBOOK_DERIVED_FIELDS_MAX <= u32::BITS as usize);

impl DerivedFacts {
    pub const UNKNOWN: Self = Self { known: 0, holds: 0 };

    pub fn set(&mut self, at: u8, fact: Known<bool>) {
        let bit = 1 << at;
        self.known &= !bit;
        self.holds &= !bit;
        if let Known::Is(holds) = fact {
            self.known |= bit;
            self.holds |= u32::from(holds) << at;
        }
    }

    #[must_use]
    pub fn get(&self, at: u8) -> Known<bool> {
        if self.known >> at & 1 == 1 { Known::Is(self.holds >> at & 1 == 1) } else { Known::Unknown }
    }
}

event_facts! {
    // ── what the entry says ──
    has_document: (flag) = "record.has_document";
    emergency: (flag) = "record.emergency";
    urgent: (flag) = "record.urgent";
    tell_doctor: (flag) = "record.tell_doctor";
    topic: (choice Topic) = "record.topic";
    mentions_acp: (flag) = "record.acp";
    shared_with_team: (flag) = "record.shared_with_team";
    on_shared_sheet: (flag) = "record.on_shared_sheet";
    /// To what state a consent entry changes the consent.
    consent_to: (choice ConsentState) = "consent.to";
    consent_names_form: (flag) = "consent.names_form";
    doctor_agreed: (flag) = "registration.doctor_agreed";
    /// How the attending doctor's agreement stands with what is registered now.
    registration_agreement: (choice DoctorAgreement) = "registration.doctor_agreement";
    relation_confirmed: (flag) = "link.relation_confirmed";
    closing_no_need: (flag) = "closing.no_further_need";
    device_change: (choice DeviceChangeType) = "device.change";
    order_type: (choice OrderType) = "order.type";
    order_standard_form: (flag) = "order.standard_form";
    order_changes_drugs: (flag) = "order.changes_drugs";
    read_back: (flag) = "verbal_order.read_back";
    family_request: (flag) = "station_change.family_request";
    instruction_concrete: (flag) = "instruction.concrete";
    instruction_outlook: (flag) = "instruction.outlook";
    /// Abbreviations that the region's glossary does not hold.
    abbreviations: (number) = "instruction.abbreviations";
    call_to: (choice CallTo) = "call.to";
    call_reached: (flag) = "call.reached";
    call_written_up: (flag) = "call.written_up";
    nurse_invited: (flag) = "visit_plan.nurse_invited";
    doctor_attends: (flag) = "conference.doctor_attends";
    nurse_attends: (flag) = "conference.nurse_attends";
    contact_dates: (flag) = "infection.contact_dates";
    medical_service: (flag) = "care_plan.medical_service";
    to_doctor: (flag) = "consultation.to_doctor";
    report_for_doctor: (flag) = "medication_report.for_doctor";
    leftovers: (flag) = "medication_report.leftovers";
    export_approved: (flag) = "export.approved";
    export_planned: (flag) = "export.planned";
    // ── the team ──
    has_nurse: (flag) = "team.has_nurse";
    has_doctor: (flag) = "team.has_doctor";
    has_care_manager: (flag) = "team.has_care_manager";
    has_pharmacist: (flag) = "team.has_pharmacist";
    nurse_24h: (flag) = "team.nurse_24h";
    two_doctors: (flag) = "team.two_doctors";
    // ── the history ──
    stay: (choice Stay) = "patient.stay";
    in_facility: (flag) = "patient.in_facility";
    doctor_agreement: (choice DoctorAgreement) = "patient.doctor_agreement";
    /// The link is of an office of the doctor whose agreement is awaited.
    link_asked_doctor: (flag) = "link.asked_doctor";
    /// Somebody linked by it works there as a doctor.
    link_brings_doctor: (flag) = "link.brings_doctor";
    infection_active: (flag) = "patient.infection_active";
    one_doctor_wished: (flag) = "patient.one_doctor_wished";
    keeps_acp_private: (flag) = "patient.keeps_acp_private";
    phoned: (flag) = "record.phoned";
    doctor_phoned: (flag) = "record.doctor_phoned";
    device_mismatch: (flag) = "visit.device_mismatch";
    station_consulted: (flag) = "station_change.station_consulted";
    first_after_discharge: (flag) = "visit_plan.first_after_discharge";
    doctor_opinion: (flag) = "care_plan.doctor_opinion";
    allergy_conflict: (flag) = "order.allergy_conflict";
    person_pledged: (flag) = "activation.person_pledged";
    office_pledged: (flag) = "activation.office_pledged";
    /// By an act of the secretariat's own, and not used up.
    export_permitted: (flag) = "export.permitted";
    // ── the hour ──
    clinic_hours: (flag) = "time.clinic_hours";
    band: (choice TimeBand) = "time.band";
    // ── an organisation or a pair, for standing rules ──
    subject_type: (choice OrganisationType) = "subject.organisation_type";
    other_type: (choice OrganisationType) = "subject.other_type";
    shares_patient: (flag) = "subject.shares_patient";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_another() {
        let words: std::collections::BTreeSet<_> = EVENT_SOURCES.iter().map(|source| source.field).collect();
        assert_eq!(words.len(), EVENT_SOURCES.len());
    }
}
