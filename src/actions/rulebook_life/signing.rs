//! Who may sign a set of rules for a body: of its profession, its representative where the set names one, and for one body
//! of a version only. What is signed on paper the secretariat records, with the name and the date on it.

use super::Signing;
use super::error::{LifeError, conflict, invalid};
use crate::domain::act::By;
use crate::domain::ids::PersonId;
use crate::domain::lifecycle::SetSignature;
use crate::domain::role::Role;
use crate::domain::search::plain;
use crate::domain::text::Text;
use crate::rulebook::{Ruleset, Signatory};

/// The person who signs here; `None`: somebody signed on paper.
pub(super) fn signer(by: By) -> Option<PersonId> {
    by.actor().filter(|actor| actor.role != Role::Secretariat).map(|actor| actor.person)
}

/// Whether the body is asked to sign this set, and this person may sign for it.
pub(super) fn check(by: By, set: &Ruleset, signing: &Signing) -> Result<(), LifeError> {
    let named = set.bodies.iter().find(|asked| asked.body == signing.body && asked.role == signing.role);
    let is_asked = match (set.bodies.as_slice(), set.between.as_slice()) {
        // Proposed before every side had to name its body.
        ([], []) => Role::from_code(&signing.role).is_some(),
        ([], pair) => pair.contains(&signing.role),
        _ => named.is_some(),
    };
    if !is_asked {
        return Err(invalid(
            "body",
            "unexpected",
            "このルール集に署名を求められている団体・職種ではありません",
            "this body and profession are not asked to sign this set",
        ));
    }
    if let Some(actor) = by.actor()
        && actor.role != Role::Secretariat
        && actor.role.code() != signing.role
    {
        return Err(LifeError::Forbidden(Text::fixed(
            "団体の職種の人だけが、その団体として署名できます",
            "only a person of the body's profession may sign for it",
        )));
    }
    check_representative(by, named, signing)
}

/// Whether nobody else has signed for the body what the set says now: a signature is not written over.
pub(super) fn check_first(by: By, given: &[SetSignature], signing: &Signing) -> Result<(), LifeError> {
    let is_same = |other: &&SetSignature| {
        (&other.set, &other.body, &other.agreement) == (&signing.set, &signing.body, &signing.agreement)
    };
    let is_once_more =
        |other: &&SetSignature| other.signer == signer(by) && is_same_name(&other.person, &signing.person);
    match given.iter().find(is_same).filter(|signed| !is_once_more(signed)) {
        Some(signed) => Err(conflict(
            format!("「{}」は{}さんが{}に署名しています", signed.body, signed.person, signed.on),
            format!("{} signed for '{}' on {}", signed.person, signed.body, signed.on),
        )),
        None => Ok(()),
    }
}

/// Where the set names nobody, only paper does: else anybody of the profession could speak for the body.
fn check_representative(by: By, named: Option<&Signatory>, signing: &Signing) -> Result<(), LifeError> {
    let represented_by = named.and_then(|named| named.person.as_deref());
    let body = &signing.body;
    let (ja, en) = match (represented_by, signer(by)) {
        (Some(person), _) if is_same_name(person, &signing.person) => return Ok(()),
        (None, None) => return Ok(()),
        (Some(person), _) => (
            format!("「{body}」の代表者は{person}さんです。代表者だけが署名できます"),
            format!("{person} represents '{body}': only the representative signs for it"),
        ),
        (None, Some(_)) => (
            format!(
                "ルール集に「{body}」の代表者（bodies の person）が書かれていません。代表者を書いて提案し直すか、紙の署名を事務局が記録してください"
            ),
            format!(
                "the set names nobody who represents '{body}' (person in bodies): name one and propose it again, or have the secretariat record the signature on paper"
            ),
        ),
    };
    match signer(by) {
        Some(_) => Err(LifeError::Forbidden(Text::new(ja, en))),
        None => Err(invalid("person", "mismatch", ja, en)),
    }
}

/// Whether this person has signed the version for no other body.
pub(super) fn check_alone(by: By, signatures: &[SetSignature], signing: &Signing) -> Result<(), LifeError> {
    let is_other = |signed: &&SetSignature| signed.body != signing.body || signed.role != signing.role;
    let is_same_person = |signed: &&SetSignature| match (signed.signer, signer(by)) {
        (Some(one), Some(other)) => one == other,
        // On paper there is only the name.
        _ => is_same_name(&signed.person, &signing.person),
    };
    match signatures.iter().filter(is_other).find(is_same_person) {
        None => Ok(()),
        Some(signed) => Err(conflict(
            format!(
                "{}さんは、この版にすでに「{}」として署名しています。一人が署名できるのは一つの団体だけです",
                signing.person, signed.body
            ),
            format!("{} has signed this version for '{}': one person signs for one body", signing.person, signed.body),
        )),
    }
}

/// Names are written with and without a space, and in both widths.
fn is_same_name(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}
