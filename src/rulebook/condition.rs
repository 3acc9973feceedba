//! Reads the conditions of a rule: `field = value`, AND inside a table, OR across a list, with
//! `not`, `over` and `under`. Called by `ruleset_file`.

use toml::de::DeValue;

use super::facts::{ADDRESSED, INFECTION, OWN, SENSITIVITY};
use super::mistake::Mistake;
use super::problem::{Findings, Place};
use super::ruleset::{Clause, Interval, On, Term, Wanted};
use super::suggest::nearest;
use super::table::{Item, Table};
use super::vocabulary::{Field, Values, Vocabulary, full, positions};
use super::vocabulary_file::word_in;
use super::words::{From, Per, key};
use crate::domain::text::Text;

/// The clauses of `when` or `unless`: a table, or a list of tables.
pub(crate) fn read(item: Item<'_, '_>, on: On, vocabulary: &Vocabulary, findings: &mut Findings<'_>) -> Vec<Clause> {
    read_asking(item, Asked::Event(on), vocabulary, findings)
}

/// The clauses of a standing rule: nobody acts and nothing is posted, so only the state may be asked.
pub(crate) fn read_of_state(
    item: Item<'_, '_>,
    per: Option<Per>,
    vocabulary: &Vocabulary,
    findings: &mut Findings<'_>,
) -> Vec<Clause> {
    read_asking(item, Asked::State(per), vocabulary, findings)
}

/// The one word about an organisation that a rule per organisation can ask.
const SUBJECT_TYPE: &str = "subject.organisation_type";

/// What a condition is asked of.
#[derive(Clone, Copy)]
enum Asked {
    Event(On),
    /// What the rule counts by, where that could be read.
    State(Option<Per>),
}

fn read_asking(item: Item<'_, '_>, asked: Asked, vocabulary: &Vocabulary, findings: &mut Findings<'_>) -> Vec<Clause> {
    item.elements(findings)
        .into_iter()
        .filter_map(|element| {
            let table = element.table(findings)?;
            let place = table.place;
            let mut terms: Vec<Term> = Vec::new();
            for entry in table.entries() {
                if let Some(term) = read_term(entry, asked, vocabulary, findings) {
                    if terms.iter().any(|earlier| earlier.field == term.field) {
                        findings.add(entry.place, Mistake::FieldTwice { field: entry.key.to_owned() });
                    }
                    terms.push(term);
                }
            }
            Some(Clause { terms, place })
        })
        .collect()
}

fn read_term(item: Item<'_, '_>, asked: Asked, vocabulary: &Vocabulary, findings: &mut Findings<'_>) -> Option<Term> {
    let Some(index) = vocabulary.find_field(item.key) else {
        let suggestion = nearest(item.key, vocabulary.field_spellings());
        let what = Text::fixed("語彙の項目", "field of the vocabulary");
        findings.add(item.key_place, Mistake::UnknownWord { what, word: item.key.to_owned(), suggestion });
        return None;
    };
    let field = &vocabulary.fields[index];
    let item = Item { field: Some(field), ..item };
    match asked {
        Asked::Event(on) => check_place(field, item.key_place, on, vocabulary, findings),
        Asked::State(per) => check_of_state(field, item.key_place, per, vocabulary, findings),
    }
    let read = match &field.values {
        Values::Flag { .. } | Values::Choice(_) => {
            read_positions(item, field, findings).map(|(wanted, negated)| (wanted, negated, false))
        }
        Values::Number { .. } | Values::Duration { .. } => read_numbers(item, field, findings),
    };
    // A value that cannot be read still shows that the field was asked about.
    let unread = || (Wanted::Positions(u64::MAX), false, false);
    let (wanted, negated, placeholder) = read.unwrap_or_else(unread);
    let is_empty = match &wanted {
        Wanted::Positions(set) => *set == 0,
        Wanted::Numbers(intervals) => intervals.is_empty(),
    };
    if is_empty {
        let because = Text::new(
            format!("「{}」に残る値がありません", field.label.ja),
            format!("no value of '{}' is left", field.code),
        );
        findings.add(item.place, Mistake::NeverApplies { because });
    }
    Some(Term { field: index, wanted, negated, placeholder: placeholder.then_some(item.place) })
}

