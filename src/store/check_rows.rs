//! Opens every sealed row that stands beside timelines, audit log and linking queue: accounts, names, devices, keys. Called by
//! `check.rs`; a test compares the tables with the schema, so that none that is sealed is forgotten.
//!
//! Whether such a row was written with the region's key at all, where it is in the clear, is `guarded.rs`.

use uuid::Uuid;

use crate::vault::{DataKey, SealingKey};

use super::engine::run;
use super::record::record_aad;
use super::{StoreError, Tx};
use super::{
    account, bell, client, device, device_enrolment, directory, identity, invitation, passkey, quarantine, training,
};

/// What its seal binds a row to.
enum Bound {
    /// To this and its id.
    ToId(&'static [u8; 16]),
    /// To this alone: there is one, or it is as good as another.
    To(&'static [u8]),
}

/// A table, its rows that hold something sealed as id and ciphertext, and how they open.
struct Sealed {
    table: &'static str,
    rows: &'static str,
    key: fn(&DataKey) -> &SealingKey,
    bound: Bound,
}

impl Sealed {
    const fn of(
        table: &'static str,
        rows: &'static str,
        key: fn(&DataKey) -> &SealingKey,
        what: &'static [u8; 16],
    ) -> Self {
        Self { table, rows, key, bound: Bound::ToId(what) }
    }
}

const SEALED: [Sealed; 15] = [
    Sealed::of("organisation", "select id, sealed from organisation", DataKey::names, directory::ORGANISATION),
    Sealed::of("person", "select id, sealed from person", DataKey::names, directory::PERSON),
    Sealed::of("account", "select person, sealed from account", DataKey::accounts, account::ACCOUNT),
    // What has ended gives nobody anything, and is what becomes of rubbish that somebody put beside it.
    Sealed::of(
        "invitation",
        "select id, sealed from invitation where ended_at is null",
        DataKey::accounts,
        invitation::INVITATION,
    ),
    Sealed::of(
        "passkey",
        "select id, sealed from passkey where voided_at is null",
        DataKey::accounts,
        passkey::PASSKEY,
    ),
    Sealed::of(
        "identity",
        "select id, sealed from identity where voided_at is null",
        DataKey::accounts,
        identity::IDENTITY,
    ),
    Sealed::of("device", "select id, sealed from device where revoked_at is null", DataKey::names, device::DEVICE),
    Sealed::of(
        "device_enrolment",
        "select id, sealed from device_enrolment where ended_at is null",
        DataKey::accounts,
        device_enrolment::ENROLMENT,
    ),
    Sealed::of("client", "select id, sealed from client where removed_at is null", DataKey::names, client::CLIENT),
    // Emptied once something became of it, and not before.
    Sealed::of(
        "quarantine",
        "select id, sealed from quarantine where state = 'waiting' or octet_length(sealed) > 0",
        DataKey::queue,
        quarantine::POST,
    ),
    Sealed::of("bell", "select id, sealed from bell", DataKey::bells, bell::BELL),
    Sealed::of("training", "select id, sealed from training", DataKey::board, training::TRAINING),
    Sealed {
        table: "device_authority",
        rows: "select certificate, sealed from device_authority",
        key: DataKey::device_authority,
        bound: Bound::To(device::AUTHORITY),
    },
    Sealed {
        table: "envelope_key",
        rows: "select sealed, sealed from envelope_key",
        key: DataKey::queue,
        bound: Bound::To(quarantine::KEY),
    },
    Sealed {
        table: "push_key",
        rows: "select sealed, sealed from push_key",
        key: DataKey::bells,
        bound: Bound::To(bell::PUSH_KEY),
    },
];

impl Tx {
    /// The rows that do not open, as table and id.
    pub(super) async fn list_unopened(&mut self) -> Result<Vec<String>, StoreError> {
        let mut unopened = Vec::new();
        for of in &SEALED {
            let rows: Vec<(Vec<u8>, Vec<u8>)> =
                run!(self, connection => sqlx::query_as(of.rows).fetch_all(connection).await?);
            for (id, sealed) in rows {
                let (id, key) = (Uuid::from_slice(&id).ok(), (of.key)(&self.region));
                let opens = match of.bound {
                    Bound::ToId(what) => id.is_some_and(|id| key.open(&record_aad(what, id), &sealed).is_ok()),
                    Bound::To(what) => key.open(what, &sealed).is_ok(),
                };
                if !opens {
                    unopened.push(id.map_or_else(|| of.table.to_owned(), |id| format!("{} {id}", of.table)));
                }
            }
        }
        // A training that does not open was named above.
        let board = self.list_unread_board().await?;
        let board: Vec<String> = board.into_iter().filter(|place| !unopened.contains(place)).collect();
        unopened.extend(board);
        Ok(unopened)
    }

    /// The rows of announcements, trainings, cases and groups that cannot be read, as table and id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_unread_board(&mut self) -> Result<Vec<String>, StoreError> {
        Ok([
            self.list_unread_announcements().await?,
            self.list_stray_announcements().await?,
            self.list_unread_trainings().await?,
            self.list_unread_cases().await?,
            self.list_unread_groups().await?,
            self.list_unread_messages().await?,
            self.list_unread_receipts().await?,
        ]
        .concat())
    }
}
