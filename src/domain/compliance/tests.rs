//! What is counted where, and what is not shown.

use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::domain::duty::{CloseReason, DutyId, OpenedDuty};
use crate::domain::ids::EntryId;
use crate::domain::terms::{Clock, OnAdmission, OnDeath, Terms, Timing};

/// In hours.
fn at(hours: i64) -> Timestamp {
    Timestamp::from_secs(hours * 3_600)
}

fn day_of(at: Timestamp) -> Date {
    // Every month of these tests has thirty days.
    let day = at.as_secs() / 86_400;
    date(2026, 1 + (day / 30) as i8, 1 + (day % 30) as i8)
}

/// Opened at an hour, due ten hours later.
fn duty(rule: &str, opened: i64, stands: Standing, ended: Option<i64>) -> Duty {
    let terms = Terms {
        same: None,
        acknowledge: true,
        kinds: Vec::new(),
        answers: false,
        within: Timing { seconds: 36_000, clock: Clock::Calendar },
        remind: Vec::new(),
        escalate: Vec::new(),
        ways_out: Vec::new(),
        on_admission: OnAdmission::GoesOn,
        on_death: OnDeath::Closes,
        in_person: false,
    };
    let ended_how = match stands {
        Standing::Ended(how) => Some(how),
        _ => None,
    };
    let due = at(opened + 10);
    let opened_duty = OpenedDuty {
        id: DutyId(Uuid::from_u128(1)),
        rule: rule.into(),
        debtors: Vec::new(),
        due,
        confirmed: true,
        standing: false,
        terms: terms.into(),
        chain: Vec::new(),
        matters: Vec::new(),
        since: None,
        in_place_of: Vec::new(),
        with: None,
    };
    Duty {
        opened: opened_duty,
        cause: None,
        scope: None,
        opened_at: at(opened),
        debtors: Vec::new(),
        in_place_of: Vec::new(),
        inherited: 0,
        due,
        round: 0,
        reminded: 0,
        cannot_go_at: None,
        overdue_at: matches!(stands, Standing::Overdue | Standing::Escalated(_)).then_some(due),
        paused_since: None,
        stands: if ended_how.is_some() { Standing::Open } else { stands },
        ended: ended_how,
        ended_by: ended.map(|hour| (EntryId(Uuid::from_u128(2)), at(hour))),
    }
}

fn cannot_go(duty: Duty) -> Duty {
    Duty { cannot_go_at: Some(at(2)), ..duty }
}

const CLINIC: OrganisationType = OrganisationType::Clinic;
const HOSPITAL: OrganisationType = OrganisationType::Hospital;
const STATION: OrganisationType = OrganisationType::NursingStation;

fn of(counted: &Compliance, rule: &str, kind: Option<OrganisationType>, month: i8) -> Option<Counts> {
    let cell = Cell { rule: rule.into(), organisation_type: kind, month: date(2026, month, 1) };
    counted.cells.get(&cell).copied()
}

#[test]
fn each_duty_is_counted_once_by_what_became_of_it_and_versions_of_a_rule_together() {
    let ended = |how| Standing::Ended(how);
    let duties = [
        duty("R@a/1#x", 0, ended(Ended::Met), Some(9)),
        duty("R@a/2#y", 1, ended(Ended::Met), Some(12)),
        duty("R@a/2#y", 1, ended(Ended::Declined), Some(2)),
        duty("R@a/2#y", 1, ended(Ended::Waived), Some(30)),
        duty("R@a/2#y", 1, ended(Ended::Closed(CloseReason::Death)), Some(2)),
        duty("R@a/2#y", 1, Standing::Open, None),
        duty("R@a/2#y", 1, Standing::Snoozed, None),
        duty("R@a/2#y", 1, Standing::Escalated(1), None),
        duty("R@a/2#y", 31 * 24, Standing::Overdue, None),
        duty("S@a/1#x", 1, Standing::Open, None),
        // "Cannot go": the chain was told at once, and whatever came of it is no delay of theirs.
        cannot_go(duty("R@a/2#y", 1, Standing::Escalated(1), None)),
        cannot_go(duty("R@a/2#y", 1, ended(Ended::Met), Some(30))),
        cannot_go(duty("R@a/2#y", 1, ended(Ended::Waived), Some(30))),
    ];
    let counted = compliance(duties.iter().map(|duty| (duty, CLINIC)), day_of);
    let january = Counts {
        opened: 11,
        met_in_time: 1,
        met_late: 1,
        declined: 1,
        waived: 2,
        answered_otherwise: 2,
        closed: 1,
        open: 2,
        overdue: 1,
    };
    assert_eq!(of(&counted, "R", Some(CLINIC), 1), Some(january));
    assert_eq!(of(&counted, "R", Some(CLINIC), 2), Some(Counts { opened: 1, overdue: 1, ..Counts::default() }));
    assert_eq!(of(&counted, "S", Some(CLINIC), 1), Some(Counts { opened: 1, open: 1, ..Counts::default() }));
    assert_eq!(counted.cells.len(), 3);
    for counts in counted.cells.values() {
        let Counts { opened, met_in_time, met_late, declined, waived, answered_otherwise, closed, open, overdue } =
            counts;
        let let_go = declined + waived + answered_otherwise;
        assert_eq!(*opened, met_in_time + met_late + let_go + closed + open + overdue);
    }
}

#[test]
fn the_figures_of_a_type_with_few_offices_are_nobodys_own() {
    let one = duty("R@a/1#x", 0, Standing::Open, None);
    let counted = || compliance([(&one, CLINIC), (&one, HOSPITAL), (&one, STATION)], day_of);
    let opened = |count| Some(Counts { opened: count, open: count, ..Counts::default() });

    let shown = counted().withhold(&[(CLINIC, 3), (HOSPITAL, 1), (STATION, 2)].into());
    assert_eq!(of(&shown, "R", Some(CLINIC), 1), opened(1));
    assert_eq!(of(&shown, "R", None, 1), opened(2), "hospital and stations together are three offices");
    assert_eq!(shown.cells.len(), 2);

    let shown = counted().withhold(&[(CLINIC, 3), (HOSPITAL, 1), (STATION, 1)].into());
    assert_eq!(of(&shown, "R", Some(CLINIC), 1), opened(1));
    assert_eq!(shown.cells.len(), 1, "two offices of a rest would tell each the figures of the other");
}

#[test]
fn pairs_are_shown_where_both_sides_are_many() {
    let cell = |one, other| PairCell { rule: "MU-M2".into(), types: (one, other) };
    let counts = PairCounts { met: 4, not_met: 2 };
    let pairs = || [(cell(CLINIC, STATION), counts), (cell(HOSPITAL, STATION), counts)].into();
    let shown = withhold_pairs(pairs(), &[(CLINIC, 5), (HOSPITAL, 1), (STATION, 3)].into());
    assert_eq!(shown, [(cell(CLINIC, STATION), counts)].into());
}
