//! Bells: whoever wishes has their device rung while its page is closed, by its browser's push service. That is an outside
//! party: it learns that there is something to see at a device, how pressing it is, and nothing else; a push has no content.
//! What is told hangs on no push: the page has it. Who is woken is `hub/waking.rs`, ringing is `ringing.rs`.

mod caller;
mod reach;
mod ringing;

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;
use zeroize::Zeroizing;

use self::caller::Caller;
use crate::config::PushSettings;
use crate::domain::account::device_name;
use crate::domain::bell::{Bell, QuietHours, Weight};
use crate::domain::directory::Position;
use crate::domain::ids::{BellId, PersonId};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::{SignIn, StoreError, Tx};
use crate::vault::PushSigner;

/// See the module.
pub struct Bells {
    hub: Hub,
    /// `None`: no device is rung here.
    tower: Option<Tower>,
    /// Told when quiet hours change.
    changed: Notify,
    pub figures: Figures,
}

/// What ringing takes.
struct Tower {
    settings: PushSettings,
    signer: PushSigner,
    caller: Caller,
}

/// For the metrics.
#[derive(Debug, Default)]
pub struct Figures {
    rung: AtomicU64,
    failed: AtomicU64,
    gone: AtomicU64,
    refused: AtomicU64,
}

/// Why the hub cannot start with these settings.
#[derive(Debug, thiserror::Error)]
pub enum OpenBellsError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the key for push services is no key of P-256")]
    Key,
    #[error("whom to believe about push services: {0}")]
    Authorities(#[from] io::Error),
}

/// What cannot be done with a bell.
#[derive(Debug, thiserror::Error)]
pub enum BellError {
    #[error("no device is rung here")]
    Off,
    #[error("the sign-in has ended")]
    Ended,
    #[error("{}", .0.message.en)]
    Invalid(#[from] Invalid),
    #[error("not found")]
    NotFound,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What somebody sees of theirs.
#[derive(Debug)]
pub struct BellsSeen {
    /// What a browser needs to ask its push service; `None`: no device is rung here.
    pub key: Option<String>,
    /// The one whose page was opened last first.
    pub bells: Vec<Bell>,
    pub quiet: Option<QuietHours>,
}

/// A device to be rung.
#[derive(Debug)]
pub struct NewBell<'a> {
    /// Where, as its browser's push service said.
    pub endpoint: &'a str,
    pub wish: Weight,
    pub device: &'a str,
}

impl fmt::Debug for Bells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bells").field("is_on", &self.tower.is_some()).finish_non_exhaustive()
    }
}

impl Figures {
    fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Pushes that a service took.
    #[must_use]
    pub fn rung(&self) -> u64 {
        self.rung.load(Ordering::Relaxed)
    }

    /// Reasons to ring for which no service took a push in the end.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Devices of which a service said that they are gone.
    #[must_use]
    pub fn gone(&self) -> u64 {
        self.gone.load(Ordering::Relaxed)
    }

    /// Pushes that were not sent because of where they would have gone.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

impl Bells {
    /// No device is rung.
    #[must_use]
    pub fn off(hub: Hub) -> Self {
        Self { hub, tower: None, changed: Notify::new(), figures: Figures::default() }
    }

    /// As the configuration asks for; the region's key is made if there is none.
    ///
    /// # Errors
    /// When the key cannot be read or kept, or the authority not be read.
    pub async fn open(hub: Hub, settings: Option<PushSettings>) -> Result<Self, OpenBellsError> {
        let Some(settings) = settings else { return Ok(Self::off(hub)) };
        let (journal, now) = (hub.journal(), hub.region().now());
        let known = journal.read(|tx| Box::pin(async move { tx.find_push_key().await })).await?;
        let key = match known {
            Some(key) => Some(key),
            None => journal.write(move |tx| Box::pin(make_key(tx, now))).await?,
        };
        let signer = key.and_then(|key| PushSigner::from_pkcs8(&key)).ok_or(OpenBellsError::Key)?;
        let caller = Caller::new(settings.reach.clone())?;
        Ok(Self { tower: Some(Tower { settings, signer, caller }), ..Self::off(hub) })
    }

