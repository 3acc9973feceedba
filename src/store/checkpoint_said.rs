//! Whether the store contradicts its own last checkpoint: then no other is signed over it, since that would bear witness to what was
//! done. Called by `signed_checkpoint.rs`. What exactly was done, and where, `audit verify` says.

use std::sync::LazyLock;

use crate::vault::chain::Link;
use crate::vault::heads::{self, End};
use crate::vault::{Mac, PublicKey};

use super::checkpoint_known::Known;
use super::engine::run;
use super::rows::{self, Rows};
use super::timeline::NO_LINK;
use super::{StoreError, Tx};

/// Under this name the store keeps the number of the newest checkpoint, with a MAC: so that it is missed.
const NEWEST: &str = "checkpoint_newest";

/// Where a timeline ends, and the last of its ends that a checkpoint says.
pub(super) struct KnownEnd {
    pub(super) end: End,
    pub(super) said: Option<(u64, Link)>,
}

/// What is noted of the newest checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noted {
    Nothing,
    /// Somebody wrote it who has not the region's key.
    False,
    Number(u64),
}

impl Tx {
    /// What of the store contradicts its last checkpoint, if anything does. One that another key signed binds this one to nothing:
    /// a region whose history was lost begins anew with another key.
    pub(super) async fn find_contradiction(
        &mut self,
        last: Option<&Known>,
        signer: PublicKey,
        ends: &[KnownEnd],
        audit_seq: u64,
    ) -> Result<Option<&'static str>, StoreError> {
        let newest = last.map_or(0, |last| last.said.number);
        match self.find_noted_checkpoint(signer).await? {
            Noted::Number(number) if number > newest => return Ok(Some("the newest checkpoint is missing")),
            // Written anew with the next one.
            Noted::False => self.note_false_history("meta", "the note of the newest checkpoint is not this region's"),
            Noted::Nothing | Noted::Number(_) => {}
        }
        let Some(said) = last.filter(|last| last.is_ours).map(|last| &last.said) else { return Ok(None) };
        if said.audit_seq > audit_seq || self.find_audit_link(said.audit_seq).await? != Some(said.audit_chain) {
            return Ok(Some("the audit log is not what the last checkpoint says"));
        }
        let known: Vec<End> = ends.iter().filter_map(known_end).collect();
        if heads::root(&known) != said.root {
            return Ok(Some("timelines are gone, or the ends kept with checkpoints are not those of the last one"));
        }
        let is_short = |end: &KnownEnd| {
            end.said.is_some_and(|(seq, chain)| seq > end.end.seq || (seq == end.end.seq && chain != end.end.chain))
        };
        let moved = ends.iter().filter(|end| end.said.is_some_and(|(seq, _)| seq < end.end.seq));
        let moved: Vec<End> = moved.filter_map(known_end).collect();
        if ends.iter().any(is_short) || !self.hold_entries(&moved).await? {
            return Ok(Some("a timeline is not what the last checkpoint says"));
        }
        Ok(None)
    }

    async fn find_audit_link(&mut self, seq: u64) -> Result<Option<Link>, StoreError> {
        const SQL: &str = "select chain from audit where seq = $1";
        if seq == 0 {
            return Ok(Some(crate::vault::chain::GENESIS));
        }
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        let row: Option<(Vec<u8>,)> =
            run!(self, connection => sqlx::query_as(SQL).bind(seq).fetch_optional(connection).await?);
        Ok(row.map(|(chain,)| chain.try_into().unwrap_or(NO_LINK)))
    }

    /// Whether each of these stands in its timeline.
    async fn hold_entries(&mut self, ends: &[End]) -> Result<bool, StoreError> {
        static SQL: LazyLock<Rows> = LazyLock::new(|| {
            Rows::new(
                "with said (timeline, seq, chain) as (values ",
                3,
                ") select said.seq from said
                  left join entry on entry.timeline = said.timeline and entry.seq = said.seq and entry.chain = said.chain
                  where entry.seq is null",
            )
        });
        for chunk in rows::padded(ends) {
            let text = SQL.text(self.marks(), chunk.len());
            let missing: Vec<(i64,)> = run!(self, connection => {
                let mut query = sqlx::query_as(text);
                for end in &chunk {
                    let seq = i64::try_from(end.seq).unwrap_or(i64::MAX);
                    query = query.bind(end.timeline.to_vec()).bind(seq).bind(end.chain.to_vec());
                }
                query.fetch_all(connection).await?
            });
            if !missing.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Which checkpoint of this signer was the newest when the store noted it last.
    pub(super) async fn find_noted_checkpoint(&mut self, signer: PublicKey) -> Result<Noted, StoreError> {
        let Some(noted) = self.find_meta(NEWEST).await? else { return Ok(Noted::Nothing) };
        let number = noted.split(' ').next().and_then(|number| number.parse().ok());
        Ok(match number {
            Some(number) if self.note_of(signer, number) == noted => Noted::Number(number),
            // What another signer noted says nothing of this one's.
            _ if noted.split(' ').nth(1) != Some(signer.to_string().as_str()) => Noted::Nothing,
            _ => Noted::False,
        })
    }

    pub(super) async fn note_newest_checkpoint(&mut self, signer: PublicKey, number: u64) -> Result<(), StoreError> {
        let note = self.note_of(signer, number);
        self.upsert_meta(NEWEST, &note).await
    }

    fn note_of(&self, signer: PublicKey, number: u64) -> String {
        let Mac(mac) = self.region.rows().mac(&[b"checkpoint/v1", &signer.0, &number.to_be_bytes()]);
        format!("{number} {signer} {}", crate::domain::checkpoint::hex(&mac))
    }
}

/// The end that is said of a timeline.
fn known_end(end: &KnownEnd) -> Option<End> {
    end.said.map(|(seq, chain)| End { timeline: end.end.timeline, seq, chain })
}
