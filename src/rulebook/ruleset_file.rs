//! Reads one rule set: header and rules, each mistake at its place. What rules mean together is
//! checked by `compose`. Called by `load`.

use std::sync::Arc;

use jiff::civil::Date;

use super::condition;
use super::mechanism_file;
use super::mistake::Mistake;
use super::problem::{Findings, Place};
use super::ruleset::{Applies, Clause, Mechanism, On, Rule, Ruleset, Share, Signatory, Signature};
use super::suggest::nearest;
use super::table::{Item, Table};
use super::vocabulary::{Vocabulary, positions};
use super::vocabulary_file::word_in;
use super::words::{Action, Effect, Layer, Origin, RuleKind, Status, Strength, Word, key};
use crate::domain::text::Text;
use crate::limits::RULEBOOK_ID_BYTES_MAX;

/// Gives the rule set as far as it could be read; it is right only if nothing was found.
pub(crate) fn read(
    mut file: Table<'_, '_>,
    hash: String,
    vocabulary: &Vocabulary,
    findings: &mut Findings<'_>,
) -> Option<Ruleset> {
    let header = file.require(key::RULESET, findings).and_then(|item| item.table(findings));
    // A region writes its own rules in Japanese beside those it copied.
    let rules = file.find_each(key::RULE);
    if rules.is_empty() {
        findings.add(file.place, Mistake::MissingKey { key: key::RULE.code, key_ja: key::RULE.ja });
    }
    let items: Vec<Item<'_, '_>> = rules.iter().filter_map(|item| item.list(findings)).flatten().collect();
    file.finish(findings);
    let mut set = read_header(header?, hash, vocabulary, findings);
    if rules.is_empty() {
        return None;
    }
    for item in items {
        let layer = set.as_ref().map_or(Layer::Floor, |set| set.layer);
        let Some(table) = item.table(findings) else { continue };
        let Some(mut rule) = read_rule(table, layer, vocabulary, findings) else { continue };
        if let Some(set) = &mut set {
            rule.citation = format!("{}@{}/{}#{}", rule.id, set.id, set.version, set.hash).into();
            set.rules.push(rule);
        }
    }
    set
}

fn read_header(
    mut header: Table<'_, '_>,
    hash: String,
    vocabulary: &Vocabulary,
    findings: &mut Findings<'_>,
) -> Option<Ruleset> {
    let place = header.place;
    let id = header.require_string(key::ID, findings);
    let version = header.require_string(key::VERSION, findings);
    let names = check_names(id, version, findings);
    let title = header.require_text(findings);
    let layer = header.require_word::<Layer>(key::LAYER, findings);
    let status = header.require_word::<Status>(key::STATUS, findings);
    let effective = header.require(key::EFFECTIVE, findings).and_then(|item| item.date(findings));
    let parent = header.find(key::PARENT).and_then(|item| item.string(findings)).map(str::to_owned);
    let agreed_by = header.require(key::AGREED_BY, findings);
    let signed_at = agreed_by.map_or(place, |item| item.place);
    let signatures: Vec<_> = agreed_by
        .and_then(|item| item.list(findings))
        .unwrap_or_default()
        .into_iter()
        .filter_map(|item| read_signature(item.table(findings)?, vocabulary, findings))
        .collect();
    let bodies = header.find(key::BODIES).and_then(|item| item.list(findings)).unwrap_or_default();
    let bodies =
        bodies.into_iter().filter_map(|item| read_signatory(item.table(findings)?, vocabulary, findings)).collect();
    let pair = read_pair(&mut header, layer.as_ref().map(|(layer, _)| *layer), vocabulary, findings);
    let review_by = header.find(key::REVIEW_BY).and_then(|item| read_review(item, effective, findings));
    header.finish(findings);
    match status {
        Some((Status::Seed, _)) if !signatures.is_empty() => findings.add(signed_at, Mistake::SeedIsSigned),
        Some((Status::Agreed, _)) if signatures.is_empty() => findings.add(signed_at, Mistake::AgreedUnsigned),
        _ => {}
    }
    let (id, version) = names?;
    Some(Ruleset {
        id,
        version,
        title: title?,
        layer: layer?.0,
        status: status?.0,
        effective: effective?,
        parent,
        agreed_by: signatures,
        bodies,
        between: pair,
        review_by,
        rules: Vec::new(),
        hash,
        agreement: String::new(),
        place,
    })
}

