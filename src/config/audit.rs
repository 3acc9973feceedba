//! Settings of the audit log: when checkpoints are made, with which key, and where records are shipped to.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::domain::text::Text;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditSettings {
    /// Of the key that signs checkpoints.
    pub checkpoint_key_file: PathBuf,
    /// A checkpoint is made when this many entries and audit records were written since the last,
    pub checkpoint_records: u64,
    /// or this long after it.
    pub checkpoint_every: Duration,
    /// A folder on another machine's disk that checkpoints are put into,
    pub checkpoint_to: Option<PathBuf>,
    /// this often.
    pub checkpoint_to_every: Duration,
    pub ship: Option<ShipTo>,
    /// Who signs the certificate of the listener; needed for TLS.
    pub ship_authority: Option<PathBuf>,
}

/// Where audit records are shipped to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShipTo {
    Tls {
        host: String,
        port: u16,
    },
    Tcp {
        host: String,
        port: u16,
    },
    Udp {
        host: String,
        port: u16,
    },
    /// A datagram socket, such as the system's log.
    Unix(PathBuf),
    File(PathBuf),
}

pub(super) fn expected_ship() -> Text {
    Text::fixed(
        "syslog+tls://ホスト:6514、syslog+tcp:// や syslog+udp://127.0.0.1:514、syslog+unix:///dev/log、file:///ファイル",
        "syslog+tls://HOST:6514, syslog+tcp:// or syslog+udp://127.0.0.1:514, syslog+unix:///dev/log or file:///FILE",
    )
}

impl ShipTo {
    /// `None`: it is no place to ship to.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let path = || rest.starts_with('/').then(|| PathBuf::from(rest));
        let place = || {
            let (host, port) = rest.rsplit_once(':')?;
            let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
            let is_host = !host.is_empty() && !host.contains(['/', '@', '?', '#', ' ']);
            Some((host.to_owned(), port.parse::<u16>().ok().filter(|port| is_host && *port > 0)?))
        };
        Some(match scheme {
            "syslog+tls" => place().map(|(host, port)| Self::Tls { host, port })?,
            "syslog+tcp" => place().map(|(host, port)| Self::Tcp { host, port })?,
            "syslog+udp" => place().map(|(host, port)| Self::Udp { host, port })?,
            "syslog+unix" => Self::Unix(path()?),
            "file" => Self::File(path()?),
            _ => return None,
        })
    }

    /// Whether nobody on a line can read or change what is shipped. Who read whose record is not for everybody.
    #[must_use]
    pub fn is_line_secure(&self) -> bool {
        match self {
            Self::Tls { .. } | Self::Unix(_) | Self::File(_) => true,
            Self::Tcp { host, .. } | Self::Udp { host, .. } => {
                host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
            }
        }
    }
}

impl fmt::Display for ShipTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bracketed = |host: &str| if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        match self {
            Self::Tls { host, port } => write!(f, "syslog+tls://{}:{port}", bracketed(host)),
            Self::Tcp { host, port } => write!(f, "syslog+tcp://{}:{port}", bracketed(host)),
            Self::Udp { host, port } => write!(f, "syslog+udp://{}:{port}", bracketed(host)),
            Self::Unix(path) => write!(f, "syslog+unix://{}", path.display()),
            Self::File(path) => write!(f, "file://{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_shown_and_nothing_else_is_one() {
        for place in [
            "syslog+tls://log.example.jp:6514",
            "syslog+tls://[2001:db8::1]:6514",
            "syslog+tcp://127.0.0.1:601",
            "syslog+udp://localhost:514",
            "syslog+unix:///dev/log",
            "file:///var/log/renkei/audit.log",
        ] {
            assert_eq!(ShipTo::parse(place).map(|it| it.to_string()).as_deref(), Some(place));
        }
        for wrong in ["", "syslog://h:1", "syslog+tls://h", "syslog+tls://:1", "syslog+tls://h:0", "file://x", "/x"] {
            assert_eq!(ShipTo::parse(wrong), None, "{wrong}");
        }
        let is_secure = |place: &str| ShipTo::parse(place).is_some_and(|it| it.is_line_secure());
        assert!(is_secure("syslog+tcp://[::1]:601") && is_secure("syslog+udp://127.0.0.1:514"));
        assert!(!is_secure("syslog+tcp://10.0.0.1:601") && !is_secure("syslog+udp://log.example.jp:514"));
    }
}
