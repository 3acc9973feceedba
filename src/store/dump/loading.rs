//! Fills an empty database from a dump. From its first step to its last the database says that it is being filled, and
//! `Journal::open` refuses it: one whose restore was cut off serves nobody, and is emptied by the next restore.

use std::sync::Arc;

use crate::vault::{DataKey, GUARDED_ROUNDS};

use super::super::engine::Engine;
use super::super::meta::REGION_KEY;
use super::super::migrate::{FIRST_WITH_GUARDED_RULEBOOKS, FIRST_WITH_MACS};
use super::super::{Journal, StoreError, alone, connect, migrate};
use super::record::{AbsentFile, Manifest, Row, RowsPiece, Sum, TableHead, TableSum};
use super::schema::{Column, Table};
use super::{DumpError, LoadError, RESTORING};

/// By which key the backup was opened.
#[derive(Clone, Debug)]
pub struct BackupKey {
    pub data: Arc<DataKey>,
    /// The same, wrapped by the region's key that is named here.
    pub wrapped: Vec<u8>,
    pub region_key: String,
}

/// A database that is being filled.
#[derive(Debug)]
pub struct Loading {
    journal: Journal,
    key: BackupKey,
    engine: Engine,
    tables: Vec<Table>,
    /// Those of the backup, as they came.
    loaded: Vec<Loaded>,
    /// What the backup holds and no migration made: tables, and columns as `table.column`.
    passed_over: Vec<String>,
    is_passing_over: bool,
}

/// A table of the backup.
#[derive(Clone, Debug)]
struct Loaded {
    name: String,
    columns: Vec<Column>,
    /// Where they stand in a row of the backup, where that holds columns that no migration made.
    places: Option<Vec<usize>>,
    /// Of the rows as they are written then: the sum in the backup is over the whole of them.
    sum: Sum,
}

impl Loaded {
    /// The rows without what no migration made.
    fn take(&mut self, rows: &mut [Row]) {
        let Some(places) = &self.places else { return };
        for row in rows {
            let mut at = 0;
            row.cells.retain(|_| {
                at += 1;
                places.contains(&(at - 1))
            });
            self.sum.add_row(row);
        }
    }
}

impl Loading {
    /// Takes the database at this URL for itself, empties what an earlier restore left, and makes the tables of the backup.
    /// `named` says what it is filled from.
    ///
    /// # Errors
    /// When it holds anything else, a hub serves it, or the backup is of a later version.
    pub async fn begin(url: &str, key: BackupKey, manifest: &Manifest, named: &str) -> Result<Self, LoadError> {
        let known = migrate::newest();
        if manifest.schema > known {
            return Err(LoadError::Later { found: manifest.schema, known });
        }
        let (engine, journal) = Self::take_over(url, &key, named).await?;
        migrate::migrate_to(&engine, manifest.schema).await.map_err(super::super::OpenError::from)?;
        let listed: Result<Vec<Table>, StoreError> = journal.read(|tx| Box::pin(tx.list_tables())).await;
        let (loaded, passed_over) = (Vec::new(), Vec::new());
        Ok(Self { tables: listed?, journal, key, engine, loaded, passed_over, is_passing_over: false })
    }

    /// The first step: whoever opens the database from now on is told that it is being filled.
    pub(in super::super) async fn take_over(
        url: &str,
        key: &BackupKey,
        named: &str,
    ) -> Result<(Engine, Journal), LoadError> {
        let engine = connect::open_engine(url, true).await?;
        let journal = Journal::of(engine.clone(), Arc::clone(&key.data));
        let hold = alone::take(&engine).await?;
        *journal.shared.hold.lock().await = Some(hold);
        empty(&journal, named.to_owned()).await?;
        Ok((engine, journal))
    }

    /// Rows that follow are of this table. One that no migration made is passed over, and so are columns.
    ///
    /// # Errors
    /// When the backup lacks columns of it.
    pub fn turn_to(&mut self, head: &TableHead) -> Result<(), LoadError> {
        let table = self.tables.iter().find(|table| table.name == head.name);
        self.is_passing_over = table.is_none();
        let Some(table) = table else {
            self.passed_over.push(head.name.clone());
            return Ok(());
        };
        let (places, columns): (Vec<usize>, Vec<Column>) = table.pick(&head.columns)?.into_iter().unzip();
        let others = head.columns.iter().enumerate().filter(|(at, _)| !places.contains(at));
        self.passed_over.extend(others.map(|(_, column)| format!("{}.{column}", head.name)));
        let places = (columns.len() != head.columns.len()).then_some(places);
        self.loaded.push(Loaded { name: head.name.clone(), columns, places, sum: Sum::default() });
        Ok(())
    }

    /// What was passed over so far.
    #[must_use]
    pub fn passed_over(&self) -> &[String] {
        &self.passed_over
    }

    /// Stores a piece, durably.
    ///
    /// # Errors
    /// When the database fails or does not take it.
    pub async fn load(&mut self, mut piece: RowsPiece) -> Result<(), LoadError> {
        if self.is_passing_over {
            return Ok(());
        }
        let Some(loaded) = self.loaded.last_mut() else {
            return Err(StoreError::inconsistent("the backup", "rows of no table").into());
        };
        loaded.take(&mut piece.rows);
        let (table, columns) = (loaded.name.clone(), loaded.columns.clone());
        let write =
            self.journal.write(move |tx| Box::pin(async move { tx.write_rows(&table, &columns, &piece.rows).await }));
        Ok(write.await?)
    }

