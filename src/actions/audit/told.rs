//! What a record of the audit log says, in words and as a code, without names and without what anybody wrote: so it is shipped
//! to other systems. Reasons and names go beside it (`event.rs`, `details.rs`).

use crate::domain::account::{AccountDeed, Tried};
use crate::domain::act::{Act, Deed};
use crate::domain::audit::AuditKind;
use crate::domain::checkpoint::hex;
use crate::domain::client::ClientDeed;
use crate::domain::device::DeviceDeed;
use crate::domain::group::GroupDeed;
use crate::domain::identifying::IdentifierKind;
use crate::domain::ids::Seq;
use crate::domain::keeping::{KeepingDeed, TakenOut};
use crate::domain::kind::Kind;
use crate::domain::text::{Text, counted};
use crate::store::{Audited, Refusal, WrittenFor};

use super::event::ReadSeen;

/// A stable code of what was done or why not.
pub(super) fn code(audited: &Audited) -> String {
    match audited {
        Audited::Refusal(refusal) => refusal.code.clone(),
        Audited::WrittenFor(written) => written.kind.code().to_owned(),
        Audited::Read(read) => read.of.scope.code().to_owned(),
        Audited::ReadEnded(_) => String::new(),
        Audited::Act(act) => match &act.deed {
            Deed::SignInIssued { way, .. } => way.map(|way| way.code().to_owned()).unwrap_or_default(),
            Deed::SignInEnded { why, .. } => why.code().to_owned(),
            Deed::OrganisationKept { is_new, active, .. } | Deed::PersonKept { is_new, active, .. } => {
                kept(*is_new, *active).0.to_owned()
            }
            Deed::DutyClockReleased { .. } | Deed::Queued { .. } => String::new(),
            Deed::EmergencySearch { found, .. } => if found.is_empty() { "nobody" } else { "found" }.to_owned(),
            Deed::Account(deed) => account(deed).0.to_owned(),
            Deed::Device(deed) => device(deed).0.to_owned(),
            Deed::Client(deed) => deed.about().1.to_owned(),
            Deed::Keeping(deed) => deed.code().to_owned(),
            Deed::Quarantine(deed) => deed.step.code().to_owned(),
            Deed::Announcement(deed) => deed.step.code().to_owned(),
            Deed::Training(deed) => deed.step.code().to_owned(),
            Deed::Case(deed) => deed.step.code().to_owned(),
            Deed::Group(deed) => deed.step.code().to_owned(),
            Deed::RulebookMoved { step, .. } => step.code().to_owned(),
            Deed::AuditUsed { how, .. } => how.code().to_owned(),
        },
    }
}

/// Somebody tried to sign in and did not know enough.
pub(super) fn is_failed_sign_in(audited: &Audited) -> bool {
    let Audited::Act(Act { deed, .. }) = audited else { return false };
    matches!(deed, Deed::Account(AccountDeed::SignInRefused { .. }) | Deed::Client(ClientDeed::Refused { .. }))
}

/// In words.
pub(super) fn said(kind: Option<AuditKind>, audited: Option<&Audited>, read: Option<&ReadSeen>) -> Text {
    let title = kind.map_or(Text::fixed("監査記録", "audit record"), |kind| Text::fixed(kind.ja(), kind.en()));
    let Some(audited) = audited else {
        return with(
            &title,
            &Text::fixed(
                "内容を開けません（鍵の廃棄か破損）",
                "its content does not open: its key was destroyed, or it was damaged",
            ),
        );
    };
    match audited {
        Audited::Refusal(Refusal { kind, code, .. }) => {
            with(&title, &Text::new(format!("{}（{code}）", kind.ja()), format!("{} ({code})", kind.en())))
        }
        Audited::WrittenFor(WrittenFor { kind, .. }) => with(&title, &Text::fixed(kind.ja(), kind.en())),
        Audited::Read(_) => read.map_or(title.clone(), |read| with(&title, &said_of_read(read))),
        Audited::ReadEnded(ended) => {
            let through = ended.through;
            with(&title, &Text::new(format!("#{through} まで"), format!("up to #{through}")))
        }
        Audited::Act(act) => match said_of(&act.deed) {
            Some(said) => with(&title, &said),
            None => title,
        },
    }
}

/// A post that was accepted.
pub(super) fn accepted(kind: Kind) -> Text {
    let title = Text::fixed(AuditKind::Accepted.ja(), AuditKind::Accepted.en());
    with(&title, &Text::fixed(kind.ja(), kind.en()))
}

