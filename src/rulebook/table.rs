//! Typed reading of a TOML table: each accessor either gives the value or records what is wrong
//! with it, so that the loader can go on and find the next mistake.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mistake::Mistake;
use super::problem::{Findings, Place};
use super::suggest::nearest;
use super::vocabulary::Field;
use super::words::{Key, OF_RULES, Word};
use crate::domain::text::Text;

/// A value with the key it was written under, for messages.
#[derive(Clone, Copy)]
pub(crate) struct Item<'d, 't> {
    pub key: &'d str,
    pub value: &'d Spanned<DeValue<'t>>,
    pub place: Place,
    pub key_place: Place,
    /// Of the vocabulary, where the value is a condition on it.
    pub field: Option<&'d Field>,
}

pub(crate) struct Table<'d, 't> {
    pub place: Place,
    entries: &'d DeTable<'t>,
    known: Vec<Key>,
    /// Keys that may stand here in both languages.
    in_both: Vec<Key>,
}

impl<'d, 't> Table<'d, 't> {
    pub fn new(place: Place, entries: &'d DeTable<'t>) -> Self {
        Self { place, entries, known: Vec::new(), in_both: Vec::new() }
    }

    /// All entries in the order of the file, for tables whose keys are the author's.
    pub fn entries(&self) -> Vec<Item<'d, 't>> {
        let mut items: Vec<_> =
            self.entries.iter().map(|(key, value)| (key.span().start, self.item(key, value))).collect();
        items.sort_by_key(|(at, _)| *at);
        items.into_iter().map(|(_, item)| item).collect()
    }

    fn item(&self, key: &'d Spanned<std::borrow::Cow<'t, str>>, value: &'d Spanned<DeValue<'t>>) -> Item<'d, 't> {
        Item {
            key: key.get_ref(),
            value,
            place: Place { file: self.place.file, at: value.span().start },
            key_place: Place { file: self.place.file, at: key.span().start },
            field: None,
        }
    }

    pub fn find(&mut self, key: Key) -> Option<Item<'d, 't>> {
        self.known.push(key);
        self.entries
            .iter()
            .find(|(written, _)| key.is(written.get_ref()))
            .map(|(written, value)| self.item(written, value))
    }

    /// The values under both spellings of a key that may be written in either or both, in the order of the file.
    pub fn find_each(&mut self, key: Key) -> Vec<Item<'d, 't>> {
        self.known.push(key);
        self.in_both.push(key);
        self.entries().into_iter().filter(|item| key.is(item.key)).collect()
    }

    pub fn require(&mut self, key: Key, findings: &mut Findings<'_>) -> Option<Item<'d, 't>> {
        let found = self.find(key);
        if found.is_none() {
            findings.add(self.place, Mistake::MissingKey { key: key.code, key_ja: key.ja });
        }
        found
    }

    pub fn require_string(&mut self, key: Key, findings: &mut Findings<'_>) -> Option<(&'d str, Place)> {
        let item = self.require(key, findings)?;
        Some((item.string(findings)?, item.place))
    }

    pub fn require_word<W: Word>(&mut self, key: Key, findings: &mut Findings<'_>) -> Option<(W, Place)> {
        let item = self.require(key, findings)?;
        Some((item.word(findings)?, item.place))
    }

    /// The `ja` and `en` keys of this table.
    pub fn require_text(&mut self, findings: &mut Findings<'_>) -> Option<Text> {
        let ja = self.require_string(super::words::key::JA, findings);
        let en = self.require_string(super::words::key::EN, findings);
        for (_, place) in [ja, en].into_iter().flatten().filter(|(said, _)| said.trim().is_empty()) {
            findings.add(place, Mistake::EmptyLabel);
        }
        Some(Text::new(ja?.0, en?.0))
    }

    /// A sub-table holding `ja` and `en`.
    pub fn require_label(&mut self, key: Key, findings: &mut Findings<'_>) -> Option<Text> {
        self.require(key, findings)?.label(findings)
    }

    /// A key written in both languages: only one of them would be read.
    fn report_second(&self, known: Key, key: &Spanned<std::borrow::Cow<'_, str>>, findings: &mut Findings<'_>) {
        let spellings = self.entries.iter().map(|(other, _)| other).filter(|other| known.is(other.get_ref()));
        let first =
            spellings.min_by_key(|other| other.span().start).filter(|first| first.span().start < key.span().start);
        if let Some(first) = first {
            let place = Place { file: self.place.file, at: key.span().start };
            let (key, first) = (key.get_ref().to_string(), first.get_ref().to_string());
            findings.add(place, Mistake::KeyTwice { key, first });
        }
    }

