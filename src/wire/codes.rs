//! The tables that clients match: WebSocket close codes, and the codes of errors and refusals.
//!
//! A code is never reused or renamed. `docs/protocol.md` lists both tables; a test compares.

use crate::domain::list::closed_list;
use crate::domain::text::Text;

macro_rules! close_codes {
    ($($(#[$doc:meta])* $member:ident = $number:literal, $code:literal, $retry:literal, $ja:literal, $en:literal;)+) => {
        /// Why the hub closes a socket. 40xx: come back; 41xx: the handshake; 42xx: the sign-in; 43xx: what
        /// the client did.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum CloseCode { $($(#[$doc])* $member),+ }

        impl CloseCode {
            /// Every code, by number.
            pub const ALL: &'static [Self] = &[$(Self::$member),+];

            /// The number in the WebSocket close frame.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self { $(Self::$member => $number),+ }
            }

            /// The name in `goodbye` and in the close frame's reason.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$member => $code),+ }
            }

            /// Whether connecting again, with a new ticket, can help; else only a person can.
            #[must_use]
            pub const fn retry(self) -> bool {
                match self { $(Self::$member => $retry),+ }
            }

            /// What people read.
            #[must_use]
            pub const fn text(self) -> Text {
                match self { $(Self::$member => Text::fixed($ja, $en)),+ }
            }

            /// The code with this number.
            #[must_use]
            pub fn from_number(number: u32) -> Option<Self> {
                Self::ALL.iter().copied().find(|close| u32::from(close.number()) == number)
            }
        }
    };
}

close_codes! {
    /// The hub stops or restarts; everything accepted is safe.
    GoingAway = 4000, "going_away", true, "連携ハブを停止します。自動的に再接続します", "the hub is stopping; reconnecting";
    /// Nothing came from the client for three heartbeats.
    HeartbeatMissed = 4001, "heartbeat_missed", true, "端末からの応答がありません", "nothing was heard from the client";
    /// The client took nothing off the connection for too long.
    WriteStalled = 4002, "write_stalled", true, "端末が受信していません", "the client is not reading";
    /// More connections or work than the hub takes.
    Overloaded = 4003, "overloaded", true, "混み合っています", "the hub is overloaded";
    /// A fault of the hub.
    Internal = 4004, "internal", true, "連携ハブに問題が起きました", "the hub has a fault";

    /// No `hello` in time.
    HelloLate = 4100, "hello_late", true, "接続の確認が時間内に届きませんでした", "no hello arrived in time";
    /// The first frame was something else.
    HelloExpected = 4101, "hello_expected", false, "最初のフレームは hello です", "the first frame must be hello";
    /// No version in common.
    VersionUnsupported = 4102, "version_unsupported", false, "アプリの更新が必要です", "the client must be updated";
    /// The ticket is unknown, used or expired.
    TicketRefused = 4103, "ticket_refused", true, "接続用チケットが無効です", "the ticket is unknown, used or expired";
    /// The connection shows another registered device than the sign-in counts on, or none where one is required.
    DeviceRefused = 4104, "device_refused", false, "この端末の証明書では接続できません", "the connection does not show the registered device";

    /// Signed out, revoked, disabled, or the position ended.
    SignInEnded = 4200, "sign_in_ended", false, "サインインが終了しました", "the sign-in has ended";
    /// The time of the sign-in is over.
    SignInExpired = 4201, "sign_in_expired", false, "サインインの期限が切れました", "the sign-in has expired";
    /// More sockets than one person may have.
    SessionsExceeded = 4202, "sessions_exceeded", false, "同じ人の接続が多すぎます", "too many connections of one person";
    /// The registered device was revoked.
    DeviceRevoked = 4203, "device_revoked", false, "この端末の登録が取り消されました", "this device was revoked";

    /// A frame above `frame_bytes_max`.
    FrameTooLarge = 4300, "frame_too_large", false, "フレームが大きすぎます", "a frame is too large";
    /// Not a message of the subprotocol.
    FrameMalformed = 4301, "frame_malformed", false, "フレームを読み取れません", "a frame cannot be read";
    /// More frames than the hub takes from one socket.
    RateExceeded = 4302, "rate_exceeded", true, "送信が多すぎます", "too many frames";
}

