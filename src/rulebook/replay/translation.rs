//! Reading the facts that one version kept with the words of another. Values of a choice stand in the hub's own order in
//! every version, so that only fields are looked up; numbers are cut anew where the other version's rules cut them.

use crate::domain::kind::Kind;
use crate::rulebook::book::Rulebook;
use crate::rulebook::slots::Slots;
use crate::rulebook::vocabulary::positions;

/// A field of the draft and where the version has it.
#[derive(Debug, Clone, Copy)]
struct Carry {
    to: usize,
    from: usize,
    numbers: Option<(usize, usize)>,
}

/// From one version to another.
#[derive(Debug)]
pub(super) struct Translation {
    carries: Vec<Carry>,
    blank: Slots,
    /// By kind: fields that the draft asks about such a post and that the version did not know.
    missing: Vec<Vec<usize>>,
}

impl Translation {
    pub fn new(past: &Rulebook, draft: &Rulebook) -> Self {
        let (words, old) = (draft.vocabulary(), past.vocabulary());
        let (mut carries, mut unknown) = (Vec::new(), Vec::new());
        for (to, field) in words.fields.iter().enumerate() {
            match old.fields.iter().position(|known| known.code == field.code) {
                Some(from) => {
                    let numbers = field.number().zip(old.fields[from].number());
                    carries.push(Carry { to, from, numbers });
                }
                None => unknown.push(to),
            }
        }
        let mut missing = vec![Vec::new(); Kind::ALL.len()];
        for (_, _, rule) in draft.rules().filter(|_| !unknown.is_empty()) {
            let Some(applies) = rule.mechanism.applies() else { continue };
            let asked: Vec<usize> =
                rule.mechanism.clauses().flat_map(|clause| &clause.terms).map(|t| t.field).collect();
            for kind in positions(applies.on.post) {
                let of_kind: &mut Vec<usize> = &mut missing[usize::from(kind)];
                of_kind.extend(unknown.iter().filter(|field| asked.contains(field)));
                of_kind.sort_unstable();
                of_kind.dedup();
            }
        }
        Self { carries, blank: Slots::unknown(&draft.grid, words.fields.len()), missing }
    }

    /// The same facts in the draft's words; what the draft adds is unknown.
    pub fn carry(&self, past: &Slots, draft: &Rulebook) -> Slots {
        let mut slots = self.blank.clone();
        for Carry { to, from, numbers } in &self.carries {
            match numbers {
                Some((to_number, from_number)) => {
                    slots.set_interval(*to, *to_number, past.interval(*from_number), &draft.grid);
                }
                None => slots.set(*to, past.possible(*from), &draft.grid),
            }
        }
        slots.mark_faulty(past.is_faulty());
        slots
    }

    /// Ascending and each once.
    pub fn missing(&self, kind: Kind, corrected: Option<Kind>) -> &[usize] {
        let of = |kind: Kind| self.missing[kind.index()].as_slice();
        // A correction is judged as what it says too; the longer list of the two asks for no less.
        corrected.map(of).filter(|inner| inner.len() > of(kind).len()).unwrap_or_else(|| of(kind))
    }
}

/// Whether `holds` for every combination of values of these fields.
pub(super) fn every_case(
    open: &[usize],
    slots: &Slots,
    draft: &Rulebook,
    holds: &mut dyn FnMut(&Slots) -> bool,
) -> bool {
    let Some((field, rest)) = open.split_first() else { return holds(slots) };
    positions(draft.grid.domain(*field)).all(|value| {
        let mut case = slots.clone();
        case.set(*field, 1 << value, &draft.grid);
        every_case(rest, &case, draft, holds)
    })
}
