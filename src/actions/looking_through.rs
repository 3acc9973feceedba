//! The look through a text that goes to many, for whatever may say of which patient it speaks, and its author's word on each
//! piece. Called by `announcing`, `cases` and `groups`; what is found how is `domain/identifying`.
//!
//! INVARIANT: what was found and not confirmed, piece by piece, goes to nobody.

use std::collections::HashSet;

use crate::domain::directory::Actor;
use crate::domain::identifying::{IdentifierKind, Identifying, Searched, find_figures};
use crate::domain::ids::TimelineId;
use crate::domain::role::Role;
use crate::domain::text::{Invalid, Text};
use crate::hub::Hub;
use crate::limits;
use crate::store::StoreError;

/// What in these texts may say of whom they speak: names and numbers of patients whom the author may know of, days that look
/// like birth dates, long numbers. Nobody learns by it of a patient whom they do not know.
///
/// # Errors
/// When the journal cannot be read.
pub async fn look_for_identifiers(hub: &Hub, actor: &Actor, texts: &[&str]) -> Result<Vec<Identifying>, StoreError> {
    let known: Option<HashSet<_>> = match actor.role {
        Role::Secretariat => None,
        _ => Some(hub.timelines_of(actor).await?.into_iter().map(TimelineId::as_patient).collect()),
    };
    let (region, today) = (hub.region(), hub.region().date_at(hub.region().now()));
    let mut found = Vec::new();
    for text in texts {
        let searched = Searched::new(text);
        let named =
            region.patients().find_in(&searched, |patient| known.as_ref().is_none_or(|own| own.contains(&patient)));
        found.extend(named.into_iter().chain(find_figures(text, today)));
    }
    let mut told: HashSet<String> = HashSet::new();
    found.retain(|one: &Identifying| told.insert(one.excerpt.clone()));
    Ok(found)
}

/// The same for whoever wants to know before they send anything.
///
/// # Errors
/// When there are too many texts, or the journal cannot be read.
pub(super) async fn look_through(hub: &Hub, actor: &Actor, texts: &[&str]) -> Result<Vec<Identifying>, LookError> {
    let max = limits::TEXTS_LOOKED_THROUGH_MAX;
    if texts.len() > max {
        return Err(Invalid::too_long("texts", max, ("個", "entries"), texts.len()).into());
    }
    Ok(look_for_identifiers(hub, actor, texts).await?)
}

/// A text was not looked through, or something in it is open.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    #[error("{}", .0.message.en)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The kinds of what was confirmed, or which piece was not.
pub(super) async fn check_confirmed(
    hub: &Hub,
    actor: &Actor,
    texts: &[&str],
    confirmed: &[String],
) -> Result<Vec<IdentifierKind>, LookError> {
    let found = look_for_identifiers(hub, actor, texts).await?;
    check_few(found.len())?;
    if let Some(open) = found.iter().find(|one| !confirmed.contains(&one.excerpt)) {
        let Identifying { kind, excerpt } = open;
        let text = Text::new(
            format!(
                "「{excerpt}」は{}かもしれません。患者さんのことが分かることは書きません。直すか、患者さんのことでないと確かめてください",
                kind.ja()
            ),
            format!(
                "`{excerpt}` may be {}: nothing is written here that tells of a patient; change it, or confirm that it is none",
                kind.en()
            ),
        );
        return Err(Invalid::new("confirmed", "required", text).into());
    }
    let mut kinds: Vec<IdentifierKind> = found.iter().map(|one| one.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    Ok(kinds)
}

/// As many pieces as can be confirmed: of more, some would be nobody's decision.
fn check_few(count: usize) -> Result<(), Invalid> {
    let max = limits::IDENTIFYING_TOLD_MAX;
    if count <= max {
        return Ok(());
    }
    let text = Text::new(
        format!("患者さんの情報かもしれないところが{count}か所あります。{max}か所までに減らしてください"),
        format!("{count} pieces may say something about a patient: at most {max} can be confirmed"),
    );
    Err(Invalid::new("text", "out_of_range", text))
}

/// One request confirms no more than a text may hold.
pub(super) fn check_confirmations(confirmed: &[String]) -> Result<(), Invalid> {
    match confirmed.len() {
        count if count > limits::IDENTIFYING_TOLD_MAX => {
            Err(Invalid::too_long("confirmed", limits::IDENTIFYING_TOLD_MAX, ("個", "entries"), count))
        }
        _ => Ok(()),
    }
}
