//! Rows that give somebody power carry a keyed MAC over the columns that decide: whoever can write the database without the
//! region's key can neither add one, change one, nor undo an end. The list of tables and columns stands here and nowhere
//! else; the files of the tables make the MAC where they write a row and ask for it where they read one.
//!
//! What it does not do: notice a row that is missing, or one put back whole as it once was.

mod forged;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use crate::domain::plain::written_out;
use crate::domain::time::Timestamp;
use crate::vault::{DataKey, GUARDED_ROUNDS, Mac};

pub(super) use self::forged::ForgedRow;
use super::engine::run;
use super::{StoreError, Tx};

/// A table whose rows are guarded.
pub(super) struct Guarded {
    table: &'static str,
    kinds: &'static [Kind],
    /// How many columns lead that name the row.
    keys: usize,
    /// All rows that stand: what has ended carries no MAC and gives nobody anything.
    standing: &'static str,
    stamp: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bytes,
    Text,
    Number,
    Truth,
}

/// What stands in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Missing,
    Bytes(Vec<u8>),
    Text(String),
    Number(i64),
}

macro_rules! guarded {
    ($table:literal, [$($column:literal $kind:ident),+], $keys:literal at $at:literal and $mac:literal, $stands:literal) => {
        Guarded {
            table: $table,
            kinds: &[$(Kind::$kind),+],
            keys: $keys,
            standing: concat!("select ", $($column, ", ",)+ "mac from ", $table, " where ", $stands),
            stamp: concat!("update ", $table, " set mac = ", $mac, " where ", $at),
        }
    };
}

pub(super) const SIGN_IN: Guarded = guarded!(
    "sign_in",
    [
        "id" Bytes, "token_hash" Bytes, "person" Bytes, "role" Text, "organisation" Bytes, "issued_at" Number,
        "expires_at" Number, "device" Text, "way" Text, "registered_device" Bytes, "scopes" Text, "client_key" Text
    ],
    1 at "id = $1" and "$2",
    "revoked_at is null"
);
pub(super) const ORGANISATION: Guarded =
    guarded!("organisation", ["id" Bytes, "kind" Text, "active" Truth], 1 at "id = $1" and "$2", "1 = 1");
pub(super) const PERSON: Guarded = guarded!("person", ["id" Bytes, "active" Truth], 1 at "id = $1" and "$2", "1 = 1");
pub(super) const POSITION: Guarded = guarded!(
    "person_position",
    ["person" Bytes, "role" Text, "organisation" Bytes],
    3 at "person = $1 and role = $2 and organisation = $3" and "$4",
    "1 = 1"
);
pub(super) const ADMINISTRATOR: Guarded = guarded!(
    "office_administrator",
    ["organisation" Bytes, "person" Bytes],
    2 at "organisation = $1 and person = $2" and "$3",
    "1 = 1"
);
pub(super) const INVITATION: Guarded = guarded!(
    "invitation",
    ["id" Bytes, "token_hash" Bytes, "person" Bytes, "purpose" Text, "issued_at" Number, "expires_at" Number],
    1 at "id = $1" and "$2",
    "ended_at is null"
);
pub(super) const PASSKEY: Guarded = guarded!(
    "passkey",
    ["id" Bytes, "person" Bytes, "credential" Bytes, "added_at" Number],
    1 at "id = $1" and "$2",
    "voided_at is null"
);
pub(super) const IDENTITY: Guarded = guarded!(
    "identity",
    ["id" Bytes, "person" Bytes, "known_as" Bytes, "linked_at" Number],
    1 at "id = $1" and "$2",
    "voided_at is null"
);
pub(super) const CLIENT: Guarded = guarded!(
    "client",
    ["id" Bytes, "organisation" Bytes, "scopes" Text, "registered_at" Number, "suspended_at" Number],
    1 at "id = $1" and "$2",
    "removed_at is null"
);
pub(super) const CLIENT_KEY: Guarded = guarded!(
    "client_key",
    ["client" Bytes, "kid" Text, "algorithm" Text, "material" Bytes, "added_at" Number],
    2 at "client = $1 and kid = $2" and "$3",
    "removed_at is null"
);
pub(super) const AUTHORITY: Guarded = guarded!(
    "device_authority",
    ["id" Number, "certificate" Bytes, "made_at" Number],
    1 at "id = $1" and "$2",
    "retired_at is null"
);
pub(super) const DEVICE: Guarded = guarded!(
    "device",
    ["id" Bytes, "organisation" Bytes, "registered_at" Number],
    1 at "id = $1" and "$2",
    "revoked_at is null"
);
pub(super) const CERTIFICATE: Guarded = guarded!(
    "device_certificate",
    ["serial" Bytes, "device" Bytes, "issued_at" Number, "expires_at" Number, "authority" Number],
    1 at "serial = $1" and "$2",
    "ended_at is null"
);
pub(super) const ENROLMENT: Guarded = guarded!(
    "device_enrolment",
    ["id" Bytes, "token_hash" Bytes, "device" Bytes, "issued_at" Number, "expires_at" Number],
    1 at "id = $1" and "$2",
    "ended_at is null"
);
pub(super) const EXCEPTION: Guarded = guarded!(
    "device_exception",
    ["person" Bytes, "granted_at" Number, "until_at" Number],
    1 at "person = $1" and "$2",
    "1 = 1"
);

