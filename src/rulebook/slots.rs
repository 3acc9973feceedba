//! What is known of each field at the moment of asking: the set of values still possible. Filled from
//! facts by the rulebook in force; read by the evaluator; packed beside an entry so that its ruling
//! can be explained and replayed.

use super::event::EventFacts;
use super::facts::{Asked, PostFacts, Reading, RecordFacts, ViewerFacts};
use super::grid::Grid;
use super::ruleset::Interval;
use super::vocabulary::{Field, Source, Values, Vocabulary, positions};
use super::words::From;
use crate::limits::{RULEBOOK_FIELDS_MAX, RULEBOOK_NUMBERS_MAX};

/// One set of possible values per field of the vocabulary, by the field's index. A fact nobody knows
/// is the set of all values. Valid only with the rulebook that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slots {
    possible: [u64; RULEBOOK_FIELDS_MAX],
    numbers: [Interval; RULEBOOK_NUMBERS_MAX],
    /// Some field has no possible value: the facts contradict the vocabulary, and nothing is decided.
    faulty: bool,
}

impl Slots {
    /// Nothing known.
    pub(crate) fn unknown(grid: &Grid, fields: usize) -> Self {
        let mut possible = [0; RULEBOOK_FIELDS_MAX];
        for (field, slot) in possible.iter_mut().enumerate().take(fields) {
            *slot = grid.domain(field);
        }
        Self { possible, numbers: [Interval::ALL; RULEBOOK_NUMBERS_MAX], faulty: false }
    }

    pub(crate) fn possible(&self, field: usize) -> u64 {
        self.possible[field]
    }

    pub(crate) fn interval(&self, number: usize) -> Interval {
        self.numbers[number]
    }

    /// Whether the facts contradict the vocabulary; such slots are always denied.
    pub fn is_faulty(&self) -> bool {
        self.faulty
    }

    /// What was faulty stays so.
    pub(crate) fn mark_faulty(&mut self, faulty: bool) {
        self.faulty |= faulty;
    }

    pub(crate) fn set(&mut self, field: usize, possible: u64, grid: &Grid) {
        let possible = possible & grid.domain(field);
        self.faulty |= possible == 0;
        self.possible[field] = possible;
    }

    pub(crate) fn set_interval(&mut self, field: usize, number: usize, interval: Interval, grid: &Grid) {
        self.faulty |= interval.low > interval.high;
        self.numbers[number] = interval;
        self.set(field, grid.parts(number, interval), grid);
    }
}

/// Fills slots from facts: one step per field, laid out side by side.
#[derive(Debug, Clone)]
pub(crate) struct Filler {
    /// Nothing known; every filling starts from a copy.
    blank: Slots,
    steps: Vec<Step>,
}

#[derive(Debug, Clone)]
struct Step {
    source: Source,
    domain: u64,
    field: u8,
    number: Option<u8>,
    from: From,
}

impl Filler {
    pub fn new(vocabulary: &Vocabulary, grid: &Grid) -> Self {
        let step = |(index, field): (usize, &Field)| Step {
            source: field.source,
            domain: grid.domain(index),
            field: index as u8,
            number: field.number().map(|number| number as u8),
            from: field.from,
        };
        let steps = vocabulary.fields.iter().enumerate().map(step).collect();
        Self { blank: Slots::unknown(grid, vocabulary.fields.len()), steps }
    }

    /// Everything about a reader; the record's own fields stay open.
    pub fn of_viewer(&self, viewer: &ViewerFacts, grid: &Grid) -> Slots {
        let asked = Asked { viewer, record: &RecordFacts::UNKNOWN, event: &EventFacts::UNKNOWN };
        self.fill(&asked, grid, |from| matches!(from, From::Actor | From::Patient | From::Request))
    }

    pub fn of_post(&self, facts: &PostFacts, event: &EventFacts, grid: &Grid) -> Slots {
        self.fill(&Asked { viewer: &facts.viewer, record: &facts.record, event }, grid, |_| true)
    }

    /// What a state says by itself, with nobody acting.
    pub fn of_state(&self, viewer: &ViewerFacts, event: &EventFacts, grid: &Grid) -> Slots {
        let asked = Asked { viewer, record: &RecordFacts::UNKNOWN, event };
        self.fill(&asked, grid, |from| !matches!(from, From::Actor | From::Request | From::Record))
    }

