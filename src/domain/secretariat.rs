//! Who acts for the secretariat of a region: the one answer to it, for whoever changes the directory, decides a suspension,
//! or looks after the hub's machine. It knows positions and suspensions; who of them has an account is known to the store.

use std::collections::HashSet;

use jiff::civil::Date;

use super::directory::{Actor, Directory};
use super::ids::PersonId;
use super::offices::Offices;
use super::text::Text;

/// Everybody who acts for the secretariat on this day of the region: whoever a suspension keeps out does not.
#[must_use]
pub fn who_acts(directory: &Directory, offices: &Offices, today: Date) -> Vec<Actor> {
    directory.secretaries().filter(|actor| !offices.shut_out(actor, directory, today)).collect()
}

/// What a change would take from the secretariat that it cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missed {
    /// Nobody would act for it.
    Everybody,
    /// Nobody of those left could sign in, and one of those who go can.
    WhoeverSignsIn,
}

impl Missed {
    /// What is missed after a change, if anything; where nobody acted before, nothing is. `can_sign_in`: who has set up an
    /// account.
    #[must_use]
    pub fn between(before: &[Actor], after: &[Actor], can_sign_in: &HashSet<PersonId>) -> Option<Self> {
        let mut gone = before.iter().filter(|actor| after.iter().all(|one| one.person != actor.person)).peekable();
        gone.peek()?;
        if after.is_empty() {
            return Some(Self::Everybody);
        }
        let can = |actor: &Actor| can_sign_in.contains(&actor.person);
        (gone.any(can) && !after.iter().any(can)).then_some(Self::WhoeverSignsIn)
    }

    /// For people.
    #[must_use]
    pub const fn text(self) -> Text {
        match self {
            Self::Everybody => Text::fixed(
                "事務局として働く人がいなくなるため、できません。先にほかの担当者を登録し、アカウントを設定してもらってください",
                "nobody would be left who acts for the secretariat: enter somebody else first and let them set up their account",
            ),
            Self::WhoeverSignsIn => Text::fixed(
                "事務局に残る人のだれもアカウントを設定していないため、できません。先に招待して、設定してもらってください",
                "nobody who is left at the secretariat has set up an account: invite one of them first and let them set it up",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::OrganisationId;
    use crate::domain::role::{OrganisationType, Role};
    use uuid::Uuid;

    fn secretary(number: u128) -> Actor {
        Actor {
            person: PersonId(Uuid::from_u128(number)),
            role: Role::Secretariat,
            organisation: OrganisationId(Uuid::from_u128(9)),
            organisation_type: OrganisationType::Secretariat,
        }
    }

    #[test]
    fn the_last_one_is_missed_and_so_is_the_last_with_an_account() {
        let (one, other) = (secretary(1), secretary(2));
        let can = |who: &[Actor]| who.iter().map(|actor| actor.person).collect::<HashSet<_>>();
        type Row<'a> = (&'a [Actor], &'a [Actor], &'a [Actor], Option<Missed>);
        let rows: [Row<'_>; 7] = [
            (&[], &[], &[], None),
            (&[one], &[one], &[], None),
            (&[one], &[], &[], Some(Missed::Everybody)),
            (&[one, other], &[other], &[one, other], None),
            (&[one, other], &[other], &[], None),
            (&[one, other], &[other], &[one], Some(Missed::WhoeverSignsIn)),
            (&[one, other], &[], &[one, other], Some(Missed::Everybody)),
        ];
        for (before, after, accounts, expected) in rows {
            assert_eq!(Missed::between(before, after, &can(accounts)), expected, "{before:?} {after:?}");
        }
    }
}
