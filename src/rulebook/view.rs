//! Who may see what: the view rules split into what they ask of the reader and what they ask of the
//! record, so that a reader's mask is made by testing the reader once per clause. Asked by the hub
//! when a reader's link, the consent or the rulebook changes; a delivery only tests the mask.

use super::book::Rulebook;
use super::class::{Mask, RecordClass, Side, variants_with};
use super::event::EventFacts;
use super::facts::{PostFacts, ViewerFacts};
use super::grid::Grid;
use super::judge::Judgement;
use super::ruleset::Rule;
use super::slots::Slots;
use super::vocabulary::{Vocabulary, full};
use super::words::{Action, Effect};

/// Sides on the reader, and the variants of record that the sides on the record leave.
#[derive(Debug, Clone)]
struct Split {
    viewer: Vec<(usize, u64)>,
    variants: u64,
}

#[derive(Debug, Clone)]
struct ViewBranch {
    is_permit: bool,
    kinds: u64,
    when: Split,
    unless: Vec<Split>,
}

/// The view rules of a book, split.
#[derive(Debug, Clone)]
pub(crate) struct ViewProgram {
    branches: Vec<ViewBranch>,
}

impl ViewProgram {
    pub fn compile(rules: &[&Rule], vocabulary: &Vocabulary, grid: &Grid) -> Self {
        let mut branches = Vec::new();
        for rule in rules {
            let Some(share) = rule.mechanism.share() else { continue };
            if share.applies.on.view == 0 || !matches!(share.effect, Effect::Permit | Effect::Forbid) {
                continue;
            }
            let is_permit = share.effect == Effect::Permit;
            for clause in &share.applies.when {
                let when = split(&grid.sides(vocabulary, clause), vocabulary);
                let unless = share.applies.unless.iter().map(|exception| {
                    let mut exception = split(&grid.sides(vocabulary, exception), vocabulary);
                    if !is_permit {
                        // See `Program::add_branch`: values within the branch and outside the exception.
                        for (field, set) in &mut exception.viewer {
                            let own = when.viewer.iter().find(|(of, _)| of == field).map_or(u64::MAX, |(_, own)| *own);
                            *set = own & !*set;
                        }
                    }
                    exception
                });
                let unless = unless.collect();
                branches.push(ViewBranch { is_permit, kinds: share.applies.on.view, when, unless });
            }
        }
        Self { branches }
    }

    pub fn mask(&self, slots: &Slots) -> Mask {
        if slots.is_faulty() {
            return Mask::NOTHING;
        }
        let touched = |(field, mask): &(usize, u64)| slots.possible(*field) & mask != 0;
        let untouched = |(field, mask): &(usize, u64)| slots.possible(*field) & mask == 0;
        let (mut permitted, mut forbidden) = (Mask::NOTHING, Mask::NOTHING);
        for branch in &self.branches {
            let viewer = &branch.when.viewer;
            let takes_effect = if branch.is_permit {
                viewer.iter().all(|(field, set)| untouched(&(*field, !set)))
            } else {
                viewer.iter().all(touched)
            };
            if !takes_effect {
                continue;
            }
            let mut variants = branch.when.variants;
            for exception in &branch.unless {
                let excepts = if branch.is_permit {
                    exception.viewer.iter().all(touched)
                } else {
                    exception.viewer.iter().all(untouched)
                };
                if excepts {
                    variants &= !exception.variants;
                }
            }
            let mask = if branch.is_permit { &mut permitted } else { &mut forbidden };
            mask.add(branch.kinds, variants);
        }
        permitted.minus(&forbidden)
    }
}

fn split(sides: &[(usize, u64)], vocabulary: &Vocabulary) -> Split {
    let mut split = Split { viewer: Vec::new(), variants: full(super::class::VARIANTS) };
    for (field, set) in sides {
        match Side::of_field(&vocabulary.fields[*field].code) {
            Some(side) => split.variants &= variants_with(side, *set),
            None => split.viewer.push((*field, *set)),
        }
    }
    split
}

impl Rulebook {
    /// The record classes this reader may see of this timeline.
    pub fn view_mask(&self, viewer: &ViewerFacts) -> Mask {
        self.views.mask(&self.filler.of_viewer(viewer, &self.grid))
    }

    /// Why this reader may or may not see records of this class; agrees with [`Rulebook::view_mask`].
    pub fn judge_view(&self, viewer: &ViewerFacts, class: RecordClass) -> (Judgement, Slots) {
        let facts = PostFacts { viewer: *viewer, kind: class.kind(), record: class.facts() };
        let slots = self.filler.of_post(&facts, &EventFacts::UNKNOWN, &self.grid);
        (self.judge(Action::View, class.kind(), &slots), slots)
    }
}