    fn fill(&self, asked: &Asked<'_>, grid: &Grid, is_known: impl Fn(From) -> bool) -> Slots {
        let mut slots = self.blank.clone();
        for step in self.steps.iter().filter(|step| is_known(step.from)) {
            step.fill(&mut slots, asked, grid);
        }
        slots
    }
}

impl Step {
    fn fill(&self, slots: &mut Slots, asked: &Asked<'_>, grid: &Grid) {
        let reading = match self.source {
            Source::Hub(source) => (source.read)(asked),
            Source::Past(at) => asked.event.derived.get(at).into(),
        };
        match (reading, self.number) {
            (Reading::Unknown, _) => {}
            (Reading::Position(position), None) => {
                let possible = 1_u64.checked_shl(u32::from(position)).unwrap_or(0) & self.domain;
                slots.faulty |= possible == 0;
                slots.possible[usize::from(self.field)] = possible;
            }
            (Reading::Number(value), Some(number)) => {
                let (field, number) = (usize::from(self.field), usize::from(number));
                slots.set_interval(field, number, Interval::exactly(value), grid);
            }
            _ => slots.faulty = true,
        }
    }
}

/// The first bytes of the vocabulary's digest: packed slots are read under the vocabulary that packed them.
pub(crate) type VocabularyMark = [u8; 4];

/// Packed form: the vocabulary's mark, whether the slots were faulty, then by field in the order of the vocabulary file: `0` unknown; `1..=64` the one possible
/// value + 1; `65` a set, then 8 bytes; `66` a number, then 8 bytes; `67` an interval, then 16 bytes.
/// Values stand in the order of the vocabulary file, so that only the file is needed to read them.
/// Unknown fields at the end are left out.
pub(crate) fn pack(slots: &Slots, mark: VocabularyMark, vocabulary: &Vocabulary, grid: &Grid) -> Vec<u8> {
    let mut packed = mark.to_vec();
    packed.push(u8::from(slots.faulty));
    let mut known_bytes = packed.len();
    for (index, field) in vocabulary.fields.iter().enumerate() {
        if let Some(number) = field.number() {
            let interval = slots.numbers[number];
            if interval == Interval::ALL {
                packed.push(0);
                continue;
            }
            packed.push(if interval.is_exact() { 66 } else { 67 });
            packed.extend(interval.low.to_be_bytes());
            if !interval.is_exact() {
                packed.extend(interval.high.to_be_bytes());
            }
        } else {
            let possible = slots.possible[index];
            if possible == grid.domain(index) {
                packed.push(0);
                continue;
            }
            let filed = match &field.values {
                Values::Choice(lexicon) => lexicon.filed(possible),
                _ => possible,
            };
            if filed.count_ones() == 1 {
                packed.push(filed.trailing_zeros() as u8 + 1);
            } else {
                packed.push(65);
                packed.extend(filed.to_be_bytes());
            }
        }
        known_bytes = packed.len();
    }
    packed.truncate(known_bytes);
    packed
}

/// `None` if the bytes were not made by [`pack`] under this vocabulary.
pub(crate) fn unpack(packed: &[u8], mark: VocabularyMark, vocabulary: &Vocabulary, grid: &Grid) -> Option<Slots> {
    let mut packed = packed.strip_prefix(&mark)?;
    let mut slots = Slots::unknown(grid, vocabulary.fields.len());
    slots.faulty = *packed.split_off_first()? != 0;
    let mut fields = vocabulary.fields.iter().enumerate();
    while let Some(code) = packed.split_off_first() {
        let (index, field) = fields.next()?;
        match (code, field.number()) {
            (0, _) => {}
            (66, Some(number)) => {
                let value = i64::from_be_bytes(take(&mut packed)?);
                slots.set_interval(index, number, Interval::exactly(value), grid);
            }
            (67, Some(number)) => {
                let (low, high) = (i64::from_be_bytes(take(&mut packed)?), i64::from_be_bytes(take(&mut packed)?));
                slots.set_interval(index, number, Interval { low, high }, grid);
            }
            (1..=65, None) => {
                let filed = if *code == 65 { u64::from_be_bytes(take(&mut packed)?) } else { 1 << (code - 1) };
                let set = match &field.values {
                    Values::Choice(lexicon) => lexicon.unfiled(filed),
                    _ => filed,
                };
                if positions(filed).count() != positions(set & grid.domain(index)).count() {
                    return None;
                }
                slots.possible[index] = set;
            }
            _ => return None,
        }
    }
    Some(slots)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (head, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*head)
}
