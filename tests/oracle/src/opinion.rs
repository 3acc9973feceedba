//! What follows from the rules as Cedar evaluates them. Where facts are unknown it is asked about every way in which
//! they may turn out: certain is what holds in all of them, possible what holds in one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::cedar::{Part, parts};
use crate::event::{Event, Range};
use crate::rules::{Does, Rule};
use crate::words::{Values, Words};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityUid, Policy, PolicySet, Request, Response, RestrictedExpression,
};

/// Rules that a judgement names at most, and pieces of advice that one post draws: as in the hub's `limits.rs`.
const CITED_MAX: usize = 6;
const ADVICE_MAX: usize = 2;

/// What the rules say of an event, in words that both sides use.
#[derive(Debug, Default, PartialEq)]
pub struct Outcome {
    pub verdict: &'static str,
    pub cited: Vec<String>,
    /// `ND-M3 holds, or a reason`, `ND-M1 perhaps owed`.
    pub asks: BTreeSet<String>,
    pub advice: Vec<String>,
    /// Local permits that hold where neither a bound nor a permit of the floor does. The hub refuses such books.
    pub beyond: Vec<String>,
}

/// The names of the parts that hold.
type Parts = BTreeSet<String>;

/// Which parts hold, for certain and possibly.
pub struct Holds {
    pub certainly: Parts,
    pub possibly: Parts,
    /// Cedar's own decision, where everything is known.
    decision: Option<Decision>,
}

pub struct Opinion<'a> {
    words: &'a Words,
    range: &'a Range,
    pub rules: Vec<Rule>,
    parts: Vec<Vec<Part>>,
    /// By action, made when first asked.
    asked: BTreeMap<String, OnceLock<Asked>>,
    authorizer: Authorizer,
    nobody: EntityUid,
    nothing: Entities,
}

/// The policies that speak of one action.
struct Asked {
    action: EntityUid,
    /// Permits and forbids, as Cedar decides by them.
    deciding: PolicySet,
    /// Everything else.
    others: PolicySet,
    /// All of them, each as a permit.
    all: PolicySet,
}

impl<'a> Opinion<'a> {
    pub fn new(rules: &[Rule], words: &'a Words, range: &'a Range) -> Self {
        let actions = rules.iter().flat_map(|rule| rule.on.iter().cloned());
        Self {
            words,
            range,
            rules: rules.to_vec(),
            parts: rules.iter().map(|rule| parts(rule, words)).collect(),
            asked: actions.map(|action| (action, OnceLock::new())).collect(),
            authorizer: Authorizer::new(),
            nobody: "Somebody::\"who acts\"".parse().expect("an entity"),
            nothing: Entities::empty(),
        }
    }

    /// The same but for one rule.
    pub fn with(&self, at: usize, rule: Option<Rule>) -> Self {
        let (mut rules, mut policies) = (self.rules.clone(), self.parts.clone());
        match rule {
            Some(rule) => {
                policies[at] = parts(&rule, self.words);
                rules[at] = rule;
            }
            None => {
                rules.remove(at);
                policies.remove(at);
            }
        }
        Self {
            words: self.words,
            range: self.range,
            rules,
            parts: policies,
            asked: self.asked.keys().map(|action| (action.clone(), OnceLock::new())).collect(),
            authorizer: Authorizer::new(),
            nobody: self.nobody.clone(),
            nothing: Entities::empty(),
        }
    }

    /// The names of the parts that speak of an action.
    pub fn parts_about(&self, action: &str) -> impl Iterator<Item = &str> {
        let speaking =
            self.rules.iter().zip(&self.parts).filter(move |(rule, _)| rule.on.iter().any(|on| on == action));
        speaking.flat_map(|(_, parts)| parts.iter().map(|part| part.name.as_str()))
    }

    fn asked(&self, action: &str) -> &Asked {
        self.asked[action].get_or_init(|| {
            let speaking = self.rules.iter().zip(&self.parts).filter(|(rule, _)| rule.on.iter().any(|on| on == action));
            let parts: Vec<&Part> = speaking.flat_map(|(_, parts)| parts).collect();
            let set = |policies: Vec<&Policy>| {
                PolicySet::from_policies(policies.into_iter().cloned()).expect("every part has a name of its own")
            };
            let deciding = |decides: bool| {
                let parts = parts.iter().filter(move |part| part.decides == decides);
                parts.map(|part| &part.policy).collect::<Vec<_>>()
            };
            Asked {
                action: format!("Action::\"{action}\"").parse().expect("an entity"),
                deciding: set(deciding(true)),
                others: set(deciding(false)),
                all: set(parts.iter().map(|part| &part.as_permit).collect()),
            }
        })
    }

    fn ask(&self, asked: &Asked, policies: &PolicySet, context: &Context) -> Response {
        let (who, what) = (self.nobody.clone(), self.nobody.clone());
        let request = Request::new(who, asked.action.clone(), what, context.clone(), None).expect("a request");
        let response = self.authorizer.is_authorized(&request, policies, &self.nothing);
        let errors: Vec<String> = response.diagnostics().errors().map(ToString::to_string).collect();
        assert!(errors.is_empty(), "{errors:?}");
        response
    }

    /// What rules of this action ask, of facts that are all known.
    fn context(&self, action: &str, facts: &[Option<i64>]) -> Context {
        let fact = |field: &usize| {
            let value = facts[*field].expect("known here");
            let told = match &self.words.fields[*field].values {
                Values::Flag => RestrictedExpression::new_bool(value != 0),
                Values::Word(all) => RestrictedExpression::new_string(all[value as usize].clone()),
                Values::Number | Values::Span => RestrictedExpression::new_long(value),
            };
            (self.words.fields[*field].name.clone(), told)
        };
        Context::from_pairs(self.range.asked(action).iter().map(fact)).expect("a context")
    }

