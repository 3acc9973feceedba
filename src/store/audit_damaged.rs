//! A row of the audit log that cannot be read as a record: somebody wrote into it. It is told at its place, with what of it can be
//! read, to whoever looks there. Called by `audit_search.rs` and `accepted.rs`; what was done to it `audit verify` says.

use uuid::Uuid;

use crate::domain::audit::{AuditFilter, AuditMark};
use crate::domain::ids::TimelineId;
use crate::domain::time::Timestamp;
use crate::vault::chain::Link;

use super::audit::Row;
use super::audit_known::DeviceSeen;
use super::timeline::NO_LINK;
use super::{AuditFound, AuditRecord};

/// What of such a row counts.
pub(super) struct DamagedAudit {
    pub(super) seq: i64,
    recorded_at: Timestamp,
    timeline: Option<TimelineId>,
    organisation: Option<Uuid>,
    chain: Link,
}

impl DamagedAudit {
    pub(super) fn of((seq, recorded_at, timeline, _, chain, _, _, organisation, _): &Row) -> Self {
        let id = |id: &Option<Vec<u8>>| id.as_deref().and_then(|id| Uuid::from_slice(id).ok());
        Self {
            seq: *seq,
            recorded_at: Timestamp(*recorded_at),
            timeline: id(timeline).map(TimelineId),
            organisation: id(organisation),
            chain: Link::try_from(chain.as_slice()).unwrap_or(NO_LINK),
        }
    }

    /// For whoever asked for a part in which it may belong: nobody can say of what kind it is, nor by whom.
    pub(super) fn told_for(self, filter: &AuditFilter) -> Option<AuditFound> {
        let at = self.recorded_at;
        let is_in_time = filter.from.is_none_or(|from| from <= at) && filter.until.is_none_or(|until| at < until);
        let is_theirs = filter.organisation.is_none_or(|own| self.organisation == Some(own.0))
            && filter.patient.is_none_or(|patient| self.timeline == Some(patient.into()));
        (is_in_time && is_theirs).then(|| AuditFound::unread(self.seq, at, self.timeline, None, self.chain))
    }
}

impl AuditFound {
    /// Of what cannot be read, or does not open.
    pub(super) fn unread(
        seq: i64,
        recorded_at: Timestamp,
        timeline: Option<TimelineId>,
        mark: Option<AuditMark>,
        chain: Link,
    ) -> Self {
        let seq = u64::try_from(seq).unwrap_or(0);
        let record = AuditRecord { seq, recorded_at, timeline, mark, chain, record: None };
        let (device, said, before) = (DeviceSeen::default(), None, None);
        Self { record, audited: None, accepted: None, reading: None, device, said, before }
    }
}
