//! Reads, and uses of the audit log itself ↔ the messages that the audit log seals. Called by `audited.rs`.

use uuid::Uuid;

use super::content::{actor, actor_message};
use super::field::{code, code_text, id, id_text, message, optional_code, optional_id};
use super::proto::store::v1 as stored;
use crate::domain::act::Deed;
use crate::domain::attachment::ContentHash;
use crate::domain::audit::{AuditFilter, AuditUse};
use crate::domain::ids::{EntryId, OrganisationId, PatientId, PersonId, Seq, SignInId};
use crate::domain::reading::{Read, ReadEnded, ReadOf};
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;

pub(super) fn read_began_message(read: &Read) -> stored::ReadBegan {
    stored::ReadBegan {
        grant: id_text(read.grant),
        reader: Some(actor_message(&read.reader)),
        sign_in: id_text(read.sign_in.0),
        scope: code_text(read.of.scope),
        file: read.of.file.map(|file| file.to_string()).unwrap_or_default(),
        from: read.from.0,
        through: read.through.map(|seq| seq.0),
        why: code_text(read.why),
        access: read.access.map(|entry| id_text(entry.0)).unwrap_or_default(),
    }
}

pub(super) fn read_began(kept: &stored::ReadBegan) -> Result<Read, Invalid> {
    Ok(Read {
        grant: id("grant", &kept.grant, |id: Uuid| id)?,
        reader: message("reader", kept.reader.as_ref(), actor)?,
        sign_in: id("sign_in", &kept.sign_in, SignInId)?,
        of: ReadOf { scope: code("scope", &kept.scope)?, file: file("file", &kept.file)? },
        from: Seq(kept.from),
        through: kept.through.map(Seq),
        why: code("why", &kept.why)?,
        access: optional_id("access", &kept.access, EntryId)?,
    })
}

fn file(field: &'static str, given: &str) -> Result<Option<ContentHash>, Invalid> {
    if given.is_empty() {
        return Ok(None);
    }
    let expected = Text::fixed("SHA-256（16進64桁）です", "a SHA-256 of 64 hexadecimal digits is expected");
    given.parse().map(Some).map_err(|_| Invalid::new(field, "bad_hash", expected))
}

pub(super) fn read_ended_message(ended: &ReadEnded) -> stored::ReadEnded {
    stored::ReadEnded {
        grant: id_text(ended.grant),
        reader: Some(actor_message(&ended.reader)),
        sign_in: id_text(ended.sign_in.0),
        through: ended.through.0,
    }
}

pub(super) fn read_ended(kept: &stored::ReadEnded) -> Result<ReadEnded, Invalid> {
    Ok(ReadEnded {
        grant: id("grant", &kept.grant, |id: Uuid| id)?,
        reader: message("reader", kept.reader.as_ref(), actor)?,
        sign_in: id("sign_in", &kept.sign_in, SignInId)?,
        through: Seq(kept.through),
    })
}

pub(super) fn use_message(how: AuditUse, filter: &AuditFilter, reason: &str) -> stored::AuditUsed {
    let text = |id: Option<Uuid>| id.map(id_text).unwrap_or_default();
    stored::AuditUsed {
        how: code_text(how),
        patient: text(filter.patient.map(|id| id.0)),
        person: text(filter.person.map(|id| id.0)),
        organisation: text(filter.organisation.map(|id| id.0)),
        kind: filter.kind.map(code_text).unwrap_or_default(),
        from_us: filter.from.map(Timestamp::as_micros),
        until_us: filter.until.map(Timestamp::as_micros),
        reason: reason.to_owned(),
    }
}

pub(super) fn used(kept: stored::AuditUsed) -> Result<Deed, Invalid> {
    let filter = AuditFilter {
        patient: optional_id("patient", &kept.patient, PatientId)?,
        person: optional_id("person", &kept.person, PersonId)?,
        organisation: optional_id("organisation", &kept.organisation, OrganisationId)?,
        kind: optional_code("kind", &kept.kind)?,
        from: kept.from_us.map(Timestamp),
        until: kept.until_us.map(Timestamp),
    };
    Ok(Deed::AuditUsed { how: code("how", &kept.how)?, filter: Box::new(filter), reason: kept.reason })
}

#[cfg(test)]
mod tests {
    use super::super::{Audited, decode_audited, encode_audited};
    use super::*;
    use crate::domain::act::{Act, By};
    use crate::domain::audit::AuditKind;
    use crate::domain::directory::Actor;
    use crate::domain::reading::{ReadScope, ReadWhy};
    use crate::domain::role::{OrganisationType, Role};

    fn nurse() -> Actor {
        Actor {
            person: PersonId(Uuid::from_u128(1)),
            role: Role::Nurse,
            organisation: OrganisationId(Uuid::from_u128(2)),
            organisation_type: OrganisationType::NursingStation,
        }
    }

    #[test]
    fn reads_and_uses_of_the_log_come_back_as_they_were_kept() {
        let (grant, sign_in) = (Uuid::from_u128(3), SignInId(Uuid::from_u128(4)));
        let mut kept = Vec::new();
        for (scope, why) in ReadScope::ALL.iter().zip(ReadWhy::ALL.iter().cycle()) {
            let file = (*scope == ReadScope::File).then_some(ContentHash([9; 32]));
            let (from, through) = (Seq(3), file.map(|_| Seq(0)));
            let access = (*why == ReadWhy::Emergency).then_some(EntryId(Uuid::from_u128(5)));
            let of = ReadOf { scope: *scope, file };
            kept.push(Audited::Read(Read { grant, reader: nurse(), sign_in, of, from, through, why: *why, access }));
        }
        kept.push(Audited::ReadEnded(ReadEnded { grant, reader: nurse(), sign_in, through: Seq(9) }));
        let some = AuditFilter {
            patient: Some(PatientId(grant)),
            person: Some(nurse().person),
            organisation: Some(nurse().organisation),
            kind: Some(AuditKind::Read),
            from: Some(Timestamp(-1)),
            until: Some(Timestamp(0)),
        };
        for (how, filter) in AuditUse::ALL.iter().zip([AuditFilter::default(), some].iter().cycle()) {
            let deed =
                Deed::AuditUsed { how: *how, filter: Box::new(filter.clone()), reason: "届出のため".to_owned() };
            kept.push(Audited::Act(Act { by: By::Operator, deed }));
        }
        for audited in kept {
            assert_eq!(decode_audited(&encode_audited(&audited)).unwrap(), audited);
        }
    }
}
