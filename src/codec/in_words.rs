//! Rules in words ↔ messages: holds, duties and advice as people are told of them.

use super::mapped::{Mapped, mapped};
use super::proto::v1;
use crate::domain::entry::WrittenReason;
use crate::domain::in_words::{Hold, Missing, RuleInWords};
use crate::domain::text::{Invalid, Text};

mapped! {
    RuleInWords { citation, title, says, audience, strength, }
    WrittenReason { rule, text, }
}

impl Mapped for Text {
    type Sent = Option<v1::Text>;

    fn read(sent: Self::Sent) -> Result<Self, Invalid> {
        let sent = sent.unwrap_or_default();
        Ok(Self::new(sent.ja, sent.en))
    }

    fn sent(&self) -> Self::Sent {
        Some(v1::Text { ja: self.ja.to_string(), en: self.en.to_string() })
    }
}

impl Mapped for Missing {
    type Sent = v1::hold::Missing;

    fn read(sent: Self::Sent) -> Result<Self, Invalid> {
        Ok(Self { wanted: Mapped::read(sent.wanted)?, now: Mapped::read(sent.now)? })
    }

    fn sent(&self) -> Self::Sent {
        v1::hold::Missing { wanted: self.wanted.sent(), now: self.now.sent() }
    }
}

impl Mapped for Hold {
    type Sent = v1::Hold;

    fn read(sent: v1::Hold) -> Result<Self, Invalid> {
        let missing: Result<_, Invalid> = sent.missing.into_iter().map(|all| Mapped::read(all.all)).collect();
        let exceptions: Result<_, Invalid> = sent.exceptions.into_iter().map(|text| Text::read(Some(text))).collect();
        Ok(Self {
            citation: sent.citation,
            title: Mapped::read(sent.title)?,
            reason: Mapped::read(sent.reason)?,
            missing: missing?,
            exceptions: exceptions?,
            reason_ok: sent.reason_ok,
        })
    }

    fn sent(&self) -> v1::Hold {
        v1::Hold {
            citation: self.citation.clone(),
            title: self.title.sent(),
            reason: self.reason.sent(),
            missing: self.missing.iter().map(|all| v1::hold::Requirement { all: all.sent() }).collect(),
            exceptions: self.exceptions.iter().filter_map(Mapped::sent).collect(),
            reason_ok: self.reason_ok,
        }
    }
}

/// A list of them in a frame.
pub fn holds_message(holds: &[Hold]) -> Vec<v1::Hold> {
    holds.iter().map(Mapped::sent).collect()
}

/// What [`holds_message`] wrote.
///
/// # Errors
/// None that this version knows.
pub fn holds(sent: Vec<v1::Hold>) -> Result<Vec<Hold>, Invalid> {
    Mapped::read(sent)
}

/// A list of them in a frame.
pub fn words_message(words: &[RuleInWords]) -> Vec<v1::RuleInWords> {
    words.iter().map(Mapped::sent).collect()
}

/// What [`words_message`] wrote.
///
/// # Errors
/// None that this version knows.
pub fn words(sent: Vec<v1::RuleInWords>) -> Result<Vec<RuleInWords>, Invalid> {
    Mapped::read(sent)
}
