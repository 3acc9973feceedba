//! What a record of the audit log says by name: which positions somebody has or has no more, of which type an office is, which
//! part of the log was looked at, what was signed, which row was struck out. Names of people and organisations only, and patients by their ids. Called by `event.rs`.

use crate::domain::act::{Act, Deed};
use crate::domain::audit::AuditFilter;
use crate::domain::directory::{Directory, Position};
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::keeping::KeepingDeed;
use crate::domain::lifecycle::LifeStep;
use crate::domain::role::OrganisationType;
use crate::domain::text::Text;
use crate::store::Audited;

/// Parts that stand one behind the other; nothing, of none.
#[derive(Default)]
struct Parts(Vec<Text>);

impl Parts {
    fn add(&mut self, ja: String, en: String) {
        self.0.push(Text::new(ja, en));
    }

    fn joined(self) -> Option<Text> {
        let (ja, en): (Vec<_>, Vec<_>) = self.0.into_iter().map(|Text { ja, en }| (ja, en)).unzip();
        (!ja.is_empty()).then(|| Text::new(ja.join("、"), en.join("; ")))
    }
}

/// See the module; `before` is what the directory said until then.
pub(super) fn details(audited: &Audited, before: Option<&Deed>, directory: &Directory) -> Option<Text> {
    let Audited::Act(Act { deed, .. }) = audited else { return None };
    match deed {
        Deed::PersonKept { positions, active, .. } => {
            let before = match before {
                Some(Deed::PersonKept { positions, active, .. }) => Some((positions.as_slice(), *active)),
                _ => None,
            };
            of_person((positions, *active), before, directory)
        }
        Deed::OrganisationKept { kind, active, .. } => {
            let before = match before {
                Some(Deed::OrganisationKept { kind, active, .. }) => Some((*kind, *active)),
                _ => None,
            };
            of_organisation((*kind, *active), before)
        }
        Deed::AuditUsed { filter, .. } => of_filter(filter, directory),
        Deed::Keeping(KeepingDeed::RowStruck { row, .. }) => Some(Text::new(row.clone(), row.clone())),
        // Of one that was retired it is the reason.
        Deed::RulebookMoved { step, said, .. } if *step != LifeStep::Retired && !said.is_empty() => {
            Some(Text::new(said.clone(), said.clone()))
        }
        _ => None,
    }
}

fn of_person(
    (positions, active): (&[Position], bool),
    before: Option<(&[Position], bool)>,
    directory: &Directory,
) -> Option<Text> {
    let mut parts = Parts::default();
    let mut listed = |ja: &str, en: &str, positions: Vec<&Position>| {
        let (named_ja, named_en): (Vec<_>, Vec<_>) =
            positions.iter().map(|position| named(**position, directory)).unzip();
        if !named_ja.is_empty() {
            parts.add(format!("{ja}: {}", named_ja.join("・")), format!("{en}: {}", named_en.join(", ")));
        }
    };
    match before {
        None => listed("職務", "positions", positions.iter().collect()),
        Some((before, _)) => {
            let new = positions.iter().filter(|it| !before.contains(it)).collect();
            let gone = before.iter().filter(|it| !positions.contains(it)).collect();
            listed("加わった職務", "new positions", new);
            listed("終わった職務", "positions that ended", gone);
        }
    }
    if before.is_some_and(|(_, was_active)| !was_active && active) {
        parts.add("利用の再開".to_owned(), "may use the system again".to_owned());
    }
    parts.joined()
}

fn of_organisation((kind, active): (OrganisationType, bool), before: Option<(OrganisationType, bool)>) -> Option<Text> {
    let mut parts = Parts::default();
    match before {
        Some((was, _)) if was != kind => parts.add(
            format!("種類: {} から {} へ", was.ja(), kind.ja()),
            format!("type: {}, until then {}", kind.en(), was.en()),
        ),
        Some(_) => {}
        None => parts.add(format!("種類: {}", kind.ja()), format!("type: {}", kind.en())),
    }
    if before.is_some_and(|(_, was_active)| !was_active && active) {
        parts.add("事業の再開".to_owned(), "works again".to_owned());
    }
    parts.joined()
}

fn named(Position { role, organisation }: Position, directory: &Directory) -> (String, String) {
    let at = name_of(organisation, directory);
    (format!("{}（{at}）", role.ja()), format!("{} at {at}", role.en()))
}

fn name_of(organisation: OrganisationId, directory: &Directory) -> String {
    directory.organisations.get(&organisation).map_or_else(|| organisation.to_string(), |found| found.name.clone())
}

fn name_of_person(person: PersonId, directory: &Directory) -> String {
    directory.people.get(&person).map_or_else(|| person.to_string(), |found| found.name.kanji.clone())
}

fn of_filter(filter: &AuditFilter, directory: &Directory) -> Option<Text> {
    let AuditFilter { patient, person, organisation, kind, from, until } = filter;
    let mut parts = Parts::default();
    if let Some(patient) = patient {
        parts.add(format!("患者 {patient}"), format!("patient {patient}"));
    }
    if let Some(name) = person.map(|person| name_of_person(person, directory)) {
        parts.add(format!("人 {name}"), format!("person {name}"));
    }
    if let Some(name) = organisation.map(|organisation| name_of(organisation, directory)) {
        parts.add(format!("事業所 {name}"), format!("organisation {name}"));
    }
    if let Some(kind) = kind {
        parts.add(format!("種類 {}", kind.ja()), format!("kind {}", kind.en()));
    }
    if let Some(from) = from {
        parts.add(format!("{from} から"), format!("from {from}"));
    }
    if let Some(until) = until {
        parts.add(format!("{until} まで"), format!("until {until}"));
    }
    parts.joined()
}
