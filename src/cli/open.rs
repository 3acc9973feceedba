//! Opening a region: key, journal, rulebook, directory and search index become a running hub.
//!
//! Every command that needs the hub goes through here, so that none runs on half of a region.

use std::path::Path;
use std::sync::Arc;

use super::{Complaint, region_key, rulebook_files};
use crate::actions::files::Files;
use crate::clock::{Clock, Ids, SystemClock};
use crate::config::Config;
use crate::config::{CalendarSettings, MinuteSpan};
use crate::domain::directory::Directory;
use crate::domain::text::Text;
use crate::hub::past_rules::PastRules;
use crate::hub::patients::PatientIndex;
use crate::hub::{Hub, HubTasks, RegionParts, rulebooks};
use crate::rulebook::calendar::{Calendar, Hours, Opening};
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
    let key = region_key::load(config)?;
    let configured = config.rulebook_dir.as_deref().map(|folder| load_rulebook(Some(folder))).transpose()?;
    let journal = Journal::open_to_serve(&config.database.url(), &key).await?;
    start_region(journal, Arc::new(SystemClock::new()), configured, calendar_of(&config.calendar)).await
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

/// Opens the journal at a database URL, which must be there, beside a hub that may serve it.
///
/// # Errors
/// See [`Journal::open_existing`].
pub async fn open_journal(url: &str, key: &RegionKey) -> anyhow::Result<Journal> {
    Ok(Journal::open_existing(url, key).await?)
}

/// The same for whoever sets a region up: where there is no journal, one is made.
///
/// # Errors
/// See [`Journal::open`].
pub async fn found_journal(url: &str, key: &RegionKey) -> anyhow::Result<Journal> {
    Ok(Journal::open(url, key).await?)
}

/// Starts the hub on an open journal, on the machine's clock, under the rulebook that ships.
///
/// # Errors
/// When what the journal holds cannot be read.
pub async fn start(journal: Journal) -> anyhow::Result<OpenRegion> {
    start_region(journal, Arc::new(SystemClock::new()), None, Calendar::japan_with_placeholders()).await
}

/// Starts the hub. Without a rulebook that the configuration names, the version decides that the region put in force;
/// before there is one, the rulebook that ships.
///
/// # Errors
/// When what the journal holds cannot be read.
pub async fn start_region(
    journal: Journal,
    clock: Arc<dyn Clock>,
    configured: Option<Rulebook>,
    calendar: Calendar,
) -> anyhow::Result<OpenRegion> {
    journal.serve_alone().await.map_err(taken)?;
    // Recorded time never goes back, also across a restart on a machine whose clock was set back.
    if let Some(newest) = journal.newest_recorded_at(clock.wall()).await? {
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
    let past = PastRules::recall(&journal, &rulebook, clock.now()).await?;
    let directory: Directory = journal.read(|tx| Box::pin(tx.load_directory())).await?;
    let registrations = journal.registrations().await?;
    let offices = journal.read(|tx| Box::pin(tx.load_offices())).await?;
    let devices = journal.read(|tx| Box::pin(tx.load_device_lists())).await?;
    let patients = registrations.into_iter().map(|(timeline, registration)| (timeline.as_patient(), registration));
    let parts = RegionParts {
        rulebook,
        rulebook_is_configured,
        past,
        directory,
        patients: PatientIndex::of(patients),
        offices,
        devices,
        ids: Arc::new(Ids::new(Arc::clone(&clock))),
        clock,
        calendar,
    };
    let (hub, tasks) = Hub::start(journal.clone(), parts);
    Ok(OpenRegion { hub, tasks, journal })
}

/// Japan, with the region's own opening hours where it gave them.
#[must_use]
pub fn calendar_of(settings: &CalendarSettings) -> Calendar {
    let mut calendar = Calendar::japan_with_placeholders();
    for of in settings.opening_hours.iter().map(|hours| hours.of) {
        calendar.hours[of.index()] = Hours::default();
    }
    let opening = |span: &MinuteSpan| Opening { from_min: span.from_min, until_min: span.until_min };
    for given in &settings.opening_hours {
        let hours = &mut calendar.hours[given.of.index()];
        hours.open_on_holidays |= given.on_holidays;
        for (day, _) in hours.week.iter_mut().zip(given.days).filter(|(_, open)| *open) {
            day.extend(given.spans.iter().map(opening));
            day.sort_by_key(|opening| opening.from_min);
        }
    }
    calendar.closed.extend(&settings.closed_days);
    if let Some(span) = &settings.daytime {
        calendar.day = opening(span);
    }
    calendar
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::OpeningHours;
    use crate::domain::role::OrganisationType::{Clinic, NursingStation, Pharmacy};
    use crate::domain::time::Timestamp;

    #[test]
    fn a_region_is_open_when_it_says_and_by_the_placeholders_elsewhere() {
        let hours =
            ["clinic mon-wed+fri 09:00-12:00", "clinic mon 15:00-19:00", "nursing_station mon-sun+hol 08:00-20:00"];
        let opening_hours = hours.iter().map(|hours| OpeningHours::parse(hours).expect("hours")).collect();
        let closed_days = vec![jiff::civil::date(2026, 4, 6)];
        let daytime = MinuteSpan::parse("07:00-22:00");
        let calendar = calendar_of(&CalendarSettings { opening_hours, closed_days, daytime });
        let at = |moment: &str| moment.parse::<Timestamp>().expect("a moment");
        // 2026-03-30 is a Monday, 2026-04-06 a Monday that the region closes, 2026-04-29 a holiday.
        let rows = [
            (Clinic, "2026-03-30T18:00:00+09:00", true),
            (Clinic, "2026-03-31T18:00:00+09:00", false),
            (Clinic, "2026-04-02T10:00:00+09:00", false),
            (Clinic, "2026-04-06T10:00:00+09:00", false),
            (NursingStation, "2026-04-06T10:00:00+09:00", true),
            (NursingStation, "2026-04-29T19:59:00+09:00", true),
            (Pharmacy, "2026-04-02T17:00:00+09:00", true),
        ];
        for (of, moment, open) in rows {
            assert_eq!(calendar.is_open(at(moment), of), open, "{of} {moment}");
        }
        assert_eq!(calendar.band(at("2026-04-02T21:00:00+09:00")), Some(crate::rulebook::event::TimeBand::Day));
    }
}
