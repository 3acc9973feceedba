//! Requests to take records out of the system: who asked, whether the secretariat permitted it, whether it was done. Folded
//! with the rest of an office. Whether a permission is asked for at all the rules say, not this file.

use std::sync::Arc;

use super::Office;
use crate::domain::body::{Body, Export};
use crate::domain::directory::Actor;
use crate::domain::entry::Entry;
use crate::domain::ids::{EntryId, PersonId, Seq};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::limits;

/// Somebody asked to take records out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportAsked {
    pub id: EntryId,
    pub by: PersonId,
    pub asked_at: Timestamp,
    pub said: Arc<Export>,
    /// Who of the secretariat permitted it, by acknowledging it.
    pub permitted: Option<Permitted>,
    /// The first entry that says it was done, also where that was taken back since.
    pub done: Option<Seq>,
}

/// A permission: who gave it, and when. How long it holds the region says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permitted {
    pub by: PersonId,
    pub at: Timestamp,
}

impl Office {
    /// Whether this names a request of the one who takes out, `by`, that the secretariat permitted, for what it permits, and
    /// that was not used before. `again`: it puts right what was done already, whoever puts it right.
    #[must_use]
    pub fn permits_export(&self, export: &Export, by: PersonId, again: bool) -> bool {
        let asked = export.request.and_then(|request| self.find_export(request));
        asked.is_some_and(|asked| {
            let is_free = again || asked.done.is_none() && asked.by == by;
            asked.permitted.is_some() && is_free && export.is_within(&asked.said)
        })
    }

    /// The request with this id.
    #[must_use]
    pub fn find_export(&self, request: EntryId) -> Option<&ExportAsked> {
        self.exports.values().find(|asked| asked.id == request)
    }

    /// Takes in what an entry says of exports.
    pub(in crate::domain::state) fn take_export(&mut self, entry: &Entry) {
        if let Body::Export(export) = &entry.body {
            self.put_export(export, entry.seq, entry.id, (entry.author.person, entry.recorded_at));
        }
    }

    pub(super) fn put_export(&mut self, export: &Export, seq: Seq, id: EntryId, (by, asked_at): (PersonId, Timestamp)) {
        if export.planned {
            let said = Arc::new(export.clone());
            self.exports.insert(seq, ExportAsked { id, by, asked_at, said, permitted: None, done: None });
            if self.exports.len() > limits::EXPORT_REQUESTS_KEPT_MAX {
                self.exports.pop_first();
            }
        } else if let Some(request) = export.request {
            let asked = self.exports.values_mut().find(|asked| asked.id == request);
            asked.into_iter().for_each(|asked| asked.done = asked.done.or(Some(seq)));
        }
    }

    /// An acknowledgement by the secretariat permits what was asked for, unless by the very person who asked.
    pub(in crate::domain::state) fn permit_export(&mut self, target: Seq, by: &Actor, at: Timestamp) {
        let Some(asked) = self.exports.get_mut(&target) else { return };
        if by.role == Role::Secretariat && by.person != asked.by {
            asked.permitted.get_or_insert(Permitted { by: by.person, at });
        }
    }

    /// A request was taken back, and with it what acknowledged it. Where what says that it was done is taken back or put
    /// right, the permission stays used: what left the system does not come back.
    pub(super) fn take_back_export(&mut self, seq: Seq) {
        self.exports.remove(&seq);
    }
}
