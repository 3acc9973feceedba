//! What a replay found, as counts by rule and never by person, and in words.

use std::collections::BTreeMap;

use super::Fate;
use super::course::Became;
use crate::domain::ids::EntryId;
use crate::domain::text::{Text, counted};
use crate::limits::REPLAY_EXAMPLES_MAX;
use crate::rulebook::Rulebook;

/// The counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Posts asked again.
    pub events: u64,
    /// Of these, decided by the draft itself, and answered the same again: all of them, or something is wrong.
    pub own: u64,
    pub repeated: u64,
    /// What the draft would say hangs on what nobody wrote down.
    pub undetermined: u64,
    /// Made under a version whose words are no longer kept.
    pub unreadable: u64,
    /// Timelines whose record was destroyed.
    pub destroyed: u64,
    /// Verdicts that change, from and to.
    pub changes: BTreeMap<(Fate, Fate), Change>,
    /// By rule.
    pub duties: BTreeMap<String, DutyCount>,
    /// Standing duties, by rule: those of the draft and those of the rulebook in force.
    pub standing: BTreeMap<String, Compared>,
    /// Advice given, by rule.
    pub nudges: BTreeMap<String, u64>,
}

/// How often a verdict changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    pub count: u64,
    /// The first few.
    pub examples: Vec<EntryId>,
}

/// What would have become of the duties of one rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DutyCount {
    pub opened: u64,
    /// Opened on doubt.
    pub unconfirmed: u64,
    pub in_time: u64,
    pub late: u64,
    /// Of the late ones: somebody of the chain would have been told.
    pub escalated: u64,
    /// What asked for it went before it was due.
    pub ended: u64,
    /// The history does not tell.
    pub undetermined: u64,
}

/// What would have become of the standing duties of one rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    pub draft: DutyCount,
    /// If the rulebook in force had been in force all along.
    pub in_force: DutyCount,
}

impl DutyCount {
    fn plus(&mut self, other: &Self) {
        let Self { opened, unconfirmed, in_time, late, escalated, ended, undetermined } = other;
        self.opened += opened;
        self.unconfirmed += unconfirmed;
        self.in_time += in_time;
        self.late += late;
        self.escalated += escalated;
        self.ended += ended;
        self.undetermined += undetermined;
    }

    pub(super) fn add(&mut self, confirmed: bool, became: Became) {
        self.opened += 1;
        self.unconfirmed += u64::from(!confirmed);
        match became {
            Became::InTime => self.in_time += 1,
            Became::Late(told) => {
                self.late += 1;
                self.escalated += u64::from(told > 0);
            }
            Became::Ended => self.ended += 1,
            Became::Undetermined => self.undetermined += 1,
        }
    }
}

impl Report {
    pub(super) fn changed(&mut self, from: Fate, to: Fate, event: EntryId) {
        let change = self.changes.entry((from, to)).or_default();
        change.count += 1;
        if change.examples.len() < REPLAY_EXAMPLES_MAX {
            change.examples.push(event);
        }
    }

    pub(super) fn stood(&mut self, rule: &str, draft: &DutyCount, in_force: &DutyCount) {
        let compared = self.standing.entry(rule.to_owned()).or_default();
        compared.draft.plus(draft);
        compared.in_force.plus(in_force);
    }

    /// For people: a line for each count, and nothing of what did not happen. Rules are named by their titles in `books`.
    #[must_use]
    pub fn in_words(&self, books: [&Rulebook; 2]) -> Text {
        let mut told = Told::default();
        self.events_in_words(&mut told);
        if self.changes.is_empty() {
            told.add("判定の変わる投稿はありません", "No verdict changes");
        }
        for ((from, to), change) in &self.changes {
            let (examples, count): (Vec<String>, _) =
                (change.examples.iter().map(ToString::to_string).collect(), change.count);
            let examples = examples.join(", ");
            told.add(
                format!("判定が「{}」から「{}」に変わる投稿：{count} 件（例 {examples}）", from.ja(), to.ja()),
                format!("{} -> {}: {count} (such as {examples})", from.en(), to.en()),
            );
        }
        told.section(!self.duties.is_empty(), "案なら投稿から生まれていた約束", "Duties that posts would have opened");
        for (rule, duty) in &self.duties {
            let (title, became) = (titled(rule, books), became_in_words(duty));
            told.add(format!("  {}：{}", title.ja, became.ja), format!("  {}: {}", title.en, became.en));
        }
        told.section(!self.standing.is_empty(), "定期の約束", "Standing duties");
        for (rule, Compared { draft, in_force }) in &self.standing {
            let (title, draft_ja_en, in_force_ja_en) =
                (titled(rule, books), became_in_words(draft), became_in_words(in_force));
            if draft == in_force {
                told.add(
                    format!("  {}：案でも、いまのルールでも {}", title.ja, draft_ja_en.ja),
                    format!("  {}: under either {}", title.en, draft_ja_en.en),
                );
            } else {
                told.add(
                    format!("  {}：案では {}、いまのルールでは {}", title.ja, draft_ja_en.ja, in_force_ja_en.ja),
                    format!(
                        "  {}: under the draft {}; under the rules in force {}",
                        title.en, draft_ja_en.en, in_force_ja_en.en
                    ),
                );
            }
        }
        told.section(!self.nudges.is_empty(), "案なら出ていた助言", "Advice that would have been given");
        for (rule, count) in &self.nudges {
            let title = titled(rule, books);
            told.add(format!("  {}：{count} 件", title.ja), format!("  {}: {count}", title.en));
        }
        told.text()
    }

