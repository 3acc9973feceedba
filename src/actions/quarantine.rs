//! Posts that come in envelopes, when the sign-in they were written under has ended: a revoked tablet, a browser that was
//! closed for days. Anybody may hand an envelope in and learns nothing from the answer; what opens, with a pass of this
//! region in it, waits for its author, who releases it to the rules as of then, or lets it be. Decision 021.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::domain::act::{Act, By, Deed};
use crate::domain::ids::EntryId;
use crate::domain::plain::is_blank;
use crate::domain::quarantine::{QuarantineDeed, QuarantineStep};
use crate::domain::role::Role;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::hub::allowance::Asked;
use crate::hub::answer::{Answer, Refused};
use crate::hub::sessions::SignedIn;
use crate::limits;
pub use crate::store::Quarantined as Waiting;
use crate::store::{Quarantined, StoreError};
use crate::vault::{Envelope, EnvelopeKey, QuarantinePass};
use crate::wire::rest::read_intent;
use crate::wire::slip::read_slip;

/// See the module.
#[derive(Debug)]
pub struct Quarantine {
    hub: Hub,
    keeps: Duration,
    /// The newest first. Made at the first question for one.
    keys: OnceCell<Vec<EnvelopeKey>>,
}

/// An envelope as it was sent.
#[derive(Clone, Debug)]
pub struct HandedIn {
    /// Of the post in it.
    pub id: Uuid,
    /// Name of the key that it is sealed to.
    pub key: String,
    /// In base64url, as is `text`.
    pub enc: String,
    pub text: String,
}

