//! The audit records of a refusal, of a post that waits for a link and of a dismissal from the linking queue: who wanted what on
//! which timeline, which rules or who said no, and why; and of an entry that somebody wrote on behalf of another.
//!
//! Sealed with the timeline's key where there is one; the body of the post is not kept.

use super::timelines::Hot;
use super::work::{Dismissal, Submission};
use crate::codec::{self, Audited};
use crate::domain::act::{Act, By, Deed};
use crate::domain::body::Body;
use crate::domain::entry::Entry;
use crate::domain::ids::SignInId;
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
        sign_in: submission.sign_in,
        device: submission.device,
    };
    seal(region, hot, now, Audited::Refusal(record))
}

/// Seals the record that a post waits for a link: the author was promised that it is kept, so that it is missed where it is not.
pub(super) fn queued(region: &DataKey, hot: &Hot, submission: &Submission, now: Timestamp) -> SealedAudit {
    let Submission { intent, actor, sign_in, device, mac, .. } = submission;
    let by = match (*sign_in, *device) {
        (Some(sign_in), device) => By::SignedIn(*actor, sign_in, device),
        (None, Some(device)) => By::AtDevice(*actor, device),
        (None, None) => By::Person(*actor),
    };
    let deed = Deed::Queued { post: intent.id, timeline: intent.timeline, digest: *mac.as_bytes() };
    seal(region, hot, now, Audited::Act(Act { by, deed }))
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
        sign_in: by.sign_in,
        device: by.device,
    };
    seal(region, hot, now, Audited::Refusal(record))
}

/// The record that this entry was written on behalf of somebody, if it was.
pub(super) fn written_for(entry: &Entry, sign_in: Option<SignInId>) -> Option<Audited> {
    let on_behalf = entry.on_behalf?;
    let (kind, author, device) = (entry.body.kind(), entry.author, entry.device);
    Some(Audited::WrittenFor(codec::WrittenFor { entry: entry.id, kind, author, on_behalf, sign_in, device }))
}

pub(super) fn seal(region: &DataKey, hot: &Hot, now: Timestamp, record: Audited) -> SealedAudit {
    let seal = if hot.exists { AuditSeal::Timeline(hot.state.timeline, &hot.key) } else { AuditSeal::Region(region) };
    SealedAudit::of(seal, now, &record)
}
