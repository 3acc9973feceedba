//! A rule as policies of Cedar. What a person may do or not is a permit or a forbid, as it stands; everything else a
//! rule asks is a permit of its own in another set: Cedar then tells which of them hold.

use cedar_policy::{Policy, PolicyId};

use crate::rules::{Clause, Does, Rule, Wanted};
use crate::words::Words;

/// One policy of a rule; a gate has three.
#[derive(Clone, Debug)]
pub struct Part {
    /// `ND-M3`, `ND-M3 require`.
    pub name: String,
    /// As the rule means it.
    pub policy: Policy,
    /// The same condition under a permit.
    pub as_permit: Policy,
    /// Whether it has a say in Cedar's own decision.
    pub decides: bool,
}

pub fn parts(rule: &Rule, words: &Words) -> Vec<Part> {
    let part = |name: &str, effect: &str, when: &[Clause], unless: &[Clause]| {
        let name = if name.is_empty() { rule.id.clone() } else { format!("{} {name}", rule.id) };
        let parse = |effect: &str| {
            let text = policy(effect, &rule.on, when, unless, words);
            Policy::parse(Some(PolicyId::new(&name)), &text).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"))
        };
        let decides = matches!(rule.does, Does::Permit | Does::Forbid);
        Part { policy: parse(effect), as_permit: parse("permit"), decides, name }
    };
    let effect = if rule.does == Does::Forbid { "forbid" } else { "permit" };
    let mut parts = vec![part("", effect, &rule.when, &rule.unless)];
    match &rule.does {
        Does::Gate { require, pass_if, .. } => {
            parts.push(part("require", "permit", require, &[]));
            parts.push(part("pass_if", "permit", pass_if, &[]));
        }
        Does::Standing { paused_when } => parts.push(part("paused", "permit", paused_when, &[])),
        _ => {}
    }
    parts
}

fn policy(effect: &str, on: &[String], when: &[Clause], unless: &[Clause], words: &Words) -> String {
    let on: Vec<String> = on.iter().map(|action| format!("Action::\"{action}\"")).collect();
    let scope = match on.as_slice() {
        [one] => format!("action == {one}"),
        several => format!("action in [{}]", several.join(", ")),
    };
    let unless = if unless.is_empty() { String::new() } else { format!("\nunless {{ {} }}", any(unless, words)) };
    format!("{effect} (principal, {scope}, resource)\nwhen {{ {} }}{unless};", any(when, words))
}

fn any(clauses: &[Clause], words: &Words) -> String {
    let all = |clause: &Clause| match clause.as_slice() {
        [] => "true".to_owned(),
        terms => {
            let terms: Vec<String> = terms.iter().map(|term| condition(term.field, &term.wanted, words)).collect();
            format!("({})", terms.join(" && "))
        }
    };
    match clauses {
        [] => "false".to_owned(),
        clauses => clauses.iter().map(all).collect::<Vec<_>>().join(" || "),
    }
}

fn condition(field: usize, wanted: &Wanted, words: &Words) -> String {
    let value = format!("context[\"{}\"]", words.fields[field].name);
    let one_of = |values: &[i64]| match values {
        [one] => format!("{value} == {}", words.written(field, *one)),
        several => {
            let several: Vec<String> = several.iter().map(|value| words.written(field, *value)).collect();
            format!("[{}].contains({value})", several.join(", "))
        }
    };
    match wanted {
        Wanted::OneOf(values) => one_of(values),
        Wanted::NoneOf(values) => format!("!({})", one_of(values)),
        Wanted::Between { over, under } => {
            let over = over.map(|over| format!("{value} > {over}"));
            let under = under.map(|under| format!("{value} < {under}"));
            over.into_iter().chain(under).collect::<Vec<_>>().join(" && ")
        }
    }
}

/// What the whole reads like: one rule of each sort.
#[test]
fn a_rule_is_the_policy_one_would_write_by_hand() {
    let words = Words::read(include_str!("../../../rulebooks/vocabulary.toml"));
    let rules = crate::rules::read(&[include_str!("../../../rulebooks/operating-policy.toml").to_owned()], &words);
    let rule = rules.iter().find(|rule| rule.id == "OP-2c").expect("the rule of calls at night");
    let text = policy("permit", &rule.on, &rule.when, &rule.unless, &words);
    assert_eq!(
        text,
        "permit (principal, action == Action::\"post:status_change\", resource)\n\
         when { ([\"doctor\", \"dentist\", \"nurse\", \"pharmacist\", \"dental_hygienist\", \"rehab\", \"care_manager\", \
         \"helper\", \"msw\", \"equipment_adviser\", \"municipality\"].contains(context[\"actor.role\"]) && \
         context[\"record.phoned\"] == false && !(context[\"record.topic\"] == \"other\") && \
         [\"night\", \"holiday\"].contains(context[\"time.band\"])) }\n\
         unless { (context[\"record.urgent\"] == true) };"
    );
}
