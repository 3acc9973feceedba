//! What is odd about duties: debtors who may not post the proof, debtors no team need have, two duties for one
//! act, chains of duties without end. Called by `analyse`.

use super::analyse::{Finding, Shares};
use super::book::Rulebook;
use super::facts::ROLE;
use super::mechanism::{Duty, MetBy, Party};
use super::mechanism_check::of_state;
use super::region::{self, Cell, TooComplicated};
use super::ruleset::{Mechanism, Rule};
use super::surroundings::NAMES_SOMEBODY;
use super::vocabulary::positions;
use super::words::{Action, Capacity, Matter, Per, Relation};
use crate::domain::kind::Kind;
use crate::domain::role::Role;
use crate::domain::text::Text;

/// The facts that say whether a team has a role.
const ON_TEAM: &[(Role, &str)] = &[
    (Role::Doctor, "team.has_doctor"),
    (Role::Nurse, "team.has_nurse"),
    (Role::CareManager, "team.has_care_manager"),
    (Role::Pharmacist, "team.has_pharmacist"),
];

/// A duty or standing rule as the analysis looks at it.
struct Owed<'a> {
    rule: &'a Rule,
    party: &'a Party,
    /// Kinds of which one meets it, acknowledgement included.
    acts: u64,
    cells: Vec<Cell>,
    duty: Option<&'a Duty>,
    /// Roles that come to owe it.
    roles: u64,
}

pub(crate) fn find(book: &Rulebook, shares: &Shares<'_>, found: &mut Vec<Finding>) -> Result<(), TooComplicated> {
    let owed = owed(book)?;
    for one in &owed {
        find_powerless_debtors(book, shares, one, found)?;
        find_nobody(book, one, found);
        find_no_answers(book, one, found);
        find_absent_debtor(book, one, found);
    }
    find_duplicates(book, &owed, found);
    find_loops(book, &owed, found);
    Ok(())
}

fn owed(book: &Rulebook) -> Result<Vec<Owed<'_>>, TooComplicated> {
    let mut owed = Vec::new();
    for (_, _, rule) in book.rules() {
        let cells = |applies| region::of_rule(applies, Action::Post, &book.vocabulary, &book.grid);
        let (party, acts, cells, duty) = match &rule.mechanism {
            Mechanism::Duty(duty) => (&duty.owed_by, acts_of(&duty.met_by), cells(&duty.applies)?, Some(duty)),
            Mechanism::Standing(it) => (&it.owed_by, it.keep, cells(&of_state(&it.when, &it.unless))?, None),
            _ => continue,
        };
        let roles = roles_of(book, party, &cells);
        owed.push(Owed { rule, party, acts, cells, duty, roles });
    }
    Ok(owed)
}

fn acts_of(met_by: &MetBy) -> u64 {
    met_by.kinds | if met_by.acknowledge { 1 << Kind::Acknowledgement.index() } else { 0 }
}

/// An author owes in the role of the post; any other in the roles written.
fn roles_of(book: &Rulebook, party: &Party, cells: &[Cell]) -> u64 {
    if party.relation != Relation::Author || party.capacity != Capacity::Person {
        return party.roles;
    }
    let role = book.vocabulary.find_field(ROLE);
    let of_cell = |cell: &Cell| role.and_then(|field| cell.side(field)).unwrap_or(party.roles);
    cells.iter().fold(0, |roles, cell| roles | of_cell(cell))
}

/// Where the roles are named, each of them must be able to post one of the acts; where anybody may owe, somebody.
fn find_powerless_debtors(
    book: &Rulebook,
    shares: &Shares<'_>,
    owed: &Owed<'_>,
    found: &mut Vec<Finding>,
) -> Result<(), TooComplicated> {
    let Some(field) = book.vocabulary.find_field(ROLE) else { return Ok(()) };
    let mut powerless = 0;
    for role in positions(owed.roles) {
        let is_author = owed.party.relation == Relation::Author;
        // An author who may not make the post never comes to owe.
        let own: Vec<Cell> = owed.cells.iter().filter_map(|cell| cell.narrowed(field, 1 << role)).collect();
        if is_author && owed.duty.is_some() && !shares.may_happen(&own, Action::Post, book)? {
            continue;
        }
        let act = Cell { kinds: owed.acts, sides: vec![(field, 1 << role)] };
        if !shares.may_happen(&[act], Action::Post, book)? {
            powerless |= 1 << role;
        }
    }
    let anybody = owed.roles == book.vocabulary.roles.full();
    if powerless != 0 && (!anybody || powerless == owed.roles) {
        let (who, acts) = (book.vocabulary.roles.label_of(powerless), book.vocabulary.kinds.label_of(owed.acts));
        let text = Text::new(
            format!("{} を果たす「{}」を書くことが、「{}」に許されていません", owed.rule.id, acts.ja, who.ja),
            format!("{} is owed by '{}', who may not post '{}'", owed.rule.id, who.en, acts.en),
        );
        found.push(book.finding("debtor-may-not-post", &[owed.rule], text).at(owed.party.place, book));
    }
    Ok(())
}