closed_list! {
    /// Codes of `refused`, `dry_run_result`, `error` and of REST problems. The labels are the text for people
    /// where nothing more exact is known.
    Code {
        // About one field.
        Required = "required", "必須の項目です", "this field is required";
        TooLong = "too_long", "長すぎます", "too long";
        UnknownCode = "unknown_code", "使えない値です", "not one of the values expected";
        UnknownField = "unknown_field", "知らない項目です", "no such field";
        Unexpected = "unexpected", "ここでは指定できません", "not expected here";
        WrongType = "wrong_type", "値の型が違います", "a value of another type is expected";
        BadId = "bad_id", "UUIDではありません", "not a UUID";
        BadDate = "bad_date", "日付ではありません", "not a date";
        BadDecimal = "bad_decimal", "数値ではありません", "not a decimal";
        BadHash = "bad_hash", "SHA-256ではありません", "not a SHA-256";
        NoSuchFile = "no_such_file", "そのファイルはハブにありません", "the hub has no such file";
        ContentMismatch = "content_mismatch", "ファイルの中身または名前が種類と合いません", "the content or the name does not fit the type";
        ActiveContent = "active_content", "動作を含むファイルです", "the file acts or holds other files";
        TooManyPixels = "too_many_pixels", "画素が多すぎます", "too many pixels";
        BadLimit = "bad_limit", "アラーム値が正しくありません", "not an alarm limit";
        Mismatch = "mismatch", "一致しません", "this does not fit";
        TooShort = "too_short", "短すぎます", "too short";
        GuessedFirst = "guessed_first", "すぐに推測されます", "this would be guessed early";
        Duplicate = "duplicate", "重複しています", "given twice";
        Implausible = "implausible", "ありえない値です", "cannot be true";
        OutOfOrder = "out_of_order", "順序が逆です", "out of order";
        OutOfRange = "out_of_range", "範囲外です", "out of range";
        WrongKind = "wrong_kind", "この種類は使えません", "not with this kind";
        WrongUnit = "wrong_unit", "この単位は使えません", "not measured in this unit";
        // About the frame.
        Malformed = "malformed", "読み取れません", "cannot be read";
        UnknownFrame = "unknown_frame", "知らないフレームです", "an unknown or empty frame";
        HelloRepeated = "hello_repeated", "hello は一度だけです", "hello was already said";
        NotSubscribed = "not_subscribed", "購読していません", "not subscribed to this timeline";
        // About what was asked.
        NotFound = "not_found", "見つかりません", "not found";
        Forbidden = "forbidden", "ルールにより認められません", "the rules do not allow this";
        Suspended = "suspended", "利用が停止されています", "the use of the system is suspended";
        /// Who is signed in, or their office, has never pledged what the rules ask for first.
        PledgeOwed = "pledge_owed", "ご利用の前に、申し合わせの確認をお願いします", "a pledge comes first";
        /// Gates of the rulebook hold the post: with what they ask for it may be sent again.
        Held = "held", "ルールにより保留されています。足りないものを添えて送り直せます", "rules hold this post; it may be sent again with what they ask for";
        Conflict = "conflict", "同じIDで別の内容がすでに登録されています", "this id was accepted with other content";
        /// A record that may not be destroyed yet.
        Retained = "retained", "まだ保存しなければならない記録です", "this record must be kept for longer";
        /// What must not come early waits until recorded time and the machine's clock agree.
        ClockBehind = "clock_behind", "このマシンの時計が記録済みの時刻より遅れているため、いまはできません", "not while this machine's clock is behind the recorded time";
        Dismissed = "dismissed", "連携事務局が記録しないと決めました", "the secretariat dismissed this post";
        TargetNotFound = "target_not_found", "対象の記録が見つかりません", "the entry it is about was not found";
        RuleFailed = "rule_failed", "ルールを評価できなかったため認められません", "a rule failed, so this is refused";
        IsHost = "is_host", "管理事業所です", "this organisation is the host";
        NotLinked = "not_linked", "チームに紐付けられていません", "not linked to the team";
        Retracted = "retracted", "取り消された記録です", "it was retracted";
        Superseded = "superseded", "より新しい内容が記録されています", "a newer one is in force";
        RulebookUnsound = "rulebook_unsound", "ルールに誤りがあります", "the rules have mistakes";
        Ended = "ended", "もう終わっています", "it has ended already";
        NotYours = "not_yours", "この人にはできません", "somebody else's to do";
        NotAgreed = "not_agreed", "取り決められていません", "this was not agreed";
        WrittenByTheHub = "written_by_the_hub", "連携ハブだけが書く記録です", "only the hub writes such entries";
        // About the request over HTTP.
        Unauthenticated = "unauthenticated", "サインインしてください", "sign in first";
        SignInRefused = "sign_in_refused", "サインイン ID・パスワード・確認コードのどれかが違います", "sign-in name, password or code is wrong";
        PasskeyRefused = "passkey_refused", "パスキーを確かめられませんでした。もう一度お試しいただくか、別の方法でサインインしてください", "this passkey lets nobody in here; try again, or sign in another way";
        OutsideRefused = "outside_refused", "外部サービスからはサインインできませんでした。結び付けられていないか、期限が切れています。ほかの方法でサインインし、ご自身の画面で結び付けてください", "nobody is let in by the other service: it is not linked, or it took too long; sign in another way, and link it on your own page";
        OutsideAway = "outside_away", "いまは外部サービスに接続できません。しばらくしてお試しいただくか、別の方法でサインインしてください", "the other service does not answer; try again later, or sign in another way";
        /// A grave act: whoever is signed in must show once more who they are.
        ProofNeeded = "proof_needed", "大切な操作です。続ける前に、ご本人であることをもう一度確かめさせてください", "this needs a fresh proof of who you are: show your passkey, or password and code, again";
        /// A system client's token does not name it, or it is closed to systems.
        InsufficientScope = "insufficient_scope", "この連携システムのトークンでは認められていません", "not within the scopes of this system's token";
        InvitationRefused = "invitation_refused", "招待のリンクまたはコードが正しくないか、すでに使われたか、期限が切れています", "the invitation's link or code is wrong, used or too old";
        DeviceRequired = "device_required", "登録された端末の証明書が必要です", "the certificate of a registered device is required";
        DeviceMismatch = "device_mismatch", "このサインインは別の端末のものです。この端末でサインインし直してください", "this sign-in belongs to another device; sign in again on this one";
        DeviceElsewhere = "device_elsewhere", "この端末は別の事業所のものです", "this device belongs to another organisation";
        EnrolmentRefused = "enrolment_refused", "端末登録のリンクまたはコードが正しくないか、すでに使われたか、期限が切れています", "the enrolment's link or code is wrong, used or too old";
        TooManyTries = "too_many_tries", "試した回数が多すぎます。しばらくしてお試しください", "tried too often; try again later";
        /// More requests or posts in a minute than the region lets one make.
        TooManyRequests = "too_many_requests", "要求が多すぎます。しばらくしてお試しください", "too many requests; send again later";
        OriginRefused = "origin_refused", "このページからは接続できません", "this origin may not open a socket here";
        MethodNotAllowed = "method_not_allowed", "この操作はできません", "not with this method";
        TooLarge = "too_large", "送られた内容が大きすぎます", "the request body is too large";
        MediaTypeUnsupported = "media_type_unsupported", "ここでは受け取れない種類です（API の本文は application/json）", "a media type that is not taken here; requests are application/json";
        UpgradeExpected = "upgrade_expected", "WebSocketで接続してください", "open a WebSocket here";
        SubprotocolUnsupported = "subprotocol_unsupported", "対応するサブプロトコルがありません", "no subprotocol in common";
        TimedOut = "timed_out", "時間内に終わりませんでした。もう一度お試しください", "this took too long; try again";
        Overloaded = "overloaded", "混み合っています。しばらくしてお試しください", "the hub is overloaded; try again later";
        // About the hub.
        FileDamaged = "file_damaged", "ファイルが失われたか壊れています。運用者に知らせてください", "the file is missing or damaged; tell whoever runs the hub";
        Unavailable = "unavailable", "いまは保存できません。あとで送り直してください", "the hub cannot store now; send again later";
        Internal = "internal", "連携ハブに問題が起きました", "the hub has a fault";
    }
}

