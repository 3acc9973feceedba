//! What is odd about a sound rulebook as a whole, found exactly by intersecting and subtracting boxes. Told by
//! `rulebook analyse`; a finding refuses nothing. What concerns duties is in `analyse_duties`.

use super::analyse_duties;
use super::book::Rulebook;
use super::locate::Located;
use super::problem::Place;
use super::region::{self, Cell, TooComplicated};
use super::ruleset::{Rule, Ruleset};
use super::vocabulary::positions;
use super::words::{Action, Effect, Layer};
use crate::domain::kind::Kind;
use crate::domain::text::Text;

pub(crate) const ACTIONS: [Action; 2] = [Action::View, Action::Post];

/// The values of a flag that is not set, as a set of positions.
const FLAG_IS_FALSE: u64 = 0b01;

/// One oddity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub code: &'static str,
    /// The rules it is about; empty where it is about the book.
    pub rules: Vec<String>,
    pub at: Option<Located>,
    pub text: Text,
}

impl Finding {
    pub(crate) fn at(mut self, place: Place, book: &Rulebook) -> Self {
        self.at = Some(book.locate(place));
        self
    }
}

/// The `share` rules of a book as boxes, made once.
pub(crate) struct Shares<'a> {
    pub permits: Vec<(&'a Ruleset, &'a Rule, [Vec<Cell>; 2])>,
    pub forbids: Vec<(&'a Ruleset, &'a Rule, [Vec<Cell>; 2])>,
}

impl Rulebook {
    /// Everything odd, rule by rule.
    ///
    /// # Errors
    /// The message for the author, when the conditions are too many to subtract.
    pub fn analyse(&self) -> Result<Vec<Finding>, Text> {
        self.findings().map_err(|TooComplicated| {
            Text::fixed(
                "条件の組合せが多すぎて調べられません。ルールを分けてください",
                "too many combinations to analyse; split the rules",
            )
        })
    }

    fn findings(&self) -> Result<Vec<Finding>, TooComplicated> {
        let shares = self.shares()?;
        let mut found = Vec::new();
        self.find_cancelled_permits(&shares, &mut found)?;
        self.find_undeclared_overlaps(&shares, &mut found);
        self.find_unreachable_rules(&shares, &mut found)?;
        self.find_kinds_nobody_posts(&shares, &mut found)?;
        analyse_duties::find(self, &shares, &mut found)?;
        Ok(found)
    }

    pub(crate) fn shares(&self) -> Result<Shares<'_>, TooComplicated> {
        let mut shares = Shares { permits: Vec::new(), forbids: Vec::new() };
        for (_, set, rule) in self.rules() {
            let Some(share) = rule.mechanism.share() else { continue };
            let [view, post] =
                ACTIONS.map(|action| region::of_rule(&share.applies, action, &self.vocabulary, &self.grid));
            let cells = [view?, post?];
            match share.effect {
                Effect::Permit => shares.permits.push((set, rule, cells)),
                Effect::Forbid => shares.forbids.push((set, rule, cells)),
                Effect::Queue | Effect::Bound => {}
            }
        }
        Ok(shares)
    }

    pub(crate) fn finding(&self, code: &'static str, rules: &[&Rule], text: Text) -> Finding {
        let at = rules.first().map(|rule| self.locate(rule.place));
        Finding { code, rules: rules.iter().map(|rule| rule.id.clone()).collect(), at, text }
    }

    fn find_cancelled_permits(&self, shares: &Shares<'_>, found: &mut Vec<Finding>) -> Result<(), TooComplicated> {
        for (_, permit, cells) in &shares.permits {
            let mut left = 0;
            for action in ACTIONS {
                left += shares.left_of(cells[action as usize].clone(), action, self)?.len();
            }
            if left == 0 {
                let text = Text::new(
                    format!("許可 {}「{}」は、いつも禁止に打ち消されます", permit.id, permit.title.ja),
                    format!("the permit {} \"{}\" is always cancelled by a forbid", permit.id, permit.title.en),
                );
                found.push(self.finding("permit-always-cancelled", &[permit], text));
            }
        }
        Ok(())
    }

    fn find_undeclared_overlaps(&self, shares: &Shares<'_>, found: &mut Vec<Finding>) {
        for (layer, forbid, forbidden) in &shares.forbids {
            let overrides = &forbid.mechanism.share().expect("a forbid is a share rule").overrides;
            for (other, permit, permitted) in &shares.permits {
                // The floor was there first: it need not name what a region adds.
                let is_added = layer.layer == Layer::Floor && other.layer != Layer::Floor;
                if is_added || overrides.iter().any(|(id, _)| *id == permit.id) {
                    continue;
                }
                let witness = ACTIONS.into_iter().find_map(|action| {
                    let (these, those) = (&forbidden[action as usize], &permitted[action as usize]);
                    let both = these.iter().find_map(|this| those.iter().find_map(|that| this.meet(that)))?;
                    Some(region::witness(&both, action, &self.vocabulary))
                });
                if let Some(witness) = witness {
                    let text = Text::new(
                        format!(
                            "禁止 {} は許可 {} と重なりますが、優先に書かれていません。例：{}",
                            forbid.id, permit.id, witness.ja
                        ),
                        format!(
                            "the forbid {} meets the permit {} without naming it, for example: {}",
                            forbid.id, permit.id, witness.en
                        ),
                    );
                    found.push(self.finding("undeclared-overlap", &[forbid, permit], text));
                }
            }
        }
    }

    /// Gates, duties and nudges about posts that nobody may make.
    fn find_unreachable_rules(&self, shares: &Shares<'_>, found: &mut Vec<Finding>) -> Result<(), TooComplicated> {
        for (_, _, rule) in self.rules().filter(|(_, _, rule)| rule.mechanism.share().is_none()) {
            let Some(applies) = rule.mechanism.applies() else { continue };
            let cells = region::of_rule(applies, Action::Post, &self.vocabulary, &self.grid)?;
            if !shares.may_happen(&cells, Action::Post, self)? {
                let text = Text::new(
                    format!("{}「{}」が語る投稿は、だれにも許されていません", rule.id, rule.title.ja),
                    format!("nobody may post what {} \"{}\" speaks of", rule.id, rule.title.en),
                );
                found.push(self.finding("never-applies", &[rule], text));
            }
        }
        Ok(())
    }

    fn find_kinds_nobody_posts(&self, shares: &Shares<'_>, found: &mut Vec<Finding>) -> Result<(), TooComplicated> {
        for at in positions(self.vocabulary.kinds.full()) {
            // The course of a duty is the hub's to write, by no rule.
            if at == Kind::DutyStep.index() as u8 {
                continue;
            }
            let cell = Cell { kinds: 1 << at, sides: Vec::new() };
            if shares.may_happen(&[cell], Action::Post, self)? {
                continue;
            }
            let Some(kind) = self.vocabulary.kinds.entry(at) else { continue };
            let text = Text::new(
                format!("「{}」を書くことは、だれにも許されていません", kind.label.ja),
                format!("nobody may post '{}'", kind.label.en),
            );
            found.push(Finding { code: "nobody-may-post", rules: Vec::new(), at: None, text });
        }
        Ok(())
    }
}

