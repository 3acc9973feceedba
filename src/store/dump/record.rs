//! The records of a dump ↔ bytes. Numbers of fields are never used for anything else again: older backups are read for years.

use prost::{Message, Oneof};

use crate::domain::ids::TimelineId;
use crate::domain::time::Timestamp;
use crate::vault::digest;

use super::super::record::uuid_from;
use super::super::{FileName, StoreError};

/// One record of the stream.
#[derive(Clone, PartialEq, Message)]
pub struct DumpRecord {
    #[prost(oneof = "What", tags = "1, 2, 3, 4, 5, 6")]
    pub what: Option<What>,
}

/// The manifest, then each table with its rows, then files, then the end.
#[derive(Clone, PartialEq, Oneof)]
pub enum What {
    #[prost(message, tag = "1")]
    Manifest(Manifest),
    #[prost(message, tag = "2")]
    Table(TableHead),
    #[prost(message, tag = "3")]
    Rows(RowsPiece),
    #[prost(message, tag = "4")]
    File(FileRecord),
    #[prost(message, tag = "5")]
    Absent(AbsentFile),
    #[prost(message, tag = "6")]
    End(End),
}

/// What the store was at the moment of the backup.
#[derive(Clone, PartialEq, Message)]
pub struct Manifest {
    #[prost(int64, tag = "1")]
    pub made_at_us: i64,
    /// Of the program that made it.
    #[prost(string, tag = "2")]
    pub version: String,
    /// The last migration of the database.
    #[prost(int64, tag = "3")]
    pub schema: i64,
    /// `sqlite` or `postgresql`.
    #[prost(string, tag = "4")]
    pub engine: String,
    /// Fingerprint of the region's key.
    #[prost(string, tag = "5")]
    pub region: String,
    #[prost(uint64, tag = "6")]
    pub timelines: u64,
    #[prost(uint64, tag = "7")]
    pub entries: u64,
    #[prost(uint64, tag = "8")]
    pub audit_seq: u64,
    /// Where the audit log ends.
    #[prost(bytes = "vec", tag = "9")]
    pub audit_chain: Vec<u8>,
    /// Root of the tree over where every timeline ends, as checkpoints have it.
    #[prost(bytes = "vec", tag = "10")]
    pub heads_root: Vec<u8>,
    /// The newest signed checkpoint.
    #[prost(message, optional, tag = "11")]
    pub checkpoint: Option<KeptStatement>,
}

#[derive(Clone, PartialEq, Message)]
pub struct KeptStatement {
    #[prost(uint64, tag = "1")]
    pub number: u64,
    #[prost(string, tag = "2")]
    pub statement: String,
    #[prost(bytes = "vec", tag = "3")]
    pub signature: Vec<u8>,
}

/// Rows that follow are of this table.
#[derive(Clone, PartialEq, Message)]
pub struct TableHead {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(string, repeated, tag = "2")]
    pub columns: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
pub struct RowsPiece {
    #[prost(message, repeated, tag = "1")]
    pub rows: Vec<Row>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Row {
    #[prost(message, repeated, tag = "1")]
    pub cells: Vec<Cell>,
}

/// Nothing: null.
#[derive(Clone, PartialEq, Message)]
pub struct Cell {
    #[prost(oneof = "Value", tags = "1, 2, 3")]
    pub value: Option<Value>,
}

#[derive(Clone, PartialEq, Oneof)]
pub enum Value {
    /// Truth values are 0 and 1.
    #[prost(int64, tag = "1")]
    Number(i64),
    #[prost(string, tag = "2")]
    Text(String),
    #[prost(bytes, tag = "3")]
    Bytes(Vec<u8>),
}

/// A sealed file of the shelf.
#[derive(Clone, PartialEq, Message)]
pub struct FileRecord {
    #[prost(bytes = "vec", tag = "1")]
    pub timeline: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    pub name: Vec<u8>,
    #[prost(bytes = "vec", tag = "3")]
    pub sealed: Vec<u8>,
}

/// A file that the tables tell of and the shelf did not hold.
#[derive(Clone, PartialEq, Message)]
pub struct AbsentFile {
    #[prost(bytes = "vec", tag = "1")]
    pub timeline: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    pub name: Vec<u8>,
    /// Whether an entry names it: then it is damage. Else it was swept meanwhile.
    #[prost(bool, tag = "3")]
    pub is_named: bool,
}

/// What was in it: counts and digests.
#[derive(Clone, PartialEq, Message)]
pub struct End {
    #[prost(message, repeated, tag = "1")]
    pub tables: Vec<TableSum>,
    #[prost(uint64, tag = "2")]
    pub files: u64,
    #[prost(uint64, tag = "3")]
    pub file_bytes: u64,
    /// Over the digests of all files, whatever their order.
    #[prost(bytes = "vec", tag = "4")]
    pub files_sum: Vec<u8>,
    /// Files that entries name and that were not there.
    #[prost(uint64, tag = "5")]
    pub missing: u64,
}

#[derive(Clone, PartialEq, Eq, Message)]
pub struct TableSum {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(uint64, tag = "2")]
    pub rows: u64,
    /// Over the digests of all rows, whatever their order: the engines have their own.
    #[prost(bytes = "vec", tag = "3")]
    pub sum: Vec<u8>,
}

/// Adds up digests of things that come in no particular order. It finds mistakes; against forgery the frames are sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    pub count: u64,
    lanes: [u64; 4],
}

impl Sum {
    pub fn add(&mut self, bytes: &[u8]) {
        self.count += 1;
        for (lane, part) in self.lanes.iter_mut().zip(digest(bytes).chunks_exact(8)) {
            *lane = lane.wrapping_add(u64::from_be_bytes(part.try_into().expect("eight bytes")));
        }
    }

    pub fn add_row(&mut self, row: &Row) {
        self.add(&row.encode_to_vec());
    }

    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.lanes.iter().flat_map(|lane| lane.to_be_bytes()).collect()
    }

    #[must_use]
    pub fn of_table(&self, name: &str) -> TableSum {
        TableSum { name: name.to_owned(), rows: self.count, sum: self.bytes() }
    }
}

impl Manifest {
    #[must_use]
    pub fn made_at(&self) -> Timestamp {
        Timestamp(self.made_at_us)
    }
}

impl FileRecord {
    /// Whose file it is and its name on the shelf.
    ///
    /// # Errors
    /// When they are neither.
    pub fn place(&self) -> Result<(TimelineId, FileName), StoreError> {
        place(&self.timeline, &self.name)
    }
}

impl AbsentFile {
    /// See [`FileRecord::place`].
    ///
    /// # Errors
    /// When they are neither.
    pub fn place(&self) -> Result<(TimelineId, FileName), StoreError> {
        place(&self.timeline, &self.name)
    }
}

fn place(timeline: &[u8], name: &[u8]) -> Result<(TimelineId, FileName), StoreError> {
    Ok((TimelineId(uuid_from("file.timeline", timeline)?), FileName::from_slice(name)?))
}

impl From<What> for DumpRecord {
    fn from(what: What) -> Self {
        Self { what: Some(what) }
    }
}