impl Code {
    /// What people read where nothing more exact is known.
    #[must_use]
    pub const fn text(self) -> Text {
        Text::fixed(self.ja(), self.en())
    }

    /// What the code is about, in words that fit every use of it.
    #[must_use]
    pub const fn title(self) -> Text {
        match self {
            Self::Conflict => Text::fixed("いまの内容や状態と合いません", "this does not fit what is there now"),
            Self::Dismissed => Text::fixed("事務局が記録しないと決めた投稿です", "the secretariat dismissed this post"),
            Self::Forbidden => Text::fixed("認められていません", "this is not allowed"),
            Self::Held => Text::fixed("ルールにより保留されています", "rules hold this post"),
            Self::OutsideAway => Text::fixed("外部サービスに接続できません", "the other service does not answer"),
            Self::Unexpected => Text::fixed("ここでは受け付けられない組合せです", "not expected here"),
            _ => self.text(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn close_codes_are_private_use_numbers_each_used_once() {
        let numbers: BTreeSet<u16> = CloseCode::ALL.iter().map(|close| close.number()).collect();
        assert_eq!(numbers.len(), CloseCode::ALL.len());
        assert!(numbers.iter().all(|number| (4000..=4999).contains(number)));
        for close in CloseCode::ALL {
            assert_eq!(CloseCode::from_number(close.number().into()), Some(*close));
            assert!(close.code().len() <= 123, "a close frame's reason is at most 123 bytes");
        }
    }

    /// Second argument of every `Invalid::new(field, "code", …)` in a source text.
    fn codes_in(source: &str) -> Vec<&str> {
        let arguments = source.split("Invalid::new(").skip(1);
        let code = |arguments: &str| -> Option<(usize, usize)> {
            let (mut depth, mut start) = (0, None);
            for (at, c) in arguments.char_indices() {
                match c {
                    '(' | '[' | '{' => depth += 1,
                    ')' | ']' | '}' if depth == 0 => return None,
                    ')' | ']' | '}' => depth -= 1,
                    ',' if depth == 0 && start.is_none() => start = Some(at + 1),
                    ',' if depth == 0 => return Some((start?, at)),
                    _ => {}
                }
            }
            None
        };
        arguments
            .filter_map(|arguments| code(arguments).map(|(from, to)| arguments[from..to].trim()))
            .filter_map(|argument| argument.strip_prefix('"')?.strip_suffix('"'))
            .collect()
    }

    #[test]
    fn every_code_that_a_complaint_carries_is_in_the_table() {
        let mut folders = ["domain", "codec", "rulebook"]
            .map(|layer| Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(layer))
            .to_vec();
        let mut found = BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let source = std::fs::read_to_string(&path).unwrap();
                    found.extend(codes_in(&source).into_iter().map(str::to_owned));
                }
            }
        }
        assert!(found.contains("implausible") && found.contains("bad_date"), "the search finds codes: {found:?}");
        for code in found {
            assert!(Code::from_code(&code).is_some(), "`{code}` is not in the table");
        }
    }
}
