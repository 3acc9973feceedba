//! Whose signatures under checkpoints count: the key that is asked for, and those before it for as long as they were in force, as
//! the audit log says it. Called where checkpoints are verified and sent, and before one is signed. Keys themselves are the vault's.

use std::ops::RangeInclusive;

use crate::codec::Audited;
use crate::domain::act::{Act, Deed};
use crate::domain::checkpoint::Statement;
use crate::domain::keeping::KeepingDeed;
use crate::limits::CHECKPOINT_PAGE_COUNT;
use crate::vault::PublicKey;

use super::audit::Row;
use super::engine::run;
use super::{Journal, KeptCheckpoint, StoreError, Tx};

/// Another key took the place of one, on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckpointKeyChange {
    /// Of the record.
    pub seq: u64,
    pub from: PublicKey,
    pub to: PublicKey,
    /// The last checkpoint of the former key.
    pub after: u64,
}

/// How a key stands to the checkpoints that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStanding {
    /// There is no checkpoint yet: whichever it is, it is the first.
    First,
    /// It signs them.
    InForce,
    /// Others do: it never was in force, or is no more.
    Foreign,
}

/// Keys that count, each for its numbers.
#[derive(Clone, Debug)]
pub struct CheckpointKeys {
    spans: Vec<(PublicKey, RangeInclusive<u64>)>,
}

impl CheckpointKeys {
    /// This key, and backwards those whose place it took.
    ///
    /// A change counts only where a checkpoint of the later key speaks of the record: who has the region's key alone, and not
    /// that one, cannot bring a key of theirs in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(journal: &Journal, newest: PublicKey) -> Result<Self, StoreError> {
        let mut changes = journal.list_checkpoint_key_changes().await?;
        let (mut spans, mut key, mut last) = (Vec::new(), newest, u64::MAX);
        while let Some(change) = changes.pop() {
            if change.to == key && change.after < last && journal.vouches_for(&change).await? {
                spans.push((key, change.after + 1..=last));
                (key, last) = (change.from, change.after);
            }
        }
        spans.push((key, 0..=last));
        Ok(Self { spans })
    }

    /// What a checkpoint says, if the key that was in force then signed it.
    #[must_use]
    pub fn read(&self, statement: &str, signature: &[u8]) -> Option<Statement> {
        let said = Statement::parse(statement).ok()?;
        let is_of = |(key, numbers): &(PublicKey, RangeInclusive<u64>)| {
            numbers.contains(&said.number) && said.key == key.0 && key.has_signed(statement.as_bytes(), signature)
        };
        self.spans.iter().any(is_of).then_some(said)
    }
}

impl Journal {
    /// How this key stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkpoint_key_standing(&self, key: PublicKey) -> Result<KeyStanding, StoreError> {
        let changes = self.list_checkpoint_key_changes().await?;
        if changes.iter().any(|change| change.from == key) {
            return Ok(KeyStanding::Foreign);
        }
        if changes.iter().any(|change| change.to == key) {
            return Ok(KeyStanding::InForce);
        }
        let (mut after, mut standing) = (0, KeyStanding::First);
        loop {
            let page = self.page_of_checkpoints(after).await?;
            if page.iter().any(|kept| is_signed_by(kept, &key).is_some()) {
                return Ok(KeyStanding::InForce);
            }
            if !page.is_empty() || !changes.is_empty() {
                standing = KeyStanding::Foreign;
            }
            match page.last() {
                Some(last) if page.len() == CHECKPOINT_PAGE_COUNT => after = last.number,
                _ => return Ok(standing),
            }
        }
    }

    /// Each change of the key that is on record, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_checkpoint_key_changes(&self) -> Result<Vec<CheckpointKeyChange>, StoreError> {
        self.read(|tx| Box::pin(tx.list_checkpoint_key_changes())).await
    }

    /// Every key whose own signature is under a checkpoint that names it, with the last number of each, in the order of the first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_checkpoint_signers(&self) -> Result<Vec<(PublicKey, u64)>, StoreError> {
        let mut signers: Vec<(PublicKey, u64)> = Vec::new();
        let mut after = 0;
        loop {
            let page = self.page_of_checkpoints(after).await?;
            for kept in &page {
                let Ok(said) = Statement::parse(&kept.statement) else { continue };
                let signer = PublicKey(said.key);
                if said.number != kept.number || is_signed_by(kept, &signer).is_none() {
                    continue;
                }
                match signers.iter_mut().find(|(known, _)| *known == signer) {
                    Some((_, last)) => *last = said.number,
                    None => signers.push((signer, said.number)),
                }
            }
            match page.last() {
                Some(last) if page.len() == CHECKPOINT_PAGE_COUNT => after = last.number,
                _ => return Ok(signers),
            }
        }
    }

    async fn page_of_checkpoints(&self, after: u64) -> Result<Vec<KeptCheckpoint>, StoreError> {
        self.read(move |tx| Box::pin(async move { tx.list_checkpoints(after, CHECKPOINT_PAGE_COUNT).await })).await
    }

    async fn vouches_for(&self, change: &CheckpointKeyChange) -> Result<bool, StoreError> {
        let vouches =
            |kept: &KeptCheckpoint| is_signed_by(kept, &change.to).is_some_and(|said| said.audit_seq >= change.seq);
        let mut after = change.after;
        loop {
            let page = self.page_of_checkpoints(after).await?;
            if page.iter().any(vouches) {
                return Ok(true);
            }
            match page.last() {
                Some(last) if page.len() == CHECKPOINT_PAGE_COUNT => after = last.number,
                _ => return Ok(false),
            }
        }
    }
}

/// Whose signature it bears, by its own word; whether that key counts is not asked.
pub(super) fn signer_of(statement: &str, signature: &[u8]) -> Option<PublicKey> {
    let signer = PublicKey(Statement::parse(statement).ok()?.key);
    signer.has_signed(statement.as_bytes(), signature).then_some(signer)
}

/// What it says, if it names this key and that signed it.
fn is_signed_by(kept: &KeptCheckpoint, key: &PublicKey) -> Option<Statement> {
    let said = Statement::parse(&kept.statement).ok().filter(|said| said.key == key.0)?;
    key.has_signed(kept.statement.as_bytes(), &kept.signature).then_some(said)
}

impl Tx {
    async fn list_checkpoint_key_changes(&mut self) -> Result<Vec<CheckpointKeyChange>, StoreError> {
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about
            from audit where kind = 'keeping' and seq > 0 order by seq";
        let rows: Vec<Row> = run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        let mut changes = Vec::new();
        for row in rows {
            let seq = u64::try_from(row.0).unwrap_or(0);
            if let Some((_, Audited::Act(Act { deed: Deed::Keeping(deed), .. }))) = self.open_audited(row).await?
                && let KeepingDeed::CheckpointKeyReplaced { from, to, after, .. } = deed
            {
                changes.push(CheckpointKeyChange { seq, from: PublicKey(from), to: PublicKey(to), after });
            }
        }
        Ok(changes)
    }
}
