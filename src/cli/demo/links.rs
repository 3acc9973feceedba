//! Sign-in links, one for each role, printed where only this machine can follow them.

use std::fmt::Write as _;
use std::time::Duration;

use super::region::{ORGANISATIONS, PEOPLE, PersonSeed, person_id};
use crate::actions::sign_in::{SignInError, SignIns};
use crate::domain::act::By;
use crate::domain::role::Role;

/// The first person of each role, in the order of the roles.
fn first_of_each_role() -> impl Iterator<Item = &'static PersonSeed> {
    Role::ALL.iter().filter_map(|role| PEOPLE.iter().find(|person| person.role == *role && *role != Role::Gateway))
}

/// A line for each role: `医師 (doctor) 山田 健一（はなみずき在宅クリニック） https://…/#token=…`.
///
/// # Errors
/// When the store fails.
pub async fn lines(sign_ins: &SignIns, url: &str, valid_for: Duration) -> Result<String, SignInError> {
    let mut lines = String::new();
    for person in first_of_each_role() {
        let (token, _) = sign_ins.issue(By::Operator, person_id(person.key), person.position(), valid_for).await?;
        let token = token.reveal();
        let at = ORGANISATIONS.iter().find(|organisation| organisation.key == person.at).map_or("", |at| at.name);
        let (ja, en, name) = (person.role.ja(), person.role.en(), person.name.0);
        writeln!(lines, "{ja} ({en}) {name}（{at}） {url}#token={}", token.as_str()).expect("a String takes all");
    }
    Ok(lines)
}