/// The rule speaks of posts, or counts by something, around which those who would owe are never found.
fn find_nobody(book: &Rulebook, owed: &Owed<'_>, found: &mut Vec<Finding>) {
    let relation = owed.party.relation;
    let text = match &owed.rule.mechanism {
        Mechanism::Standing(it) if it.aggregate || it.per == Per::Patient || !is_of_a_team(relation) => return,
        Mechanism::Standing(it) => Text::new(
            format!(
                "{} は{}ごとのルールで、「{}」はないので、約束する人がいません",
                owed.rule.id,
                it.per.ja(),
                relation.ja()
            ),
            format!(
                "nobody ever owes {}: it is a rule per {}, which knows no '{}'",
                owed.rule.id,
                it.per.code(),
                relation.code()
            ),
        ),
        _ => {
            let kinds = owed.cells.iter().fold(0, |kinds, cell| kinds | cell.kinds);
            let without = kinds & around_nobody(relation);
            if without == 0 {
                return;
            }
            let kinds = book.vocabulary.kinds.label_of(without);
            Text::new(
                format!(
                    "{} のきっかけ「{}」には「{}」がないので、約束する人がいません",
                    owed.rule.id,
                    kinds.ja,
                    relation.ja()
                ),
                format!("nobody ever owes {} after '{}', which knows no '{}'", owed.rule.id, kinds.en, relation.code()),
            )
        }
    };
    found.push(book.finding("no-debtor", &[owed.rule], text).at(owed.party.place, book));
}

/// An organisation's own timeline has no team.
const fn is_of_a_team(relation: Relation) -> bool {
    matches!(relation, Relation::Team | Relation::Host | Relation::Visited | Relation::NotVisited)
}

/// The kinds of post around which nobody stands in this relation.
fn around_nobody(relation: Relation) -> u64 {
    let kinds = |is_meant: &dyn Fn(Kind) -> bool| {
        Kind::ALL.iter().filter(|kind| is_meant(**kind)).fold(0, |kinds, kind| kinds | 1 << kind.index())
    };
    match relation {
        Relation::Named => kinds(&|kind| !NAMES_SOMEBODY.contains(&kind)),
        // Only from an infection notice the hub looks back at who visited.
        Relation::Visited => kinds(&|kind| !matches!(kind, Kind::InfectionNotice | Kind::Correction)),
        _ if is_of_a_team(relation) => kinds(&Kind::is_of_an_organisation),
        _ => 0,
    }
}

/// What must refer to the entry that opened the duty, of a kind that cannot.
fn find_no_answers(book: &Rulebook, owed: &Owed<'_>, found: &mut Vec<Finding>) {
    let Some(met) = owed.duty.map(|duty| &duty.met_by) else { return };
    let is_mute = |kind: Kind| match (met.answers, met.same) {
        (_, Some(Matter::Device)) => kind != Kind::DeviceChange && !kind.can_refer(),
        (true, _) | (false, Some(Matter::Callee)) => !kind.can_refer(),
        (false, None) => false,
    };
    let of_the_rule = Kind::ALL.iter().filter(|kind| met.kinds >> kind.index() & 1 == 1);
    let mute = of_the_rule.filter(|kind| is_mute(**kind)).fold(0, |kinds, kind| kinds | 1 << kind.index());
    if mute != 0 {
        let kinds = book.vocabulary.kinds.label_of(mute);
        let text = Text::new(
            format!("「{}」は、どの記録に答えるかを書けないので、{} を果たせません", kinds.ja, owed.rule.id),
            format!("'{}' cannot say which entry it answers, so it never meets {}", kinds.en, owed.rule.id),
        );
        found.push(book.finding("act-never-answers", &[owed.rule], text).at(met.place, book));
    }
}

