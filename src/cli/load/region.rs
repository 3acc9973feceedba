//! The region a load run posts into: made through the hub's own actions in a folder of its own, then served by a
//! child process, so that what is measured is the server as it is run for real.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use jiff::civil::date;
use uuid::Uuid;

use super::scenario::Scenario;
use crate::actions::directory::{put_organisation, put_person};
use crate::actions::offices::give_all_pledges;
use crate::actions::sign_in::{NewSignIn, SignIns};
use crate::cli::cert::ensure_development_certificates;
use crate::cli::open::{self, OpenRegion};
use crate::cli::serve::runtime;
use crate::clock::{Clock as _, SystemClock};
use crate::domain::account::SignInWay;
use crate::domain::act::By;
use crate::domain::body::Body;
use crate::domain::directory::{Actor, Organisation, Person, Position};
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::{EntryId, OrganisationId, PersonId, SignInId, TimelineId};
use crate::domain::patient::{HumanName, Registration, Sex};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::team::{ConsentChange, ConsentGiver, ConsentState, History, TeamLink};
use crate::domain::withheld::WithheldSet;
use crate::hub::Hub;
use crate::hub::answer::Answer;
use crate::limits::{RATE_PER_MINUTE_MAX, SOCKETS_PER_PERSON_DEFAULT};
use crate::vault::RegionKey;

/// The offices of the region: every patient has one of each kind on the team.
const OFFICES: [(OrganisationType, Role); 5] = [
    (OrganisationType::NursingStation, Role::Nurse),
    (OrganisationType::Clinic, Role::Doctor),
    (OrganisationType::Pharmacy, Role::Pharmacist),
    (OrganisationType::CareOffice, Role::CareManager),
    (OrganisationType::HomeHelp, Role::Helper),
];
/// Offices of each kind; patients are spread over them.
const OFFICES_PER_KIND: u32 = 4;
const TOKEN_VALID: Duration = Duration::from_secs(24 * 60 * 60);

/// Who connects: tokens by member and by sender.
#[derive(Debug)]
pub struct Cast {
    /// Of member `m` of patient `p` at `p * members + m`.
    pub members: Vec<String>,
    pub senders: Vec<String>,
}

/// A server of our own on a region of our own.
pub struct OwnServer {
    child: Child,
    pub url: String,
    pub ca: PathBuf,
    pub cast: Arc<Cast>,
    _folder: tempfile::TempDir,
}

impl OwnServer {
    /// Makes the region and starts `renkei serve` on it; `database` is another journal than SQLite in the folder.
    ///
    /// # Errors
    /// When the region cannot be made or the server does not come up.
    pub fn start(scenario: &Scenario, database: Option<&str>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("making a folder for the region")?;
        let database =
            database.map_or_else(|| format!("sqlite://{}/journal.db", folder.path().display()), str::to_owned);
        let certificates = ensure_development_certificates(folder.path(), &[], SystemClock::new().now())?;
        let key = folder.path().join("region.key");
        let cast = runtime()?.block_on(make_region(scenario, &database, &key))?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", "--listen", "127.0.0.1:0", "--public-url", "https://localhost", "--database", &database])
            .arg("--data")
            .arg(folder.path())
            .arg("--region-key")
            .arg(&key)
            .arg("--tls-certificate")
            .arg(&certificates.server.chain)
            .arg("--tls-key")
            .arg(&certificates.server.key)
            // What is measured is the hub, not how soon it tells a sender to slow down.
            .env("RENKEI_RATES_POSTS_PER_MINUTE", RATE_PER_MINUTE_MAX.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the server")?;
        let url = match ready_url(&mut child) {
            Ok(url) => url,
            Err(error) => {
                let _ = child.kill();
                return Err(error);
            }
        };
        Ok(Self { child, url, ca: certificates.authority, cast: Arc::new(cast), _folder: folder })
    }

    /// The server's process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        // The folder goes too: there is nothing to end in order for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for `ready https://…` and gives the address as a WebSocket's.
fn ready_url(child: &mut Child) -> anyhow::Result<String> {
    let output = child.stdout.take().context("the server's output is piped")?;
    for line in BufReader::new(output).lines() {
        if let Some(url) = line?.strip_prefix("ready https://") {
            return Ok(format!("wss://{}", url.trim_end_matches('/')));
        }
    }
    bail!("the server ended before it was ready");
}

/// The timeline of a patient: its number is in the id, so that a delivery is known without a look-up.
#[must_use]
pub fn timeline_of(patient: u32) -> TimelineId {
    TimelineId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | u128::from(patient)))
}

