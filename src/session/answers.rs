//! What became of a post, or would become of it, as the wire says it. REST says it in the same words.

use crate::domain::entry::Intent;
use crate::domain::ids::EntryId;
use crate::domain::ruling::Ruling;
use crate::hub::Region;
use crate::hub::answer::{Answer, Refused};
use crate::hub::notices::Notice;
use crate::rulebook::Decision;
use crate::wire::{self, DryRunResult, ServerFrame, Verdict};

/// The frame that answers a post.
#[must_use]
pub fn frame_of(region: &Region, answer: Answer) -> ServerFrame {
    match answer {
        Answer::Accepted(accepted) => ServerFrame::Accepted(wire::Accepted {
            id: accepted.id,
            timeline: accepted.timeline,
            seq: accepted.seq,
            recorded_at: accepted.recorded_at,
            words: region.rulebook().consequences_in_words(accepted.told_of.as_deref(), &accepted.ruling),
            ruling: Ruling { slots: Vec::new(), ..accepted.ruling },
            alarms: accepted.alarms,
            repeated: accepted.repeated,
        }),
        Answer::Refused(refused) => ServerFrame::Refused(wire::Refused {
            id: refused.id,
            code: refused.code.into(),
            field: refused.field.map(|field| format!("post.intent.{field}")).unwrap_or_default(),
            reasons: refused.reasons,
            cited: refused.cited,
            retry: refused.retry,
            holds: refused.holds,
        }),
        Answer::Queued(queued) => ServerFrame::Queued {
            id: queued.id,
            timeline: queued.timeline,
            reasons: queued.reasons,
            cited: queued.cited,
        },
    }
}

/// The frame that tells somebody of what concerns them.
#[must_use]
pub fn notice_frame(notice: Notice) -> ServerFrame {
    let Notice { of, timeline, entry, duty, words, on_call } = notice;
    let (duty, due) = duty.unzip();
    ServerFrame::Notice(Box::new(wire::Notice { of, timeline, entry, duty, due, words, on_call }))
}

/// The answer to a dry run. `field` is named within the intent, which on a socket stands in `dry_run.intent`.
#[must_use]
pub fn dry_run_result(region: &Region, intent: &Intent, decision: Decision) -> DryRunResult {
    let mut result = empty_dry_run(intent.id, Verdict::Accepted);
    match decision {
        Decision::Accept(acceptance) => {
            result.cited.clone_from(&acceptance.ruling.cited);
            result.words = region.rulebook().consequences_in_words(Some(&intent.body), &acceptance.ruling);
            result.ruling = Ruling { slots: Vec::new(), ..acceptance.ruling };
            result.alarms = acceptance.alarms;
        }
        Decision::Queue(ruling) => {
            result.verdict = Verdict::Queued;
            result.reasons = region.rulebook().reasons(&intent.body, &ruling);
            result.cited = ruling.cited;
        }
        Decision::Refuse(refusal) => return refused_dry_run(region.explain(intent, refusal)),
    }
    result
}

/// The answer to a dry run that is refused. `field` is named within the intent.
#[must_use]
pub fn refused_dry_run(refused: Refused) -> DryRunResult {
    let Refused { id, code, field, reasons, cited, holds, .. } = refused;
    let (code, field) = (code.into(), field.unwrap_or_default());
    DryRunResult { code, field, reasons, cited, holds, ..empty_dry_run(id, Verdict::Refused) }
}

fn empty_dry_run(id: EntryId, verdict: Verdict) -> DryRunResult {
    DryRunResult {
        id,
        verdict,
        code: "".into(),
        field: String::new(),
        reasons: Vec::new(),
        cited: Vec::new(),
        alarms: Vec::new(),
        ruling: Ruling::default(),
        holds: Vec::new(),
        words: Vec::new(),
    }
}
