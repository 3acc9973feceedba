//! `renkei cert` as a developer meets it, and the certificates as a TLS client meets them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, RootCertStore};

use super::*;
use crate::http::certificate::ReloadingCertificate;

const NOW: Timestamp = Timestamp::from_secs(1_775_003_400);
const DAY: Duration = Duration::from_secs(86_400);

fn ensure(folder: &Path, names: &[&str], now: Timestamp) -> Result<DevelopmentCertificates, CertError> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    ensure_development_certificates(folder, &names, now)
}

/// What a client that trusts the authority says about the server's certificate.
fn verify(made: &DevelopmentCertificates, name: &str, at: Timestamp) -> Result<(), rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&made.authority).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let server = CertificateDer::from_pem_file(&made.server.chain).unwrap();
    let at = UnixTime::since_unix_epoch(Duration::from_secs(at.as_secs().unsigned_abs()));
    let name = ServerName::try_from(name.to_owned()).unwrap();
    verifier.verify_server_cert(&server, &[], &name, &[], at).map(|_| ())
}

#[test]
fn clients_that_trust_the_authority_accept_the_server_under_all_its_names_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let made = ensure(folder.path(), &["hub.example.jp", "192.0.2.7"], NOW).unwrap();
    assert_eq!(made.made, Made::Both);
    for name in ["localhost", "127.0.0.1", "::1", "hub.example.jp", "192.0.2.7"] {
        verify(&made, name, NOW).unwrap();
    }
    assert!(verify(&made, "other.example.jp", NOW).is_err());
    let expired = verify(&made, "localhost", made.valid_until.saturating_add(DAY)).unwrap_err();
    assert!(matches!(expired, rustls::Error::InvalidCertificate(CertificateError::ExpiredContext { .. })), "{expired}");
    let shown = ReloadingCertificate::load(made.server).unwrap();
    assert_eq!(shown.valid_until(), made.valid_until);
}

#[test]
fn keys_are_the_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    ensure(folder.path(), &[], NOW).unwrap();
    for key in ["authority.key", "server.key"] {
        let mode = fs::metadata(folder.path().join(key)).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600, "{key}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4, "no draft is left behind");
}

#[test]
fn a_second_call_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let first = ensure(folder.path(), &["hub.test"], NOW).unwrap();
    let content = || fs::read(&first.server.chain).unwrap();
    let before = content();
    let second = ensure(folder.path(), &["HUB.test"], NOW).unwrap();
    assert_eq!((second.made, second.valid_until), (Made::Nothing, first.valid_until));
    assert_eq!(content(), before);
}

#[test]
fn a_new_name_or_a_near_end_renews_the_server_under_the_same_authority() {
    let folder = tempfile::tempdir().unwrap();
    let first = ensure(folder.path(), &[], NOW).unwrap();
    let authority = fs::read(&first.authority).unwrap();

    let named = ensure(folder.path(), &["hub.test"], NOW).unwrap();
    assert_eq!(named.made, Made::ServerOnly);
    verify(&named, "hub.test", NOW).unwrap();

    let early = first.valid_until.saturating_sub(DAY * 31);
    assert_eq!(ensure(folder.path(), &["hub.test"], early).unwrap().made, Made::Nothing);
    let late = first.valid_until.saturating_sub(DAY * 29);
    let renewed = ensure(folder.path(), &["hub.test"], late).unwrap();
    assert_eq!(renewed.made, Made::ServerOnly);
    assert!(renewed.valid_until > first.valid_until);
    assert_eq!(fs::read(&first.authority).unwrap(), authority);
}

#[test]
fn what_others_put_there_is_left_alone_until_forced() {
    let folder = tempfile::tempdir().unwrap();
    let foreign = rcgen::generate_simple_self_signed(["hub.test".to_owned()]).unwrap();
    fs::write(folder.path().join("server.pem"), foreign.cert.pem()).unwrap();
    fs::write(folder.path().join("server.key"), foreign.signing_key.serialize_pem()).unwrap();
    let refused = ensure(folder.path(), &[], NOW).unwrap_err();
    assert!(matches!(refused, CertError::Foreign { .. }), "{refused}");
    assert!(refused.to_string().contains("--force"), "{refused}");
    assert_eq!(fs::read_to_string(folder.path().join("server.pem")).unwrap(), foreign.cert.pem());

    let forced = replace_development_certificates(folder.path(), &[], NOW).unwrap();
    verify(&forced, "localhost", NOW).unwrap();
}

#[test]
fn half_of_a_pair_and_an_authority_with_another_key_are_refused() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    ensure(one.path(), &[], NOW).unwrap();
    ensure(other.path(), &[], NOW).unwrap();
    fs::copy(other.path().join("authority.key"), one.path().join("authority.key")).unwrap();
    assert!(matches!(ensure(one.path(), &[], NOW).unwrap_err(), CertError::Foreign { .. }));

    fs::remove_file(other.path().join("server.key")).unwrap();
    assert!(matches!(ensure(other.path(), &[], NOW).unwrap_err(), CertError::HalfPresent { .. }));
}

#[test]
fn an_authority_near_its_end_is_not_replaced_silently() {
    let folder = tempfile::tempdir().unwrap();
    ensure(folder.path(), &[], NOW).unwrap();
    let late = NOW.saturating_add(DAY * 5 * 366);
    assert!(matches!(ensure(folder.path(), &[], late).unwrap_err(), CertError::AuthorityEnds { .. }));
    assert_eq!(replace_development_certificates(folder.path(), &[], late).unwrap().made, Made::Both);
}

#[test]
fn names_that_are_none_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["", "https://hub.test", "hub test", "-hub", "1.2.3.4.5", "病院"] {
        let refused = ensure(folder.path(), &[name], NOW).unwrap_err();
        assert!(matches!(refused, CertError::BadName { .. }), "{name}: {refused}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
