//! The search index of registered patients. Lives in memory only: in the database names are sealed.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use jiff::civil::Date;

use crate::domain::identifying::{Identifying, KnownName, Searched};
use crate::domain::ids::PatientId;
use crate::domain::patient::{HumanName, Identifier, Registration};
use crate::domain::search::{fold, plain};
use crate::limits;

/// All registered patients by what people search for.
#[derive(Debug, Default)]
pub struct PatientIndex {
    cards: RwLock<HashMap<PatientId, Card>>,
}

#[derive(Debug)]
struct Card {
    keys: [String; 2],
    registration: Registration,
}

/// What somebody looks for; all that is given must match.
#[derive(Clone, Debug, Default)]
pub struct PatientQuery {
    /// Part of the name in kanji or kana; width, script, voiced marks and spaces do not count.
    pub name: String,
    pub birth_date: Option<Date>,
    /// An identifier's value, with its system or without.
    pub identifier: Option<(Option<String>, String)>,
}

impl PatientIndex {
    /// An index of these patients.
    #[must_use]
    pub fn of(patients: impl IntoIterator<Item = (PatientId, Registration)>) -> Self {
        let index = Self::default();
        patients.into_iter().for_each(|(patient, registration)| index.put(patient, &registration));
        index
    }

    /// Takes a new or changed registration in.
    pub fn put(&self, patient: PatientId, registration: &Registration) {
        let keys = [fold(&registration.name.kanji), fold(&registration.name.kana)];
        let card = Card { keys, registration: registration.clone() };
        self.cards.write().unwrap_or_else(PoisonError::into_inner).insert(patient, card);
    }

    /// Forgets a patient.
    pub fn remove(&self, patient: PatientId) {
        self.cards.write().unwrap_or_else(PoisonError::into_inner).remove(&patient);
    }

    /// The patient's registration.
    #[must_use]
    pub fn find(&self, patient: PatientId) -> Option<Registration> {
        let cards = self.cards.read().unwrap_or_else(PoisonError::into_inner);
        cards.get(&patient).map(|card| card.registration.clone())
    }

    /// Whether this is nobody, registered for training.
    #[must_use]
    pub fn is_for_training(&self, patient: PatientId) -> bool {
        let cards = self.cards.read().unwrap_or_else(PoisonError::into_inner);
        cards.get(&patient).is_some_and(|card| card.registration.for_training)
    }

    /// Those of `among` that match, by kana, at most [`limits::SEARCH_RESULTS_MAX`], and whether there are more.
    #[must_use]
    pub fn search(&self, query: &PatientQuery, among: impl Fn(PatientId) -> bool) -> (Vec<PatientId>, bool) {
        let name = fold(&query.name);
        let cards = self.cards.read().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<(&str, PatientId)> = cards
            .iter()
            .filter(|(patient, card)| among(**patient) && card.matches(&name, query))
            .map(|(patient, card)| (card.keys[1].as_str(), *patient))
            .collect();
        found.sort_unstable();
        let more = found.len() > limits::SEARCH_RESULTS_MAX;
        (found.into_iter().take(limits::SEARCH_RESULTS_MAX).map(|(_, patient)| patient).collect(), more)
    }

    /// Those of exactly this name, in kanji or in kana, and this birth date, at most [`limits::EMERGENCY_FOUND_PATIENTS_MAX`].
    /// Width, spaces and the script of kana do not count; everything else does.
    #[must_use]
    pub fn find_exactly(&self, name: &str, birth_date: Date) -> Vec<(PatientId, HumanName)> {
        let name = plain(name);
        let cards = self.cards.read().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<(PatientId, HumanName)> = cards
            .iter()
            .filter(|(_, card)| !card.registration.for_training)
            .filter(|(_, card)| card.registration.birth_date == birth_date && card.is_named(&name))
            .map(|(patient, card)| (*patient, card.registration.name.clone()))
            .collect();
        found.sort_unstable_by_key(|(patient, _)| *patient);
        found.truncate(limits::EMERGENCY_FOUND_PATIENTS_MAX);
        found
    }

    /// Where a text names one of `among`, or says a number that they are known by.
    #[must_use]
    pub fn find_in(&self, text: &Searched<'_>, among: impl Fn(PatientId) -> bool) -> Vec<Identifying> {
        let cards = self.cards.read().unwrap_or_else(PoisonError::into_inner);
        let real = cards.iter().filter(|(patient, card)| !card.registration.for_training && among(**patient));
        let registrations = real.map(|(_, card)| &card.registration);
        let found = registrations.flat_map(|registration| {
            let HumanName { kanji, kana } = &registration.name;
            let named = text.find_name(&KnownName { kanji, kana });
            named.into_iter().chain(registration.identifiers.iter().filter_map(|id| text.find_number(&id.value)))
        });
        found.collect()
    }

    /// How many patients are registered.
    #[must_use]
    pub fn count(&self) -> usize {
        self.cards.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Card {
    fn is_named(&self, name: &str) -> bool {
        let HumanName { kanji, kana } = &self.registration.name;
        !name.is_empty() && [kanji, kana].into_iter().any(|own| plain(own) == name)
    }

    fn matches(&self, name: &str, query: &PatientQuery) -> bool {
        let named = name.is_empty() || self.keys.iter().any(|key| key.contains(name));
        let born = query.birth_date.is_none_or(|date| date == self.registration.birth_date);
        let identified = query.identifier.as_ref().is_none_or(|(system, value)| {
            let same = |known: &Identifier| {
                known.value == *value && system.as_ref().is_none_or(|system| *system == known.system)
            };
            self.registration.identifiers.iter().any(same)
        });
        named && born && identified
    }
}
