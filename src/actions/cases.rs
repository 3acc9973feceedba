//! Good-practice cases (事例): somebody at work writes one, hands it in after a look for whatever may say of whom it speaks, and
//! somebody else of the secretariat returns or approves it, after a look of their own. Approved ones are read by everybody at
//! work. Which step may follow which is `domain/case`.
//!
//! INVARIANT: nobody but its author and the secretariat reads a word of a case that nobody else has approved.

use crate::domain::act::{Act, Deed};
use crate::domain::announcement::check_text;
use crate::domain::case::{Case, CaseDeed, CaseStep, CaseVersion, CaseWords};
use crate::domain::directory::Actor;
use crate::domain::identifying::{IdentifierKind, Identifying};
use crate::domain::ids::{CaseId, PersonId};
use crate::domain::role::Role;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::hub::sessions::SignedIn;
use crate::limits;
use crate::store::{StoreError, Tx};

use super::looking_through::{self, LookError, check_confirmations, check_confirmed};

/// What cannot be done with a case.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    #[error("not for families and connected systems, or not this actor's to do")]
    Forbidden,
    /// Approving is for somebody who did not write it.
    #[error("their own case")]
    Own,
    #[error("not found")]
    NotFound,
    /// It is another by now, or this step cannot follow.
    #[error("the case is another by now")]
    Moved,
    #[error("too many cases")]
    Full,
    #[error("{}", .0.message.en)]
    Invalid(#[from] Invalid),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LookError> for CaseError {
    fn from(error: LookError) -> Self {
        match error {
            LookError::Invalid(invalid) => invalid.into(),
            LookError::Store(error) => error.into(),
        }
    }
}

/// That patient or family agree, and do not withhold practical training and case studies, as who hands a case in says: the
/// hub does not know of whom it speaks.
#[derive(Clone, Debug)]
pub struct ConsentSaid {
    pub is_given: bool,
    /// Where the form is kept.
    pub kept_at: String,
}

fn check_at_work(actor: &Actor) -> Result<(), CaseError> {
    match actor.role {
        Role::Family | Role::Gateway => Err(CaseError::Forbidden),
        _ => Ok(()),
    }
}

/// Whether this actor looks at what was handed in.
#[must_use]
pub fn is_reviewer(actor: &Actor) -> bool {
    actor.role == Role::Secretariat
}

async fn list_all(hub: &Hub) -> Result<Vec<Case>, StoreError> {
    hub.journal().read(|tx| Box::pin(tx.list_cases())).await
}

/// What is published, what was approved last first.
///
/// # Errors
/// When this actor reads none, or the journal cannot be read.
pub async fn list_published(hub: &Hub, actor: &Actor) -> Result<Vec<Case>, CaseError> {
    check_at_work(actor)?;
    let mut cases = list_all(hub).await?;
    cases.retain(|case| case.standing().is_some());
    cases.sort_by_key(|case| std::cmp::Reverse(case.standing().map(|standing| standing.at)));
    Ok(cases)
}

/// What this actor has to do with, whatever became of it: their own; all, for the secretariat. What was touched last, first.
///
/// # Errors
/// When this actor writes none, or the journal cannot be read.
pub async fn list_work(hub: &Hub, actor: &Actor) -> Result<Vec<Case>, CaseError> {
    check_at_work(actor)?;
    let mut cases = list_all(hub).await?;
    cases.retain(|case| is_reviewer(actor) || case.author == actor.person);
    cases.sort_by_key(|case| std::cmp::Reverse(case.current().at));
    Ok(cases)
}

/// What in these texts may say of whom they speak, among those whom this actor may know of.
///
/// # Errors
/// When this actor writes none, there are too many texts, or the journal cannot be read.
pub async fn look_through(hub: &Hub, actor: &Actor, texts: &[&str]) -> Result<Vec<Identifying>, CaseError> {
    check_at_work(actor)?;
    Ok(looking_through::look_through(hub, actor, texts).await?)
}