/// A view rule must be answerable from the class of a record; and no rule may ask a kind of record
/// for a field that it has not.
fn check_place(field: &Field, place: Place, on: On, vocabulary: &Vocabulary, findings: &mut Findings<'_>) {
    let named = Text::new(field.label.ja.as_ref(), field.code.as_str());
    if field.from == From::Subject {
        findings.add(place, Mistake::SubjectNotHere { field: named, pair: is_of_a_pair(field) });
        return;
    }
    let makes_class = [SENSITIVITY, INFECTION, OWN, ADDRESSED].contains(&field.code.as_str());
    let of_reader = matches!(field.from, From::Actor | From::Patient | From::Request);
    if on.view != 0 && !of_reader && !makes_class {
        findings.add(place, Mistake::FieldNotInView { field: named.clone() });
    }
    if let Some(kind) = positions((on.view | on.post) & !field.kinds).find_map(|kind| vocabulary.kinds.entry(kind)) {
        findings.add(place, Mistake::FieldNotForKind { field: named, kind: kind.label.clone() });
    }
}

/// Of the words about organisations all but the type of the organisation itself are about two of them.
fn is_of_a_pair(field: &Field) -> bool {
    field.code != SUBJECT_TYPE
}

/// A standing rule has no actor, no request and no record to ask; of organisations only that which it counts by.
fn check_of_state(field: &Field, place: Place, per: Option<Per>, vocabulary: &Vocabulary, findings: &mut Findings<'_>) {
    let pair = is_of_a_pair(field);
    let is_unknown = match per {
        Some(Per::Patient) => true,
        Some(Per::Organisation) => pair,
        Some(Per::Pair) | None => false,
    };
    if field.from == From::Subject && is_unknown {
        let field = Text::new(field.label.ja.as_ref(), field.code.as_str());
        findings.add(place, Mistake::SubjectNotHere { field, pair });
        return;
    }
    let needs_event = matches!(field.from, From::Actor | From::Request | From::Record | From::Time);
    if needs_event || field.kinds != vocabulary.kinds.full() {
        let field = Text::new(field.label.ja.as_ref(), field.code.as_str());
        findings.add(place, Mistake::FieldNotInStanding { field });
    }
}

/// `true`, also said `はい`.
pub(crate) fn is_true(item: Item<'_, '_>, findings: &mut Findings<'_>) -> bool {
    flag(item, findings) == Some(0b10)
}

/// The elements under `not`, and whether there was one. Other keys of the table are mistakes.
fn under_not<'d, 't>(
    item: Item<'d, 't>,
    field: &Field,
    findings: &mut Findings<'_>,
) -> Option<(Vec<Item<'d, 't>>, bool)> {
    let DeValue::Table(entries) = item.value.get_ref() else { return Some((item.elements(findings), false)) };
    let mut table = Table::new(item.place, entries);
    let sized = |entry: &Item<'_, '_>| key::OVER.is(entry.key) || key::UNDER.is(entry.key);
    if let Some(bound) = table.entries().into_iter().find(sized) {
        let field = Text::new(field.label.ja.as_ref(), field.code.as_str());
        findings.add(bound.key_place, Mistake::NoSize { field });
        return None;
    }
    let inner = table.require(key::NOT, findings);
    table.finish(findings);
    Some((Item { field: item.field, ..inner? }.elements(findings), true))
}

fn read_positions(item: Item<'_, '_>, field: &Field, findings: &mut Findings<'_>) -> Option<(Wanted, bool)> {
    let (elements, negated) = under_not(item, field, findings)?;
    let mut set = 0;
    let mut whole = !elements.is_empty();
    for element in elements {
        let found = match &field.values {
            Values::Choice(lexicon) => {
                let what = Text::new(format!("「{}」の値", field.label.ja), format!("value of '{}'", field.code));
                word_in(lexicon, element, &what, findings)
            }
            _ => flag(element, findings),
        };
        whole &= found.is_some();
        set |= found.unwrap_or(0);
    }
    let domain = match &field.values {
        Values::Choice(lexicon) => lexicon.full(),
        _ => full(2),
    };
    let set = if negated { domain & !set } else { set };
    whole.then_some((Wanted::Positions(set), negated))
}

fn flag(item: Item<'_, '_>, findings: &mut Findings<'_>) -> Option<u64> {
    match item.value.get_ref() {
        DeValue::Boolean(value) => Some(1 << u8::from(*value)),
        DeValue::String(word) if word == "はい" => Some(0b10),
        DeValue::String(word) if word == "いいえ" => Some(0b01),
        _ => {
            item.wrong_type(Text::fixed("true か false（はい・いいえ）", "true or false"), findings);
            None
        }
    }
}