impl Shares<'_> {
    /// What the forbids leave of these cells.
    pub fn left_of(&self, cells: Vec<Cell>, action: Action, book: &Rulebook) -> Result<Vec<Cell>, TooComplicated> {
        self.forbids.iter().try_fold(cells, |left, (_, _, forbidden)| {
            if left.is_empty() { Ok(left) } else { region::subtract(left, &forbidden[action as usize], &book.grid) }
        })
    }

    /// Whether any event of these cells is permitted and not forbidden.
    pub fn may_happen(&self, cells: &[Cell], action: Action, book: &Rulebook) -> Result<bool, TooComplicated> {
        for (_, _, permitted) in &self.permits {
            for permit in &permitted[action as usize] {
                for both in cells.iter().filter_map(|cell| cell.meet(permit)) {
                    if !self.left_of(vec![both], action, book)?.is_empty() {
                        return Ok(true);
                    }
                }
            }
        }
        Ok(false)
    }
}

/// What a role may do with a kind, whatever the circumstances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// Position in the vocabulary's roles.
    pub role: u8,
    pub kind: Kind,
    /// In some circumstances, by some rule.
    pub may_view: bool,
    /// What may be viewed is of the viewer's own office.
    pub views_own_only: bool,
    pub may_post: bool,
    /// Gates, duties and nudges that speak of such a post by this role.
    pub rules: usize,
}

impl Rulebook {
    /// The table role × kind, for people to look for what is missing or too much.
    ///
    /// # Errors
    /// When the conditions are too many to subtract.
    pub fn coverage(&self) -> Result<Vec<Coverage>, Text> {
        let table = || -> Result<Vec<Coverage>, TooComplicated> {
            let shares = self.shares()?;
            let Some(field) = self.vocabulary.find_field(super::facts::ROLE) else { return Ok(Vec::new()) };
            let own = self.vocabulary.find_field(super::facts::OWN);
            let events: Vec<Vec<Cell>> = self
                .rules()
                .filter(|(_, _, rule)| rule.mechanism.share().is_none())
                .filter_map(|(_, _, rule)| rule.mechanism.applies())
                .map(|applies| region::of_rule(applies, Action::Post, &self.vocabulary, &self.grid))
                .collect::<Result<_, _>>()?;
            let mut table = Vec::new();
            for role in positions(self.vocabulary.roles.full()) {
                for (at, kind) in Kind::ALL.iter().enumerate() {
                    let cell = Cell { kinds: 1 << at, sides: vec![(field, 1 << role)] };
                    let speaks = |cells: &&Vec<Cell>| cells.iter().any(|other| other.meet(&cell).is_some());
                    let may = |cell: &Cell, action| shares.may_happen(std::slice::from_ref(cell), action, self);
                    let may_view = may(&cell, Action::View)?;
                    let of_others = own.and_then(|own| cell.narrowed(own, FLAG_IS_FALSE));
                    let sees_others = of_others.map_or(Ok(may_view), |cell| may(&cell, Action::View))?;
                    table.push(Coverage {
                        role,
                        kind: *kind,
                        may_view,
                        views_own_only: may_view && !sees_others,
                        may_post: may(&cell, Action::Post)?,
                        rules: events.iter().filter(speaks).count(),
                    });
                }
            }
            Ok(table)
        };
        table().map_err(|TooComplicated| Text::fixed("条件の組合せが多すぎます", "too many combinations"))
    }
}
