//! Sets of events as unions of boxes, with exact subtraction. The check asks it whether a rule can
//! apply at all and whether a permit stays within the floor. Not on the path of an evaluation.

use super::grid::Grid;
use super::ruleset::Applies;
use super::vocabulary::{Values, Vocabulary, positions};
use super::words::Action;
use crate::domain::text::Text;
use crate::limits::RULEBOOK_BOXES_MAX;

/// Kinds of record, and for some fields the positions allowed; other fields are free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub kinds: u64,
    /// Ascending by field.
    pub sides: Vec<(usize, u64)>,
}

/// More boxes than the check may build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooComplicated;

impl Cell {
    pub fn side(&self, field: usize) -> Option<u64> {
        self.sides.iter().find(|(of, _)| *of == field).map(|(_, set)| *set)
    }

    fn with(&self, field: usize, set: u64) -> Self {
        let mut cell = self.clone();
        match cell.sides.binary_search_by_key(&field, |(of, _)| *of) {
            Ok(at) => cell.sides[at].1 = set,
            Err(at) => cell.sides.insert(at, (field, set)),
        }
        cell
    }

    fn is_disjoint(&self, other: &Self) -> bool {
        let apart = |(field, set): &(usize, u64)| self.side(*field).is_some_and(|own| own & set == 0);
        self.kinds & other.kinds == 0 || other.sides.iter().any(apart)
    }

    /// What both hold, if anything.
    pub fn meet(&self, other: &Self) -> Option<Self> {
        if self.is_disjoint(other) {
            return None;
        }
        let mut both = Self { kinds: self.kinds & other.kinds, ..self.clone() };
        for (field, set) in &other.sides {
            both = both.with(*field, both.side(*field).unwrap_or(u64::MAX) & set);
        }
        Some(both)
    }

    /// The same cell where a field is only what the set holds; `None` if that leaves nothing.
    pub fn narrowed(&self, field: usize, set: u64) -> Option<Self> {
        self.meet(&Self { kinds: u64::MAX, sides: vec![(field, set)] })
    }

    /// What is left of this cell outside the other, as disjoint cells.
    fn minus(&self, other: &Self, grid: &Grid) -> Vec<Self> {
        if self.is_disjoint(other) {
            return vec![self.clone()];
        }
        let mut left = Vec::new();
        let mut rest = self.clone();
        if rest.kinds & !other.kinds != 0 {
            left.push(Self { kinds: rest.kinds & !other.kinds, ..rest.clone() });
            rest.kinds &= other.kinds;
        }
        for (field, set) in &other.sides {
            let own = rest.side(*field).unwrap_or_else(|| grid.domain(*field));
            if own & !set != 0 {
                left.push(rest.with(*field, own & !set));
            }
            rest = rest.with(*field, own & set);
        }
        left
    }
}

/// What is left of `cells` outside all of `others`.
pub(crate) fn subtract(cells: Vec<Cell>, others: &[Cell], grid: &Grid) -> Result<Vec<Cell>, TooComplicated> {
    others.iter().try_fold(cells, |cells, other| {
        let left: Vec<Cell> = cells.iter().flat_map(|cell| cell.minus(other, grid)).collect();
        if left.len() > RULEBOOK_BOXES_MAX { Err(TooComplicated) } else { Ok(left) }
    })
}

/// The events of one clause of `when` to which the rule applies.
pub(crate) fn of_clause(
    applies: &Applies,
    clause: &super::ruleset::Clause,
    action: Action,
    vocabulary: &Vocabulary,
    grid: &Grid,
) -> Result<Vec<Cell>, TooComplicated> {
    let kinds = applies.on.of(action);
    let whole = Cell { kinds, sides: grid.sides(vocabulary, clause) };
    if kinds == 0 || whole.sides.iter().any(|(_, set)| *set == 0) {
        return Ok(Vec::new());
    }
    let exceptions: Vec<_> =
        applies.unless.iter().map(|clause| Cell { kinds: u64::MAX, sides: grid.sides(vocabulary, clause) }).collect();
    subtract(vec![whole], &exceptions, grid)
}

/// All events of one action to which a rule applies.
pub(crate) fn of_rule(
    applies: &Applies,
    action: Action,
    vocabulary: &Vocabulary,
    grid: &Grid,
) -> Result<Vec<Cell>, TooComplicated> {
    let mut cells = Vec::new();
    for clause in &applies.when {
        cells.extend(of_clause(applies, clause, action, vocabulary, grid)?);
    }
    Ok(cells)
}

/// One event of a cell in words.
pub(crate) fn witness(cell: &Cell, action: Action, vocabulary: &Vocabulary) -> Text {
    let kind = positions(cell.kinds).find_map(|kind| vocabulary.kinds.entry(kind)).map(|entry| &entry.label);
    let (kind_ja, kind_en) = kind.map_or(("", ""), |label| (&label.ja, &label.en));
    let mut ja = vec![format!("「{kind_ja}」の{}", action.ja())];
    let mut en = vec![format!("{} '{kind_en}'", action.code())];
    for (index, set) in &cell.sides {
        let field = &vocabulary.fields[*index];
        let one = set & set.wrapping_neg();
        match &field.values {
            Values::Flag { no } => {
                let label = if one == 0b10 { &field.label } else { no };
                ja.push(label.ja.to_string());
                en.push(label.en.to_string());
            }
            Values::Choice(lexicon) => {
                let value = lexicon.label_of(one);
                ja.push(format!("{}が「{}」", field.label.ja, value.ja));
                en.push(format!("{}: {}", field.label.en, value.en));
            }
            Values::Number { .. } | Values::Duration { .. } => {
                ja.push(format!("{}が範囲の外", field.label.ja));
                en.push(format!("{} outside the range", field.label.en));
            }
        }
    }
    Text::new(ja.join("、"), en.join(", "))
}
