//! What the audit log seals ↔ bytes: posts that were refused, who wrote for whom, reads, and acts beside the timelines.

use prost::Message as _;

use super::CodecError;
use super::audited_account::{account_deed, account_message};
use super::audited_board::{
    announcement_deed, announcement_message, case_deed, case_message, group_deed, group_message, training_deed,
    training_message,
};
use super::audited_client::{client_deed, client_message};
use super::audited_device::{device_deed, device_message};
use super::audited_keeping::{keeping_deed, keeping_message};
use super::audited_reading::{read_began, read_began_message, read_ended, read_ended_message, use_message, used};
use super::content::{actor, actor_message};
use super::field::{code, code_text, date, each, id, id_text, ids, message, optional_code, optional_id};
use super::proto::store::v1 as stored;
use super::stored::{Refusal, WrittenFor, refusal, refusal_message, written_for, written_for_message};
use crate::domain::act::{Act, By, Deed};
use crate::domain::directory::Position;
use crate::domain::ids::{
    DeviceId, EntryId, OrganisationId, PatientId, PersonId, RulebookVersionId, SignInId, TimelineId,
};
use crate::domain::quarantine::QuarantineDeed;
use crate::domain::reading::{Read, ReadEnded};
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;

/// A record of the audit log, in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audited {
    Refusal(Refusal),
    WrittenFor(WrittenFor),
    Act(Act),
    Read(Read),
    ReadEnded(ReadEnded),
}

/// The bytes of a record.
#[must_use]
pub fn encode_audited(audited: &Audited) -> Vec<u8> {
    use stored::audit_record::What;
    let what = match audited {
        Audited::Refusal(refusal) => What::Refusal(Box::new(refusal_message(refusal))),
        Audited::WrittenFor(written) => What::WrittenFor(Box::new(written_for_message(written))),
        Audited::Act(act) => What::Act(Box::new(act_message(act))),
        Audited::Read(read) => What::ReadBegan(Box::new(read_began_message(read))),
        Audited::ReadEnded(ended) => What::ReadEnded(Box::new(read_ended_message(ended))),
    };
    stored::AuditRecord { what: Some(what) }.encode_to_vec()
}

/// A record.
///
/// # Errors
/// When the bytes are damaged or were written by a newer hub.
pub fn decode_audited(bytes: &[u8]) -> Result<Audited, CodecError> {
    use stored::audit_record::What;
    Ok(match stored::AuditRecord::decode(bytes)?.what {
        Some(What::Refusal(kept)) => Audited::Refusal(refusal(*kept)?),
        Some(What::WrittenFor(kept)) => Audited::WrittenFor(written_for(*kept)?),
        Some(What::Act(kept)) => Audited::Act(act(*kept)?),
        Some(What::ReadBegan(kept)) => Audited::Read(read_began(&kept)?),
        Some(What::ReadEnded(kept)) => Audited::ReadEnded(read_ended(&kept)?),
        None => return Err(Invalid::required("what").into()),
    })
}

fn act_message(act: &Act) -> stored::Act {
    use stored::act::By as Kept;
    let by = match &act.by {
        By::Person(actor) => Kept::Person(actor_message(actor)),
        By::AtDevice(actor, device) => {
            Kept::AtDevice(stored::AtDevice { person: Some(actor_message(actor)), device: id_text(device.0) })
        }
        By::SignedIn(actor, sign_in, device) => Kept::SignedIn(stored::BySignIn {
            person: Some(actor_message(actor)),
            sign_in: id_text(sign_in.0),
            device: device.map(|device| id_text(device.0)).unwrap_or_default(),
        }),
        By::Operator => Kept::Operator(stored::Operator {}),
        By::Hub => Kept::Hub(stored::TheHub {}),
    };
    stored::Act { by: Some(by), deed: Some(deed_message(&act.deed)) }
}

