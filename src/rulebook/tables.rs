//! The rules that speak of posts as tables of words: what a tablet judges by while the hub cannot be asked. Made of the
//! book in force for `http`; the page's own reading of it is `web/rules`. Holds nothing that the files of rules do not
//! say, and no rule about seeing: of those only who of a team sees which kinds, because nobody owes what they do not see.

use super::book::Rulebook;
use super::class::EntryClass;
use super::facts::{ActorFacts, PatientFacts, PatientStatus, Purpose, ViewerFacts, WithheldFacts};
use super::history::Derivation;
use super::mechanism::{Deadline, Party, Span};
use super::parties::{met_by, party, span, step_of_chain, ways_out};
use super::ruleset::{Clause, Interval, Mechanism, Rule, Term, Wanted};
use super::vocabulary::{Field, Source, Values, positions};
use super::wording::{in_words, wanted, why_advised};
use super::words::{Capacity, Clock, Effect, Relation, Strength};
use crate::domain::body::Infection;
use crate::domain::entry::Sensitivity;
use crate::domain::kind::Kind;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::team::ConsentState;
use crate::domain::text::Text;

/// Facts of the hub's own that a look back answers as it stands, of everybody or of the author's office; others ask for more
/// than which kinds there were and when, or only of some posts.
const LOOKED_BACK: &[&str] = &["patient.infection_active", "record.phoned", "record.doctor_phoned"];

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    pub fields: Vec<AskedField>,
    /// In the order in which they are asked: what must be comes first.
    pub rules: Vec<TableRule>,
    pub shown: Vec<Shown>,
}

/// A word that rules ask about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedField {
    pub code: String,
    pub label: Text,
    pub values: FieldValues,
    /// How it is derived, where what was written answers it by itself.
    pub past: Option<PastAsked>,
}

/// What a field may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValues {
    /// `no`: what is said where it is false.
    Flag {
        no: Text,
    },
    Choice(Vec<(String, Text)>),
    Number {
        unit: Text,
    },
    /// In seconds.
    Duration,
}

/// A look back at what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastAsked {
    pub how: &'static str,
    pub of: Vec<Kind>,
    pub since: Vec<Kind>,
    pub within_s: Option<i64>,
}

/// A rule that speaks of posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRule {
    pub citation: String,
    pub title: Text,
    /// Why it was agreed, or the advice.
    pub says: Text,
    pub strength: &'static str,
    pub on: Vec<Kind>,
    pub when: Vec<Vec<TableTerm>>,
    pub unless: Vec<Vec<TableTerm>>,
    pub does: TableEffect,
}

/// A field that must have one of these values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableTerm {
    pub field: String,
    pub wants: TableWants,
    /// The condition in words.
    pub words: Text,
}

/// The values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableWants {
    /// Codes; of a flag `true` and `false`.
    OneOf(Vec<String>),
    /// Whole numbers, both ends included.
    Within(Vec<Interval>),
}

/// What a rule does where it applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableEffect {
    Permit,
    Forbid,
    Queue,
    Gate { require: Vec<Vec<TableTerm>>, pass_if: Vec<Vec<TableTerm>>, exceptions: Vec<Text>, reason_ok: bool },
    Duty(Box<TableDuty>),
    Nudge { audience: &'static str },
}

/// A duty that a post opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDuty {
    /// Who owes, in words.
    pub owed_by: Text,
    pub roles: Vec<Role>,
    pub relation: &'static str,
    /// Anybody of the organisation, whatever their role, and not one person alone.
    pub by_role: bool,
    pub each: bool,
    pub met_by: Text,
    pub acknowledge: bool,
    pub within_s: i64,
    pub is_business: bool,
    pub within: Text,
    pub chain: Vec<Text>,
    pub ways_out: Option<Text>,
}

/// Who sees an ordinary record of a kind, whatever their organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub kind: Kind,
    /// Roles that see it of others, on the team of a patient who agreed to sharing.
    pub to_team: Vec<Role>,
    /// Roles that see it of their own organisation, restricted or not, as long as they are on the team.
    pub to_own: Vec<Role>,
}