pub(super) const RULEBOOK_VERSION: Guarded = guarded!(
    "rulebook_version",
    [
        "id" Bytes, "title" Text, "fingerprint" Text, "stage" Text, "drafted_at" Number, "effective_at" Number,
        "changed_at" Number
    ],
    1 at "id = $1" and "$2",
    "1 = 1"
);
pub(super) const RULEBOOK_FILE: Guarded = guarded!(
    "rulebook_version_file",
    ["version" Bytes, "path" Text, "content" Text],
    2 at "version = $1 and path = $2" and "$3",
    "1 = 1"
);
pub(super) const RULEBOOK_SIGNATURE: Guarded = guarded!(
    "rulebook_signature",
    [
        "version" Bytes, "ruleset" Text, "body" Text, "role" Text, "person" Text, "signer" Bytes, "signed_on" Text,
        "agreement" Text
    ],
    4 at "version = $1 and ruleset = $2 and body = $3 and role = $4" and "$5",
    "1 = 1"
);

/// All of them, by when they were given MACs: with migration 0021, with 0027.
const ROUNDS: [&[&Guarded]; GUARDED_ROUNDS] = [&OF_PEOPLE, &[&RULEBOOK_VERSION, &RULEBOOK_FILE, &RULEBOOK_SIGNATURE]];

const OF_PEOPLE: [&Guarded; 15] = [
    &SIGN_IN,
    &ORGANISATION,
    &PERSON,
    &POSITION,
    &ADMINISTRATOR,
    &INVITATION,
    &PASSKEY,
    &IDENTITY,
    &CLIENT,
    &CLIENT_KEY,
    &AUTHORITY,
    &DEVICE,
    &CERTIFICATE,
    &ENROLMENT,
    &EXCEPTION,
];

impl Guarded {
    /// The MAC of a row: over its table and these columns, in the order in which they are listed.
    pub(super) fn mac(&self, key: &DataKey, values: &[Value]) -> Mac {
        debug_assert_eq!(values.len(), self.kinds.len(), "{}", self.table);
        let encoded: Vec<Vec<u8>> = values.iter().map(Value::encode).collect();
        let mut parts = vec![b"row/v1".as_slice(), self.table.as_bytes()];
        parts.extend(encoded.iter().map(Vec::as_slice));
        key.rows().mac(&parts)
    }

    /// Names a row by its leading columns, for the log and for reports: by ids alone.
    fn place(&self, values: &[Value]) -> String {
        let named: Vec<String> = values.iter().take(self.keys).map(Value::to_string).collect();
        format!("{} {}", self.table, named.join(" "))
    }
}