fn deed_message(deed: &Deed) -> stored::act::Deed {
    use stored::act::Deed as Kept;
    match deed {
        Deed::Account(deed) => Kept::AccountActed(account_message(deed)),
        Deed::Device(deed) => Kept::DeviceActed(device_message(deed)),
        Deed::Client(deed) => Kept::ClientActed(client_message(deed)),
        Deed::Keeping(deed) => Kept::KeptSafe(keeping_message(deed)),
        Deed::Quarantine(QuarantineDeed { step, post, author, reason }) => {
            Kept::QuarantineActed(stored::QuarantineActed {
                step: code_text(*step),
                post: id_text(post.0),
                author: id_text(author.0),
                reason: reason.clone(),
            })
        }
        Deed::Queued { post, timeline, digest } => Kept::PostQueued(queued_message(*post, *timeline, digest)),
        Deed::Announcement(deed) => Kept::AnnouncementActed(announcement_message(deed)),
        Deed::Training(deed) => Kept::TrainingActed(training_message(deed)),
        Deed::Case(deed) => Kept::CaseActed(case_message(deed)),
        Deed::Group(deed) => Kept::GroupActed(group_message(deed)),
        Deed::SignInIssued { sign_in, person, position, expires_at, way, device, device_name } => {
            Kept::SignInIssued(stored::SignInIssued {
                sign_in: id_text(sign_in.0),
                person: id_text(person.0),
                position: Some(position_message(*position)),
                expires_at_us: expires_at.as_micros(),
                way: way.map(code_text).unwrap_or_default(),
                device: device.map(|device| id_text(device.0)).unwrap_or_default(),
                device_name: device_name.clone(),
            })
        }
        Deed::AuditUsed { how, filter, reason } => Kept::AuditUsed(use_message(*how, filter, reason)),
        Deed::SignInEnded { sign_in, person, position, why } => Kept::SignInEnded(stored::SignInEnded {
            sign_in: id_text(sign_in.0),
            person: id_text(person.0),
            position: Some(position_message(*position)),
            why: code_text(*why),
        }),
        Deed::OrganisationKept { organisation, kind, active, is_new } => {
            Kept::OrganisationKept(stored::OrganisationKept {
                organisation: id_text(organisation.0),
                kind: code_text(*kind),
                active: *active,
                is_new: *is_new,
            })
        }
        Deed::RulebookMoved { version, step, fingerprint, said } => Kept::RulebookMoved(stored::RulebookMoved {
            version: id_text(version.0),
            step: code_text(*step),
            fingerprint: fingerprint.clone(),
            said: said.clone(),
        }),
        Deed::DutyClockReleased { stopped_at } => {
            Kept::DutyClockReleased(stored::DutyClockReleased { stopped_at_us: stopped_at.as_micros() })
        }
        Deed::PersonKept { person, positions, active, is_new } => Kept::PersonKept(stored::PersonKept {
            person: id_text(person.0),
            positions: positions.iter().copied().map(position_message).collect(),
            active: *active,
            is_new: *is_new,
        }),
        Deed::EmergencySearch { name, birth_date, found } => Kept::EmergencySearch(stored::EmergencySearch {
            name: name.clone(),
            birth_date: birth_date.to_string(),
            found: found.iter().map(|patient| id_text(patient.0)).collect(),
        }),
    }
}

fn act(kept: stored::Act) -> Result<Act, Invalid> {
    use stored::act::By as Kept;
    let by = match kept.by.ok_or_else(|| Invalid::required("by"))? {
        Kept::Person(sent) => By::Person(actor(&sent)?),
        Kept::AtDevice(kept) => {
            let sent = kept.person.ok_or_else(|| Invalid::required("by.person"))?;
            By::AtDevice(actor(&sent)?, id("by.device", &kept.device, DeviceId)?)
        }
        Kept::SignedIn(kept) => {
            let sent = kept.person.ok_or_else(|| Invalid::required("by.person"))?;
            let device = optional_id("by.device", &kept.device, DeviceId)?;
            By::SignedIn(actor(&sent)?, id("by.sign_in", &kept.sign_in, SignInId)?, device)
        }
        Kept::Operator(_) => By::Operator,
        Kept::Hub(_) => By::Hub,
    };
    Ok(Act { by, deed: message("deed", kept.deed, deed)? })
}

