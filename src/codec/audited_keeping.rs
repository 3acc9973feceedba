//! What was done with the region's data as a whole ↔ the messages that the audit log seals. Called by `audited.rs`.

use super::field::{code, code_text, date, id, id_text, optional_id};
use super::proto::store::v1 as stored;
use super::proto::store::v1::kept_safe::What;
use crate::domain::ids::{EntryId, OrganisationId, PatientId, PersonId};
use crate::domain::keeping::{KeepingDeed, TakenOut};
use crate::domain::retention::Kept;
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;

pub(super) fn keeping_message(deed: &KeepingDeed) -> stored::KeptSafe {
    let what = match deed {
        KeepingDeed::BackedUp { name, bytes } => What::BackedUp(stored::BackedUp { name: name.clone(), bytes: *bytes }),
        KeepingDeed::Restored { made_at, sign_ins, links, despite } => What::Restored(stored::Restored {
            made_at_us: made_at.as_micros(),
            sign_ins: *sign_ins,
            links: *links,
            despite: despite.clone(),
        }),
        KeepingDeed::KeyRotated { from, to } => {
            What::KeyRotated(stored::KeyRotated { from: from.clone(), to: to.clone() })
        }
        KeepingDeed::CheckpointKeyReplaced { from, to, after, reason } => {
            What::CheckpointKeyReplaced(stored::CheckpointKeyReplaced {
                from: from.to_vec().into(),
                to: to.to_vec().into(),
                after: *after,
                reason: reason.clone(),
            })
        }
        KeepingDeed::Destroyed { patient, kept, reason } => What::Destroyed(stored::RecordDestroyed {
            patient: id_text(patient.0),
            ended_on: kept.ended_on.to_string(),
            until: kept.until.to_string(),
            of: code_text(kept.of),
            years: u32::from(kept.years),
            reason: reason.clone(),
        }),
        KeepingDeed::Exported { patient, reason, taken } => What::Exported(stored::Exported {
            patient: patient.map(|patient| id_text(patient.0)).unwrap_or_default(),
            reason: reason.clone(),
            taken: taken.as_ref().map(taken_message),
        }),
        KeepingDeed::LookedInto { patient, reason } => What::LookedInto(stored::LookedInto {
            patient: patient.map(|patient| id_text(patient.0)).unwrap_or_default(),
            reason: reason.clone(),
        }),
        KeepingDeed::SecretariatRestored { organisation, person, reason } => {
            let (organisation, person, reason) = (id_text(organisation.0), id_text(person.0), reason.clone());
            What::SecretariatRestored(stored::SecretariatRestored { organisation, person, reason })
        }
        KeepingDeed::SuspensionLifted { organisation, person, reason } => {
            let person = person.map(|person| id_text(person.0)).unwrap_or_default();
            let (organisation, reason) = (id_text(organisation.0), reason.clone());
            What::SuspensionLifted(stored::SuspensionLifted { organisation, person, reason })
        }
        KeepingDeed::RowStruck { table, row, reason } => {
            let (table, row, reason) = (table.clone(), row.clone(), reason.clone());
            What::RowStruck(stored::RowStruck { table, row, reason })
        }
    };
    stored::KeptSafe { what: Some(what) }
}

pub(super) fn keeping_deed(kept: stored::KeptSafe) -> Result<KeepingDeed, Invalid> {
    Ok(match kept.what.ok_or_else(|| Invalid::required("what"))? {
        What::BackedUp(kept) => KeepingDeed::BackedUp { name: kept.name, bytes: kept.bytes },
        What::Restored(kept) => KeepingDeed::Restored {
            made_at: Timestamp(kept.made_at_us),
            sign_ins: kept.sign_ins,
            links: kept.links,
            despite: kept.despite,
        },
        What::KeyRotated(kept) => KeepingDeed::KeyRotated { from: kept.from, to: kept.to },
        What::CheckpointKeyReplaced(kept) => KeepingDeed::CheckpointKeyReplaced {
            from: kept.from[..].try_into().map_err(|_| Invalid::required("from"))?,
            to: kept.to[..].try_into().map_err(|_| Invalid::required("to"))?,
            after: kept.after,
            reason: kept.reason,
        },
        What::Destroyed(kept) => KeepingDeed::Destroyed {
            patient: id("patient", &kept.patient, PatientId)?,
            kept: Kept {
                ended_on: date("ended_on", &kept.ended_on)?,
                until: date("until", &kept.until)?,
                of: code("of", &kept.of)?,
                years: u8::try_from(kept.years).map_err(|_| Invalid::required("years"))?,
            },
            reason: kept.reason,
        },
        What::Exported(kept) => KeepingDeed::Exported {
            patient: optional_id("patient", &kept.patient, PatientId)?,
            reason: kept.reason,
            taken: kept.taken.map(taken).transpose()?,
        },
        What::LookedInto(kept) => {
            KeepingDeed::LookedInto { patient: optional_id("patient", &kept.patient, PatientId)?, reason: kept.reason }
        }
        What::SecretariatRestored(kept) => KeepingDeed::SecretariatRestored {
            organisation: id("organisation", &kept.organisation, OrganisationId)?,
            person: id("person", &kept.person, PersonId)?,
            reason: kept.reason,
        },
        What::SuspensionLifted(kept) => KeepingDeed::SuspensionLifted {
            organisation: id("organisation", &kept.organisation, OrganisationId)?,
            person: optional_id("person", &kept.person, PersonId)?,
            reason: kept.reason,
        },
        What::RowStruck(kept) => KeepingDeed::RowStruck { table: kept.table, row: kept.row, reason: kept.reason },
    })
}

