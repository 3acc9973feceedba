//! Taking a record out over REST: what a member may see of one patient, in one download. The rules judge it as they judge any
//! post: an entry on the timeline of the member's organisation says that it is done, and only where that is accepted, or was a
//! short while ago under the same id, is anything handed out. See decision 019.
//!
//! INVARIANT: before the first byte leaves, the entry is durable and the audit log says what is taken, by place.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::archive::Archive;
use super::leaves::Telling;
use super::page::{Head, Page};
use super::plan::{Plan, Unread};
use super::{PATIENT_FORMAT, directory_json, file_name};
use crate::actions::files::{Files, ReadError, Room};
use crate::actions::visible::{Visible, visible_to};
use crate::config::{ExportSettings, Language};
use crate::domain::act::{Act, Deed};
use crate::domain::body::{Body, Export};
use crate::domain::directory::Directory;
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::{EntryId, PatientId, Seq, Subject, TimelineId};
use crate::domain::keeping::{KeepingDeed, TakenOut, in_ranges};
use crate::domain::reading::ReadScope;
use crate::domain::state::ExportAsked;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::hub::answer::{Accepted, Answer, Refused};
use crate::hub::reading::LookError;
use crate::hub::sessions::SignedIn;
use crate::hub::{Hub, StoreError};
use crate::limits;
use crate::wire::rest;

/// Hands records out.
pub struct Exports {
    hub: Hub,
    files: Arc<Files>,
    settings: ExportSettings,
    at_once: Arc<Semaphore>,
}

/// What somebody wants to take out.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Of the entry that says that it is taken out; the same id again is the same taking.
    pub id: EntryId,
    /// The request that was permitted; `None`: the rules say whether it goes without.
    pub request: Option<EntryId>,
    /// Without a request: what for, and which records.
    pub purpose: String,
    pub scope: String,
    pub language: Language,
}

/// Why nothing is handed out.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    #[error("no such patient, or none that this person may see")]
    NotFound,
    #[error("more records at once than the hub hands out")]
    Overloaded,
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("refused")]
    Refused(Box<Refused>),
    #[error(transparent)]
    Look(#[from] LookError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Unread> for NotTaken {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Store(error) => Self::Store(error),
            Unread::Over => Self::NotFound,
        }
    }
}

/// A record that may be handed out now.
pub struct Taking {
    hub: Hub,
    files: Arc<Files>,
    plan: Plan,
    signed_in: SignedIn,
    patient: PatientId,
    said: Export,
    entry: EntryId,
    language: Language,
    at: Timestamp,
    /// Held until it is handed out.
    _room: Room,
    _one_of_few: OwnedSemaphorePermit,
}

/// Why a download ends before its end.
#[derive(Debug, thiserror::Error)]
enum CutShort {
    #[error("nobody takes it any more")]
    Gone,
    #[error(transparent)]
    Unread(#[from] Unread),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Archive(#[from] io::Error),
}

type Pieces = mpsc::Sender<io::Result<Bytes>>;

impl Exports {
    #[must_use]
    pub fn new(hub: Hub, files: Arc<Files>, settings: ExportSettings) -> Self {
        Self { hub, files, settings, at_once: Arc::new(Semaphore::new(limits::EXPORTS_AT_ONCE_MAX)) }
    }

    pub(super) const fn hub(&self) -> &Hub {
        &self.hub
    }

    /// When a permission ends.
    pub(super) fn ends_at(&self, asked: &ExportAsked) -> Option<Timestamp> {
        asked.permitted.map(|permitted| permitted.at.saturating_add(self.settings.permission_holds))
    }

    /// Has the rules judge it, puts it on record, and gets it ready.
    ///
    /// # Errors
    /// When nothing may be taken, or not now. Of a patient whom this person may not see is told as little as of nobody's id.
    pub async fn begin(&self, signed_in: SignedIn, patient: PatientId, wish: Wish) -> Result<Taking, NotTaken> {
        let one_of_few = Arc::clone(&self.at_once).try_acquire_owned().map_err(|_| NotTaken::Overloaded)?;
        let said = self.said(&signed_in, patient, &wish)?;
        let timeline = TimelineId::from(patient);
        if self.hub.region().directory().subject_of(timeline) != Subject::Patient {
            return Err(NotTaken::NotFound);
        }
        let look = self.hub.look(signed_in.actor, signed_in.id, timeline, Seq::ZERO, None, ReadScope::Entries);
        let sight = look.await?.ok_or(NotTaken::NotFound)?;
        let known = known_to(&self.hub, &signed_in).await?;
        let plan = Plan::make(&self.hub, sight, known).await?;
        let largest = plan.attachments.iter().map(|attachment| attachment.size_bytes).max().unwrap_or(0);
        let room = self.files.room_for(&signed_in, largest as usize).ok_or(NotTaken::Overloaded)?;
        let accepted = self.post(&signed_in, &wish, said.clone()).await?;
        let taking = Taking {
            hub: self.hub.clone(),
            files: Arc::clone(&self.files),
            plan,
            signed_in,
            patient,
            said,
            entry: accepted.id,
            language: wish.language,
            at: self.hub.region().now(),
            _room: room,
            _one_of_few: one_of_few,
        };
        taking.note().await?;
        Ok(taking)
    }

