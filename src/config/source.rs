//! The three sources as one map from field to the value that wins and its place. Values are not
//! understood here; unknown names are.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fields::{self, FIELDS};
use super::{Mistake, Place, closest};
use crate::domain::text::Text;

/// Everything a configuration is read from. Values, so that tests need no process of their own.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    pub file: Option<ConfigFile>,
    /// All variables of the process; those that start with `RENKEI_` count.
    pub environment: Vec<(String, String)>,
    /// The path of the field, the flag as typed, and its value.
    pub flags: Vec<(&'static str, String, String)>,
}

#[derive(Clone, Debug)]
pub struct ConfigFile {
    /// As the operator wrote it, for messages.
    pub path: PathBuf,
    /// Where its relative paths start; absolute, so that `config show` means the same elsewhere.
    pub folder: PathBuf,
    pub text: String,
}

/// Variables of the same prefix that are no fields.
const OTHER_VARIABLES: [&str; 1] = ["RENKEI_CONFIG"];

#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) value: Value,
    pub(super) place: Place,
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Given>),
    /// Of a kind that no field has; its name in TOML.
    Other(&'static str),
}

pub(super) type AllGiven = BTreeMap<&'static str, Given>;

pub(super) fn gather(sources: &Sources) -> Gathered {
    let mut gathered = Gathered::default();
    if let Some(file) = &sources.file {
        gathered.take_file(file);
    }
    gathered.take_environment(&sources.environment);
    for (field, flag, value) in &sources.flags {
        let place = Place::Flag { name: flag.clone() };
        gathered.given.insert(field, Given { value: Value::Text(value.clone()), place });
    }
    gathered
}

#[derive(Default)]
pub(super) struct Gathered {
    pub(super) given: AllGiven,
    pub(super) mistakes: Vec<Mistake>,
    /// Lines of the file that are not TOML.
    pub(super) broken: Vec<Mistake>,
    pub(super) notes: Vec<Mistake>,
}

struct SourceText<'a> {
    path: &'a Path,
    text: &'a str,
}

impl SourceText<'_> {
    fn place(&self, span: &Range<usize>) -> Place {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        Place::File { path: self.path.to_owned(), line, column }
    }
}

impl Gathered {
    fn take_file(&mut self, file: &ConfigFile) {
        let source = SourceText { path: &file.path, text: &file.text };
        let (table, errors) = DeTable::parse_recoverable(&file.text);
        self.take_table(&source, "", table.get_ref());
        self.broken.extend(errors.iter().map(|error| syntax_mistake(&source, error)));
    }

    fn take_table(&mut self, source: &SourceText<'_>, section: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = key.get_ref();
            let path = if section.is_empty() { name.to_string() } else { format!("{section}.{name}") };
            let key_place = source.place(&key.span());
            match (fields::find(&path), value.get_ref()) {
                (Some(field), _) => {
                    self.given.insert(field.path, given(source, value));
                }
                (None, DeValue::Table(inner)) if fields::is_section(&path) => self.take_table(source, &path, inner),
                (None, _) if fields::is_section(&path) => self.mistakes.push(not_a_section(key_place, &path)),
                (None, _) => self.mistakes.push(unknown_field(key_place, &path)),
            }
        }
    }

    fn take_environment(&mut self, environment: &[(String, String)]) {
        for (name, value) in environment {
            if !name.starts_with("RENKEI_") || OTHER_VARIABLES.contains(&name.as_str()) {
                continue;
            }
            let place = Place::Environment { name: name.clone() };
            match FIELDS.iter().find(|field| field.environment() == *name) {
                Some(field) => {
                    self.given.insert(field.path, Given { value: Value::Text(value.clone()), place });
                }
                // Not a mistake: container platforms add variables named after the service.
                None => self.notes.push(unknown_variable(place, name)),
            }
        }
    }
}

fn given(source: &SourceText<'_>, value: &Spanned<DeValue<'_>>) -> Given {
    let place = source.place(&value.span());
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Other("integer out of range"),
        },
        DeValue::Boolean(value) => Value::Boolean(*value),
        DeValue::Array(items) => Value::List(items.iter().map(|item| given(source, item)).collect()),
        DeValue::Float(_) => Value::Other("float"),
        DeValue::Datetime(_) => Value::Other("datetime"),
        DeValue::Table(_) => Value::Other("table"),
    };
    Given { value, place }
}

fn syntax_mistake(source: &SourceText<'_>, error: &toml::de::Error) -> Mistake {
    let place = source.place(&error.span().unwrap_or_default());
    let message = error.message();
    Mistake::new(place, "", Text::new(format!("TOML として読めません: {message}"), format!("not TOML: {message}")))
}

fn unknown_field(place: Place, path: &str) -> Mistake {
    let known = || FIELDS.iter().map(|field| field.path);
    let name = path.rsplit('.').next().unwrap_or(path);
    // The right name in the wrong section is as likely as a misspelt one.
    let same_name = known().find(|known| known.rsplit('.').next() == Some(name));
    let meant = same_name.or_else(|| closest(path, known()));
    Mistake::new(place, path, Text::fixed("この項目はありません", "there is no such field")).suggest(meant)
}

fn not_a_section(place: Place, section: &str) -> Mistake {
    let message = Text::new(
        format!("値ではなく、[{section}] という節です"),
        format!("this is a section, [{section}], not a value"),
    );
    let first = FIELDS.iter().map(|field| field.path).find(|path| path.starts_with(&format!("{section}.")));
    Mistake::new(place, section, message).suggest(first)
}

fn unknown_variable(place: Place, name: &str) -> Mistake {
    let known: Vec<String> = FIELDS.iter().map(super::Field::environment).collect();
    let message = Text::fixed("この環境変数は使われません", "this variable has no effect");
    Mistake::new(place, "", message).suggest(closest(name, known.iter().map(String::as_str)))
}
