//! Who has read (markers that people see) and what was given to read (grants that the audit keeps).
//! A grant is opened durably before the first entry is sent and widened as the session goes on; after a
//! crash an open grant counts as "up to the head".

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::domain::ids::{EntryId, PersonId, Seq, SignInId, TimelineId};
use crate::domain::time::Timestamp;

use super::engine::run;
use super::record::{seq_from, seq_into, uuid_from};
use super::rows::{self, Rows};
use super::{GrantChange, GrantId, ReadMarker, StoreError, Tx};

/// The record that a session was given a timeline to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    pub id: GrantId,
    pub sign_in: SignInId,
    pub timeline: TimelineId,
    pub opened_at: Timestamp,
    pub from: Seq,
    /// The last entry known to have been sent. An open grant without it: up to the head.
    pub through: Option<Seq>,
    pub closed_at: Option<Timestamp>,
    /// The declaration of the emergency access that it rests on, if it does.
    pub access: Option<EntryId>,
}

type GrantRow = (Vec<u8>, Vec<u8>, Vec<u8>, i64, i64, Option<i64>, Option<i64>, Option<Vec<u8>>);

impl Tx {
    /// Moves markers forward; one that is behind what is stored changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upsert_read_markers(&mut self, markers: &[ReadMarker]) -> Result<(), StoreError> {
        static SQL: LazyLock<Rows> = LazyLock::new(|| {
            Rows::new(
                "insert into read_marker (timeline, person, seq, read_at) values ",
                4,
                " on conflict (timeline, person) do update set seq = excluded.seq, read_at = excluded.read_at
                  where excluded.seq > read_marker.seq",
            )
        });
        // PostgreSQL refuses a statement that meets the same row twice.
        let mut furthest: HashMap<(TimelineId, PersonId), ReadMarker> = HashMap::with_capacity(markers.len());
        for marker in markers {
            let kept = furthest.entry((marker.timeline, marker.person)).or_insert(*marker);
            if marker.seq > kept.seq {
                *kept = *marker;
            }
        }
        let mut markers: Vec<ReadMarker> = furthest.into_values().collect();
        // In one order on every hub, so that two of them never wait for each other.
        markers.sort_by_key(|marker| (marker.timeline, marker.person));
        for chunk in rows::chunks(&markers) {
            let text = SQL.text(self.marks(), chunk.len());
            run!(self, connection => {
                let mut query = sqlx::query(text);
                for marker in chunk {
                    query = query
                        .bind(marker.timeline.0.as_bytes().as_slice())
                        .bind(marker.person.0.as_bytes().as_slice())
                        .bind(seq_into(marker.seq))
                        .bind(marker.read_at.0);
                }
                query.execute(connection).await?;
            });
        }
        Ok(())
    }

    /// Everybody's marker on a timeline.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_read_markers(&mut self, timeline: TimelineId) -> Result<Vec<ReadMarker>, StoreError> {
        const SQL: &str = "select person, seq, read_at from read_marker where timeline = $1 order by person";
        let rows: Vec<(Vec<u8>, i64, i64)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(timeline.0.as_bytes().as_slice()).fetch_all(connection).await?
        });
        rows.iter()
            .map(|(person, seq, read_at)| {
                Ok(ReadMarker {
                    person: PersonId(uuid_from("read_marker.person", person)?),
                    timeline,
                    seq: seq_from("read_marker.seq", *seq)?,
                    read_at: Timestamp(*read_at),
                })
            })
            .collect()
    }

    /// Opens, widens and closes grants, in this order of the kinds. One that is open already stays as it is: a batch may
    /// come again whose commit was stored and never answered.
    ///
    /// # Errors
    /// When the database fails, or the sign-in or timeline of a new grant does not exist.
    pub async fn write_grants(&mut self, changes: &[GrantChange]) -> Result<(), StoreError> {
        static OPEN: LazyLock<Rows> = LazyLock::new(|| {
            Rows::new(
                "insert into read_grant (id, sign_in, timeline, opened_at, from_seq, emergency_access) values ",
                6,
                " on conflict (id) do nothing",
            )
        });
        // Widening never takes a closing back: null leaves the time of closing as it is. Closing never narrows: whoever closes may
        // not have heard of a wider commit that was stored and never answered.
        static MOVE: LazyLock<Rows> = LazyLock::new(|| {
            Rows::new(
                "with moved (id, through_seq, closed_at) as (values ",
                3,
                ") update read_grant set through_seq = case when read_grant.through_seq > moved.through_seq
                    then read_grant.through_seq else moved.through_seq end,
                  closed_at = coalesce(read_grant.closed_at, moved.closed_at)
                  from moved where read_grant.id = moved.id",
            )
        });
        let (opened, moved) = sorted(changes);
        for chunk in rows::chunks(&opened) {
            let text = OPEN.text(self.marks(), chunk.len());
            run!(self, connection => {
                let mut query = sqlx::query(text);
                for (id, sign_in, timeline, opened_at, from, access) in chunk {
                    query = query
                        .bind(id.0.as_bytes().as_slice())
                        .bind(sign_in.0.as_bytes().as_slice())
                        .bind(timeline.0.as_bytes().as_slice())
                        .bind(opened_at.0)
                        .bind(seq_into(*from))
                        .bind(access.map(|entry| entry.0.as_bytes().to_vec()));
                }
                query.execute(connection).await?;
            });
        }
        for chunk in rows::chunks(&moved) {
            let text = MOVE.text(self.marks(), chunk.len());
            run!(self, connection => {
                let mut query = sqlx::query(text);
                for (id, through, closed_at) in chunk {
                    query = query
                        .bind(id.0.as_bytes().as_slice())
                        .bind(seq_into(*through))
                        .bind(closed_at.map(|at| at.0));
                }
                query.execute(connection).await?;
            });
        }
        Ok(())
    }

    /// Whether this sign-in read the timeline from its beginning since a moment, and was sent something.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_started_over(
        &mut self,
        sign_in: SignInId,
        timeline: TimelineId,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        const SQL: &str = "select 1 from read_grant where timeline = $1 and sign_in = $2
            and opened_at >= $3 and from_seq = 0 and through_seq > 0 limit 1";
        let row: Option<(i32,)> = run!(self, connection => {
            sqlx::query_as(SQL)
                .bind(timeline.0.as_bytes().as_slice())
                .bind(sign_in.0.as_bytes().as_slice())
                .bind(since.0)
                .fetch_optional(connection)
                .await?
        });
        Ok(row.is_some())
    }

    /// All grants of a timeline in the order they were opened: who was given what to read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_grants(&mut self, timeline: TimelineId) -> Result<Vec<Grant>, StoreError> {
        const SQL: &str = "select id, sign_in, timeline, opened_at, from_seq, through_seq, closed_at,
            emergency_access from read_grant where timeline = $1 order by opened_at, id";
        let rows: Vec<GrantRow> = run!(self, connection => {
            sqlx::query_as(SQL).bind(timeline.0.as_bytes().as_slice()).fetch_all(connection).await?
        });
        rows.into_iter().map(grant_from).collect()
    }
}