    /// What the entry will say: what the request says, for this patient.
    fn said(&self, signed_in: &SignedIn, patient: PatientId, wish: &Wish) -> Result<Export, Invalid> {
        let mut said = Export { patients: vec![patient], request: wish.request, ..Export::default() };
        let Some(request) = wish.request else {
            (said.purpose, said.scope) = (wish.purpose.clone(), wish.scope.clone());
            return Ok(said);
        };
        let offices = self.hub.region().offices();
        let asked = offices.find(signed_in.actor.organisation).and_then(|office| office.find_export(request));
        let asked = asked.filter(|asked| asked.by == signed_in.actor.person).ok_or_else(no_such_request)?;
        // One that was used is the rules' to judge: under the same id the download goes on for a while.
        let is_over = self.ends_at(asked).is_some_and(|end| end <= self.hub.region().now());
        if is_over && asked.done.is_none() {
            return Err(permission_over("request"));
        }
        (said.purpose, said.scope) = (asked.said.purpose.clone(), asked.said.scope.clone());
        Ok(said)
    }

    async fn post(&self, signed_in: &SignedIn, wish: &Wish, said: Export) -> Result<Accepted, NotTaken> {
        let intent = Intent {
            id: wish.id,
            timeline: signed_in.actor.organisation.into(),
            observed_at: None,
            sensitivity: Sensitivity::Normal,
            addressed_to: Vec::new(),
            body: Body::from(Box::new(said)),
            reasons: Vec::new(),
            on_behalf_of: None,
        };
        match self.hub.post_and_wait(signed_in, intent).await {
            Answer::Accepted(accepted) => {
                let age = self.hub.region().now().since(accepted.recorded_at);
                // INVARIANT: an id hands a record out when it is new, and for a while after.
                if accepted.repeated && age.as_secs() > limits::EXPORT_AGAIN_S {
                    return Err(permission_over("id").into());
                }
                Ok(accepted)
            }
            Answer::Refused(refused) => Err(NotTaken::Refused(Box::new(refused))),
            // Records of an organisation never wait for a link.
            Answer::Queued(queued) => Err(NotTaken::Refused(Box::new(Refused::not_found(queued.id)))),
        }
    }
}

fn no_such_request() -> Invalid {
    let words =
        Text::fixed("この職務であなたが出した申請の中に見つかりません", "no request of yours in this role has this id");
    Invalid::new("request", "not_found", words)
}

fn permission_over(field: &'static str) -> Invalid {
    let words = Text::fixed("許可の期限が過ぎました。もう一度申請してください", "the permission has ended; ask anew");
    Invalid::new(field, "ended", words)
}

async fn known_to(hub: &Hub, signed_in: &SignedIn) -> Result<Directory, StoreError> {
    let Visible { organisations, people } = visible_to(hub, signed_in.actor).await?;
    Ok(Directory {
        organisations: organisations.into_iter().map(|found| (found.id, found)).collect(),
        people: people.into_iter().map(|found| (found.id, found)).collect(),
        ..Directory::default()
    })
}

impl Taking {
    /// When it is taken.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    async fn note(&self) -> Result<(), StoreError> {
        let taken = TakenOut {
            entry: Some(self.entry),
            request: self.said.request,
            seqs: in_ranges(self.plan.seqs.iter().copied()),
            files: self.plan.attachments.len() as u64,
        };
        let deed = KeepingDeed::Exported { patient: Some(self.patient), reason: self.reason(), taken: Some(taken) };
        let (act, now) = (Act { by: self.signed_in.by(), deed: Deed::Keeping(deed) }, self.at);
        let timeline = self.plan.timeline;
        let write = self
            .hub
            .journal()
            .write(move |tx| Box::pin(async move { tx.append_act_on(Some(timeline), now, act).await }));
        write.await
    }

    fn reason(&self) -> String {
        format!("{}（{}）", self.said.purpose, self.said.scope)
    }

