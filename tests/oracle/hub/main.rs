//! The hub's side of the oracle: reads events, answers what the shipped rulebook says of each. An example of the hub's
//! crate, so that the oracle needs nothing of what the hub is built from. Started by `tests/oracle/src/hub.rs`.
//!
//! Lines of fields with tabs between. In: first the names of the fields; then for each event its action (`post:order`)
//! and, in that order, what is known, `?` where nobody knows. Out: first the fields that can be told, then the rules in
//! the order of the book; then for each event the verdict, what it cites, what is asked, and the advice.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufRead, Write};

use renkei::domain::body::{CallTo, DeviceChangeType, Infection, OrderType, Topic};
use renkei::domain::entry::Sensitivity;
use renkei::domain::kind::Kind;
use renkei::domain::role::{OrganisationType, Role};
use renkei::domain::team::ConsentState;
use renkei::domain::time::Timestamp;
use renkei::rulebook::event::{DerivedFacts, DoctorAgreement, EventFacts, Stay, TimeBand};
use renkei::rulebook::{
    ActorFacts, EntryClass, Etiquette, Judgement, Known, PatientFacts, PatientStatus, Pledger, PostFacts, Purpose,
    RecordFacts, RuleRef, Rulebook, StandingImplied, Verdict, ViewerFacts, WithheldFacts, shipped,
};

fn main() -> anyhow::Result<()> {
    // Its citations do not matter here, so any digest will do.
    let book = shipped::load(|_| [0; 32])?;
    let (mut lines, mut out) = (io::stdin().lock().lines(), io::stdout().lock());
    let Some(names) = lines.next().transpose()? else { return Ok(()) };
    let fields: HashMap<&str, usize> = names.split('\t').zip(0..).collect();
    writeln!(out, "{}", told(&book, &fields).into_iter().collect::<Vec<_>>().join("\t"))?;
    let rules: Vec<&str> = book.rules().map(|(_, _, rule)| rule.id.as_str()).collect();
    writeln!(out, "{}", rules.join("\t"))?;
    out.flush()?;
    for line in lines {
        let line = line?;
        let (action, known) = line.split_once('\t').unwrap_or((&line, ""));
        let values: Vec<&str> = known.split('\t').collect();
        let facts = Facts { fields: &fields, values: &values, told: None };
        let said = outcome(&book, action, &facts);
        let asks: Vec<&str> = said.asks.iter().map(String::as_str).collect();
        writeln!(out, "{}\t{}\t{}\t{}", said.verdict, said.cited.join(";"), asks.join(";"), said.advice.join(";"))?;
        out.flush()?;
    }
    Ok(())
}

/// The fields that the hub is told of below. A word without a line there stays unknown to it.
fn told(book: &Rulebook, fields: &HashMap<&str, usize>) -> BTreeSet<String> {
    let facts = Facts { fields, values: &[], told: Some(RefCell::default()) };
    facts.viewer();
    facts.record();
    facts.event_facts(book);
    facts.told.map(RefCell::into_inner).unwrap_or_default()
}

#[derive(Default)]
struct Outcome {
    verdict: &'static str,
    cited: Vec<String>,
    asks: BTreeSet<String>,
    advice: Vec<String>,
}

fn outcome(book: &Rulebook, action: &str, facts: &Facts<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let (action, what) = action.split_once(':').expect("an action and its kind");
    let kind = || Kind::from_code(what).expect("a kind");
    match action {
        "post" => {
            let post = PostFacts { viewer: facts.viewer(), kind: kind(), record: facts.record() };
            let (judgement, etiquette, _) = book.rule_on(&post, &facts.event_facts(book));
            judged(book, &judgement, &mut outcome);
            asked(book, &etiquette, &mut outcome);
        }
        "view" => {
            let viewer = facts.viewer();
            let RecordFacts {
                sensitivity: Known::Is(sensitivity),
                infection: Known::Is(infection),
                own: Known::Is(own),
                addressed: Known::Is(addressed),
                ..
            } = facts.record()
            else {
                panic!("a reader asks for a certain record");
            };
            let class = EntryClass::new(kind(), sensitivity, infection).seen_by(own, addressed);
            let (judgement, _) = book.judge_view(&viewer, class);
            judged(book, &judgement, &mut outcome);
            let shown = book.view_mask(&viewer).allows(class);
            assert_eq!(shown, judgement.verdict == Verdict::Permit, "mask and judgement of {what}");
        }
        "keep" => {
            let said = facts.event_facts(book);
            let implied = match what {
                "patient" => book.standing_of_patient(facts.viewer().patient, &said),
                "organisation" => book.standing_of_organisation(&said),
                _ => book.standing_of_pair(&said),
            };
            outcome.asks.extend(implied.iter().map(|implied| kept(book, implied)));
        }
        _ => {
            let by = if what == "person" { Pledger::Person } else { Pledger::Organisation };
            let due = book.pledges_due(by, facts.viewer().actor.role, &[], Timestamp::EPOCH);
            outcome.asks.extend(due.iter().map(|due| format!("{} pledged", id(book, due.rule))));
        }
    }
    outcome
}

