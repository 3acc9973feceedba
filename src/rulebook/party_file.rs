//! Reads who owes and who is told (`"nurse"`, `"manager"`, `{ role = "doctor", of = "named" }`) and what
//! act meets a duty. Called by `mechanism_file`.

use super::mechanism::{MetBy, Party};
use super::mechanism_file::read_flag;
use super::mistake::Mistake;
use super::problem::Findings;
use super::ruleset_file::read_on;
use super::suggest::nearest;
use super::table::Item;
use super::vocabulary::Vocabulary;
use super::vocabulary_file::word_in;
use super::words::{Capacity, Matter, Per, Relation, Word, key};
use crate::domain::kind::Kind;
use crate::domain::role::Role;
use crate::domain::text::Text;

/// For what a party is read: it decides which relations make sense, and what is meant when none is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Debtor,
    /// What the rule counts by, where that could be read.
    Standing(Option<Per>),
    Told,
}

impl Side {
    fn allows(self, relation: Relation) -> bool {
        let of_the_team = matches!(relation, Relation::Team | Relation::Host | Relation::Region);
        let of_the_entry = matches!(relation, Relation::Author | Relation::Named | Relation::Visited)
            || relation == Relation::NotVisited;
        match self {
            Self::Debtor => of_the_team || of_the_entry,
            Self::Told => of_the_team || of_the_entry || relation == Relation::Debtor,
            Self::Standing(per) => of_the_team || relation == Relation::Subject && per != Some(Per::Patient),
        }
    }
}

pub(crate) fn read(
    item: Item<'_, '_>,
    side: Side,
    vocabulary: &Vocabulary,
    findings: &mut Findings<'_>,
) -> Option<Party> {
    if item.value.get_ref().as_table().is_some() {
        return read_table(item, side, vocabulary, findings);
    }
    let written = item.string(findings)?;
    let all = vocabulary.roles.full();
    let party = |roles, capacity, relation| Party { roles, capacity, relation, each: false, place: item.place };
    if let Some(roles) = vocabulary.roles.find(written) {
        let relation = if roles == 1 << Role::Secretariat.index() { Relation::Region } else { Relation::Team };
        return Some(party(roles, Capacity::Member, relation));
    }
    let found = match (side, Capacity::find(written), Relation::find(written)) {
        (Side::Told, Some(capacity @ (Capacity::Manager | Capacity::Contact)), _) => {
            Some(party(all, capacity, Relation::Debtor))
        }
        (Side::Debtor | Side::Told, _, Some(Relation::Author)) => Some(party(all, Capacity::Person, Relation::Author)),
        (Side::Debtor, Some(Capacity::Manager), _) => Some(party(all, Capacity::Manager, Relation::Team)),
        (_, _, Some(relation @ (Relation::Host | Relation::Region))) => Some(party(all, Capacity::Member, relation)),
        _ => None,
    };
    if found.is_none() {
        let mut spellings = vocabulary.roles.spellings();
        let words = ["author", "host", "manager", "contact", "投稿した人の所属", "管理事業所", "管理者", "連絡担当"];
        spellings.extend(words.map(str::to_owned));
        let suggestion = nearest(written, spellings.iter().map(String::as_str));
        let what = Text::fixed("職種や立場", "role or capacity");
        findings.add(item.place, Mistake::UnknownWord { what, word: written.to_owned(), suggestion });
    }
    found
}

fn read_table(item: Item<'_, '_>, side: Side, vocabulary: &Vocabulary, findings: &mut Findings<'_>) -> Option<Party> {
    let mut table = item.table(findings)?;
    let what = Text::fixed("職種一覧", "role");
    let roles = table.find(key::ROLE).map(|item| {
        let roles = item.elements(findings);
        roles.into_iter().filter_map(|role| word_in(&vocabulary.roles, role, &what, findings)).fold(0, |a, b| a | b)
    });
    let capacity = table.find(key::AS).map(|item| item.word::<Capacity>(findings));
    let relation = table.find(key::WHERE).map(|item| (item.word::<Relation>(findings), item.place));
    let each = read_flag(&mut table, key::EACH, findings);
    table.finish(findings);
    let unsaid = if side == Side::Told { Relation::Debtor } else { Relation::Team };
    let (relation, place) = relation.unwrap_or((Some(unsaid), item.place));
    let relation = relation?;
    if !side.allows(relation) {
        findings.add(place, Mistake::RelationNotHere { relation: Text::fixed(relation.ja(), relation.code()) });
    }
    let capacity = capacity.unwrap_or(Some(Capacity::Member))?;
    let names_people = matches!(relation, Relation::Author | Relation::Named);
    if capacity == Capacity::Person && !names_people {
        findings.add(item.place, Mistake::NobodyNamed);
    }
    Some(Party { roles: roles.unwrap_or_else(|| vocabulary.roles.full()), capacity, relation, each, place: item.place })
}

/// `"acknowledge"`, `"post:lab_result"`, a list of posts, or `{ act = …, answers = true, same = "device" }`.
pub(crate) fn read_met_by(item: Item<'_, '_>, vocabulary: &Vocabulary, findings: &mut Findings<'_>) -> Option<MetBy> {
    let (mut answers, mut same) = (false, None);
    let mut acts = item;
    if item.value.get_ref().as_table().is_some() {
        let mut table = item.table(findings)?;
        let act = table.require(key::ACT, findings);
        answers = read_flag(&mut table, key::ANSWERS, findings);
        same = table.find(key::SAME).and_then(|item| item.word::<Matter>(findings));
        table.finish(findings);
        acts = act?;
    }
    let acknowledgement = Kind::Acknowledgement;
    let mut met = MetBy { acknowledge: false, kinds: 0, answers, same, place: acts.place };
    for act in acts.elements(findings) {
        let written = act.string(findings)?;
        if written == "acknowledge" || written == acknowledgement.ja() {
            met.acknowledge = true;
            continue;
        }
        let (on, star) = read_on(act, vocabulary, findings);
        if let Some(place) = star {
            findings.add(place, Mistake::StarOnlyInForbid);
        }
        if on.view != 0 {
            findings.add(act.place, Mistake::OnlyPosts { action: Text::fixed("閲覧", "view") });
        }
        met.kinds |= on.post;
    }
    Some(met)
}
