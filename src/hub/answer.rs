//! The answer to one post: accepted, refused with reasons, or held in the linking queue.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::outbox::{Item, Outbox};
use crate::domain::alarm::Alarm;
use crate::domain::body::Body;
use crate::domain::entry::Entry;
use crate::domain::ids::{EntryId, Seq, TimelineId};
use crate::domain::in_words::Hold;
use crate::domain::ruling::Ruling;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;

/// What became of a post.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Accepted(Accepted),
    Refused(Refused),
    Queued(Queued),
}

/// The entry is durable.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    pub id: EntryId,
    pub timeline: TimelineId,
    pub seq: Seq,
    pub recorded_at: Timestamp,
    pub ruling: Ruling,
    pub alarms: Vec<Alarm>,
    /// What drew advice or opened duties, to tell them in words with what it says; `None` where nothing did.
    pub told_of: Option<Box<Body>>,
    /// Whether this id had been accepted before: the first answer again.
    pub repeated: bool,
}

/// Nothing changed; the id may be sent again.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    pub id: EntryId,
    pub code: &'static str,
    /// The field at fault, if it is one.
    pub field: Option<String>,
    pub reasons: Vec<Text>,
    pub cited: Vec<Arc<str>>,
    /// Whether the same post may succeed later without change.
    pub retry: bool,
    /// The gates that hold it, in words.
    pub holds: Vec<Hold>,
}

/// The post waits, sealed, in the secretariat's linking queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Queued {
    pub id: EntryId,
    pub timeline: TimelineId,
    pub reasons: Vec<Text>,
    pub cited: Vec<Arc<str>>,
}

impl Accepted {
    /// The answer that goes with this entry.
    #[must_use]
    pub fn of(entry: &Entry, repeated: bool) -> Self {
        Self {
            id: entry.id,
            timeline: entry.timeline,
            seq: entry.seq,
            recorded_at: entry.recorded_at,
            ruling: entry.ruling.clone(),
            alarms: entry.alarms.clone(),
            told_of: (!entry.ruling.advice().is_empty() || !entry.ruling.opened().is_empty())
                .then(|| Box::new(entry.body.clone())),
            repeated,
        }
    }
}

impl Refused {
    /// The patient is unknown, or hidden from the actor: both look the same.
    #[must_use]
    pub fn not_found(id: EntryId) -> Self {
        Self::plain(id, "not_found", Text::fixed("この患者は見つかりません", "no such patient"), false)
    }

    /// The id was accepted before with another body.
    #[must_use]
    pub fn conflict(id: EntryId) -> Self {
        Self::plain(
            id,
            "conflict",
            Text::fixed("同じIDで別の内容がすでに記録されています", "another entry was recorded under this id"),
            false,
        )
    }

    /// A post that no rulebook could make sense of.
    #[must_use]
    pub fn invalid(id: EntryId, invalid: Invalid) -> Self {
        Self {
            id,
            code: invalid.code,
            field: Some(invalid.field),
            reasons: vec![invalid.message],
            cited: Vec::new(),
            retry: false,
            holds: Vec::new(),
        }
    }

    /// An answer that cites no rule.
    #[must_use]
    pub fn plain(id: EntryId, code: &'static str, reason: Text, retry: bool) -> Self {
        Self { id, code, field: None, reasons: vec![reason], cited: Vec::new(), retry, holds: Vec::new() }
    }

    /// The answer to its commit was lost: it may be stored, and sent again it is stored once.
    #[must_use]
    pub fn uncertain(id: EntryId) -> Self {
        Self::plain(
            id,
            "unavailable",
            Text::fixed(
                "保存されたか確認できません。同じIDのまま再送してください。二重には記録されません",
                "whether this was stored is not known; please send it again under the same id, it is stored once",
            ),
            true,
        )
    }

    /// The secretariat took it out of the linking queue.
    #[must_use]
    pub fn dismissed(id: EntryId) -> Self {
        Self::plain(
            id,
            "dismissed",
            Text::fixed(
                "連携事務局がこの記録を記録しないと決めました",
                "the secretariat decided that this post does not become an entry",
            ),
            false,
        )
    }

    /// The author leaves more than the hub keeps for them; nothing was stored.
    #[must_use]
    pub fn overloaded(id: EntryId) -> Self {
        Self::plain(
            id,
            "overloaded",
            Text::fixed(
                "紐付けを待つ記録が多すぎます。保存されていません。しばらくして再送してください",
                "too many records wait for a link; nothing was stored, please send again later",
            ),
            true,
        )
    }

    /// The journal cannot take entries at the moment; nothing was stored.
    #[must_use]
    pub fn unavailable(id: EntryId) -> Self {
        Self::plain(
            id,
            "unavailable",
            Text::fixed(
                "いまは記録を保存できません。保存されていません。しばらくして再送してください",
                "the hub cannot store entries at the moment; nothing was stored, please send again later",
            ),
            true,
        )
    }
}

/// Where the answer goes.
#[derive(Debug)]
pub enum Reply {
    /// To the socket it came from.
    Session(Arc<Outbox>),
    /// To one caller that waits.
    Once(oneshot::Sender<Answer>),
}

impl Reply {
    /// Hands the answer over. A caller that went away does not need it: what was accepted is in the journal.
    pub fn send(self, answer: Answer) {
        match self {
            Self::Session(outbox) => outbox.push(Item::Answer(Box::new(answer))),
            Self::Once(sender) => drop(sender.send(answer)),
        }
    }
}
