//! Reads `vocabulary.toml` and checks it against the lists of the hub: its roles, organisation
//! types and kinds, and the fields it can fill. Called by `load`.

use super::facts::{Codes, HubWord, HubWords};
use super::history::Derivation;
use super::mistake::Mistake;
use super::problem::{Findings, Place};
use super::suggest::nearest;
use super::table::{Item, Table};
use super::vocabulary::{Entry, Field, Group, Lexicon, Source, Values, Vocabulary, full};
use super::words::{FieldType, From, ListName, Word, key};
use super::{glossary, history};
use crate::domain::text::Text;
use crate::limits::{RULEBOOK_CHOICES_MAX, RULEBOOK_DERIVED_FIELDS_MAX, RULEBOOK_FIELDS_MAX, RULEBOOK_NUMBERS_MAX};

/// Gives the vocabulary as far as it could be read; it is right only if nothing was found.
pub(crate) fn read(mut file: Table<'_, '_>, hub: &HubWords, findings: &mut Findings<'_>) -> Option<Vocabulary> {
    let header = file.require(key::VOCABULARY, findings).and_then(|item| item.table(findings));
    let names = header.map(|mut header| {
        let id = header.require_string(key::ID, findings);
        let version = header.require_string(key::VERSION, findings);
        header.finish(findings);
        super::ruleset_file::check_names(id, version, findings)
    });
    let mut list = |list: ListName, key, hub: &[HubWord]| {
        let item = file.require(key, findings)?;
        let words = read_words(item.table(findings)?, findings);
        Some(in_hub_order(words, hub, &named(list), findings))
    };
    let roles = list(ListName::Roles, key::ROLES, &hub.roles);
    let types = list(ListName::OrganisationTypes, key::ORGANISATION_TYPES, &hub.organisation_types);
    let kinds = list(ListName::Kinds, key::KINDS, &hub.kinds);
    let groups = file.find(key::GROUP).and_then(|item| item.table(findings));
    let fields = file.require(key::FIELD, findings).and_then(|item| item.table(findings));
    let glossary = file.find(key::GLOSSARY).and_then(|item| glossary::read(item, findings));
    file.finish(findings);

    let (id, version) = names??;
    let mut vocabulary = Vocabulary {
        id,
        version,
        roles: roles?,
        organisation_types: types?,
        kinds: kinds?,
        fields: Vec::new(),
        glossary,
    };
    for group in groups.map(|groups| groups.entries()).unwrap_or_default() {
        read_group(group, &mut vocabulary, findings);
    }
    for lexicon in [&vocabulary.roles, &vocabulary.organisation_types, &vocabulary.kinds] {
        check_labels(lexicon, file_place(&fields), findings);
    }
    for field in fields?.entries() {
        let place = field.place;
        if let Some(read) = read_field(field, &vocabulary, hub, findings) {
            if let Some(taken) = vocabulary.fields.iter().find(|other| other.label.ja == read.label.ja) {
                findings.add(place, Mistake::LabelTaken { label: read.label.ja.to_string(), by: taken.code.clone() });
            }
            vocabulary.fields.push(read);
        }
    }
    check_bounds(&vocabulary, findings);
    Some(vocabulary)
}

/// What a word of the list is called.
fn named(list: ListName) -> Text {
    let en = match list {
        ListName::Roles => "role",
        ListName::OrganisationTypes => "organisation type",
        ListName::Kinds => "kind",
    };
    Text::fixed(list.ja(), en)
}

fn file_place(fields: &Option<Table<'_, '_>>) -> Place {
    fields.as_ref().map_or_else(Place::default, |table| table.place)
}

fn read_words(table: Table<'_, '_>, findings: &mut Findings<'_>) -> Vec<(Entry, Place)> {
    let entries = table.entries();
    if entries.len() > RULEBOOK_CHOICES_MAX {
        let what = Text::new("選択肢", "choices");
        findings.add(table.place, Mistake::TooMany { what, max: RULEBOOK_CHOICES_MAX });
    }
    (0..)
        .zip(entries.into_iter().take(RULEBOOK_CHOICES_MAX))
        .filter_map(|(filed_at, item)| {
            let label = item.label(findings)?;
            Some((Entry { code: item.key.to_owned(), label, filed_at }, item.place))
        })
        .collect()
}

