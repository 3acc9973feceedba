//! Ringing devices whose page is closed, by the push services of browsers: outside parties, of which the hub speaks to those
//! on a closed list alone. Whoever names a contact switches it on.

use std::path::PathBuf;
use std::time::Duration;

use hyper::Uri;

use super::accounts::days;
use super::read::Reader;
use super::value::is_this_machine;
use crate::domain::text::Text;
use crate::limits::{BELL_KEPT_DAYS_DEFAULT, BELL_KEPT_DAYS_MAX, PUSH_ENDPOINT_BYTES_MAX};

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushSettings {
    /// Whom a push service may turn to (RFC 8292, 2.1): `mailto:` or `https:`.
    pub contact: String,
    pub services: Vec<PushService>,
    /// A device of which the page was not opened for this long is rung no more.
    pub bell_kept: Duration,
    pub reach: Reach,
}

/// How far the hub goes for a push service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// To public addresses, believing whom this machine trusts.
    #[default]
    Public,
    /// To this machine and no other, believing this authority alone. INVARIANT: no setting says this; tests do.
    ThisMachine { authority: PathBuf },
}

/// A push service of browsers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushService {
    host: String,
    /// Any name below the host instead of itself.
    is_below: bool,
    port: u16,
}

/// The services of the browsers that people have, where their makers say that they are:
/// Chrome and what is made of it (Firebase Cloud Messaging, "FCM ports and your firewall");
/// Firefox (Mozilla, autopush, "Architecture": the public endpoint);
/// Safari (Apple, "Sending web push notifications in web apps and browsers": any subdomain of push.apple.com);
/// Edge (Microsoft, "Enterprise firewall and proxy configurations to support WNS traffic": *.notify.windows.com).
const SHIPPED: [&str; 4] =
    ["fcm.googleapis.com", "updates.push.services.mozilla.com", "*.push.apple.com", "*.notify.windows.com"];

const HTTPS_PORT: u16 = 443;

impl PushService {
    /// `push.example.jp`, `*.push.example.jp`, each with a port or without. `None`: it is none of these, or no name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, port) = match text.split_once(':') {
            Some((name, port)) => (name, port.parse().ok().filter(|port| *port > 0)?),
            None => (text, HTTPS_PORT),
        };
        let (host, is_below) = name.strip_prefix("*.").map_or((name, false), |below| (below, true));
        let is_label = |label: &str| {
            let plain = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            plain && !label.is_empty() && label.len() <= 63
        };
        let labels: Vec<&str> = host.split('.').collect();
        // The last label of a name is never a number: this is no address.
        let is_name = labels.iter().all(|label| is_label(label))
            && labels.len() > 1
            && labels.last().is_some_and(|last| !last.bytes().all(|b| b.is_ascii_digit()));
        is_name.then(|| Self { host: host.to_owned(), is_below, port })
    }

    /// This machine, at this port: for [`Reach::ThisMachine`].
    #[must_use]
    pub fn on_this_machine(port: u16) -> Self {
        Self { host: "localhost".to_owned(), is_below: false, port }
    }

    fn is_at(&self, host: &str, port: u16) -> bool {
        let is_named = match self.is_below {
            true => host.strip_suffix(&*self.host).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
            false => host == self.host,
        };
        is_named && port == self.port
    }
}

impl std::fmt::Display for PushService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let below = if self.is_below { "*." } else { "" };
        match self.port {
            HTTPS_PORT => write!(f, "{below}{}", self.host),
            port => write!(f, "{below}{}:{port}", self.host),
        }
    }
}

impl PushSettings {
    /// Where a device may be rung: over TLS, at a service on the list.
    #[must_use]
    pub fn endpoint(&self, text: &str) -> Option<Uri> {
        if text.len() > PUSH_ENDPOINT_BYTES_MAX || text.contains(['@', '#', '\\']) {
            return None;
        }
        let uri: Uri = text.parse().ok()?;
        let (host, port) = (uri.host()?.to_ascii_lowercase(), uri.port_u16().unwrap_or(HTTPS_PORT));
        let is_listed = self.services.iter().any(|service| service.is_at(&host, port));
        (uri.scheme_str() == Some("https") && is_listed).then_some(uri)
    }
}

fn is_contact(text: &str) -> bool {
    // Apple's service refuses a contact that it cannot reach, such as one at localhost.
    let is_host = |host: &str| host.contains('.') && !is_this_machine(host) && !host.contains(char::is_whitespace);
    match (text.strip_prefix("mailto:"), text.parse::<Uri>()) {
        (Some(address), _) => address.split_once('@').is_some_and(|(user, host)| !user.is_empty() && is_host(host)),
        (None, Ok(uri)) => uri.scheme_str() == Some("https") && uri.host().is_some_and(is_host),
        (None, Err(_)) => false,
    }
}

fn expected_service() -> Text {
    Text::fixed(
        "push.example.jp か *.push.example.jp のような名前（アドレスではなく）",
        "a name such as push.example.jp or *.push.example.jp (no address)",
    )
}