    pub fn holds(&self, event: &Event) -> Holds {
        if event.action == "keep:pair" {
            // Whichever of the two is named first.
            let (one, other) = (self.holds_in_order(event), self.holds_in_order(&self.swapped(event)));
            return Holds {
                certainly: &one.certainly | &other.certainly,
                possibly: &one.possibly | &other.possibly,
                decision: None,
            };
        }
        self.holds_in_order(event)
    }

    fn swapped(&self, event: &Event) -> Event {
        let mut event = event.clone();
        event.facts.swap(self.words.field("subject.organisation_type"), self.words.field("subject.other_type"));
        event
    }

    fn holds_in_order(&self, event: &Event) -> Holds {
        let asked = self.asked(&event.action);
        if self.range.is_certain(event) {
            let context = self.context(&event.action, &event.facts);
            let deciding = self.ask(asked, &asked.deciding, &context);
            let held = &names(&deciding) | &names(&self.ask(asked, &asked.others, &context));
            return Holds { certainly: held.clone(), possibly: held, decision: Some(deciding.decision()) };
        }
        let turns = self.range.all_turns(event);
        let mut turns = turns.iter().map(|facts| self.ask(asked, &asked.all, &self.context(&event.action, facts)));
        let first = names(&turns.next().expect("doubt has two turns at least"));
        let (certainly, possibly) = turns.fold((first.clone(), first), |(certainly, possibly), turn| {
            let turn = names(&turn);
            (&certainly & &turn, &possibly | &turn)
        });
        Holds { certainly, possibly, decision: None }
    }

    pub fn outcome(&self, event: &Event, holds: &Holds) -> Outcome {
        let mut outcome = Outcome::default();
        if event.action.starts_with("post:") || event.action.starts_with("view:") {
            self.judge(holds, &mut outcome);
        }
        let stay = self.words.field("patient.stay");
        let deceased = event.facts[stay].is_some_and(|at| self.words.written(stay, at) == "\"deceased\"");
        // Nobody is reminded of a patient who died, whatever the rules say.
        if event.action != "keep:patient" || !deceased {
            self.ask_for(holds, &mut outcome);
        }
        outcome
    }

    fn judge(&self, holds: &Holds, outcome: &mut Outcome) {
        let cited = |does: &Does, held: &Parts| -> Vec<String> {
            let rules = self.rules.iter().filter(|rule| rule.does == *does && held.contains(&rule.id));
            rules.take(CITED_MAX).map(|rule| rule.id.clone()).collect()
        };
        let forbids = cited(&Does::Forbid, &holds.possibly);
        let permits = cited(&Does::Permit, &holds.certainly);
        let queues = cited(&Does::Queue, &holds.possibly);
        (outcome.verdict, outcome.cited) = if !forbids.is_empty() {
            ("deny", forbids)
        } else if !permits.is_empty() {
            outcome.beyond = self.beyond(&holds.certainly);
            ("permit", permits)
        } else if !queues.is_empty() {
            ("queue", queues)
        } else {
            ("deny", vec!["nothing permits it".to_owned()])
        };
        // By default nothing is allowed, and a forbid beats every permit: in Cedar, too.
        if let Some(decision) = holds.decision {
            assert_eq!(decision == Decision::Allow, outcome.verdict == "permit", "{outcome:?}");
        }
    }

    fn beyond(&self, held: &Parts) -> Vec<String> {
        let holding = |in_floor: bool, does: &[Does]| {
            let rules = self.rules.iter().filter(|rule| rule.in_floor == in_floor && does.contains(&rule.does));
            rules.filter(|rule| held.contains(&rule.id)).map(|rule| rule.id.clone()).collect::<Vec<_>>()
        };
        if holding(true, &[Does::Bound, Does::Permit]).is_empty() {
            holding(false, &[Does::Permit])
        } else {
            Vec::new()
        }
    }

    fn ask_for(&self, holds: &Holds, outcome: &mut Outcome) {
        let mut advice: Vec<(&Rule, &str)> = Vec::new();
        for rule in self.rules.iter().filter(|rule| holds.possibly.contains(&rule.id)) {
            let (id, certain) = (&rule.id, holds.certainly.contains(&rule.id));
            let part = |name: &str, of: &Parts| of.contains(&format!("{id} {name}"));
            let perhaps = if certain { "" } else { "perhaps " };
            let asked = match &rule.does {
                Does::Gate { .. } if part("require", &holds.certainly) => continue,
                Does::Gate { .. } if part("pass_if", &holds.certainly) => format!("{id} excepted"),
                Does::Gate { reason_ok: true, .. } => format!("{id} holds, or a reason"),
                Does::Gate { .. } => format!("{id} holds"),
                Does::Duty => format!("{id} {perhaps}owed"),
                Does::Standing { .. } => {
                    let paused = if part("paused", &holds.possibly) { ", at rest" } else { "" };
                    format!("{id} {perhaps}kept{paused}")
                }
                Does::Pledge => format!("{id} pledged"),
                Does::Nudge { advise } => {
                    advice.extend(certain.then_some((rule, advise.as_str())));
                    continue;
                }
                Does::Permit | Does::Forbid | Does::Queue | Does::Bound => continue,
            };
            outcome.asks.insert(asked);
        }
        // What must be comes before what should be.
        advice.sort_by_key(|(rule, _)| !rule.must);
        let told = advice.iter().take(ADVICE_MAX).map(|(rule, to)| format!("{} to {to}", rule.id));
        outcome.advice = told.collect();
    }
}

fn names(response: &Response) -> Parts {
    response.diagnostics().reason().map(ToString::to_string).collect()
}
