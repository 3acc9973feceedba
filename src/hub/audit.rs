//! The audit records of a refusal and of a dismissal from the linking queue: who wanted what on which timeline, which
//! rules or who said no, and why; and of an entry that somebody wrote on behalf of another.
//!
//! Sealed with the timeline's key where there is one; the body of the post is not kept.

use super::timelines::Hot;
use super::work::{Dismissal, Submission};
use crate::codec::{self, Audited};
use crate::domain::body::Body;
use crate::domain::entry::Entry;
use crate::domain::ruling::Ruling;
use crate::domain::time::Timestamp;
use crate::rulebook::Refusal;
use crate::store::{AuditSeal, SealedAudit};
use crate::vault::DataKey;

/// Seals the record of a refused post.
pub(super) fn refusal(
    region: &DataKey,
    hot: &Hot,
    submission: &Submission,
    refusal: &Refusal,
    now: Timestamp,
) -> SealedAudit {
    let (code, ruling) = match refusal {
        Refusal::Invalid(invalid) => (invalid.code, Ruling::default()),
        Refusal::NotFound(ruling) => ("not_found", ruling.clone()),
        Refusal::Rules(ruling) => ("forbidden", ruling.clone()),
        Refusal::Held(ruling) => ("held", ruling.clone()),
    };
    let intent = &submission.intent;
    let record = codec::Refusal {
        id: intent.id,
        kind: intent.body.kind(),
        corrected: intent.body.corrected().map(Body::kind),
        author: submission.actor,
        on_behalf_of: intent.on_behalf_of,
        code: code.to_owned(),
        ruling,
        dismissed: None,
        device: submission.device,
    };
    seal(region, hot, now, Audited::Refusal(record))
}

/// Seals the record of a post that the secretariat took out of the linking queue.
pub(super) fn dismissal(region: &DataKey, hot: &Hot, dismissal: &Dismissal, now: Timestamp) -> SealedAudit {
    let Dismissal { by, post, reason, .. } = dismissal;
    let record = codec::Refusal {
        id: post.intent.id,
        kind: post.intent.body.kind(),
        corrected: None,
        author: post.author,
        on_behalf_of: post.intent.on_behalf_of,
        code: "dismissed".to_owned(),
        ruling: post.ruling.clone(),
        dismissed: Some(codec::Dismissed { by: by.actor, reason: reason.clone() }),
        device: by.device,
    };
    seal(region, hot, now, Audited::Refusal(record))
}

/// Seals the record that this entry was written on behalf of somebody, if it was.
pub(super) fn written_for(region: &DataKey, hot: &Hot, entry: &Entry) -> Option<SealedAudit> {
    let on_behalf = entry.on_behalf?;
    let (kind, author, device) = (entry.body.kind(), entry.author, entry.device);
    let written = codec::WrittenFor { entry: entry.id, kind, author, on_behalf, device };
    Some(seal(region, hot, entry.recorded_at, Audited::WrittenFor(written)))
}

fn seal(region: &DataKey, hot: &Hot, now: Timestamp, record: Audited) -> SealedAudit {
    let seal = if hot.exists { AuditSeal::Timeline(hot.state.timeline, &hot.key) } else { AuditSeal::Region(region) };
    SealedAudit::of(seal, now, &record)
}
