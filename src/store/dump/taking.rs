//! Takes the dump: everything the tables hold at one moment, beside a hub that goes on writing.

use std::io;

use crate::domain::ids::TimelineId;
use crate::domain::time::Timestamp;
use crate::limits::DUMP_PIECE_BYTES;
use crate::vault::heads::{self, End as ChainEnd};

use super::super::engine::{Engine, run};
use super::super::migrate::STEPS;
use super::super::record::uuid_from;
use super::super::{FileName, Journal, StoreError, Tx};
use super::DumpError;
use super::record::{DumpRecord, KeptStatement, Manifest, Row, RowsPiece, Sum, TableHead, TableSum, What};
use super::schema::Table;

/// Where a dump goes.
pub trait DumpSink: Send {
    /// The next record.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn put(&mut self, record: &DumpRecord) -> io::Result<()>;
}

/// What was taken, without the files.
#[derive(Clone, Debug)]
pub struct Taken {
    pub manifest: Manifest,
    pub tables: Vec<TableSum>,
    /// What the shelf should hold.
    pub files: Vec<ListedFile>,
    /// Tables, and columns as `table.column`, that no migration made: they are not in it.
    pub passed_over: Vec<String>,
}

/// A file that the tables tell of as kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedFile {
    pub timeline: TimelineId,
    pub name: FileName,
    /// By an entry. One that is not may be swept at any time.
    pub is_named: bool,
}

impl Journal {
    /// Hands manifest and tables to `sink` as they are at one moment, and gives it back.
    ///
    /// # Errors
    /// When the database fails, or the sink.
    pub async fn dump<S: DumpSink + 'static>(&self, made_at: Timestamp, mut sink: S) -> Result<(S, Taken), DumpError> {
        let engine = match &self.shared.engine {
            Engine::Sqlite { .. } => "sqlite",
            Engine::Postgres(_) => "postgresql",
        };
        let region = self.region().fingerprint();
        self.read(move |tx| {
            Box::pin(async move {
                let mut manifest = tx.describe().await?;
                manifest.made_at_us = made_at.as_micros();
                (manifest.engine, manifest.region) = (engine.to_owned(), region);
                sink.put(&What::Manifest(manifest.clone()).into()).map_err(DumpError::Sink)?;
                let mut tables = Vec::new();
                for table in tx.list_tables().await? {
                    tables.push(tx.take_table(&table, &mut sink).await?);
                }
                let files = tx.list_kept_files().await?;
                let passed_over = tx.list_foreign().await?.idle;
                Ok((sink, Taken { manifest, tables, files, passed_over }))
            })
        })
        .await
    }
}

impl Tx {
    /// What the store is now.
    pub(super) async fn describe(&mut self) -> Result<Manifest, StoreError> {
        // As they stand there: what is damaged is taken along, and told by whoever looks into the backup.
        let heads = self.list_raw_heads().await?;
        let ends = heads.iter().filter(|head| head.seq > 0).map(|head| ChainEnd {
            timeline: head.timeline.0.into_bytes(),
            seq: head.seq.unsigned_abs(),
            chain: head.chain,
        });
        let ends: Vec<ChainEnd> = ends.collect();
        let (audit_seq, audit_chain) = self.find_audit_head().await?;
        let checkpoint = self.find_last_checkpoint().await?;
        Ok(Manifest {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            schema: STEPS.last().map_or(0, |step| step.0),
            timelines: heads.len() as u64,
            entries: ends.iter().map(|end| end.seq).sum(),
            audit_seq: audit_seq.unsigned_abs(),
            audit_chain: audit_chain.to_vec(),
            heads_root: heads::root(&ends).to_vec(),
            checkpoint: checkpoint.map(|kept| KeptStatement {
                number: kept.number,
                statement: kept.statement,
                signature: kept.signature,
            }),
            ..Manifest::default()
        })
    }

    async fn take_table(&mut self, table: &Table, sink: &mut impl DumpSink) -> Result<TableSum, DumpError> {
        let columns = table.columns.iter().map(|column| column.name.clone()).collect();
        let head = TableHead { name: table.name.clone(), columns };
        sink.put(&What::Table(head).into()).map_err(DumpError::Sink)?;
        let (mut sum, mut piece, mut bytes) = (Sum::default(), Vec::new(), 0);
        self.read_rows(&table.name, &table.columns, |row| {
            sum.add_row(&row);
            bytes += prost::Message::encoded_len(&row);
            piece.push(row);
            if bytes < DUMP_PIECE_BYTES {
                return Ok(());
            }
            bytes = 0;
            hand_over(&mut piece, sink)
        })
        .await?;
        hand_over(&mut piece, sink)?;
        Ok(sum.of_table(&table.name))
    }

    async fn list_kept_files(&mut self) -> Result<Vec<ListedFile>, StoreError> {
        const SQL: &str = "select timeline, name, cast(max(case when entry is null then 0 else 1 end) as bigint)
            from file where kept_at is not null group by timeline, name order by timeline, name";
        let rows: Vec<(Vec<u8>, Vec<u8>, i64)> =
            run!(self, connection => sqlx::query_as(SQL).fetch_all(connection).await?);
        let listed = rows.into_iter().map(|(timeline, name, named)| {
            Ok(ListedFile {
                timeline: TimelineId(uuid_from("file.timeline", &timeline)?),
                name: FileName::from_slice(&name)?,
                is_named: named != 0,
            })
        });
        listed.collect()
    }
}

fn hand_over(piece: &mut Vec<Row>, sink: &mut impl DumpSink) -> Result<(), DumpError> {
    if piece.is_empty() {
        return Ok(());
    }
    let rows = std::mem::take(piece);
    sink.put(&What::Rows(RowsPiece { rows }).into()).map_err(DumpError::Sink)
}
