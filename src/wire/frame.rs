//! The frames in the domain's words. `client.rs` and `server.rs` read and write them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::codes::CloseCode;
use crate::codec::EncodedEntry;
use crate::domain::alarm::Alarm;
use crate::domain::directory::Actor;
use crate::domain::duty::DutyId;
use crate::domain::entry::Intent;
use crate::domain::ids::{EntryId, PersonId, Seq, SignInId, TimelineId};
use crate::domain::in_words::{Hold, NoticeOf, RuleInWords};
use crate::domain::list::closed_list;
use crate::domain::ruling::Ruling;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;

closed_list! {
    /// The language a reader prefers.
    Language {
        Japanese = "ja", "日本語", "Japanese";
        English = "en", "英語", "English";
    }
}

/// A frame from a client. What each means stands in `frames.proto`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientFrame {
    Hello(Hello),
    Subscribe {
        /// The cursors: timeline, and the last `seq` the reader has of it.
        timelines: Vec<(TimelineId, Seq)>,
        all_mine: bool,
    },
    Unsubscribe {
        timelines: Vec<TimelineId>,
    },
    Post(Intent),
    DryRun(Intent),
    MarkRead {
        timeline: TimelineId,
        through: Seq,
    },
    Heartbeat,
}

/// The first frame of a client.
#[derive(Clone, PartialEq, Eq)]
pub struct Hello {
    /// The highest version that the client speaks.
    pub version: u32,
    /// A secret until it is used.
    pub ticket: String,
    pub client: String,
    pub language: Language,
}

impl fmt::Debug for Hello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hello").field("version", &self.version).field("client", &self.client).finish_non_exhaustive()
    }
}

/// A frame from the hub. What each means stands in `frames.proto`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerFrame {
    Welcome(Welcome),
    Subscribed {
        timeline: TimelineId,
        after: Seq,
        head: Seq,
    },
    Delivery {
        after: Seq,
        entry: EncodedEntry,
    },
    CaughtUp {
        timeline: TimelineId,
        through: Seq,
    },
    Accepted(Accepted),
    Refused(Refused),
    Queued {
        id: EntryId,
        timeline: TimelineId,
        reasons: Vec<Text>,
        cited: Vec<Arc<str>>,
    },
    DryRunResult(DryRunResult),
    Heartbeat {
        server_time: Timestamp,
        through: Vec<(TimelineId, Seq)>,
    },
    Presence {
        timeline: TimelineId,
        people: Vec<Actor>,
    },
    ReadMarker {
        timeline: TimelineId,
        person: PersonId,
        through: Seq,
        at: Timestamp,
    },
    Forget {
        timeline: TimelineId,
        /// `None`: the whole timeline.
        entry: Option<EntryId>,
        reason: Text,
    },
    Notice(Box<Notice>),
    Error(ErrorNotice),
    Goodbye(Goodbye),
}

/// The answer to `hello`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Welcome {
    pub version: u32,
    pub sign_in: SignInId,
    pub actor: Actor,
    pub heartbeat_ms: u32,
    pub authenticated_until: Timestamp,
    pub frame_bytes_max: u32,
    pub posts_in_flight_max: u32,
    pub server_time: Timestamp,
}

/// The post is on its timeline, durably.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub id: EntryId,
    pub timeline: TimelineId,
    pub seq: Seq,
    pub recorded_at: Timestamp,
    /// The rules by which it was accepted, and what came of it; without slots.
    pub ruling: Ruling,
    /// The rules whose duties were opened and whose advice is given, in words.
    pub words: Vec<RuleInWords>,
    /// Whether this is the first answer again.
    pub repeated: bool,
    pub alarms: Vec<Alarm>,
}

/// The post was not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub id: EntryId,
    /// Of [`super::codes::Code`], or a reason code of the rulebook.
    pub code: Cow<'static, str>,
    /// Dotted path in the names of the proto files, or empty.
    pub field: String,
    pub reasons: Vec<Text>,
    pub cited: Vec<Arc<str>>,
    /// Whether the same post may succeed later without any change.
    pub retry: bool,
    /// The gates that hold it.
    pub holds: Vec<Hold>,
}

closed_list! {
    /// What would become of a post.
    Verdict {
        Accepted = "accepted", "登録されます", "would be accepted";
        Refused = "refused", "登録されません", "would be refused";
        Queued = "queued", "紐付け待ちになります", "would wait for linking";
    }
}

/// What a post would cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DryRunResult {
    pub id: EntryId,
    pub verdict: Verdict,
    pub code: Cow<'static, str>,
    pub field: String,
    pub reasons: Vec<Text>,
    pub cited: Vec<Arc<str>>,
    pub alarms: Vec<Alarm>,
    /// With "accepted": the ruling it would get, without slots.
    pub ruling: Ruling,
    pub holds: Vec<Hold>,
    pub words: Vec<RuleInWords>,
}

/// Something concerns the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub of: NoticeOf,
    pub timeline: TimelineId,
    pub entry: EntryId,
    /// `None` for advice.
    pub duty: Option<DutyId>,
    pub due: Option<Timestamp>,
    pub words: Option<RuleInWords>,
    /// Those on call for it at the reader's organisation.
    pub on_call: Vec<PersonId>,
}

/// A frame that could not be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorNotice {
    pub code: Cow<'static, str>,
    pub field: String,
    pub message: Text,
    /// Id of the intent or timeline it is about, or empty.
    pub about: String,
}

/// The last frame before the close.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goodbye {
    pub close: CloseCode,
    pub reason: Text,
    /// 0: at once, or never where the close code is final.
    pub retry_after_ms: u32,
}

impl From<CloseCode> for Goodbye {
    fn from(close: CloseCode) -> Self {
        Self { close, reason: close.text(), retry_after_ms: 0 }
    }
}
