//! The first entries of a region's directory: the secretariat and one person of it, who enters everybody else.

use std::sync::Arc;

use super::Arguments;
use crate::cli::open::{calendar_of, found_journal};
use crate::cli::region_key;
use crate::cli::serve::lock_data;
use crate::clock::{Clock as _, Ids, SystemClock};
use crate::config::Config;
use crate::domain::act::{Act, By, Deed};
use crate::domain::directory::{Directory, Organisation, Person, Position};
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::offices::Offices;
use crate::domain::patient::HumanName;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::secretariat::who_acts;
use crate::store::Journal;

/// What became of the directory.
pub(super) enum Prepared {
    Entered(Box<FirstOffice>),
    /// Somebody is in it.
    Kept,
    /// Somebody is in it, and nobody acts for the secretariat.
    Orphaned,
}

/// What was entered.
pub(super) struct FirstOffice {
    pub office: Organisation,
    pub operator: Person,
}

/// Enters the secretariat where the directory is empty.
///
/// # Errors
/// When the journal cannot be opened or written.
pub(super) async fn prepare(config: &Config, arguments: &Arguments) -> anyhow::Result<Prepared> {
    let key = region_key::load(config)?;
    let journal = found_journal(&config.database.url(), &key).await?;
    let prepared = enter(&journal, config, arguments).await;
    journal.close().await;
    prepared
}

async fn enter(journal: &Journal, config: &Config, arguments: &Arguments) -> anyhow::Result<Prepared> {
    let directory: Directory = journal.read(|tx| Box::pin(tx.load_directory())).await?;
    if !directory.organisations.is_empty() {
        let offices: Offices = journal.read(|tx| Box::pin(tx.load_offices())).await?;
        let today = calendar_of(&config.calendar).date_at(SystemClock::new().now());
        let is_orphaned = who_acts(&directory, &offices, today).is_empty();
        return Ok(if is_orphaned { Prepared::Orphaned } else { Prepared::Kept });
    }
    // A hub that runs already would not hear of them.
    let _lock = lock_data(&config.data_dir)?;
    let first = first_office(arguments);
    let (office, operator) = (first.office.clone(), first.operator.clone());
    let (now, acts) = (SystemClock::new().now(), acts(&first));
    journal
        .write(move |tx| {
            Box::pin(async move {
                tx.insert_organisation(&office).await?;
                tx.insert_person(&operator).await?;
                tx.append_acts(now, acts).await
            })
        })
        .await?;
    Ok(Prepared::Entered(Box::new(first)))
}

/// What the audit log keeps of it.
fn acts(first: &FirstOffice) -> [Act; 2] {
    let FirstOffice { office, operator } = first;
    let (active, is_new) = (true, true);
    let entered = [
        Deed::OrganisationKept { organisation: office.id, kind: office.kind, active, is_new },
        Deed::PersonKept { person: operator.id, positions: operator.positions.clone(), active, is_new },
    ];
    entered.map(|deed| Act { by: By::Operator, deed })
}

fn first_office(arguments: &Arguments) -> FirstOffice {
    let ids = Ids::new(Arc::new(SystemClock::new()));
    let office = Organisation {
        id: OrganisationId(ids.draw()),
        kind: OrganisationType::Secretariat,
        name: arguments.office.clone(),
        kana: String::new(),
        phone: String::new(),
        identifiers: Vec::new(),
        active: true,
    };
    let operator = Person {
        id: PersonId(ids.draw()),
        name: HumanName { kanji: arguments.operator.clone(), kana: arguments.operator_kana.clone() },
        positions: vec![Position { role: Role::Secretariat, organisation: office.id }],
        active: true,
    };
    FirstOffice { office, operator }
}
