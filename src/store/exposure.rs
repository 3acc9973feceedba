//! Who was given what to read in a span of time, summed up: for an incident, and for a patient who asks. It is told from the
//! audit log, which nobody shortens unnoticed; of the time before reads stood in that, from the table of grants. It counts what
//! was open then, also where it was opened before. What has no end on record counts as up to the timeline's end, or up to where
//! that was when the sign-in was over at the latest.

use std::collections::HashMap;

use uuid::Uuid;

use crate::domain::directory::Position;
use crate::domain::ids::{OrganisationId, PersonId, Seq, SignInId, TimelineId};
use crate::domain::reading::Read;
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::limits::EXPOSURE_LINES_MAX;

use super::engine::run;
use super::reads_on_record::{ReadOnRecord, ReadSaid, ReadsOf};
use super::record::{code_from, seq_from, uuid_from};
use super::{StoreError, Tx};

/// One person in one position, and one timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposure {
    pub person: PersonId,
    pub position: Position,
    pub timeline: TimelineId,
    pub first_at: Timestamp,
    /// When the last of them ended; `None`: one goes on.
    pub last_at: Option<Timestamp>,
    /// How many reads.
    pub reads: u64,
    /// Entries after this one.
    pub from: Seq,
    /// Up to this one.
    pub through: Seq,
    /// Whether one of them rested on emergency access.
    pub by_emergency: bool,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exposures {
    /// The earliest first, at most `EXPOSURE_LINES_MAX`.
    pub lines: Vec<Exposure>,
    /// Records of reads that do not open: somebody wrote on them, and what they said is not in the lines.
    pub unreadable: u64,
}

/// One read.
#[derive(Clone, Copy)]
struct Given {
    person: PersonId,
    position: Position,
    timeline: TimelineId,
    opened_at: Timestamp,
    closed_at: Option<Timestamp>,
    from: Seq,
    through: Seq,
    by_emergency: bool,
}

/// A read that went on and has no end yet, with its record and sign-in.
struct Open {
    given: Given,
    seq: i64,
    sign_in: SignInId,
}

/// The sums so far.
struct Sums {
    from: Timestamp,
    until: Timestamp,
    lines: HashMap<(PersonId, Position, TimelineId), Exposure>,
    open: HashMap<Uuid, Open>,
    unreadable: u64,
}

/// Person, role, organisation, timeline, opened, closed, from, through, whether by emergency access.
type Row = (Vec<u8>, String, Vec<u8>, Vec<u8>, i64, Option<i64>, i64, Option<i64>, i64);

macro_rules! grants {
    ($where:literal) => {
        concat!(
            "select by_whom.person, by_whom.role, by_whom.organisation, given.timeline, given.opened_at, given.closed_at,
             given.from_seq, given.through_seq,
             cast(case when given.emergency_access is null then 0 else 1 end as bigint)
             from read_grant as given join sign_in as by_whom on by_whom.id = given.sign_in where ",
            $where,
            " and given.opened_at < $2"
        )
    };
}

impl Tx {
    /// What one person was given to read between these moments, the earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_exposures_of(
        &mut self,
        person: PersonId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Exposures, StoreError> {
        const SQL: &str = grants!("by_whom.person = $1");
        self.list_exposures(ReadsOf::Person(person), (SQL, person.0), (from, until)).await
    }

    /// Who was given a timeline to read between these moments, the earliest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_exposures_to(
        &mut self,
        timeline: TimelineId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Exposures, StoreError> {
        const SQL: &str = grants!("given.timeline = $1");
        self.list_exposures(ReadsOf::Timeline(timeline), (SQL, timeline.0), (from, until)).await
    }