fn with(title: &Text, said: &Text) -> Text {
    Text::new(format!("{}: {}", title.ja, said.ja), format!("{}: {}", title.en, said.en))
}

fn said_of_read(read: &ReadSeen) -> Text {
    let ReadSeen { scope, from, through, why, is_over, .. } = read;
    let (mut ja, mut en) = (scope.ja().to_owned(), scope.en().to_owned());
    if *through != Some(Seq::ZERO) {
        let first = from.next();
        match through {
            Some(last) if last <= from => {
                ja += "（新しい記録はなし）";
                en += " (nothing new)";
            }
            Some(last) => {
                ja += &format!(" #{first}〜#{last}");
                en += &format!(" #{first}–#{last}");
            }
            None => {
                ja += &format!(" #{first} から{}", if *is_over { "最後まで" } else { "（閲覧中または最後まで）" });
                en += &format!(" from #{first} {}", if *is_over { "to the end" } else { "on (up to the end)" });
            }
        }
    }
    Text::new(format!("{ja}、{}", why.ja()), format!("{en}, {}", why.en()))
}

fn said_of(deed: &Deed) -> Option<Text> {
    Some(match deed {
        Deed::SignInIssued { way, position, .. } => {
            let way = way.map_or(Text::fixed("", ""), |way| Text::fixed(way.ja(), way.en()));
            Text::new(format!("{} {}", position.role.ja(), way.ja), format!("{} {}", position.role.en(), way.en))
        }
        Deed::SignInEnded { why, .. } => Text::fixed(why.ja(), why.en()),
        Deed::OrganisationKept { is_new, active, .. } => in_directory(("事業所", "organisation"), *is_new, *active),
        Deed::PersonKept { is_new, active, .. } => in_directory(("人", "person"), *is_new, *active),
        Deed::DutyClockReleased { .. } | Deed::Queued { .. } => return None,
        Deed::EmergencySearch { found, .. } => {
            let count = found.len();
            Text::new(format!("{count} 人が該当"), format!("{count} found"))
        }
        Deed::Account(deed) => account(deed).1,
        Deed::Device(deed) => device(deed).1,
        Deed::Client(deed) => client(deed),
        Deed::Keeping(deed) => keeping(deed),
        Deed::Quarantine(deed) => Text::fixed(deed.step.ja(), deed.step.en()),
        Deed::Announcement(deed) => versioned((deed.step.ja(), deed.step.en()), deed.number, &deed.confirmed),
        Deed::Case(deed) => versioned((deed.step.ja(), deed.step.en()), deed.number, &deed.confirmed),
        Deed::Group(deed) => group(deed),
        Deed::Training(deed) => match deed.people.len() {
            0 => Text::fixed(deed.step.ja(), deed.step.en()),
            people => {
                Text::new(format!("{}（{people} 人）", deed.step.ja()), format!("{} ({people} people)", deed.step.en()))
            }
        },
        Deed::RulebookMoved { step, .. } => Text::fixed(step.ja(), step.en()),
        Deed::AuditUsed { how, .. } => Text::fixed(how.ja(), how.en()),
    })
}

/// A step with its version, and what whoever did it was warned of and confirmed.
fn versioned((step_ja, step_en): (&str, &str), number: u32, confirmed: &[IdentifierKind]) -> Text {
    let (warned_ja, warned_en) = warned(confirmed);
    Text::new(format!("{step_ja}（第{number}版{warned_ja}）"), format!("{step_en} (version {number}{warned_en})"))
}

/// Of what kinds whoever did it was warned, and said that it is none.
fn warned(confirmed: &[IdentifierKind]) -> (String, String) {
    let (ja, en): (Vec<_>, Vec<_>) = confirmed.iter().map(|kind| (kind.ja(), kind.en())).unzip();
    if confirmed.is_empty() {
        return (String::new(), String::new());
    }
    (format!("、警告を確認: {}", ja.join("、")), format!(", confirmed after a warning: {}", en.join(", ")))
}

/// A step with the message that it is about, or how many people came and left.
fn group(GroupDeed { step, number, joined, left, confirmed, .. }: &GroupDeed) -> Text {
    let (warned_ja, warned_en) = warned(confirmed);
    let (ja, en) = match (number, joined.len(), left.len()) {
        (0, joined, left) => (format!("加わった人 {joined}・外れた人 {left}"), format!("{joined} joined, {left} left")),
        (number, ..) => (format!("{number}番"), format!("message {number}")),
    };
    Text::new(format!("{}（{ja}{warned_ja}）", step.ja()), format!("{} ({en}{warned_en})", step.en()))
}