/// Why something is not done.
#[derive(Debug, thiserror::Error)]
pub enum QuarantineError {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("too many envelopes")]
    Overloaded,
    /// No such post waits, or not for them.
    #[error("no such post waits")]
    NotFound,
    #[error("{}", .0.en)]
    Conflict(Text),
    /// What the rules say to its author.
    #[error("the rules refuse it")]
    Refused(Box<Refused>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Quarantine {
    /// Of a hub, in which posts wait this long.
    #[must_use]
    pub fn new(hub: Hub, keeps: Duration) -> Self {
        Self { hub, keeps, keys: OnceCell::new() }
    }

    /// The name and the public half of the key that envelopes are sealed to now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn key(&self) -> Result<(String, String), QuarantineError> {
        let key = self.keys().await?.first().ok_or(QuarantineError::Overloaded)?;
        Ok((key.name(), URL_SAFE_NO_PAD.encode(key.public())))
    }

    async fn keys(&self) -> Result<&Vec<EnvelopeKey>, QuarantineError> {
        let read = || self.hub.journal().read(|tx| Box::pin(async move { tx.list_envelope_keys().await }));
        let load = async || {
            let mut kept = read().await?;
            // None was made yet, or none opens: what was sealed to those stays shut, and what comes from now on does not.
            if kept.is_empty() {
                let (made, now) = (EnvelopeKey::make(), self.hub.region().now());
                let (name, private) = (made.name(), made.private());
                let keep = self
                    .hub
                    .journal()
                    .write(move |tx| Box::pin(async move { tx.insert_envelope_key(&name, &private, now).await }));
                keep.await?;
                kept = read().await?;
            }
            let keys: Vec<EnvelopeKey> = kept.iter().filter_map(|private| EnvelopeKey::load(private)).collect();
            Ok::<_, QuarantineError>(keys)
        };
        self.keys.get_or_try_init(load).await
    }

    /// The pass that somebody's device puts into its envelopes.
    #[must_use]
    pub fn pass(&self, signed_in: &SignedIn) -> String {
        let (sign_in, actor, issued_at) = (signed_in.id, signed_in.actor, self.hub.region().now());
        QuarantinePass { sign_in, actor, issued_at }.reveal(self.hub.journal().region())
    }

    /// Takes envelopes in from anybody. What does not open or shows no pass is dropped, and nobody is told.
    ///
    /// # Errors
    /// When they are too many, name a key that is none, or the store fails: then the device keeps them.
    pub async fn hand_in(&self, from: Option<IpAddr>, envelopes: &[HandedIn]) -> Result<(), QuarantineError> {
        let max = limits::ENVELOPES_PER_REQUEST_MAX;
        if envelopes.is_empty() || envelopes.len() > max {
            let text = Text::new(format!("1から{max}通までです"), format!("from 1 to {max} are expected"));
            return Err(Invalid::new("envelopes", "out_of_range", text).into());
        }
        let keys = self.keys().await?;
        let known = |envelope: &HandedIn| keys.iter().find(|key| key.name() == envelope.key);
        if let Some(at) = envelopes.iter().position(|envelope| known(envelope).is_none()) {
            let text = Text::fixed("この連携ハブの鍵ではありません", "no key of this hub");
            return Err(Invalid::new(format!("envelopes[{at}].key"), "unknown_code", text).into());
        }
        let now = self.hub.region().now();
        if !self.hub.region().spend(place_of(from), Asked::Envelope, envelopes.len()).await {
            return Err(QuarantineError::Overloaded);
        }
        let opened = envelopes.iter().filter_map(|envelope| self.open(known(envelope)?, envelope, now)).collect();
        self.keep(opened, now).await
    }

    /// What an envelope holds; `None` whatever is wrong with it.
    fn open(&self, key: &EnvelopeKey, given: &HandedIn, now: Timestamp) -> Option<Quarantined> {
        let (enc, sealed) = (URL_SAFE_NO_PAD.decode(&given.enc).ok()?, URL_SAFE_NO_PAD.decode(&given.text).ok()?);
        let (info, about) = (format!("renkei quarantine {}", given.key), given.id.to_string());
        let envelope = Envelope { encapsulated: &enc, info: info.as_bytes(), about: about.as_bytes(), sealed: &sealed };
        let slip = read_slip(&key.open(&envelope)?)?;
        // INVARIANT: nobody's word but that of this region's own pass says whose a post is.
        let pass = QuarantinePass::parse(self.hub.journal().region(), &slip.pass)?;
        (slip.intent.id.0 == given.id).then(|| Quarantined {
            id: slip.intent.id,
            author: pass.actor,
            sign_in: pass.sign_in,
            timeline: slip.intent.timeline,
            kind: slip.intent.body.kind(),
            written_at: slip.written_at.min(now),
            synced_at: slip.synced_at,
            received_at: now,
            expires_at: now.saturating_add(self.keeps),
            content: slip.content,
        })
    }

    async fn keep(&self, posts: Vec<Quarantined>, now: Timestamp) -> Result<(), QuarantineError> {
        let keep = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                let mut deeds = Vec::new();
                for post in &posts {
                    let author = post.author.person;
                    if tx.count_quarantined(author).await? >= limits::QUARANTINED_PER_AUTHOR_MAX as u64 {
                        return Err(QuarantineError::Overloaded);
                    }
                    if tx.insert_quarantined(post).await? {
                        let (step, reason) = (QuarantineStep::Received, String::new());
                        deeds.push(QuarantineDeed { step, post: post.id, author, reason });
                    }
                }
                let acts = deeds.into_iter().map(|deed| Act { by: By::Hub, deed: Deed::Quarantine(deed) });
                tx.append_acts(now, acts).await?;
                Ok(())
            })
        });
        keep.await
    }

    /// What waits: one's own, with its words; for the secretariat everybody's, of which it sees the headers alone.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, signed_in: &SignedIn) -> Result<Vec<Quarantined>, QuarantineError> {
        self.let_go_of_old().await?;
        let (person, sees_all) = (signed_in.actor.person, is_secretariat(signed_in));
        let max = limits::QUARANTINE_LISTED_MAX;
        let list = self.hub.journal().read(move |tx| {
            Box::pin(async move {
                if sees_all { tx.list_quarantined(max).await } else { tx.list_quarantined_of(person, max).await }
            })
        });
        Ok(list.await?)
    }

    /// Sends a post to the rules as of now, as its author; with their word, or, of an observation, the secretariat's, who
    /// says why.
    ///
    /// # Errors
    /// When it does not wait for them, was written in another role, no reason is given, the rules refuse it, or the store
    /// fails.
    pub async fn release(&self, signed_in: &SignedIn, id: EntryId, reason: String) -> Result<Answer, QuarantineError> {
        let post = self.find(signed_in, id).await?;
        let is_own = post.author.person == signed_in.actor.person;
        if is_own && post.author != signed_in.actor {
            let text = Text::fixed(
                "別の役割で書かれた投稿です。その役割でサインインし直してください",
                "this was written in another role; sign in in that role",
            );
            return Err(QuarantineError::Conflict(text));
        }
        if !is_own && !post.kind.is_observation() {
            let text = Text::fixed("書いた本人だけが送れます", "its author alone can send this");
            return Err(QuarantineError::Conflict(text));
        }
        check_reason(is_own, &reason)?;
        let intent = read_intent(post.timeline, &post.content)?;
        let answer = self.hub.post_and_wait(post.author, intent).await;
        match answer {
            Answer::Refused(refused) if is_own => return Err(QuarantineError::Refused(Box::new(refused))),
            // What the rules say may tell what was written.
            Answer::Refused(_) => {
                let text = Text::fixed("書いた本人の確認が必要です", "its author has to look at it");
                return Err(QuarantineError::Conflict(text));
            }
            Answer::Accepted(_) | Answer::Queued(_) => {}
        }
        self.resolve(signed_in.by(), &post, QuarantineStep::Released, reason).await?;
        Ok(answer)
    }

    /// Lets a post be: its words are gone. Whoever is not its author says why.
    ///
    /// # Errors
    /// When it does not wait for them, no reason is given, or the store fails.
    pub async fn discard(&self, signed_in: &SignedIn, id: EntryId, reason: String) -> Result<(), QuarantineError> {
        let post = self.find(signed_in, id).await?;
        check_reason(post.author.person == signed_in.actor.person, &reason)?;
        self.resolve(signed_in.by(), &post, QuarantineStep::Discarded, reason).await
    }

    async fn find(&self, signed_in: &SignedIn, id: EntryId) -> Result<Quarantined, QuarantineError> {
        self.let_go_of_old().await?;
        let found = self.hub.journal().read(move |tx| Box::pin(async move { tx.find_quarantined(id).await })).await?;
        let is_theirs = |post: &Quarantined| post.author.person == signed_in.actor.person || is_secretariat(signed_in);
        found.filter(is_theirs).ok_or(QuarantineError::NotFound)
    }

    async fn resolve(
        &self,
        by: By,
        post: &Quarantined,
        step: QuarantineStep,
        reason: String,
    ) -> Result<(), QuarantineError> {
        let deed = Deed::Quarantine(QuarantineDeed { step, post: post.id, author: post.author.person, reason });
        let (id, now) = (post.id, self.hub.region().now());
        let resolve = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                // Two may settle it at once, and what the second is told must not be what the first did.
                if !tx.resolve_quarantined(id, step, now).await? {
                    let text = Text::fixed(
                        "ほかの操作で先に片づきました。記録になったかどうか、患者さんの記録で確かめてください",
                        "it was settled in another way meanwhile: look at the patient's record whether it became an entry",
                    );
                    return Err(QuarantineError::Conflict(text));
                }
                tx.append_acts(now, [Act { by, deed }]).await?;
                Ok::<_, QuarantineError>(())
            })
        });
        resolve.await
    }

    /// Empties what nobody released in time.
    async fn let_go_of_old(&self) -> Result<(), QuarantineError> {
        let now = self.hub.region().now();
        let over =
            self.hub.journal().read(move |tx| Box::pin(async move { tx.list_quarantine_over(now).await })).await?;
        if over.is_empty() {
            return Ok(());
        }
        let let_go = self.hub.journal().write(move |tx| {
            Box::pin(async move {
                for (post, author) in over {
                    let (step, reason) = (QuarantineStep::Expired, String::new());
                    let deed = Deed::Quarantine(QuarantineDeed { step, post, author, reason });
                    if tx.resolve_quarantined(post, step, now).await? {
                        tx.append_acts(now, [Act { by: By::Hub, deed }]).await?;
                    }
                }
                Ok::<_, QuarantineError>(())
            })
        });
        let_go.await
    }
}

/// What is done with somebody else's post is done for a reason, which the audit log keeps; its author needs none.
fn check_reason(is_own: bool, reason: &str) -> Result<(), Invalid> {
    let (chars, max) = (reason.chars().count(), limits::QUARANTINE_REASON_CHARS_MAX);
    if !is_own && is_blank(reason) {
        return Err(Invalid::required("reason"));
    }
    if chars > max { Err(Invalid::too_long("reason", max, ("文字", "characters"), chars)) } else { Ok(()) }
}

fn is_secretariat(signed_in: &SignedIn) -> bool {
    signed_in.actor.role == Role::Secretariat
}

/// What an address has of the allowance; all whose address is not known share one.
fn place_of(from: Option<IpAddr>) -> Uuid {
    let address = match from {
        Some(IpAddr::V4(address)) => address.to_ipv6_mapped(),
        // A line of its own has all of the lower half.
        Some(IpAddr::V6(address)) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64),
        None => Ipv6Addr::UNSPECIFIED,
    };
    Uuid::from_u128(address.to_bits())
}
