//! The actors of the stories: a region on either engine, and a patient whose entries are decided here in
//! place of the sequencer.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use uuid::Uuid;

use crate::clock::{Clock, Ids, ManualClock};
use crate::codec;
use crate::domain::account::SignInWay;
use crate::domain::body::{Body, Note};
use crate::domain::directory::{Actor, Organisation, Person, Position};
use crate::domain::entry::{Entry, Scope, Sensitivity};
use crate::domain::ids::{EntryId, OrganisationId, PersonId, SignInId, TimelineId};
use crate::domain::patient::{HumanName, Registration, Sex};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::ruling::Ruling;
use crate::domain::state::PatientState;
use crate::domain::team::{ConsentChange, ConsentGiver, ConsentState, History, TeamLink};
use crate::domain::time::Timestamp;
use crate::domain::unit::Unit;
use crate::domain::vital::{Measurement, Vital, VitalSign};
use crate::domain::withheld::WithheldSet;
use crate::store::dump::BackupKey;
use crate::store::engine::run;
use crate::store::tests::template;
use crate::store::{
    Batch, ClearHeader, HeadUpdate, Journal, NewTimeline, SealedEntry, SealedSnapshot, SignIn, StoreError, Subject, Tx,
    project,
};
use crate::vault::chain::{GENESIS, Link};
use crate::vault::{DataKey, PatientKey, RegionKey, Token};

pub const MORNING: Timestamp = Timestamp::from_secs(1_775_003_400);

pub struct Region {
    pub journal: Journal,
    pub url: String,
    /// That everything in it is sealed with.
    pub key: Arc<DataKey>,
    pub region_key: Arc<RegionKey>,
    pub clock: Arc<ManualClock>,
    pub ids: Ids,
    postgres: Option<(String, String)>,
    /// Of the SQLite file; gone with the region.
    pub folder: tempfile::TempDir,
}

/// The same story on SQLite and on PostgreSQL.
pub async fn on_both(story: impl AsyncFn(&Region)) {
    let sqlite = Region::on_sqlite().await;
    story(&sqlite).await;
    sqlite.end().await;
    if let Some(postgres) = Region::on_postgres().await {
        story(&postgres).await;
        postgres.end().await;
    }
}

/// The same in a region whose data key is the region's key itself, as in all that were set up before there were any.
pub async fn on_both_as_once(story: impl AsyncFn(&Region)) {
    on_both(async |region| {
        region.tamper("delete from data_key").await;
        region.tamper("delete from meta where name = 'region_key'").await;
        let journal = Journal::open_as_once(&region.url, &region.region_key).await.unwrap();
        story(&Region { url: region.url.clone(), ..Region::of(journal.clone(), Arc::clone(&region.region_key)) }).await;
        journal.close().await;
    })
    .await;
}