/// Puts words into the order of the hub's list and reports those that only the file has. A word that only the hub
/// has came with a later version of it: it takes the hub's own label, so that a region's folder and the rulings
/// made under it stay readable. Its place is after those of the file, which therefore stay what they were.
fn in_hub_order(words: Vec<(Entry, Place)>, hub: &[HubWord], what: &Text, findings: &mut Findings<'_>) -> Lexicon {
    for (word, at) in &words {
        if !hub.iter().any(|known| known.code == word.code) {
            let suggestion = nearest(&word.code, hub.iter().map(|known| known.code));
            findings.add(*at, Mistake::UnknownWord { what: what.clone(), word: word.code.clone(), suggestion });
        }
    }
    let mut places_after = (0_u8..).skip(words.len());
    let mut entry = |known: &HubWord| match words.iter().find(|(word, _)| word.code == known.code) {
        Some((word, _)) => Some(word.clone()),
        None => {
            let label = Text::fixed(known.ja, known.en);
            Some(Entry { code: known.code.to_owned(), label, filed_at: places_after.next()? })
        }
    };
    Lexicon { words: hub.iter().filter_map(&mut entry).collect(), groups: Vec::new() }
}

fn read_group(item: Item<'_, '_>, vocabulary: &mut Vocabulary, findings: &mut Findings<'_>) {
    let Some(mut table) = item.table(findings) else { return };
    let label = table.require_text(findings);
    let list = table.require_word::<ListName>(key::OF, findings);
    let members = table.require(key::MEMBERS, findings);
    table.finish(findings);
    let (Some(label), Some((list, _)), Some(members)) = (label, list, members) else { return };
    let lexicon = match list {
        ListName::Roles => &mut vocabulary.roles,
        ListName::OrganisationTypes => &mut vocabulary.organisation_types,
        ListName::Kinds => &mut vocabulary.kinds,
    };
    let mut set = 0;
    for member in members.elements(findings) {
        set |= word_in(lexicon, member, &named(list), findings).unwrap_or(0);
    }
    lexicon.groups.push(Group { code: item.key.to_owned(), label, members: set });
}

/// The positions that a written word of a list stands for.
pub(crate) fn word_in(lexicon: &Lexicon, item: Item<'_, '_>, what: &Text, findings: &mut Findings<'_>) -> Option<u64> {
    let written = item.string(findings)?;
    let found = lexicon.find(written);
    if found.is_none() {
        let spellings = lexicon.spellings();
        let suggestion = nearest(written, spellings.iter().map(String::as_str));
        findings.add(item.place, Mistake::UnknownWord { what: what.clone(), word: written.to_owned(), suggestion });
    }
    found
}

fn check_labels(lexicon: &Lexicon, place: Place, findings: &mut Findings<'_>) {
    let words = lexicon.words.iter().map(|word| (&word.label.ja, &word.code));
    let groups = lexicon.groups.iter().map(|group| (&group.label.ja, &group.code));
    let labels: Vec<_> = words.chain(groups).collect();
    for (at, (label, _)) in labels.iter().enumerate() {
        if let Some((_, by)) = labels[..at].iter().find(|(earlier, _)| earlier == label) {
            findings.add(place, Mistake::LabelTaken { label: label.to_string(), by: (*by).clone() });
        }
    }
}