fn id(book: &Rulebook, rule: RuleRef) -> String {
    match book.rule(rule) {
        Some((_, rule)) => rule.id.clone(),
        None if rule == RuleRef::DEFAULT_DENY => "nothing permits it".to_owned(),
        None => "the facts contradict the words".to_owned(),
    }
}

fn judged(book: &Rulebook, judgement: &Judgement, outcome: &mut Outcome) {
    outcome.verdict = match judgement.verdict {
        Verdict::Permit => "permit",
        Verdict::Quarantine => "queue",
        Verdict::Deny => "deny",
    };
    outcome.cited = judgement.cited.as_slice().iter().map(|rule| id(book, *rule)).collect();
}

fn asked(book: &Rulebook, found: &Etiquette, outcome: &mut Outcome) {
    for held in &found.held {
        let or_reason = if held.reason_ok { ", or a reason" } else { "" };
        outcome.asks.insert(format!("{} holds{or_reason}", id(book, held.rule)));
    }
    outcome.asks.extend(found.excepted.iter().map(|rule| format!("{} excepted", id(book, *rule))));
    for duty in &found.duties {
        let perhaps = if duty.confirmed { "" } else { "perhaps " };
        outcome.asks.insert(format!("{} {perhaps}owed", id(book, duty.rule)));
    }
    outcome.advice = found.advice.iter().map(|it| format!("{} to {}", id(book, it.rule), it.audience.code())).collect();
}

fn kept(book: &Rulebook, implied: &StandingImplied) -> String {
    let perhaps = if implied.confirmed { "" } else { "perhaps " };
    let paused = if implied.paused { ", at rest" } else { "" };
    format!("{} {perhaps}kept{paused}", id(book, implied.rule))
}

/// The facts of an event, told in the hub's types.
struct Facts<'a> {
    fields: &'a HashMap<&'a str, usize>,
    values: &'a [&'a str],
    /// Where the names are noted that somebody asks for; then there are no values.
    told: Option<RefCell<BTreeSet<String>>>,
}