    fn events_in_words(&self, told: &mut Told) {
        let Self { events, own, repeated, undetermined, unreadable, destroyed, .. } = self;
        told.add(
            format!("過去の投稿 {events} 件を、案のルールで判定し直しました"),
            format!("{} asked again under the draft", counted(events, "post")),
        );
        if *undetermined > 0 {
            told.add(
                format!("うち {undetermined} 件は、記録に書かれていない事実しだいで変わるため、決められません"),
                format!("{undetermined} of them hang on facts that nobody wrote down"),
            );
        }
        if *own > 0 && own == repeated {
            told.add(
                format!("この版が実際に判定した {own} 件は、すべて同じ判定になりました"),
                format!("all {own} that this version itself decided come out the same"),
            );
        } else if *own > 0 {
            told.add(
                format!("この版が実際に判定した {own} 件のうち、同じ判定になったのは {repeated} 件です。運用者に知らせてください"),
                format!("only {repeated} of the {own} that this version itself decided come out the same; tell whoever runs the hub"),
            );
        }
        if *unreadable > 0 {
            told.add(
                format!("版が残っていない判定 {unreadable} 件は数えていません"),
                format!("left out: {} of versions that were not kept", counted(unreadable, "ruling")),
            );
        }
        if *destroyed > 0 {
            told.add(
                format!("廃棄された記録 {destroyed} 人分は数えていません"),
                format!("left out: {}", counted(destroyed, "destroyed record")),
            );
        }
    }
}

/// Lines in both languages.
#[derive(Default)]
struct Told {
    ja: String,
    en: String,
}

impl Told {
    fn add(&mut self, ja: impl Into<String>, en: impl Into<String>) {
        self.ja += &format!("{}\n", ja.into());
        self.en += &format!("{}\n", en.into());
    }

    fn section(&mut self, has_any: bool, ja: &str, en: &str) {
        if has_any {
            self.add(ja, en);
        }
    }

    fn text(self) -> Text {
        Text::new(self.ja, self.en)
    }
}

/// ND-M1「題」; a rule that neither book has by its id alone.
fn titled(rule: &str, books: [&Rulebook; 2]) -> Text {
    let found = books.into_iter().find_map(|book| book.rules().find(|(_, _, known)| known.id == rule));
    found.map_or_else(
        || Text::new(rule, rule),
        |(_, _, known)| Text::new(format!("{rule}「{}」", known.title.ja), format!("{rule} \"{}\"", known.title.en)),
    )
}

fn became_in_words(duty: &DutyCount) -> Text {
    let DutyCount { opened, unconfirmed, in_time, late, escalated, ended, undetermined } = *duty;
    if opened == 0 {
        return Text::fixed("0 件", "none");
    }
    let escalated_ja =
        if escalated > 0 { format!("（うち次の人へ知らせたもの {escalated}）") } else { String::new() };
    let escalated_en = if escalated > 0 { format!(" (escalated {escalated})") } else { String::new() };
    let counted = [
        (in_time, format!("期限内 {in_time}"), format!("{in_time} in time")),
        (late, format!("期限後 {late}{escalated_ja}"), format!("{late} late{escalated_en}")),
        (ended, format!("途中で不要 {ended}"), format!("{ended} ended before")),
        (
            undetermined,
            format!("まだ期限前か、記録からは不明 {undetermined}"),
            format!("{undetermined} not due yet or not told by the history"),
        ),
        (unconfirmed, format!("条件の一部が未確認 {unconfirmed}"), format!("{unconfirmed} unconfirmed")),
    ];
    let (ja, en): (Vec<String>, Vec<String>) =
        counted.into_iter().filter(|(count, ..)| *count > 0).map(|(_, ja, en)| (ja, en)).unzip();
    if ja.is_empty() {
        return Text::new(format!("{opened} 件"), format!("{opened} opened"));
    }
    Text::new(format!("{opened} 件（{}）", ja.join("、")), format!("{opened} opened ({})", en.join(", ")))
}
