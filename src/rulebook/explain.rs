//! Why: the reasons of a judgement in words, made when somebody asks, from the labels of the
//! vocabulary and the values of the event. Nothing here is stored and nothing here decides.

use super::book::Rulebook;
use super::facts::{OWN_OFFICE, PURPOSE, ROLE};
use super::judge::{Judgement, RuleRef, Verdict};
use super::phrase::{fact, in_brackets, statement};
use super::ruleset::{Clause, Rule, Share};
use super::slots::Slots;
use super::words::{Action, Effect, From};
use crate::domain::kind::Kind;
use crate::domain::ruling::{Ruling, rule_id};
use crate::domain::text::Text;

/// Most near misses told; more would not be read.
const NEAR_MISSES_TOLD_MAX: usize = 2;

/// The values of a flag that is set, as a set of positions.
const FLAG_IS_TRUE: u64 = 0b10;

/// What only a patient's page has.
const TEAM: [&str; 3] = ["actor.on_team", "actor.organisation_on_team", "actor.is_host"];

/// The answer to "why?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    pub verdict: Verdict,
    pub reasons: Vec<Reason>,
    /// When nothing permits it: what would have, but for a condition. The nearest first.
    pub near_misses: Vec<NearMiss>,
}

/// One cited rule with the facts that brought it into effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub citation: String,
    pub text: Text,
}

/// A permit that would apply if some conditions were met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    pub rule: RuleRef,
    pub citation: String,
    pub title: Text,
    /// What is so, and would have to be otherwise.
    pub obstacles: Vec<Text>,
}

/// The ruling was made under another rulebook; load that one from its stored sources.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ruling was made under another rulebook ({cited})")]
pub struct OtherBook {
    pub cited: String,
}

impl Explanation {
    /// All of it as one text, a sentence or two per reason.
    pub fn text(&self) -> Text {
        let mut ja: Vec<String> = self.reasons.iter().map(|reason| reason.text.ja.to_string()).collect();
        let mut en: Vec<String> = self.reasons.iter().map(|reason| reason.text.en.to_string()).collect();
        for miss in &self.near_misses {
            let obstacles_ja: Vec<_> = miss.obstacles.iter().map(|text| text.ja.as_ref()).collect();
            let obstacles_en: Vec<_> = miss.obstacles.iter().map(|text| text.en.as_ref()).collect();
            let id = rule_id(&miss.citation);
            ja.push(format!(
                "{id}「{}」に当てはまれば認められますが、今は{}ため当てはまりません。",
                miss.title.ja,
                obstacles_ja.join("、")
            ));
            en.push(format!("{id} \"{}\" would permit it, but: {}.", miss.title.en, obstacles_en.join("; ")));
        }
        Text::new(ja.join("\n"), en.join("\n"))
    }
}

/// A forbid that fires because its facts are not known to be otherwise.
fn in_doubt(rule: &Rule, facts: &[Text]) -> Text {
    let facts = in_brackets(facts);
    Text::new(
        format!("{}「{}」に当たるおそれがあるため、念のため認められません。{}", rule.id, rule.title.ja, facts.ja),
        format!("{} \"{}\" may apply, so it is refused to be safe.{}", rule.id, rule.title.en, facts.en),
    )
}

impl Rulebook {
    /// Explains a judgement just made.
    pub fn explain(&self, action: Action, kind: Kind, judgement: &Judgement, slots: &Slots) -> Explanation {
        let cited = judgement.cited.as_slice();
        let reasons = cited.iter().map(|cited| Reason {
            citation: self.citation(*cited).to_string(),
            text: self.reason(*cited, action, kind, slots),
        });
        let by_default = judgement.verdict == Verdict::Quarantine || cited == [RuleRef::DEFAULT_DENY];
        let near_misses = if by_default { self.near_misses(action, kind, slots) } else { Vec::new() };
        Explanation { verdict: judgement.verdict, reasons: reasons.collect(), near_misses }
    }

