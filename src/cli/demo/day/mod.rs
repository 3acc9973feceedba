//! A day of the region as a list of acts: who posts what on which patient, and when. Pure: the same seed and day
//! make the same list. `rounds` is the daily work, `stories` what does not happen every day, `words` the texts.

mod rounds;
mod stories;
mod words;

use jiff::civil::Date;

use super::dice::Dice;
use super::region::{self, PatientSeed, PersonSeed};
use crate::domain::body::{Body, Message, Note, RetractionReason};
use crate::domain::entry::{Addressee, Sensitivity};
use crate::domain::role::Role;

/// Minutes after midnight at which the region wakes and sleeps.
pub const FIRST_MINUTE: u16 = 8 * 60;
pub const LAST_MINUTE: u16 = 20 * 60;

/// Names an act, so that a later one can be about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(usize);

/// Somebody posts something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    pub tag: Tag,
    pub minute: u16,
    pub who: &'static str,
    pub patient: u16,
    pub say: Say,
    pub to: Vec<Addressee>,
    pub sensitivity: Sensitivity,
}

/// What is posted; the last three are about an earlier act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Say {
    Post(Body),
    Acknowledge { of: Tag, text: String },
    Correct { of: Tag, body: Body, reason: String },
    Retract { of: Tag, reason: RetractionReason, text: String },
}

/// All acts of a day, in order.
pub fn of(seed: u64, day: u64, today: Date) -> Vec<Act> {
    let mut writing = Day { number: day, today, acts: Vec::new(), dice: Dice::of(&[seed, day]) };
    rounds::write(&mut writing);
    stories::write(&mut writing);
    let mut acts = writing.acts;
    acts.sort_by_key(|act| act.minute);
    acts
}

/// A day being written.
struct Day {
    number: u64,
    /// The date that reports and results name.
    today: Date,
    acts: Vec<Act>,
    dice: Dice,
}

impl Day {
    /// Which of `count` things is due on this day, one after the other.
    fn turn(&self, count: usize) -> usize {
        usize::try_from(self.number).unwrap_or_default() % count.max(1)
    }

    fn post(&mut self, minute: u16, who: &PersonSeed, patient: &PatientSeed, body: Body) -> Tag {
        self.say(minute, who, patient.number, Say::Post(body))
    }

    fn note(&mut self, minute: u16, who: &PersonSeed, patient: &PatientSeed, text: impl Into<String>) -> Tag {
        self.post(minute, who, patient, Body::Note(Note { text: text.into(), ..Note::default() }))
    }

    /// Something said to some roles of the team, or with none named to all of it.
    fn message(
        &mut self,
        minute: u16,
        who: &PersonSeed,
        patient: &PatientSeed,
        to_roles: &[Role],
        text: impl Into<String>,
    ) -> Tag {
        self.post(
            minute,
            who,
            patient,
            Body::Message(Message { text: text.into(), to_roles: to_roles.to_vec(), ..Message::default() }),
        )
    }

    fn acknowledge(&mut self, minute: u16, who: &PersonSeed, of: Tag, text: impl Into<String>) -> Tag {
        let text = text.into();
        self.say(minute, who, self.acts[of.0].patient, Say::Acknowledge { of, text })
    }

    fn say(&mut self, minute: u16, who: &PersonSeed, patient: u16, say: Say) -> Tag {
        let tag = Tag(self.acts.len());
        let minute = minute.clamp(FIRST_MINUTE, LAST_MINUTE);
        let (to, sensitivity) = (Vec::new(), Sensitivity::Normal);
        self.acts.push(Act { tag, minute, who: who.key, patient, say, to, sensitivity });
        tag
    }

    /// Addresses an act to one person besides those who see it anyway.
    fn address(&mut self, tag: Tag, to: &PersonSeed) {
        self.acts[tag.0].to.push(Addressee::Person(region::person_id(to.key)));
    }

    fn restrict(&mut self, tag: Tag) {
        self.acts[tag.0].sensitivity = Sensitivity::Restricted;
    }

