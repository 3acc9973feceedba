//! Every deadline of every shipped rule, step by step: who owes, when somebody is reminded or told and whom, what
//! ends it and what does not. A rule or a step without its row fails, and so does a row too many.

use super::book;
use super::duties::{actor, organisation, seat, secretariat, team};
use crate::domain::body::Callee;
use crate::domain::directory::Actor;
use crate::domain::ids::{EntryId, OrganisationId};
use crate::domain::kind::Kind;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::time::Timestamp;
use crate::rulebook::calendar::Calendar;
use crate::rulebook::words::{Matter, OnAdmission, OnDeath, Per};
use crate::rulebook::{Act, Around, Debtor, Mechanism, Named, Owed, Rule, RuleRef, Rulebook, Seat, StepDoes, Terms};

/// `rule` and one of: `opened by … : debtors`, `remind after`, `due after`, `tells whom after`, `on admission what`,
/// `on death what`, `ended by whom what`, `not ended by whom what`. The file says how to read them.
const ROWS: &str = include_str!("chain_rows.txt");

/// The offices around the patient, as the rows name them.
const OFFICES: [(&str, u128, OrganisationType); 8] = [
    ("clinic", 1, OrganisationType::Clinic),
    ("station", 2, OrganisationType::NursingStation),
    ("other-station", 3, OrganisationType::NursingStation),
    ("care-office", 4, OrganisationType::CareOffice),
    ("pharmacy", 5, OrganisationType::Pharmacy),
    ("home-help", 6, OrganisationType::HomeHelp),
    ("hospital", 8, OrganisationType::Hospital),
    ("secretariat", 9, OrganisationType::Secretariat),
];

/// A Wednesday morning.
const OPENED_AT: &str = "2026-04-01T10:00:00+09:00";

fn named(office: OrganisationId) -> &'static str {
    OFFICES.iter().find(|(_, number, _)| organisation(*number) == office).expect("an office of the rows").0
}

/// `nurse@station`.
fn person(written: &str) -> Actor {
    let (role, office) = written.split_once('@').unwrap_or_else(|| panic!("nobody: {written}"));
    let (_, number, of) = OFFICES.iter().find(|(name, ..)| *name == office).unwrap_or_else(|| panic!("no {office}"));
    actor(*number, *of, Role::from_code(role).unwrap_or_else(|| panic!("no role {role}")))
}

fn told(debtors: &[Debtor]) -> String {
    let told = debtors.iter().map(|debtor| format!("{}@{}", debtor.capacity.code(), named(debtor.organisation)));
    told.collect::<Vec<_>>().join(" ")
}

fn rows_of(id: &str) -> impl Iterator<Item = &'static str> {
    let lines = ROWS.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    lines.filter_map(move |line| line.strip_prefix(id)?.strip_prefix(' ').map(str::trim))
}

/// What a rule is opened by: `nurse@station naming clinic`, or `nobody` where a state asks for it.
struct Opening {
    author: Option<Actor>,
    named: Vec<Named>,
    team: Vec<Seat>,
    /// Both stations and the home help.
    visited: Vec<Seat>,
    /// A hospital, and a station as the other of a pair.
    subjects: Vec<Seat>,
}

impl Opening {
    fn read(written: &str, text: &Rule) -> Self {
        let (by, naming) = written.split_once(" naming ").map_or((written, None), |(by, naming)| (by, Some(naming)));
        let named =
            naming.map(|office| OFFICES.iter().find(|(name, ..)| *name == office).expect("an office of the rows"));
        let named = named.map(|(_, number, of)| Named {
            organisation: organisation(*number),
            organisation_type: *of,
            person: None,
        });
        let is_pair = matches!(&text.mechanism, Mechanism::Standing(standing) if standing.per == Per::Pair);
        let subjects = [seat(8, OrganisationType::Hospital, &[Role::Msw, Role::Doctor]), team()[1]];
        Self {
            author: (by != "nobody").then(|| person(by)),
            named: named.into_iter().collect(),
            team: team(),
            visited: vec![team()[1], team()[2], team()[5]],
            subjects: subjects[..if is_pair { 2 } else { 1 }].to_vec(),
        }
    }

    fn around(&self) -> Around<'_> {
        Around {
            team: &self.team,
            author: self.author.as_ref(),
            named: &self.named,
            visited: &self.visited,
            region: Some(secretariat()),
            subjects: &self.subjects,
        }
    }
}

/// What the rules make of it: who owes, and what the clock does while nobody acts.
fn course(book: &Rulebook, rule: RuleRef, opening: &Opening) -> Vec<String> {
    let around = opening.around();
    let duties = book.open(rule, true, &around);
    let owing: Vec<String> = duties.iter().map(|duty| told(&duty.debtors)).collect();
    let duty = &duties[0];
    let opened_at: Timestamp = OPENED_AT.parse().unwrap();
    let of = duty.debtors[0].organisation_type;
    let steps = duty.terms.schedule(opened_at, &Calendar::japan_with_placeholders(), of);
    let mut course = vec![owing.join(" | ")];
    course.extend(steps.iter().map(|step| {
        let minutes = step.at.since(opened_at).as_secs() / 60;
        let after = if minutes % 60 == 0 { format!("{}h", minutes / 60) } else { format!("{minutes}m") };
        match step.does {
            StepDoes::Remind(_) => format!("remind after {after}"),
            StepDoes::Due => format!("due after {after}"),
            StepDoes::Escalate(at) => {
                let whom = duty.terms.escalate[usize::from(at)].told.resolve(&around, &duty.debtors);
                format!("tells {} after {after}", told(&whom))
            }
        }
    }));
    course.extend(life(&duty.terms));
    course
}