    /// Explains a stored ruling from its own facts.
    ///
    /// # Errors
    /// If this is not the book that made it.
    pub fn explain_ruling(&self, action: Action, kind: Kind, ruling: &Ruling) -> Result<Explanation, OtherBook> {
        let first = || OtherBook { cited: ruling.cited.first().map(ToString::to_string).unwrap_or_default() };
        let slots = self.slots_of(ruling).ok_or_else(first)?;
        let judgement = self.judge(action, kind, &slots);
        // Deciding is a function of book and slots: another answer means another book.
        let same = judgement.cited.as_slice().iter().map(|cited| self.citation(*cited)).eq(&ruling.cited);
        if same { Ok(self.explain(action, kind, &judgement, &slots)) } else { Err(first()) }
    }

    fn reason(&self, cited: RuleRef, action: Action, kind: Kind, slots: &Slots) -> Text {
        let Some((_, rule)) = self.rule(cited) else { return self.builtin_reason(cited, action, kind, slots) };
        let Some(share) = rule.mechanism.share() else { return rule.reason.clone() };
        let (facts, is_certain) = self.facts_behind(share, slots);
        let (by_ja, by_en) = match share.effect {
            Effect::Permit => ("により認められます", "permits it"),
            // Its own reason would state as fact what nobody knows.
            Effect::Forbid if !is_certain => return in_doubt(rule, &facts),
            Effect::Forbid => ("により認められません", "forbids it"),
            Effect::Queue => ("により、紐付けを待つ間お預かりします", "keeps it until the link is made"),
            Effect::Bound => ("が上限です", "is the bound"),
        };
        let facts = in_brackets(&facts);
        Text::new(
            format!("{}「{}」{by_ja}。{}{}", rule.id, rule.title.ja, rule.reason.ja, facts.ja),
            format!("{} \"{}\" {by_en}. {}{}", rule.id, rule.title.en, rule.reason.en, facts.en),
        )
    }

    fn builtin_reason(&self, cited: RuleRef, action: Action, kind: Kind, slots: &Slots) -> Text {
        if cited == RuleRef::EVALUATION_ERROR {
            return Text::fixed(
                "事実とルールの言葉が合わないため判断できず、認められません。事務局へお知らせください。",
                "The facts do not fit the words of the rules, so it is refused. Please tell the secretariat.",
            );
        }
        let label = self.vocabulary.kinds.entry(kind.index() as u8).map(|entry| &entry.label);
        let (ja, en) = label.map_or((kind.ja(), kind.en()), |label| (&label.ja, &label.en));
        let role = self.vocabulary.find_field(ROLE).map(|role| slots.possible(role));
        let here = match self.is_own_office(slots) {
            true => Text::fixed("自分の所属のページでの", " on the own office's page"),
            false => Text::fixed("", ""),
        };
        if let Some(role) =
            role.filter(|role| role.is_power_of_two() && self.near_misses(action, kind, slots).is_empty())
        {
            let role = self.vocabulary.roles.label_of(role);
            let others = self.for_others(action, kind, slots);
            return Text::new(
                format!(
                    "{}「{ja}」の{}を、「{}」に認めるルールはありません。{}",
                    here.ja,
                    action.ja(),
                    role.ja,
                    others.ja
                ),
                format!("No rule permits '{}' to {} '{en}'{}.{}", role.en, action.code(), here.en, others.en),
            );
        }
        Text::new(
            format!("この場合の「{ja}」の{}を認めるルールがありません。", action.ja()),
            format!("No rule permits to {} '{en}' here.", action.code()),
        )
    }

    /// Who may, where all that stands in the way is the role: " (FL-25: the secretariat may)". Empty where nobody.
    fn for_others(&self, action: Action, kind: Kind, slots: &Slots) -> Text {
        let fields = [self.vocabulary.find_field(ROLE), self.vocabulary.find_field(PURPOSE)];
        let told = self.permits_of(action, kind).find_map(|(_, rule, share)| {
            let is_by_role = |clause: &&Clause| {
                let unmet = self.unmet(clause, slots);
                unmet.iter().all(|field| fields.contains(&Some(*field)))
                    && fields[0].is_some_and(|role| unmet.contains(&role))
            };
            let clause = share.applies.when.iter().find(is_by_role)?;
            let role = clause.terms.iter().find(|term| Some(term.field) == fields[0])?;
            let roles = self.vocabulary.roles.label_of(self.grid.positions(&self.vocabulary, role));
            Some(Text::new(
                format!("{}「{}」により、{}ならできます。", rule.id, rule.title.ja, roles.ja),
                format!(" {} \"{}\" permits it to: {}.", rule.id, rule.title.en, roles.en),
            ))
        });
        told.unwrap_or_else(|| Text::fixed("", ""))
    }