    /// A minute of an hour, so that not everybody posts on the hour.
    fn around(&mut self, hour: u16, minute: u16) -> u16 {
        let minute = i32::from(hour * 60 + minute) + self.dice.about(14);
        u16::try_from(minute).unwrap_or(FIRST_MINUTE)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;

    use super::*;
    use crate::cli::demo::region::{patient, person};
    use crate::domain::entry::Intent;
    use crate::domain::ids::EntryId;
    use crate::domain::kind::Kind;

    fn acts_of(seed: u64, day: u64) -> Vec<Act> {
        of(seed, day, date(2026, 6, 1))
    }

    fn kinds(acts: &[Act]) -> BTreeSet<Kind> {
        let kind = |act: &Act| match &act.say {
            Say::Post(body) => body.kind(),
            Say::Acknowledge { .. } => Kind::Acknowledgement,
            Say::Correct { .. } => Kind::Correction,
            Say::Retract { .. } => Kind::Retraction,
        };
        acts.iter().map(kind).collect()
    }

    #[test]
    fn a_seed_repeats_its_days_and_no_day_is_like_the_one_before() {
        assert_eq!(acts_of(1, 0), acts_of(1, 0));
        assert_ne!(acts_of(1, 0), acts_of(1, 1));
        assert_ne!(acts_of(1, 0), acts_of(2, 0));
    }

    #[test]
    fn every_role_acts_and_every_kind_is_posted_within_three_days() {
        let days: Vec<Act> = (0..3).flat_map(|day| acts_of(1, day)).collect();
        let roles: BTreeSet<Role> = days.iter().map(|act| person(act.who).role).collect();
        let silent: Vec<&Role> = Role::ALL.iter().filter(|role| !roles.contains(role)).collect();
        // A municipal officer reads no records in this release's rules, and writes none.
        assert_eq!(silent, [&Role::EquipmentAdviser, &Role::Municipality]);
        let seeded = [
            Kind::Registration,
            Kind::Consent,
            Kind::HostChange,
            Kind::TeamUnlink,
            Kind::StandingOrder,
            Kind::NursingInstruction,
            Kind::AlarmLimits,
            Kind::ProblemList,
            Kind::RelatedPersons,
        ];
        // What the day does not tell of yet: it happens in other weeks, or on the timeline of an organisation.
        let untold = [
            Kind::Call,
            Kind::VerbalOrderReceived,
            Kind::Admission,
            Kind::Discharge,
            Kind::Death,
            Kind::OrderDocument,
            Kind::Consultation,
            Kind::StationChange,
            Kind::VisitPlan,
            Kind::MedicationList,
            Kind::MedicationReport,
            Kind::Allergies,
            Kind::CarePlan,
            Kind::PeriodicRecord,
            Kind::EmergencyAccess,
            Kind::Closing,
            Kind::DutyStep,
            Kind::DutyAnswer,
        ];
        let expected = |kind: &&Kind| !kind.is_of_an_organisation() && !seeded.contains(kind) && !untold.contains(kind);
        let missing: Vec<&Kind> =
            Kind::ALL.iter().filter(expected).filter(|kind| !kinds(&days).contains(kind)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn an_act_about_another_comes_after_it_and_on_the_same_patient() {
        for day in 0..40 {
            let acts = acts_of(1, day);
            for (at, act) in acts.iter().enumerate() {
                let (Say::Acknowledge { of, .. } | Say::Correct { of, .. } | Say::Retract { of, .. }) = &act.say else {
                    continue;
                };
                let target = acts[..at].iter().find(|earlier| earlier.tag == *of);
                assert_eq!(target.map(|target| target.patient), Some(act.patient), "{act:?}");
            }
        }
    }

    #[test]
    fn only_people_of_the_team_write_but_for_the_secretariat_and_the_substitute() {
        for day in 0..40 {
            let outsiders: Vec<Act> = acts_of(1, day)
                .into_iter()
                .filter(|act| {
                    let (who, patient) = (person(act.who), patient(act.patient));
                    who.role != Role::Secretariat && !patient.team_of(who.role).any(|member| member.key == who.key)
                })
                .collect();
            assert!(
                outsiders.len() <= 2 && outsiders.iter().all(|act| person(act.who).role == Role::Nurse),
                "{outsiders:?}"
            );
        }
    }

    #[test]
    fn a_day_is_full_and_everything_in_it_can_be_posted() {
        let today = date(2026, 6, 1);
        for day in 0..20 {
            let acts = acts_of(1, day);
            assert!((120..400).contains(&acts.len()), "{}", acts.len());
            for act in acts {
                let (Say::Post(body) | Say::Correct { body, .. }) = act.say else { continue };
                let intent = Intent {
                    id: EntryId(region::named("intent")),
                    timeline: region::patient_id(act.patient).into(),
                    observed_at: None,
                    sensitivity: act.sensitivity,
                    addressed_to: act.to,
                    body,
                    reasons: Vec::new(),
                    on_behalf_of: None,
                };
                intent.check(today).unwrap();
            }
        }
    }
}
