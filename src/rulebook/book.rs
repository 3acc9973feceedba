//! The rulebook in force: vocabulary, rule sets and what was compiled from them. Immutable; the hub
//! swaps the whole. Made by `load`, asked through `judge`, `view` and `explain`.

use std::collections::HashMap;
use std::sync::Arc;

use super::duty::Terms;
use super::etiquette::EtiquetteProgram;
use super::grid::Grid;
use super::judge::{Judgement, RuleRef};
use super::load::RulebookFiles;
use super::problem::SourceFile;
use super::program::Program;
use super::remembered::Derivations;
use super::ruleset::{Rule, Ruleset};
use super::slots::{self, Filler, Slots, VocabularyMark};
use super::standing::StandingProgram;
use super::view::ViewProgram;
use super::vocabulary::Vocabulary;
use super::words::Layer;
use crate::domain::ruling::Ruling;

#[derive(Debug, Clone)]
pub struct Rulebook {
    pub(crate) vocabulary: Vocabulary,
    /// The floor first.
    pub(crate) sets: Vec<Ruleset>,
    /// Set and rule of each `RuleRef`.
    order: Vec<(u16, u16)>,
    pub(crate) grid: Grid,
    pub(crate) filler: Filler,
    pub(crate) program: Program,
    pub(crate) views: ViewProgram,
    pub(crate) etiquette: EtiquetteProgram,
    pub(crate) standing: StandingProgram,
    pub(crate) derivations: Derivations,
    /// Of every duty and standing rule.
    pub(crate) terms: HashMap<RuleRef, Arc<Terms>>,
    fingerprint: String,
    mark: VocabularyMark,
    pub(crate) default_deny: Arc<str>,
    pub(crate) evaluation_error: Arc<str>,
    sources: Sources,
}

/// The texts a rulebook was made of, to be stored with it: a ruling can be read for as long as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// Name and text of the vocabulary.
    pub vocabulary: (String, String),
    pub sets: Vec<(String, String)>,
}

/// Where a rulebook comes from.
pub(crate) struct Origin {
    pub fingerprint: String,
    pub mark: VocabularyMark,
    pub sources: Sources,
}

impl Sources {
    pub(crate) fn copy_of(files: &RulebookFiles<'_>) -> Self {
        let copy = |file: &SourceFile<'_>| (file.name.to_owned(), file.text.to_owned());
        Self { vocabulary: copy(&files.vocabulary), sets: files.sets.iter().map(copy).collect() }
    }

    pub fn files(&self) -> RulebookFiles<'_> {
        fn file((name, text): &(String, String)) -> SourceFile<'_> {
            SourceFile { name, text }
        }
        RulebookFiles { vocabulary: file(&self.vocabulary), sets: self.sets.iter().map(file).collect() }
    }
}

impl Rulebook {
    pub(crate) fn assemble(vocabulary: Vocabulary, sets: Vec<Ruleset>, grid: Grid, origin: Origin) -> Self {
        let floor = sets.iter().find(|set| set.layer == Layer::Floor).expect("the check refuses books without a floor");
        let builtin = |code: &str| format!("{code}@{}/{}#{}", floor.id, floor.version, floor.hash).into();
        let (default_deny, evaluation_error) = (builtin("DEFAULT-DENY"), builtin("EVALUATION-ERROR"));
        let order = (0..)
            .zip(&sets)
            .flat_map(|(set, rules)| (0..).zip(&rules.rules).map(move |(rule, _)| (set, rule)))
            .collect();
        let rules: Vec<&Rule> = sets.iter().flat_map(|set| &set.rules).collect();
        let program = Program::compile(&rules, &vocabulary, &grid);
        let views = ViewProgram::compile(&rules, &vocabulary, &grid);
        let etiquette = EtiquetteProgram::compile(&rules, &vocabulary, &grid);
        let standing = StandingProgram::compile(&rules, &vocabulary, &grid);
        let with_terms = (0..).zip(&rules).filter_map(|(at, rule)| Some((RuleRef(at), Arc::new(Terms::of(rule)?))));
        let terms = with_terms.collect();
        let derivations = Derivations::of(&vocabulary);
        let filler = Filler::new(&vocabulary, &grid);
        let Origin { fingerprint, mark, sources } = origin;
        Self {
            vocabulary,
            sets,
            order,
            grid,
            filler,
            program,
            views,
            etiquette,
            standing,
            derivations,
            terms,
            fingerprint,
            mark,
            default_deny,
            evaluation_error,
            sources,
        }
    }

    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The rule sets, the floor first.
    pub fn sets(&self) -> &[Ruleset] {
        &self.sets
    }

    /// All rules in the order in which they are cited.
    pub fn rules(&self) -> impl Iterator<Item = (RuleRef, &Ruleset, &Rule)> {
        self.order.iter().enumerate().map(|(index, (set, rule))| {
            let set = &self.sets[usize::from(*set)];
            (RuleRef(index as u16), set, &set.rules[usize::from(*rule)])
        })
    }

    /// `None` for the built-in answers.
    pub fn rule(&self, cited: RuleRef) -> Option<(&Ruleset, &Rule)> {
        let (set, rule) = self.order.get(cited.index()?)?;
        let set = &self.sets[usize::from(*set)];
        Some((set, &set.rules[usize::from(*rule)]))
    }

    /// `RULE@set/version#hash`.
    pub fn citation(&self, cited: RuleRef) -> &Arc<str> {
        match self.rule(cited) {
            Some((_, rule)) => &rule.citation,
            None if cited == RuleRef::DEFAULT_DENY => &self.default_deny,
            None => &self.evaluation_error,
        }
    }

    /// Changes with any byte of vocabulary or rule sets. A ruling's slots are read with the book of
    /// the same fingerprint.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// What is kept with an entry or a refusal.
    pub fn ruling(&self, judgement: &Judgement, slots: &Slots) -> Ruling {
        Ruling {
            cited: judgement.cited.as_slice().iter().map(|cited| self.citation(*cited).clone()).collect(),
            slots: slots::pack(slots, self.mark, &self.vocabulary, &self.grid),
            ..Ruling::default()
        }
    }

    /// Whether the slots of a ruling were packed with the words of this book, so that it can read them.
    pub fn has_words_of(&self, ruling: &Ruling) -> bool {
        ruling.slots.starts_with(&self.mark)
    }

    /// The facts of a ruling made under this book; `None` if another made it.
    pub fn slots_of(&self, ruling: &Ruling) -> Option<Slots> {
        slots::unpack(&ruling.slots, self.mark, &self.vocabulary, &self.grid)
    }
}