async fn make_region(scenario: &Scenario, database: &str, key: &Path) -> anyhow::Result<Cast> {
    let journal = open::found_journal(database, &RegionKey::create_file(key)?).await?;
    let OpenRegion { hub, tasks, journal } = open::start(journal).await?;
    let sign_ins = SignIns::new(hub.clone());
    let secretary = Office::found(&hub, &sign_ins, OrganisationType::Secretariat, Role::Secretariat).await?;
    let secretary = secretary.hire(&hub, &sign_ins).await?;
    let mut offices = Vec::new();
    for (kind, role) in OFFICES {
        for _ in 0..OFFICES_PER_KIND {
            offices.push(Office::found(&hub, &sign_ins, kind, role).await?);
        }
    }
    // By group, so that the patients of one sender are of one station and it may post to all of them.
    let group = |patient: u32| (patient % scenario.groups() % OFFICES_PER_KIND) as usize;
    let office = |patient: u32, kind: usize| kind * OFFICES_PER_KIND as usize + group(patient);
    let doctor = offices.iter().find(|office| office.position.role == Role::Doctor).context("a clinic is founded")?;
    let agreed_by = doctor.hire(&hub, &sign_ins).await?.person;
    let patients = (0..scenario.patients).map(|patient| {
        let team = (0..OFFICES.len()).map(|kind| offices[office(patient, kind)].position.organisation).collect();
        register(&hub, secretary, agreed_by, patient, team)
    });
    futures_util::future::try_join_all(patients).await?;
    let mut cast = Cast { members: Vec::new(), senders: Vec::new() };
    for patient in 0..scenario.patients {
        for member in 0..scenario.members {
            let office = &mut offices[office(patient, member as usize % OFFICES.len())];
            let colleague = office.colleague(&hub, &sign_ins).await?;
            cast.members.push(token(&hub, &sign_ins, colleague).await?);
        }
    }
    for sender in 0..scenario.senders {
        let first = scenario.patients_of(sender).next().context("every sender has a patient")?;
        let colleague = offices[office(first, 0)].colleague(&hub, &sign_ins).await?;
        cast.senders.push(token(&hub, &sign_ins, colleague).await?);
    }
    drop(sign_ins);
    drop(hub);
    tasks.finish().await;
    journal.close().await;
    Ok(cast)
}

/// An office that grows with the sockets its people open.
struct Office {
    position: Position,
    /// Hired last, with the sockets it has left.
    newest: Option<(Actor, i64)>,
}

impl Office {
    async fn found(hub: &Hub, sign_ins: &SignIns, kind: OrganisationType, role: Role) -> anyhow::Result<Self> {
        let organisation = OrganisationId(hub.region().draw_id());
        put_organisation(
            hub,
            sign_ins,
            By::Operator,
            Organisation {
                id: organisation,
                kind,
                name: format!("負荷試験の{}", kind.ja()),
                kana: String::new(),
                phone: String::new(),
                identifiers: Vec::new(),
                active: true,
            },
        )
        .await?;
        Ok(Self { position: Position { role, organisation }, newest: None })
    }