/// Begins a case, as a draft.
///
/// # Errors
/// When this actor may not, a field is wrong, or there are too many.
pub async fn draft(hub: &Hub, by: &SignedIn, words: CaseWords) -> Result<Case, CaseError> {
    check_at_work(&by.actor)?;
    words.check().map_err(|invalid| invalid.within("words"))?;
    let (now, author) = (hub.region().now(), by.actor.person);
    let version = CaseVersion {
        number: 1,
        step: CaseStep::Drafted,
        by: author,
        at: now,
        remark: String::new(),
        consent: String::new(),
        words,
    };
    let id = CaseId(hub.region().draw_id());
    let new = Case { id, author, organisation: by.actor.organisation, versions: vec![version] };
    let act = act(by, id, CaseStep::Drafted, 1, Vec::new());
    let stored = new.clone();
    let writing = hub.journal().write(move |tx| {
        Box::pin(async move {
            check_room(&tx.list_cases().await?, author)?;
            tx.append_case_version(&stored, stored.current()).await?;
            Ok::<_, CaseError>(tx.append_acts(now, [act]).await?)
        })
    });
    writing.await?;
    Ok(new)
}

fn check_room(known: &[Case], author: PersonId) -> Result<(), CaseError> {
    let kept = || known.iter().filter(|case| case.current().step != CaseStep::Withdrawn);
    let begun = kept().filter(|case| case.author == author && case.standing().is_none()).count();
    if kept().count() >= limits::CASES_MAX || begun >= limits::CASES_BEGUN_MAX {
        return Err(CaseError::Full);
    }
    Ok(())
}

fn act(by: &SignedIn, case: CaseId, step: CaseStep, number: u32, confirmed: Vec<IdentifierKind>) -> Act {
    Act { by: by.by(), deed: Deed::Case(CaseDeed { case, step, number, confirmed }) }
}

/// Writes on at a case of one's own; `number` is the version that its author has before them. What was handed in is taken
/// back by it; what is published stays so until this is approved.
///
/// # Errors
/// When it is not this actor's, it is another by now, or a field is wrong.
pub async fn redraft(hub: &Hub, by: &SignedIn, id: CaseId, number: u32, words: CaseWords) -> Result<Case, CaseError> {
    find_own(hub, &by.actor, id).await?;
    words.check().map_err(|invalid| invalid.within("words"))?;
    let change = Change { words: Some(words), ..Change::to(CaseStep::Drafted, Some(number)) };
    go_on(hub, by, id, change).await
}

/// Hands a case in, as it was written last.
///
/// # Errors
/// When it is not this actor's, it is another by now or unfinished, nobody agreed, or something was found and not confirmed.
pub async fn hand_in(
    hub: &Hub,
    by: &SignedIn,
    id: CaseId,
    number: u32,
    consent: ConsentSaid,
    confirmed: &[String],
) -> Result<(), CaseError> {
    let known = find_own(hub, &by.actor, id).await?;
    check_turn(&known, CaseStep::HandedIn, Some(number))?;
    let mut current = known.current().clone();
    current.words.check_finished().map_err(|invalid| invalid.within("words"))?;
    check_text("consent", &consent.kept_at, limits::CASE_CONSENT_CHARS_MAX)?;
    if !consent.is_given {
        return Err(unconfirmed(
            "consent_given",
            (
                "患者さんか家族の同意を得ていて、実習や症例研究での利用を断っていないこと",
                "that patient or family agree, and do not withhold practical training and case studies",
            ),
        ));
    }
    current.consent = consent.kept_at;
    check_confirmations(confirmed)?;
    let confirmed = check_confirmed(hub, &by.actor, &current.texts(), confirmed).await?;
    let consent = Some(current.consent);
    let change = Change { consent, confirmed, ..Change::to(CaseStep::HandedIn, Some(number)) };
    go_on(hub, by, id, change).await.map(drop)
}

/// A tick that is missing.
fn unconfirmed(field: &str, (ja, en): (&str, &str)) -> CaseError {
    let text = Text::new(format!("{ja}を確かめてください"), format!("confirm {en}"));
    Invalid::new(field, "required", text).into()
}