/// The two whom a set of etiquette is between; no other set is between anybody.
fn read_pair(
    header: &mut Table<'_, '_>,
    layer: Option<Layer>,
    vocabulary: &Vocabulary,
    findings: &mut Findings<'_>,
) -> Vec<String> {
    let between = header.find(key::BETWEEN);
    let what = Text::fixed("職種一覧", "role");
    let pair: Vec<String> = between
        .map(|item| item.elements(findings))
        .unwrap_or_default()
        .into_iter()
        .filter_map(|item| word_in(&vocabulary.roles, item, &what, findings))
        .flat_map(positions)
        .filter_map(|role| vocabulary.roles.entry(role).map(|entry| entry.code.clone()))
        .collect();
    let is_etiquette = layer == Some(Layer::Etiquette);
    let is_pair = matches!(pair.as_slice(), [one, other] if one != other);
    if is_etiquette && !is_pair || !is_etiquette && between.is_some() {
        findings.add(between.map_or(header.place, |item| item.place), Mistake::BadPair);
    }
    pair
}

/// The bodies look again at rules that were in effect.
fn read_review(item: Item<'_, '_>, effective: Option<Date>, findings: &mut Findings<'_>) -> Option<Date> {
    let by = item.date(findings)?;
    if let Some(effective) = effective.filter(|effective| by < *effective) {
        findings.add(item.place, Mistake::ReviewBeforeEffective { effective });
    }
    Some(by)
}

fn read_signatory(mut table: Table<'_, '_>, vocabulary: &Vocabulary, findings: &mut Findings<'_>) -> Option<Signatory> {
    let body = table.require_string(key::BODY, findings);
    let role = read_role(&mut table, vocabulary, findings);
    let person = table.find(key::PERSON).and_then(|item| item.string(findings)).map(str::to_owned);
    table.finish(findings);
    Some(Signatory { body: body?.0.to_owned(), role: role?, person })
}

fn read_role(table: &mut Table<'_, '_>, vocabulary: &Vocabulary, findings: &mut Findings<'_>) -> Option<String> {
    let item = table.require(key::ROLE, findings)?;
    let found = word_in(&vocabulary.roles, item, &Text::fixed("職種一覧", "role"), findings)?;
    Some(vocabulary.roles.entry(u8::try_from(found.trailing_zeros()).ok()?)?.code.clone())
}

fn read_signature(mut table: Table<'_, '_>, vocabulary: &Vocabulary, findings: &mut Findings<'_>) -> Option<Signature> {
    let body = table.require_string(key::BODY, findings);
    let role = read_role(&mut table, vocabulary, findings);
    let person = table.find(key::PERSON).and_then(|item| item.string(findings)).map(str::to_owned);
    let on = table.require(key::SIGNED_ON, findings).and_then(|item| item.date(findings));
    table.finish(findings);
    Some(Signature { body: body?.0.to_owned(), role: role?, person, on: on? })
}

fn read_rule(
    mut table: Table<'_, '_>,
    layer: Layer,
    vocabulary: &Vocabulary,
    findings: &mut Findings<'_>,
) -> Option<Rule> {
    let id = table.require_string(key::ID, findings).filter(|(id, place)| {
        let fits = is_id(id);
        if !fits {
            findings.add(*place, Mistake::BadId { id: (*id).to_owned() });
        }
        fits
    });
    let (kind, _) = table.require_word::<RuleKind>(key::KIND, findings)?;
    let title = table.require_text(findings);
    let strength = table.require_word::<Strength>(key::STRENGTH, findings);
    let origin = table.require_word::<Origin>(key::ORIGIN, findings);
    let reason = table.require_label(key::REASON, findings);
    let mechanism = if kind == RuleKind::Share {
        read_share(&mut table, layer, vocabulary, findings).map(Mechanism::Share)
    } else {
        let named = title.clone().unwrap_or_else(|| Text::fixed("", ""));
        mechanism_file::read(kind, &named, &mut table, vocabulary, findings)
    };
    table.finish(findings);
    Some(Rule {
        id: id?.0.to_owned(),
        title: title?,
        reason: reason?,
        strength: strength?.0,
        origin: origin?.0,
        mechanism: mechanism?,
        citation: Arc::from(""),
        place: id?.1,
    })
}

