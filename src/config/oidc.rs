//! Sign-in by another service (OpenID Connect): where it is, who this hub is there, and what of it proves two factors.

use std::path::{Path, PathBuf};

use hyper::Uri;

use super::read::Reader;
use super::value::is_this_machine;
use crate::domain::text::Text;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcSettings {
    /// To the letter, as it stands in its tokens.
    pub issuer: String,
    /// What people know it by.
    pub name: String,
    pub client_id: String,
    /// A file of the secret by which this hub shows the service who it is.
    pub secret_file: Option<PathBuf>,
    /// A file of a key of P-256 in PKCS#8 (PEM) that it signs with instead. One of both there is.
    pub key_file: Option<PathBuf>,
    /// The name under which the service knows the key.
    pub key_id: Option<String>,
    pub scopes: Vec<String>,
    /// Values of `acr` that prove two factors.
    pub acr_values: Vec<String>,
    /// Values of `amr` that prove two factors, each a list of which all must stand there.
    pub amr_values: Vec<Vec<String>>,
    /// Who signed the certificate of the service, and is trusted alone. Else whom this machine trusts.
    pub authority: Option<PathBuf>,
}

/// Whether codes and tokens may be sent there: through TLS, or without leaving this machine.
#[must_use]
pub fn is_line_secure(url: &Uri) -> bool {
    match url.scheme_str() {
        Some("https") => url.host().is_some_and(|host| !host.is_empty()),
        Some("http") => url.host().is_some_and(is_this_machine),
        _ => false,
    }
}

/// An issuer: an address without a query (OpenID Connect Discovery 1.0, 3).
fn is_issuer(text: &str) -> bool {
    let plain = !text.contains(['?', '#', '@', ' ']);
    plain && text.parse::<Uri>().is_ok_and(|url| is_line_secure(&url))
}

fn expected_issuer() -> Text {
    Text::fixed(
        "https://login.example.jp/realms/care のような発行者の URL（http:// はこのマシンだけ）",
        "the URL of an issuer, such as https://login.example.jp/realms/care (http:// on this machine only)",
    )
}

/// `mfa`, or `pwd+otp` for both together.
fn parse_amr(text: &str) -> Option<Vec<String>> {
    let parts: Vec<String> = text.split('+').map(|part| part.trim().to_owned()).collect();
    parts.iter().all(|part| is_word(part)).then_some(parts)
}

/// A word as scopes, `acr` and `amr` have it.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_graphic() && !"\"\\".contains(c))
}

fn expected_word() -> Text {
    Text::fixed("空白のない半角の語", "words of ASCII without spaces")
}

/// What was given of it; nothing, where nothing was.
pub(super) fn settle(read: &mut Reader<'_>) -> Option<OidcSettings> {
    const NEEDED: [&str; 3] = ["accounts.oidc.issuer", "accounts.oidc.name", "accounts.oidc.client_id"];
    let issuer = read.text(NEEDED[0]);
    if let Some((text, place)) = issuer.clone().filter(|(text, _)| !is_issuer(text)) {
        let expected = expected_issuer();
        let message = Text::new(
            format!("{}が必要ですが、`{text}` です", expected.ja),
            format!("expected {}, found `{text}`", expected.en),
        );
        read.complain(place, NEEDED[0], message);
    }
    let (name, client_id) = (read.text(NEEDED[1]), read.text(NEEDED[2]));
    let (secret_file, key_file) =
        (read.path("accounts.oidc.client_secret_file"), read.path("accounts.oidc.client_key_file"));
    let key_id = read.text("accounts.oidc.client_key_id").map(|(id, _)| id);
    let mut words = |field| read.list(field, &expected_word(), |word| is_word(word).then(|| word.to_owned()));
    let (scopes, acr) = (words("accounts.oidc.scopes"), words("accounts.oidc.acr_values"));
    let amr = read.list("accounts.oidc.amr_values", &expected_word(), parse_amr);
    let authority = read.path("accounts.oidc.authority");
    let given = read.first_given("accounts.oidc.")?;
    for (field, is_there) in NEEDED.iter().zip([issuer.is_some(), name.is_some(), client_id.is_some()]) {
        if !is_there && !read.is_given(field) {
            let message = Text::new(format!("{field} も必要です"), format!("{field} is needed too"));
            read.complain(given.1.clone(), given.0, message);
        }
    }
    if secret_file.is_none() && key_file.is_none() {
        let message = Text::fixed(
            "client_secret_file か client_key_file が必要です",
            "client_secret_file or client_key_file is needed",
        );
        read.complain(given.1, given.0, message);
    }
    let mut scopes: Vec<String> = scopes.into_iter().flatten().map(|(scope, _)| scope).collect();
    if !scopes.iter().any(|scope| scope == "openid") {
        scopes.insert(0, "openid".to_owned());
    }
    Some(OidcSettings {
        issuer: issuer?.0,
        name: name?.0,
        client_id: client_id?.0,
        secret_file,
        key_file,
        key_id,
        scopes,
        acr_values: acr.into_iter().flatten().map(|(value, _)| value).collect(),
        amr_values: amr.into_iter().flatten().map(|(value, _)| value).collect(),
        authority,
    })
}

/// Each field with its value as TOML.
pub(super) fn shown(oidc: &OidcSettings) -> Vec<(&'static str, String)> {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let path = |path: &Path| quoted(&path.display().to_string());
    let listed =
        |items: &[String]| format!("[{}]", items.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", "));
    let mut shown = vec![
        ("accounts.oidc.issuer", quoted(&oidc.issuer)),
        ("accounts.oidc.name", quoted(&oidc.name)),
        ("accounts.oidc.client_id", quoted(&oidc.client_id)),
    ];
    shown.extend(oidc.secret_file.iter().map(|file| ("accounts.oidc.client_secret_file", path(file))));
    shown.extend(oidc.key_file.iter().map(|file| ("accounts.oidc.client_key_file", path(file))));
    shown.extend(oidc.key_id.iter().map(|id| ("accounts.oidc.client_key_id", quoted(id))));
    let amr: Vec<String> = oidc.amr_values.iter().map(|all| all.join("+")).collect();
    shown.push(("accounts.oidc.scopes", listed(&oidc.scopes)));
    shown.push(("accounts.oidc.acr_values", listed(&oidc.acr_values)));
    shown.push(("accounts.oidc.amr_values", listed(&amr)));
    shown.extend(oidc.authority.iter().map(|file| ("accounts.oidc.authority", path(file))));
    shown
}