    /// Hands it out, piece by piece, to whoever takes the pieces. One that fails is cut short: the archive has no end then.
    pub async fn hand_out(self, pieces: Pieces) {
        let handing = self.archive(&pieces);
        let bound = std::time::Duration::from_millis(limits::EXPORT_TIMEOUT_MS);
        let cut = match tokio::time::timeout(bound, handing).await {
            Ok(Ok(()) | Err(CutShort::Gone)) => return,
            Ok(Err(error)) => {
                tracing::error!(%error, "a record that is taken out is cut short");
                io::Error::other("the record cannot be read")
            }
            Err(_late) => io::ErrorKind::TimedOut.into(),
        };
        let _: Result<(), _> = pieces.try_send(Err(cut));
    }

    async fn archive(mut self, pieces: &Pieces) -> Result<(), CutShort> {
        let mut archive = Archive::begin(self.at);
        let places = std::mem::take(&mut self.plan.places);
        let telling = Telling { language: self.language, directory: &self.plan.directory, places };
        let missing = self.files_out(&mut archive, pieces).await?;
        self.page_out(&telling, &missing, &mut archive, pieces).await?;
        self.json_out(&missing, &mut archive, pieces).await?;
        send(archive.finish()?, pieces).await
    }

    /// Every file; the names of those that are missing or damaged.
    async fn files_out(&self, archive: &mut Archive, pieces: &Pieces) -> Result<Vec<String>, CutShort> {
        let mut missing = Vec::new();
        for attachment in &self.plan.attachments {
            let content = match self.files.content(self.plan.timeline, attachment).await {
                Ok(content) => content,
                Err(ReadError::Damaged(_) | ReadError::NotFound) => {
                    missing.push(file_name(attachment));
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            archive.begin_file(&format!("attachments/{}", file_name(attachment)))?;
            for piece in content.chunks(limits::EXPORT_PIECE_BYTES) {
                archive.write(piece)?;
                send(archive.take(), pieces).await?;
            }
        }
        Ok(missing)
    }

    async fn page_out(
        &self,
        telling: &Telling<'_>,
        missing: &[String],
        archive: &mut Archive,
        pieces: &Pieces,
    ) -> Result<(), CutShort> {
        let registration = self.plan.sight.state.registration.as_deref();
        let by = self.hub.region().directory();
        let by = Telling { language: self.language, directory: &by, places: Default::default() };
        let (by, reason) = (Some(by.actor(&self.signed_in.actor)), self.reason());
        let head = Head { patient: self.patient, registration, reason: &reason, by, at: self.at };
        archive.begin_file("record.html")?;
        let mut page = Page::begin(telling, &head);
        let mut after = Seq::ZERO;
        while let Some(entries) = self.plan.page(&self.hub, &mut after).await? {
            entries.iter().for_each(|entry| page.add(&entry.entry, &rest::entry(&entry.encoded)));
            archive.write(page.take().as_bytes())?;
            send(archive.take(), pieces).await?;
        }
        let files = self.plan.attachments.len() - missing.len();
        archive.write(page.finish(self.plan.seqs.len() as u64, files as u64, missing).as_bytes())?;
        Ok(())
    }

    async fn json_out(&self, missing: &[String], archive: &mut Archive, pieces: &Pieces) -> Result<(), CutShort> {
        let id = |id: EntryId| id.to_string();
        let head = json!({
            "format": PATIENT_FORMAT,
            "exported_at": self.at.to_rfc3339(),
            "patient": self.patient.to_string(),
            "taken_by": {
                "person": self.signed_in.actor.person.to_string(), "role": self.signed_in.actor.role.code(),
                "organisation": self.signed_in.actor.organisation.to_string(),
            },
            "request": self.said.request.map(id),
            "entry": id(self.entry),
            "purpose": self.said.purpose,
            "scope": self.said.scope,
            "directory": directory_json(&self.plan.directory),
            "missing_attachments": missing,
        });
        archive.begin_file("record.json")?;
        // The entries come last, one a line, so that none has to wait for the others.
        let head = head.to_string();
        archive.write(head.strip_suffix('}').unwrap_or(&head).as_bytes())?;
        archive.write(b",\"entries\":[")?;
        let (mut after, mut is_first) = (Seq::ZERO, true);
        while let Some(entries) = self.plan.page(&self.hub, &mut after).await? {
            for entry in entries {
                let json: Value = rest::entry(&entry.encoded);
                archive.write(if is_first { b"\n" } else { b",\n" })?;
                archive.write(json.to_string().as_bytes())?;
                is_first = false;
            }
            send(archive.take(), pieces).await?;
        }
        archive.write(b"\n]}\n")?;
        Ok(())
    }
}

async fn send(piece: Vec<u8>, pieces: &Pieces) -> Result<(), CutShort> {
    if piece.is_empty() {
        return Ok(());
    }
    pieces.send(Ok(piece.into())).await.map_err(|_gone| CutShort::Gone)
}
