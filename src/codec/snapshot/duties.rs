//! The ledger of duties ↔ messages: in the snapshot, and one by one for the projection.

use prost::Message;

use super::super::CodecError;
use super::super::field::{code_text, each, id_text, message};
use super::super::mapped::Mapped;
use super::super::proto::store::v1 as stored;
use super::super::stored::{scope, scope_message};
use crate::domain::duties::{Duties, Duty, Ended, Standing};
use crate::domain::ids::EntryId;
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;

/// The bytes of a duty, for the projection.
#[must_use]
pub fn encode_duty(duty: &Duty) -> Vec<u8> {
    duty_message(duty).encode_to_vec()
}

/// A duty of the projection.
///
/// # Errors
/// When the bytes are damaged.
pub fn decode_duty(bytes: &[u8]) -> Result<Duty, CodecError> {
    Ok(duty(stored::KeptDuty::decode(bytes)?)?)
}

pub(super) fn duties_message(duties: &Duties) -> Vec<stored::KeptDuty> {
    duties.iter().map(duty_message).collect()
}

pub(super) fn duties(kept: Vec<stored::KeptDuty>, away_since: Option<i64>) -> Result<Duties, Invalid> {
    let all = each("duties", kept, duty)?.into_iter().map(|duty| (duty.opened.id, duty)).collect();
    Ok(Duties { all, away_since: away_since.map(Timestamp) })
}

fn duty_message(duty: &Duty) -> stored::KeptDuty {
    let (stands, escalated) = match duty.stands {
        // What rests or ended is kept apart from how far it had come.
        Standing::Open | Standing::Paused | Standing::Ended(_) => ("open", 0),
        Standing::Snoozed => ("snoozed", 0),
        Standing::Overdue => ("overdue", 0),
        Standing::Escalated(told) => ("escalated", told),
    };
    let (ended, closed) = match duty.ended {
        None => ("", String::new()),
        Some(Ended::Met) => ("met", String::new()),
        Some(Ended::Declined) => ("declined", String::new()),
        Some(Ended::Waived) => ("waived", String::new()),
        Some(Ended::Closed(reason)) => ("closed", code_text(reason)),
    };
    stored::KeptDuty {
        opened: Some(duty.opened.sent()),
        cause: duty.cause.sent(),
        scope: duty.scope.as_ref().map(scope_message),
        opened_at_us: duty.opened_at.as_micros(),
        debtors: duty.debtors.sent(),
        due_us: duty.due.as_micros(),
        round: duty.round,
        reminded: duty.reminded,
        overdue_at_us: duty.overdue_at.map(Timestamp::as_micros),
        paused_since_us: duty.paused_since.map(Timestamp::as_micros),
        cannot_go_at_us: duty.cannot_go_at.map(Timestamp::as_micros),
        stands: stands.to_owned(),
        escalated,
        closed,
        ended_by: duty.ended_by.map(|(by, _)| id_text(by.0)).unwrap_or_default(),
        ended_at_us: duty.ended_by.map_or(0, |(_, at)| at.as_micros()),
        in_place_of: duty.in_place_of.sent(),
        inherited: duty.inherited,
        ended: ended.to_owned(),
    }
}

fn duty(kept: stored::KeptDuty) -> Result<Duty, Invalid> {
    let stands = match kept.stands.as_str() {
        "open" => Standing::Open,
        "snoozed" => Standing::Snoozed,
        "overdue" => Standing::Overdue,
        "escalated" => Standing::Escalated(kept.escalated),
        other => return Err(Invalid::unknown_code("stands", other, &STANDS)),
    };
    let ended = match kept.ended.as_str() {
        "" => None,
        "met" => Some(Ended::Met),
        "declined" => Some(Ended::Declined),
        "waived" => Some(Ended::Waived),
        "closed" => Some(Ended::Closed(within("closed", Mapped::read(kept.closed))?)),
        other => return Err(Invalid::unknown_code("ended", other, &ENDS)),
    };
    let ended_by: Option<EntryId> = within("ended_by", Mapped::read(kept.ended_by))?;
    Ok(Duty {
        opened: message("opened", kept.opened, Mapped::read)?,
        cause: within("cause", Mapped::read(kept.cause))?,
        scope: within("scope", kept.scope.map(scope).transpose())?,
        opened_at: Timestamp(kept.opened_at_us),
        debtors: within("debtors", Mapped::read(kept.debtors))?,
        in_place_of: within("in_place_of", Mapped::read(kept.in_place_of))?,
        inherited: kept.inherited,
        due: Timestamp(kept.due_us),
        round: kept.round,
        reminded: kept.reminded,
        overdue_at: kept.overdue_at_us.map(Timestamp),
        cannot_go_at: kept.cannot_go_at_us.map(Timestamp),
        paused_since: kept.paused_since_us.map(Timestamp),
        stands,
        ended,
        ended_by: ended_by.map(|by| (by, Timestamp(kept.ended_at_us))),
    })
}

const STANDS: [&str; 4] = ["open", "snoozed", "overdue", "escalated"];
const ENDS: [&str; 4] = ["met", "declined", "waived", "closed"];

fn within<T>(field: &'static str, read: Result<T, Invalid>) -> Result<T, Invalid> {
    read.map_err(|invalid| invalid.within(field))
}