    /// Reports every key nobody asked for, and every one that is there twice. Call last.
    pub fn finish(self, findings: &mut Findings<'_>) {
        for (key, _) in self.entries {
            let written = key.get_ref();
            if self.in_both.iter().any(|both| both.is(written)) {
                continue;
            }
            if let Some(known) = self.known.iter().find(|known| known.is(written)) {
                self.report_second(*known, key, findings);
                continue;
            }
            let is_of_others = OF_RULES.iter().any(|key| key.is(written));
            let known = self.known.iter().flat_map(|known| [known.code, known.ja]);
            let suggestion = if is_of_others { None } else { nearest(written, known) };
            let place = Place { file: self.place.file, at: key.span().start };
            findings.add(place, Mistake::UnknownKey { key: written.to_string(), suggestion });
        }
    }
}

impl<'d, 't> Item<'d, 't> {
    pub fn wrong_type(&self, expected: Text, findings: &mut Findings<'_>) {
        let found = type_name(self.value.get_ref());
        let named = match self.field {
            Some(Field { label, code, .. }) => {
                Text::new(format!("「{}」（{code}）", label.ja), format!("'{code}' ({})", label.en))
            }
            None => Text::new(format!("「{}」", self.key), format!("'{}'", self.key)),
        };
        findings.add(self.place, Mistake::WrongType { named, expected, found });
    }

    pub fn string(&self, findings: &mut Findings<'_>) -> Option<&'d str> {
        let found = self.value.get_ref().as_str();
        if found.is_none() {
            self.wrong_type(Text::new("文字（\" で囲む）", "text in quotes"), findings);
        }
        found
    }

    pub fn table(&self, findings: &mut Findings<'_>) -> Option<Table<'d, 't>> {
        let found = self.value.get_ref().as_table();
        if found.is_none() {
            self.wrong_type(Text::new("{ … } の表", "a table { … }"), findings);
        }
        Some(Table::new(self.place, found?))
    }

    pub fn label(&self, findings: &mut Findings<'_>) -> Option<Text> {
        let mut table = self.table(findings)?;
        let text = table.require_text(findings);
        table.finish(findings);
        text
    }

    pub fn word<W: Word>(&self, findings: &mut Findings<'_>) -> Option<W> {
        let written = self.string(findings)?;
        let found = W::find(written);
        if found.is_none() {
            let suggestion = nearest(written, W::ALL.iter().flat_map(|(_, code, ja)| [*code, *ja]));
            let what = Text::new(W::WHAT_JA, W::WHAT);
            findings.add(self.place, Mistake::UnknownWord { what, word: written.to_owned(), suggestion });
        }
        found
    }

    /// The elements of a list; a single value counts as a list of one.
    pub fn elements(&self, findings: &mut Findings<'_>) -> Vec<Item<'d, 't>> {
        let Some(list) = self.value.get_ref().as_array() else { return vec![*self] };
        if list.is_empty() {
            findings.add(self.place, Mistake::EmptyList { key: self.key.to_owned() });
        }
        let file = self.place.file;
        list.iter().map(|value| Item { value, place: Place { file, at: value.span().start }, ..*self }).collect()
    }

    /// A list that may be empty, but must be a list.
    pub fn list(&self, findings: &mut Findings<'_>) -> Option<Vec<Item<'d, 't>>> {
        match self.value.get_ref().as_array() {
            Some(list) if list.is_empty() => Some(Vec::new()),
            Some(_) => Some(self.elements(findings)),
            None => {
                self.wrong_type(Text::new("[ … ] の並び", "a list [ … ]"), findings);
                None
            }
        }
    }

    pub fn date(&self, findings: &mut Findings<'_>) -> Option<jiff::civil::Date> {
        let written = match self.value.get_ref() {
            DeValue::Datetime(moment) => {
                let date = moment.date.filter(|_| moment.time.is_none());
                let found = date.and_then(|date| {
                    let year = i16::try_from(date.year).ok()?;
                    jiff::civil::Date::new(year, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
                });
                // Neither date nor time: what is left of a value that the syntax already complained about.
                if found.is_some() || moment.date.is_none() && moment.time.is_none() {
                    return found;
                }
                moment.to_string()
            }
            DeValue::String(text) => text.to_string(),
            _ => {
                self.wrong_type(Text::new("日付", "a date"), findings);
                return None;
            }
        };
        findings.add(self.place, Mistake::BadDate { text: written });
        None
    }
}

fn type_name(value: &DeValue<'_>) -> Text {
    match value {
        DeValue::String(_) => Text::new("文字", "text"),
        DeValue::Integer(_) => Text::new("整数", "a whole number"),
        DeValue::Float(_) => Text::new("小数", "a decimal number"),
        DeValue::Boolean(_) => Text::new("はい・いいえ（true / false）", "true or false"),
        DeValue::Datetime(_) => Text::new("日付", "a date"),
        DeValue::Array(_) => Text::new("並び", "a list"),
        DeValue::Table(_) => Text::new("表", "a table"),
    }
}