impl Region {
    pub async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/journal.db", folder.path().display());
        Self::open(url, None, folder).await
    }

    /// A database of its own on the server that `./test` starts. In CI its absence is a failure.
    pub async fn on_postgres() -> Option<Self> {
        let Ok(server) = std::env::var("RENKEI_TEST_POSTGRES_URL") else {
            assert!(std::env::var("CI").is_err(), "CI needs RENKEI_TEST_POSTGRES_URL");
            eprintln!("skipped on PostgreSQL: RENKEI_TEST_POSTGRES_URL is not set");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let name = format!("story_{}", Uuid::from_bytes(*temporary_id(&folder)).simple());
        template::create(&server, &name).await.unwrap();
        let url = template::with_database(&server, &name);
        Some(Self::open(url, Some((server, name)), folder).await)
    }

    async fn open(url: String, postgres: Option<(String, String)>, folder: tempfile::TempDir) -> Self {
        let key = Arc::new(RegionKey::ephemeral());
        let journal = Journal::open(&url, &key).await.unwrap();
        Self { url, postgres, folder, ..Self::of(journal, key) }
    }

    /// On a journal that somebody else opened and will end.
    pub fn of(journal: Journal, region_key: Arc<RegionKey>) -> Self {
        let key = Arc::clone(journal.region());
        let clock = Arc::new(ManualClock::at(MORNING));
        let ids = Ids::new(Arc::clone(&clock) as Arc<dyn Clock>);
        Self {
            journal,
            url: String::new(),
            key,
            region_key,
            clock,
            ids,
            postgres: None,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub async fn end(self) {
        self.journal.close().await;
        if let Some((server, name)) = self.postgres {
            let mut connection = PgConnection::connect(&server).await.unwrap();
            let drop = format!("drop database {name} with (force)");
            sqlx::query(AssertSqlSafe(drop)).execute(&mut connection).await.unwrap();
        }
    }

    pub fn is_sqlite(&self) -> bool {
        self.postgres.is_none()
    }

    /// By which a backup of it opens.
    pub async fn backup_key(&self) -> BackupKey {
        let kept: Result<_, StoreError> = self.journal.read(|tx| Box::pin(tx.find_data_key())).await;
        let kept = kept.unwrap().expect("there is one");
        BackupKey { data: Arc::clone(&self.key), wrapped: kept.wrapped, region_key: kept.region_key }
    }

    /// Another hub on the same store.
    pub async fn another_hub(&self) -> Journal {
        Journal::open(&self.url, &self.region_key).await.unwrap()
    }

    pub fn patient(&self) -> Patient<'_> {
        let timeline = TimelineId(self.ids.draw());
        Patient {
            region: self,
            timeline,
            key: Arc::new(PatientKey::random()),
            state: PatientState::empty(timeline),
            chain: GENESIS,
            scopes: HashMap::new(),
            author: self.nurse(),
            ruling: Ruling { cited: vec!["S1@region/1#ab".into()], slots: vec![1, 2, 3], ..Ruling::default() },
        }
    }

    /// A patient who is registered, has consented, and has one station on the team.
    pub async fn patient_with_team(&self) -> Patient<'_> {
        let mut patient = self.patient();
        let mut batch = Batch::default();
        for body in [registration("山田 次郎"), consent(ConsentState::Team), link(self.organisation_id(1), &[])] {
            patient.add(&mut batch, body);
        }
        self.journal.commit(batch).await.unwrap();
        patient
    }

    pub fn organisation_id(&self, number: u128) -> OrganisationId {
        OrganisationId(Uuid::from_u128(0x0a << 64 | number))
    }

    pub fn nurse(&self) -> Actor {
        Actor {
            person: PersonId(Uuid::from_u128(0x0b << 64 | 1)),
            role: Role::Nurse,
            organisation: self.organisation_id(1),
            organisation_type: OrganisationType::NursingStation,
        }
    }

    /// A sign-in of the nurse for an hour, which is not stored.
    pub fn sign_in(&self) -> SignIn {
        let nurse = self.nurse();
        SignIn {
            id: SignInId(self.ids.draw()),
            token_hash: Token::random().hash(),
            person: nurse.person,
            position: Position { role: nurse.role, organisation: nurse.organisation },
            issued_at: MORNING,
            expires_at: MORNING.saturating_add(std::time::Duration::from_secs(3_600)),
            revoked_at: None,
            device: String::new(),
            way: Some(SignInWay::Password),
            used_at: MORNING,
            registered: None,
            client: None,
        }
    }

    /// Puts the nurse and her station into the directory.
    pub async fn employ_nurse(&self) -> Person {
        let nurse = self.nurse();
        let station = Organisation {
            id: nurse.organisation,
            kind: nurse.organisation_type,
            name: "北訪問看護ステーション".into(),
            kana: "キタホウモンカンゴステーション".into(),
            phone: "03-0000-0000".into(),
            identifiers: Vec::new(),
            active: true,
        };
        let person = Person {
            id: nurse.person,
            name: HumanName { kanji: "佐藤 花".into(), kana: "サトウ ハナ".into() },
            positions: vec![Position { role: nurse.role, organisation: nurse.organisation }],
            active: true,
        };
        let employed = person.clone();
        let added: Result<bool, StoreError> = self
            .journal
            .write(move |tx| {
                Box::pin(
                    async move { Ok(tx.insert_organisation(&station).await? && tx.insert_person(&employed).await?) },
                )
            })
            .await;
        assert!(added.unwrap());
        person
    }

    /// Does to the tables what no function of the store would.
    pub async fn tamper(&self, sql: &'static str) -> u64 {
        let changed: Result<u64, StoreError> =
            self.journal.write(move |tx| Box::pin(async move { tx.execute_raw(sql).await })).await;
        changed.unwrap()
    }

    /// The first number a query gives.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let counted: Result<i64, StoreError> = self
            .journal
            .read(move |tx| {
                Box::pin(async move {
                    let (count,): (i64,) = run!(tx, connection => sqlx::query_as(sql).fetch_one(connection).await?);
                    Ok(count)
                })
            })
            .await;
        counted.unwrap()
    }
}

impl Tx {
    pub async fn execute_raw(&mut self, sql: &'static str) -> Result<u64, StoreError> {
        Ok(run!(self, connection => sqlx::query(sql).execute(connection).await?.rows_affected()))
    }
}

/// Sixteen bytes that no other temporary folder has.
fn temporary_id(folder: &tempfile::TempDir) -> Box<[u8; 16]> {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut bytes = Box::new([0; 16]);
    for (half, salt) in bytes.chunks_mut(8).zip([1_u8, 2]) {
        let mut hasher = DefaultHasher::new();
        (folder.path(), std::process::id(), salt).hash(&mut hasher);
        half.copy_from_slice(&hasher.finish().to_be_bytes());
    }
    bytes
}

