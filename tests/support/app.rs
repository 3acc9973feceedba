//! A whole hub for one story: a database of its own, a clock moved by hand, the real router, and a listener on
//! loopback for sockets. The database is SQLite in a folder, or PostgreSQL where [`STORIES_ON`] says so.
//! Actors (`support/actor.rs`) speak to it as clients do.

use std::collections::HashMap;
use std::future::IntoFuture as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use jiff::civil::date;
use renkei::actions::accounts::{Accounts, Provider};
use renkei::actions::bells::Bells;
use renkei::actions::directory::{put_organisation, put_person};
use renkei::actions::ended_beside::EndedBeside;
use renkei::actions::files::Files;
use renkei::actions::offices::give_all_pledges;
use renkei::actions::sign_in::SignIns;
use renkei::actions::witness::Witness;
use renkei::cli::open;
use renkei::clock::ManualClock;
use renkei::config::{AccountSettings, OidcSettings, PushSettings, SessionLimits};
use renkei::domain::act::By;
use renkei::domain::body::Body;
use renkei::domain::directory::{self, Organisation, Person, Position};
use renkei::domain::entry::{Intent, Sensitivity};
use renkei::domain::ids::{EntryId, OrganisationId, PatientId, PersonId, SignInId};
use renkei::domain::patient::{HumanName, Registration, Sex};
use renkei::domain::reading::ReadScope;
use renkei::domain::role::{OrganisationType, Role};
use renkei::domain::team::{ConsentChange, ConsentGiver, ConsentState, History, TeamLink, TeamUnlink};
use renkei::domain::time::Timestamp;
use renkei::domain::withheld::{WithheldPurpose, WithheldSet};
use renkei::http::app;
use renkei::http::listen::{ListenBounds, Listener, Transport};
use renkei::hub::answer::Answer;
use renkei::hub::sessions::SignedIn;
use renkei::hub::{Hub, HubTasks};
use renkei::limits;
use renkei::rulebook::Rulebook;
use renkei::rulebook::calendar::Calendar;
use renkei::session::beat::{Beat, BeatHand};
use renkei::session::{Patience, SessionParts};
use renkei::store::Journal;
use renkei::vault::RegionKey;
use renkei::wire::codes::CloseCode;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::actor::{Actor, Door};
use super::postgres;
use super::scratch;

/// When every story begins: 09:00 on a working day in Japan.
const MORNING: &str = "2026-04-01T09:00:00+09:00";
/// The origin whose pages may open sockets.
pub const ORIGIN: &str = "https://renkei.test";

/// The environment variable that puts the stories on PostgreSQL, by saying `postgres`.
const STORIES_ON: &str = "RENKEI_TEST_STORIES_ON";

/// A running hub with its region.
pub struct App {
    pub hub: Hub,
    pub clock: Arc<ManualClock>,
    /// For requests without a connection.
    pub router: Router,
    /// Where sockets connect.
    pub address: SocketAddr,
    pub http: app::App,
    beat: BeatHand,
    tasks: HubTasks,
    journal: Journal,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
    ringing: JoinHandle<()>,
    lasting: Lasting,
}

/// What outlives a restart: the journal's folder and key, the clock, and whom the story knows.
struct Lasting {
    folder: TempDir,
    database: Database,
    key: Arc<RegionKey>,
    clock: Arc<ManualClock>,
    door: Door,
    organisations: Mutex<HashMap<String, OrganisationId>>,
    secretariat: Mutex<Option<Actor>>,
    consenting_doctor: Mutex<Option<PersonId>>,
    limits: SessionLimits,
    patience: Patience,
    /// As a configuration names it; without one the region's own versions decide, and before those what ships.
    rulebook: Option<Rulebook>,
    calendar: Calendar,
    /// Whether [`App::sign_in`] lets anybody in: most stories are not about getting in.
    takes_links: bool,
    /// The other service by which people sign in.
    outside: Option<OidcSettings>,
    /// By which push services devices are rung.
    push: Option<PushSettings>,
    /// Whether a new journal is as it was before there were data keys, so that ids are the same each time.
    opens_as_once: bool,
}

