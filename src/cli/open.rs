//! Opening a region: key, journal, rulebook, directory and search index become a running hub.
//!
//! Every command that needs the hub goes through here, so that none runs on half of a region.

use std::path::Path;
use std::sync::Arc;

use super::{Complaint, rulebook_files};
use crate::actions::files::Files;
use crate::clock::{Clock, Ids, SystemClock};
use crate::config::Config;
use crate::domain::directory::Directory;
use crate::domain::offices::Offices;
use crate::domain::text::Text;
use crate::hub::patients::PatientIndex;
use crate::hub::{Hub, HubTasks, RegionParts, rulebooks};
use crate::rulebook::calendar::Calendar;
use crate::rulebook::{Rulebook, shipped};
use crate::store::{Journal, OpenError, Shelf};
use crate::vault::{RegionKey, digest};

/// A region's hub with what it stands on.
pub struct OpenRegion {
    pub hub: Hub,
    pub tasks: HubTasks,
    pub journal: Journal,
}

/// Opens the region of a configuration.
///
/// # Errors
/// When key, journal or rulebook cannot be opened; nothing runs then.
pub async fn open(config: &Config) -> anyhow::Result<OpenRegion> {
    let key = RegionKey::load_file(&config.region_key_file)?;
    let configured = config.rulebook_dir.as_deref().map(|folder| load_rulebook(Some(folder))).transpose()?;
    let journal = open_journal(&config.database.url(), Arc::new(key)).await?;
    start_region(journal, Arc::new(SystemClock::new()), configured).await
}

/// Opens the folder of files, and sweeps what an earlier process left in it and what no entry named in time.
///
/// # Errors
/// When the folder cannot be made or written.
pub async fn open_files(hub: &Hub, folder: &Path) -> anyhow::Result<Arc<Files>> {
    let shelf = Shelf::open(folder)?;
    shelf.clear_drafts().await?;
    let files = Arc::new(Files::new(hub.clone(), shelf));
    files.sweep().await;
    Ok(files)
}

/// Opens the journal at a database URL.
///
/// # Errors
/// See [`Journal::open`].
pub async fn open_journal(url: &str, key: Arc<RegionKey>) -> anyhow::Result<Journal> {
    Ok(Journal::open(url, key).await?)
}

/// Starts the hub on an open journal, on the machine's clock, under the rulebook that ships.
///
/// # Errors
/// When what the journal holds cannot be read.
pub async fn start(journal: Journal) -> anyhow::Result<OpenRegion> {
    start_with(journal, Arc::new(SystemClock::new())).await
}

/// Starts the hub on a given clock.
///
/// # Errors
/// When what the journal holds cannot be read.
pub async fn start_with(journal: Journal, clock: Arc<dyn Clock>) -> anyhow::Result<OpenRegion> {
    start_region(journal, clock, None).await
}

/// Starts the hub under a rulebook.
///
/// # Errors
/// When what the journal holds cannot be read.
pub async fn start_under(journal: Journal, clock: Arc<dyn Clock>, rulebook: Rulebook) -> anyhow::Result<OpenRegion> {
    start_region(journal, clock, Some(rulebook)).await
}

/// Without a rulebook that the configuration names, the version decides that the region put in force; before there is
/// one, the rulebook that ships.
async fn start_region(
    journal: Journal,
    clock: Arc<dyn Clock>,
    configured: Option<Rulebook>,
) -> anyhow::Result<OpenRegion> {
    journal.serve_alone().await.map_err(taken)?;
    // Recorded time never goes back, also across a restart on a machine whose clock was set back.
    if let Some(newest) = journal.newest_recorded_at().await? {
        clock.not_before(newest);
    }
    let rulebook_is_configured = configured.is_some();
    let rulebook = match configured {
        Some(rulebook) => rulebook,
        None => match rulebooks::settle(&journal, clock.now()).await? {
            Some(rulebook) => rulebook,
            None => load_rulebook(None)?,
        },
    };
    rulebook_files::keep(&journal, &rulebook, clock.now()).await?;
    let directory: Directory = journal.read(|tx| Box::pin(tx.load_directory())).await?;
    let registrations = journal.registrations().await?;
    let offices = journal.read(|tx| Box::pin(tx.load_offices())).await?;
    let patients = registrations.into_iter().map(|(timeline, registration)| (timeline.as_patient(), registration));
    let parts = RegionParts {
        rulebook,
        rulebook_is_configured,
        directory,
        patients: PatientIndex::of(patients),
        offices: Offices::of(offices),
        ids: Arc::new(Ids::new(Arc::clone(&clock))),
        clock,
        calendar: Calendar::japan_with_placeholders(),
    };
    let (hub, tasks) = Hub::start(journal.clone(), parts);
    Ok(OpenRegion { hub, tasks, journal })
}

fn taken(error: OpenError) -> anyhow::Error {
    match error {
        OpenError::Taken => Complaint::new(Text::fixed(
            "このデータベースは別の renkei が使っています。先に止めてください",
            "another renkei serves this database; stop it first",
        ))
        .into(),
        other => other.into(),
    }
}

/// The rulebook of a folder, or the shipped one.
///
/// # Errors
/// When the folder cannot be read; all mistakes of its files.
pub fn load_rulebook(folder: Option<&Path>) -> anyhow::Result<Rulebook> {
    match folder {
        Some(folder) => rulebook_files::load(folder),
        None => Ok(shipped::load(digest)?),
    }
}