impl Rulebook {
    /// The tables of this book.
    #[must_use]
    pub fn tables(&self) -> Tables {
        let mut rules: Vec<&Rule> = self.rules().map(|(_, _, rule)| rule).collect();
        rules.sort_by_key(|rule| rule.strength != Strength::Must);
        let rules: Vec<TableRule> = rules.into_iter().filter_map(|rule| self.table_rule(rule)).collect();
        let asked = |field: &&Field| rules.iter().any(|rule| rule.asks_about(&field.code));
        let fields = self.vocabulary.fields.iter().filter(asked).map(|field| self.asked_field(field)).collect();
        Tables { fields, rules, shown: Kind::ALL.iter().map(|kind| self.shown(*kind)).collect() }
    }

    fn table_rule(&self, rule: &Rule) -> Option<TableRule> {
        let applies = rule.mechanism.applies()?;
        let (does, says) = match &rule.mechanism {
            Mechanism::Share(share) => {
                let effect = match share.effect {
                    Effect::Permit => TableEffect::Permit,
                    Effect::Forbid => TableEffect::Forbid,
                    Effect::Queue => TableEffect::Queue,
                    Effect::Bound => return None,
                };
                (effect, rule.reason.clone())
            }
            Mechanism::Gate(gate) => {
                let exceptions = gate.pass_if.iter().map(|clause| in_words(clause, &self.vocabulary)).collect();
                let (require, pass_if) = (self.table(&gate.require), self.table(&gate.pass_if));
                (TableEffect::Gate { require, pass_if, exceptions, reason_ok: gate.reason_ok }, rule.reason.clone())
            }
            Mechanism::Duty(duty) => {
                let acts = (met_by(&duty.met_by, &self.vocabulary), duty.met_by.acknowledge);
                let duty = self.table_duty(&duty.owed_by, acts, &duty.deadline);
                (TableEffect::Duty(Box::new(duty)), rule.reason.clone())
            }
            Mechanism::Nudge(nudge) => {
                (TableEffect::Nudge { audience: nudge.audience.code() }, why_advised(rule, &nudge.advice))
            }
            Mechanism::Standing(_) | Mechanism::Pledge(_) => return None,
        };
        let on = kinds(applies.on.post);
        (!on.is_empty()).then(|| TableRule {
            citation: rule.citation.to_string(),
            title: rule.title.clone(),
            says,
            strength: rule.strength.code(),
            on,
            when: self.table(&applies.when),
            unless: self.table(&applies.unless),
            does,
        })
    }

    fn table_duty(&self, owed_by: &Party, (met_by, acknowledge): (Text, bool), due: &Deadline) -> TableDuty {
        let Span { seconds, clock, .. } = due.within;
        TableDuty {
            owed_by: party(owed_by, &self.vocabulary),
            roles: positions(owed_by.roles).filter_map(|at| Role::ALL.get(usize::from(at)).copied()).collect(),
            relation: owed_by.relation.code(),
            by_role: owed_by.capacity != Capacity::Person || owed_by.relation == Relation::Author,
            each: owed_by.each,
            met_by,
            acknowledge,
            within_s: seconds,
            is_business: clock == Clock::Business,
            within: span(&due.within),
            chain: due.escalate.iter().map(|step| step_of_chain(step, &self.vocabulary)).collect(),
            ways_out: (!due.ways_out.is_empty()).then(|| ways_out(&due.ways_out)),
        }
    }

    fn table(&self, clauses: &[Clause]) -> Vec<Vec<TableTerm>> {
        clauses.iter().map(|clause| clause.terms.iter().map(|term| self.table_term(term)).collect()).collect()
    }