impl Lasting {
    fn new(folder: TempDir, database: Database, key: Arc<RegionKey>, clock: Arc<ManualClock>) -> Self {
        let (organisations, secretariat, consenting_doctor) = (Mutex::default(), Mutex::default(), Mutex::default());
        let (limits, patience) = (SessionLimits::default(), Patience::default());
        let (rulebook, calendar, takes_links) = (None, Calendar::japan_with_placeholders(), true);
        let (outside, push) = (None, None);
        let door = Door::default();
        Self {
            folder,
            database,
            key,
            clock,
            door,
            organisations,
            secretariat,
            consenting_doctor,
            limits,
            patience,
            rulebook,
            calendar,
            takes_links,
            outside,
            push,
            opens_as_once: false,
        }
    }

    fn empty() -> Self {
        let clock = ManualClock::at(MORNING.parse().expect("a moment"));
        let (folder, database) = (scratch::folder("app"), Database::of_this_run());
        Self::new(folder, database, Arc::new(RegionKey::ephemeral()), Arc::new(clock))
    }
}

impl App {
    /// An empty region on an empty journal.
    pub async fn start() -> Self {
        Self::open(Lasting::empty()).await
    }

    /// The same with other bounds on sign-ins and sockets.
    pub async fn start_within(limits: SessionLimits) -> Self {
        Self::open(Lasting { limits, ..Lasting::empty() }).await
    }

    /// The same on a hub where no link lets anybody in.
    pub async fn start_without_links() -> Self {
        Self::open(Lasting { takes_links: false, ..Lasting::empty() }).await
    }

    /// The same where people may sign in by another service, which these settings name.
    pub async fn start_trusting(settings: impl FnOnce(&Path) -> OidcSettings) -> Self {
        let lasting = Lasting { takes_links: false, ..Lasting::empty() };
        let outside = Some(settings(lasting.folder.path()));
        Self::open(Lasting { outside, ..lasting }).await
    }

    /// The same where devices are rung by push services, as these settings say.
    pub async fn start_ringing(push: PushSettings) -> Self {
        Self::open(Lasting { push: Some(push), ..Lasting::empty() }).await
    }

    /// The same with a hub that soon gives up on a client.
    pub async fn start_impatient(patience: Patience) -> Self {
        Self::open(Lasting { patience, ..Lasting::empty() }).await
    }

    /// Another hub of the region with this key, as far as its keys go: its journal is one of its own.
    pub async fn start_sharing(key: Arc<RegionKey>) -> Self {
        Self::open(Lasting { key, opens_as_once: true, ..Lasting::empty() }).await
    }

    /// An empty region with this key, under this rulebook and calendar.
    pub async fn start_as(key: Arc<RegionKey>, rulebook: Rulebook, calendar: Calendar) -> Self {
        Self::open(Lasting { key, opens_as_once: true, rulebook: Some(rulebook), calendar, ..Lasting::empty() }).await
    }

    /// A region on the journal in this folder or in this database, which is made if there is none.
    pub async fn open_at(folder: TempDir, database: Database, key: Arc<RegionKey>, clock: Arc<ManualClock>) -> Self {
        Self::open(Lasting::new(folder, database, key, clock)).await
    }

    /// A heartbeat later: the clock has moved on, and every session has had its turn to wake.
    pub fn beat(&self) {
        self.clock.advance(Duration::from_millis(limits::HEARTBEAT_MS));
        self.beat.strike();
    }

    /// What the hub gives each of its sockets.
    pub fn session_parts(&self) -> SessionParts {
        self.http.session_parts()
    }

    /// Keeps and serves files.
    pub fn files(&self) -> &Files {
        &self.http.files
    }

    /// Where the hub's files lie.
    pub fn files_folder(&self) -> PathBuf {
        self.lasting.folder.path().join("files")
    }

    /// How it goes with what is sent elsewhere, as health and metrics tell it.
    pub fn witness(&self) -> Arc<Witness> {
        Arc::clone(&self.http.witness)
    }

    /// The key that the operator of this region keeps.
    pub fn region_key(&self) -> Arc<RegionKey> {
        Arc::clone(&self.lasting.key)
    }

    pub fn accounts(&self) -> &Accounts {
        &self.http.accounts
    }

    pub fn sign_ins(&self) -> &SignIns {
        &self.http.sign_ins
    }

    /// What a serving hub runs beside itself to hear of other processes; here it looks when it is told to.
    pub async fn ended_beside(&self) -> EndedBeside {
        EndedBeside::from_now(self.hub.clone(), Arc::clone(&self.http.sign_ins)).await
    }