const fn kept(is_new: bool, active: bool) -> (&'static str, &'static str, &'static str) {
    match (is_new, active) {
        (true, _) => ("entered", "登録", "entered"),
        (false, true) => ("replaced", "更新", "replaced"),
        (false, false) => ("ended", "終了", "ended"),
    }
}

fn in_directory((ja, en): (&str, &str), is_new: bool, active: bool) -> Text {
    let (_, done_ja, done_en) = kept(is_new, active);
    Text::new(format!("{ja}の{done_ja}"), format!("{en} {done_en}"))
}

fn device(deed: &DeviceDeed) -> (&'static str, Text) {
    match deed {
        DeviceDeed::Registered { .. } => ("registered", Text::fixed("登録", "registered")),
        DeviceDeed::Enrolling { .. } => ("enrolling", Text::fixed("登録リンクの発行", "an enrolment link was issued")),
        DeviceDeed::EnrolmentEnded { why, .. } => {
            let said = Text::new(format!("登録リンクの終了（{}）", why.ja()), format!("enrolment link {}", why.en()));
            (why.code(), said)
        }
        DeviceDeed::CertificateIssued { way, .. } => {
            let said = Text::new(format!("証明書の発行（{}）", way.ja()), format!("certificate {}", way.en()));
            ("certificate_issued", said)
        }
        DeviceDeed::CertificateReplaced { .. } => {
            ("certificate_replaced", Text::fixed("新しい証明書への切り替え", "its certificate was replaced"))
        }
        DeviceDeed::Revoked { .. } => ("revoked", Text::fixed("失効", "revoked")),
        DeviceDeed::AuthorityMade { number, .. } => (
            "authority_made",
            Text::new(format!("端末の認証局 {number} を作成"), format!("authority {number} for devices was made")),
        ),
        DeviceDeed::AuthorityRetired { number, certificates, .. } => (
            "authority_retired",
            Text::new(
                format!("端末の認証局 {number} の終了（証明書 {certificates} 枚）"),
                format!("authority {number} for devices was retired ({certificates} certificates ended)"),
            ),
        ),
        DeviceDeed::ExceptionGranted { .. } => {
            ("exception_granted", Text::fixed("端末なしのサインインの許可", "may sign in without a device for a time"))
        }
        DeviceDeed::ExceptionEnded { .. } => {
            ("exception_ended", Text::fixed("端末なしのサインインの終了", "may no longer sign in without a device"))
        }
    }
}

fn client(deed: &ClientDeed) -> Text {
    match deed {
        ClientDeed::Registered { scopes, .. } => {
            Text::new(format!("登録（{scopes}）"), format!("registered ({scopes})"))
        }
        ClientDeed::KeyAdded { key, .. } => Text::new(format!("鍵 {key} の追加"), format!("key {key} added")),
        ClientDeed::KeyRemoved { key, .. } => Text::new(format!("鍵 {key} の削除"), format!("key {key} removed")),
        ClientDeed::Suspended { .. } => Text::fixed("利用の停止", "suspended"),
        ClientDeed::Resumed { .. } => Text::fixed("利用の再開", "resumed"),
        ClientDeed::Removed { .. } => Text::fixed("削除", "removed"),
        ClientDeed::TokenIssued { key, address, scopes, .. } => Text::new(
            format!("トークンの発行（鍵 {key}、{address}、{scopes}）"),
            format!("token issued (key {key}, {address}, {scopes})"),
        ),
        ClientDeed::Refused { address, .. } => {
            Text::new(format!("トークンの拒否（{address}）"), format!("token refused ({address})"))
        }
    }
}

