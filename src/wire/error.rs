//! A frame that cannot be taken, and the frame that says so.

use super::codes::Code;
use super::frame::{DryRunResult, ErrorNotice, Refused, ServerFrame, Verdict};
use crate::codec::Encoding;
use crate::domain::ids::EntryId;
use crate::domain::ruling::Ruling;
use crate::domain::text::{Invalid, Text};

/// Why a frame cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{invalid}")]
pub struct FrameError {
    /// What is wrong, and where: `post.intent.body.vital.measurements[0].value`.
    pub invalid: Invalid,
    /// The post in the frame, where its id can be read.
    pub about: Option<About>,
}

/// Which post a frame was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Post(EntryId),
    DryRun(EntryId),
}

impl FrameError {
    /// A text message on a binary subprotocol, or the other way round.
    #[must_use]
    pub fn wrong_message_type(encoding: Encoding) -> Self {
        let (ja, en) = if encoding.is_text() { ("テキスト", "text") } else { ("バイナリ", "binary") };
        let name = encoding.subprotocol();
        let message =
            Text::new(format!("{name} では{ja}メッセージで送ってください"), format!("{name} takes {en} messages"));
        Invalid::new("", Code::Malformed.code(), message).into()
    }

    /// The answer: to the post where there is one, else an `error`.
    #[must_use]
    pub fn into_frame(self) -> ServerFrame {
        let Invalid { field, code, message } = self.invalid;
        match self.about {
            Some(About::Post(id)) => ServerFrame::Refused(Refused {
                id,
                code: code.into(),
                field,
                reasons: vec![message],
                cited: Vec::new(),
                retry: false,
                holds: Vec::new(),
            }),
            Some(About::DryRun(id)) => ServerFrame::DryRunResult(DryRunResult {
                id,
                verdict: Verdict::Refused,
                code: code.into(),
                field,
                reasons: vec![message],
                cited: Vec::new(),
                alarms: Vec::new(),
                ruling: Ruling::default(),
                holds: Vec::new(),
                words: Vec::new(),
            }),
            None => ServerFrame::Error(ErrorNotice { code: code.into(), field, message, about: String::new() }),
        }
    }
}

impl From<Invalid> for FrameError {
    fn from(invalid: Invalid) -> Self {
        Self { invalid, about: None }
    }
}

impl From<FrameError> for ErrorNotice {
    fn from(error: FrameError) -> Self {
        let about = match error.about {
            Some(About::Post(id) | About::DryRun(id)) => id.to_string(),
            None => String::new(),
        };
        let Invalid { field, code, message } = error.invalid;
        Self { code: code.into(), field, message, about }
    }
}
