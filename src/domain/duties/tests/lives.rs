//! What becomes of a duty when the patient is admitted or dies, when that was a mistake, and when its debtors have gone.

use super::*;

/// What the rule says of admission and death, what came, and where the duty stands.
#[rustfmt::skip]
fn rows_of_lives() -> Vec<(OnAdmission, OnDeath, Vec<Act>, Standing)> {
    use Act::*;
    use Standing as S;
    use {OnAdmission as A, OnDeath as D};
    let closed = |reason| S::Ended(Ended::Closed(reason));
    vec![
        (A::Pauses, D::Closes, vec![Admit, Overdue], S::Paused),
        (A::Pauses, D::Closes, vec![Admit, Discharge, Overdue], S::Overdue),
        (A::Closes, D::Closes, vec![Admit], closed(CloseReason::Admission)),
        (A::Closes, D::Closes, vec![Admit, Discharge], closed(CloseReason::Admission)),
        (A::Closes, D::Closes, vec![Meet, Admit], S::Ended(Ended::Met)),
        (A::Closes, D::GoesOn, vec![Die], S::Open),
        (A::GoesOn, D::GoesOn, vec![Die], S::Open),
        (A::GoesOn, D::GoesOn, vec![Overdue, Die, Escalate(0)], S::Escalated(1)),
        (A::GoesOn, D::GoesOn, vec![Die, Meet], S::Ended(Ended::Met)),
        // Whoever died is in hospital no longer: what outlives them rests no more.
        (A::Pauses, D::GoesOn, vec![Admit, Die], S::Open),
        (A::GoesOn, D::GoesOn, vec![Die, ClosePage], closed(CloseReason::PageClosed)),
    ]
}

#[test]
fn a_rule_says_what_becomes_of_its_duties_on_admission_and_death() {
    for (on_admission, on_death, acts, expected) in rows_of_lives() {
        let mut line = Line::of(Life { standing: false, on_admission, on_death });
        acts.iter().for_each(|act| line.act(act));
        assert_eq!(line.duty().standing(), expected, "{on_admission} {on_death}: {acts:?}");
    }
}

#[test]
fn a_death_or_admission_taken_back_leaves_the_time_that_was_left_and_how_far_it_had_come() {
    use Act::{Admit, Die, Escalate, Overdue, Snooze};
    let rows = [
        (OnAdmission::GoesOn, vec![], Die, Standing::Open),
        (OnAdmission::GoesOn, vec![Overdue, Escalate(0)], Die, Standing::Escalated(1)),
        (OnAdmission::GoesOn, vec![Snooze(5_000)], Die, Standing::Snoozed),
        (OnAdmission::Closes, vec![], Admit, Standing::Open),
        (OnAdmission::Closes, vec![Overdue], Admit, Standing::Overdue),
    ];
    for (on_admission, before, ending, expected) in rows {
        let mut line = Line::of(Life { standing: false, on_admission, on_death: OnDeath::Closes });
        before.iter().for_each(|act| line.act(act));
        let due = line.duty().due;
        line.act(&ending);
        let (end, ended_at) = line.duty().ended_by.expect("it ended");
        line.act(&Act::Note);
        let mistake = Retraction { target: end, reason: RetractionReason::Mistake, text: String::new() };
        let entry = line.entry(mistake.into(), Ruling::default());
        line.duties.apply(&entry);
        assert_eq!((line.duty().standing(), line.duty().ended_by), (expected, None), "{before:?}");
        let away = entry.recorded_at.since(ended_at);
        assert_eq!(line.duty().due, due.saturating_add(away), "nobody could act while it was closed");
    }
}

#[test]
fn who_takes_the_place_of_those_who_left_owes_also_while_it_rests_and_each_time_once() {
    let mut line = Line::new(true);
    line.act(&Act::Admit);
    for number in [0, 0, 7] {
        line.act(&Act::Inherit(number));
        let Duty { debtors, in_place_of, inherited, .. } = line.duty();
        assert_eq!((&debtors[..], &in_place_of[..], *inherited), (&[debtor(4)][..], &[debtor(1).organisation][..], 1));
    }
    line.act(&Act::HandOver);
    assert_eq!((&line.duty().debtors[..], line.duty().in_place_of.len()), (&[debtor(2)][..], 0), "somebody said who");
}
