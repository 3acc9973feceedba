//! Due times across nights, weekends and holidays, one row each.

use super::*;
use crate::rulebook::condition::duration_s;

const HOUR_S: i64 = 3_600;

fn at(text: &str) -> Timestamp {
    format!("{text}:00+09:00").parse().unwrap()
}

/// Opened, span, clock, organisation, due.
const ROWS: &[(&str, &str, Clock, OrganisationType, &str)] = &[
    ("2026-04-01T20:00", "4h", Clock::Calendar, OrganisationType::Clinic, "2026-04-02T00:00"),
    // Thursday; the clinic rests from noon to two.
    ("2026-04-02T11:00", "2h", Clock::Business, OrganisationType::Clinic, "2026-04-02T15:00"),
    // Friday evening: Saturday morning has three hours, Sunday none.
    ("2026-04-03T18:00", "4h", Clock::Business, OrganisationType::Clinic, "2026-04-06T10:00"),
    // An office closed on Saturday.
    ("2026-04-03T16:00", "2h", Clock::Business, OrganisationType::NursingStation, "2026-04-06T10:00"),
    // Golden Week: 29 April is a Wednesday; 2–6 May are closed.
    ("2026-04-28T16:00", "2h", Clock::Business, OrganisationType::CareOffice, "2026-04-30T10:00"),
    ("2026-05-01T16:30", "1h", Clock::Business, OrganisationType::CareOffice, "2026-05-07T09:30"),
    // Ends exactly at closing, not at the next opening.
    ("2026-04-01T16:00", "1h", Clock::Business, OrganisationType::NursingStation, "2026-04-01T17:00"),
    // Business days: the third open day after Friday 18 September 2026 comes after the holidays of the 21st to 23rd.
    ("2026-09-18T10:00", "3d", Clock::Business, OrganisationType::NursingStation, "2026-09-28T17:00"),
    ("2026-09-18T10:00", "72h", Clock::Business, OrganisationType::NursingStation, "2026-09-28T17:00"),
    // A household never closes.
    ("2026-05-03T03:00", "2h", Clock::Business, OrganisationType::Home, "2026-05-03T05:00"),
    // Opened on a holiday itself.
    ("2027-03-22T12:00", "1h", Clock::Business, OrganisationType::Pharmacy, "2027-03-23T10:00"),
];

#[test]
fn spans_end_when_the_clock_of_the_rule_says() {
    let calendar = Calendar::japan_with_placeholders();
    for (opened, span, clock, of, due) in ROWS {
        let span_s = duration_s(span).unwrap();
        let found = calendar.due_at(at(opened), span_s, *clock, *of);
        assert_eq!(found, at(due), "{opened} {span}: {found}");
    }
}

#[test]
fn the_regions_closed_days_and_those_who_open_on_holidays_are_heeded() {
    let mut calendar = Calendar::japan_with_placeholders();
    let of = OrganisationType::NursingStation;
    calendar.closed.insert(Date::new(2026, 12, 29).unwrap());
    let opened = at("2026-12-28T16:00");
    assert_eq!(calendar.due_at(opened, 2 * HOUR_S, Clock::Business, of), at("2026-12-30T10:00"));
    calendar.hours[of.index()].open_on_holidays = true;
    assert_eq!(calendar.due_at(opened, 2 * HOUR_S, Clock::Business, of), at("2026-12-29T10:00"));
}

#[test]
fn a_later_opening_is_never_due_earlier() {
    let calendar = Calendar::japan_with_placeholders();
    for span in ["90m", "7h", "2d"] {
        let span_s = duration_s(span).unwrap();
        let dues: Vec<_> = (0..24 * 20)
            .map(|hour| at("2026-04-24T00:30").saturating_add(std::time::Duration::from_secs(hour * 3_600)))
            .map(|opened| (opened, calendar.due_at(opened, span_s, Clock::Business, OrganisationType::Clinic)))
            .collect();
        assert!(dues.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{span}");
        assert!(dues.iter().all(|(opened, due)| due > opened), "{span}");
    }
}

#[test]
fn the_hour_has_a_name() {
    let calendar = Calendar::japan_with_placeholders();
    let band = |text: &str| calendar.band(at(text)).unwrap();
    assert_eq!(band("2026-04-01T08:00"), TimeBand::Day);
    assert_eq!(band("2026-04-01T18:00"), TimeBand::Night);
    assert_eq!(band("2026-04-01T03:00"), TimeBand::Night);
    assert_eq!(band("2026-04-29T10:00"), TimeBand::Holiday);
    assert_eq!(band("2026-04-04T10:00"), TimeBand::Holiday);
    assert!(calendar.is_open(at("2026-04-01T09:00"), OrganisationType::Clinic));
    assert!(!calendar.is_open(at("2026-04-01T12:00"), OrganisationType::Clinic));
    assert!(!calendar.is_open(at("2026-04-29T10:00"), OrganisationType::Clinic));
    assert!(calendar.is_open(at("2026-04-29T03:00"), OrganisationType::Home));
}