pub struct Patient<'r> {
    pub region: &'r Region,
    pub timeline: TimelineId,
    pub key: Arc<PatientKey>,
    pub state: PatientState,
    pub chain: Link,
    /// Of the entries added, for those that point back.
    pub scopes: HashMap<EntryId, Scope>,
    /// Who writes the next ones, and how they are ruled.
    pub author: Actor,
    pub ruling: Ruling,
}

impl Patient<'_> {
    /// Adds an entry to the batch as the sequencer would.
    pub fn add(&mut self, batch: &mut Batch, body: Body) -> Entry {
        let id = EntryId(self.region.ids.draw());
        self.add_as(id, batch, body)
    }

    pub fn add_as(&mut self, id: EntryId, batch: &mut Batch, body: Body) -> Entry {
        let entry = Entry {
            id,
            timeline: self.timeline,
            seq: self.state.head.next(),
            device: None,
            author: self.author,
            observed_at: Some(MORNING),
            recorded_at: self.region.clock.now(),
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            alarms: Vec::new(),
            target_scope: body.target().and_then(|target| self.scopes.get(&target).cloned()),
            on_behalf: None,
            body,
            ruling: self.ruling.clone(),
        };
        if self.state.head.0 == 0 {
            batch.new_timelines.push(NewTimeline::new(
                self.region.journal.region(),
                self.timeline,
                Subject::Patient,
                &self.key,
            ));
        }
        let content = codec::encode_content(&entry);
        let header = ClearHeader {
            id,
            timeline: entry.timeline,
            seq: entry.seq,
            recorded_at: entry.recorded_at,
            mac: self.region.journal.region().idempotency().mac(&[content.bytes()]),
        };
        let sealed = SealedEntry::seal(&self.key, header, &codec::encode_stored(&entry, &content), &self.chain);
        self.chain = sealed.chain;
        batch.entries.push(sealed);
        let expected = match batch.heads.iter().position(|head| head.timeline == self.timeline) {
            Some(at) => batch.heads.remove(at).expected,
            None => self.state.head,
        };
        batch.heads.push(HeadUpdate {
            timeline: self.timeline,
            expected,
            new: entry.seq,
            chain: self.chain,
            recorded_at: entry.recorded_at,
            written_at: self.state.written_at_with(&entry),
        });
        self.state.apply(&entry);
        self.scopes.insert(entry.id, entry.scope());
        project(&self.state, &entry, &self.key, &mut batch.projections);
        entry
    }

    /// Commits one entry of its own.
    pub async fn post(&mut self, body: Body) -> Entry {
        let mut batch = Batch::default();
        let entry = self.add(&mut batch, body);
        self.region.journal.commit(batch).await.unwrap();
        entry
    }

    pub async fn snapshot(&self) {
        let snapshots = vec![SealedSnapshot::seal(&self.key, &self.state)];
        self.region.journal.commit(Batch { snapshots, ..Batch::default() }).await.unwrap();
    }
}

pub fn note(text: &str) -> Body {
    Body::Note(Note { text: text.into(), ..Note::default() })
}

pub fn pulse(value: i32) -> Body {
    use crate::domain::decimal::Decimal;
    let measurement = Measurement::new(VitalSign::Pulse, Decimal::whole(value), Unit::PerMinute).unwrap();
    Body::Vital(Vital { measurements: vec![measurement], site: None, device: String::new(), comment: String::new() })
}

pub fn registration(kanji: &str) -> Body {
    Body::Registration(Box::new(Registration {
        name: HumanName { kanji: kanji.into(), kana: "ヤマダ ジロウ".into() },
        birth_date: jiff::civil::date(1941, 4, 1),
        sex: Sex::Male,
        identifiers: Vec::new(),
        in_facility: false,
        for_training: false,
        document: "申込書綴り 1".to_owned(),
        agreed_by: None,
        agreed_on_paper: String::new(),
        attachments: Vec::new(),
    }))
}

pub fn consent(state: ConsentState) -> Body {
    Body::Consent(ConsentChange {
        state,
        given_by: ConsentGiver::Patient,
        given_on: jiff::civil::date(2026, 4, 1),
        document: String::new(),
        one_doctor_wished: false,
        form_version: String::new(),
        withheld: WithheldSet::NONE,
        attachments: Vec::new(),
    })
}

pub fn link(organisation: OrganisationId, people: &[PersonId]) -> Body {
    Body::TeamLink(TeamLink {
        organisation,
        people: people.to_vec(),
        host: false,
        history: History::All,
        relation_confirmed: false,
    })
}