    async fn list_exposures(
        &mut self,
        of: ReadsOf,
        (unrecorded, id): (&'static str, Uuid),
        (from, until): (Timestamp, Timestamp),
    ) -> Result<Exposures, StoreError> {
        let mut sums = Sums { from, until, lines: HashMap::new(), open: HashMap::new(), unreadable: 0 };
        let (mut after, mut is_more) = (0, true);
        while is_more {
            let page: Vec<ReadOnRecord>;
            (page, is_more) = self.list_reads_on_record(of, after).await?;
            for record in page {
                after = record.seq;
                sums.take(record);
            }
        }
        self.close_open(&mut sums).await?;
        self.add_unrecorded(unrecorded, id, &mut sums).await?;
        if sums.unreadable > 0 {
            tracing::warn!(count = sums.unreadable, "records of reads do not open; see `renkei audit verify`");
        }
        Ok(sums.into_exposures())
    }

    /// What has no end on record ended with its sign-in at the latest, or goes on.
    async fn close_open(&mut self, sums: &mut Sums) -> Result<(), StoreError> {
        let now = self.find_last_audit_at(Timestamp::MIN).await?.unwrap_or(Timestamp::MAX);
        let mut limits: HashMap<SignInId, Option<Timestamp>> = HashMap::new();
        for (_, Open { given, seq, sign_in }) in std::mem::take(&mut sums.open) {
            let limit = match limits.get(&sign_in) {
                Some(known) => *known,
                None => self.find_sign_in_limit(given.person, sign_in, seq).await?,
            };
            limits.insert(sign_in, limit);
            let closed_at = limit.filter(|limit| *limit < now);
            let through = self.find_seq_at(given.timeline, closed_at.unwrap_or(Timestamp::MAX)).await?;
            sums.add(Given { closed_at, through, ..given });
        }
        Ok(())
    }

    /// Reads of before they stood in the audit log. Who adds a row there makes the answer longer, never shorter.
    async fn add_unrecorded(&mut self, sql: &'static str, id: Uuid, sums: &mut Sums) -> Result<(), StoreError> {
        const FIRST: &str = "select recorded_at from audit where kind = 'read' order by seq limit 1";
        let first: Option<(i64,)> = run!(self, connection => sqlx::query_as(FIRST).fetch_optional(connection).await?);
        let before = first.map_or(i64::MAX, |(at,)| at);
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(sql).bind(id.as_bytes().as_slice()).bind(before).fetch_all(connection).await?
        });
        for row in rows {
            let Ok((given, is_to_the_end)) = given_from(row) else {
                sums.unreadable += 1;
                continue;
            };
            let through = match is_to_the_end {
                true => self.find_seq_at(given.timeline, Timestamp::MAX).await?,
                false => given.through,
            };
            sums.add(Given { through, ..given });
        }
        Ok(())
    }
}

impl Sums {
    fn take(&mut self, record: ReadOnRecord) {
        let ReadOnRecord { seq, at, said } = record;
        match said {
            None => self.unreadable += 1,
            Some((timeline, ReadSaid::Began(read))) => {
                let given = given_on_record(&read, timeline, at);
                match read.through {
                    Some(through) => self.add(Given { closed_at: Some(at), through, ..given }),
                    None => {
                        self.open.insert(read.grant, Open { given, seq, sign_in: read.sign_in });
                    }
                }
            }
            Some((_, ReadSaid::Ended(ended))) => {
                if let Some(Open { given, .. }) = self.open.remove(&ended.grant) {
                    self.add(Given { closed_at: Some(at), through: ended.through, ..given });
                }
            }
        }
    }

    fn add(&mut self, given: Given) {
        let Given { person, position, timeline, opened_at, closed_at, from, through, by_emergency } = given;
        if opened_at >= self.until || closed_at.is_some_and(|at| at < self.from) {
            return;
        }
        let line = self.lines.entry((person, position, timeline)).or_insert(Exposure {
            person,
            position,
            timeline,
            first_at: opened_at,
            last_at: closed_at,
            reads: 0,
            from,
            through,
            by_emergency,
        });
        line.reads += 1;
        line.first_at = line.first_at.min(opened_at);
        line.last_at = line.last_at.zip(closed_at).map(|(one, other)| one.max(other));
        line.from = line.from.min(from);
        line.through = line.through.max(through);
        line.by_emergency |= by_emergency;
    }

    fn into_exposures(self) -> Exposures {
        let mut lines: Vec<Exposure> = self.lines.into_values().collect();
        let place = |line: &Exposure| {
            let Position { role, organisation } = line.position;
            (line.first_at, line.timeline, line.person, role.code(), organisation)
        };
        lines.sort_by_key(place);
        lines.truncate(EXPOSURE_LINES_MAX);
        Exposures { lines, unreadable: self.unreadable }
    }
}

fn given_on_record(read: &Read, timeline: TimelineId, opened_at: Timestamp) -> Given {
    let reader = read.reader;
    Given {
        person: reader.person,
        position: Position { role: reader.role, organisation: reader.organisation },
        timeline,
        opened_at,
        closed_at: None,
        from: read.from,
        through: Seq::ZERO,
        by_emergency: read.access.is_some(),
    }
}

/// The read, and whether it counts as up to the timeline's end.
fn given_from(row: Row) -> Result<(Given, bool), StoreError> {
    let (person, role, organisation, timeline, opened_at, closed_at, from, through, by_emergency) = row;
    let position = Position {
        role: code_from("sign_in.role", &role, Role::from_code(&role))?,
        organisation: OrganisationId(uuid_from("sign_in.organisation", &organisation)?),
    };
    let given = Given {
        person: PersonId(uuid_from("sign_in.person", &person)?),
        position,
        timeline: TimelineId(uuid_from("read_grant.timeline", &timeline)?),
        opened_at: Timestamp(opened_at),
        closed_at: closed_at.map(Timestamp),
        from: seq_from("read_grant.from_seq", from)?,
        through: seq_from("read_grant.through_seq", through.unwrap_or(0))?,
        by_emergency: by_emergency != 0,
    };
    Ok((given, through.is_none()))
}