impl Facts<'_> {
    fn known<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Known<T> {
        if let Some(told) = &self.told {
            told.borrow_mut().insert(name.to_owned());
            return Known::Unknown;
        }
        let field = *self.fields.get(name).unwrap_or_else(|| panic!("the vocabulary has no {name}"));
        match self.values[field] {
            "?" => Known::Unknown,
            value => Known::Is(read(value).unwrap_or_else(|| panic!("{name} is never {value}"))),
        }
    }

    fn flag(&self, name: &str) -> Known<bool> {
        self.known(name, |value| value.parse().ok())
    }

    fn number(&self, name: &str) -> Known<i64> {
        self.known(name, |value| value.parse().ok())
    }

    fn choice<T>(&self, name: &str, from_code: impl Fn(&str) -> Option<T>) -> Known<T> {
        self.known(name, from_code)
    }

    /// What the hub always knows.
    fn certain<T: Copy>(&self, name: &str, from_code: impl Fn(&str) -> Option<T>, any: &[T]) -> T {
        match self.known(name, from_code) {
            Known::Is(value) => value,
            Known::Unknown => any[0],
        }
    }

    fn viewer(&self) -> ViewerFacts {
        ViewerFacts {
            actor: ActorFacts {
                role: self.certain("actor.role", Role::from_code, Role::ALL),
                organisation_type: self.certain(
                    "actor.organisation_type",
                    OrganisationType::from_code,
                    OrganisationType::ALL,
                ),
                on_team: self.flag("actor.on_team"),
                organisation_on_team: self.flag("actor.organisation_on_team"),
                organisation_was_on_team: self.flag("actor.organisation_was_on_team"),
                is_host: self.flag("actor.is_host"),
                break_glass: self.flag("actor.break_glass"),
                own_office: self.flag("actor.own_office"),
            },
            patient: PatientFacts {
                consent: self.choice("patient.consent", ConsentState::from_code),
                withheld: WithheldFacts([
                    self.flag("patient.withholds_family"),
                    self.flag("patient.withholds_systems"),
                    self.flag("patient.withholds_export"),
                    self.flag("patient.withholds_education"),
                ]),
                status: self.choice("patient.status", PatientStatus::from_code),
                registered: self.flag("patient.registered"),
                has_host: self.flag("patient.has_host"),
            },
            purpose: self.certain("purpose", Purpose::from_code, Purpose::ALL),
        }
    }

    fn record(&self) -> RecordFacts {
        let infection = |code: &str| if code == "none" { Some(None) } else { Infection::from_code(code).map(Some) };
        RecordFacts {
            sensitivity: self.choice("record.sensitivity", Sensitivity::from_code),
            infection: self.choice("record.infection", infection),
            own: self.flag("record.own"),
            addressed: self.flag("record.addressed"),
            delay_s: self.number("record.delay"),
            target_own: self.flag("target.own"),
            target_visible: self.flag("target.visible"),
            link_own: self.flag("link.own"),
            export_withheld: self.flag("export.withheld"),
        }
    }

    /// Told by field and word once more, so that a fact wired to another word is noticed.
    fn event_facts(&self, book: &Rulebook) -> EventFacts {
        let mut derived = DerivedFacts::UNKNOWN;
        for field in &book.vocabulary().fields {
            if let Some(at) = book.vocabulary().place_in_past(&field.code) {
                derived.set(at, self.flag(&field.code));
            }
        }
        EventFacts {
            derived,
            has_document: self.flag("record.has_document"),
            emergency: self.flag("record.emergency"),
            urgent: self.flag("record.urgent"),
            tell_doctor: self.flag("record.tell_doctor"),
            topic: self.choice("record.topic", Topic::from_code),
            mentions_acp: self.flag("record.acp"),
            shared_with_team: self.flag("record.shared_with_team"),
            on_shared_sheet: self.flag("record.on_shared_sheet"),
            consent_to: self.choice("consent.to", ConsentState::from_code),
            consent_names_form: self.flag("consent.names_form"),
            doctor_agreed: self.flag("registration.doctor_agreed"),
            registration_agreement: self.choice("registration.doctor_agreement", DoctorAgreement::from_code),
            relation_confirmed: self.flag("link.relation_confirmed"),
            closing_no_need: self.flag("closing.no_further_need"),
            device_change: self.choice("device.change", DeviceChangeType::from_code),
            order_type: self.choice("order.type", OrderType::from_code),
            order_standard_form: self.flag("order.standard_form"),
            order_changes_drugs: self.flag("order.changes_drugs"),
            read_back: self.flag("verbal_order.read_back"),
            family_request: self.flag("station_change.family_request"),
            instruction_concrete: self.flag("instruction.concrete"),
            instruction_outlook: self.flag("instruction.outlook"),
            abbreviations: self.number("instruction.abbreviations"),
            call_to: self.choice("call.to", CallTo::from_code),
            call_reached: self.flag("call.reached"),
            call_written_up: self.flag("call.written_up"),
            nurse_invited: self.flag("visit_plan.nurse_invited"),
            doctor_attends: self.flag("conference.doctor_attends"),
            nurse_attends: self.flag("conference.nurse_attends"),
            contact_dates: self.flag("infection.contact_dates"),
            medical_service: self.flag("care_plan.medical_service"),
            to_doctor: self.flag("consultation.to_doctor"),
            report_for_doctor: self.flag("medication_report.for_doctor"),
            leftovers: self.flag("medication_report.leftovers"),
            export_approved: self.flag("export.approved"),
            export_planned: self.flag("export.planned"),
            export_permitted: self.flag("export.permitted"),
            ..self.around()
        }
    }

    /// The team, the history, the hour, and what standing rules are about.
    fn around(&self) -> EventFacts {
        EventFacts {
            has_nurse: self.flag("team.has_nurse"),
            has_doctor: self.flag("team.has_doctor"),
            has_care_manager: self.flag("team.has_care_manager"),
            has_pharmacist: self.flag("team.has_pharmacist"),
            nurse_24h: self.flag("team.nurse_24h"),
            two_doctors: self.flag("team.two_doctors"),
            stay: self.choice("patient.stay", Stay::from_code),
            in_facility: self.flag("patient.in_facility"),
            doctor_agreement: self.choice("patient.doctor_agreement", DoctorAgreement::from_code),
            link_asked_doctor: self.flag("link.asked_doctor"),
            link_brings_doctor: self.flag("link.brings_doctor"),
            infection_active: self.flag("patient.infection_active"),
            one_doctor_wished: self.flag("patient.one_doctor_wished"),
            keeps_acp_private: self.flag("patient.keeps_acp_private"),
            phoned: self.flag("record.phoned"),
            doctor_phoned: self.flag("record.doctor_phoned"),
            device_mismatch: self.flag("visit.device_mismatch"),
            station_consulted: self.flag("station_change.station_consulted"),
            first_after_discharge: self.flag("visit_plan.first_after_discharge"),
            doctor_opinion: self.flag("care_plan.doctor_opinion"),
            allergy_conflict: self.flag("order.allergy_conflict"),
            person_pledged: self.flag("activation.person_pledged"),
            office_pledged: self.flag("activation.office_pledged"),
            clinic_hours: self.flag("time.clinic_hours"),
            band: self.choice("time.band", TimeBand::from_code),
            subject_type: self.choice("subject.organisation_type", OrganisationType::from_code),
            other_type: self.choice("subject.other_type", OrganisationType::from_code),
            shares_patient: self.flag("subject.shares_patient"),
            ..EventFacts::UNKNOWN
        }
    }
}