impl Value {
    fn encode(&self) -> Vec<u8> {
        match self {
            Self::Missing => vec![0],
            Self::Bytes(bytes) => [[1].as_slice(), bytes.as_slice()].concat(),
            Self::Text(text) => [[2].as_slice(), text.as_bytes()].concat(),
            Self::Number(number) => [[3].as_slice(), number.to_be_bytes().as_slice()].concat(),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("-"),
            Self::Bytes(bytes) => match Uuid::from_slice(bytes) {
                Ok(id) => write!(f, "{id}"),
                Err(_) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
            },
            // Whoever wrote it may mean the terminal that it is shown on.
            Self::Text(text) => f.write_str(&written_out(text)),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

impl From<Uuid> for Value {
    fn from(id: Uuid) -> Self {
        Self::Bytes(id.as_bytes().to_vec())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Number(at.0)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Number(i64::from(truth))
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Missing, Into::into)
    }
}

/// What both drivers' rows can do here.
trait ReadValues {
    fn value(&self, at: usize, kind: Kind) -> Result<Value, sqlx::Error>;
    fn mac(&self, at: usize) -> Result<Option<Vec<u8>>, sqlx::Error>;
    /// What stands there, be it text or not.
    fn raw(&self, at: usize) -> Result<Option<Vec<u8>>, sqlx::Error>;
}

macro_rules! reads_values {
    ($row:ty) => {
        impl ReadValues for $row {
            fn value(&self, at: usize, kind: Kind) -> Result<Value, sqlx::Error> {
                Ok(match kind {
                    Kind::Bytes => self.try_get::<Option<&[u8]>, _>(at)?.into(),
                    Kind::Text => self.try_get::<Option<&str>, _>(at)?.into(),
                    Kind::Number => self.try_get::<Option<i64>, _>(at)?.into(),
                    Kind::Truth => self.try_get::<Option<bool>, _>(at)?.into(),
                })
            }

            fn mac(&self, at: usize) -> Result<Option<Vec<u8>>, sqlx::Error> {
                self.try_get(at)
            }

            fn raw(&self, at: usize) -> Result<Option<Vec<u8>>, sqlx::Error> {
                self.try_get_unchecked(at)
            }
        }
    };
}
reads_values!(SqliteRow);
reads_values!(PgRow);

type Standing = (Vec<Value>, Option<Vec<u8>>);

fn standing_from(row: &impl ReadValues, kinds: &[Kind]) -> Result<Standing, sqlx::Error> {
    let values = kinds.iter().enumerate().map(|(at, kind)| row.value(at, *kind)).collect::<Result<_, _>>()?;
    Ok((values, row.mac(kinds.len())?))
}

fn is_mac(found: Option<&[u8]>, right: &Mac) -> bool {
    found.and_then(Mac::from_slice).is_some_and(|found| found == *right)
}

/// Whether a row was met that nobody with the region's key wrote.
#[derive(Debug, Default)]
pub(super) struct Forgeries(AtomicBool);

impl Forgeries {
    pub(super) fn were_met(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Tx {
    /// Whether this is the MAC of these columns of a row that stands. If not, that is told: in the log, and in `/readyz`.
    pub(super) fn is_genuine(&self, of: &Guarded, values: &[Value], mac: Option<&[u8]>) -> bool {
        if is_mac(mac, &of.mac(&self.region, values)) {
            return true;
        }
        self.forgeries.0.store(true, Ordering::Relaxed);
        tracing::error!(row = of.place(values), "a row was not written with the region's key: it counts for nothing");
        false
    }

    /// What was read of such a row. `None`: it cannot be read at all, and counts as not there, told as one that was not written
    /// with the region's key: an error would let whoever writes one row stop the hub.
    pub(super) fn readable<T>(&self, read: Result<T, StoreError>) -> Option<T> {
        read.inspect_err(|error| {
            self.forgeries.0.store(true, Ordering::Relaxed);
            tracing::error!(%error, "a row cannot be read: it counts as not there");
        })
        .ok()
    }

    /// A sealed row did not open, which one of this region's always does: it counts for nothing, and that is told likewise.
    pub(super) fn note_unopened(&self, place: &str) {
        self.forgeries.0.store(true, Ordering::Relaxed);
        tracing::error!(row = place, "a row does not open with the region's key: it counts for nothing");
    }

    /// A row tells of something of which the audit log, where it must stand too, tells nothing.
    pub(super) fn note_unproven(&self, place: &str) {
        self.forgeries.0.store(true, Ordering::Relaxed);
        tracing::error!(row = place, "what a row tells of is not in the audit log: it counts for nothing");
    }

    /// The rows that stand, of all guarded tables, whose MAC is wrong or missing.
    pub(super) async fn list_forged(&mut self) -> Result<Vec<String>, StoreError> {
        let mut forged = Vec::new();
        for of in ROUNDS.into_iter().flatten() {
            let rows = self.list_standing(of).await?;
            let is_forged = |(values, mac): &Standing| {
                values.len() != of.kinds.len() || !is_mac(mac.as_deref(), &of.mac(&self.region, values))
            };
            forged.extend(rows.iter().filter(|row| is_forged(row)).map(|(values, _)| of.place(values)));
        }
        Ok(forged)
    }

    /// Gives every row that stands and has no MAC its own, of the rounds of tables after the first `guarded`; how many there
    /// were. Called once in the life of a region for each, when the tables get the column: see `data_key.rs`.
    pub(super) async fn adopt_rows(&mut self, guarded: usize) -> Result<u64, StoreError> {
        let mut adopted = 0;
        for of in ROUNDS.into_iter().skip(guarded).flatten() {
            let standing = self.list_standing(of).await?.into_iter();
            let without = standing.filter(|(values, mac)| mac.is_none() && values.len() == of.kinds.len());
            for (values, _) in without {
                let mac = of.mac(&self.region, &values);
                run!(self, connection => {
                    let mut query = sqlx::query(of.stamp);
                    for key in values.iter().take(of.keys) {
                        query = match key {
                            Value::Bytes(bytes) => query.bind(bytes.as_slice()),
                            Value::Text(text) => query.bind(text.as_str()),
                            Value::Number(number) => query.bind(*number),
                            Value::Missing => return Err(StoreError::inconsistent(of.table, "a row without a key")),
                        };
                    }
                    query.bind(mac.as_bytes().as_slice()).execute(connection).await?;
                });
                adopted += 1;
            }
        }
        Ok(adopted)
    }

    /// [`Self::is_genuine`] without a word: of what is looked at again and again, whoever looks tells once.
    pub(super) fn is_true(&self, of: &Guarded, values: &[Value], mac: Option<&[u8]>) -> bool {
        is_mac(mac, &of.mac(&self.region, values))
    }

    async fn list_standing(&mut self, of: &Guarded) -> Result<Vec<Standing>, StoreError> {
        Ok(run!(self, connection => {
            let rows = sqlx::query(of.standing).fetch_all(connection).await?;
            // A row that cannot even be taken in is named without its key, and has no MAC that is right.
            rows.iter().map(|row| standing_from(row, of.kinds).unwrap_or_default()).collect()
        }))
    }
}

/// Each table with the columns that its MAC covers.
#[cfg(test)]
pub(super) fn covered() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let columns = |of: &'static Guarded| {
        let (_, rest) = of.standing.split_once("select ").expect("it selects");
        let (columns, _) = rest.split_once(", mac from ").expect("the MAC is last");
        (of.table, columns.split(", ").collect::<Vec<_>>())
    };
    ROUNDS.into_iter().flatten().map(move |of| columns(of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::text::Text;
    use crate::store::check::{FaultKind, Report};

    #[test]
    fn a_mac_is_of_one_table_of_every_column_and_of_what_is_missing() {
        let key = DataKey::of_nothing();
        let device = |organisation: u128, at: i64| -> [Value; 3] {
            [Uuid::nil().into(), Uuid::from_u128(organisation).into(), at.into()]
        };
        let mac = DEVICE.mac(&key, &device(1, 2));
        assert_eq!(mac, DEVICE.mac(&key, &device(1, 2)));
        assert_ne!(mac, DEVICE.mac(&key, &device(2, 2)));
        assert_ne!(mac, DEVICE.mac(&key, &device(1, 3)));
        assert_ne!(mac, DEVICE.mac(&DataKey::of_nothing(), &device(1, 2)));
        assert_ne!(POSITION.mac(&key, &device(1, 2)), AUTHORITY.mac(&key, &device(1, 2)), "of another table");
        let encoded = |value: Value| value.encode();
        assert_ne!(encoded(Value::Missing), encoded(Value::Text(String::new())));
        assert_ne!(encoded(Value::Number(0)), encoded(Value::Bytes(vec![0; 8])));
    }

    #[test]
    fn what_somebody_wrote_into_a_row_steers_no_terminal() {
        let key: Value = "\u{1b}[2J\u{1b}[HNothing is wrong\u{1b}[8m".into();
        let client: Value = Uuid::nil().into();
        let place = CLIENT_KEY.place(&[client, key]);
        assert!(place.ends_with("\\u{1b}[2J\\u{1b}[HNothing is wrong\\u{1b}[8m"), "{place}");
        let mut report = Report::default();
        report.fault(FaultKind::Row, Text::new("行 \u{1b}c", "row \u{202e}\n"));
        assert_eq!((&*report.faults[0].place.ja, &*report.faults[0].place.en), ("行 \\u{1b}c", "row \\u{202e}\\u{a}"));
    }

    #[test]
    fn the_list_is_whole() {
        assert_eq!(PERSON.standing, "select id, active, mac from person where 1 = 1");
        assert_eq!(CLIENT_KEY.stamp, "update client_key set mac = $3 where client = $1 and kid = $2");
        let mut names: Vec<_> = ROUNDS.into_iter().flatten().map(|of| of.table).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ROUNDS.into_iter().flatten().count());
    }
}