    /// My devices that are rung, and when I want quiet.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, person: PersonId) -> Result<BellsSeen, BellError> {
        let reading = self.hub.journal().read(move |tx| {
            Box::pin(
                async move { Ok::<_, StoreError>((tx.list_bells(person).await?, tx.find_quiet_hours(person).await?)) },
            )
        });
        let (mut bells, quiet) = reading.await?;
        let Some(tower) = &self.tower else { return Ok(BellsSeen { key: None, bells: Vec::new(), quiet }) };
        let since = self.hub.region().now().saturating_sub(tower.settings.bell_kept);
        bells.retain(|bell: &Bell| bell.renewed_at > since);
        Ok(BellsSeen { key: Some(tower.signer.public().to_owned()), bells, quiet })
    }

    /// Has this device rung, or says that it still is to be: under this sign-in, in this position.
    ///
    /// # Errors
    /// When it is rung by a service that is not on the list, the sign-in has just ended, or the store fails.
    pub async fn put(&self, by: &SignedIn, new: NewBell<'_>) -> Result<Bell, BellError> {
        let tower = self.tower.as_ref().ok_or(BellError::Off)?;
        let endpoint = tower.settings.endpoint(new.endpoint).ok_or_else(unlisted)?.to_string();
        let (person, now) = (by.actor.person, self.hub.region().now());
        let bell = Bell {
            id: BellId(self.hub.region().draw_id()),
            person,
            position: Position { role: by.actor.role, organisation: by.actor.organisation },
            sign_in: by.id,
            registered: by.device,
            device: device_name(new.device),
            wish: new.wish,
            added_at: now,
            renewed_at: now,
            rung_at: None,
        };
        let putting = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                let sign_ins = tx.list_sign_ins(person).await?;
                // What has ended meanwhile takes no bell along any more.
                if !sign_ins.iter().any(|one: &SignIn| one.id == bell.sign_in && one.is_valid_at(now)) {
                    return Ok(None);
                }
                let id = tx.upsert_bell(&bell, &endpoint).await?;
                let kept = tx.list_bells(person).await?;
                for crowded in kept.iter().filter(|other| other.id != id).skip(limits::BELLS_PER_PERSON_MAX - 1) {
                    tx.delete_bell(crowded.id, Some(person)).await?;
                }
                Ok::<_, StoreError>(kept.into_iter().find(|kept| kept.id == id))
            })
        });
        putting.await?.ok_or(BellError::Ended)
    }

    /// A device of mine is not rung any more.
    ///
    /// # Errors
    /// When there is none, or the store fails.
    pub async fn remove(&self, person: PersonId, id: BellId) -> Result<(), BellError> {
        let removing = self.hub.journal().write(move |tx| Box::pin(tx.delete_bell(id, Some(person))));
        if removing.await? { Ok(()) } else { Err(BellError::NotFound) }
    }

    /// When I want quiet; `None`: never.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep_quiet(&self, person: PersonId, quiet: Option<QuietHours>) -> Result<(), BellError> {
        self.hub.journal().write(move |tx| Box::pin(tx.replace_quiet_hours(person, quiet))).await?;
        self.changed.notify_one();
        Ok(())
    }

    /// Rings for as long as it is polled, and if no device is to be rung, ends at once.
    pub async fn tend(&self) {
        let waking = self.hub.region().waking();
        match &self.tower {
            None => waking.let_sleep(),
            Some(tower) => {
                let Some(woken) = waking.listen() else { return };
                ringing::ring_for_all(self, tower, woken).await;
            }
        }
    }
}

fn unlisted() -> Invalid {
    let text = Text::fixed(
        "このブラウザーのプッシュサービスは、この地域で使うものの一覧（push.services）にありません",
        "this browser's push service is not on the region's list (push.services)",
    );
    Invalid::new("endpoint", "unexpected", text)
}

/// Of two hubs that make one at a moment, one is kept.
async fn make_key(tx: &mut Tx, now: Timestamp) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
    tx.insert_push_key(&PushSigner::make(), now).await?;
    tx.find_push_key().await
}
