//! Posts that came in envelopes, after the sign-in they were written under had ended: what becomes of each.

use super::ids::{EntryId, PersonId};
use super::list::closed_list;

closed_list! {
    /// What happened to a post in the quarantine. Its author is told all of it.
    QuarantineStep {
        Received = "received", "預かり", "received";
        Released = "released", "送信", "released";
        Discarded = "discarded", "取りやめ", "discarded";
        /// Nobody released it in the region's time.
        Expired = "expired", "期限切れ", "expired";
    }
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineDeed {
    pub step: QuarantineStep,
    pub post: EntryId,
    /// Who wrote it, by the pass in its envelope.
    pub author: PersonId,
    /// Why somebody else sent it or let it be; its author needs to give none.
    pub reason: String,
}
