//! Pledge before use: who is signed in and may not go on before they, or their office, have pledged what the rules in force
//! ask of them. Asked for every request and for a socket that is held back; see decision 012 for whom it never holds back.

use std::sync::Arc;

use super::answer::Refused;
use super::region::Region;
use super::sessions::SignedIn;
use crate::domain::body::Body;
use crate::domain::entry::Intent;
use crate::domain::ids::{EntryId, OrganisationId};
use crate::domain::state::Office;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::rulebook::{NeverGiven, Pledger, Rulebook};
use crate::wire::codes::Code;

/// What somebody has to pledge before anything else is open to them; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBack {
    /// On whose timeline the pledges are posted.
    pub office: OrganisationId,
    pub pledges: Vec<Missing>,
}

/// A pledge that has to be given first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub citation: Arc<str>,
    pub title: Text,
    pub by: Pledger,
}

impl Region {
    /// What this sign-in has to pledge before anything else is open to it; `None`: it may go on.
    ///
    /// INVARIANT: a pledge that was given once holds nobody back when it has run out, nor does a rule that came into force
    /// after somebody began to pledge here, or after they signed in: nobody is cut off in the middle of care.
    #[must_use]
    pub fn held_back(&self, signed_in: &SignedIn) -> Option<HeldBack> {
        let (book, offices, actor) = (self.rulebook(), self.offices(), &signed_in.actor);
        let nothing_yet = Office::default();
        let office = offices.find(actor.organisation).unwrap_or(&nothing_yet);
        let missing = book.pledges_never_given(office, actor.person, actor.role);
        let holds = |NeverGiven { rule, by }: NeverGiven| {
            let (_, rule) = book.rule(rule)?;
            let since = self.asked_since(&book, |book| book.asks_pledge(&rule.id, by, actor.role));
            let was_at_work = office.pledging_since(by.giver(actor.person)).is_some_and(|first| first < since);
            let is_new = signed_in.since >= since && !was_at_work;
            is_new.then(|| Missing { citation: rule.citation.clone(), title: rule.title.clone(), by })
        };
        let pledges: Vec<Missing> = missing.into_iter().filter_map(holds).collect();
        (!pledges.is_empty()).then_some(HeldBack { office: actor.organisation, pledges })
    }

    /// Since when every rulebook up to the one in force asks for something, as far as the hub remembers.
    fn asked_since(&self, now: &Rulebook, asks: impl Fn(&Rulebook) -> bool) -> Timestamp {
        let (settled, past) = (self.settled_rulebook(), self.past_rules());
        let mut since = self.rules_since();
        if settled.fingerprint() != now.fingerprint() {
            if !asks(&settled) {
                return since;
            }
            since = past.since();
        }
        past.newest_first().take_while(|(_, book)| asks(book)).last().map_or(since, |(first, _)| first)
    }
}

impl HeldBack {
    /// Whether the post gives a pledge where it is to be given: the one thing that may be posted.
    #[must_use]
    pub fn lets_through(&self, intent: &Intent) -> bool {
        matches!(intent.body, Body::Pledge(_)) && intent.timeline == self.office.into()
    }

    /// What is missing and where to give it.
    #[must_use]
    pub fn text(&self) -> Text {
        let list =
            |pick: fn(&Text) -> &str, of: fn(Pledger) -> &'static str, open: &str, close: &str, between: &str| {
                let each = self.pledges.iter().map(|one| format!("{open}{}{close}{}", pick(&one.title), of(one.by)));
                each.collect::<Vec<_>>().join(between)
            };
        let ja = list(|text| &text.ja, in_whose_name_ja, "「", "」", "");
        let en = list(|text| &text.en, in_whose_name_en, "\"", "\"", ", ");
        Text::new(
            format!(
                "ご利用の前に、申し合わせの確認をお願いします：{ja}。サインインしたあとの「申し合わせの確認」の画面（API では GET /api/v1/pledges にある記録帳への投稿）で確認できます"
            ),
            format!(
                "before anything else, please pledge: {en}. Do so on the page of pledges after signing in (over the API: post a pledge on the timeline that GET /api/v1/pledges names)"
            ),
        )
    }

    /// The rules that ask for them.
    #[must_use]
    pub fn cited(&self) -> Vec<Arc<str>> {
        self.pledges.iter().map(|one| one.citation.clone()).collect()
    }

    /// The answer to a post that is something else.
    #[must_use]
    pub fn refused(&self, id: EntryId) -> Refused {
        Refused { cited: self.cited(), ..Refused::plain(id, Code::PledgeOwed.code(), self.text(), false) }
    }
}

const fn in_whose_name_ja(by: Pledger) -> &'static str {
    match by {
        Pledger::Person => "（本人）",
        Pledger::Organisation => "（事業所）",
    }
}

const fn in_whose_name_en(by: Pledger) -> &'static str {
    match by {
        Pledger::Person => " (in your own name)",
        Pledger::Organisation => " (in your office's name)",
    }
}