/// Sends back what was handed in, with a remark for its author.
///
/// # Errors
/// When this actor may not, it is another by now, or something in the remark was found and not confirmed.
pub async fn send_back(
    hub: &Hub,
    by: &SignedIn,
    id: CaseId,
    number: u32,
    remark: String,
    confirmed: &[String],
) -> Result<(), CaseError> {
    let known = find_to_review(hub, &by.actor, id).await?;
    check_turn(&known, CaseStep::Returned, Some(number))?;
    check_text("remark", &remark, limits::CASE_REMARK_CHARS_MAX)?;
    check_confirmations(confirmed)?;
    let confirmed = check_confirmed(hub, &by.actor, &[&remark], confirmed).await?;
    let change = Change { remark: Some(remark), confirmed, ..Change::to(CaseStep::Returned, Some(number)) };
    go_on(hub, by, id, change).await.map(drop)
}

/// Publishes what was handed in. Whoever approves it did not write it, has seen the form, and is warned of names of all
/// patients: its author may know a few of them only.
///
/// # Errors
/// When this actor may not, it is another by now, the form was not seen, or something was found and not confirmed.
pub async fn approve(
    hub: &Hub,
    by: &SignedIn,
    id: CaseId,
    number: u32,
    is_consent_seen: bool,
    confirmed: &[String],
) -> Result<(), CaseError> {
    let known = find_to_review(hub, &by.actor, id).await?;
    check_turn(&known, CaseStep::Approved, Some(number))?;
    if !is_consent_seen {
        return Err(unconfirmed(
            "consent_seen",
            (
                "同意書があり、実習や症例研究での利用を断っていないこと",
                "that the form of consent is there, and does not withhold practical training and case studies",
            ),
        ));
    }
    check_confirmations(confirmed)?;
    let confirmed = check_confirmed(hub, &by.actor, &known.current().texts(), confirmed).await?;
    let remark = Some(String::new());
    let change = Change { remark, confirmed, ..Change::to(CaseStep::Approved, Some(number)) };
    go_on(hub, by, id, change).await.map(drop)
}

/// Withdraws a case: its author what is published, the secretariat any. Nothing is kept of it but that, and why.
///
/// # Errors
/// When this actor may not, it was withdrawn already, or something in the reason was found and not confirmed.
pub async fn withdraw(
    hub: &Hub,
    by: &SignedIn,
    id: CaseId,
    reason: String,
    confirmed: &[String],
) -> Result<(), CaseError> {
    let known = find_visible(hub, &by.actor, id).await?;
    let is_own = known.author == by.actor.person;
    if !is_reviewer(&by.actor) && !is_own {
        return Err(CaseError::Forbidden);
    }
    if !is_reviewer(&by.actor) && known.standing().is_none() {
        return Err(CaseError::Moved);
    }
    check_text("reason", &reason, limits::CASE_REMARK_CHARS_MAX)?;
    check_confirmations(confirmed)?;
    let confirmed = check_confirmed(hub, &by.actor, &[&reason], confirmed).await?;
    let change = Change {
        words: Some(CaseWords::default()),
        consent: Some(String::new()),
        remark: Some(reason),
        confirmed,
        ..Change::to(CaseStep::Withdrawn, None)
    };
    go_on(hub, by, id, change).await.map(drop)
}

/// Throws away what is being written; what is published stays. Whatever was begun and never published is gone.
///
/// # Errors
/// When it is not this actor's, or nothing is being written.
pub async fn discard(hub: &Hub, by: &SignedIn, id: CaseId) -> Result<(), CaseError> {
    find_own(hub, &by.actor, id).await?;
    let (now, by) = (hub.region().now(), *by);
    let writing = hub.journal().write(move |tx: &mut Tx| {
        Box::pin(async move {
            let known = tx.find_case(id).await?.ok_or(CaseError::NotFound)?;
            check_turn(&known, CaseStep::Discarded, None)?;
            let last = known.current().number;
            // What stands takes the next number, so that none is ever given twice: who approves one has read that one.
            let standing = known.standing().map(|standing| CaseVersion { number: last + 1, ..standing.clone() });
            if let Some(standing) = &standing
                && !tx.append_case_version(&known, standing).await?
            {
                return Err(CaseError::Moved);
            }
            tx.delete_case_versions(id, [standing.map(|standing| standing.number), None]).await?;
            Ok(tx.append_acts(now, [act(&by, id, CaseStep::Discarded, last, Vec::new())]).await?)
        })
    });
    writing.await
}