fn taken_message(taken: &TakenOut) -> stored::TakenOut {
    let id = |id: Option<EntryId>| id.map(|id| id_text(id.0)).unwrap_or_default();
    let (entry, request) = (id(taken.entry), id(taken.request));
    stored::TakenOut { entry, request, seqs: taken.seqs.clone(), files: taken.files }
}

fn taken(kept: stored::TakenOut) -> Result<TakenOut, Invalid> {
    Ok(TakenOut {
        entry: optional_id("entry", &kept.entry, EntryId)?,
        request: optional_id("request", &kept.request, EntryId)?,
        seqs: kept.seqs,
        files: kept.files,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_deed_is_read_as_it_was_kept() {
        let patient = PatientId(uuid::Uuid::from_u128(9));
        let entry = Some(EntryId(uuid::Uuid::from_u128(3)));
        let taken = TakenOut { entry, request: None, seqs: "1-4 6".to_owned(), files: 2 };
        let deeds = [
            KeepingDeed::BackedUp { name: "renkei-1.backup".to_owned(), bytes: 7 },
            KeepingDeed::Restored { made_at: Timestamp(5), sign_ins: 2, links: 1, despite: "理由".to_owned() },
            KeepingDeed::Exported { patient: Some(patient), reason: "開示請求".to_owned(), taken: None },
            KeepingDeed::Exported { patient: None, reason: "移行".to_owned(), taken: None },
            KeepingDeed::LookedInto { patient: Some(patient), reason: "問い合わせ".to_owned() },
            KeepingDeed::LookedInto { patient: None, reason: "点検".to_owned() },
            KeepingDeed::Exported { patient: Some(patient), reason: "引き継ぎ".to_owned(), taken: Some(taken) },
            KeepingDeed::Destroyed {
                patient,
                kept: Kept {
                    ended_on: jiff::civil::date(2021, 4, 1),
                    until: jiff::civil::date(2026, 4, 1),
                    of: crate::domain::role::OrganisationType::Clinic,
                    years: 5,
                },
                reason: "保存期間の終了".to_owned(),
            },
            KeepingDeed::KeyRotated { from: "0a".to_owned(), to: "0b".to_owned() },
            KeepingDeed::CheckpointKeyReplaced {
                from: [1; 32], to: [2; 32], after: 7, reason: "鍵の紛失".to_owned()
            },
            KeepingDeed::SecretariatRestored {
                organisation: OrganisationId(uuid::Uuid::from_u128(4)),
                person: PersonId(uuid::Uuid::from_u128(5)),
                reason: "担当者の退職".to_owned(),
            },
            KeepingDeed::SuspensionLifted {
                organisation: OrganisationId(uuid::Uuid::from_u128(4)),
                person: Some(PersonId(uuid::Uuid::from_u128(5))),
                reason: "担当者の復帰".to_owned(),
            },
            KeepingDeed::SuspensionLifted {
                organisation: OrganisationId(uuid::Uuid::from_u128(4)),
                person: None,
                reason: "担当者の復帰".to_owned(),
            },
            KeepingDeed::RowStruck {
                table: "client_key".to_owned(), row: "k1".to_owned(), reason: "侵入".to_owned()
            },
        ];
        for deed in deeds {
            assert_eq!(keeping_deed(keeping_message(&deed)).unwrap(), deed);
        }
        assert!(keeping_deed(stored::KeptSafe { what: None }).is_err());
    }
}
