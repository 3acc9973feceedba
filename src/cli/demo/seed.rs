//! Puts the invented region into an empty hub: directory, registrations, teams, consent, limits, and ten days of
//! readings for the graphs. Everything goes through the hub as posts of the people who would make them, so the
//! rules judge each. Ids come from names: a seeding that was cut off is done again without doubling anything.

use std::time::Duration;

use anyhow::{bail, ensure};
use futures_util::future::try_join_all;
use jiff::civil::{Date, date};

use super::dice::Dice;
use super::readings;
use super::region::{
    self, Link, ORGANISATIONS, PATIENT_NUMBERS, PATIENTS, PEOPLE, PatientSeed, PersonSeed, Sharing, organisation_id,
    person_id,
};
use crate::actions::offices::give_all_pledges;
use crate::domain::alarm::AlarmLimits;
use crate::domain::body::{AcpNote, Body, NursingInstruction, StandingOrder};
use crate::domain::directory::{Actor, Organisation, Person};
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::EntryId;
use crate::domain::patient::{HumanName, Identifier, Registration};
use crate::domain::role::Role;
use crate::domain::team::{ConsentChange, ConsentGiver, ConsentState, History, TeamLink};
use crate::domain::time::Timestamp;
use crate::domain::withheld::{WithheldPurpose, WithheldSet};
use crate::hub::Hub;
use crate::hub::answer::{Accepted, Answer};
use crate::store::StoreError;

/// Days before the first start for which there are readings.
const DAYS_OF_READINGS: u64 = 10;
const DAY: Duration = Duration::from_secs(86_400);
/// When the region's consent forms were signed; before any start of the demo.
const CONSENT_GIVEN_ON: Date = date(2026, 4, 6);
const CONSENT_FORM: &str = "2026年4月版";
const CONSENT_WITHDRAWN_ON: Date = date(2026, 5, 18);

/// What somebody posts of a patient.
struct Step {
    name: String,
    who: &'static PersonSeed,
    body: Body,
    observed_at: Option<Timestamp>,
    sensitivity: Sensitivity,
}

/// Seeds the region around `anchor`.
///
/// # Errors
/// When the store fails, or the rules refuse any of it.
pub async fn seed(hub: &Hub, anchor: Timestamp) -> anyhow::Result<()> {
    fill_directory(hub).await?;
    let today = hub.region().date_at(anchor);
    try_join_all(PATIENTS.iter().map(|patient| seed_patient(hub, patient, anchor, today))).await?;
    Ok(())
}

/// Has everybody of the region pledge what the rules ask of them and was not given yet: without it nobody begins.
///
/// # Errors
/// When the rules refuse a pledge.
pub async fn pledge(hub: &Hub) -> anyhow::Result<()> {
    for person in PEOPLE {
        let pledged = give_all_pledges(hub, actor(hub, person)?).await;
        pledged.map_err(|refused| anyhow::anyhow!("a pledge was refused: {:?}", refused.reasons))?;
    }
    Ok(())
}

