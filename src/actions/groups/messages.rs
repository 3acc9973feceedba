//! What members write in a group: told, posted, taken out, and up to where somebody has read it.

use crate::domain::act::{Act, Deed};
use crate::domain::announcement::{check_length, check_text};
use crate::domain::directory::{Actor, Position};
use crate::domain::group::{GroupDeed, GroupMessage, GroupStep, MessageWithdrawn};
use crate::domain::identifying::IdentifierKind;
use crate::domain::ids::GroupId;
use crate::hub::Hub;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::Tx;

use super::super::looking_through::{check_confirmations, check_confirmed};
use super::{GroupError, GroupSeen, find_seen, seen};

/// Messages of a group.
#[derive(Clone, Debug)]
pub struct Messages {
    pub seen: GroupSeen,
    /// The newest first.
    pub messages: Vec<GroupMessage>,
    /// Whether there are older ones.
    pub more: bool,
}

/// Messages before this one, the newest first.
///
/// # Errors
/// When this actor sees no such group, or the journal cannot be read.
pub async fn list_messages(hub: &Hub, actor: &Actor, id: GroupId, before: Option<u32>) -> Result<Messages, GroupError> {
    let seen = find_seen(hub, actor, id).await?;
    let (before, told) = (before.unwrap_or(u32::MAX), limits::GROUP_MESSAGES_TOLD_MAX);
    let read = hub.journal().read(move |tx| Box::pin(tx.list_group_messages(id, before, told + 1)));
    let mut messages = read.await?;
    let more = messages.len() > told;
    messages.truncate(told);
    Ok(Messages { seen, messages, more })
}

/// Writes a message; its number.
///
/// # Errors
/// When this actor is no member, the group is closed, or something in the text was found and not confirmed.
pub async fn post(
    hub: &Hub,
    by: &SignedIn,
    id: GroupId,
    text: String,
    confirmed: &[String],
) -> Result<u32, GroupError> {
    check_may_post(&find_seen(hub, &by.actor, id).await?)?;
    check_text("text", &text, limits::GROUP_MESSAGE_CHARS_MAX)?;
    check_confirmations(confirmed)?;
    let confirmed = check_confirmed(hub, &by.actor, &[&text], confirmed).await?;
    let (now, by, directory) = (hub.region().now(), *by, hub.region().directory());
    let writing = hub.journal().write(move |tx: &mut Tx| {
        Box::pin(async move {
            tx.lock_group(id).await?;
            let group = tx.find_group(id).await?.ok_or(GroupError::NotFound)?;
            check_may_post(&seen(&directory, &by.actor, group).ok_or(GroupError::NotFound)?)?;
            let last = tx.list_group_messages(id, u32::MAX, 1).await?.first().map_or(0, |last| last.number);
            let number = tx.find_next_message_number(id).await?;
            let Actor { person, role, organisation, .. } = by.actor;
            let position = Position { role, organisation };
            let message = GroupMessage { number, by: person, position, at: now, text, withdrawn: None };
            tx.upsert_group_message(id, &message).await?;
            tx.delete_group_messages(id, number.saturating_sub(limits::GROUP_MESSAGES_KEPT_MAX - 1)).await?;
            // Whoever had read all there was has read this, too.
            if tx.list_group_receipts(person).await?.get(&id).copied().unwrap_or(0) == last {
                tx.upsert_group_receipt(id, person, number).await?;
            }
            tx.append_acts(now, [of_message(&by, id, GroupStep::Posted, number, confirmed)]).await?;
            Ok(number)
        })
    });
    writing.await
}

fn check_may_post(seen: &GroupSeen) -> Result<(), GroupError> {
    match seen {
        GroupSeen { is_member: false, .. } => Err(GroupError::Forbidden),
        GroupSeen { group, .. } if group.is_closed => Err(GroupError::Closed),
        _ => Ok(()),
    }
}

fn of_message(by: &SignedIn, group: GroupId, step: GroupStep, number: u32, confirmed: Vec<IdentifierKind>) -> Act {
    let deed = GroupDeed { group, step, number, joined: Vec::new(), left: Vec::new(), confirmed };
    Act { by: by.by(), deed: Deed::Group(deed) }
}

/// Whether whoever sees a group so takes this message out of it: their own, or any where they look after it.
#[must_use]
pub fn may_withdraw(seen: &GroupSeen, actor: &Actor, message: &GroupMessage) -> bool {
    message.withdrawn.is_none() && (seen.may_manage || (seen.is_member && message.by == actor.person))
}

/// Takes a message out of a group: nothing is kept of its text. Whoever takes out what another wrote says why.
///
/// # Errors
/// When this actor may not, it was withdrawn before, or something in the reason was found and not confirmed.
pub async fn withdraw(
    hub: &Hub,
    by: &SignedIn,
    id: GroupId,
    number: u32,
    reason: String,
    confirmed: &[String],
) -> Result<(), GroupError> {
    let seen = find_seen(hub, &by.actor, id).await?;
    let read = hub.journal().read(move |tx| Box::pin(tx.list_group_messages(id, number.saturating_add(1), 1)));
    let known = read.await?.pop().filter(|found| found.number == number).ok_or(GroupError::NotFound)?;
    check_may_withdraw(&seen, &by.actor, &known)?;
    match known.by == by.actor.person {
        true => check_length("reason", &reason, limits::GROUP_REASON_CHARS_MAX)?,
        false => check_text("reason", &reason, limits::GROUP_REASON_CHARS_MAX)?,
    }
    check_confirmations(confirmed)?;
    let confirmed = check_confirmed(hub, &by.actor, &[&reason], confirmed).await?;
    let (now, by) = (hub.region().now(), *by);
    let writing = hub.journal().write(move |tx: &mut Tx| {
        Box::pin(async move {
            tx.lock_group(id).await?;
            let read = tx.list_group_messages(id, number.saturating_add(1), 1).await?.pop();
            let known = read.filter(|found| found.number == number).ok_or(GroupError::NotFound)?;
            check_may_withdraw(&seen, &by.actor, &known)?;
            let withdrawn = Some(MessageWithdrawn { by: by.actor.person, at: now, reason });
            let left = GroupMessage { text: String::new(), withdrawn, ..known };
            tx.upsert_group_message(id, &left).await?;
            Ok(tx.append_acts(now, [of_message(&by, id, GroupStep::Withdrawn, number, confirmed)]).await?)
        })
    });
    writing.await
}

fn check_may_withdraw(seen: &GroupSeen, actor: &Actor, known: &GroupMessage) -> Result<(), GroupError> {
    if known.withdrawn.is_some() {
        return Err(GroupError::Gone);
    }
    if may_withdraw(seen, actor, known) { Ok(()) } else { Err(GroupError::Forbidden) }
}

/// Keeps that this actor, a member, has read up to this message.
///
/// # Errors
/// When they are none, or there is no such message.
pub async fn note_read(hub: &Hub, actor: &Actor, id: GroupId, number: u32) -> Result<(), GroupError> {
    if !find_seen(hub, actor, id).await?.is_member {
        return Err(GroupError::Forbidden);
    }
    let person = actor.person;
    let writing = hub.journal().write(move |tx: &mut Tx| {
        Box::pin(async move {
            let last = tx.list_group_messages(id, u32::MAX, 1).await?.first().map_or(0, |last| last.number);
            if !(1..=last).contains(&number) {
                return Err(GroupError::NotFound);
            }
            Ok(tx.upsert_group_receipt(id, person, number).await?)
        })
    });
    writing.await
}
