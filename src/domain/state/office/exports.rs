//! Requests to take records out of the system: who asked, whether the secretariat permitted it, whether it was done. Folded
//! with the rest of an office. Whether a permission is asked for at all the rules say, not this file.

use std::sync::Arc;

use super::Office;
use crate::domain::body::{Body, Export};
use crate::domain::directory::Actor;
use crate::domain::entry::Entry;
use crate::domain::ids::{EntryId, PersonId, Seq};
use crate::domain::role::Role;
use crate::limits;

/// Somebody asked to take records out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportAsked {
    pub id: EntryId,
    pub by: PersonId,
    pub said: Arc<Export>,
    /// Who of the secretariat permitted it, by acknowledging it.
    pub permitted_by: Option<PersonId>,
    /// The entry that says it was done.
    pub done: Option<Seq>,
}

impl Office {
    /// Whether this names a request that the secretariat permitted, for what it permits, and that was not used before.
    /// `again`: it puts right what was done already.
    #[must_use]
    pub fn permits_export(&self, export: &Export, again: bool) -> bool {
        let asked = export.request.and_then(|request| self.exports.values().find(|asked| asked.id == request));
        asked.is_some_and(|asked| {
            asked.permitted_by.is_some() && (again || asked.done.is_none()) && export.is_within(&asked.said)
        })
    }

    /// Takes in what an entry says of exports.
    pub(in crate::domain::state) fn take_export(&mut self, entry: &Entry) {
        if let Body::Export(export) = &entry.body {
            self.put_export(export, entry.seq, entry.id, entry.author.person);
        }
    }

    pub(super) fn put_export(&mut self, export: &Export, seq: Seq, id: EntryId, by: PersonId) {
        if export.planned {
            self.exports
                .insert(seq, ExportAsked { id, by, said: Arc::new(export.clone()), permitted_by: None, done: None });
            if self.exports.len() > limits::EXPORT_REQUESTS_KEPT_MAX {
                self.exports.pop_first();
            }
        } else if let Some(request) = export.request {
            let asked = self.exports.values_mut().find(|asked| asked.id == request);
            asked.into_iter().for_each(|asked| asked.done = Some(seq));
        }
    }

    /// An acknowledgement by the secretariat permits what was asked for, unless by the very person who asked.
    pub(in crate::domain::state) fn permit_export(&mut self, target: Seq, by: &Actor) {
        let Some(asked) = self.exports.get_mut(&target) else { return };
        if by.role == Role::Secretariat && by.person != asked.by {
            asked.permitted_by.get_or_insert(by.person);
        }
    }

    /// A request, or what says that it was done, was taken back; the request also with what acknowledged it.
    pub(super) fn take_back_export(&mut self, seq: Seq) {
        self.exports.remove(&seq);
        for asked in self.exports.values_mut() {
            asked.done = asked.done.filter(|done| *done != seq);
        }
    }
}