/// What becomes of it on admission and death, where it does not simply go on until the patient dies.
fn life(terms: &Terms) -> impl Iterator<Item = String> {
    let Terms { on_admission, on_death, .. } = *terms;
    let admission = (on_admission != OnAdmission::GoesOn).then(|| format!("on admission {on_admission}"));
    let death = (on_death != OnDeath::Closes).then(|| format!("on death {on_death}"));
    admission.into_iter().chain(death)
}

/// `nurse@station acknowledgement`: whether that ends the duty. Said of an act after its kind: `unrelated` refers to another
/// entry and is about another device or person, `earlier` was over before the cause, `unanswered` is a call that reached
/// nobody; else it refers to the cause, an answered call is for the debtor, a device the one in question.
fn ends(book: &Rulebook, rule: RuleRef, opening: &Opening, written: &str) -> bool {
    let duty = &book.open(rule, true, &opening.around())[0];
    let words: Vec<&str> = written.split_whitespace().collect();
    let [who, kind, how @ ..] = &words[..] else { panic!("who and what: {written}") };
    let entry = |number| EntryId(uuid::Uuid::from_u128(number));
    let (cause, author) = (entry(7), person(who));
    let kind = Kind::from_code(kind).unwrap_or_else(|| panic!("no kind {kind}"));
    let is = |word: &str| how.contains(&word);
    let opened_at: Timestamp = OPENED_AT.parse().unwrap();
    // A record of its own kind says nothing of the cause: an earlier visit refers to none.
    let refers_to = (!is("earlier")).then(|| if is("unrelated") { entry(8) } else { cause });
    let role = if is("unrelated") { Role::Family } else { duty.debtors[0].roles.roles().next().expect("a role") };
    let device = (kind == Kind::DeviceChange).then(|| if is("unrelated") { "吸引器" } else { "酸素濃縮器" }.to_owned());
    let call = (kind == Kind::Call).then_some((Callee { role: Some(role), organisation: None }, !is("unanswered")));
    let over_at = is("earlier").then(|| opened_at.saturating_sub(std::time::Duration::from_secs(1)));
    let act = Act { author: &author, kind, refers_to, device, call, over_at };
    let matters = match duty.terms.same {
        Some(Matter::Device) => vec!["酸素濃縮器".to_owned()],
        Some(Matter::Callee) => vec![Role::Nurse.code().to_owned()],
        None => Vec::new(),
    };
    let owner = opening.author.map(|author| author.organisation);
    let since = opening.author.map(|_| opened_at);
    duty.terms.met_by(&act, &Owed { debtors: &duty.debtors, cause: Some(cause), owner, matters: &matters, since })
}

/// The acts that end a duty and may be about something else: each needs a row that says they do not end it then.
fn unproven<'a>(acts: &[&'a str]) -> Vec<&'a str> {
    let denied = |act: &str| acts.iter().any(|row| row.strip_prefix(&format!("not ended by {act} ")).is_some());
    let ending = acts.iter().filter_map(|row| row.strip_prefix("ended by "));
    ending.filter(|act| !act.ends_with(" acknowledgement") && !denied(act)).collect()
}

#[test]
fn every_step_of_every_deadline_has_its_row_and_every_row_its_step() {
    let book = book();
    let mut wrong = Vec::new();
    for (rule, _, text) in book.rules().filter(|(_, _, rule)| rule.mechanism.deadline().is_some()) {
        let (acts, steps): (Vec<&str>, Vec<&str>) = rows_of(&text.id).partition(|row| row.contains("ended by "));
        let opened = steps.first().and_then(|row| row.strip_prefix("opened by ")?.split_once(" : "));
        let Some((by, owing)) = opened else {
            wrong.push(format!("{} has no row that opens it", text.id));
            continue;
        };
        let opening = Opening::read(by, text);
        let said: Vec<&str> = [owing].into_iter().chain(steps[1..].iter().copied()).collect();
        let expected = course(&book, rule, &opening);
        if said != expected {
            wrong.push(format!("{}\n  rows  {said:?}\n  steps {expected:?}", text.id));
        }
        for act in &acts {
            let (not, act) = act.split_once("ended by ").expect("of these");
            if ends(&book, rule, &opening, act) != not.is_empty() {
                wrong.push(format!("{} {not}ended by {act}: it is the other way round", text.id));
            }
        }
        // There is one closing of a page; a state asks for a record, not for an answer.
        let may_be_unrelated = matches!(text.mechanism, Mechanism::Duty(_)) && text.id != "OP-6c";
        for act in unproven(&acts).into_iter().filter(|_| may_be_unrelated) {
            wrong.push(format!("{} has no row 'not ended by {act} unrelated' or 'earlier'", text.id));
        }
        for ending in ["ended by", "not ended by"] {
            if !acts.iter().any(|act| act.starts_with(ending)) {
                wrong.push(format!("{} has no row '{ending}'", text.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let known = |row: &&str| book.rules().any(|(_, _, rule)| row.split_whitespace().next() == Some(&rule.id));
    let rows = ROWS.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    assert_eq!(rows.filter(|row| !known(row)).collect::<Vec<_>>(), Vec::<&str>::new(), "rows of no rule");
}
