//! Trainings of the region and who was at them, as the secretariat writes it down. No points, no grades. Called by
//! `actions/training`.

use jiff::civil::Date;

use super::announcement::check_text;
use super::ids::{PersonId, TrainingId};
use super::list::closed_list;
use super::text::{Invalid, Text};
use super::time::Timestamp;
use crate::limits;

closed_list! {
    /// What is trained.
    TrainingKind {
        Rules = "rules", "地域のルール", "rules of the region";
        System = "system", "システムの使い方", "use of the system";
        Emergency = "emergency", "緊急時・災害時の訓練", "emergency drill";
        Privacy = "privacy", "個人情報の取り扱い", "privacy and security";
        Other = "other", "その他", "other";
    }
}

closed_list! {
    /// Whether somebody was there.
    AttendanceState {
        Expected = "expected", "参加予定", "expected";
        Attended = "attended", "参加", "attended";
        Absent = "absent", "欠席", "absent";
    }
}

/// A training as it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Training {
    pub id: TrainingId,
    pub title: String,
    pub kind: TrainingKind,
    pub day: Date,
    /// It did not take place, or was entered by mistake: whoever was noted as attending was at none.
    pub is_cancelled: bool,
    pub by: PersonId,
    pub at: Timestamp,
}

/// Somebody at a training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attendance {
    pub training: TrainingId,
    pub person: PersonId,
    pub state: AttendanceState,
    pub noted_by: PersonId,
    pub noted_at: Timestamp,
}

closed_list! {
    /// What was done with a training.
    TrainingStep {
        Entered = "entered", "登録", "entered";
        Changed = "changed", "変更", "changed";
        Cancelled = "cancelled", "中止", "cancelled";
        AttendanceNoted = "attendance_noted", "出欠の記入", "attendance noted";
    }
}

/// See [`TrainingStep`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainingDeed {
    pub training: TrainingId,
    pub step: TrainingStep,
    /// Of whom the attendance was noted, and as what; `None`: they are not on the list any more.
    pub people: Vec<(PersonId, Option<AttendanceState>)>,
}

/// Whether a training can be written down so.
///
/// # Errors
/// Which field cannot be taken.
pub fn check_training(title: &str, day: Date, today: Date) -> Result<(), Invalid> {
    check_text("title", title, limits::ANNOUNCEMENT_TITLE_CHARS_MAX)?;
    if title.chars().any(char::is_control) {
        let expected = Text::fixed("改行などの制御文字は使えません", "no control characters");
        return Err(Invalid::new("title", "implausible", expected));
    }
    let years = jiff::Span::new().years(limits::TRAINING_YEARS_MAX);
    let (first, last) = (today.saturating_sub(years), today.saturating_add(years));
    if day < first || day > last {
        let text =
            Text::new(format!("{first} から {last} までの日です"), format!("a day from {first} to {last} is expected"));
        return Err(Invalid::new("day", "out_of_range", text));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_training_has_a_title_and_a_day_that_can_be() {
        let today = date(2026, 4, 1);
        assert_eq!(check_training("地域のルール説明会", date(2026, 5, 1), today), Ok(()));
        let field = |title: &str, day| check_training(title, day, today).unwrap_err().field;
        assert_eq!(field(" ", today), "title");
        assert_eq!(field("説\n明", today), "title");
        assert_eq!(field("説明会", date(1926, 4, 1)), "day");
    }
}
