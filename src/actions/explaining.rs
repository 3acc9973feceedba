//! Why? For an entry, a refusal, a duty, and for who may see what: the rules, the facts, the version, who agreed. Called by
//! the command line, which may ask everything, and by [`asking`] for people, who may ask what they may see.

pub mod asking;
mod course;

use std::sync::Arc;

use crate::actions::kept_rulebooks::KeptRulebooks;
use crate::actions::rulebook::{RuleInWords, SetInWords, find_cited};
use crate::domain::directory::{Actor, Directory};
use crate::domain::duties::Duty;
use crate::domain::entry::{Entry, Sensitivity};
use crate::domain::ids::PersonId;
use crate::domain::kind::Kind;
use crate::domain::lifecycle::SetSignature;
use crate::domain::ruling::Ruling;
use crate::domain::state::PatientState;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::rulebook::replay::{Event, Fate};
use crate::rulebook::{Action, EntryClass, Line, Rulebook, Verdict, situation};
use crate::store::{Journal, RefusedPost, StoreError};

/// The answer to "why?".
#[derive(Clone, Debug)]
pub struct Explained {
    /// In words, from the facts of the moment.
    pub text: Text,
    pub rules: Vec<AgreedRule>,
}

/// A rule that the answer rests on, and who agreed on it.
#[derive(Clone, Debug)]
pub struct AgreedRule {
    pub set: SetInWords,
    pub rule: RuleInWords,
    /// Whether new posts are judged by it.
    pub in_force: bool,
    /// Given to the hub; what the file itself says of signatures is in `set`.
    pub signatures: Vec<SetSignature>,
}

/// What answers are found with.
#[derive(Debug)]
pub struct Explainer<'a> {
    pub journal: &'a Journal,
    pub kept: &'a KeptRulebooks,
    pub in_force: Arc<Rulebook>,
}

