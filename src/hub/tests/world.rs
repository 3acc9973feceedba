//! A small region for these tests: SQLite in a folder of its own, the shipped rulebook, a clock that stands still, a few
//! offices. The hub on it may be stopped, or dropped in the middle, and started again.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::date;
use uuid::Uuid;

use crate::clock::{Clock, Ids, ManualClock};
use crate::domain::body::{Body, Correction, Note};
use crate::domain::decimal::Decimal;
use crate::domain::directory::{Actor, Directory, Organisation, Person, Position};
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::{EntryId, OrganisationId, PersonId, Seq, SignInId, TimelineId};
use crate::domain::patient::{HumanName, Registration, Sex};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::team::{ConsentChange, ConsentGiver, ConsentState, History, TeamLink};
use crate::domain::time::Timestamp;
use crate::domain::unit::Unit;
use crate::domain::vital::{Measurement, Vital, VitalSign};
use crate::domain::withheld::WithheldSet;
use crate::hub::answer::{Accepted, Answer};
use crate::hub::past_rules::PastRules;
use crate::hub::patients::PatientIndex;
use crate::hub::{Hub, HubTasks, RegionParts};
use crate::rulebook::calendar::Calendar;
use crate::rulebook::shipped;
use crate::store::fault::Faults;
use crate::store::{DeviceLists, Journal, SignIn, StoreError};
use crate::vault::{RegionKey, Token, digest};

const MORNING: Timestamp = Timestamp::from_secs(1_775_003_400);

/// Who acts here: the number is that of person, organisation and sign-in.
const CAST: [(u128, Role, OrganisationType); 5] = [
    (1, Role::Secretariat, OrganisationType::Secretariat),
    (2, Role::Nurse, OrganisationType::NursingStation),
    (3, Role::Doctor, OrganisationType::Clinic),
    (4, Role::Nurse, OrganisationType::NursingStation),
    (5, Role::Helper, OrganisationType::HomeHelp),
];

pub struct World {
    pub hub: Hub,
    pub journal: Journal,
    tasks: HubTasks,
    pub lasting: Lasting,
}

/// What outlives a restart.
pub struct Lasting {
    folder: tempfile::TempDir,
    key: Arc<RegionKey>,
    pub clock: Arc<ManualClock>,
    pub ids: Arc<Ids>,
}

impl Lasting {
    /// A hub on this journal, be it the only one or not.
    pub async fn start_hub(&self, journal: &Journal) -> (Hub, HubTasks) {
        let registrations = journal.registrations().await.unwrap();
        let parts = RegionParts {
            rulebook: shipped::load(digest).unwrap(),
            rulebook_is_configured: true,
            past: PastRules::default(),
            directory: directory(),
            patients: PatientIndex::of(registrations.into_iter().map(|(id, known)| (id.as_patient(), known))),
            offices: journal.read(|tx| Box::pin(tx.load_offices())).await.unwrap(),
            devices: DeviceLists::default(),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            ids: Arc::clone(&self.ids),
            calendar: Calendar::japan_with_placeholders(),
        };
        Hub::start(journal.clone(), parts)
    }
}

pub fn actor(number: u128) -> Actor {
    let (_, role, organisation_type) = *CAST.iter().find(|(known, ..)| *known == number).expect("one of the cast");
    let organisation = OrganisationId(Uuid::from_u128(0x0a << 64 | number));
    Actor { person: PersonId(Uuid::from_u128(0x0b << 64 | number)), role, organisation, organisation_type }
}

pub fn sign_in(number: u128) -> SignInId {
    SignInId(Uuid::from_u128(0x0c << 64 | number))
}

pub fn secretariat() -> Actor {
    actor(1)
}

/// Of the station that [`World::patient`] links.
pub fn nurse() -> Actor {
    actor(2)
}

pub fn doctor() -> Actor {
    actor(3)
}

pub fn helper() -> Actor {
    actor(5)
}

