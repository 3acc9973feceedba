//! Who is given what to read, decided onto a draft with the record of it: a grant that goes on, and a record in the audit
//! log that says who reads what, from where, and on what ground. Called by `deciding.rs`.
//!
//! INVARIANT: whoever is shown something of a timeline is on record in the same commit, before it leaves the hub.

use std::sync::Arc;

use super::deciding::Picture;
use super::draft::Draft;
use super::subscription::{Granted, Opened, Subscription};
use super::timelines::Hot;
use super::view::View;
use super::work::{Follow, Look, MarkRead, Outcome, Sight};
use crate::codec::Audited;
use crate::domain::directory::Actor;
use crate::domain::ids::{Seq, SignInId, Subject};
use crate::domain::reading::{Read, ReadEnded, ReadOf, ReadScope, ReadWhy};
use crate::domain::role::Role;
use crate::domain::state::PatientState;
use crate::store::{GrantChange, GrantId, ReadMarker, SealedAudit};

/// What is read, and by which sign-in.
struct Reading {
    grant: GrantId,
    sign_in: SignInId,
    of: ReadOf,
    from: Seq,
    /// `None` while it goes on.
    through: Option<Seq>,
}

impl Picture {
    pub(super) fn follow(&self, draft: &mut Draft, hot: &mut Hot, follow: Box<Follow>) -> Outcome {
        let view = View::of(&hot.state, &self.rulebook, &follow.actor, self.now);
        let head = hot.state.head;
        let granted = view.map(|view| {
            let (grant, sign_in, from) = (follow.grant, follow.sign_in, follow.after.min(head));
            let reading = Reading { grant, sign_in, of: ReadScope::Live.into(), from, through: None };
            self.open_grant(draft, hot, &view, &reading);
            let access_lapsed =
                hot.state.accesses.last_of(&follow.actor).is_some_and(|access| !access.is_open(self.now));
            let subscription = Arc::new(Subscription::new(follow.timeline, Arc::new(view), head));
            Granted { subscription, head, access_epoch: hot.state.access_epoch, access_lapsed }
        });
        let refused = granted.is_none().then_some("not_found");
        let opened = Opened { timeline: follow.timeline, grant: follow.grant, after: follow.after, refused, granted };
        Outcome::Followed(follow, opened)
    }

    pub(super) fn look(&self, draft: &mut Draft, hot: &mut Hot, look: Box<Look>) -> Outcome {
        let sight = View::of(&hot.state, &self.rulebook, &look.actor, self.now).map(|view| {
            let head = hot.state.head;
            let from = look.after.min(head);
            let through = look.through.map_or(head, |through| through.clamp(from, head));
            let (grant, sign_in) = (look.grant, look.sign_in);
            let reading = Reading { grant, sign_in, of: look.of, from, through: Some(through) };
            self.open_grant(draft, hot, &view, &reading);
            draft.batch.grants.push(GrantChange::Close { id: grant, through, closed_at: self.now });
            Sight { state: Arc::new(hot.state.clone()), view: Arc::new(view) }
        });
        Outcome::Looked(look, sight)
    }

    fn open_grant(&self, draft: &mut Draft, hot: &mut Hot, view: &View, reading: &Reading) {
        self.begin_timeline(draft, hot);
        let Reading { grant, sign_in, of, from, through } = *reading;
        let (timeline, access) = (hot.state.timeline, view.access().map(|access| access.entry));
        let opened_at = self.now;
        draft.batch.grants.push(GrantChange::Open { id: grant, sign_in, timeline, opened_at, from, access });
        let reader = *view.actor();
        let why = ground(&hot.state, view, &reader);
        let read = Audited::Read(Read { grant: grant.0, reader, sign_in, of, from, through, why, access });
        draft.batch.audits.push(SealedAudit::of_read(&self.key, timeline, self.now, &read));
    }

    /// Reads that went on are wider now, or have ended.
    pub(super) fn grants(&self, draft: &mut Draft, changes: Vec<GrantChange>) -> Outcome {
        draft.batch.grants.extend_from_slice(&changes);
        for change in &changes {
            let GrantChange::End(ended) = change else { continue };
            let (grant, reader, sign_in) = (ended.grant.0, ended.reader, ended.sign_in);
            let record = Audited::ReadEnded(ReadEnded { grant, reader, sign_in, through: ended.through });
            draft.batch.audits.push(SealedAudit::of_read(&self.key, ended.timeline, self.now, &record));
        }
        Outcome::Granted(changes)
    }

    pub(super) fn mark_read(&self, draft: &mut Draft, hot: &mut Hot, mark: MarkRead) -> Outcome {
        let may_read = View::of(&hot.state, &self.rulebook, &mark.actor, self.now).is_some();
        if may_read {
            self.begin_timeline(draft, hot);
        }
        let marker = may_read.then(|| ReadMarker {
            person: mark.actor.person,
            timeline: mark.timeline,
            seq: mark.through.min(hot.state.head),
            read_at: self.now,
        });
        draft.batch.read_markers.extend(marker);
        Outcome::Marked(mark, marker)
    }
}

/// Why the reader could read.
fn ground(state: &PatientState, view: &View, reader: &Actor) -> ReadWhy {
    if state.subject() == Subject::Organisation {
        ReadWhy::Office
    } else if view.access().is_some() {
        ReadWhy::Emergency
    } else if reader.role == Role::Secretariat {
        ReadWhy::Secretariat
    } else if state.membership(reader).is_some() {
        ReadWhy::Care
    } else if state.former.contains(&reader.organisation) {
        ReadWhy::Former
    } else {
        ReadWhy::Rules
    }
}