impl Explainer<'_> {
    /// Why an entry was taken, and what came of it. One that the hub made by itself was not judged.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn entry(&self, entry: &Entry) -> Result<Explained, StoreError> {
        let Some(event) = Event::of_entry(entry) else {
            let text = Text::fixed("ハブが自分で書いた記録です", "the hub wrote this by itself");
            return Ok(Explained { text, rules: Vec::new() });
        };
        let mut explained = self.event(&event).await?;
        let mut asked: Vec<Arc<str>> = entry.ruling.opened().iter().map(|duty| Arc::clone(&duty.rule)).collect();
        asked.extend(entry.ruling.advice().iter().cloned());
        explained.rules.extend(self.cited(asked).await?);
        for duty in entry.ruling.opened() {
            let (id, due) = (duty.id, duty.due.to_rfc3339());
            explained.text = join(
                &explained.text,
                &Text::new(
                    format!("約束 {id} が生まれました（期限 {due}）"),
                    format!("it opened duty {id}, due {due}"),
                ),
            );
        }
        Ok(explained)
    }

    /// Why a post was refused, held, or kept for the link. `None`: the post itself was wrong, and no rule was asked.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn refusal(&self, post: &RefusedPost) -> Result<Option<Explained>, StoreError> {
        let fate = match post.code.as_str() {
            "held" => Fate::Hold,
            "dismissed" => Fate::Queue,
            _ => Fate::Deny,
        };
        let RefusedPost { id, kind, corrected, ruling, .. } = post;
        if ruling.cited.is_empty() {
            return Ok(None);
        }
        let event = Event { id: *id, kind: *kind, corrected: *corrected, fate, ruling };
        self.event(&event).await.map(Some)
    }

    /// Why a duty is owed, and what became of it: by whoever may see its cause, with the entry that opened it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn duty(&self, duty: &Duty, sees_cause: bool) -> Result<Explained, StoreError> {
        let rules = self.cited(vec![Arc::clone(&duty.opened.rule)]).await?;
        let mut text = born(duty, sees_cause);
        if let Some(agreed) = rules.first() {
            text = join(&text, &join(&agreed.rule.title, &agreed.rule.reason));
        }
        for Line { about, says } in self.lines_of(&duty.opened.rule).await? {
            let line = Text::new(format!("{}：{}", about.ja, says.ja), format!("{}: {}", about.en, says.en));
            text = join(&text, &line);
        }
        let text = course::in_words(duty).iter().fold(text, |told, line| join(&told, line));
        Ok(Explained { text, rules })
    }

    /// What a rule says, line by line, in the version cited.
    async fn lines_of(&self, citation: &str) -> Result<Vec<Line>, StoreError> {
        let here = self.in_force.lines_of(citation);
        if !here.is_empty() {
            return Ok(here);
        }
        Ok(self.kept.find(citation).await?.map(|book| book.lines_of(citation)).unwrap_or_default())
    }

    /// Why this person may or may not see ordinary records of this kind that others wrote, in each position.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn view(
        &self,
        state: &PatientState,
        directory: &Directory,
        (person, kind): (PersonId, Kind),
        now: Timestamp,
    ) -> Result<Vec<(Actor, bool, Explained)>, StoreError> {
        let positions = directory.people.get(&person).map(|known| known.positions.clone()).unwrap_or_default();
        let mut answers = Vec::with_capacity(positions.len());
        for position in positions {
            let Some(actor) = directory.actor(person, position) else { continue };
            let class = EntryClass::new(kind, Sensitivity::Normal, None).seen_by(false, false);
            let book = &self.in_force;
            let (judgement, slots) = book.judge_view(&situation::viewer(state, &actor, now), class);
            let text = book.explain(Action::View, kind, &judgement, &slots).text();
            let cited = judgement.cited.as_slice().iter().map(|rule| Arc::clone(book.citation(*rule))).collect();
            let rules = self.cited(cited).await?;
            answers.push((actor, judgement.verdict == Verdict::Permit, Explained { text, rules }));
        }
        Ok(answers)
    }

    async fn event(&self, event: &Event<'_>) -> Result<Explained, StoreError> {
        let rules = self.cited(event.ruling.cited.clone()).await?;
        let book = self.book_of(event).await?;
        let text = book.and_then(|book| in_words(&book, event)).unwrap_or_else(|| {
            let titles = rules.iter().map(|agreed| join(&agreed.rule.title, &agreed.rule.reason));
            titles.reduce(|all, title| join(&all, &title)).unwrap_or_else(|| Text::fixed("", ""))
        });
        Ok(Explained { text, rules })
    }

    /// The book that made the ruling: its facts are read in that one's words.
    async fn book_of(&self, event: &Event<'_>) -> Result<Option<Arc<Rulebook>>, StoreError> {
        if self.in_force.repeats(event) == Some(true) {
            return Ok(Some(Arc::clone(&self.in_force)));
        }
        let Some(cited) = event.ruling.cited.first() else { return Ok(None) };
        Ok(self.kept.find(cited).await?.filter(|book| book.repeats(event) == Some(true)))
    }

    async fn cited(&self, citations: Vec<Arc<str>>) -> Result<Vec<AgreedRule>, StoreError> {
        let mut rules = Vec::new();
        for citation in citations {
            let here = find_cited(&self.in_force, &citation);
            let (book, found, in_force) = match here {
                Some(found) => (Arc::clone(&self.in_force), found, true),
                None => {
                    let Some(book) = self.kept.find(&citation).await? else { continue };
                    let Some(found) = find_cited(&book, &citation) else { continue };
                    (book, found, false)
                }
            };
            let (set, rule) = found;
            let agreement = book.sets().iter().find(|known| known.id == set.id).map(|set| set.agreement.clone());
            let signatures = match agreement {
                Some(agreement) => {
                    let list = self
                        .journal
                        .read(move |tx| Box::pin(async move { tx.list_rulebook_signatures_of(&agreement).await }));
                    list.await?
                }
                None => Vec::new(),
            };
            rules.push(AgreedRule { set, rule, in_force, signatures });
        }
        Ok(rules)
    }
}

fn born(duty: &Duty, sees_cause: bool) -> Text {
    let (at, due) = (duty.opened_at.to_rfc3339(), duty.opened.due.to_rfc3339());
    let (ja, en) = match duty.cause {
        Some(cause) if sees_cause => (format!("記録 {cause} により"), format!("by entry {cause}")),
        Some(_) => ("ある記録により".to_owned(), "by an entry".to_owned()),
        None => ("定期の約束として".to_owned(), "as a standing duty".to_owned()),
    };
    let doubt = if duty.opened.confirmed { ("", "") } else { ("（未確定）", ", unconfirmed") };
    Text::new(
        format!("{at} に{ja}生まれました{}。期限 {due}", doubt.0),
        format!("opened at {at} {en}{}; due {due}", doubt.1),
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