/// Of a station that is linked to nobody.
pub fn stranger() -> Actor {
    actor(4)
}

fn directory() -> Directory {
    let mut directory = Directory::default();
    for (number, role, kind) in CAST {
        let Actor { person, organisation, .. } = actor(number);
        let name = format!("事業所 {number}");
        let office = Organisation {
            id: organisation,
            kind,
            name,
            kana: String::new(),
            phone: String::new(),
            identifiers: Vec::new(),
            active: true,
        };
        directory.organisations.insert(organisation, office);
        let name = HumanName { kanji: format!("人 {number}"), kana: String::new() };
        let colleague = PersonId(Uuid::from_u128(0x0d << 64 | number));
        for id in [person, colleague] {
            let positions = vec![Position { role, organisation }];
            directory.people.insert(id, Person { id, name: name.clone(), positions, active: true });
        }
    }
    directory
}

/// Somebody else in the same position.
pub fn colleague_of(actor: Actor) -> Actor {
    let number = actor.person.0.as_u128() & 0xff;
    Actor { person: PersonId(Uuid::from_u128(0x0d << 64 | number)), ..actor }
}

impl World {
    pub async fn start() -> Self {
        let clock = Arc::new(ManualClock::at(MORNING));
        let ids = Arc::new(Ids::new(Arc::clone(&clock) as Arc<dyn Clock>));
        let folder = tempfile::tempdir().unwrap();
        let lasting = Lasting { folder, key: Arc::new(RegionKey::ephemeral()), clock, ids };
        let world = Self::open(lasting).await;
        world.enter_directory().await;
        world
    }

    pub async fn open(lasting: Lasting) -> Self {
        let url = format!("sqlite://{}/journal.db", lasting.folder.path().display());
        let journal = Journal::open(&url, &lasting.key).await.unwrap();
        let (hub, tasks) = lasting.start_hub(&journal).await;
        Self { hub, journal, tasks, lasting }
    }

    /// So that what refers to people, organisations and sign-ins finds them.
    async fn enter_directory(&self) {
        let entered: Result<(), StoreError> = self
            .journal
            .write(|tx| {
                Box::pin(async move {
                    let Directory { organisations, people, .. } = directory();
                    for organisation in organisations.values() {
                        tx.insert_organisation(organisation).await?;
                    }
                    for person in people.values() {
                        tx.insert_person(person).await?;
                    }
                    for (number, ..) in CAST {
                        let Actor { person, role, organisation, .. } = actor(number);
                        let sign_in = SignIn {
                            id: sign_in(number),
                            token_hash: Token::random().hash(),
                            person,
                            position: Position { role, organisation },
                            issued_at: MORNING,
                            expires_at: MORNING.saturating_add(Duration::from_secs(86_400)),
                            revoked_at: None,
                            device: String::new(),
                            way: None,
                            used_at: MORNING,
                            registered: None,
                            client: None,
                        };
                        tx.insert_sign_in(&sign_in).await?;
                    }
                    Ok(())
                })
            })
            .await;
        entered.unwrap();
    }

    pub fn faults(&self) -> &Faults {
        self.journal.faults()
    }

    /// Everything handed in becomes durable or is refused.
    pub async fn stop(self) -> Lasting {
        let Self { hub, journal, tasks, lasting } = self;
        drop(hub);
        tokio::time::timeout(Duration::from_secs(20), tasks.finish()).await.expect("the hub finishes");
        journal.close().await;
        lasting
    }

    /// As a kill in the middle: what is being committed may be stored or not, and nobody is told anything.
    pub fn kill(self) -> Lasting {
        let Self { hub, journal, tasks, lasting } = self;
        tasks.abort();
        drop((hub, journal));
        lasting
    }

    /// A patient who agreed to sharing, with one station on the team.
    pub async fn patient(&self) -> TimelineId {
        let timeline = self.register().await;
        self.link(timeline, nurse()).await;
        timeline
    }

    pub async fn register(&self) -> TimelineId {
        self.register_as("高橋 ハル", false).await
    }