fn keeping(deed: &KeepingDeed) -> Text {
    match deed {
        KeepingDeed::BackedUp { name, .. } => Text::new(format!("バックアップ {name}"), format!("backed up as {name}")),
        KeepingDeed::Exported { taken: Some(TakenOut { entry, seqs, files, .. }), .. } => {
            // Why stands in the entry, and in the request that it names.
            let entry = entry.map(|entry| entry.to_string()).unwrap_or_default();
            Text::new(
                format!("患者の記録を持ち出した（記録 {seqs}、ファイル {files} 件。申請と理由は記録 {entry}）"),
                format!(
                    "a patient's record was taken out (entries {seqs}; {}; why: entry {entry})",
                    counted(files, "file")
                ),
            )
        }
        KeepingDeed::Destroyed { kept, .. } => Text::new(
            format!("記録の廃棄（保存期間 {} まで）", kept.until),
            format!("destroyed the record, which had to be kept until {}", kept.until),
        ),
        KeepingDeed::KeyRotated { from, to } => Text::new(
            format!("地域の鍵の交換（{from} から {to} へ）"),
            format!("replaced the region's key {from} by {to}"),
        ),
        KeepingDeed::CheckpointKeyReplaced { from, to, after, .. } => {
            let (from, to) = (hex(from), hex(to));
            Text::new(
                format!("チェックポイントの署名の鍵の交換（公開鍵 {from} から {to} へ。{after} 番まで前の鍵）"),
                format!("replaced the key that signs checkpoints: {from} by {to}, after checkpoint {after}"),
            )
        }
        KeepingDeed::Exported { patient: Some(_), .. } => {
            Text::fixed("患者の記録すべてを取り出した", "a patient's whole record was taken out")
        }
        KeepingDeed::Exported { patient: None, .. } => {
            Text::fixed("地域の記録すべてを取り出した", "the whole region was taken out")
        }
        KeepingDeed::LookedInto { .. } => {
            Text::fixed("記録のわけを調べた", "it was looked up why something of a record is as it is")
        }
        KeepingDeed::SecretariatRestored { .. } => {
            Text::fixed("事務局の復旧（ハブのマシンで）", "the secretariat was restored on the hub's machine")
        }
        KeepingDeed::SuspensionLifted { person: Some(_), .. } => Text::fixed(
            "人の利用停止の解除（事務局の復旧のため、ハブのマシンで）",
            "a person's suspension was lifted on the hub's machine, to restore the secretariat",
        ),
        KeepingDeed::SuspensionLifted { person: None, .. } => Text::fixed(
            "事業所の利用停止の解除（事務局の復旧のため、ハブのマシンで）",
            "an organisation's suspension was lifted on the hub's machine, to restore the secretariat",
        ),
        KeepingDeed::RowStruck { table, .. } => Text::new(
            format!("地域の鍵を使わずに書かれた行（表 {table}）の削除（ハブのマシンで）"),
            format!("a row of {table} that was not written with the region's key was struck out on the hub's machine"),
        ),
        KeepingDeed::Restored { made_at, sign_ins, despite, .. } => {
            let (mut ja, mut en) = (
                format!("{made_at} のバックアップから復元（サインイン {sign_ins} 件を終了）"),
                format!("restored from the backup of {made_at}; {sign_ins} sign-ins ended"),
            );
            if !despite.is_empty() {
                ja += "。異常を承知のうえ";
                en += "; despite faults";
            }
            Text::new(ja, en)
        }
    }
}

/// The device stands beside it.
fn refused(Tried { address, .. }: &Tried) -> Text {
    match address {
        None => Text::fixed("サインインの失敗", "a sign-in was refused"),
        Some(address) => {
            Text::new(format!("サインインの失敗（{address}）"), format!("a sign-in was refused ({address})"))
        }
    }
}

fn account(deed: &AccountDeed) -> (&'static str, Text) {
    match deed {
        AccountDeed::Invited { purpose, .. } => (purpose.code(), Text::fixed(purpose.ja(), purpose.en())),
        AccountDeed::InvitationEnded { why, .. } => {
            let said = Text::new(format!("招待の終了（{}）", why.ja()), format!("invitation {}", why.en()));
            (why.code(), said)
        }
        AccountDeed::Changed { what, .. } => (what.code(), Text::fixed(what.ja(), what.en())),
        AccountDeed::SignInRefused { from, .. } => ("sign_in_refused", refused(from)),
        AccountDeed::Passkey { what, .. } => (what.code(), Text::fixed(what.ja(), what.en())),
        AccountDeed::Identity { what, .. } => (what.code(), Text::fixed(what.ja(), what.en())),
        AccountDeed::Proved { way, .. } => (
            "proved",
            Text::new(format!("本人の再確認（{}）", way.ja()), format!("showed again who they are ({})", way.en())),
        ),
        AccountDeed::AdministratorKept { appointed: true, .. } => {
            ("appointed", Text::fixed("管理者に任命", "appointed to look after an office"))
        }
        AccountDeed::AdministratorKept { appointed: false, .. } => {
            ("dismissed", Text::fixed("管理者から解任", "no longer looks after an office"))
        }
    }
}