/// What was given of it; nothing, where nothing was.
pub(super) fn settle(read: &mut Reader<'_>) -> Option<PushSettings> {
    let services = read.list("push.services", &expected_service(), PushService::parse);
    let kept_days = read.number("push.kept_days", 1..=BELL_KEPT_DAYS_MAX);
    let Some((contact, place)) = read.text("push.contact") else {
        if let Some((field, place)) = read.first_given("push.").filter(|(field, _)| *field != "push.contact") {
            read.complain(place, field, Text::fixed("push.contact も必要です", "push.contact is needed too"));
        }
        return None;
    };
    if !is_contact(&contact) {
        let message = Text::fixed(
            "mailto:ict@example.jp か https://example.jp/… のような、プッシュサービスの会社から届く連絡先が必要です",
            "expected a contact that the makers of push services reach, such as mailto:ict@example.jp or https://example.jp/…",
        );
        read.complain(place, "push.contact", message);
    }
    let shipped = || SHIPPED.iter().filter_map(|name| PushService::parse(name)).collect();
    let given = services.map(|given| given.into_iter().map(|(service, _)| service).collect());
    Some(PushSettings {
        contact,
        services: given.unwrap_or_else(shipped),
        bell_kept: days(kept_days.unwrap_or(BELL_KEPT_DAYS_DEFAULT)),
        reach: Reach::Public,
    })
}

/// Each field with its value as TOML.
pub(super) fn shown(push: &PushSettings) -> Vec<(&'static str, String)> {
    let quoted = |text: &dyn std::fmt::Display| toml::Value::String(text.to_string()).to_string();
    let services: Vec<String> = push.services.iter().map(|service| quoted(service)).collect();
    vec![
        ("push.contact", quoted(&push.contact)),
        ("push.services", format!("[{}]", services.join(", "))),
        ("push.kept_days", (push.bell_kept.as_secs() / 86_400).to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> PushSettings {
        PushSettings {
            contact: "mailto:ict@example.jp".to_owned(),
            services: SHIPPED.iter().map(|name| PushService::parse(name).unwrap()).collect(),
            bell_kept: days(BELL_KEPT_DAYS_DEFAULT),
            reach: Reach::Public,
        }
    }

    #[test]
    fn a_device_is_rung_at_a_service_on_the_list_and_nowhere_else() {
        let settings = settings();
        for right in [
            "https://fcm.googleapis.com/fcm/send/abc:def",
            "https://FCM.googleapis.com:443/wp/abc",
            "https://updates.push.services.mozilla.com/wpush/v2/abc",
            "https://web.push.apple.com/QGx",
            "https://wns2-par02p.notify.windows.com/w/?token=abc%3d",
        ] {
            assert!(settings.endpoint(right).is_some(), "{right}");
        }
        let long = format!("https://fcm.googleapis.com/{}", "a".repeat(PUSH_ENDPOINT_BYTES_MAX));
        for wrong in [
            "",
            "/fcm/send/abc",
            "http://fcm.googleapis.com/fcm/send/abc",
            "ftp://fcm.googleapis.com/abc",
            "https://fcm.googleapis.com:8443/abc",
            "https://fcm.googleapis.com.example.jp/abc",
            "https://fcm.googleapis.com./abc",
            "https://xfcm.googleapis.com/abc",
            "https://push.apple.com/abc",
            "https://.push.apple.com/abc",
            "https://xpush.apple.com/abc",
            "https://fcm.googleapis.com@10.0.0.1/abc",
            "https://10.0.0.1/abc#fcm.googleapis.com",
            "https://10.0.0.1\\@fcm.googleapis.com/abc",
            "https://localhost/abc",
            "https://127.0.0.1/abc",
            "https://[::1]/abc",
            &long,
        ] {
            assert!(settings.endpoint(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn an_address_or_this_machine_is_no_service_and_a_name_is_shown_as_it_is_read() {
        for right in ["push.example.jp", "*.push.example.jp", "push.example.jp:8443"] {
            assert_eq!(PushService::parse(right).unwrap().to_string(), right);
        }
        for wrong in [
            "",
            "*",
            "*.jp",
            "localhost",
            "127.0.0.1",
            "[::1]",
            "10.1",
            "https://push.example.jp",
            "Push.jp",
            "a..jp",
            "a.jp:0",
            "a.jp/x",
        ] {
            assert_eq!(PushService::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_contact_is_one_that_others_reach() {
        for right in ["mailto:ict@example.jp", "https://renkei.example.jp/contact"] {
            assert!(is_contact(right), "{right}");
        }
        for wrong in [
            "",
            "ict@example.jp",
            "mailto:",
            "mailto:@example.jp",
            "mailto:ict@localhost",
            "http://example.jp",
            "https://localhost",
            "https://127.0.0.1/",
        ] {
            assert!(!is_contact(wrong), "{wrong}");
        }
    }
}
