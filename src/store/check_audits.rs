//! Goes through the audit log for `check.rs`: its chain, whether each record opens, where it ends, and what stands where no record of
//! it does: behind its end, or under a number that is none.

use crate::domain::text::Text;
use crate::limits::FOLD_PAGE_ENTRIES;
use crate::vault::chain::{GENESIS, Link};

use super::audit::{Row, audit_row_from, link};
use super::check::{FaultKind, Report};
use super::timeline::NO_LINK;
use super::{Journal, StoreError, Tx};

/// How far the chain was followed.
struct Followed {
    seq: i64,
    chain: Link,
}

pub(super) async fn check_audits(journal: &Journal, report: &mut Report) -> Result<(), StoreError> {
    let mut followed = Followed { seq: 0, chain: GENESIS };
    let mut from = Some(i64::MIN);
    let mut head = None;
    while let Some(number) = from {
        // The end is read in the moment of the records: what stands behind it then is no hub's.
        let (rows, end) = journal.read(move |tx| Box::pin(tx.list_with_end(number))).await?;
        from = rows.last().and_then(|row| row.0.checked_add(1)).filter(|_| rows.len() == FOLD_PAGE_ENTRIES);
        head = end;
        for row in rows {
            report.audits += 1;
            let place = audited(row.0);
            if row.0 < 1 {
                report.fault(FaultKind::Gap, place);
            } else if end.is_some_and(|(end, _)| row.0 > end) {
                report.fault(FaultKind::Head, place);
            } else {
                check_record(journal, row, &mut followed, report).await?;
            }
        }
    }
    match head {
        Some(end) if end == (followed.seq, followed.chain) => {}
        Some((end, _)) => report.fault(FaultKind::Head, audited(end)),
        None => report.fault(FaultKind::Head, Text::fixed("監査記録の終わり", "the end of the audit log")),
    }
    Ok(())
}

async fn check_record(
    journal: &Journal,
    row: Row,
    followed: &mut Followed,
    report: &mut Report,
) -> Result<(), StoreError> {
    let at = row.0;
    let place = audited(at);
    if followed.seq.checked_add(1) != Some(at) {
        report.fault(FaultKind::Gap, place.clone());
    }
    let chain = Link::try_from(row.4.as_slice()).unwrap_or(NO_LINK);
    let before = std::mem::replace(followed, Followed { seq: at, chain });
    let Ok(row) = audit_row_from(row) else {
        report.fault(FaultKind::Unreadable, place);
        return Ok(());
    };
    if link(&before.chain, at, &row.audit) != row.chain {
        report.fault(FaultKind::Chain, place.clone());
    }
    match journal.read(move |tx| Box::pin(async move { tx.open_audit(row).await })).await {
        Ok(_) => {}
        Err(StoreError::Inconsistent { .. }) => report.fault(FaultKind::Unreadable, place),
        Err(error) => return Err(error),
    }
    Ok(())
}

fn audited(seq: i64) -> Text {
    Text::new(format!("監査記録 {seq} 番"), format!("audit record {seq}"))
}

/// Where the log ends, by its record of that.
type End = Option<(i64, Link)>;

impl Tx {
    async fn list_with_end(&mut self, from: i64) -> Result<(Vec<Row>, End), StoreError> {
        let end = self.find_raw_audit_head().await?;
        Ok((self.list_audit_rows(from, FOLD_PAGE_ENTRIES).await?, end))
    }
}
