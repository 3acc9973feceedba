//! The cookies of the page: its sign-in, the mark of its device, and where it is with another service. None can be read by a script. With TLS both are
//! bound to this very host (`__Host-`); without it, on this machine, browsers take no such cookie, so that names differ.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};

use crate::limits;

/// Which cookies the hub sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookies {
    /// The page is reached through TLS.
    Secure,
    /// Plain HTTP on this machine.
    Plain,
}

/// What a cookie is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    SignIn,
    Device,
    /// Under way to another service and back.
    Outside,
}

impl Cookies {
    /// For pages of these origins.
    #[must_use]
    pub fn of_origins(origins: &[String]) -> Self {
        if origins.iter().all(|origin| origin.starts_with("http://")) { Self::Plain } else { Self::Secure }
    }

    const fn name(self, cookie: Cookie) -> &'static str {
        match (self, cookie) {
            (Self::Secure, Cookie::SignIn) => "__Host-renkei",
            (Self::Secure, Cookie::Device) => "__Host-renkei-device",
            (Self::Secure, Cookie::Outside) => "__Host-renkei-oidc",
            (Self::Plain, Cookie::Outside) => "renkei-oidc",
            (Self::Plain, Cookie::SignIn) => "renkei",
            (Self::Plain, Cookie::Device) => "renkei-device",
        }
    }

    /// What a request carries of a cookie; nothing if it carries two, which somebody else may have slipped in.
    #[must_use]
    pub fn find(self, headers: &HeaderMap, cookie: Cookie) -> Option<&str> {
        let pairs = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = pairs.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut found = pairs.filter(|(name, _)| *name == self.name(cookie)).map(|(_, value)| value);
        let first = found.next();
        if found.next().is_some() { None } else { first }
    }

    /// Sets a cookie for this long. Without a span it ends with the browser.
    #[must_use]
    pub fn set(self, cookie: Cookie, value: &str, lasts: Option<Duration>) -> HeaderValue {
        let secure = if self == Self::Secure { "; Secure" } else { "" };
        let lasts = lasts.map(|lasts| format!("; Max-Age={}", lasts.as_secs())).unwrap_or_default();
        // Whoever is sent back by another site brings no strict cookie along. It opens nothing by itself.
        let site = if cookie == Cookie::Outside { "Lax" } else { "Strict" };
        let text = format!("{}={value}; Path=/; HttpOnly; SameSite={site}{secure}{lasts}", self.name(cookie));
        HeaderValue::from_str(&text).expect("tokens and marks are base64url")
    }

    /// Takes a cookie away.
    #[must_use]
    pub fn clear(self, cookie: Cookie) -> HeaderValue {
        self.set(cookie, "", Some(Duration::ZERO))
    }

    /// For whoever leaves for another service.
    #[must_use]
    pub fn outside(self, round: &str) -> HeaderValue {
        self.set(Cookie::Outside, round, Some(Duration::from_millis(limits::OIDC_ROUND_MS)))
    }

    /// The mark of a device, for as long as it is known.
    #[must_use]
    pub fn mark(self, mark: &str) -> HeaderValue {
        self.set(Cookie::Device, mark, Some(Duration::from_secs(limits::DEVICE_KNOWN_S)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_of_the_page_is_out_of_reach_for_scripts_other_hosts_and_plain_lines() {
        let set = Cookies::Secure.set(Cookie::SignIn, "rk_a", None);
        assert_eq!(set, "__Host-renkei=rk_a; Path=/; HttpOnly; SameSite=Strict; Secure");
        let away = Cookies::Secure.outside("rk_b");
        assert_eq!(away, "__Host-renkei-oidc=rk_b; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600");
        let cleared = Cookies::Plain.clear(Cookie::SignIn);
        assert_eq!(cleared, "renkei=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
        let origins =
            |list: &[&str]| Cookies::of_origins(&list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
        assert_eq!(origins(&["https://renkei.example.jp"]), Cookies::Secure);
        assert_eq!(origins(&["http://localhost:8443", "https://renkei.example.jp"]), Cookies::Secure);
        assert_eq!(origins(&["http://localhost:8443"]), Cookies::Plain);
    }

    #[test]
    fn a_cookie_is_found_by_its_exact_name_and_never_when_there_are_two() {
        let find = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::COOKIE, HeaderValue::from_static(line));
            }
            Cookies::Secure.find(&headers, Cookie::SignIn).map(str::to_owned)
        };
        assert_eq!(find(&["a=b; __Host-renkei=rk_a; c=d"]).as_deref(), Some("rk_a"));
        assert_eq!(find(&["renkei=rk_a", "__Host-renkei-device=x"]), None);
        assert_eq!(find(&["__Host-renkei=rk_a; __Host-renkei=rk_b"]), None);
        assert_eq!(find(&["__Host-renkei=rk_a", "__Host-renkei=rk_b"]), None);
    }
}