fn deed(kept: stored::act::Deed) -> Result<Deed, Invalid> {
    use stored::act::Deed as Kept;
    Ok(match kept {
        Kept::SignInIssued(kept) => Deed::SignInIssued {
            sign_in: id("sign_in", &kept.sign_in, SignInId)?,
            person: id("person", &kept.person, PersonId)?,
            position: message("position", kept.position, position)?,
            expires_at: Timestamp(kept.expires_at_us),
            way: optional_code("way", &kept.way)?,
            device: match kept.device.as_str() {
                "" => None,
                device => Some(id("device", device, DeviceId)?),
            },
            device_name: kept.device_name,
        },
        Kept::AuditUsed(kept) => used(kept)?,
        Kept::AccountActed(kept) => Deed::Account(account_deed(kept)?),
        Kept::DeviceActed(kept) => Deed::Device(device_deed(kept)?),
        Kept::ClientActed(kept) => Deed::Client(client_deed(kept)?),
        Kept::AnnouncementActed(kept) => Deed::Announcement(announcement_deed(&kept)?),
        Kept::TrainingActed(kept) => Deed::Training(training_deed(kept)?),
        Kept::CaseActed(kept) => Deed::Case(case_deed(&kept)?),
        Kept::GroupActed(kept) => Deed::Group(group_deed(&kept)?),
        Kept::KeptSafe(kept) => Deed::Keeping(keeping_deed(kept)?),
        Kept::QuarantineActed(kept) => Deed::Quarantine(QuarantineDeed {
            step: code("step", &kept.step)?,
            post: id("post", &kept.post, EntryId)?,
            author: id("author", &kept.author, PersonId)?,
            reason: kept.reason,
        }),
        Kept::PostQueued(kept) => queued(&kept)?,
        Kept::SignInEnded(kept) => Deed::SignInEnded {
            sign_in: id("sign_in", &kept.sign_in, SignInId)?,
            person: id("person", &kept.person, PersonId)?,
            position: message("position", kept.position, position)?,
            why: code("why", &kept.why)?,
        },
        Kept::OrganisationKept(kept) => Deed::OrganisationKept {
            organisation: id("organisation", &kept.organisation, OrganisationId)?,
            kind: code("kind", &kept.kind)?,
            active: kept.active,
            is_new: kept.is_new,
        },
        Kept::RulebookMoved(kept) => Deed::RulebookMoved {
            version: id("version", &kept.version, RulebookVersionId)?,
            step: code("step", &kept.step)?,
            fingerprint: kept.fingerprint,
            said: kept.said,
        },
        Kept::DutyClockReleased(kept) => Deed::DutyClockReleased { stopped_at: Timestamp(kept.stopped_at_us) },
        Kept::PersonKept(kept) => Deed::PersonKept {
            person: id("person", &kept.person, PersonId)?,
            positions: each("positions", kept.positions, position)?,
            active: kept.active,
            is_new: kept.is_new,
        },
        Kept::EmergencySearch(kept) => Deed::EmergencySearch {
            name: kept.name,
            birth_date: date("birth_date", &kept.birth_date)?,
            found: ids("found", &kept.found, PatientId)?,
        },
    })
}

fn queued_message(post: EntryId, timeline: TimelineId, digest: &[u8; 32]) -> stored::PostQueued {
    stored::PostQueued { post: id_text(post.0), timeline: id_text(timeline.0), digest: digest.to_vec().into() }
}

fn queued(kept: &stored::PostQueued) -> Result<Deed, Invalid> {
    Ok(Deed::Queued {
        post: id("post", &kept.post, EntryId)?,
        timeline: id("timeline", &kept.timeline, TimelineId)?,
        digest: kept.digest[..].try_into().map_err(|_| Invalid::required("digest"))?,
    })
}

fn position_message(position: Position) -> stored::Position {
    stored::Position { role: code_text(position.role), organisation: id_text(position.organisation.0) }
}

fn position(kept: stored::Position) -> Result<Position, Invalid> {
    Ok(Position {
        role: code("role", &kept.role)?,
        organisation: id("organisation", &kept.organisation, OrganisationId)?,
    })
}
