//! The folder of development certificates. Keys are the owner's alone, and each file is replaced
//! whole, so that a running hub never reads half of one.

use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::issue::{Authority, ServerCertificate};
use super::{CertError, DevelopmentCertificates, Made};
use crate::http::certificate::CertificateFiles;

const AUTHORITY: &str = "authority.pem";
const AUTHORITY_KEY: &str = "authority.key";
const SERVER: &str = "server.pem";
const SERVER_KEY: &str = "server.key";

const SECRET: u32 = 0o600;
const PUBLIC: u32 = 0o644;

pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, CertError> {
        fs::create_dir_all(path).map_err(|source| CertError::Io { doing: "create", path: path.to_owned(), source })?;
        Ok(Self(path.to_owned()))
    }

    pub(super) fn authority_path(&self) -> PathBuf {
        self.0.join(AUTHORITY)
    }

    pub(super) fn server_path(&self) -> PathBuf {
        self.0.join(SERVER)
    }

    /// Certificate and key in PEM, when both are there.
    pub(super) fn authority(&self) -> Result<Option<(String, String)>, CertError> {
        self.pair(AUTHORITY, AUTHORITY_KEY)
    }

    pub(super) fn server(&self) -> Result<Option<(String, String)>, CertError> {
        self.pair(SERVER, SERVER_KEY)
    }

    fn pair(&self, certificate: &str, key: &str) -> Result<Option<(String, String)>, CertError> {
        match (self.read(certificate)?, self.read(key)?) {
            (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
            (None, None) => Ok(None),
            (Some(_), None) => {
                Err(CertError::HalfPresent { present: self.0.join(certificate), missing: self.0.join(key) })
            }
            (None, Some(_)) => {
                Err(CertError::HalfPresent { present: self.0.join(key), missing: self.0.join(certificate) })
            }
        }
    }

    fn read(&self, name: &str) -> Result<Option<String>, CertError> {
        let path = self.0.join(name);
        match fs::read_to_string(&path) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(CertError::Io { doing: "read", path, source }),
        }
    }

    pub(super) fn write_authority(&self, authority: &Authority) -> Result<(), CertError> {
        self.write(AUTHORITY_KEY, &authority.key_pem, SECRET)?;
        self.write(AUTHORITY, &authority.certificate_pem, PUBLIC)
    }

    pub(super) fn write_server(&self, server: &ServerCertificate) -> Result<(), CertError> {
        if let Some(key_pem) = &server.key_pem {
            self.write(SERVER_KEY, key_pem, SECRET)?;
        }
        self.write(SERVER, &server.certificate_pem, PUBLIC)
    }

    fn write(&self, name: &str, content: &str, mode: u32) -> Result<(), CertError> {
        let path = self.0.join(name);
        let written = || -> io::Result<()> {
            let mut draft = tempfile::Builder::new()
                .prefix(".draft-")
                .permissions(Permissions::from_mode(mode))
                .tempfile_in(&self.0)?;
            draft.write_all(content.as_bytes())?;
            draft.as_file().sync_all()?;
            draft.persist(&path)?;
            Ok(())
        };
        written().map_err(|source| CertError::Io { doing: "write", path: path.clone(), source })
    }

    pub(super) fn result(&self, valid_until: crate::domain::time::Timestamp, made: Made) -> DevelopmentCertificates {
        let server = CertificateFiles { chain: self.0.join(SERVER), key: self.0.join(SERVER_KEY) };
        DevelopmentCertificates { authority: self.authority_path(), server, valid_until, made }
    }
}