    async fn open(lasting: Lasting) -> Self {
        let clock = Arc::clone(&lasting.clock);
        let url = lasting.database.url(lasting.folder.path());
        let journal = match lasting.opens_as_once {
            true => Journal::open_as_once(&url, &lasting.key).await.expect("the journal opens"),
            false => open::found_journal(&url, &lasting.key).await.expect("the journal opens"),
        };
        let (rulebook, calendar) = (lasting.rulebook.clone(), lasting.calendar.clone());
        let region = open::start_region(journal.clone(), clock.clone(), rulebook, calendar).await;
        let region = region.expect("the region opens");
        let (hand, beat) = Beat::by_hand();
        let origins = vec![ORIGIN.to_owned()];
        let files = open::open_files(&region.hub, &lasting.folder.path().join("files")).await.expect("a folder");
        let hub = (region.hub.clone(), files);
        let http = app::App::beating(hub, origins, lasting.limits, beat, lasting.patience);
        let http = if lasting.takes_links { http.taking_links(lasting.limits) } else { http };
        let outside = lasting.outside.clone();
        let outside = outside.map(|settings| Provider::open(settings, ORIGIN).expect("its files are there"));
        let http = match outside {
            Some(outside) => http.keeping_accounts(AccountSettings::default(), Some(outside), ORIGIN),
            None => http,
        };
        let bells = Bells::open(region.hub.clone(), lasting.push.clone()).await.expect("its authority is there");
        let http = http.ringing(bells);
        let bells = Arc::clone(&http.bells);
        let ringing = tokio::spawn(async move { bells.tend().await });
        let router = app::router(http.clone());
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener =
            Listener::bind(loopback, Transport::PlainOnLoopback, ListenBounds::default()).expect("a free port");
        let address = listener.address();
        let (stop, stopped) = oneshot::channel();
        let served = router.clone();
        let serving = tokio::spawn(async move {
            listener.serve(served, async { drop(stopped.into_future().await) }).await;
        });
        *lasting.door.lock().expect("no panic") = Some((router.clone(), address));
        let (hub, tasks) = (region.hub, region.tasks);
        Self { hub, clock, router, address, http, beat: hand, tasks, journal, stop, serving, ringing, lasting }
    }

    /// Stops in order: sockets are told, what was handed in becomes durable, the journal closes.
    pub async fn stop(self) -> Stopped {
        let Self { hub, router, http, beat, tasks, journal, stop, serving, ringing, lasting, .. } = self;
        *lasting.door.lock().expect("no panic") = None;
        hub.sessions().end_all(CloseCode::GoingAway);
        let _ = stop.send(());
        serving.await.expect("the listener ends");
        ringing.abort();
        let _ = ringing.await;
        // As a serving hub does.
        let _ = tokio::time::timeout(Duration::from_secs(5), http.sign_ins.note_in_use(Timestamp(0))).await;
        drop((hub, router, http, beat));
        tokio::time::timeout(Duration::from_secs(20), tasks.finish()).await.expect("the hub finishes");
        journal.close().await;
        Stopped { lasting }
    }

    /// A new person in this role at the organisation of this name, which is made if there is none; signed in, with what
    /// the rules ask of them pledged.
    pub async fn actor(&self, role: Role, organisation: &str) -> Actor {
        let actor = self.newcomer(role, organisation).await;
        give_all_pledges(&self.hub, actor.actor).await.expect("the pledges are taken");
        actor
    }

    /// The same before anything was pledged.
    pub async fn newcomer(&self, role: Role, organisation: &str) -> Actor {
        let organisation = self.organisation(organisation, usual_type(role)).await;
        let id = PersonId(self.hub.region().draw_id());
        let name = HumanName { kanji: format!("{} 一号", role.ja()), kana: "テスト イチゴウ".to_owned() };
        let position = Position { role, organisation };
        let person = Person { id, name, positions: vec![position], active: true };
        put_person(&self.hub, &self.http.sign_ins, By::Operator, person).await.expect("the person is stored");
        self.sign_in(id, position).await
    }

    /// Signs somebody in, in one of their positions.
    pub async fn sign_in(&self, person: PersonId, position: Position) -> Actor {
        let valid_for = Duration::from_secs(12 * 3_600);
        let (token, signed_in) =
            self.http.sign_ins.issue(By::Operator, person, position, valid_for).await.expect("the sign-in is stored");
        Actor::new(Arc::clone(&self.lasting.door), signed_in, token.reveal().to_string())
    }