/// What a step changes; what is `None` stays as it was.
struct Change {
    step: CaseStep,
    /// The version that it follows; `None`: whichever there is.
    number: Option<u32>,
    words: Option<CaseWords>,
    consent: Option<String>,
    remark: Option<String>,
    confirmed: Vec<IdentifierKind>,
}

impl Change {
    const fn to(step: CaseStep, number: Option<u32>) -> Self {
        Self { step, number, words: None, consent: None, remark: None, confirmed: Vec::new() }
    }

    fn of(self, known: &Case, by: PersonId, at: Timestamp) -> CaseVersion {
        let current = known.current().clone();
        CaseVersion {
            number: current.number + 1,
            step: self.step,
            by,
            at,
            remark: self.remark.unwrap_or(current.remark),
            consent: self.consent.unwrap_or(current.consent),
            words: self.words.unwrap_or(current.words),
        }
    }
}

/// Whether this step may follow this version, and it is the last one.
fn check_turn(known: &Case, step: CaseStep, number: Option<u32>) -> Result<(), CaseError> {
    let is_another = number.is_some_and(|number| number != known.current().number);
    if is_another || !known.takes(step) { Err(CaseError::Moved) } else { Ok(()) }
}

/// Makes the step that a change is. What it follows is read once more where nobody comes between: what was looked through is
/// the version of this number and no other.
async fn go_on(hub: &Hub, by: &SignedIn, id: CaseId, mut change: Change) -> Result<Case, CaseError> {
    let (now, person, step) = (hub.region().now(), by.actor.person, change.step);
    let (number, confirmed) = (change.number, std::mem::take(&mut change.confirmed));
    let by = *by;
    let writing = hub.journal().write(move |tx: &mut Tx| {
        Box::pin(async move {
            let mut known = tx.find_case(id).await?.ok_or(CaseError::NotFound)?;
            check_turn(&known, step, number)?;
            let (version, kept) = (change.of(&known, person, now), known.keeps(step));
            if !tx.append_case_version(&known, &version).await? {
                return Err(CaseError::Moved);
            }
            tx.delete_case_versions(id, [Some(version.number), kept]).await?;
            tx.append_acts(now, [act(&by, id, step, version.number, confirmed)]).await?;
            known.versions.retain(|version| Some(version.number) == kept);
            known.versions.push(version);
            Ok(known)
        })
    });
    writing.await
}

/// A case of which this actor may know.
async fn find_visible(hub: &Hub, actor: &Actor, id: CaseId) -> Result<Case, CaseError> {
    check_at_work(actor)?;
    let found = hub.journal().read(move |tx| Box::pin(tx.find_case(id))).await?;
    let is_visible = |case: &Case| is_reviewer(actor) || case.author == actor.person || case.standing().is_some();
    found.filter(is_visible).ok_or(CaseError::NotFound)
}

async fn find_own(hub: &Hub, actor: &Actor, id: CaseId) -> Result<Case, CaseError> {
    let known = find_visible(hub, actor, id).await?;
    if known.author == actor.person { Ok(known) } else { Err(CaseError::Forbidden) }
}

async fn find_to_review(hub: &Hub, actor: &Actor, id: CaseId) -> Result<Case, CaseError> {
    if !is_reviewer(actor) {
        return Err(CaseError::Forbidden);
    }
    let known = find_visible(hub, actor, id).await?;
    if known.author == actor.person { Err(CaseError::Own) } else { Ok(known) }
}
