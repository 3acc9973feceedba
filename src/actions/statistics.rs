//! The secretariat's statistics: offices, people, patients and how the hub is used, in counts. Of people only whether and
//! when they last signed in, which whoever looks after accounts needs.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Span;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use crate::domain::directory::Person;
use crate::domain::ids::Subject;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::team::ConsentState;
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::limits;
use crate::store::StoreError;
pub use crate::store::{AccountUse, ReadingCount};

/// People of one profession. Who has two counts in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeopleCount {
    pub people: u64,
    pub without_account: u64,
    pub never_signed_in: u64,
    /// Signed in before, and not lately ([`limits::SIGNED_IN_LATELY_S`]).
    pub dormant: u64,
}

/// Entries of a month, those that the hub wrote itself included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MonthCount {
    pub of_patients: u64,
    pub of_organisations: u64,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    /// Active ones.
    pub organisations: BTreeMap<OrganisationType, u64>,
    /// Active ones.
    pub people: BTreeMap<Role, PeopleCount>,
    pub consents: Vec<(ConsentState, u64)>,
    /// By the first day of the month.
    pub months: BTreeMap<Date, MonthCount>,
    pub reading: ReadingCount,
}

/// Counts everything; of entries the last [`limits::STATISTICS_MONTHS`] months.
///
/// # Errors
/// When the journal cannot be read.
pub async fn count(hub: &Hub) -> Result<Statistics, StoreError> {
    let region = hub.region();
    let now = region.now();
    let lately = now.saturating_sub(Duration::from_secs(limits::SIGNED_IN_LATELY_S));
    let (since, offset_s) = first_month(region.date_at(now), region.time_zone());
    let read = hub.journal().read(move |tx| {
        Box::pin(async move {
            let uses = tx.list_account_uses(now).await?;
            let consents = tx.count_consents().await?;
            let entries = tx.count_entries(since, offset_s).await?;
            Ok::<_, StoreError>((uses, consents, entries, tx.count_reading(lately).await?))
        })
    });
    let (uses, consents, entries, reading) = read.await?;
    let mut found = Statistics { consents, reading, ..Statistics::default() };
    let directory = region.directory();
    for organisation in directory.organisations.values().filter(|organisation| organisation.active) {
        *found.organisations.entry(organisation.kind).or_default() += 1;
    }
    for used in &uses {
        let Some(person) = directory.people.get(&used.person).filter(|person| person.active) else { continue };
        for role in roles_of(person) {
            let counted = found.people.entry(role).or_default();
            counted.people += 1;
            counted.without_account += u64::from(!used.is_set_up);
            counted.never_signed_in += u64::from(used.used_at.is_none());
            counted.dormant += u64::from(used.used_at.is_some_and(|at| at < lately));
        }
    }
    for day in entries {
        let month = date_of(day.day).first_of_month();
        let month = found.months.entry(month).or_default();
        match day.subject {
            Subject::Patient => month.of_patients += day.entries,
            Subject::Organisation => month.of_organisations += day.entries,
        }
    }
    Ok(found)
}

/// How the accounts of everybody active are used.
///
/// # Errors
/// When the journal cannot be read.
pub async fn account_uses(hub: &Hub) -> Result<Vec<AccountUse>, StoreError> {
    let (now, directory) = (hub.region().now(), hub.region().directory());
    let mut uses = hub.journal().read(move |tx| Box::pin(async move { tx.list_account_uses(now).await })).await?;
    uses.retain(|used| directory.people.get(&used.person).is_some_and(|person| person.active));
    Ok(uses)
}

fn roles_of(person: &Person) -> Vec<Role> {
    let mut roles: Vec<Role> = person.positions.iter().map(|position| position.role).collect();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// When the first month that is counted began in the region, and how far its days begin before those of UTC.
fn first_month(today: Date, zone: &TimeZone) -> (Timestamp, i32) {
    let first = today.first_of_month().saturating_sub(Span::new().months(limits::STATISTICS_MONTHS - 1));
    let begins = first.to_zoned(zone.clone()).map_or(jiff::Timestamp::UNIX_EPOCH, |midnight| midnight.timestamp());
    (Timestamp(begins.as_microsecond()), zone.to_offset(begins).seconds())
}

/// The date so many days after 1 January 1970.
fn date_of(day: i64) -> Date {
    date(1970, 1, 1).saturating_add(Span::new().try_days(day).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_months_are_counted_from_midnight_in_the_region() {
        let (since, offset_s) = first_month(date(2026, 4, 17), &TimeZone::get("Asia/Tokyo").unwrap());
        assert_eq!((since.to_rfc3339().as_str(), offset_s), ("2025-04-30T15:00:00Z", 32_400));
        assert_eq!(date_of(20_544), date(2026, 4, 1));
    }
}