    /// Somebody who shows this token on a connection that is asked for no device.
    pub fn door_of(&self, token: &str) -> Actor {
        let nobody = SignedIn {
            id: SignInId(uuid::Uuid::nil()),
            actor: directory::Actor::HUB,
            since: Timestamp::EPOCH,
            until: Timestamp::MIN,
            device: None,
            scopes: None,
        };
        Actor::new(Arc::clone(&self.lasting.door), nobody, token.to_owned())
    }

    /// The organisation of this name; made if there is none.
    pub async fn organisation(&self, name: &str, kind: OrganisationType) -> OrganisationId {
        if let Some(known) = self.lasting.organisations.lock().expect("no panic").get(name) {
            return *known;
        }
        let id = OrganisationId(self.hub.region().draw_id());
        let organisation = Organisation {
            id,
            kind,
            name: name.to_owned(),
            kana: name.to_owned(),
            phone: "03-5550-0101".to_owned(),
            identifiers: Vec::new(),
            active: true,
        };
        put_organisation(&self.hub, &self.http.sign_ins, By::Operator, organisation)
            .await
            .expect("the organisation is stored");
        self.lasting.organisations.lock().expect("no panic").insert(name.to_owned(), id);
        id
    }

    /// The one secretariat.
    pub async fn secretariat(&self) -> Actor {
        let known = self.lasting.secretariat.lock().expect("no panic").clone();
        if let Some(known) = known {
            return known;
        }
        let made = self.actor(Role::Secretariat, "secretariat").await;
        self.lasting.secretariat.lock().expect("no panic").get_or_insert(made).clone()
    }

    /// The attending doctor who agrees to registrations, and does nothing else.
    async fn consenting_doctor(&self) -> PersonId {
        let known = *self.lasting.consenting_doctor.lock().expect("no panic");
        if let Some(known) = known {
            return known;
        }
        let made = self.actor(Role::Doctor, "the attending doctor's").await.actor.person;
        *self.lasting.consenting_doctor.lock().expect("no panic").get_or_insert(made)
    }

    pub async fn doctor(&self, organisation: &str) -> Actor {
        self.actor(Role::Doctor, organisation).await
    }

    pub async fn nurse(&self, organisation: &str) -> Actor {
        self.actor(Role::Nurse, organisation).await
    }

    /// A member of the patient's family, whose home is linked.
    pub async fn family(&self, patient: PatientId) -> Actor {
        let home = format!("home of {patient}");
        let family = self.actor(Role::Family, &home).await;
        self.link(patient, &home).await;
        family
    }

    /// A patient who agreed to sharing within the team, with nobody on the team yet.
    pub async fn register_patient(&self, kanji: &str, kana: &str) -> PatientId {
        let patient = PatientId(self.hub.region().draw_id());
        let agreed_by = Some(self.consenting_doctor().await);
        let name = HumanName { kanji: kanji.to_owned(), kana: kana.to_owned() };
        let birth_date = date(1938, 4, 12);
        let registration = Registration {
            name,
            birth_date,
            sex: Sex::Female,
            identifiers: Vec::new(),
            in_facility: false,
            for_training: false,
            document: "申込書綴り 1".to_owned(),
            agreed_by,
            agreed_on_paper: "登録同意書綴り 1".to_owned(),
            attachments: Vec::new(),
        };
        self.administer(patient, Body::Registration(Box::new(registration))).await;
        self.consent(patient, ConsentState::Team).await;
        patient
    }

    pub async fn consent(&self, patient: PatientId, state: ConsentState) {
        self.consent_but_for(patient, state, &[]).await;
    }

    /// The same, with purposes that the patient withholds.
    pub async fn consent_but_for(&self, patient: PatientId, state: ConsentState, withheld: &[WithheldPurpose]) {
        let given_on = date(2026, 4, 1);
        let consent = ConsentChange {
            state,
            given_by: ConsentGiver::Patient,
            given_on,
            document: "同意書綴り 1".to_owned(),
            one_doctor_wished: false,
            form_version: "2026年4月版".to_owned(),
            withheld: WithheldSet::of(withheld),
            attachments: Vec::new(),
        };
        self.administer(patient, Body::Consent(consent)).await;
    }

