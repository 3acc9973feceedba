//! What counts of an organisation after any run of posts, corrections and retractions: what the entries that stand say,
//! read one after the other. And nights, which belong to the day they begin on.

use jiff::civil::{Date, date};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::body::{Correction, Retraction, RetractionReason};
use crate::domain::directory::Actor;
use crate::domain::entry::{Entry, Sensitivity};
use crate::domain::ids::{EntryId, OrganisationId, Subject, TimelineId};
use crate::domain::role::OrganisationType;
use crate::domain::ruling::Ruling;
use crate::domain::state::PatientState;

const HOUR: i64 = 3_600;

fn person(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

/// The region of these tests keeps UTC.
fn day_of(at: Timestamp) -> Date {
    date_of(at).expect("a date")
}

fn first_of_january_plus(days: i8) -> Date {
    date(1970, 1, 1 + days)
}

/// A timeline of an organisation under way, with what a reader would make of it.
struct Telling {
    state: PatientState,
    entries: Vec<Entry>,
    /// What stands: the seq, who gave it, what it says.
    stands: Vec<(Seq, PersonId, Timestamp, Body)>,
}

impl Telling {
    fn new() -> Self {
        let state = PatientState::empty_of(Subject::Organisation, TimelineId(Uuid::from_u128(1)));
        Self { state, entries: Vec::new(), stands: Vec::new() }
    }

    fn post(&mut self, by: PersonId, body: Body) -> Seq {
        let seq = self.state.head.next();
        let target = body.target().map(|id| self.entries.iter().find(|entry| entry.id == id).expect("there").scope());
        let organisation = OrganisationId(Uuid::from_u128(1));
        let (role, organisation_type) = (Role::Nurse, OrganisationType::NursingStation);
        let recorded_at = Timestamp::from_secs(seq.0 as i64);
        match &body {
            Body::Correction(Correction { body, .. }) => {
                let seq = target.as_ref().expect("a target").seq;
                if let Some(stood) = self.stands.iter_mut().find(|stood| stood.0 == seq) {
                    stood.3 = (**body).clone();
                }
            }
            Body::Retraction(_) => {
                let seq = target.as_ref().expect("a target").seq;
                self.stands.retain(|stood| stood.0 != seq);
            }
            body => self.stands.push((seq, by, recorded_at, body.clone())),
        }
        let entry = Entry {
            id: EntryId(Uuid::from_u128(u128::from(seq.0))),
            timeline: self.state.timeline,
            seq,
            device: None,
            author: Actor { person: by, role, organisation, organisation_type },
            observed_at: None,
            recorded_at,
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            body,
            alarms: Vec::new(),
            target_scope: target,
            on_behalf: None,
            ruling: Ruling::default(),
        };
        self.state.apply(&entry);
        self.entries.push(entry);
        seq
    }

    fn office(&self) -> &Office {
        self.state.office.as_deref().expect("an organisation")
    }

    fn newest<T>(&self, read: impl Fn(&Body, PersonId, Timestamp) -> Option<T>) -> Option<T> {
        self.stands.iter().rev().find_map(|(_, by, at, body)| read(body, *by, *at))
    }

    fn on_duty_at(&self, at: Timestamp) -> Vec<PersonId> {
        let rosters = || {
            self.stands.iter().filter_map(|(seq, .., body)| match body {
                Body::Roster(roster) => Some((*seq, roster)),
                _ => None,
            })
        };
        let counts = |seq: Seq, shift: &Shift| {
            let day = day_of(shift.starts_at);
            !rosters().any(|(newer, roster)| newer > seq && roster.from <= day && day <= roster.until)
        };
        let runs = |shift: &Shift| shift.starts_at <= at && at < shift.ends_at;
        rosters()
            .flat_map(|(seq, roster)| roster.shifts.iter().filter(move |shift| runs(shift) && counts(seq, shift)))
            .map(|shift| shift.person)
            .collect()
    }
}

#[derive(Clone, Debug)]
enum Told {
    Say(u128, Body),
    Correct(usize, Body),
    Retract(usize),
}

fn shift(day: i8, from_h: i64, hours: i64, who: u128) -> Shift {
    let starts_at = Timestamp::from_secs(i64::from(day) * 24 * HOUR + from_h * HOUR);
    let ends_at = Timestamp::from_secs(starts_at.as_secs() + hours * HOUR);
    Shift { starts_at, ends_at, role: Role::Nurse, person: person(who), phone: String::new() }
}

fn said() -> impl Strategy<Value = Body> {
    let contact = (1u128..4, any::<bool>()).prop_map(|(who, around_the_clock)| {
        Body::from(Box::new(ContactWindow { person: Some(person(who)), around_the_clock, ..ContactWindow::default() }))
    });
    let one = (0i8..6, 0i64..24, 1i64..20, 1u128..5).prop_map(|(day, from, hours, who)| shift(day, from, hours, who));
    let roster = (0i8..6, 0i8..3, proptest::collection::vec(one, 0..4)).prop_map(|(from, days, shifts)| {
        let (from, until) = (first_of_january_plus(from), first_of_january_plus(from + days));
        Body::Roster(Roster { from, until, shifts, text: String::new() })
    });
    let pledge =
        (prop::sample::select(PledgeBy::ALL), prop::sample::select(&["R-1", "R-2"][..])).prop_map(|(by, rule)| {
            let rules = vec![format!("{rule}@set/1.0.0#abc")];
            Body::Pledge(Pledge { by, rules, text: String::new(), attachments: Vec::new() })
        });
    let whom = prop::option::of(1u128..3);
    let suspension = (whom, any::<bool>(), prop::option::of(0i8..6)).prop_map(|(whom, lifted, until)| {
        let (person, until) = (whom.map(person), until.map(first_of_january_plus));
        Body::Suspension(Suspension { person, lifted, until, ..Suspension::default() })
    });
    prop_oneof![contact, roster, pledge, suspension]
}

fn told() -> impl Strategy<Value = Told> {
    prop_oneof![
        3 => (1u128..4, said()).prop_map(|(by, body)| Told::Say(by, body)),
        1 => (any::<usize>(), said()).prop_map(|(at, body)| Told::Correct(at, body)),
        1 => any::<usize>().prop_map(Told::Retract),
    ]
}

fn tell(told: &[Told]) -> Telling {
    let mut telling = Telling::new();
    for one in told {
        let standing =
            |at: usize| telling.stands.get(at % telling.stands.len().max(1)).map(|stood| (stood.0, &stood.3));
        let id = |seq: Seq| EntryId(Uuid::from_u128(u128::from(seq.0)));
        match one {
            Told::Say(by, body) => drop(telling.post(person(*by), body.clone())),
            // As `decide` lets them through: of the same kind, and never of a pledge.
            Told::Correct(at, body) => {
                let Some((seq, stood)) = standing(*at) else { continue };
                if stood.kind() == body.kind() && !matches!(body, Body::Pledge(_)) {
                    let (target, body) = (id(seq), Box::new(body.clone()));
                    let correction = Correction { target, body, reason: String::new() };
                    telling.post(person(9), correction.into());
                }
            }
            Told::Retract(at) => {
                let Some((seq, _)) = standing(*at) else { continue };
                let reason = RetractionReason::Mistake;
                telling.post(person(9), Retraction { target: id(seq), reason, text: String::new() }.into());
            }
        }
    }
    telling
}

/// Whether more was said of this than the fold remembers: then it may claim nothing, but never something else.
fn claims<T: Copy + Ord, R>(standing: Option<&Standing<T, R>>) -> bool {
    standing.is_none_or(|kept| kept.dropped().is_none() || !kept.kept().is_empty())
}

proptest! {
    #[test]
    fn an_office_is_what_the_entries_that_stand_say_of_it(told in proptest::collection::vec(told(), 0..24)) {
        let telling = tell(&told);
        let office = telling.office();
        let contact = telling.newest(|body, _, _| match body {
            Body::ContactWindow(contact) => Some(ContactWindow::clone(contact)),
            _ => None,
        });
        if claims(Some(&office.contact)) {
            prop_assert_eq!(office.contact(), contact.as_ref());
        }
        for hour in 0..(9 * 24) {
            let at = Timestamp::from_secs(hour * HOUR + 60);
            let on_duty: Vec<PersonId> = office.on_duty(at, day_of).map(|shift| shift.person).collect();
            prop_assert_eq!(on_duty, telling.on_duty_at(at), "hour {}", hour);
        }
        for whom in [None, Some(person(1)), Some(person(2))] {
            for day in 0..6 {
                let today = first_of_january_plus(day);
                let newest = telling.newest(|body, _, _| match body {
                    Body::Suspension(said) if said.person == whom => Some((said.lifted, said.until)),
                    _ => None,
                });
                let holds = newest.is_some_and(|(lifted, until)| !lifted && until.is_none_or(|until| today <= until));
                if claims(office.suspensions.get(&whom)) {
                    prop_assert_eq!(office.holds_against(whom, today), holds);
                }
            }
        }
        for by in [None, Some(person(1)), Some(person(2)), Some(person(3)), Some(person(9))] {
            for rule in ["R-1", "R-2"] {
                let last = telling.newest(|body, author, at| match body {
                    Body::Pledge(pledge) => {
                        let giver = (pledge.by == PledgeBy::Person).then_some(author);
                        (giver == by && pledge.rules[0].starts_with(rule)).then_some(at)
                    }
                    _ => None,
                });
                if claims(office.pledges.get(&Pledged { by, rule: rule.into() })) {
                    let given = office.pledged_by(by).find(|(id, _)| *id == rule).map(|(_, at)| at);
                    prop_assert_eq!(given, last);
                }
            }
        }
    }
}

#[test]
fn a_night_belongs_to_the_day_it_begins_on_and_a_change_replaces_only_its_days() {
    let mut telling = Telling::new();
    let roster = |from: i8, until: i8, shifts: Vec<Shift>| {
        let (from, until) = (first_of_january_plus(from), first_of_january_plus(until));
        Body::Roster(Roster { from, until, shifts, text: String::new() })
    };
    telling.post(person(9), roster(0, 2, vec![shift(0, 17, 16, 1), shift(1, 17, 16, 2)]));
    let change = telling.post(person(9), roster(1, 1, vec![shift(1, 17, 16, 3)]));
    let on_duty = |telling: &Telling, day: i64, hour: i64| -> Vec<PersonId> {
        let at = Timestamp::from_secs((day * 24 + hour) * HOUR);
        telling.office().on_duty(at, day_of).map(|shift| shift.person).collect()
    };
    assert_eq!(on_duty(&telling, 0, 16), [], "before the first shift");
    assert_eq!(on_duty(&telling, 1, 8), [person(1)], "the night of the day before, though the day was changed");
    assert_eq!(on_duty(&telling, 1, 9), [], "it ended at nine");
    assert_eq!(on_duty(&telling, 1, 20), [person(3)], "as it was changed");
    let target = EntryId(Uuid::from_u128(u128::from(change.0)));
    let reason = RetractionReason::Mistake;
    telling.post(person(9), Retraction { target, reason, text: String::new() }.into());
    assert_eq!(on_duty(&telling, 1, 20), [person(2)], "the change was taken back");
}

#[test]
fn records_of_an_organisation_mean_nothing_on_the_timeline_of_a_patient() {
    let mut telling = Telling::new();
    telling.state = PatientState::empty(telling.state.timeline);
    telling.post(person(1), Body::Suspension(Suspension::default()));
    assert_eq!(telling.state.office, None);
}
