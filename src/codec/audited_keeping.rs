//! What was done with the region's data as a whole ↔ the messages that the audit log seals. Called by `audited.rs`.

use super::field::{id_text, optional_id};
use super::proto::store::v1 as stored;
use super::proto::store::v1::kept_safe::What;
use crate::domain::ids::{EntryId, PatientId};
use crate::domain::keeping::{KeepingDeed, TakenOut};
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
        KeepingDeed::Exported { patient, reason, taken } => What::Exported(stored::Exported {
            patient: patient.map(|patient| id_text(patient.0)).unwrap_or_default(),
            reason: reason.clone(),
            taken: taken.as_ref().map(taken_message),
        }),
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
        What::Exported(kept) => KeepingDeed::Exported {
            patient: optional_id("patient", &kept.patient, PatientId)?,
            reason: kept.reason,
            taken: kept.taken.map(taken).transpose()?,
        },
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
            KeepingDeed::Exported { patient: Some(patient), reason: "引き継ぎ".to_owned(), taken: Some(taken) },
            KeepingDeed::KeyRotated { from: "0a".to_owned(), to: "0b".to_owned() },
        ];
        for deed in deeds {
            assert_eq!(keeping_deed(keeping_message(&deed)).unwrap(), deed);
        }
        assert!(keeping_deed(stored::KeptSafe { what: None }).is_err());
    }
}
