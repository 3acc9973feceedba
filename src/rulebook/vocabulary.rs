//! The only words a rule may use, with their labels. Built by `vocabulary_file`; asked by the rule
//! reader (is this a word?), the evaluator (which positions?) and `explain` (what is it called?).

use super::facts::FieldSource;
use super::glossary::Glossary;
use super::history::Derivation;
use super::words::From;
use crate::domain::text::Text;

/// Words of one list and the named groups of them. Positions follow the hub's own list of codes, not
/// the file, so that facts need no translation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lexicon {
    pub(crate) words: Vec<Entry>,
    pub(crate) groups: Vec<Group>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub code: String,
    pub label: Text,
    /// Position in the vocabulary file. Stored rulings use it: it changes only with the file.
    pub(crate) filed_at: u8,
}

/// A named set of words, such as the clinical professions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub code: String,
    pub label: Text,
    pub members: u64,
}

impl Lexicon {
    pub fn len(&self) -> usize {
        self.words.len()
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The set of all positions.
    pub fn full(&self) -> u64 {
        full(self.words.len())
    }

    pub fn position(&self, code: &str) -> Option<u8> {
        self.words.iter().position(|word| word.code == code).and_then(|at| u8::try_from(at).ok())
    }

    pub fn entry(&self, position: u8) -> Option<&Entry> {
        self.words.get(usize::from(position))
    }

    /// The positions a written word stands for: a code, a label, or a group as `group:clinical`,
    /// `組:医療職` or simply `医療職`.
    pub(crate) fn find(&self, written: &str) -> Option<u64> {
        let group = |name: &str| self.groups.iter().find(|group| group.code == name || group.label.ja == name);
        if let Some(name) = ["group:", "組:", "組："].iter().find_map(|prefix| written.strip_prefix(prefix)) {
            return group(name).map(|group| group.members);
        }
        if let Some(at) = self.words.iter().position(|word| word.code == written || word.label.ja == written) {
            return Some(1 << at);
        }
        self.groups.iter().find(|group| group.label.ja == written).map(|group| group.members)
    }

    /// Everything `find` would take, for suggestions.
    pub(crate) fn spellings(&self) -> Vec<String> {
        let words = self.words.iter().flat_map(|word| [word.code.clone(), word.label.ja.to_string()]);
        let groups = self.groups.iter().flat_map(|group| [format!("group:{}", group.code), group.label.ja.to_string()]);
        words.chain(groups).collect()
    }

    /// A set of positions in words: as few names as say it, groups before single words.
    pub(crate) fn label_of(&self, set: u64) -> Text {
        if set == self.full() && self.len() > 1 {
            return Text::fixed("すべて", "any");
        }
        let (groups, rest) = self.groups_in(set, false);
        let words = positions(rest).filter_map(|at| self.entry(at)).map(|entry| &entry.label);
        let names: Vec<&Text> = groups.into_iter().map(|group| &group.label).chain(words).collect();
        let ja: Vec<&str> = names.iter().map(|name| name.ja.as_ref()).collect();
        let en: Vec<&str> = names.iter().map(|name| name.en.as_ref()).collect();
        let en = match en.as_slice() {
            [all @ .., last] if !all.is_empty() => format!("{} or {last}", all.join(", ")),
            one => one.concat(),
        };
        Text::new(ja.join("、"), en)
    }

    /// The groups that say most of a set, the largest first and none with what another has said, and what is left to name
    /// word by word; `inside`: none that says all of it. A group of one word says no more than the word, unless that is all.
    pub(crate) fn groups_in(&self, set: u64, inside: bool) -> (Vec<&Group>, u64) {
        let (mut found, mut rest) = (Vec::new(), set);
        while rest != 0 {
            let says = |group: &&Group| {
                let (is_whole, is_one) = (group.members == set, group.members.count_ones() == 1);
                group.members & !rest == 0 && if inside { !is_whole } else { is_whole || !is_one }
            };
            let largest = self.groups.iter().filter(says).reduce(|largest, group| {
                if group.members.count_ones() > largest.members.count_ones() { group } else { largest }
            });
            let Some(group) = largest else { break };
            rest &= !group.members;
            found.push(group);
        }
        (found, rest)
    }

    /// The same set in the order of the vocabulary file, and back.
    pub(crate) fn filed(&self, set: u64) -> u64 {
        positions(set).filter_map(|at| self.entry(at)).fold(0, |filed, entry| filed | 1 << entry.filed_at)
    }

    pub(crate) fn unfiled(&self, filed: u64) -> u64 {
        (0..)
            .zip(&self.words)
            .filter(|(_, entry)| filed >> entry.filed_at & 1 == 1)
            .fold(0, |set, (at, _)| set | 1 << at)
    }
}

/// A word about which rules ask: the actor's role, the patient's consent …
#[derive(Debug, Clone)]
pub struct Field {
    pub code: String,
    /// For a flag: the statement that holds when it is true.
    pub label: Text,
    pub from: From,
    /// The kinds of record that have this field.
    pub kinds: u64,
    pub values: Values,
    /// How a fact of history is derived.
    pub derive: Option<Derivation>,
    pub(crate) source: Source,
}

/// Who fills a field.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// A fact that the hub knows.
    Hub(&'static FieldSource),
    /// The past, as the vocabulary derives it; by the field's place among such fields.
    Past(u8),
}

#[derive(Debug, Clone)]
pub enum Values {
    /// The statement that holds when the flag is false.
    Flag {
        no: Text,
    },
    Choice(Lexicon),
    /// `number` is the field's place among the fields that are numbers.
    Number {
        number: u8,
        unit: Text,
    },
    Duration {
        number: u8,
    },
}

impl Field {
    /// The place of this field among the fields that are numbers.
    pub(crate) fn number(&self) -> Option<usize> {
        match self.values {
            Values::Number { number, .. } | Values::Duration { number } => Some(usize::from(number)),
            Values::Flag { .. } | Values::Choice(_) => None,
        }
    }
}

/// The words of one region, checked against the hub's own lists.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    pub id: String,
    pub version: String,
    pub roles: Lexicon,
    pub organisation_types: Lexicon,
    pub kinds: Lexicon,
    pub fields: Vec<Field>,
    /// Abbreviations that everybody knows; `None` where the region keeps no glossary.
    pub glossary: Option<Glossary>,
}

impl Vocabulary {
    pub(crate) fn find_field(&self, written: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.code == written || field.label.ja == written)
    }

    /// How the past answers the fields that it answers by itself, in their order.
    pub(crate) fn of_the_past(&self) -> impl Iterator<Item = &Derivation> {
        let by_the_past = |field: &&Field| matches!(field.source, Source::Past(_));
        self.fields.iter().filter(by_the_past).filter_map(|field| field.derive.as_ref())
    }

    /// The place of a field among those that the past answers by itself; `None` for every other.
    #[must_use]
    pub fn place_in_past(&self, code: &str) -> Option<u8> {
        let field = self.fields.iter().find(|field| field.code == code)?;
        match field.source {
            Source::Past(at) => Some(at),
            Source::Hub(_) => None,
        }
    }

    pub(crate) fn field_spellings(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().flat_map(|field| [field.code.as_str(), field.label.ja.as_ref()])
    }
}

/// The lowest `count` bits.
pub(crate) fn full(count: usize) -> u64 {
    match count {
        0 => 0,
        count => u64::MAX >> (64 - count.min(64)),
    }
}

/// The positions in a set, ascending.
pub(crate) fn positions(mut set: u64) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let at = set.trailing_zeros();
        set &= set.wrapping_sub(1);
        (at < 64).then_some(at as u8)
    })
}
