//! A duty in lines: why it was opened, who owes what by when, where it stands, what comes next and what became of it. Of
//! what opened it only what its reader may see.

use super::names::{Names, all};
use super::{Lines, said};
use crate::domain::duties::{Duty, Ended, Standing};
use crate::domain::entry::Entry;
use crate::domain::kind::Kind;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::rulebook::due::{done, remaining};
use crate::rulebook::{Line, Step, StepDoes};

/// What opened a duty, as far as its reader may know.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cause<'a> {
    /// A state asks for it at intervals.
    State,
    Entry(&'a Entry),
    /// An entry that is not this reader's to see, or is not there any more.
    Hidden,
}

/// Where it comes from, and who owes what by when.
pub(super) fn opening(duty: &Duty, cause: Cause<'_>, names: &Names<'_>, lines: &mut Lines) {
    let opened_at = names.moment(duty.opened_at);
    let (ja, en) = match cause {
        Cause::State => ("定期の約束です".to_owned(), "it is asked for at intervals".to_owned()),
        Cause::Hidden => {
            ("ある記録（この画面では示しません）".to_owned(), "an entry that is not shown here".to_owned())
        }
        Cause::Entry(entry) => {
            let (kind, author) = (names.kind(entry.body.kind()), names.actor(&entry.author));
            let at = names.moment(entry.recorded_at);
            (format!("「{}」　{}　{}", kind.ja, author.ja, at.ja), format!("'{}' by {}, {}", kind.en, author.en, at.en))
        }
    };
    lines.add("きっかけ", "opened by", Text::new(ja, en));
    let doubt = if duty.opened.confirmed {
        ("", "")
    } else {
        ("（条件の一部が未確認です）", " (not everything was known)")
    };
    lines.add(
        "生まれた時刻",
        "opened at",
        Text::new(format!("{}{}", opened_at.ja, doubt.0), format!("{}{}", opened_at.en, doubt.1)),
    );
    let owed = names.debtors(&duty.debtors);
    let mut owed = owed;
    if let Some(with) = duty.opened.with {
        let with = names.office(with);
        owed = Text::new(format!("{}　相手は{}", owed.ja, with.ja), format!("{}, with {}", owed.en, with.en));
    }
    lines.add("だれが", "owed by", owed);
    if !duty.in_place_of.is_empty() {
        let gone: Vec<Text> = duty.in_place_of.iter().map(|office| names.office(*office)).collect();
        let gone = all(&gone, "、", ", ");
        let (ja, en) = if duty.inherited > 0 {
            (format!("{}に代わって引き受けました", gone.ja), format!("they took the place of {}", gone.en))
        } else {
            (
                format!("{}にも伝えます（ここからは知らせられません）", gone.ja),
                format!("they are to reach {}, whom the hub cannot tell", gone.en),
            )
        };
        lines.add("引き継ぎ", "in place of", Text::new(ja, en));
    }
    lines.add("すること", "met by", acts(duty, names));
    let due = names.moment(duty.due);
    let moved = (duty.due != duty.opened.due).then(|| names.moment(duty.opened.due));
    let due = moved.map_or(due.clone(), |first| {
        Text::new(format!("{}（はじめは{}）", due.ja, first.ja), format!("{} (at first {})", due.en, first.en))
    });
    lines.add("期限", "due", due);
}

/// What meets it, by the terms it was born with.
fn acts(duty: &Duty, names: &Names<'_>) -> Text {
    let terms = &duty.opened.terms;
    let mut acts = Vec::new();
    if terms.acknowledge {
        acts.push(Text::fixed("きっかけの記録を「確認」する", "acknowledging what opened it"));
    }
    if !terms.kinds.is_empty() {
        let kinds: Vec<Text> = terms.kinds.iter().map(|kind: &Kind| names.kind(*kind)).collect();
        let kinds = all(&kinds, "、", ", ");
        let (ja, en) = match (terms.same, terms.answers) {
            (Some(same), true) => (
                format!("きっかけに答える、または{}が同じ", same.ja()),
                format!(" that answers it or is about the same {}", same.en()),
            ),
            (Some(same), false) => (format!("{}が同じ", same.ja()), format!(" about the same {}", same.en())),
            (None, true) => ("きっかけに答える".to_owned(), " that answers it".to_owned()),
            (None, false) => (String::new(), String::new()),
        };
        acts.push(Text::new(format!("{ja}「{}」を書く", kinds.ja), format!("writing '{}'{en}", kinds.en)));
    }
    all(&acts, "、または", ", or ")
}

