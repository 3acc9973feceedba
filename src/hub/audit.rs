//! The audit record of a refusal: who wanted what on which timeline, and which rules said no.
//!
//! Sealed with the timeline's key; the body of the post is not kept.

use super::timelines::Hot;
use super::work::Submission;
use crate::codec::{self, Audited};
use crate::domain::body::Body;
use crate::domain::ruling::Ruling;
use crate::domain::time::Timestamp;
use crate::rulebook::Refusal;
use crate::store::{AuditSeal, SealedAudit};
use crate::vault::RegionKey;

/// Seals the record of a refused post.
pub(super) fn refusal(
    region: &RegionKey,
    hot: &Hot,
    submission: &Submission,
    refusal: &Refusal,
    now: Timestamp,
) -> SealedAudit {
    let (code, ruling) = match refusal {
        Refusal::Invalid(invalid) => (invalid.code, Ruling::default()),
        Refusal::NotFound(ruling) => ("not_found", ruling.clone()),
        Refusal::Rules(ruling) => ("forbidden", ruling.clone()),
    };
    let intent = &submission.intent;
    let record = codec::Refusal {
        id: intent.id,
        kind: intent.body.kind(),
        corrected: intent.body.corrected().map(Body::kind),
        author: submission.actor,
        code: code.to_owned(),
        ruling,
    };
    let seal = if hot.exists { AuditSeal::Timeline(hot.state.timeline, &hot.key) } else { AuditSeal::Region(region) };
    SealedAudit::seal(seal, now, &codec::encode_audited(&Audited::Refusal(record)))
}
