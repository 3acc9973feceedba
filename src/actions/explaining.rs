//! Why? For an entry, a refusal, a duty, and for who may see what: the rules, the facts, the version, who agreed. Called by
//! the command line, which may ask everything, and by [`asking`] for people, who may ask what they may see.

pub mod asking;
mod duty;
mod names;

use std::sync::Arc;

use self::duty::Cause;
use self::names::{Names, all};
use crate::actions::agreement::{AgreedRule, find_agreed};
use crate::actions::kept_rulebooks::KeptRulebooks;
use crate::domain::directory::{Actor, Directory};
use crate::domain::duties::Duty;
use crate::domain::entry::{Entry, Sensitivity};
use crate::domain::ids::PersonId;
use crate::domain::kind::Kind;
use crate::domain::ruling::{Ruling, rule_id};
use crate::domain::state::PatientState;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::rulebook::calendar::Calendar;
use crate::rulebook::replay::{Event, Fate};
use crate::rulebook::{Action, EntryClass, Line, Reader, RecordClass, Rulebook, Signature, Verdict, situation};
use crate::store::{Journal, RefusedPost, StoreError};

/// The answer to "why?".
#[derive(Clone, Debug)]
pub struct Explained {
    /// In words, from the facts of the moment, line by line.
    pub lines: Vec<Line>,
    pub rules: Vec<AgreedRule>,
}

impl Explained {
    /// All lines as one text.
    #[must_use]
    pub fn text(&self) -> Text {
        let lines: Vec<Text> = self.lines.iter().map(said).collect();
        all(&lines, "\n", "\n")
    }
}

/// A line as a person reads it.
fn said(Line { about, says }: &Line) -> Text {
    Text::new(format!("{}：{}", about.ja, says.ja), format!("{}: {}", about.en, says.en))
}

/// What somebody sees or does not see.
#[derive(Clone, Copy, Debug)]
pub enum Record<'a> {
    /// Any of this kind that another office wrote, addressed to nobody and not restricted.
    Ordinary(Kind),
    This(&'a Entry),
}

impl Record<'_> {
    const fn kind(&self) -> Kind {
        match self {
            Self::Ordinary(kind) => *kind,
            Self::This(entry) => entry.body.kind(),
        }
    }

    fn class_for(&self, reader: &Actor) -> RecordClass {
        match self {
            Self::Ordinary(kind) => EntryClass::new(*kind, Sensitivity::Normal, None).seen_by(false, false),
            Self::This(entry) => RecordClass::of(&entry.scope(), reader),
        }
    }

    /// What keeps it from a reader whom the rules let see its like.
    fn kept_from(&self, reader: &Reader, state: &PatientState) -> Option<Text> {
        let Self::This(entry) = self else { return None };
        if state.hidden.contains_key(&entry.id) {
            return Some(Text::fixed(
                "別の患者の記録として取り消されたため、だれにも見えません",
                "it was taken back as written on the wrong patient, and is hidden from everybody",
            ));
        }
        (!reader.reaches(&entry.scope())).then(|| {
            Text::fixed(
                "紐付けのときに見せると決めた日より前の記録です",
                "it is older than what the link opened to this office",
            )
        })
    }
}

/// The lines of an answer as they are written.
#[derive(Debug, Default)]
struct Lines(Vec<Line>);

impl Lines {
    fn add(&mut self, ja: &'static str, en: &'static str, says: Text) {
        self.0.push(Line { about: Text::fixed(ja, en), says });
    }
}

/// What answers are found with.
#[derive(Debug)]
pub struct Explainer<'a> {
    pub journal: &'a Journal,
    pub kept: &'a KeptRulebooks,
    pub in_force: Arc<Rulebook>,
    pub directory: Arc<Directory>,
    pub calendar: &'a Calendar,
    pub now: Timestamp,
}

