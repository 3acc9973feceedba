//! `renkei cert device`: certificates of registered devices, by whoever runs commands on the hub's machine: where no console
//! is at hand, or the console's own device is the one that is lost. Where a hub runs, it knows within seconds.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use crate::actions::accounts::{AccountError, check_reason, insert_device, issue_certificate, revoke_device};
use crate::cli::config_arguments::{ConfigArguments, print_mistakes};
use crate::cli::{Complaint, EXIT_CONFIG, Terminal, office, open, region_key, serve};
use crate::clock::{Clock as _, Ids, SystemClock};
use crate::domain::act::By;
use crate::domain::device::{CertificateWay, Device};
use crate::domain::directory::Directory;
use crate::domain::ids::DeviceId;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::store::{Journal, StoreError};
use crate::vault::{DeviceSubject, IssuedCertificate, random_passphrase};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// 登録する端末の名前（ラベル） / Name of a device to register: what stands on its label
    #[arg(long, value_name = "NAME", requires = "organisation", conflicts_with_all = ["device", "revoke"])]
    name: Option<String>,
    /// その端末の事業所：ID か名前の一部 / Whose device it is: id or part of the name
    #[arg(long, value_name = "ORG")]
    organisation: Option<String>,
    /// 登録済みの端末に新しい証明書を出す / Issue a new certificate for a registered device
    #[arg(long, value_name = "DEVICE", conflicts_with = "revoke")]
    device: Option<DeviceId>,
    /// 端末の登録を取り消す / Revoke a device
    #[arg(long, value_name = "DEVICE", requires = "reason")]
    revoke: Option<DeviceId>,
    /// 取り消す理由（監査記録に残る） / Why it is revoked, for the audit log
    #[arg(long, value_name = "REASON")]
    reason: Option<String>,
    /// 証明書のファイルを置くフォルダー / Folder for the files of the certificate
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// PKCS#12 を読めないプログラムのために、暗号化しない秘密鍵も書く / Write certificate and key as PEM too, the key unencrypted, for
    /// a program that reads no PKCS#12
    #[arg(long)]
    pem: bool,
    #[command(flatten)]
    config: ConfigArguments,
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let Some(settled) = arguments.config.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    serve::runtime()?.block_on(async {
        let key = region_key::load(&settled.config)?;
        let journal = open::open_journal(&settled.config.database.url(), &key).await?;
        let done = work(arguments, &journal, terminal).await;
        journal.close().await;
        done
    })
}

async fn work(arguments: &Arguments, journal: &Journal, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let directory: Directory = journal.read(|tx| Box::pin(tx.load_directory())).await?;
    let devices: Vec<Device> = journal.read(|tx| Box::pin(tx.list_devices())).await?;
    let clock = Arc::new(SystemClock::new());
    let now = clock.now();
    if let (Some(id), Some(reason)) = (arguments.revoke, arguments.reason.clone()) {
        check_reason(&reason).map_err(Complaint::of_option)?;
        let revoking =
            journal.write(move |tx| Box::pin(async move { revoke_device(tx, By::Operator, id, reason, now).await }));
        let ended: Option<_> = revoking.await.map_err(|error: StoreError| error)?;
        ended.ok_or_else(no_device)?;
        println!("{}", terminal.language.pick(&Text::fixed("端末の登録を取り消しました", "the device is revoked")));
        return Ok(ExitCode::SUCCESS);
    }
    let (device, is_new) = match (&arguments.name, arguments.device) {
        (Some(name), _) => {
            let organisation = office::meant(&directory, arguments.organisation.as_deref().unwrap_or_default())?.id;
            let name = Device::read_name("--name", name).map_err(Complaint::of_option)?;
            let id = DeviceId(Ids::new(Arc::clone(&clock) as _).draw());
            (Device { id, organisation, name, registered_at: now, seen_at: None, revoked_at: None }, true)
        }
        (None, Some(id)) => {
            let known = devices.into_iter().find(|device| device.id == id && device.revoked_at.is_none());
            (known.ok_or_else(no_device)?, false)
        }
        (None, None) => {
            devices.iter().for_each(|device| println!("{}", line(device, &directory, terminal)));
            return Ok(ExitCode::SUCCESS);
        }
    };
    check_writable(&arguments.out)?;
    let owner = directory.organisations.get(&device.organisation).map(|owner| owner.name.clone());
    let subject = DeviceSubject { device: device.name.clone(), organisation: owner.unwrap_or_default() };
    let issuing = journal.write(move |tx| {
        Box::pin(async move {
            if is_new {
                insert_device(tx, By::Operator, &device).await?;
            }
            let way = CertificateWay::Command;
            let issued = issue_certificate(tx, By::Operator, way, device.id, &subject, now).await?;
            Ok::<_, AccountError>((device, issued))
        })
    });
    let (device, issued) = issuing.await?;
    let passphrase = random_passphrase();
    let paths = write_files(&arguments.out, &issued, &issued.pkcs12(&passphrase)?, arguments.pem)?;
    println!("{}", terminal.language.pick(&told(&device, &issued, &paths, &passphrase)));
    Ok(ExitCode::SUCCESS)
}

