//! What an import asks of a hub: who is known, what would be decided, and to write.
//!
//! The hub implements it for one actor: a person in a position, or the gateway of an organisation.

use std::future::Future;
use std::sync::Arc;

use uuid::Uuid;

use super::name_id::Name;
use crate::domain::entry::Intent;
use crate::domain::ids::{OrganisationId, PatientId};
use crate::domain::patient::{Identifier, Registration};
use crate::domain::text::Text;

/// Where an import goes. Every intent handed over is judged for the same actor.
pub trait ImportTarget {
    /// The patient with this identifier, as far as the actor may know of them.
    fn find_patient(
        &self,
        identifier: &Identifier,
    ) -> impl Future<Output = Result<Option<KnownPatient>, TargetError>> + Send;

    /// What would become of these intents, in order and without writing anything: each is decided as if the
    /// accepted ones before it in the same call had been written. One verdict per intent.
    fn decide(&self, intents: &[Intent]) -> impl Future<Output = Result<Vec<Verdict>, TargetError>> + Send;

    /// Writes these groups in order; returns once the accepted ones are durable. The intents of a group are of one
    /// timeline and go in together or not at all. One verdict per intent.
    fn submit(&self, groups: Vec<Vec<Intent>>) -> impl Future<Output = Result<Vec<Verdict>, TargetError>> + Send;

    /// The id that this name always gets here; nobody else can work it out.
    fn id_of(&self, name: &Name) -> Uuid;
}

/// What a hub knows of a patient an import names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownPatient {
    pub id: PatientId,
    pub registration: Arc<Registration>,
    pub host: Option<OrganisationId>,
}

/// What became, or would become, of an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Accepted,
    /// The same id with the same content was accepted before.
    AlreadyThere,
    /// The same id was accepted before with other content.
    Conflict,
    Refused(Vec<Reason>),
    /// Not written, because another of its group was not.
    HeldBack,
}

/// One reason of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The rule that decided, as rulings cite it.
    pub rule: String,
    pub message: Text,
}

/// The hub could not answer. What was written stays; the import may be run again.
#[derive(Debug, thiserror::Error)]
#[error("the hub could not answer")]
pub struct TargetError(#[source] pub Box<dyn std::error::Error + Send + Sync>);