/// All organisations and people in one transaction.
async fn fill_directory(hub: &Hub) -> anyhow::Result<()> {
    let organisations: Vec<Organisation> = ORGANISATIONS.iter().map(organisation).collect();
    let people: Vec<Person> = PEOPLE.iter().map(person).collect();
    let (stored_organisations, stored_people) = (organisations.clone(), people.clone());
    hub.journal()
        .write(move |tx| {
            Box::pin(async move {
                for organisation in &stored_organisations {
                    tx.insert_organisation(organisation).await?;
                }
                for person in &stored_people {
                    tx.insert_person(person).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await?;
    hub.region().change_directory(|directory| {
        directory.organisations.extend(organisations.iter().map(|known| (known.id, known.clone())));
        directory.people.extend(people.iter().map(|known| (known.id, known.clone())));
    });
    Ok(())
}

fn organisation(seed: &region::OrganisationSeed) -> Organisation {
    Organisation {
        id: organisation_id(seed.key),
        kind: seed.kind,
        name: seed.name.to_owned(),
        kana: seed.kana.to_owned(),
        phone: seed.phone.to_owned(),
        identifiers: Vec::new(),
        active: true,
    }
}

fn person(seed: &PersonSeed) -> Person {
    Person { id: person_id(seed.key), name: human_name(seed.name), positions: vec![seed.position()], active: true }
}

fn human_name((kanji, kana): (&str, &str)) -> HumanName {
    HumanName { kanji: kanji.to_owned(), kana: kana.to_owned() }
}

/// The actor a person of the region is.
///
/// # Errors
/// When the directory does not hold the region.
pub fn actor(hub: &Hub, person: &PersonSeed) -> anyhow::Result<Actor> {
    let actor = hub.region().directory().actor(person_id(person.key), person.position());
    actor.ok_or_else(|| anyhow::anyhow!("{} is not in the directory", person.name.0))
}

async fn seed_patient(hub: &Hub, patient: &PatientSeed, anchor: Timestamp, today: Date) -> anyhow::Result<()> {
    let mut steps = administration(patient);
    steps.extend(doctors_orders(patient, today));
    steps.extend(around(patient));
    steps.extend(past_readings(patient, anchor));
    if patient.sharing == Sharing::Withdrawn {
        steps.push(by_secretariat("consent withdrawn", consent(ConsentState::Withdrawn, CONSENT_WITHDRAWN_ON, &[])));
    }
    // Steps of one person after the other share their commits.
    let mut steps = steps.into_iter().peekable();
    while let Some(first) = steps.next() {
        let who = first.who;
        let mut intents = vec![intent(patient, first)];
        while let Some(next) = steps.next_if(|next| next.who.key == who.key) {
            intents.push(intent(patient, next));
        }
        for answer in hub.post_in_order(actor(hub, who)?, intents).await {
            accepted(answer)?;
        }
    }
    Ok(())
}

fn intent(patient: &PatientSeed, step: Step) -> Intent {
    Intent {
        id: EntryId(region::named(&format!("entry {} {}", patient.number, step.name))),
        timeline: region::patient_id(patient.number).into(),
        observed_at: step.observed_at,
        sensitivity: step.sensitivity,
        addressed_to: Vec::new(),
        body: step.body,
        reasons: Vec::new(),
        on_behalf_of: None,
    }
}

fn accepted(answer: Answer) -> anyhow::Result<Accepted> {
    match answer {
        Answer::Accepted(accepted) => Ok(accepted),
        Answer::Refused(refused) => bail!("refused: {:?} {:?}", refused.reasons, refused.cited),
        Answer::Queued(queued) => bail!("queued: {:?}", queued.cited),
    }
}

fn step(who: &'static PersonSeed, name: impl Into<String>, body: Body) -> Step {
    Step { name: name.into(), who, body, observed_at: None, sensitivity: Sensitivity::Normal }
}

fn by_secretariat(name: impl Into<String>, body: Body) -> Step {
    step(region::person("miura"), name, body)
}

/// Registration, the team with its host first, consent.
fn administration(patient: &PatientSeed) -> Vec<Step> {
    let (year, month, day) = patient.born;
    let registration = Registration {
        name: human_name(patient.name),
        birth_date: date(year, month, day),
        sex: patient.sex,
        identifiers: vec![Identifier {
            system: PATIENT_NUMBERS.to_owned(),
            value: format!("A{:05}", 10_000 + u32::from(patient.number)),
        }],
        in_facility: false,
        for_training: false,
        document: "利用申込書（事務局保管）".to_owned(),
        agreed_by: patient.served_by(Role::Doctor, 0).map(|doctor| person_id(doctor.key)),
        agreed_on_paper: "主治医同意書（事務局保管）".to_owned(),
        attachments: Vec::new(),
    };
    let mut steps = vec![by_secretariat("registration", Body::Registration(Box::new(registration)))];
    for (at, Link(organisation, people)) in patient.team.iter().enumerate() {
        let link = TeamLink {
            organisation: organisation_id(organisation),
            people: people.iter().map(|key| person_id(key)).collect(),
            host: at == 0,
            history: History::All,
            relation_confirmed: true,
        };
        steps.push(by_secretariat(format!("link {organisation}"), Body::TeamLink(link)));
    }
    if patient.sharing != Sharing::NotYet {
        steps.push(by_secretariat("consent", consent(ConsentState::Team, CONSENT_GIVEN_ON, withheld_by(patient))));
    }
    steps
}

/// What these patients did not agree to.
const fn withheld_by(patient: &PatientSeed) -> &'static [WithheldPurpose] {
    match patient.number {
        12 => &[WithheldPurpose::Education],
        18 => &[WithheldPurpose::Family, WithheldPurpose::Systems, WithheldPurpose::Education],
        21 => &[WithheldPurpose::Export],
        _ => &[],
    }
}

fn consent(state: ConsentState, on: Date, withheld: &[WithheldPurpose]) -> Body {
    let document = match state {
        ConsentState::Withdrawn => "撤回書（事務局保管）",
        _ => "情報共有同意書（事務局保管）",
    };
    Body::Consent(ConsentChange {
        state,
        given_by: ConsentGiver::Patient,
        given_on: on,
        document: document.to_owned(),
        one_doctor_wished: false,
        form_version: if state == ConsentState::Team { CONSENT_FORM.to_owned() } else { String::new() },
        withheld: WithheldSet::of(withheld),
        attachments: Vec::new(),
    })
}

/// The doctor's instruction to the nurses, the limits, and what was agreed for an emergency.
fn doctors_orders(patient: &PatientSeed, today: Date) -> Vec<Step> {
    let Some(doctor) = patient.served_by(Role::Doctor, 0).filter(|_| patient.is_shared()) else { return Vec::new() };
    let mut steps = Vec::new();
    if patient.served_by(Role::Nurse, 0).is_some() {
        let from = today.first_of_month();
        let instruction = NursingInstruction {
            from,
            until: from.saturating_add(jiff::Span::new().months(3)).yesterday().unwrap_or(from),
            diagnosis: patient.diagnosis.to_owned(),
            condition: "在宅療養中。病状はおおむね落ち着いている。".to_owned(),
            instruction: "バイタルサインの確認、病状の観察、服薬状況の確認、療養生活の相談・助言。".to_owned(),
            life_guidance: "水分と塩分の摂り方、転倒しにくい室内の整え方を一緒に確かめてください。".to_owned(),
            outlook: "発熱や食事量の低下から急に悪くなることがあります。早めに連絡をください。".to_owned(),
            emergency_contact: "当院の24時間連絡先".to_owned(),
            ..NursingInstruction::default()
        };
        steps.push(step(doctor, "nursing instruction", Body::from(Box::new(instruction))));
    }
    if !patient.limits.is_empty() {
        let limits = AlarmLimits {
            limits: patient.limits.iter().map(region::LimitSeed::as_limit).collect(),
            text: "この範囲を外れたときは連絡をください。".to_owned(),
        };
        steps.push(step(doctor, "alarm limits", Body::AlarmLimits(limits)));
    }
    if patient.number == 13 {
        let order = StandingOrder {
            condition: "38.0℃以上の発熱、または痰がからんで苦しそうなとき".to_owned(),
            instruction: "吸引とクーリングを行い、当院の24時間連絡先に電話してください。".to_owned(),
            ..StandingOrder::default()
        };
        steps.push(step(doctor, "standing order", Body::StandingOrder(order)));
    }
    if patient.number == 21 {
        let text = "ご本人・ご家族と話し合い。「最期までこの家で過ごしたい」とのこと。延命のための処置は希望されない。";
        let mut wish = step(doctor, "acp", Body::AcpNote(AcpNote { text: text.to_owned(), ..AcpNote::default() }));
        wish.sensitivity = Sensitivity::Restricted;
        steps.push(wish);
    }
    steps
}

/// What the patient lives with and who stands by them, written down by whoever asked.
fn around(patient: &PatientSeed) -> Vec<Step> {
    let by =
        |roles: [Role; 3]| roles.iter().find_map(|role| patient.served_by(*role, 0)).filter(|_| patient.is_shared());
    let problems = by([Role::Doctor, Role::Nurse, Role::CareManager])
        .map(|who| step(who, "problems", Body::ProblemList(region::problems_of(patient))));
    let family = by([Role::CareManager, Role::Nurse, Role::Doctor])
        .map(|who| step(who, "family", Body::RelatedPersons(region::close_to(patient))));
    problems.into_iter().chain(family).collect()
}

/// One reading a day by whoever takes them.
fn past_readings(patient: &PatientSeed, anchor: Timestamp) -> Vec<Step> {
    let by_nurse = patient.served_by(Role::Nurse, usize::from(patient.number));
    let Some(reader) = by_nurse.or_else(|| patient.served_by(Role::Helper, 0)) else { return Vec::new() };
    let mut dice = Dice::of(&[u64::from(patient.number)]);
    let days = (1..=DAYS_OF_READINGS).rev();
    days.map(|days_ago| {
        let reading =
            if by_nurse.is_some() { readings::full(patient, &mut dice) } else { readings::short(patient, &mut dice) };
        let minutes = u64::try_from(dice.below(120)).expect("a small number");
        let at = anchor.saturating_sub(DAY * u32::try_from(days_ago).expect("a few days"));
        let at = at.saturating_add(Duration::from_secs(minutes * 60));
        let taken = step(reader, format!("reading {days_ago}"), readings::body(reading));
        Step { observed_at: Some(at), ..taken }
    })
    .collect()
}

/// Fails unless the hub holds the region that a folder promises.
///
/// # Errors
/// When it does not.
pub fn check_complete(hub: &Hub) -> anyhow::Result<()> {
    let known = hub.region().patients().count();
    ensure!(known >= PATIENTS.len(), "the folder holds {known} patients of {}", PATIENTS.len());
    Ok(())
}
