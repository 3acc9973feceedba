//! `renkei cert device`: certificates of registered devices, by whoever runs commands on the hub's machine: where no console
//! is at hand, or the console's own device is the one that is lost. Where a hub runs, it knows within seconds.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use crate::actions::accounts::{AccountError, insert_device, issue_certificate, revoke_device};
use crate::cli::config_arguments::{ConfigArguments, print_mistakes};
use crate::cli::{Complaint, EXIT_CONFIG, Terminal, open, region_key, serve};
use crate::clock::{Clock as _, Ids, SystemClock};
use crate::domain::act::By;
use crate::domain::device::{CertificateWay, Device};
use crate::domain::directory::{Directory, Organisation};
use crate::domain::ids::DeviceId;
use crate::domain::search::fold;
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
        let revoking =
            journal.write(move |tx| Box::pin(async move { revoke_device(tx, By::Operator, id, reason, now).await }));
        let ended: Option<_> = revoking.await.map_err(|error: StoreError| error)?;
        ended.ok_or_else(no_device)?;
        println!("{}", terminal.language.pick(&Text::fixed("端末の登録を取り消しました", "the device is revoked")));
        return Ok(ExitCode::SUCCESS);
    }
    let (device, is_new) = match (&arguments.name, arguments.device) {
        (Some(name), _) => {
            let organisation = organisation(&directory, arguments.organisation.as_deref())?.id;
            let name = Device::read_name("--name", name).map_err(|invalid| Complaint::new(invalid.message))?;
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
    let paths = write_files(&arguments.out, &issued, &issued.pkcs12(&passphrase)?)?;
    println!("{}", terminal.language.pick(&told(&device, &issued, &paths, &passphrase)));
    Ok(ExitCode::SUCCESS)
}

/// The three files, readable by their owner only; none is overwritten.
fn write_files(folder: &Path, issued: &IssuedCertificate, pkcs12: &[u8]) -> anyhow::Result<[PathBuf; 3]> {
    let file = |ending: &str, content: &[u8]| -> anyhow::Result<PathBuf> {
        let path = folder.join(format!("device-{}.{ending}", issued.serial));
        let cannot =
            || Text::new(format!("{} に書けません", path.display()), format!("cannot write {}", path.display()));
        let opened = File::options().write(true).create_new(true).mode(0o600).open(&path);
        let written = opened.and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()));
        written.map_err(Complaint::because(cannot()))?;
        Ok(path)
    };
    Ok([file("p12", pkcs12)?, file("pem", issued.certificate_pem.as_bytes())?, file("key", issued.key_pem.as_bytes())?])
}

fn told(device: &Device, issued: &IssuedCertificate, [p12, pem, key]: &[PathBuf; 3], passphrase: &str) -> Text {
    let (id, name, until) = (device.id, &device.name, issued.expires_at.in_words());
    let (until_ja, until_en) = (until.ja, until.en);
    let (p12, pem, key) = (p12.display(), pem.display(), key.display());
    Text::new(
        format!(
            "{name}（{id}）の証明書を {until_ja} まで出しました\n  端末に入れるファイル: {p12}\n  パスフレーズ（別の方法で伝える）: {passphrase}\n  PEM: {pem}\n  秘密鍵: {key}"
        ),
        format!(
            "issued a certificate for {name} ({id}) until {until_en}\n  to install on the device: {p12}\n  passphrase, to be told another way: {passphrase}\n  PEM: {pem}\n  private key: {key}"
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

/// The one active organisation that is meant.
fn organisation<'a>(directory: &'a Directory, given: Option<&str>) -> Result<&'a Organisation, Complaint> {
    let given = fold(given.unwrap_or_default());
    let is_meant = |one: &&Organisation| {
        one.active
            && (one.id.to_string() == given || [&one.name, &one.kana].iter().any(|name| fold(name).contains(&given)))
    };
    let mut found = directory.organisations.values().filter(is_meant);
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(Complaint::new(Text::fixed(
            "--organisation に一つの事業所を指定してください",
            "--organisation must name exactly one organisation",
        ))),
    }
}

fn no_device() -> Complaint {
    Complaint::new(Text::fixed(
        "その端末は登録されていないか、取り消されています。renkei cert device で一覧を表示します",
        "no such device, or it was revoked; `renkei cert device` lists them",
    ))
}