impl Explainer<'_> {
    /// Why an entry was taken, and what came of it. One that the hub made by itself was not judged.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn entry(&self, entry: &Entry) -> Result<Explained, StoreError> {
        let (names, mut lines) = (self.names(), Lines::default());
        lines.add("記録", "entry", self.posted(entry.body.kind(), &entry.author, entry.recorded_at));
        if let Some(named) = &entry.on_behalf {
            let named = names.actor(named);
            let says = Text::new(
                format!("{}。書いた人がそう述べたもので、判定は書いた人の職種によります", named.ja),
                format!("{}: as its author says. Rules ask for the author's role alone", named.en),
            );
            lines.add("代筆（だれに聞いて）", "written on behalf of", says);
        }
        let Some(event) = Event::of_entry(entry) else {
            let text = Text::fixed("連携ハブが自分で書いた記録です", "the hub wrote this by itself");
            lines.add("わけ", "why", text);
            return Ok(Explained { lines: lines.0, rules: Vec::new() });
        };
        lines.add("判定", "verdict", Text::fixed("認められました", "it was taken"));
        let received = Some(entry.recorded_at);
        let mut rules = self.cited(&event.ruling.cited, received).await?;
        lines.add("わけ", "why", self.why(&event, &rules).await?);
        if let Some(consequences) = entry.ruling.consequences.as_deref() {
            let excepted = self.cited(&consequences.excepted, received).await?;
            for gate in &excepted {
                lines.add("例外により通した関門", "passed by an exception", named(gate));
            }
            for reason in &consequences.reasons {
                let of = rule_id(&reason.rule);
                let says = Text::new(format!("{of}「{}」", reason.text), format!("{of} \"{}\"", reason.text));
                lines.add("書かれた理由", "reason written", says);
            }
            rules.extend(excepted);
        }
        for opened in entry.ruling.opened() {
            let rule = self.cited(std::slice::from_ref(&opened.rule), received).await?;
            let title = rule.first().map_or_else(|| names::same(rule_id(&opened.rule)), named);
            let (owed, due) = (names.debtors(&opened.debtors), names.moment(opened.due));
            let says = Text::new(
                format!("{}　{}が、{}までに", title.ja, owed.ja, due.ja),
                format!("{}: {}, by {}", title.en, owed.en, due.en),
            );
            lines.add("生まれた約束", "opened a duty", says);
            rules.extend(rule);
        }
        let met = entry.ruling.met().len();
        if met > 0 {
            lines.add("果たした約束", "met duties", Text::new(format!("{met} 件"), met.to_string()));
        }
        let advised = self.cited(entry.ruling.advice(), received).await?;
        for advice in &advised {
            lines.add("助言", "advice", named(advice));
        }
        rules.extend(advised);
        Ok(self.resting_on(lines, rules))
    }

    /// Why a post was refused, held, or kept for the link. `None`: the post itself was wrong, and no rule was asked.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn refusal(&self, post: &RefusedPost) -> Result<Option<Explained>, StoreError> {
        let (fate, ja, en) = match post.code.as_str() {
            "held" => (Fate::Hold, "足りないものがあるため、止められました", "it was held for something it lacks"),
            "dismissed" => (
                Fate::Queue,
                "紐付けを待つ間に、事務局が記録しないと決めました",
                "it waited for a link, and the secretariat dismissed it",
            ),
            _ => (Fate::Deny, "断られました", "it was refused"),
        };
        let RefusedPost { id, kind, corrected, ruling, .. } = post;
        if ruling.cited.is_empty() {
            return Ok(None);
        }
        let event = Event { id: *id, kind: *kind, corrected: *corrected, fate, ruling };
        let mut lines = Lines::default();
        lines.add("投稿", "post", self.posted(event.said(), &post.author, post.recorded_at));
        lines.add("判定", "verdict", Text::fixed(ja, en));
        let rules = self.cited(&ruling.cited, Some(post.recorded_at)).await?;
        lines.add("わけ", "why", self.why(&event, &rules).await?);
        Ok(Some(self.resting_on(lines, rules)))
    }

    /// Why a duty is owed, and what became of it: by whoever may see its cause, with the entry that opened it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn duty(&self, duty: &Duty, sees_cause: bool) -> Result<Explained, StoreError> {
        let (names, mut lines) = (self.names(), Lines::default());
        let citation = &duty.opened.rule;
        let rules = self.cited(std::slice::from_ref(citation), Some(duty.opened_at)).await?;
        match rules.first() {
            Some(agreed) => {
                lines.add("約束", "duty", titled(agreed));
                lines.add("わけ", "why", agreed.rule.reason.clone());
            }
            None => lines.add("約束", "duty", names::same(rule_id(citation))),
        }
        let opened_by = match duty.cause.filter(|_| sees_cause) {
            Some(cause) => self.journal.find_entry(cause).await?,
            None => None,
        };
        let cause = match (&opened_by, duty.cause) {
            (Some(stored), _) => Cause::Entry(&stored.entry),
            (None, Some(_)) => Cause::Hidden,
            (None, None) => Cause::State,
        };
        duty::opening(duty, cause, &names, &mut lines);
        duty::course(duty, &names, self.now, &mut lines);
        duty::agreed(&self.lines_of(citation).await?, &mut lines);
        Ok(self.resting_on(lines, rules))
    }

    /// What a rule says, line by line, in the version cited.
    async fn lines_of(&self, citation: &str) -> Result<Vec<Line>, StoreError> {
        let here = self.in_force.lines_of(citation);
        if !here.is_empty() {
            return Ok(here);
        }
        Ok(self.kept.find(citation).await?.map(|book| book.lines_of(citation)).unwrap_or_default())
    }

    /// Why this person may or may not see a record, in each position.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn view(
        &self,
        state: &PatientState,
        (person, record): (PersonId, Record<'_>),
    ) -> Result<Vec<(Actor, bool, Explained)>, StoreError> {
        let (directory, names) = (&self.directory, self.names());
        let positions = directory.people.get(&person).map(|known| known.positions.clone()).unwrap_or_default();
        let mut answers = Vec::with_capacity(positions.len());
        for position in positions {
            let Some(actor) = directory.actor(person, position) else { continue };
            let (book, kind) = (&self.in_force, record.kind());
            let class = record.class_for(&actor);
            let (judgement, slots) = book.judge_view(&situation::viewer(state, &actor, self.now), class);
            let cited: Vec<Arc<str>> =
                judgement.cited.as_slice().iter().map(|rule| Arc::clone(book.citation(*rule))).collect();
            let is_permitted = judgement.verdict == Verdict::Permit;
            let beyond_rules = record.kept_from(&Reader::of(state, book, &actor, self.now), state);
            let may_see = is_permitted && beyond_rules.is_none();
            let mut lines = Lines::default();
            lines.add("だれが", "who", names.actor(&actor));
            let what = match record {
                Record::Ordinary(kind) => {
                    let label = names.kind(kind);
                    Text::new(
                        format!("ほかの所属が書いた、通常の「{}」", label.ja),
                        format!("ordinary '{}' that others wrote", label.en),
                    )
                }
                Record::This(entry) => self.posted(kind, &entry.author, entry.recorded_at),
            };
            lines.add("何を", "what", what);
            let (ja, en) =
                if may_see { ("見られます", "may see it") } else { ("見られません", "may not see it") };
            lines.add("答え", "answer", Text::fixed(ja, en));
            lines.add("わけ", "why", book.explain(Action::View, kind, &judgement, &slots).text());
            if let Some(why) = beyond_rules.filter(|_| is_permitted) {
                lines.add("ただし", "but", why);
            }
            let rules = self.cited(&cited, None).await?;
            answers.push((actor, may_see, self.resting_on(lines, rules)));
        }
        Ok(answers)
    }

    fn names(&self) -> Names<'_> {
        Names { directory: &self.directory, book: &self.in_force, calendar: self.calendar }
    }

    /// What was posted, by whom, and when.
    fn posted(&self, kind: Kind, author: &Actor, at: Timestamp) -> Text {
        let names = self.names();
        let (kind, author, at) = (names.kind(kind), names.actor(author), names.moment(at));
        Text::new(
            format!("「{}」　{}　{}", kind.ja, author.ja, at.ja),
            format!("'{}' by {}, {}", kind.en, author.en, at.en),
        )
    }

    /// The answer, with the rules that it rests on, each once.
    fn resting_on(&self, mut lines: Lines, mut rules: Vec<AgreedRule>) -> Explained {
        let mut seen = std::collections::HashSet::new();
        rules.retain(|agreed| seen.insert(agreed.rule.citation.clone()));
        for agreed in &rules {
            let title = titled(agreed);
            // A duty begins with the rule that it is of.
            if lines.0.first().is_none_or(|first| first.says != title) {
                lines.add("根拠", "rests on", title);
            }
            lines.add("合意", "agreed by", self.agreed_by(agreed));
            lines.add("引用", "cited as", names::same(&agreed.rule.citation));
        }
        Explained { lines: lines.0, rules }
    }

    /// The bodies with profession and day, and where the set stands.
    fn agreed_by(&self, agreed: &AgreedRule) -> Text {
        let (names, agreement) = (self.names(), &agreed.agreement);
        if agreement.signed.is_empty() {
            return Text::new(
                format!("まだだれも合意していません（{}）", agreement.stands.ja),
                format!("nobody yet ({})", agreement.stands.en),
            );
        }
        let by = |signature: &Signature| {
            let role = names.role_of(&signature.role);
            let person = signature.person.as_deref().map_or_else(Default::default, |name| format!("{name}、"));
            let Signature { body, on, .. } = signature;
            Text::new(
                format!("{body}（{}、{person}{on}）", role.ja),
                format!("{body} ({}, {}{on})", role.en, person.replace('、', ", ")),
            )
        };
        let by = all(&agreement.signed.iter().map(by).collect::<Vec<_>>(), "、", ", ");
        Text::new(format!("{}　{}", by.ja, agreement.stands.ja), format!("{}; {}", by.en, agreement.stands.en))
    }

    async fn why(&self, event: &Event<'_>, rules: &[AgreedRule]) -> Result<Text, StoreError> {
        let book = self.book_of(event).await?;
        Ok(book.and_then(|book| in_words(&book, event)).unwrap_or_else(|| {
            let titles: Vec<Text> = rules.iter().map(|agreed| join(&agreed.rule.title, &agreed.rule.reason)).collect();
            all(&titles, "\n", "\n")
        }))
    }

    /// The book that made the ruling: its facts are read in that one's words.
    async fn book_of(&self, event: &Event<'_>) -> Result<Option<Arc<Rulebook>>, StoreError> {
        if self.in_force.repeats(event) == Some(true) {
            return Ok(Some(Arc::clone(&self.in_force)));
        }
        let Some(cited) = event.ruling.cited.first() else { return Ok(None) };
        Ok(self.kept.find(cited).await?.filter(|book| book.repeats(event) == Some(true)))
    }

    /// The rules that are cited, agreed on as it stood at this moment of receipt, or now.
    async fn cited(&self, citations: &[Arc<str>], received: Option<Timestamp>) -> Result<Vec<AgreedRule>, StoreError> {
        let mut rules = Vec::new();
        for citation in citations {
            let found = find_agreed((self.journal, self.kept), &self.in_force, self.calendar, citation, received);
            rules.extend(found.await?);
        }
        Ok(rules)
    }
}

