//! Which other entries a body names: what it points back at, what it answers or belongs to. Asked by the fold, by
//! `feasible`, and by the hub, which fetches them. Whether there are such entries is not known here.

use super::{Acknowledgement, Body, Correction, Retraction};
use crate::domain::ids::EntryId;
use crate::domain::kind::Kind;

/// An entry that a body names besides the one it points back at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    pub field: &'static str,
    pub entry: EntryId,
    /// The kinds it may be of; empty: any.
    pub kinds: &'static [Kind],
    /// What was taken back does not count.
    pub must_stand: bool,
}

impl Reference {
    const fn to(field: &'static str, entry: EntryId, kinds: &'static [Kind]) -> Self {
        Self { field, entry, kinds, must_stand: false }
    }
}

impl Kind {
    /// Whether an entry of the kind can say which other one it acknowledges, answers or belongs to.
    #[must_use]
    pub const fn can_refer(self) -> bool {
        self.points_back()
            || matches!(
                self,
                Self::LabResult
                    | Self::OrderDocument
                    | Self::Order
                    | Self::Message
                    | Self::Call
                    | Self::MedicationReport
                    | Self::StationChange
                    | Self::Note
                    | Self::Visit
                    | Self::StatusChange
                    | Self::MedicationList
                    | Self::Suspension
            )
    }
}

impl Body {
    /// The entry this body points back at, if it is about another.
    #[must_use]
    pub const fn target(&self) -> Option<EntryId> {
        match self {
            Self::Acknowledgement(Acknowledgement { target, .. })
            | Self::Correction(Correction { target, .. })
            | Self::Retraction(Retraction { target, .. }) => Some(*target),
            _ => None,
        }
    }

    /// The entry this one acknowledges, answers or belongs to: what may meet a duty that entry opened.
    #[must_use]
    pub fn refers_to(&self) -> Option<EntryId> {
        self.place_of_reference().flatten()
    }

    /// What stands where the body may say so; `None` where its kind has no such place.
    pub(crate) fn place_of_reference(&self) -> Option<Option<EntryId>> {
        Some(match self {
            Self::LabResult(result) => result.request,
            Self::OrderDocument(document) => document.order,
            Self::Order(order) => order.answers,
            Self::Message(message) => message.answers,
            Self::Call(call) => call.about,
            Self::MedicationReport(report) => report.about,
            Self::StationChange(change) => change.consultation,
            Self::Note(note) => note.about,
            Self::Visit(visit) => visit.about,
            Self::StatusChange(change) => change.about,
            Self::MedicationList(list) => list.about,
            // To let somebody in again is no answer to what went wrong.
            Self::Suspension(suspension) => suspension.incident.filter(|_| !suspension.lifted),
            _ => return self.target().map(Some),
        })
    }

    /// The entries it names by fields of its own; of a correction, those of what it says now.
    pub fn references(&self) -> impl Iterator<Item = Reference> + use<> {
        let to = Reference::to;
        let (first, second) = match self {
            Self::LabResult(result) => (result.request.map(|id| to("request", id, &[Kind::LabRequest])), None),
            Self::OrderDocument(document) => {
                (document.order.map(|id| to("order", id, &[Kind::Order, Kind::VerbalOrderReceived])), None)
            }
            Self::Order(order) => {
                let paper = |id| Reference { must_stand: true, ..to("document", id, &[Kind::OrderDocument]) };
                (order.document.map(paper), order.answers.map(|id| to("answers", id, &[])))
            }
            Self::Message(message) => (message.answers.map(|id| to("answers", id, &[])), None),
            Self::Call(call) => (call.about.map(|id| to("about", id, &[])), None),
            Self::MedicationReport(report) => (report.about.map(|id| to("about", id, &[])), None),
            Self::Note(note) => (note.about.map(|id| to("about", id, &[])), None),
            Self::Visit(visit) => (visit.about.map(|id| to("about", id, &[])), None),
            Self::StatusChange(change) => (change.about.map(|id| to("about", id, &[])), None),
            Self::MedicationList(list) => (list.about.map(|id| to("about", id, &[Kind::Order])), None),
            Self::Suspension(suspension) => (suspension.incident.map(|id| to("incident", id, &[Kind::Incident])), None),
            Self::Export(export) => {
                let permitted = |id| Reference { must_stand: true, ..to("request", id, &[Kind::Export]) };
                (export.request.map(permitted), None)
            }
            Self::StationChange(change) => {
                (change.consultation.map(|id| to("consultation", id, &[Kind::Consultation])), None)
            }
            Self::Correction(Correction { body, .. }) if body.corrected().is_none() => {
                let mut named = body.references();
                (named.next(), named.next())
            }
            _ => (None, None),
        };
        [first, second].into_iter().flatten()
    }

    /// Every entry it names, to be fetched before it is decided.
    pub fn names(&self) -> impl Iterator<Item = EntryId> + use<> {
        self.target().into_iter().chain(self.references().map(|reference| reference.entry))
    }
}
