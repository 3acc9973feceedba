//! The rule files, read without the hub's reader. Strict: a key or word that it does not know ends the test, so that
//! nothing a file says is passed over.

use toml::{Table, Value};

use crate::words::{Words, list, string, strings, table};

#[derive(Clone, Debug)]
pub struct Rule {
    pub id: String,
    /// Of the layer that local permits may not exceed.
    pub in_floor: bool,
    pub must: bool,
    /// What it speaks of: `post:order`, `view:vital`; `keep:patient` of standing rules, `pledge:person` of pledges.
    pub on: Vec<String>,
    /// One of these, and none of the exceptions.
    pub when: Vec<Clause>,
    pub unless: Vec<Clause>,
    pub does: Does,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Does {
    Permit,
    Forbid,
    Queue,
    Bound,
    Gate { require: Vec<Clause>, pass_if: Vec<Clause>, reason_ok: bool },
    Duty,
    Nudge { advise: String },
    Standing { paused_when: Vec<Clause> },
    Pledge,
}

/// All of these.
pub type Clause = Vec<Term>;

#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub field: usize,
    pub wanted: Wanted,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    OneOf(Vec<i64>),
    NoneOf(Vec<i64>),
    Between { over: Option<i64>, under: Option<i64> },
}

impl Wanted {
    pub fn holds(&self, value: i64) -> bool {
        match self {
            Self::OneOf(values) => values.contains(&value),
            Self::NoneOf(values) => !values.contains(&value),
            Self::Between { over, under } => {
                over.is_none_or(|over| value > over) && under.is_none_or(|under| value < under)
            }
        }
    }
}

impl Rule {
    /// Every list of clauses in it.
    pub fn conditions(&self) -> Vec<&Vec<Clause>> {
        let mut all = vec![&self.when, &self.unless];
        match &self.does {
            Does::Gate { require, pass_if, .. } => all.extend([require, pass_if]),
            Does::Standing { paused_when } => all.push(paused_when),
            _ => {}
        }
        all
    }

    pub fn conditions_mut(&mut self) -> Vec<&mut Vec<Clause>> {
        let mut all = vec![&mut self.when, &mut self.unless];
        match &mut self.does {
            Does::Gate { require, pass_if, .. } => all.extend([require, pass_if]),
            Does::Standing { paused_when } => all.push(paused_when),
            _ => {}
        }
        all
    }

    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.conditions().into_iter().flatten().flatten()
    }

    /// Whether it speaks whatever the facts are.
    pub fn is_unconditional(&self) -> bool {
        let may_fail = self.when.iter().all(|clause| !clause.is_empty()) || !self.unless.is_empty();
        !may_fail && !matches!(self.does, Does::Gate { .. })
    }
}

/// The rules of all sets, in the order in which they are cited: the floor, sharing sets, sets of etiquette; within a
/// layer by the id of the set.
pub fn read(files: &[String], words: &Words) -> Vec<Rule> {
    let mut sets: Vec<(usize, String, Vec<Rule>)> = files.iter().map(|text| read_set(text, words)).collect();
    sets.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    sets.into_iter().flat_map(|set| set.2).collect()
}

fn read_set(text: &str, words: &Words) -> (usize, String, Vec<Rule>) {
    let file: Table = text.parse().expect("a rule file is TOML");
    let header = &file["ruleset"];
    let layers = ["floor", "sharing", "etiquette"];
    let layer = layers.iter().position(|layer| *layer == string(&header["layer"])).expect("a layer");
    let rules = list(&file["rule"]).into_iter().map(|rule| read_rule(table(rule), layer == 0, words));
    (layer, string(&header["id"]).to_owned(), rules.collect())
}