fn read_field(
    item: Item<'_, '_>,
    vocabulary: &Vocabulary,
    hub: &HubWords,
    findings: &mut Findings<'_>,
) -> Option<Field> {
    let mut table = item.table(findings)?;
    let label = table.require_text(findings);
    let written_type = table.require_word::<FieldType>(key::TYPE, findings);
    let from = table.require_word::<From>(key::FROM, findings);
    let kinds = table.find(key::FOR_KINDS).map(|kinds| {
        let what = Text::new("記録の種類", "kind");
        let elements = kinds.elements(findings);
        elements.into_iter().filter_map(|kind| word_in(&vocabulary.kinds, kind, &what, findings)).fold(0, |a, b| a | b)
    });
    let derive = match from {
        Some((From::History, _)) => table.require(key::DERIVE, findings),
        _ => None,
    };
    let derive = derive.and_then(|item| history::read(item, &vocabulary.kinds, findings));
    let by_itself = derive.as_ref().is_some_and(Derivation::answers_by_itself);
    let hubs = hub.sources.into_iter().flatten().find(|source| source.field == item.key);
    let (source, codes) = match hubs {
        Some(source) => (Source::Hub(source), source.codes),
        None if by_itself => (Source::Past(next_in_past(vocabulary)), Codes::Flag),
        None => {
            findings.add(item.place, Mistake::NoSource { field: item.key.to_owned() });
            return None;
        }
    };
    let written_type = written_type?;
    let expected = codes.field_type();
    if written_type.0 != expected {
        let field = item.key.to_owned();
        let mistake = Mistake::WrongFieldType { field, expected: expected.code(), expected_ja: expected.ja() };
        findings.add(written_type.1, mistake);
        return None;
    }
    let values = read_values(&mut table, codes, vocabulary, findings);
    table.finish(findings);
    Some(Field {
        code: item.key.to_owned(),
        label: label?,
        from: from?.0,
        kinds: kinds.unwrap_or_else(|| vocabulary.kinds.full()),
        values: values?,
        derive,
        source,
    })
}

/// The place of the next field that the past answers by itself.
fn next_in_past(vocabulary: &Vocabulary) -> u8 {
    let before = vocabulary.fields.iter().filter(|field| matches!(field.source, Source::Past(_))).count();
    u8::try_from(before).unwrap_or(u8::MAX)
}

fn read_values(
    table: &mut Table<'_, '_>,
    codes: Codes,
    vocabulary: &Vocabulary,
    findings: &mut Findings<'_>,
) -> Option<Values> {
    let number = || {
        let numbers = vocabulary.fields.iter().filter(|field| field.number().is_some()).count();
        u8::try_from(numbers).unwrap_or(u8::MAX)
    };
    match codes {
        Codes::Flag => Some(Values::Flag { no: table.require_label(key::NO, findings)? }),
        Codes::Number => Some(Values::Number { number: number(), unit: table.require_label(key::UNIT, findings)? }),
        Codes::Duration => Some(Values::Duration { number: number() }),
        Codes::Roles | Codes::OrganisationTypes => {
            let list = table.require_word::<ListName>(key::VALUES, findings)?;
            let (expected, lexicon) = match codes {
                Codes::Roles => (ListName::Roles, &vocabulary.roles),
                _ => (ListName::OrganisationTypes, &vocabulary.organisation_types),
            };
            if list.0 != expected {
                let what = Text::new(ListName::WHAT_JA, ListName::WHAT);
                let suggestion = Some(expected.code().to_owned());
                findings.add(list.1, Mistake::UnknownWord { what, word: list.0.code().to_owned(), suggestion });
            }
            Some(Values::Choice(lexicon.clone()))
        }
        Codes::Closed(codes) => {
            let item = table.require(key::VALUES, findings)?;
            let words = read_words(item.table(findings)?, findings);
            let lexicon = in_hub_order(words, &codes(), &Text::new("値", "value"), findings);
            check_labels(&lexicon, item.place, findings);
            Some(Values::Choice(lexicon))
        }
    }
}

fn check_bounds(vocabulary: &Vocabulary, findings: &mut Findings<'_>) {
    let fields = vocabulary.fields.len();
    let numbers = vocabulary.fields.iter().filter(|field| field.number().is_some()).count();
    let derived = vocabulary.fields.iter().filter(|field| matches!(field.source, Source::Past(_))).count();
    let bounds = [
        (
            derived,
            RULEBOOK_DERIVED_FIELDS_MAX,
            Text::new("経過だけから決まる項目", "fields that the past answers by itself"),
        ),
        (fields, RULEBOOK_FIELDS_MAX, Text::new("項目", "fields")),
        (numbers, RULEBOOK_NUMBERS_MAX, Text::new("数の項目", "number fields")),
    ];
    for (count, max, what) in bounds {
        if count > max {
            findings.add(Place::default(), Mistake::TooMany { what, max });
        }
    }
}

/// All values of a field, as positions; numbers count as one.
pub(crate) fn domain_of(values: &Values) -> u64 {
    match values {
        Values::Flag { .. } => full(2),
        Values::Choice(lexicon) => lexicon.full(),
        Values::Number { .. } | Values::Duration { .. } => full(1),
    }
}