    fn table_term(&self, term: &Term) -> TableTerm {
        let field = &self.vocabulary.fields[term.field];
        let wants = match &term.wanted {
            Wanted::Numbers(parts) => TableWants::Within(parts.clone()),
            Wanted::Positions(set) => TableWants::OneOf(match &field.values {
                Values::Choice(lexicon) => {
                    positions(*set).filter_map(|at| lexicon.entry(at)).map(|entry| entry.code.clone()).collect()
                }
                _ => positions(*set).map(|at| (at == 1).to_string()).collect(),
            }),
        };
        TableTerm { field: field.code.clone(), wants, words: wanted(field, term) }
    }

    fn asked_field(&self, field: &Field) -> AskedField {
        let values = match &field.values {
            Values::Flag { no } => FieldValues::Flag { no: no.clone() },
            Values::Choice(lexicon) => {
                FieldValues::Choice(lexicon.words.iter().map(|word| (word.code.clone(), word.label.clone())).collect())
            }
            Values::Number { unit, .. } => FieldValues::Number { unit: unit.clone() },
            Values::Duration { .. } => FieldValues::Duration,
        };
        let is_answered = matches!(field.source, Source::Past(_)) || LOOKED_BACK.contains(&field.code.as_str());
        let past = field.derive.as_ref().filter(|derive| is_answered && derive.answers_by_itself()).map(PastAsked::of);
        AskedField { code: field.code.clone(), label: field.label.clone(), values, past }
    }

    /// Only what holds whatever the organisation is, host or not, linked before or not.
    fn shown(&self, kind: Kind) -> Shown {
        let infections: Vec<Option<Infection>> = match kind {
            Kind::InfectionNotice => Infection::ALL.iter().copied().map(Some).collect(),
            _ => vec![None],
        };
        let sees = |role: Role, own: bool| {
            let sensitivities = if own { Sensitivity::ALL } else { &[Sensitivity::Normal] };
            team_members(role).all(|viewer| {
                let mask = self.view_mask(&viewer);
                let class =
                    |how: Sensitivity, of: Option<Infection>| EntryClass::new(kind, how, of).seen_by(own, false);
                let class = &class;
                let mut classes =
                    sensitivities.iter().flat_map(|how| infections.iter().map(move |of| class(*how, *of)));
                classes.all(|class| mask.allows(class))
            })
        };
        let roles = |own: bool| Role::ALL.iter().copied().filter(|role| sees(*role, own)).collect();
        Shown { kind, to_team: roles(false), to_own: roles(true) }
    }
}

impl TableRule {
    fn asks_about(&self, field: &str) -> bool {
        let gate: [&[Vec<TableTerm>]; 2] = match &self.does {
            TableEffect::Gate { require, pass_if, .. } => [require, pass_if],
            _ => [&[], &[]],
        };
        let clauses = self.when.iter().chain(&self.unless).chain(gate.into_iter().flatten());
        clauses.flatten().any(|term| term.field == field)
    }
}

impl PastAsked {
    fn of(derive: &Derivation) -> Self {
        let within_s = derive.within.map(|span| span.seconds);
        Self { how: derive.how.code(), of: kinds(derive.of), since: kinds(derive.since), within_s }
    }
}

fn kinds(set: u64) -> Vec<Kind> {
    positions(set).filter_map(|at| Kind::ALL.get(usize::from(at)).copied()).collect()
}

/// Everybody of a role who is on the team of a patient who agreed to sharing.
fn team_members(role: Role) -> impl Iterator<Item = ViewerFacts> {
    let places = OrganisationType::ALL.iter().copied();
    places.flat_map(|place| [false, true].map(|host| (place, host))).flat_map(move |(organisation_type, host)| {
        [false, true].map(|before| ViewerFacts {
            actor: ActorFacts {
                role,
                organisation_type,
                on_team: true.into(),
                organisation_on_team: true.into(),
                organisation_was_on_team: before.into(),
                is_host: host.into(),
                break_glass: false.into(),
                own_office: false.into(),
            },
            patient: PatientFacts {
                consent: ConsentState::Team.into(),
                withheld: WithheldFacts::NOTHING,
                status: PatientStatus::Active.into(),
                registered: true.into(),
                has_host: true.into(),
            },
            purpose: if role == Role::Secretariat { Purpose::Admin } else { Purpose::Care },
        })
    })
}