    /// Links an organisation by its name, with all of its people and all of the past. The first one is the host.
    pub async fn link(&self, patient: PatientId, organisation: &str) {
        let organisation = self.known(organisation);
        let secretariat = self.secretariat().await;
        let sight = self
            .hub
            .look(secretariat.actor, secretariat.sign_in, patient.into(), seq(0), Some(seq(0)), ReadScope::Card)
            .await;
        let host = sight.expect("the hub runs").expect("the patient is registered").state.host().is_none();
        let link = TeamLink { organisation, people: Vec::new(), host, history: History::All, relation_confirmed: true };
        self.administer(patient, Body::TeamLink(link)).await;
    }

    pub async fn unlink(&self, patient: PatientId, organisation: &str) {
        let unlink = TeamUnlink {
            organisation: self.known(organisation),
            people: Vec::new(),
            reason: "担当を終えました".to_owned(),
        };
        self.administer(patient, Body::TeamUnlink(unlink)).await;
    }

    fn known(&self, organisation: &str) -> OrganisationId {
        *self.lasting.organisations.lock().expect("no panic").get(organisation).expect("somebody of it was made before")
    }

    /// The secretariat posts, which must be accepted.
    async fn administer(&self, patient: PatientId, body: Body) {
        let secretariat = Box::pin(self.secretariat()).await;
        let intent = intent(EntryId(self.hub.region().draw_id()), patient, body);
        let answer = self.hub.post_and_wait(secretariat.actor, intent).await;
        assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
    }
}

/// What is left of a hub that stopped.
pub struct Stopped {
    lasting: Lasting,
}

impl Stopped {
    /// Folder and database themselves, which go when they are dropped.
    pub fn into_parts(self) -> (TempDir, Database) {
        (self.lasting.folder, self.lasting.database)
    }

    /// Another hub on the same journal, where the region has agreed on another rulebook meanwhile.
    pub async fn start_under(self, rulebook: Rulebook) -> App {
        App::open(Lasting { rulebook: Some(rulebook), ..self.lasting }).await
    }

    /// The same, where devices are rung as these settings say.
    pub async fn start_with_push(self, push: PushSettings) -> App {
        App::open(Lasting { push: Some(push), ..self.lasting }).await
    }

    /// Another hub on the same journal, which the same actors speak to.
    pub async fn start(self) -> App {
        App::open(self.lasting).await
    }
}

/// An intent with nothing but its body.
pub fn intent(id: EntryId, patient: PatientId, body: Body) -> Intent {
    let (sensitivity, addressed_to) = (Sensitivity::Normal, Vec::new());
    Intent {
        id,
        timeline: patient.into(),
        observed_at: None::<Timestamp>,
        sensitivity,
        addressed_to,
        body,
        reasons: Vec::new(),
        on_behalf_of: None,
    }
}

/// Where the journal of a story is.
pub enum Database {
    /// SQLite, in the story's folder.
    File,
    Server(postgres::Database),
}

impl Database {
    pub fn of_this_run() -> Self {
        match std::env::var(STORIES_ON).as_deref() {
            Err(_) | Ok("sqlite") => Self::File,
            Ok("postgres") => Self::Server(postgres::Database::with_tables().expect("a server for the stories")),
            Ok(other) => panic!("{STORIES_ON} is `sqlite` or `postgres`, not `{other}`"),
        }
    }

    pub fn url(&self, folder: &Path) -> String {
        match self {
            Self::File => format!("sqlite://{}", folder.join("renkei.db").display()),
            Self::Server(server) => server.url_for_settings(),
        }
    }
}

const fn seq(seq: u64) -> renkei::domain::ids::Seq {
    renkei::domain::ids::Seq(seq)
}

const fn usual_type(role: Role) -> OrganisationType {
    match role {
        Role::Doctor => OrganisationType::Clinic,
        Role::Dentist | Role::DentalHygienist => OrganisationType::DentalClinic,
        Role::Nurse | Role::Rehab => OrganisationType::NursingStation,
        Role::Pharmacist => OrganisationType::Pharmacy,
        Role::CareManager => OrganisationType::CareOffice,
        Role::Helper => OrganisationType::HomeHelp,
        Role::Msw | Role::Gateway => OrganisationType::Hospital,
        Role::EquipmentAdviser => OrganisationType::DayService,
        Role::Municipality => OrganisationType::Municipality,
        Role::Secretariat => OrganisationType::Secretariat,
        Role::Family => OrganisationType::Home,
    }
}