type Opened = (GrantId, SignInId, TimelineId, Timestamp, Seq, Option<EntryId>);
type Moved = (GrantId, Seq, Option<Timestamp>);

/// The new grants, and for each changed one its furthest seq and its end.
fn sorted(changes: &[GrantChange]) -> (Vec<Opened>, Vec<Moved>) {
    let mut opened = Vec::new();
    let mut moved: HashMap<GrantId, (Seq, Option<Timestamp>)> = HashMap::new();
    for change in changes {
        let (id, through, closed_at) = match *change {
            GrantChange::Open { id, sign_in, timeline, opened_at, from, access } => {
                opened.push((id, sign_in, timeline, opened_at, from, access));
                continue;
            }
            GrantChange::Widen { id, through } => (id, through, None),
            GrantChange::Close { id, through, closed_at } => (id, through, Some(closed_at)),
            GrantChange::End(ended) => (ended.grant, ended.through, Some(ended.closed_at)),
        };
        let kept = moved.entry(id).or_insert((through, closed_at));
        kept.0 = kept.0.max(through);
        kept.1 = kept.1.or(closed_at);
    }
    let mut moved: Vec<Moved> = moved.into_iter().map(|(id, (through, closed_at))| (id, through, closed_at)).collect();
    moved.sort_by_key(|(id, ..)| *id);
    (opened, moved)
}

fn grant_from(row: GrantRow) -> Result<Grant, StoreError> {
    let (id, sign_in, timeline, opened_at, from, through, closed_at, access) = row;
    Ok(Grant {
        id: GrantId(uuid_from("read_grant.id", &id)?),
        sign_in: SignInId(uuid_from("read_grant.sign_in", &sign_in)?),
        timeline: TimelineId(uuid_from("read_grant.timeline", &timeline)?),
        opened_at: Timestamp(opened_at),
        from: seq_from("read_grant.from_seq", from)?,
        through: through.map(|seq| seq_from("read_grant.through_seq", seq)).transpose()?,
        closed_at: closed_at.map(Timestamp),
        access: access.map(|id| uuid_from("read_grant.emergency_access", &id).map(EntryId)).transpose()?,
    })
}
