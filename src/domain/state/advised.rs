//! What the rules advised the secretariat about a patient: the newest of each rule, for its list. Part of the state.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::body::Body;
use crate::domain::entry::Entry;
use crate::domain::ids::EntryId;
use crate::domain::ruling::rule_id;
use crate::domain::time::Timestamp;
use crate::limits;

/// One piece of advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advised {
    /// `RULE@set/version#hash`.
    pub rule: Arc<str>,
    /// The entry that drew it, also where a correction of it did.
    pub entry: EntryId,
    pub at: Timestamp,
}

/// See the module; by the id of the rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Advice {
    pub(crate) by_rule: BTreeMap<String, Advised>,
}

impl Advice {
    /// What was advised, by rule.
    pub fn iter(&self) -> impl Iterator<Item = &Advised> {
        self.by_rule.values()
    }

    /// When something was advised last.
    #[must_use]
    pub fn newest(&self) -> Option<Timestamp> {
        self.iter().map(|advised| advised.at).max()
    }

    /// Takes an entry in.
    pub(super) fn take(&mut self, entry: &Entry) {
        let target = entry.body.target();
        let drawn_by = match &entry.body {
            Body::Correction(correction) => correction.target,
            _ => entry.id,
        };
        if let Some(target) = target.filter(|_| matches!(entry.body, Body::Retraction(_) | Body::Correction(_))) {
            // What is said in its place is asked anew.
            self.by_rule.retain(|_, advised| advised.entry != target);
        }
        for rule in entry.ruling.to_secretariat() {
            let advised = Advised { rule: Arc::clone(rule), entry: drawn_by, at: entry.recorded_at };
            self.by_rule.insert(rule_id(rule).to_owned(), advised);
        }
        while self.by_rule.len() > limits::ADVISED_RULES_STANDING_MAX {
            let oldest = self.by_rule.iter().min_by_key(|(_, advised)| advised.at).map(|(rule, _)| rule.clone());
            let Some(oldest) = oldest else { break };
            self.by_rule.remove(&oldest);
        }
    }
}