    async fn hire(&self, hub: &Hub, sign_ins: &SignIns) -> anyhow::Result<Actor> {
        let (person, position) = (PersonId(hub.region().draw_id()), self.position);
        let name = HumanName { kanji: format!("試験 {}", position.role.ja()), kana: "シケン".to_owned() };
        put_person(hub, sign_ins, By::Operator, Person { id: person, name, positions: vec![position], active: true })
            .await?;
        let hired = hub.region().directory().actor(person, position);
        let hired = hired.context("the person just entered has the position")?;
        let pledged = give_all_pledges(hub, hired).await;
        pledged.map_err(|refused| anyhow::anyhow!("a pledge was refused: {:?}", refused.reasons))?;
        Ok(hired)
    }

    /// Somebody who may open one more socket.
    async fn colleague(&mut self, hub: &Hub, sign_ins: &SignIns) -> anyhow::Result<Actor> {
        let (actor, left) = match self.newest {
            Some((actor, left)) if left > 0 => (actor, left),
            _ => (self.hire(hub, sign_ins).await?, SOCKETS_PER_PERSON_DEFAULT),
        };
        self.newest = Some((actor, left - 1));
        Ok(actor)
    }
}

async fn token(hub: &Hub, sign_ins: &SignIns, actor: Actor) -> anyhow::Result<String> {
    let position = Position { role: actor.role, organisation: actor.organisation };
    // The hub under load takes no links; these people have signed in, as far as it can tell.
    let (id, now) = (SignInId(hub.region().draw_id()), hub.region().now());
    let (person, by, way) = (actor.person, By::Operator, SignInWay::Password);
    let (valid_for, device, registered) = (TOKEN_VALID, String::new(), None);
    let new = NewSignIn { id, person, position, now, valid_for, by, way, device, registered, client: None };
    let (token, _) = sign_ins.begin(new.prepare(&hub.region().directory())?, None).await?;
    Ok(token.reveal().to_string())
}

/// Registers a patient, takes the consent and links the team.
async fn register(
    hub: &Hub,
    secretary: Actor,
    agreed_by: PersonId,
    patient: u32,
    team: Vec<OrganisationId>,
) -> anyhow::Result<()> {
    let given_on = date(2026, 4, 1);
    let mut bodies = vec![
        Body::Registration(Box::new(Registration {
            name: HumanName { kanji: format!("負荷 患者{patient}"), kana: "フカ カンジャ".to_owned() },
            birth_date: date(1940, 1, 1),
            sex: Sex::Unknown,
            identifiers: Vec::new(),
            in_facility: false,
            for_training: false,
            document: "負荷試験".to_owned(),
            agreed_by: Some(agreed_by),
            agreed_on_paper: "負荷試験".to_owned(),
            attachments: Vec::new(),
        })),
        Body::Consent(ConsentChange {
            state: ConsentState::Team,
            given_by: ConsentGiver::Patient,
            given_on,
            document: "負荷試験".to_owned(),
            one_doctor_wished: false,
            form_version: "2026年4月版".to_owned(),
            withheld: WithheldSet::NONE,
            attachments: Vec::new(),
        }),
    ];
    bodies.extend(team.into_iter().enumerate().map(|(at, organisation)| {
        Body::TeamLink(TeamLink {
            organisation,
            people: Vec::new(),
            host: at == 0,
            history: History::All,
            relation_confirmed: true,
        })
    }));
    for body in bodies {
        let intent = Intent {
            id: EntryId(hub.region().draw_id()),
            timeline: timeline_of(patient),
            observed_at: None,
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            body,
            reasons: Vec::new(),
            on_behalf_of: None,
        };
        match hub.post_and_wait(secretary, intent).await {
            Answer::Accepted(_) => {}
            Answer::Refused(refused) => bail!("the region cannot be made: {} {:?}", refused.code, refused.reasons),
            Answer::Queued(_) => bail!("the region cannot be made: a post was queued"),
        }
    }
    Ok(())
}
