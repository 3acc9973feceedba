//! Events to ask both sides about, drawn from a seed: aimed at a rule, so that each rule is met often, just met and
//! just missed, with everything it does not speak of left to chance, and now and then a fact that nobody knows.

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::{Clause, Does, Rule, Term, Wanted};
use crate::words::{Values, Words};

/// Unknown facts of one event, and the number of ways in which they may turn out.
const DOUBTS_MAX: usize = 3;
const TURNS_MAX: usize = 24;

#[derive(Clone, Debug)]
pub struct Event {
    pub action: String,
    /// By field; `None` where nobody knows.
    pub facts: Vec<Option<i64>>,
}

/// SplitMix64: the same events on every machine. Steele, Lea and Flood, OOPSLA 2014.
pub struct Draw(pub u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// What events are drawn from.
pub struct Range {
    /// By field: every value, of a number those about which the rules ask and their neighbours.
    values: Vec<Vec<i64>>,
    /// By action: the fields that some rule asks.
    asked: BTreeMap<String, Vec<usize>>,
    /// By field: values that come up more often, because most of the rules are about them.
    common: BTreeMap<usize, i64>,
    may_be_unknown: Vec<bool>,
    /// By field: whether whoever reads a record always knows it.
    makes_class: Vec<bool>,
    always_unknown: Vec<bool>,
}

impl Range {
    /// `told` are the fields that the hub can be told of at all; the rest are unknown to it.
    pub fn new(rules: &[Rule], words: &Words, told: &BTreeSet<String>) -> Self {
        let values = (0..words.fields.len()).map(|field| values(field, rules, words)).collect();
        let mut asked: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for rule in rules {
            for action in &rule.on {
                asked.entry(action.clone()).or_default().extend(rule.terms().map(|term| term.field));
            }
        }
        let asked = asked.into_iter().map(|(action, fields)| (action, fields.into_iter().collect())).collect();
        let common = [("purpose", "\"care\""), ("patient.consent", "\"team\""), ("patient.status", "\"active\"")];
        let common = common.into_iter().map(|(name, written)| {
            let field = words.field(name);
            let value = (0_i64..).find(|value| words.written(field, *value) == written).expect("a value");
            (field, value)
        });
        // The hub always knows who asks for what.
        let known = ["actor.role", "actor.organisation_type", "purpose"];
        let class = ["record.sensitivity", "record.infection", "record.own", "record.addressed"];
        let names = || words.fields.iter().map(|field| field.name.as_str());
        Self {
            values,
            asked,
            common: common.collect(),
            may_be_unknown: names().map(|name| !known.contains(&name)).collect(),
            makes_class: names().map(|name| class.contains(&name)).collect(),
            always_unknown: names().map(|name| !told.contains(name)).collect(),
        }
    }

    pub fn asked(&self, action: &str) -> &[usize] {
        &self.asked[action]
    }

    /// An event of a kind that the rule speaks of, as likely as not one that it means.
    pub fn aim(&self, rule: &Rule, draw: &mut Draw) -> Event {
        let action = draw.pick(&rule.on).clone();
        let mut facts: Vec<Option<i64>> = (0..self.values.len()).map(|field| self.any(field, draw)).collect();
        if draw.chance(95) {
            let clause = draw.pick(&rule.when).clone();
            self.make(&clause, &mut facts, draw);
            if let Does::Gate { require, pass_if, .. } = &rule.does {
                self.aim_at_gate(require, pass_if, &mut facts, draw);
            }
            if let Does::Standing { paused_when } = &rule.does
                && !paused_when.is_empty()
                && draw.chance(50)
            {
                self.make(draw.pick(paused_when), &mut facts, draw);
            }
            if !rule.unless.is_empty() {
                match draw.below(3) {
                    0 => self.make(draw.pick(&rule.unless), &mut facts, draw),
                    1 => self.spoil_each(&rule.unless, &mut facts, draw),
                    _ => {}
                }
                self.make(&clause, &mut facts, draw);
            }
            if draw.chance(25) && !clause.is_empty() {
                self.spoil(draw.pick(&clause), &mut facts, draw);
            }
        }
        self.forget(rule, &action, &mut facts, draw);
        Event { action, facts }
    }

    fn any(&self, field: usize, draw: &mut Draw) -> Option<i64> {
        match self.common.get(&field) {
            Some(common) if draw.chance(70) => Some(*common),
            _ => Some(*draw.pick(&self.values[field])),
        }
    }

    /// Let it hold, by the requirement, by an exception or not at all.
    fn aim_at_gate(&self, require: &[Clause], pass_if: &[Clause], facts: &mut [Option<i64>], draw: &mut Draw) {
        match draw.below(4) {
            0 => self.make(draw.pick(require), facts, draw),
            1 if !pass_if.is_empty() => {
                self.spoil_each(require, facts, draw);
                self.make(draw.pick(pass_if), facts, draw);
            }
            2 => self.spoil_each(require, facts, draw),
            _ => {
                self.spoil_each(require, facts, draw);
                self.spoil_each(pass_if, facts, draw);
            }
        }
    }

    fn make(&self, clause: &Clause, facts: &mut [Option<i64>], draw: &mut Draw) {
        for term in clause {
            self.set(term, true, facts, draw);
        }
    }

    fn spoil(&self, term: &Term, facts: &mut [Option<i64>], draw: &mut Draw) {
        self.set(term, false, facts, draw);
    }

    fn spoil_each(&self, clauses: &[Clause], facts: &mut [Option<i64>], draw: &mut Draw) {
        for clause in clauses.iter().filter(|clause| !clause.is_empty()) {
            self.spoil(draw.pick(clause), facts, draw);
        }
    }

    fn set(&self, term: &Term, so_that_it_holds: bool, facts: &mut [Option<i64>], draw: &mut Draw) {
        let fits = |value: &&i64| term.wanted.holds(**value) == so_that_it_holds;
        let fitting: Vec<i64> = self.values[term.field].iter().filter(fits).copied().collect();
        if !fitting.is_empty() {
            facts[term.field] = Some(*draw.pick(&fitting));
        }
    }

    /// Sometimes a fact or a few are not known, mostly such that the rule asks for.
    fn forget(&self, rule: &Rule, action: &str, facts: &mut [Option<i64>], draw: &mut Draw) {
        for (fact, always) in facts.iter_mut().zip(&self.always_unknown) {
            if *always {
                *fact = None;
            }
        }
        if !draw.chance(25) {
            return;
        }
        let own: Vec<usize> = rule.terms().map(|term| term.field).collect();
        for _ in 0..=draw.below(DOUBTS_MAX) {
            let fields = if draw.chance(70) && !own.is_empty() { &own } else { &self.asked[action] };
            if fields.is_empty() {
                return;
            }
            let field = *draw.pick(fields);
            let is_certain = !self.may_be_unknown[field] || action.starts_with("view:") && self.makes_class[field];
            if !is_certain && self.turns(action, facts) * self.values[field].len() <= TURNS_MAX {
                facts[field] = None;
            }
        }
    }

    /// In how many ways the unknown facts that matter may turn out.
    fn turns(&self, action: &str, facts: &[Option<i64>]) -> usize {
        let unknown = self.asked[action].iter().filter(|field| facts[**field].is_none());
        unknown.map(|field| self.values[*field].len()).product()
    }

    /// Every way in which the unknown facts that matter may turn out; one if all are known.
    pub fn all_turns(&self, event: &Event) -> Vec<Vec<Option<i64>>> {
        let unknown = self.asked[&event.action].iter().filter(|field| event.facts[**field].is_none());
        unknown.fold(vec![event.facts.clone()], |turns, field| {
            let with = |turn: &Vec<Option<i64>>, value: i64| {
                let mut turn = turn.clone();
                turn[*field] = Some(value);
                turn
            };
            turns.iter().flat_map(|turn| self.values[*field].iter().map(move |value| with(turn, *value))).collect()
        })
    }

    pub fn is_certain(&self, event: &Event) -> bool {
        self.asked[&event.action].iter().all(|field| event.facts[*field].is_some())
    }

    /// The event in words, without what no rule asks.
    pub fn told(&self, event: &Event, words: &Words) -> String {
        let fact = |field: &usize| {
            let value = event.facts[*field].map_or_else(|| "?".to_owned(), |value| words.written(*field, value));
            format!("{} = {value}", words.fields[*field].name)
        };
        format!("{}: {}", event.action, self.asked[&event.action].iter().map(fact).collect::<Vec<_>>().join(", "))
    }
}

/// Every value of a field; of a number nought, what the rules name, and the numbers beside.
fn values(field: usize, rules: &[Rule], words: &Words) -> Vec<i64> {
    match &words.fields[field].values {
        Values::Flag => vec![0, 1],
        Values::Word(all) => (0..all.len() as i64).collect(),
        Values::Number | Values::Span => {
            let named = rules.iter().flat_map(Rule::terms).filter(|term| term.field == field);
            let named = named.flat_map(|term| match &term.wanted {
                Wanted::OneOf(values) | Wanted::NoneOf(values) => values.clone(),
                Wanted::Between { over, under } => over.iter().chain(under).copied().collect(),
            });
            let mut all: Vec<i64> = named.flat_map(|number| [number - 1, number, number + 1]).chain([0]).collect();
            all.sort_unstable();
            all.dedup();
            all
        }
    }
}