fn read_rule(rule: &Table, in_floor: bool, words: &Words) -> Rule {
    let id = string(&rule["id"]).to_owned();
    let clauses = |key: &str| rule.get(key).map(|value| read_clauses(value, words)).unwrap_or_default();
    let kind = string(&rule["kind"]);
    let does = match kind {
        "share" => match string(&rule["effect"]) {
            "permit" => Does::Permit,
            "forbid" => Does::Forbid,
            "queue" => Does::Queue,
            "bound" => Does::Bound,
            other => panic!("{id}: no effect is called {other}"),
        },
        "gate" => Does::Gate {
            require: clauses("require"),
            pass_if: clauses("pass_if"),
            reason_ok: rule.get("reason_ok").is_some_and(|flag| flag.as_bool() == Some(true)),
        },
        "duty" => Does::Duty,
        "nudge" => Does::Nudge { advise: string(&rule["advise"]).to_owned() },
        "standing" => Does::Standing { paused_when: clauses("paused_when") },
        "pledge" => Does::Pledge,
        other => panic!("{id}: no rule is called {other}"),
    };
    for key in rule.keys() {
        let common = ["id", "kind", "strength", "origin", "ja", "en", "reason"];
        assert!(common.contains(&key.as_str()) || own_keys(kind).contains(&key.as_str()), "{id}: what is {key}?");
    }
    let on = match kind {
        "standing" => vec![format!("keep:{}", string(&rule["per"]))],
        "pledge" => vec![format!("pledge:{}", string(&rule["by"]))],
        _ => read_on(&rule["on"], words),
    };
    let mut when = clauses("when");
    if let Some(who) = rule.get("who") {
        let field = words.field("actor.role");
        let roles = list(who).into_iter().flat_map(|role| words.meant(field, role)).collect();
        when.push(vec![Term { field, wanted: Wanted::OneOf(roles) }]);
    }
    if when.is_empty() {
        when.push(Vec::new());
    }
    let must = match string(&rule["strength"]) {
        "must" => true,
        "should" => false,
        other => panic!("{id}: no strength is called {other}"),
    };
    Rule { id, in_floor, must, on, when, unless: clauses("unless"), does }
}

fn own_keys(kind: &str) -> &'static [&'static str] {
    match kind {
        "share" => &["effect", "on", "when", "unless", "overrides"],
        "gate" => &["on", "when", "unless", "require", "pass_if", "reason_ok"],
        "duty" => &[
            "on",
            "when",
            "unless",
            "owed_by",
            "met_by",
            "within",
            "remind",
            "escalate",
            "ways_out",
            "on_admission",
            "on_death",
        ],
        "nudge" => &["on", "when", "unless", "advise", "advice"],
        "pledge" => &["who", "by", "every"],
        _ => &[
            "per",
            "when",
            "unless",
            "paused_when",
            "owed_by",
            "keep",
            "every",
            "remind",
            "escalate",
            "ways_out",
            "aggregate",
        ],
    }
}

fn read_on(on: &Value, words: &Words) -> Vec<String> {
    let mut all = Vec::new();
    for written in strings(on) {
        let (action, kinds) = written.split_once(':').expect("an action and a kind");
        assert!(["view", "post"].contains(&action), "no action is called {action}");
        all.extend(words.expand("kinds", kinds).into_iter().map(|kind| format!("{action}:{kind}")));
    }
    all.sort();
    all.dedup();
    all
}

fn read_clauses(value: &Value, words: &Words) -> Vec<Clause> {
    let clause = |clause: &Value| table(clause).iter().map(|(field, wanted)| read_term(field, wanted, words)).collect();
    list(value).into_iter().map(clause).collect()
}

fn read_term(field: &str, written: &Value, words: &Words) -> Term {
    let field = words.field(field);
    let meant = |value: &Value| list(value).into_iter().flat_map(|value| words.meant(field, value)).collect();
    let Value::Table(operators) = written else {
        return Term { field, wanted: Wanted::OneOf(meant(written)) };
    };
    for operator in operators.keys() {
        assert!(["not", "over", "under", "placeholder"].contains(&operator.as_str()), "what is {operator}?");
    }
    let bound = |key: &str| operators.get(key).map(|value| words.meant(field, value)[0]);
    let (over, under) = (bound("over"), bound("under"));
    let wanted = match operators.get("not") {
        Some(not) => {
            assert!(over.is_none() && under.is_none(), "not and a bound together are not read here");
            Wanted::NoneOf(meant(not))
        }
        None => Wanted::Between { over, under },
    };
    Term { field, wanted }
}