/// ND-M1「題」
fn named(agreed: &AgreedRule) -> Text {
    let rule = &agreed.rule;
    Text::new(format!("{}「{}」", rule.id, rule.title.ja), format!("{} \"{}\"", rule.id, rule.title.en))
}

/// ND-M1「題」（守るべきこと、在宅医と訪問看護の約束ごと 第1.1.0版）
fn titled(agreed: &AgreedRule) -> Text {
    let (AgreedRule { rule, set, .. }, name) = (agreed, named(agreed));
    Text::new(
        format!("{}（{}、{} 第{}版）", name.ja, rule.strength.ja, set.title.ja, set.version),
        format!("{} ({}, {}, version {})", name.en, rule.strength.code, set.title.en, set.version),
    )
}

fn in_words(book: &Rulebook, event: &Event<'_>) -> Option<Text> {
    let slots = book.slots_of(event.ruling)?;
    if event.fate == Fate::Hold {
        return held_in_words(book, event.said(), event.ruling);
    }
    let (kind, judgement) = book.judge_kinds(event.kind, event.corrected, &slots);
    Some(book.explain(Action::Post, kind, &judgement, &slots).text())
}

fn held_in_words(book: &Rulebook, kind: Kind, ruling: &Ruling) -> Option<Text> {
    let slots = book.slots_of(ruling)?;
    let held = book.etiquette(kind, &slots).held.into_iter();
    // One that it passed by a written reason does not hold it.
    let held = held.filter(|held| ruling.cited.contains(book.citation(held.rule)));
    let holds = held.filter_map(|held| book.explain_hold(held, &slots));
    let told = holds.map(|hold| {
        let title = join(&hold.title, &hold.reason);
        let missing = hold.missing.iter().flatten();
        missing.fold(title, |told, missing| join(&told, &missing.now))
    });
    told.reduce(|all, told| join(&all, &told))
}

fn join(one: &Text, other: &Text) -> Text {
    Text::new(format!("{}\n{}", one.ja, other.ja), format!("{}\n{}", one.en, other.en))
}