    pub async fn register_as(&self, kanji: &str, for_training: bool) -> TimelineId {
        let timeline = TimelineId(self.lasting.ids.draw());
        let name = HumanName { kanji: kanji.into(), kana: "タカハシ ハル".into() };
        let registration = Registration {
            name,
            birth_date: date(1938, 4, 12),
            sex: Sex::Female,
            identifiers: vec![],
            in_facility: false,
            for_training,
            document: "申込書綴り 1".to_owned(),
            agreed_by: Some(actor(3).person),
            agreed_on_paper: "同意書綴り 1".to_owned(),
            attachments: Vec::new(),
        };
        let (state, given_on) = (ConsentState::Team, date(2026, 4, 1));
        let consent = ConsentChange {
            state,
            given_by: ConsentGiver::Patient,
            given_on,
            document: "同意書綴り 1".to_owned(),
            one_doctor_wished: false,
            form_version: String::new(),
            withheld: WithheldSet::NONE,
            attachments: Vec::new(),
        };
        for body in [Body::Registration(Box::new(registration)), Body::Consent(consent)] {
            self.accepted(secretariat(), self.intent(timeline, body)).await;
        }
        timeline
    }

    pub async fn link(&self, timeline: TimelineId, actor: Actor) {
        self.accepted(secretariat(), self.intent(timeline, link(actor, actor == nurse()))).await;
    }

    pub fn intent(&self, timeline: TimelineId, body: Body) -> Intent {
        intent(EntryId(self.lasting.ids.draw()), timeline, body)
    }

    pub async fn post(&self, actor: Actor, intent: Intent) -> Answer {
        let answered = self.hub.post_and_wait(actor, intent);
        tokio::time::timeout(Duration::from_secs(20), answered).await.expect("an answer")
    }

    pub async fn accepted(&self, actor: Actor, intent: Intent) -> Accepted {
        match self.post(actor, intent).await {
            Answer::Accepted(accepted) => accepted,
            other => panic!("{other:?}"),
        }
    }

    /// The timeline as the journal has it.
    pub async fn stored(&self, timeline: TimelineId) -> Vec<(Seq, EntryId, Body)> {
        let page = self.journal.page(timeline, Seq::ZERO, 1_000, usize::MAX).await.unwrap();
        page.entries.into_iter().map(|stored| (stored.entry.seq, stored.entry.id, stored.entry.body)).collect()
    }

    pub async fn texts(&self, timeline: TimelineId) -> Vec<String> {
        let text = |(_, _, body)| match body {
            Body::Note(note) => Some(note.text),
            _ => None,
        };
        self.stored(timeline).await.into_iter().filter_map(text).collect()
    }
}

pub fn intent(id: EntryId, timeline: TimelineId, body: Body) -> Intent {
    Intent {
        id,
        timeline,
        observed_at: None,
        sensitivity: Sensitivity::Normal,
        addressed_to: Vec::new(),
        body,
        reasons: Vec::new(),
        on_behalf_of: None,
    }
}

pub fn link(actor: Actor, host: bool) -> Body {
    Body::TeamLink(TeamLink {
        organisation: actor.organisation,
        people: Vec::new(),
        host,
        history: History::All,
        relation_confirmed: true,
    })
}

pub fn note(text: impl Into<String>) -> Body {
    Body::Note(Note { text: text.into(), ..Note::default() })
}

pub fn oxygen(percent: i32) -> Body {
    let value = Decimal::whole(percent);
    let measured = Measurement::new(VitalSign::OxygenSaturation, value, Unit::Percent).unwrap();
    Body::Vital(Vital { measurements: vec![measured], site: None, device: String::new(), comment: String::new() })
}

pub fn correction_of(target: EntryId, body: Body) -> Body {
    Body::Correction(Correction { target, reason: "書き間違い".into(), body: Box::new(body) })
}

/// Looks again and again, for as long as a slow machine may need.
pub async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..4_000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never: {what}");
}