fn read_numbers(item: Item<'_, '_>, field: &Field, findings: &mut Findings<'_>) -> Option<(Wanted, bool, bool)> {
    let DeValue::Table(entries) = item.value.get_ref() else {
        return Some((Wanted::Numbers(union(numbers(item, field, findings)?)), false, false));
    };
    let mut table = Table::new(item.place, entries);
    let bounds = [(key::OVER, table.find(key::OVER)), (key::UNDER, table.find(key::UNDER))];
    let not = table.find(key::NOT);
    let placeholder = table.find(key::PLACEHOLDER).is_some_and(|item| is_true(item, findings));
    table.finish(findings);
    let mut range = Interval::ALL;
    for (key, bound) in bounds {
        let Some(bound) = bound.map(|bound| Item { field: item.field, ..bound }) else { continue };
        let number = number(bound, field, findings)?;
        if key == key::OVER {
            range.low = number.saturating_add(1);
        } else {
            range.high = number.saturating_sub(1);
        }
    }
    let excluded = match not {
        Some(not) => numbers(Item { field: item.field, ..not }, field, findings)?,
        None => Vec::new(),
    };
    let mut left: Vec<Interval> = Interval::ALL.intersect(range).into_iter().collect();
    for hole in excluded {
        let sides = [
            Interval { low: i64::MIN, high: hole.low.saturating_sub(1) },
            Interval { low: hole.high.saturating_add(1), high: i64::MAX },
        ];
        left = left.iter().flat_map(|part| sides.iter().filter_map(|side| part.intersect(*side))).collect();
    }
    Some((Wanted::Numbers(left), not.is_some(), placeholder))
}

fn numbers(item: Item<'_, '_>, field: &Field, findings: &mut Findings<'_>) -> Option<Vec<Interval>> {
    let elements = item.elements(findings);
    let read: Vec<_> = elements.into_iter().map(|element| number(element, field, findings)).collect();
    read.into_iter().map(|number| number.map(Interval::exactly)).collect()
}

fn number(item: Item<'_, '_>, field: &Field, findings: &mut Findings<'_>) -> Option<i64> {
    match (&field.values, item.value.get_ref()) {
        (Values::Duration { .. }, DeValue::String(text)) => {
            let seconds = duration_s(text);
            if seconds.is_none() {
                findings.add(item.place, Mistake::BadDuration { text: text.to_string() });
            }
            seconds
        }
        (Values::Duration { .. }, _) => {
            item.wrong_type(Text::fixed("期間（\"4h\" など）", "a duration such as \"4h\""), findings);
            None
        }
        (_, DeValue::Integer(digits)) => {
            let number = i64::from_str_radix(digits.as_str(), digits.radix()).ok();
            if number.is_none() {
                item.wrong_type(Text::fixed("整数", "a whole number"), findings);
            }
            number
        }
        _ => {
            item.wrong_type(Text::fixed("整数", "a whole number"), findings);
            None
        }
    }
}

/// `90s`, `30m`, `4h`, `30d` and `2w` (or 秒, 分, 時間, 日, 週) in seconds.
pub(crate) fn duration_s(text: &str) -> Option<i64> {
    let digits = text.find(|sign: char| !sign.is_ascii_digit())?;
    let count: i64 = text[..digits].parse().ok()?;
    let unit_s = match &text[digits..] {
        "s" | "秒" => 1,
        "m" | "分" => 60,
        "h" | "時間" => 3_600,
        "d" | "日" => 86_400,
        "w" | "週" | "週間" => 604_800,
        _ => return None,
    };
    count.checked_mul(unit_s)
}

/// Whether a duration is written in days or weeks.
pub(crate) fn is_in_days(text: &str) -> bool {
    ["d", "日", "w", "週", "週間"].iter().any(|unit| text.ends_with(unit))
}

fn union(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.sort_by_key(|interval| interval.low);
    intervals.dedup();
    intervals
}

#[cfg(test)]
mod tests {
    use super::duration_s;

    #[test]
    fn durations_have_a_number_and_a_unit() {
        assert_eq!(duration_s("30m"), Some(1_800));
        assert_eq!(duration_s("4時間"), Some(14_400));
        assert_eq!(duration_s("30d"), Some(2_592_000));
        for wrong in ["", "h", "4", "4 h", "-4h", "4x", "99999999999999999w"] {
            assert_eq!(duration_s(wrong), None, "{wrong}");
        }
    }
}