fn read_share(
    table: &mut Table<'_, '_>,
    layer: Layer,
    vocabulary: &Vocabulary,
    findings: &mut Findings<'_>,
) -> Option<Share> {
    let effect = table.require_word::<Effect>(key::EFFECT, findings);
    let (on, star) =
        table.require(key::ON, findings).map(|item| read_on(item, vocabulary, findings)).unwrap_or_default();
    let when_item = table.find(key::WHEN);
    let when = when_item.map_or_else(
        || vec![Clause { terms: Vec::new(), place: table.place }],
        |item| condition::read(item, on, vocabulary, findings),
    );
    let unless = table.find(key::UNLESS).map(|item| condition::read(item, on, vocabulary, findings));
    let (effect, effect_place) = effect?;
    let mut overrides = Vec::new();
    if effect == Effect::Forbid {
        let listed = table.require(key::OVERRIDES, findings).and_then(|item| item.list(findings));
        for item in listed.unwrap_or_default() {
            overrides.extend(item.string(findings).map(|id| (id.to_owned(), item.place)));
        }
    }
    if matches!(effect, Effect::Queue | Effect::Bound) && layer != Layer::Floor {
        let mistake = Mistake::EffectOnlyInFloor { effect: effect.code(), effect_ja: effect.ja() };
        findings.add(effect_place, mistake);
    }
    match (effect, star) {
        (Effect::Permit, Some(place)) => findings.add(place, Mistake::StarInPermit),
        (Effect::Queue | Effect::Bound, Some(place)) => findings.add(place, Mistake::StarOnlyInForbid),
        _ => {}
    }
    if effect == Effect::Permit {
        for clause in &when {
            let named =
                |term: &super::ruleset::Term| vocabulary.fields[term.field].code == super::facts::ROLE && !term.negated;
            if !clause.terms.iter().any(named) {
                findings.add(clause.place, Mistake::PermitWithoutRoles);
            }
        }
    }
    Some(Share { effect, applies: Applies { on, when, unless: unless.unwrap_or_default() }, overrides })
}

/// `view:vital`, `閲覧:バイタル`, `post:group:orders`, `view:*`; gives the place of a `*`, too.
pub(crate) fn read_on(item: Item<'_, '_>, vocabulary: &Vocabulary, findings: &mut Findings<'_>) -> (On, Option<Place>) {
    let mut on = On::default();
    let mut star = None;
    for element in item.elements(findings) {
        let Some(written) = element.string(findings) else { continue };
        let Some((action, kinds)) = written.split_once([':', '：']) else {
            let expected = Text::fixed("「閲覧:記録の種類」の形", "text of the form \"view:kind\"");
            element.wrong_type(expected, findings);
            continue;
        };
        let Some(action) = Action::find(action) else {
            let suggestion = nearest(action, Action::ALL.iter().flat_map(|(_, code, ja)| [*code, *ja]));
            let what = Text::fixed(Action::WHAT_JA, Action::WHAT);
            findings.add(element.place, Mistake::UnknownWord { what, word: action.to_owned(), suggestion });
            continue;
        };
        let set = if kinds == "*" {
            star = star.or(Some(element.place));
            Some(vocabulary.kinds.full())
        } else {
            let found = vocabulary.kinds.find(kinds);
            if found.is_none() {
                let spellings = vocabulary.kinds.spellings();
                let suggestion = nearest(kinds, spellings.iter().map(String::as_str));
                let what = Text::fixed("記録の種類", "kind");
                findings.add(element.place, Mistake::UnknownWord { what, word: kinds.to_owned(), suggestion });
            }
            found
        };
        match action {
            Action::View => on.view |= set.unwrap_or(0),
            Action::Post => on.post |= set.unwrap_or(0),
        }
    }
    (on, star)
}

fn is_id(id: &str) -> bool {
    let fits = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.');
    !id.is_empty() && id.len() <= RULEBOOK_ID_BYTES_MAX && id.chars().all(fits)
}

/// The id and version of a vocabulary or rule set, if both can stand in a citation.
pub(crate) fn check_names(
    id: Option<(&str, Place)>,
    version: Option<(&str, Place)>,
    findings: &mut Findings<'_>,
) -> Option<(String, String)> {
    if let Some((id, place)) = id.filter(|(id, _)| !is_id(id)) {
        findings.add(place, Mistake::BadId { id: id.to_owned() });
    }
    let is_version =
        |text: &str| text.split('.').count() == 3 && text.split('.').all(|part| part.parse::<u32>().is_ok());
    if let Some((version, place)) = version.filter(|(version, _)| !is_version(version)) {
        findings.add(place, Mistake::BadVersion { version: version.to_owned() });
    }
    Some((id?.0.to_owned(), version?.0.to_owned()))
}