    /// Forgets a file that was swept while the backup was taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_swept(&self, absent: &AbsentFile) -> Result<(), LoadError> {
        let (timeline, name) = absent.place()?;
        let forget =
            self.journal.write(move |tx| Box::pin(async move { tx.delete_unnamed_file(timeline, name).await }));
        Ok(forget.await?)
    }

    /// The tables whose rows are not what the backup says of them, read anew from the database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn differing(&self, expected: &[TableSum]) -> Result<Vec<String>, LoadError> {
        let mut differing: Vec<String> = Vec::new();
        for of in expected.iter().filter(|of| !self.passed_over.contains(&of.name)) {
            let Some(loaded) = self.loaded.iter().find(|loaded| loaded.name == of.name).cloned() else {
                differing.push(of.name.clone());
                continue;
            };
            let held = if loaded.places.is_some() { loaded.sum.of_table(&of.name) } else { of.clone() };
            let (table, columns) = (loaded.name, loaded.columns);
            let summed: Result<TableSum, DumpError> = self
                .journal
                .read(move |tx| Box::pin(async move { Ok(tx.sum_rows(&table, &columns).await?.of_table(&table)) }))
                .await;
            match summed {
                Ok(summed) if summed == held => {}
                Ok(_) => differing.push(of.name.clone()),
                Err(DumpError::Store(error)) => return Err(error.into()),
                Err(DumpError::Sink(error)) => return Err(StoreError::inconsistent(&of.name, error).into()),
            }
        }
        Ok(differing)
    }

    /// Brings the tables to what this version needs, and opens what is there for reading. It still refuses to be served.
    ///
    /// # Errors
    /// When a migration fails, or what was loaded is not what the manifest says.
    pub async fn migrate(&self, manifest: &Manifest) -> Result<&Journal, LoadError> {
        migrate::migrate(&self.engine).await.map_err(super::super::OpenError::from)?;
        let BackupKey { data, wrapped, region_key } = self.key.clone();
        // The whole file is sealed with the region's keys, which vouch for the rows in it. Whoever opens the database adopts
        // what is left, by the mark on the data key.
        let guarded = guarded_at(manifest.schema);
        let owned: Result<Option<String>, StoreError> = self
            .journal
            .write(move |tx| {
                Box::pin(async move {
                    tx.restore_data_key(&region_key, &wrapped).await?;
                    tx.adopt_rows(guarded).await?;
                    tx.find_meta(REGION_KEY).await
                })
            })
            .await;
        if owned? != Some(data.fingerprint()) {
            return Err(StoreError::inconsistent("data_key", "the backup's tables are another region's").into());
        }
        let found: Manifest = self.journal.read(|tx| Box::pin(tx.describe())).await?;
        let ends =
            |of: &Manifest| (of.timelines, of.entries, of.audit_seq, of.audit_chain.clone(), of.heads_root.clone());
        if ends(&found) != ends(manifest) {
            return Err(StoreError::inconsistent("the ends of the chains", "they are not those of the manifest").into());
        }
        Ok(&self.journal)
    }

    /// The database as it is, still marked.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.journal
    }
}

/// How many rounds of tables had MACs at this step of the schema.
const fn guarded_at(schema: i64) -> usize {
    match schema {
        FIRST_WITH_GUARDED_RULEBOOKS.. => GUARDED_ROUNDS,
        FIRST_WITH_MACS.. => 1,
        _ => 0,
    }
}

/// Makes room, and says in the same commit that it is being filled. Only what holds nothing, or what a restore left half done,
/// is removed.
async fn empty(journal: &Journal, named: String) -> Result<(), LoadError> {
    journal
        .write(move |tx| {
            Box::pin(async move {
                let names = tx.list_names().await?;
                let mark = tx.find_restoring().await?;
                let is_half = mark.as_ref().is_some_and(|mark| tx.is_ours(mark));
                if mark.is_none() && !names.contains("meta") {
                    for table in &names {
                        if tx.has_rows(table).await? {
                            return Err(LoadError::NotEmpty { table: table.clone() });
                        }
                    }
                }
                // What somebody else put beside the hub's own tables is let be.
                let tables = tx.list_tables().await?;
                for table in &tables {
                    // These have rows from the first time that somebody opened the database.
                    let may_have = ["meta", "audit_head", "data_key"].contains(&table.name.as_str());
                    if !is_half && !may_have && tx.has_rows(&table.name).await? {
                        let table = table.name.clone();
                        let is_marked = mark.is_some();
                        return Err(if is_marked {
                            LoadError::FalseMark { table }
                        } else {
                            LoadError::NotEmpty { table }
                        });
                    }
                }
                for table in tables.iter().rev() {
                    tx.drop_table(&table.name).await?;
                }
                tx.drop_table(RESTORING).await?;
                tx.drop_table("_sqlx_migrations").await?;
                tx.begin_restoring(&named).await?;
                Ok(())
            })
        })
        .await
}
