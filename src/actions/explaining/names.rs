//! What people, offices, roles, kinds and moments are called in an explanation: no ids, no codes, the region's hours.

use crate::domain::directory::{Actor, Directory};
use crate::domain::duty::{Capacity, Debtor};
use crate::domain::ids::OrganisationId;
use crate::domain::kind::Kind;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::rulebook::Rulebook;
use crate::rulebook::calendar::Calendar;

/// A step that tells a manager or a liaison may leave the role open: then all are meant, and naming them says nothing.
const ROLES_NAMED_MAX: usize = 4;

/// See the module.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names<'a> {
    pub directory: &'a Directory,
    pub book: &'a Rulebook,
    pub calendar: &'a Calendar,
}

impl Names<'_> {
    pub fn moment(&self, at: Timestamp) -> Text {
        self.calendar.in_words(at)
    }

    pub fn role(&self, role: Role) -> Text {
        let entry = u8::try_from(role.index()).ok().and_then(|at| self.book.vocabulary().roles.entry(at));
        entry.map_or_else(|| Text::fixed(role.ja(), role.en()), |entry| entry.label.clone())
    }

    /// The role with this code; a code that is none says itself.
    pub fn role_of(&self, code: &str) -> Text {
        Role::from_code(code).map_or_else(|| same(code), |role| self.role(role))
    }

    pub fn kind(&self, kind: Kind) -> Text {
        let entry = u8::try_from(kind.index()).ok().and_then(|at| self.book.vocabulary().kinds.entry(at));
        entry.map_or_else(|| Text::fixed(kind.ja(), kind.en()), |entry| entry.label.clone())
    }

    pub fn office(&self, id: OrganisationId) -> Text {
        let name = self.directory.organisations.get(&id).map(|office| same(&office.name));
        name.unwrap_or_else(|| Text::fixed("名簿にない所属", "an organisation that is not in the directory"))
    }

    /// 佐藤 由美子（看護師、訪問看護ステーションこもれび）
    pub fn actor(&self, actor: &Actor) -> Text {
        if *actor == Actor::HUB {
            return Text::fixed("連携ハブ", "the hub");
        }
        let (role, office) = (self.role(actor.role), self.office(actor.organisation));
        match self.directory.people.get(&actor.person).map(|person| &person.name.kanji) {
            Some(name) => Text::new(
                format!("{name}（{}、{}）", role.ja, office.ja),
                format!("{name} ({}, {})", role.en, office.en),
            ),
            None => Text::new(format!("{}（{}）", role.ja, office.ja), format!("{} ({})", role.en, office.en)),
        }
    }

    /// Whoever owes, or is told.
    pub fn debtor(&self, debtor: &Debtor) -> Text {
        let office = match debtor.organisation_type {
            OrganisationType::Secretariat if !self.directory.organisations.contains_key(&debtor.organisation) => {
                Text::fixed("連携事務局", "the secretariat")
            }
            _ => self.office(debtor.organisation),
        };
        let is_one = matches!(debtor.capacity, Capacity::Manager | Capacity::Contact);
        let office = if is_one {
            let (ja, en) = (debtor.capacity.ja(), debtor.capacity.en());
            Text::new(format!("{}の{ja}", office.ja), format!("{en} of {}", office.en))
        } else {
            office
        };
        let person = debtor.person.and_then(|id| self.directory.people.get(&id)).map(|known| known.name.kanji.as_str());
        let mut who: Vec<Text> = person.map(same).into_iter().collect();
        if debtor.roles.roles().count() <= ROLES_NAMED_MAX {
            who.extend(debtor.roles.roles().map(|role| self.role(role)));
        }
        if who.is_empty() {
            return office;
        }
        let who = all(&who, "、", ", ");
        // One that the office named in its contact window, else everybody of the role is told.
        if is_one && debtor.person.is_none() {
            return Text::new(
                format!("{}（決まっていなければ{}）", office.ja, who.ja),
                format!("{} (where nobody is named: {})", office.en, who.en),
            );
        }
        Text::new(format!("{}（{}）", office.ja, who.ja), format!("{} ({})", office.en, who.en))
    }

    /// One of them is enough.
    pub fn debtors(&self, debtors: &[Debtor]) -> Text {
        let debtors: Vec<Text> = debtors.iter().map(|debtor| self.debtor(debtor)).collect();
        all(&debtors, " か ", " or ")
    }
}

/// The same in either language.
pub(super) fn same(text: &str) -> Text {
    Text::new(text, text)
}

pub(super) fn all(texts: &[Text], ja: &str, en: &str) -> Text {
    let (all_ja, all_en): (Vec<_>, Vec<_>) = texts.iter().map(|text| (text.ja.as_ref(), text.en.as_ref())).unzip();
    Text::new(all_ja.join(ja), all_en.join(en))
}
