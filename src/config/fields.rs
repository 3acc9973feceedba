//! The list of all settings: one row gives the file's field, the environment's variable, the
//! sample that `init` writes and what the unknown-field message may suggest.

use crate::domain::text::Text;

/// One setting.
pub struct Field {
    /// As in the file: `section.name`.
    pub path: &'static str,
    pub meaning: Text,
    /// A value as TOML, shown in the sample.
    pub sample: &'static str,
}

impl Field {
    /// `RENKEI_LISTEN_ADDRESSES` for `listen.addresses`.
    #[must_use]
    pub fn environment(&self) -> String {
        format!("RENKEI_{}", self.path.replace('.', "_").to_ascii_uppercase())
    }
}

const fn field(path: &'static str, sample: &'static str, ja: &'static str, en: &'static str) -> Field {
    Field { path, meaning: Text::fixed(ja, en), sample }
}

/// Top-level fields first, then section by section: the order of the file and of `config show`.
pub const FIELDS: &[Field] = &[
    field(
        "database",
        "\"sqlite://data/renkei.db\"",
        "データベース。sqlite://ファイル または postgres://利用者@ホスト/名前?sslmode=verify-full",
        "Database: sqlite://FILE or postgres://USER@HOST/NAME?sslmode=verify-full",
    ),
    field("data_dir", "\"data\"", "データを置くフォルダー", "Folder for data"),
    field(
        "region_key_file",
        "\"data/region.key\"",
        "地域の鍵のファイル（600）。失うとすべての記録が読めなくなります",
        "The region's key file (mode 600); without it no record can be read",
    ),
    field(
        "region_key_command",
        "[\"/usr/local/bin/renkei-key\", \"decrypt\"]",
        "地域の鍵を標準出力に書くコマンド（鍵管理サービスなど）。region_key_file の代わりに",
        "A command that prints the region's key (of a key management service), instead of region_key_file",
    ),
    field(
        "rulebook_dir",
        "\"rulebooks/region\"",
        "地域のルールブックのフォルダー。なければ同梱のもの",
        "Folder of the region's rulebook; without it the one that ships",
    ),
    field("language", "\"ja\"", "コマンドの表示の言語（ja, en）", "Language of the commands' messages (ja, en)"),
    field(
        "public_url",
        "\"https://renkei.example.jp\"",
        "利用者がハブを開く URL。既定は待ち受けるアドレスの localhost",
        "Where people open the hub; localhost at the listening port by default",
    ),
    field(
        "allowed_origins",
        "[\"https://renkei.example.jp\"]",
        "WebSocket を開いてよいページのオリジン（完全一致）。既定は public_url",
        "Origins whose pages may open a WebSocket (exact); public_url by default",
    ),
    field("listen.addresses", "[\"127.0.0.1:8443\"]", "待ち受けるアドレスとポート", "Addresses and ports to listen on"),
    field(
        "listen.insecure_plain_http",
        "false",
        "このマシンの外へも TLS なしで待ち受ける。信頼できる回線上のプロキシが TLS を足すときだけ true",
        "Listen without TLS beyond this machine; true only behind a proxy that adds TLS on a trusted line",
    ),
    field(
        "tls.certificate",
        "\"certs/server.pem\"",
        "サーバー証明書（PEM、中間証明書も）",
        "Server certificate with its chain (PEM)",
    ),
    field("tls.key", "\"certs/server.key\"", "証明書の秘密鍵（PEM）", "Private key of the certificate (PEM)"),
    field(
        "tls.client_certificates",
        "\"optional\"",
        "登録端末の証明書。off: 求めない、optional: あれば確かめる、required: 必須（例外は事務局が期限つきで認める）",
        "Certificates of registered devices. off: not asked for; optional: looked at where shown; required (the secretariat grants exceptions for a while)",
    ),
    field(
        "tls.client_certificates_at",
        "[\"127.0.0.1:8443 off\"]",
        "待ち受けるアドレスごとに変えるとき",
        "The same for single listening addresses",
    ),
    field(
        "session.idle_timeout_s",
        "1800",
        "使われないサインインが終わるまでの秒数",
        "Seconds until a sign-in that is not used ends",
    ),
    field("session.lifetime_s", "43200", "サインインが必ず終わるまでの秒数", "Seconds until any sign-in ends"),
    field(
        "session.sockets_per_person_max",
        "10",
        "1 人が同時に開ける接続の数",
        "Sockets that one person may have open",
    ),
    field(
        "accounts.password_profile",
        "\"asvs\"",
        "パスワードの決まり。asvs: 15 文字以上、gl6: 厚労省ガイドライン 6.0（二要素認証と併せて 8 文字以上）。どちらも推測されやすいものは断る",
        "Rule for passwords. asvs: 15 characters or more; gl6: the ministry's guideline 6.0 (8 or more, with the second factor). Both refuse what is easily guessed",
    ),
    field(
        "accounts.proof_s",
        "600",
        "招待・再設定・出力などの前に、本人の確認（パスキーなど）を求め直すまでの秒数",
        "Seconds after which inviting, recovering, exporting and the like ask again who it is (by passkey and the like)",
    ),
    field(
        "accounts.quarantine_days",
        "30",
        "端末で封をされ、サインインが終わったあとに届いた投稿を、書いた本人のために預かる日数",
        "Days for which a post that came sealed, after the sign-in it was written under had ended, waits for its author",
    ),
    field(
        "accounts.oidc.issuer",
        "\"https://login.example.jp/realms/care\"",
        "外部サービス（OpenID Connect）でのサインイン: その発行者の URL。書かなければ使いません",
        "Sign-in by another service (OpenID Connect): the URL of its issuer. Without it there is none",
    ),
    field(
        "accounts.oidc.name",
        "\"みなと病院\"",
        "ボタンに出す外部サービスの名前",
        "The service's name, for the button",
    ),
    field("accounts.oidc.client_id", "\"renkei\"", "外部サービスでのこのハブの ID", "What the service calls this hub"),
    field(
        "accounts.oidc.client_secret_file",
        "\"data/oidc.secret\"",
        "外部サービスとの合言葉のファイル（600）",
        "File of the secret that the service shares with this hub (mode 600)",
    ),
    field(
        "accounts.oidc.client_key_file",
        "\"data/oidc.key\"",
        "合言葉の代わりに署名する鍵のファイル（P-256、PKCS#8 の PEM、600）: private_key_jwt",
        "Instead of a secret, the key to sign with (P-256, PKCS#8 in PEM, mode 600): private_key_jwt",
    ),
    field("accounts.oidc.client_key_id", "\"2026-04\"", "その鍵の名前（kid）", "Name of that key (kid)"),
    field("accounts.oidc.scopes", "[\"openid\"]", "求める範囲", "Scopes to ask for"),
    field(
        "accounts.oidc.acr_values",
        "[\"urn:example:loa:2\"]",
        "二要素を証明する acr の値。acr_values と amr_values のどちらにも当たらなければ、ハブが自分で第二の要素を求めます",
        "Values of acr that prove two factors. Where neither acr_values nor amr_values fits, the hub asks for its own second factor",
    ),
    field(
        "accounts.oidc.amr_values",
        "[\"mfa\", \"pwd+otp\"]",
        "二要素を証明する amr の値。+ は「どちらも」",
        "Values of amr that prove two factors; + means both",
    ),
    field(
        "accounts.oidc.authority",
        "\"certs/login-authority.pem\"",
        "外部サービスの証明書を発行した認証局（PEM）。なければこのマシンが信頼するもの",
        "Authority that issued the service's certificate (PEM); without it, those that this machine trusts",
    ),
    field(
        "push.contact",
        "\"mailto:ict@example.jp\"",
        "ページを閉じた端末へも知らせる（Web Push）: ブラウザー各社のプッシュサービスが連絡できる宛先。書かなければ使いません。送るのは「見に来てください」の合図だけで、中身はありません",
        "Ringing devices whose page is closed (Web Push): whom the push services of browsers may turn to. Without it there is none. A push says that there is something to see, and nothing else",
    ),
    field(
        "push.services",
        "[\"fcm.googleapis.com\", \"updates.push.services.mozilla.com\", \"*.push.apple.com\", \"*.notify.windows.com\"]",
        "ハブが話しかけてよいプッシュサービス（ここにない相手へは送りません）",
        "The push services that the hub may speak to; it speaks to no other",
    ),
    field(
        "push.kept_days",
        "30",
        "ページを開かなくなった端末へ、最後に開いてから何日間知らせるか",
        "Days for which a device is rung after its page was last opened",
    ),
    field(
        "redis.url",
        "\"rediss://redis.example.jp:6379/0\"",
        "試した回数をハブの外で数える Redis（再起動や予備のマシンへの切り替えのあとも数え続けます）。別のマシンへは rediss://、このマシンでは redis:// か redis+unix:///ソケット。なければハブのメモリーで数えます",
        "Redis in which tries are counted beside the hub, across a restart and by a standby that takes over: rediss:// to another machine; on this one redis:// or redis+unix:///SOCKET. Without it the hub counts in its memory",
    ),
    field("redis.password_file", "\"data/redis.password\"", "Redis のパスワードのファイル", "File of its password"),
    field(
        "redis.authority",
        "\"certs/redis-authority.pem\"",
        "Redis の証明書を発行した認証局（PEM）。なければこのマシンが信頼するもの",
        "Authority that issued its certificate (PEM); without it, those that this machine trusts",
    ),
    field(
        "rates.requests_per_minute",
        "1200",
        "1 つのサインインが 1 分間にできる REST の要求の数",
        "Requests over REST that one sign-in may make in a minute",
    ),
    field(
        "rates.requests_per_minute_and_address",
        "12000",
        "1 つのアドレスから 1 分間にできる REST の要求の数（このマシンは数えません）",
        "The same from one address (this machine is not bounded)",
    ),
    field(
        "rates.posts_per_minute",
        "1200",
        "1 つのサインインが WebSocket で 1 分間に送れる記録の数",
        "Posts that one sign-in may send over WebSockets in a minute",
    ),
    field(
        "exports.permission_days",
        "14",
        "記録の持ち出しの許可が、与えられてから何日使えるか",
        "Days for which a permission to take a record out can be used",
    ),
    field(
        "audit.checkpoint_key_file",
        "\"data/checkpoint.key\"",
        "チェックポイントに署名する鍵のファイル（600）。まだ何にも署名していない地域でだけ、なければ作ります",
        "Key file that checkpoints are signed with (mode 600); made if it is missing, in a region where nothing was signed yet and in no other",
    ),
    field(
        "audit.checkpoint_records",
        "10000",
        "前のチェックポイントから何件の記録で次を作るか",
        "Records after which a checkpoint is made",
    ),
    field(
        "audit.checkpoint_s",
        "600",
        "前のチェックポイントから何秒で次を作るか（記録があれば）",
        "Seconds after which a checkpoint is made, if anything was written",
    ),
    field(
        "audit.checkpoint_to",
        "\"/mnt/witness/renkei\"",
        "最新のチェックポイントを置くフォルダー。別のマシンのディスクを指してください（なければ作りません）。audit.ship の送り先へは、つくるたびに送ります",
        "Folder for the newest checkpoint, on another machine's disk (it is not made here); audit.ship gets each one as it is made",
    ),
    field(
        "audit.checkpoint_to_s",
        "86400",
        "何秒ごとにフォルダーへ置くか（停止のときも置きます）",
        "How often one is put into the folder, in seconds; also when the hub stops",
    ),
    field(
        "audit.ship",
        "\"syslog+tls://log.example.jp:6514\"",
        "監査記録を送る先。syslog+tls://ホスト:ポート、このマシンの syslog+tcp:// syslog+udp:// syslog+unix://、file:///ファイル",
        "Where audit records are shipped to: syslog+tls://HOST:PORT; on this machine syslog+tcp:// syslog+udp:// syslog+unix://; file:///FILE",
    ),
    field(
        "audit.ship_authority",
        "\"certs/log-authority.pem\"",
        "送り先の証明書を発行した認証局（PEM）。syslog+tls に必要です",
        "Authority that issued the listener's certificate (PEM); needed for syslog+tls",
    ),
    field(
        "files.directory",
        "\"data/files\"",
        "添付ファイルを封をして置くフォルダー。バックアップに含めてください",
        "Folder of the sealed attachments; it belongs into every backup",
    ),
    field(
        "backup.directory",
        "\"data/backups\"",
        "バックアップを置くフォルダー。別のディスクかマシンを指すようにしてください",
        "Folder of the backups; let it be on another disk or machine",
    ),
    field(
        "backup.keep_daily",
        "7",
        "残すバックアップ：新しい日から数えて、1 日 1 つを何日分",
        "Backups kept: the newest of each of this many days",
    ),
    field("backup.keep_weekly", "5", "同じく、週ごとに何週分", "The same of each of this many weeks"),
    field("backup.keep_monthly", "12", "同じく、月ごとに何か月分", "The same of each of this many months"),
    field(
        "calendar.opening_hours",
        "[\"clinic mon-fri 09:00-12:00 14:00-17:00\", \"clinic sat 09:00-12:00\"]",
        "営業時間で数える期限の、所属の種類ごとの営業時間。書かない種類は仮置きの時間",
        "Opening hours by type of organisation, for deadlines in opening hours; placeholders where none are given",
    ),
    field(
        "calendar.closed_days",
        "[\"2026-12-31\", \"2027-01-02\"]",
        "祝日と同じに数える、地域の休みの日",
        "Days that the region counts like public holidays",
    ),
    field(
        "calendar.daytime",
        "\"08:00-18:00\"",
        "日中とする時間。ほかは夜間",
        "The hours called daytime; the rest is night",
    ),
    field(
        "page.speech_input",
        "false",
        "訪問の記録を声で入力できるようにする。声がブラウザーの会社へ送られることがあるため、地域で取り決めてから true",
        "Let visit notes be entered by voice. The browser may send the sound to its maker: true only once the region agreed to it",
    ),
    field(
        "retention.years",
        "[\"nursing_station 5\", \"care_office 5\"]",
        "記録を保存する年数（所属の種類ごと）。書いた所属のうち最も長いものが、最後の記録の日から数えられます。条例も確かめてください",
        "Years that records are kept, by type of organisation. The longest of those that wrote counts, from the day of the last entry; see the local ordinances",
    ),
    field(
        "retention.shorter_than_shipped",
        "false",
        "同梱の年数（法定の目安）より短くするときだけ true",
        "true only where the region keeps records for less than ships",
    ),
    field(
        "log.level",
        "\"info\"",
        "記録の細かさ（error, warn, info, debug, trace）",
        "Detail of the log (error, warn, info, debug, trace)",
    ),
    field("log.format", "\"text\"", "記録の形式（text, json）", "Form of the log (text, json)"),
];

pub(super) fn find(path: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.path == path)
}

/// Whether `path` is the name of a section, such as `listen`.
pub(super) fn is_section(path: &str) -> bool {
    let is_below = |field: &Field| field.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
    FIELDS.iter().any(is_below)
}
