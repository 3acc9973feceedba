//! Takes one field after the other out of what was given, as the type it must have, and notes a
//! mistake where it has not. A field with a mistake reads as if it had not been given.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use super::source::{AllGiven, Given, Value};
use super::{Mistake, Place, closest};
use crate::domain::text::Text;

pub(super) struct Reader<'a> {
    given: AllGiven,
    folder: &'a Path,
    mistakes: &'a mut Vec<Mistake>,
}

impl<'a> Reader<'a> {
    /// Relative paths in the file, and the defaults, start at `folder`.
    pub(super) fn new(given: AllGiven, folder: &'a Path, mistakes: &'a mut Vec<Mistake>) -> Self {
        Self { given, folder, mistakes }
    }

    /// The folder that relative paths at this place start from: the working folder for flags and
    /// the environment.
    pub(super) fn base(&self, place: &Place) -> &'a Path {
        match place {
            Place::File { .. } | Place::Default => self.folder,
            Place::Environment { .. } | Place::Flag { .. } => Path::new(""),
        }
    }

    /// Where a field was given, rightly or wrongly.
    pub(super) fn place(&self, field: &str) -> Option<Place> {
        self.given.get(field).map(|given| given.place.clone())
    }

    pub(super) fn is_given(&self, field: &str) -> bool {
        self.given.contains_key(field)
    }

    /// The first field given whose name begins so, with its place.
    pub(super) fn first_given(&self, prefix: &str) -> Option<(&'static str, Place)> {
        let given = self.given.iter().find(|(field, _)| field.starts_with(prefix));
        given.map(|(field, given)| (*field, given.place.clone()))
    }

    pub(super) fn complain(&mut self, place: Place, field: &str, message: Text) {
        self.mistakes.push(Mistake::new(place, field, message));
    }

    /// The text of a field.
    pub(super) fn text(&mut self, field: &'static str) -> Option<(String, Place)> {
        let given = self.given.get(field)?;
        match &given.value {
            Value::Text(text) if !text.is_empty() => Some((text.clone(), given.place.clone())),
            other => {
                let mistake = Mistake::expected(
                    given.place.clone(),
                    field,
                    &Text::fixed("空でない文字列", "text that is not empty"),
                    &describe(other),
                );
                self.mistakes.push(mistake);
                None
            }
        }
    }

    pub(super) fn path(&mut self, field: &'static str) -> Option<PathBuf> {
        self.text(field).map(|(text, place)| self.base(&place).join(text))
    }

    pub(super) fn boolean(&mut self, field: &'static str) -> Option<bool> {
        let given = self.given.get(field)?;
        match &given.value {
            Value::Boolean(value) => Some(*value),
            // The environment and flags have only text.
            Value::Text(text) if text == "true" && !is_in_file(given) => Some(true),
            Value::Text(text) if text == "false" && !is_in_file(given) => Some(false),
            _ => self.expected(field, &Text::fixed("true か false", "true or false")),
        }
    }

    pub(super) fn number(&mut self, field: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let given = self.given.get(field)?;
        let number = match &given.value {
            Value::Integer(number) => Some(*number),
            Value::Text(text) if !is_in_file(given) => text.parse().ok(),
            _ => None,
        };
        if let Some(number) = number.filter(|number| range.contains(number)) {
            return Some(number);
        }
        let (least, most) = (range.start(), range.end());
        let expected =
            Text::new(format!("{least} から {most} までの整数"), format!("a whole number from {least} to {most}"));
        self.expected(field, &expected)
    }

    pub(super) fn choice<T: Copy>(&mut self, field: &'static str, choices: &[(&'static str, T)]) -> Option<T> {
        let given = self.given.get(field)?;
        let asked = match &given.value {
            Value::Text(text) => text.as_str(),
            _ => "",
        };
        if let Some((_, choice)) = choices.iter().find(|(code, _)| *code == asked) {
            return Some(*choice);
        }
        let codes: Vec<&str> = choices.iter().map(|(code, _)| *code).collect();
        let listed = codes.join(", ");
        let expected = Text::new(format!("{listed} のどれか"), format!("one of {listed}"));
        let mistake = Mistake::expected(given.place.clone(), field, &expected, &describe(&given.value));
        self.mistakes.push(mistake.suggest(closest(asked, codes)));
        None
    }

    /// A list of texts, each with its place. The environment and flags separate by commas.
    pub(super) fn list<T>(
        &mut self,
        field: &'static str,
        expected: &Text,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<(T, Place)>> {
        let given = self.given.get(field)?.clone();
        let items = match given.value {
            Value::List(items) => items,
            Value::Text(ref text) if !is_in_file(&given) => {
                let item =
                    |text: &str| Given { value: Value::Text(text.trim().to_owned()), place: given.place.clone() };
                text.split(',').map(item).collect()
            }
            _ => {
                let listed = Text::new(
                    format!("[ ] で囲んだリスト: {}", expected.ja),
                    format!("a list in [ ]: {}", expected.en),
                );
                return self.expected(field, &listed);
            }
        };
        let was_empty = items.is_empty();
        let mut parsed = Vec::with_capacity(items.len());
        for item in items {
            match &item.value {
                Value::Text(text) if let Some(value) = parse(text) => parsed.push((value, item.place)),
                other => self.mistakes.push(Mistake::expected(item.place, field, expected, &describe(other))),
            }
        }
        // A list of nothing but mistakes was not meant to be empty.
        if parsed.is_empty() && !was_empty { None } else { Some(parsed) }
    }

    pub(super) fn addresses(&mut self, field: &'static str) -> Option<Vec<(SocketAddr, Place)>> {
        let expected =
            Text::fixed("127.0.0.1:8443 のようなアドレスとポート", "an address with a port, such as 127.0.0.1:8443");
        self.list(field, &expected, |text| text.parse().ok())
    }

    fn expected<T>(&mut self, field: &'static str, expected: &Text) -> Option<T> {
        let given = self.given.get(field)?;
        self.mistakes.push(Mistake::expected(given.place.clone(), field, expected, &describe(&given.value)));
        None
    }
}

fn is_in_file(given: &Given) -> bool {
    matches!(given.place, Place::File { .. })
}

fn describe(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("`{text}`"),
        Value::Integer(number) => format!("`{number}`"),
        Value::Boolean(value) => format!("`{value}`"),
        Value::List(_) => "[…]".to_owned(),
        Value::Other(kind) => (*kind).to_owned(),
    }
}
