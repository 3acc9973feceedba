//! Registration and team link ↔ messages: their fields do not correspond one to one.

use super::super::field::{code, date, message, shortened, unexpected};
use super::super::mapped::Mapped;
use super::super::proto::v1;
use crate::domain::patient::{HumanName, Registration};
use crate::domain::team::{History, TeamLink};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;

impl Mapped for Registration {
    type Sent = v1::Registration;

    fn read(sent: v1::Registration) -> Result<Self, Invalid> {
        let name = message("name", sent.name, |name| Ok(HumanName { kanji: name.kanji, kana: name.kana }))?;
        Ok(Self {
            name,
            birth_date: date("birth_date", &sent.birth_date)?,
            sex: code("sex", &sent.sex)?,
            identifiers: field("identifiers", sent.identifiers)?,
            in_facility: sent.in_facility,
            for_training: sent.for_training,
            agreed_by: field("agreed_by", sent.agreed_by)?,
            agreed_on_paper: sent.agreed_on_paper,
            document: sent.document,
            attachments: field("attachments", sent.attachments)?,
        })
    }

    fn sent(&self) -> v1::Registration {
        v1::Registration {
            name: Some(v1::HumanName { kanji: self.name.kanji.clone(), kana: self.name.kana.clone() }),
            birth_date: self.birth_date.sent(),
            sex: self.sex.sent(),
            identifiers: self.identifiers.sent(),
            in_facility: self.in_facility,
            for_training: self.for_training,
            agreed_by: self.agreed_by.sent(),
            agreed_on_paper: self.agreed_on_paper.clone(),
            document: self.document.clone(),
            attachments: self.attachments.sent(),
        }
    }
}

pub(in super::super) fn registration(sent: v1::Registration) -> Result<Registration, Invalid> {
    Mapped::read(sent)
}

pub(in super::super) fn registration_message(body: &Registration) -> v1::Registration {
    body.sent()
}

impl Mapped for TeamLink {
    type Sent = v1::TeamLink;

    fn read(sent: v1::TeamLink) -> Result<Self, Invalid> {
        Ok(Self {
            organisation: field("organisation", sent.organisation)?,
            people: field("people", sent.people)?,
            host: sent.host,
            history: history(&sent.history, sent.history_from_us)?,
            relation_confirmed: sent.relation_confirmed,
        })
    }

    fn sent(&self) -> v1::TeamLink {
        let (history, history_from_us) = match self.history {
            History::All => ("all", None),
            History::From(from) => ("from", Some(from.as_micros())),
            History::Nothing => ("nothing", None),
        };
        v1::TeamLink {
            organisation: self.organisation.sent(),
            people: self.people.sent(),
            host: self.host,
            history: history.to_owned(),
            history_from_us,
            relation_confirmed: self.relation_confirmed,
        }
    }
}

const HISTORY_CODES: [&str; 3] = ["all", "from", "nothing"];

/// Required without a default: it opens the past to somebody new.
fn history(code: &str, from_us: Option<i64>) -> Result<History, Invalid> {
    match (code, from_us) {
        ("from", Some(from)) => Ok(History::From(Timestamp(from))),
        ("from", None) => Err(Invalid::required("history_from_us")),
        ("all" | "nothing", Some(_)) => Err(unexpected(
            "history_from_us",
            Text::fixed("history が from のときだけ指定できます", "only with history \"from\""),
        )),
        ("all", None) => Ok(History::All),
        ("nothing", None) => Ok(History::Nothing),
        ("", _) => Err(Invalid::required("history")),
        (given, _) => Err(Invalid::unknown_code("history", &shortened(given), &HISTORY_CODES)),
    }
}

fn field<T: Mapped>(name: &'static str, sent: T::Sent) -> Result<T, Invalid> {
    T::read(sent).map_err(|invalid| invalid.within(name))
}
