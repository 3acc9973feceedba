//! The files that posts name: fetched before a batch is decided, and who may name which. A file may be named by the
//! organisations that handed it in, and by whoever may see the entry that named it first.
//!
//! Nothing here reads a file; `actions/files` keeps and serves them.

use std::collections::HashMap;
use std::sync::Arc;

use super::Hub;
use super::deciding::Picture;
use super::published::Published;
use super::view::View;
use crate::domain::attachment::ContentHash;
use crate::domain::directory::Actor;
use crate::domain::entry::Intent;
use crate::domain::ids::{EntryId, OrganisationId, TimelineId};
use crate::domain::state::PatientState;
use crate::store::{FileName, Journal, NamedFile, StoreError};
use crate::vault::DataKey;

/// What the journal says of the files that some posts name.
#[derive(Default)]
pub(super) struct Files {
    kept: HashMap<FileName, Kept>,
}

struct Kept {
    organisations: Vec<OrganisationId>,
    first_named_by: Vec<Arc<Published>>,
}

impl Files {
    /// Asks for the files that these intents name. An entry that cannot be read lets nobody name its files.
    pub(super) async fn fetch<'i>(
        journal: &Journal,
        intents: impl Iterator<Item = &'i Intent>,
    ) -> Result<Self, StoreError> {
        let mut files = Self::default();
        for (timeline, name) in intents.flat_map(|intent| names(journal.region(), intent)) {
            if files.kept.contains_key(&name) {
                continue;
            }
            let found = journal.read(move |tx| Box::pin(tx.find_file(timeline, name))).await?;
            let Some(found) = found else { continue };
            let mut first_named_by = Vec::with_capacity(found.entries.len());
            for entry in found.entries {
                match journal.find_entry(entry).await {
                    Ok(entry) => first_named_by.extend(entry.map(|entry| Arc::new(Published::of_stored(entry)))),
                    Err(error @ StoreError::Driver(_)) => return Err(error),
                    Err(error) => tracing::error!(code = error.code(), %error, %entry, "an entry cannot be read"),
                }
            }
            files.kept.insert(name, Kept { organisations: found.organisations, first_named_by });
        }
        Ok(files)
    }

    /// Of the files that `intent` names, those that are kept just as it describes them and that `actor` may name.
    pub(super) fn nameable(
        &self,
        picture: &Picture,
        state: &PatientState,
        actor: &Actor,
        intent: &Intent,
    ) -> Vec<ContentHash> {
        let attached = intent.body.attachments();
        if attached.is_empty() || self.kept.is_empty() {
            return Vec::new();
        }
        let view = View::of(state, &picture.rulebook, actor, picture.now);
        let may_name = |name: FileName| {
            let Some(kept) = self.kept.get(&name) else { return false };
            let shows = |entry: &Arc<Published>| view.as_ref().is_some_and(|view| view.shows(entry));
            kept.organisations.contains(&actor.organisation) || kept.first_named_by.iter().any(shows)
        };
        let named = attached.iter().zip(names(&picture.key, intent));
        named.filter(|(_, (_, name))| may_name(*name)).map(|(attachment, _)| attachment.sha256).collect()
    }

    /// What to write when `intent` becomes an entry: its author's organisation used what it handed in.
    pub(super) fn used<'f>(
        &'f self,
        region: &'f DataKey,
        intent: &'f Intent,
        actor: &'f Actor,
    ) -> impl Iterator<Item = NamedFile> + 'f {
        let own =
            |name: &FileName| self.kept.get(name).is_some_and(|kept| kept.organisations.contains(&actor.organisation));
        let (organisation, entry): (OrganisationId, EntryId) = (actor.organisation, intent.id);
        let names = names(region, intent).filter(move |(_, name)| own(name));
        names.map(move |(timeline, name)| NamedFile { timeline, name, organisation, entry })
    }
}

fn names<'i>(region: &'i DataKey, intent: &'i Intent) -> impl Iterator<Item = (TimelineId, FileName)> + 'i {
    let attached = intent.body.attachments().iter();
    attached.map(move |attachment| (intent.timeline, FileName::of(region, intent.timeline, attachment)))
}

impl Hub {
    /// Whether `actor` may hand in files for this timeline: they may know of the patient, and the rules let them post
    /// some kind of record that can name one. Decided on what the journal holds.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn may_attach(&self, actor: &Actor, timeline: TimelineId) -> Result<bool, StoreError> {
        let read = self.state_of(timeline).await;
        // Of one that cannot be read, whoever knows nothing of it is told as of nobody's.
        if matches!(read, Err(StoreError::Inconsistent { .. })) && !self.may_know_of(actor, timeline).await? {
            return Ok(false);
        }
        let (state, rulebook, now) = (read?, self.region().rulebook(), self.region().now());
        Ok(View::of(&state, &rulebook, actor, now).is_some() && rulebook.may_attach(&state, actor, now))
    }
}