/// The rule applies to teams that have none of the roles that owe.
fn find_absent_debtor(book: &Rulebook, owed: &Owed<'_>, found: &mut Vec<Finding>) {
    if owed.party.relation != Relation::Team {
        return;
    }
    let fact = |role: u8| ON_TEAM.iter().find(|(of, _)| of.index() == usize::from(role)).map(|(_, fact)| *fact);
    let facts: Option<Vec<&str>> = positions(owed.roles).map(fact).collect();
    // Of a role without such a fact nothing can be said.
    let Some(facts) = facts else { return };
    let mut without = owed.cells.clone();
    for field in facts.iter().filter_map(|fact| book.vocabulary.find_field(fact)) {
        without = without.iter().filter_map(|cell| cell.narrowed(field, 0b01)).collect();
    }
    if !without.is_empty() {
        let who = book.vocabulary.roles.label_of(owed.roles);
        let text = Text::new(
            format!("{} は、チームに「{}」がいないときにも当てはまります", owed.rule.id, who.ja),
            format!("{} also applies to teams without '{}', who would owe it", owed.rule.id, who.en),
        );
        found.push(book.finding("no-debtor-on-team", &[owed.rule], text).at(owed.party.place, book));
    }
}

/// Two duties of one event that the same people meet by the same act.
fn find_duplicates(book: &Rulebook, owed: &[Owed<'_>], found: &mut Vec<Finding>) {
    let duties: Vec<_> = owed.iter().filter(|one| one.duty.is_some()).collect();
    for (at, one) in duties.iter().enumerate() {
        for other in &duties[at + 1..] {
            let same_debtor = one.party.relation == other.party.relation
                && one.party.capacity == other.party.capacity
                && one.roles & other.roles != 0;
            if !same_debtor || one.acts & other.acts == 0 {
                continue;
            }
            let both = one.cells.iter().find_map(|cell| other.cells.iter().find_map(|that| cell.meet(that)));
            if let Some(both) = both {
                let witness = region::witness(&both, Action::Post, &book.vocabulary);
                let text = Text::new(
                    format!(
                        "{} と {} は、同じ人に同じことを約束させます。例：{}",
                        one.rule.id, other.rule.id, witness.ja
                    ),
                    format!(
                        "{} and {} ask the same of the same people, for example: {}",
                        one.rule.id, other.rule.id, witness.en
                    ),
                );
                found.push(book.finding("duplicate-duty", &[one.rule, other.rule], text));
            }
        }
    }
}

/// Duties that cannot be met without opening one of the same circle: every act that meets one may open the next.
fn find_loops(book: &Rulebook, owed: &[Owed<'_>], found: &mut Vec<Finding>) {
    let Some(field) = book.vocabulary.find_field(ROLE) else { return };
    let duties: Vec<_> = owed.iter().filter(|one| one.duty.is_some()).collect();
    let opens = |one: &Owed<'_>, kind: u8, other: &Owed<'_>| {
        let roles = if one.roles == 0 { u64::MAX } else { one.roles };
        let act = Cell { kinds: 1 << kind, sides: vec![(field, roles)] };
        other.cells.iter().any(|cell| cell.meet(&act).is_some())
    };
    // Take away every duty with an act that opens nothing left; what stays runs in circles.
    let mut left: Vec<usize> = (0..duties.len()).collect();
    loop {
        let endless = |at: &usize| {
            positions(duties[*at].acts).all(|kind| left.iter().any(|next| opens(duties[*at], kind, duties[*next])))
        };
        let kept: Vec<usize> = left.iter().copied().filter(endless).collect();
        if kept.len() == left.len() {
            break;
        }
        left = kept;
    }
    if left.is_empty() {
        return;
    }
    let rules: Vec<&Rule> = left.iter().map(|at| duties[*at].rule).collect();
    let ids = rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>().join(", ");
    let text = Text::new(
        format!("{ids} は、果たすたびに約束が増えて終わりません"),
        format!("{ids} never end: whatever meets one opens another of them"),
    );
    let place = duties[left[0]].duty.map_or(rules[0].place, |duty| duty.met_by.place);
    found.push(book.finding("duty-loop", &rules, text).at(place, book));
}
