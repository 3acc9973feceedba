//! What a replay found, as counts by rule and never by person, and in words.

use std::collections::BTreeMap;

use super::Fate;
use super::course::Became;
use crate::domain::ids::EntryId;
use crate::domain::text::Text;
use crate::limits::REPLAY_EXAMPLES_MAX;

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

    /// For people, a line for each count.
    #[must_use]
    pub fn in_words(&self) -> Text {
        let (mut ja, mut en) = (String::new(), String::new());
        let mut add = |said: Text| {
            ja += &format!("{}\n", said.ja);
            en += &format!("{}\n", said.en);
        };
        let Self { events, own, repeated, undetermined, unreadable, destroyed, .. } = self;
        add(Text::new(
            format!(
                "投稿 {events} 件を案のルールで判定し直しました（書かれていない事実により決められないもの {undetermined} 件）"
            ),
            format!("{events} posts asked again under the draft; {undetermined} hang on facts nobody wrote down"),
        ));
        if *own > 0 {
            add(Text::new(
                format!("この版が決めた {own} 件のうち {repeated} 件が同じ判定になりました"),
                format!("{repeated} of the {own} that this version itself decided come out the same"),
            ));
        }
        if *unreadable + *destroyed > 0 {
            add(Text::new(
                format!("読めない版の判定 {unreadable} 件、廃棄された記録 {destroyed} 人分は数えていません"),
                format!("left out: {unreadable} rulings of versions not kept, {destroyed} destroyed records"),
            ));
        }
        if self.changes.is_empty() {
            add(Text::fixed("判定の変わる投稿はありません", "No verdict changes"));
        }
        for ((from, to), change) in &self.changes {
            let (examples, count): (Vec<String>, _) =
                (change.examples.iter().map(ToString::to_string).collect(), change.count);
            let examples = examples.join(", ");
            add(Text::new(
                format!("判定「{}」→「{}」：{count} 件（例 {examples}）", from.ja(), to.ja()),
                format!("{} -> {}: {count} (such as {examples})", from.en(), to.en()),
            ));
        }
        for (rule, duty) in &self.duties {
            add(duty_in_words(rule, duty));
        }
        for (rule, Compared { draft, in_force }) in &self.standing {
            let (draft, in_force) = (became_in_words(draft), became_in_words(in_force));
            add(Text::new(
                format!("定期の約束 {rule}：案では {}／施行中のルールでは {}", draft.ja, in_force.ja),
                format!("standing duty {rule}: under the draft {}; under the rules in force {}", draft.en, in_force.en),
            ));
        }
        for (rule, count) in &self.nudges {
            add(Text::new(format!("助言 {rule}：{count} 件"), format!("advice {rule}: {count}")));
        }
        Text::new(ja, en)
    }
}

fn duty_in_words(rule: &str, duty: &DutyCount) -> Text {
    let told = became_in_words(duty);
    Text::new(format!("約束 {rule}：{}", told.ja), format!("duty {rule}: {}", told.en))
}

fn became_in_words(duty: &DutyCount) -> Text {
    let DutyCount { opened, unconfirmed, in_time, late, escalated, ended, undetermined } = duty;
    Text::new(
        format!(
            "{opened} 件（未確定 {unconfirmed}、期限内 {in_time}、遅れ {late}（うち連絡先へ {escalated}）、途中で終了 \
             {ended}、記録からは不明 {undetermined}）"
        ),
        format!(
            "{opened} opened ({unconfirmed} unconfirmed; in time {in_time}, late {late} (escalated {escalated}), ended \
             before {ended}, not told by the history {undetermined})"
        ),
    )
}