/// What was done about it, where it stands at this moment, and what comes next if nobody acts.
pub(super) fn course(duty: &Duty, names: &Names<'_>, now: Timestamp, lines: &mut Lines) {
    for step in done(duty, names.calendar) {
        let at = names.moment(step.at);
        match step.does {
            StepDoes::Remind(_) => lines.add("お知らせ済み", "reminded", at),
            StepDoes::Due => {}
            StepDoes::Escalate(level) => {
                let told = names.debtors(&duty.opened.told(usize::from(level), &duty.debtors));
                let says = Text::new(format!("{}　{}", told.ja, at.ja), format!("{}, {}", told.en, at.en));
                lines.add("知らせた相手", "told", says);
            }
        }
    }
    lines.add("いま", "stands", stands(duty, names, now));
    let mut about = ("つぎ", "next");
    for step in remaining(duty, names.calendar) {
        lines.add(about.0, about.1, next(duty, step, names));
        about = ("そのあと", "then");
    }
}

fn next(duty: &Duty, step: Step, names: &Names<'_>) -> Text {
    let at = names.moment(step.at);
    let (ja, en) = match step.does {
        StepDoes::Remind(_) => ("期限が近いことをお知らせします".to_owned(), "a reminder".to_owned()),
        StepDoes::Due => ("期限です".to_owned(), "it is due".to_owned()),
        StepDoes::Escalate(level) => {
            let told = duty.opened.told(usize::from(level), &duty.debtors);
            if told.is_empty() {
                ("知らせる相手がいません".to_owned(), "there is nobody to tell".to_owned())
            } else {
                let told = names.debtors(&told);
                (format!("{}に知らせます", told.ja), format!("{} is told", told.en))
            }
        }
    };
    Text::new(format!("{}　{ja}", at.ja), format!("{}: {en}", at.en))
}

fn stands(duty: &Duty, names: &Names<'_>, now: Timestamp) -> Text {
    let late = duty.overdue_at.map(|at| names.moment(at));
    let late_since = late.unwrap_or_else(|| names.moment(duty.due));
    match duty.standing() {
        Standing::Open if now > duty.due => Text::new(
            format!("続いています。{}に期限を過ぎました", late_since.ja),
            format!("still owed, overdue since {}", late_since.en),
        ),
        Standing::Open => Text::fixed("続いています", "still owed"),
        Standing::Snoozed => Text::fixed("期限を延ばしています", "more time was asked for"),
        Standing::Overdue => Text::new(
            format!("続いています。{}に期限を過ぎました", late_since.ja),
            format!("still owed, overdue since {}", late_since.en),
        ),
        Standing::Escalated(told) => Text::new(
            format!("続いています。{}に期限を過ぎ、知らせる順の {told} 段目まで知らせました", late_since.ja),
            format!("still owed, overdue since {}; step {told} of the chain was told", late_since.en),
        ),
        Standing::Paused => Text::fixed(
            "入院・入所のあいだ休んでいます。退院・退所のあと、残りの時間で続きます",
            "it rests while the patient is away, and goes on with the time that was left",
        ),
        Standing::Ended(how) => {
            let how = ended(how);
            let at = duty.ended_by.map_or_else(|| Text::fixed("", ""), |(_, at)| names.moment(at));
            let late =
                if duty.was_overdue() { ("（期限を過ぎてから）", ", after it was due") } else { ("", "") };
            Text::new(
                format!("{}に終わりました：{}{}", at.ja, how.ja, late.0),
                format!("ended at {}: {}{}", at.en, how.en, late.1),
            )
        }
    }
}

const fn ended(how: Ended) -> Text {
    match how {
        Ended::Met => Text::fixed("果たされました", "met"),
        Ended::Declined => Text::fixed("断られました", "declined"),
        Ended::Waived => Text::fixed("求めないことになりました", "let go"),
        Ended::Closed(reason) => Text::fixed(reason.ja(), reason.en()),
    }
}

/// What the rule itself says, in one line.
pub(super) fn agreed(rule: &[Line], lines: &mut Lines) {
    if rule.is_empty() {
        return;
    }
    let rows: Vec<Text> = rule.iter().map(said).collect();
    lines.add("取り決め", "as agreed", all(&rows, "／", " / "));
}