/// Before anything is registered: a certificate whose key could not be written is nobody's.
fn check_writable(folder: &Path) -> Result<(), Complaint> {
    let cannot = || {
        let folder = folder.display();
        Text::new(format!("{folder} に書けません"), format!("cannot write into {folder}"))
    };
    tempfile::tempfile_in(folder).map(drop).map_err(Complaint::because(cannot()))
}

/// What lies in the folder now.
struct Written {
    pkcs12: PathBuf,
    /// Certificate and key.
    pem: Option<[PathBuf; 2]>,
}

/// The files, readable by their owner only; none is overwritten.
///
/// INVARIANT: the key lies nowhere without the passphrase unless that was asked for: this folder is often on its way
/// somewhere, and whoever finds the key is the device.
fn write_files(folder: &Path, issued: &IssuedCertificate, pkcs12: &[u8], pem: bool) -> anyhow::Result<Written> {
    let file = |ending: &str, content: &[u8]| -> anyhow::Result<PathBuf> {
        let path = folder.join(format!("device-{}.{ending}", issued.serial));
        let cannot =
            || Text::new(format!("{} に書けません", path.display()), format!("cannot write {}", path.display()));
        let opened = File::options().write(true).create_new(true).mode(0o600).open(&path);
        let written = opened.and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()));
        written.map_err(Complaint::because(cannot()))?;
        Ok(path)
    };
    let pkcs12 = file("p12", pkcs12)?;
    let pem = match pem {
        true => Some([file("pem", issued.certificate_pem.as_bytes())?, file("key", issued.key_pem.as_bytes())?]),
        false => None,
    };
    Ok(Written { pkcs12, pem })
}

fn told(device: &Device, issued: &IssuedCertificate, paths: &Written, passphrase: &str) -> Text {
    let (id, name, until) = (device.id, &device.name, issued.expires_at.in_words());
    let (until_ja, until_en, p12) = (until.ja, until.en, paths.pkcs12.display());
    let (pem_ja, pem_en) = match &paths.pem {
        Some([pem, key]) => {
            let (pem, key) = (pem.display(), key.display());
            (
                format!("\n  PEM: {pem}\n  秘密鍵（暗号化されていません。使ったら消してください）: {key}"),
                format!("\n  PEM: {pem}\n  private key, unencrypted: remove it once it is where it belongs: {key}"),
            )
        }
        None => (String::new(), String::new()),
    };
    Text::new(
        format!(
            "{name}（{id}）の証明書を {until_ja} まで出しました\n  端末に入れるファイル: {p12}\n  パスフレーズ（別の方法で伝える）: {passphrase}{pem_ja}"
        ),
        format!(
            "issued a certificate for {name} ({id}) until {until_en}\n  to install on the device: {p12}\n  passphrase, to be told another way: {passphrase}{pem_en}"
        ),
    )
}

fn line(device: &Device, directory: &Directory, terminal: Terminal) -> String {
    let owner = directory.organisations.get(&device.organisation).map_or("", |owner| owner.name.as_str());
    let said = |(ja, en): (&str, &str), at: Timestamp| {
        let at = at.in_words();
        Text::new(format!("{ja} {}", at.ja), format!("{en} {}", at.en))
    };
    let state = match (device.revoked_at, device.seen_at) {
        (Some(at), _) => said(("取り消し", "revoked"), at),
        (None, Some(at)) => said(("最終接続", "seen"), at),
        (None, None) => Text::fixed("接続なし", "never seen"),
    };
    format!("{}  {}  {owner}  {}", device.id, device.name, terminal.language.pick(&state))
}

fn no_device() -> Complaint {
    Complaint::new(Text::fixed(
        "その端末は登録されていないか、取り消されています。renkei cert device で一覧を表示します",
        "no such device, or it was revoked; `renkei cert device` lists them",
    ))
}