    /// The permits that speak of this action and kind.
    fn permits_of(&self, action: Action, kind: Kind) -> impl Iterator<Item = (RuleRef, &Rule, &Share)> {
        let speaks = move |share: &&Share| {
            share.effect == Effect::Permit && share.applies.on.of(action) >> kind.index() & 1 == 1
        };
        self.rules().filter_map(move |(cited, _, rule)| Some((cited, rule, rule.mechanism.share().filter(speaks)?)))
    }

    /// Whether it is certain that this is about an office and its own people, not about a patient.
    fn is_own_office(&self, slots: &Slots) -> bool {
        self.vocabulary.find_field(OWN_OFFICE).is_some_and(|field| slots.possible(field) == FLAG_IS_TRUE)
    }

    /// The values of the fields that the nearest clause asks about, as statements, and whether it holds for certain.
    fn facts_behind(&self, share: &Share, slots: &Slots) -> (Vec<Text>, bool) {
        let nearest = share.applies.when.iter().map(|clause| (self.unmet(clause, slots), clause));
        let Some((unmet, clause)) = nearest.min_by_key(|(unmet, _)| unmet.len()) else { return (Vec::new(), true) };
        let say = |field: usize| fact(&self.vocabulary.fields[field], field, slots);
        (clause.terms.iter().map(|term| say(term.field)).collect(), unmet.is_empty())
    }

    /// The fields of a clause that are not certain to have a wanted value.
    fn unmet(&self, clause: &Clause, slots: &Slots) -> Vec<usize> {
        let unmet = clause
            .terms
            .iter()
            .filter(|term| slots.possible(term.field) & !self.grid.positions(&self.vocabulary, term) != 0);
        unmet.map(|term| term.field).collect()
    }

    /// The permits for this action and kind that lack least, if the actor's role is not what they lack.
    /// What the reader or patient lacks comes before what the record is: that can be mended.
    pub fn near_misses(&self, action: Action, kind: Kind, slots: &Slots) -> Vec<NearMiss> {
        let role = self.vocabulary.find_field(ROLE);
        let mut misses: Vec<((usize, bool), NearMiss)> = Vec::new();
        // Nobody gets onto the team of an office, nor agrees there as a patient.
        let is_out_of_reach = |field: &usize| {
            let code = self.vocabulary.fields[*field].code.as_str();
            TEAM.contains(&code) || self.vocabulary.fields[*field].from == From::Patient
        };
        let is_own_office = self.is_own_office(slots);
        for (cited, rule, share) in self.permits_of(action, kind) {
            let is_of_record = |field: &usize| self.vocabulary.fields[*field].from == From::Record;
            let distance = |unmet: &Vec<usize>| (unmet.len(), unmet.iter().any(is_of_record));
            let clauses = share.applies.when.iter().map(|clause| self.unmet(clause, slots));
            let open_to_role = clauses.filter(|unmet| {
                role.is_none_or(|role| !unmet.contains(&role)) && !(is_own_office && unmet.iter().any(is_out_of_reach))
            });
            if let Some(unmet) = open_to_role.min_by_key(distance) {
                misses.push((distance(&unmet), self.near_miss(cited, rule, share, &unmet, slots)));
            }
        }
        let nearest = misses.iter().map(|(distance, _)| *distance).min();
        misses.retain(|(distance, _)| Some(*distance) == nearest);
        misses.truncate(NEAR_MISSES_TOLD_MAX);
        misses.into_iter().map(|(_, miss)| miss).collect()
    }

    fn near_miss(&self, cited: RuleRef, rule: &Rule, share: &Share, unmet: &[usize], slots: &Slots) -> NearMiss {
        let state = |field: usize| statement(&self.vocabulary.fields[field], field, slots);
        let mut obstacles: Vec<Text> = unmet.iter().map(|field| state(*field)).collect();
        for exception in &share.applies.unless {
            let may_hold = exception
                .terms
                .iter()
                .all(|term| slots.possible(term.field) & self.grid.positions(&self.vocabulary, term) != 0);
            if may_hold {
                obstacles.extend(exception.terms.iter().map(|term| state(term.field)));
            }
        }
        NearMiss { rule: cited, citation: rule.citation.to_string(), title: rule.title.clone(), obstacles }
    }
}
