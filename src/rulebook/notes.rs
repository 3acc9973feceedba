//! What a region has still to settle in a sound rulebook: figures that stand in until agreed, sets nobody
//! signed, reviews that are due. Told by `rulebook check`; nothing here refuses anything.

use jiff::civil::Date;

use super::book::Rulebook;
use super::locate::Located;
use super::mechanism::Span;
use super::phrase::duration;
use super::ruleset::{Mechanism, Rule, Ruleset};
use super::words::Status;
use crate::domain::role::Role;
use crate::domain::text::Text;

/// One thing to settle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub code: &'static str,
    /// The rule, set or field it is about.
    pub about: String,
    pub at: Located,
    pub text: Text,
}

impl Rulebook {
    /// What is still to settle on this day, in the order of the files.
    #[must_use]
    pub fn notes(&self, today: Date) -> Vec<Note> {
        let mut notes = Vec::new();
        for set in &self.sets {
            if set.status == Status::Seed {
                let text = Text::new(
                    format!("「{}」はひな形で、まだだれも署名していません", set.title.ja),
                    format!("'{}' is a seed that nobody has signed", set.title.en),
                );
                notes.push(Note { code: "unsigned-seed", about: set.id.clone(), at: self.locate(set.place), text });
            }
            if set.review_by.is_none() {
                let text = Text::new(
                    format!("「{}」に見直しの期限（review_by）がありません", set.title.ja),
                    format!("'{}' says nothing of when it is reviewed (review_by)", set.title.en),
                );
                notes.push(Note { code: "no-review-date", about: set.id.clone(), at: self.locate(set.place), text });
            }
            let unnamed = if set.status == Status::Seed { Vec::new() } else { set.sides_without_body() };
            notes.extend(unnamed.into_iter().map(|side| Note {
                code: "no-body",
                about: set.id.clone(),
                at: self.locate(set.place),
                text: Self::side_without_body(set, side),
            }));
            if let Some(due) = set.review_by.filter(|due| *due < today) {
                let text = Text::new(
                    format!("「{}」の見直しの期限（{due}）が過ぎています", set.title.ja),
                    format!("the review of '{}' was due by {due}", set.title.en),
                );
                notes.push(Note { code: "review-due", about: set.id.clone(), at: self.locate(set.place), text });
            }
            notes.extend(set.rules.iter().flat_map(|rule| self.placeholders(rule)));
        }
        for field in &self.vocabulary.fields {
            let span = field.derive.as_ref().and_then(|derive| derive.within).filter(|span| span.placeholder);
            notes.extend(span.map(|span| self.stands_in(&field.code, &span)));
        }
        notes.sort_by(|one, other| one.at.cmp(&other.at));
        notes
    }

    /// That a side of a set, or a set without sides, names no body to sign it.
    #[must_use]
    pub fn side_without_body(set: &Ruleset, side: Option<&str>) -> Text {
        let Some(role) = side else {
            return Text::new(
                format!("ルール集「{}」に、署名する団体（bodies）がありません", set.title.ja),
                format!("the set '{}' names no body to sign it (bodies)", set.title.en),
            );
        };
        let known = Role::from_code(role);
        Text::new(
            format!(
                "ルール集「{}」に、{}の側の署名団体（bodies）がありません",
                set.title.ja,
                known.map_or(role, |role| role.ja())
            ),
            format!(
                "the set '{}' names no body of the {} to sign it (bodies)",
                set.title.en,
                known.map_or(role, |role| role.en())
            ),
        )
    }

    fn placeholders<'a>(&'a self, rule: &'a Rule) -> impl Iterator<Item = Note> + 'a {
        let deadline = rule.mechanism.deadline().into_iter();
        let spans = deadline.flat_map(|deadline| {
            let steps = deadline.escalate.iter().map(|step| &step.after);
            std::iter::once(&deadline.within).chain(&deadline.remind).chain(steps)
        });
        let every = match &rule.mechanism {
            Mechanism::Pledge(pledge) => Some(&pledge.every),
            _ => None,
        };
        let mut told = Vec::new();
        // A step whose time is not written takes it from the deadline, which was told already.
        let written = |span: &&Span| span.placeholder && self.is_written(span);
        let spans = spans.chain(every).filter(written).filter_map(move |span| {
            let is_new = !told.contains(&span.place);
            told.push(span.place);
            is_new.then(|| self.stands_in(&rule.id, span))
        });
        let figures = rule.mechanism.clauses().flat_map(|clause| &clause.terms).filter_map(|term| term.placeholder);
        spans.chain(figures.map(|place| Note {
            code: "placeholder",
            about: rule.id.clone(),
            at: self.locate(place),
            text: Text::new(
                format!("{} の数字は仮置きです。地域で決めてください", rule.id),
                format!("a figure of {} stands in until the region sets it", rule.id),
            ),
        }))
    }

    /// Whether the place of a span is that of its figure, not of the word it was left out beside.
    fn is_written(&self, span: &Span) -> bool {
        let at = self.sources().sets.get(usize::from(span.place.file).wrapping_sub(1));
        let rest = at.and_then(|(_, text)| text.get(span.place.at..)).unwrap_or_default();
        rest.trim_start_matches('"').starts_with(|sign: char| sign.is_ascii_digit())
    }

    fn stands_in(&self, about: &str, span: &Span) -> Note {
        let length = duration(span.seconds);
        let text = Text::new(
            format!("{about} の{}は仮置きです。地域で決めてください", length.ja),
            format!("'{}' in {about} stands in until the region sets it", length.en),
        );
        Note { code: "placeholder", about: about.to_owned(), at: self.locate(span.place), text }
    }
}
