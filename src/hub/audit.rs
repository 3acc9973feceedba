//! The audit record of a refusal: who wanted what on which timeline, and which rules said no.
//!
//! Sealed with the timeline's key; the body of the post is not kept.

use serde::Serialize;

use super::timelines::Hot;
use super::work::Submission;
use crate::domain::ruling::Ruling;
use crate::domain::time::Timestamp;
use crate::rulebook::Refusal;
use crate::store::{AuditSeal, SealedAudit};
use crate::vault::RegionKey;

/// The record as stored. Fields are only ever added.
#[derive(Serialize)]
struct RefusalRecord<'a> {
    what: &'static str,
    person: String,
    role: &'static str,
    organisation: String,
    timeline: String,
    entry: String,
    kind: &'static str,
    code: &'a str,
    field: Option<&'a str>,
    cited: Vec<&'a str>,
    slots: &'a [u8],
}

/// Seals the record of a refused post.
pub(super) fn refusal(
    region: &RegionKey,
    hot: &Hot,
    submission: &Submission,
    refusal: &Refusal,
    now: Timestamp,
) -> SealedAudit {
    let none = Ruling::default();
    let (code, field, ruling) = match refusal {
        Refusal::Invalid(invalid) => (invalid.code, Some(invalid.field.as_str()), &none),
        Refusal::NotFound(ruling) => ("not_found", None, ruling),
        Refusal::Rules(ruling) => ("forbidden", None, ruling),
    };
    let actor = &submission.actor;
    let record = RefusalRecord {
        what: "post_refused",
        person: actor.person.to_string(),
        role: actor.role.code(),
        organisation: actor.organisation.to_string(),
        timeline: submission.intent.timeline.to_string(),
        entry: submission.intent.id.to_string(),
        kind: submission.intent.body.kind().code(),
        code,
        field,
        cited: ruling.cited.iter().map(|citation| &**citation).collect(),
        slots: &ruling.slots,
    };
    let bytes = serde_json::to_vec(&record).expect("a record of strings and numbers is JSON");
    let seal = if hot.exists { AuditSeal::Timeline(hot.state.timeline, &hot.key) } else { AuditSeal::Region(region) };
    SealedAudit::seal(seal, now, &bytes)
}
