//! The two engines behind one transaction type, and the macro that runs a statement on either.
//! SQL is written once, in the subset both share; only connecting, beginning and migrating differ.

use std::sync::Arc;

use sqlx::{PgPool, Postgres, Transaction};

use crate::vault::DataKey;

use super::checkpoint::Checkpointer;
use super::connections::{Connections, SqliteTx};
use super::damaged::Damaged;
use super::guarded::Forgeries;
use super::own_history::OwnHistory;
use super::rows::Marks;
use super::{Batch, StoreError};

/// Where connections come from.
#[derive(Clone, Debug)]
pub(super) enum Engine {
    /// One connection that writes, several that read.
    Sqlite {
        writer: Arc<Connections>,
        readers: Arc<Connections>,
        checkpointer: Checkpointer,
    },
    Postgres(PgPool),
}

/// An open transaction. Every function that runs SQL is a method of it; dropping it rolls back.
#[derive(Debug)]
pub struct Tx {
    pub(super) engine: EngineTx,
    pub(super) region: Arc<DataKey>,
    pub(super) forgeries: Arc<Forgeries>,
    pub(super) damaged: Arc<Damaged>,
    pub(super) history: Arc<OwnHistory>,
}

#[derive(Debug)]
pub(super) enum EngineTx {
    Sqlite(SqliteTx),
    Postgres(Transaction<'static, Postgres>),
}

/// Expands `body` for both engines, with `connection` bound to the transaction's own.
macro_rules! run {
    ($tx:expr, $connection:ident => $body:expr) => {
        match &mut $tx.engine {
            $crate::store::engine::EngineTx::Sqlite(tx) => {
                let $connection = &mut **tx;
                $body
            }
            $crate::store::engine::EngineTx::Postgres(tx) => {
                let $connection = &mut **tx;
                $body
            }
        }
    };
}
pub(super) use run;

impl Engine {
    /// Begins a transaction that may write. SQLite takes its write lock now, so that it never fails later.
    pub(super) async fn begin_write(&self) -> Result<EngineTx, sqlx::Error> {
        Ok(match self {
            Self::Sqlite { writer, .. } => EngineTx::Sqlite(writer.begin().await?),
            Self::Postgres(pool) => EngineTx::Postgres(pool.begin().await?),
        })
    }

    /// Begins a transaction that sees one moment of the store throughout.
    pub(super) async fn begin_read(&self) -> Result<EngineTx, sqlx::Error> {
        Ok(match self {
            Self::Sqlite { readers, .. } => EngineTx::Sqlite(readers.begin().await?),
            Self::Postgres(pool) => {
                EngineTx::Postgres(pool.begin_with("begin isolation level repeatable read read only").await?)
            }
        })
    }

    /// For one statement, which needs no transaction to see one moment of the store. Ends with [`EngineTx::look_away`].
    pub(super) async fn begin_look(&self) -> Result<EngineTx, sqlx::Error> {
        match self {
            Self::Sqlite { readers, .. } => Ok(EngineTx::Sqlite(readers.lease().await?)),
            Self::Postgres(_) => self.begin_read().await,
        }
    }

    /// After a batch is durable.
    pub(super) fn note_committed(&self, batch: &Batch) {
        if let Self::Sqlite { checkpointer, .. } = self {
            checkpointer.note(batch);
        }
    }

    /// Ends all connections; the last one copies what is left of SQLite's WAL.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, checkpointer } => {
                checkpointer.close().await;
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl EngineTx {
    /// Ends what [`Engine::begin_look`] began.
    pub(super) async fn look_away(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(lease) => {
                lease.give_back();
                Ok(())
            }
            Self::Postgres(tx) => tx.rollback().await,
        }
    }

    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}

impl Tx {
    /// How this engine wants the parameters of a statement over many rows marked.
    pub(super) const fn marks(&self) -> Marks {
        match self.engine {
            EngineTx::Sqlite(_) => Marks::Unnumbered,
            EngineTx::Postgres(_) => Marks::Numbered,
        }
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        Ok(self.engine.commit().await?)
    }

    /// See [`EngineTx::look_away`].
    pub(super) async fn look_away(self) -> Result<(), StoreError> {
        Ok(self.engine.look_away().await?)
    }

    /// Ends without writing. Cheaper than dropping, after which a connection is not used again.
    ///
    /// # Errors
    /// When the database had ended it already: it could not store what was asked of it, or went away.
    pub(super) async fn roll_back(self) -> Result<(), StoreError> {
        match self.engine {
            EngineTx::Sqlite(tx) => tx.rollback().await?,
            EngineTx::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }
}
