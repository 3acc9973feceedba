//! The audit log shipped to a real listener: in order, each record at least once, also across outages of the listener and
//! restarts of the hub, and without a word of any patient.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use renkei::actions::checkpoints::delivering::Delivery;
use renkei::actions::checkpoints::file::read;
use renkei::actions::shipping::{Pace, Shipping};
use renkei::cli::cert::ensure_development_certificates;
use renkei::clock::{Clock as _, SystemClock};
use renkei::config::{AuditSettings, ShipTo};
use renkei::domain::act::{Act, Deed};
use renkei::domain::ids::PatientId;
use renkei::domain::keeping::KeepingDeed;
use renkei::http::certificate::ReloadingCertificate;
use renkei::http::tls;
use renkei::limits::AUDIT_SEARCH_PAGE_RECORDS;
use renkei::store::verify::{By, verify};
use renkei::store::{Noted, StoreError};
use renkei::vault::CheckpointKey;
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::net::{TcpListener, TcpSocket, UdpSocket, UnixDatagram};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::audit::kept;
use super::tampered;
use crate::support::actor::{Actor, ask};
use crate::support::app::App;
use crate::support::{eventually, scratch, until};

const PACE: Pace =
    Pace { poll: Duration::from_millis(10), idle: Duration::from_millis(30), retry: Duration::from_millis(20) };

type Lines = Arc<Mutex<Vec<String>>>;

/// A hub with something in its log, and something to add.
async fn story() -> (App, PatientId, Actor) {
    let app = App::start().await;
    let nurse = app.nurse("minato").await;
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    (app, patient, nurse)
}

async fn look(nurse: &Actor, patient: PatientId, times: usize) {
    for _ in 0..times {
        nurse.get(format!("/api/v1/patients/{patient}")).await.ok();
    }
}

fn ship(app: &App, to: ShipTo) -> JoinHandle<()> {
    let shipping = Shipping::new(app.hub.clone(), to, None, PACE);
    tokio::spawn(async move { shipping.tend().await })
}

async fn stop(shipping: JoinHandle<()>) {
    shipping.abort();
    let _ = shipping.await;
}

async fn listen(address: SocketAddr) -> TcpListener {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("the port may be used again");
    socket.bind(address).expect("the port is free");
    socket.listen(16).expect("it listens")
}

/// A listener that takes what comes and closes when the other side does.
fn receive(listener: TcpListener, lines: Lines) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("somebody comes");
            take(stream, &lines, usize::MAX).await;
        }
    })
}

/// Reads lines that are preceded by their length, at most so many.
async fn take(mut stream: impl AsyncRead + Unpin, lines: &Lines, at_most: usize) {
    let mut taken = 0;
    loop {
        let mut length = Vec::new();
        loop {
            match stream.read_u8().await {
                Ok(b' ') => break,
                Ok(digit) => length.push(digit),
                Err(_) => return,
            }
        }
        let length: usize = String::from_utf8(length).expect("ASCII").parse().expect("a length");
        let mut line = vec![0; length];
        if stream.read_exact(&mut line).await.is_err() {
            return;
        }
        lines.lock().unwrap().push(String::from_utf8(line).expect("UTF-8"));
        taken += 1;
        if taken == at_most {
            // Cut off in the middle, with what else has come unread: a reset.
            return;
        }
    }
}

fn seqs(lines: &[String]) -> Vec<u64> {
    let seq = |line: &String| {
        let after = line.split_once("seq=\"").expect("a seq").1;
        after.split_once('"').expect("its end").0.parse().expect("a number")
    };
    lines.iter().map(seq).collect()
}

/// Each record, the first time that it came, in order.
#[track_caller]
fn is_whole(lines: &[String], last: u64) -> bool {
    let mut first = Vec::new();
    for seq in seqs(lines) {
        if !first.contains(&seq) {
            first.push(seq);
        }
    }
    assert!(first.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{first:?}");
    assert!(first.first().is_none_or(|first| *first == 1), "{first:?}");
    first.last() == Some(&last)
}

async fn last(app: &App) -> u64 {
    kept(app, 0).await.len() as u64
}

async fn until_whole(app: &App, lines: &Lines) {
    let last = last(app).await;
    eventually("all records came", || is_whole(&lines.lock().unwrap(), last)).await;
}

#[tokio::test]
async fn every_record_comes_in_order_across_an_outage_and_a_restart_and_names_no_patient() {
    let (app, patient, nurse) = story().await;
    let (lines, cut) = (Lines::default(), Lines::default());
    let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await;
    let address = listener.local_addr().unwrap();
    let to = ShipTo::Tcp { host: "127.0.0.1".to_owned(), port: address.port() };

    // First one that takes three and is gone: what was on the way to it is not lost.
    let shipping = ship(&app, to.clone());
    let (stream, _) = listener.accept().await.unwrap();
    drop(listener);
    take(stream, &cut, 3).await;
    look(&nurse, patient, 5).await;
    let receiving = receive(listen(address).await, Arc::clone(&lines));
    until_whole(&app, &lines).await;

    // Away for a while: nobody waits for it.
    receiving.abort();
    let _ = receiving.await;
    look(&nurse, patient, 20).await;
    let receiving = receive(listen(address).await, Arc::clone(&lines));
    until_whole(&app, &lines).await;

    // The hub is started again, and goes on where the listener had everything.
    let place = app.hub.journal().clone();
    let known = async || {
        let name = format!("shipped_records syslog+tcp://{address}");
        let found: Result<_, StoreError> =
            place.read(move |tx| Box::pin(async move { tx.find_noted(&name).await })).await;
        if let Noted::Own(place) = found.unwrap() { place.parse::<u64>().ok() } else { None }
    };
    let all = last(&app).await;
    until("the listener has it all", async || known().await == Some(all)).await;
    drop(place);
    stop(shipping).await;
    let app = app.stop().await.start().await;
    let before = lines.lock().unwrap().len();
    let shipping = ship(&app, to);
    look(&nurse, patient, 3).await;
    until_whole(&app, &lines).await;
    let seen = lines.lock().unwrap().clone();
    assert_eq!(seqs(&seen[before..]), (all + 1..=all + 3).collect::<Vec<_>>(), "nothing twice where nothing was lost");

    let read = seen.last().unwrap();
    assert!(read.starts_with("<110>1 2026-04-01T00:00:00Z "), "{read}");
    for part in ["renkei - read [renkei@32473 ", &nurse.actor.person.to_string(), &patient.to_string(), "why=\"care\""]
    {
        assert!(read.contains(part), "{part}: {read}");
    }
    assert!(!seen.iter().any(|line| line.contains("高橋") || line.contains("タカハシ")), "ids alone");
    stop(shipping).await;
    receiving.abort();
}

#[tokio::test]
async fn a_listener_that_does_not_say_that_it_has_everything_gets_it_again() {
    let (app, patient, nurse) = story().await;
    let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await;
    let address = listener.local_addr().unwrap();
    let shipping = ship(&app, ShipTo::Tcp { host: "127.0.0.1".to_owned(), port: address.port() });
    let all = last(&app).await;
    // It reads all, and is torn down before it closes.
    for _ in 0..2 {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_zero_linger().unwrap();
        let lines = Lines::default();
        take(stream, &lines, usize::try_from(all).unwrap()).await;
        assert_eq!(seqs(&lines.lock().unwrap()), (1..=all).collect::<Vec<_>>());
    }
    let lines = Lines::default();
    let receiving = receive(listener, Arc::clone(&lines));
    look(&nurse, patient, 2).await;
    until_whole(&app, &lines).await;
    stop(shipping).await;
    receiving.abort();
}

#[tokio::test]
async fn records_go_to_a_file_a_datagram_socket_and_over_udp_too() {
    let (app, patient, nurse) = story().await;
    let folder = scratch::folder("shipping");
    let (file, socket) = (folder.path().join("audit.log"), folder.path().join("log"));
    let unix = UnixDatagram::bind(&socket).unwrap();
    let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = udp.local_addr().unwrap().port();
    let ships = [
        ship(&app, ShipTo::File(file.clone())),
        ship(&app, ShipTo::Unix(socket)),
        ship(&app, ShipTo::Udp { host: "127.0.0.1".to_owned(), port }),
    ];
    look(&nurse, patient, 4).await;
    let all = last(&app).await;
    let (mut by_unix, mut by_udp, mut datagram) = (Vec::new(), Vec::new(), vec![0; 8_192]);
    while seqs(&by_unix).last() != Some(&all) {
        let length = unix.recv(&mut datagram).await.unwrap();
        by_unix.push(String::from_utf8(datagram[..length].to_vec()).unwrap());
    }
    while seqs(&by_udp).last() != Some(&all) {
        let length = udp.recv(&mut datagram).await.unwrap();
        by_udp.push(String::from_utf8(datagram[..length].to_vec()).unwrap());
    }
    assert_eq!(seqs(&by_unix), (1..=all).collect::<Vec<_>>());
    assert_eq!(by_unix, by_udp);
    let written = || std::fs::read_to_string(&file).unwrap_or_default();
    eventually("the file has it all", || written().lines().count() as u64 == all).await;
    assert_eq!(written().lines().collect::<Vec<_>>(), by_unix);
    for shipping in ships {
        stop(shipping).await;
    }
}

#[tokio::test]
async fn beyond_this_machine_records_go_over_tls_to_a_listener_that_the_authority_vouches_for_and_to_no_other() {
    let (app, patient, nurse) = story().await;
    let (ours, theirs) = (scratch::folder("authority"), scratch::folder("stranger"));
    let now = SystemClock::new().now();
    let made = ensure_development_certificates(ours.path(), &[], now).unwrap();
    let stranger = ensure_development_certificates(theirs.path(), &[], now).unwrap();
    let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await;
    let to = ShipTo::Tls { host: "localhost".to_owned(), port: listener.local_addr().unwrap().port() };
    let shipping = Shipping::new(app.hub.clone(), to, Some(made.authority), PACE);
    let shipping = tokio::spawn(async move { shipping.tend().await });

    let acceptor = |files| TlsAcceptor::from(tls::server_config(ReloadingCertificate::load(files).unwrap(), None));
    let lines = Lines::default();
    let impostor = acceptor(stranger.server);
    let (stream, _) = listener.accept().await.unwrap();
    assert!(impostor.accept(stream).await.is_err(), "its certificate is not taken");
    let honest = acceptor(made.server);
    let taken = Arc::clone(&lines);
    let receiving = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            if let Ok(stream) = honest.accept(stream).await {
                take(stream, &taken, usize::MAX).await;
            }
        }
    });
    look(&nurse, patient, 3).await;
    until_whole(&app, &lines).await;
    let before = seqs(&lines.lock().unwrap()).len();
    look(&nurse, patient, 1).await;
    until_whole(&app, &lines).await;
    assert!(seqs(&lines.lock().unwrap()).len() > before);
    stop(shipping).await;
    receiving.abort();
}

#[tokio::test]
async fn checkpoints_go_the_same_way_and_whoever_kept_them_proves_the_history() {
    let (app, patient, nurse) = story().await;
    let folder = scratch::folder("witness");
    let file = folder.path().join("audit.log");
    let (key, journal) = (CheckpointKey::ephemeral(), app.hub.journal().clone());
    let shipping = ship(&app, ShipTo::File(file.clone()));
    look(&nurse, patient, 2).await;
    let first = journal.make_checkpoint(&key, app.hub.region().now()).await.unwrap().0.number;
    look(&nurse, patient, 2).await;
    let newest = journal.make_checkpoint(&key, app.hub.region().now()).await.unwrap().0;
    assert_eq!((first, newest.number), (1, 2));
    let written = || std::fs::read_to_string(&file).unwrap_or_default();
    let is_there = || written().matches(" renkei - checkpoint [renkei@32473 number=").count() == 2;
    eventually("both checkpoints came", is_there).await;
    stop(shipping).await;
    let elsewhere = read(&written()).expect("the newest of the log");
    assert_eq!((&elsewhere.statement, &elsewhere.signature), (&newest.statement, &newest.signature));
    let by = |key| By { key, elsewhere: Some(elsewhere.clone()) };
    let verified = verify(&journal, &by(key.public())).await.unwrap();
    assert!(verified.is_whole(), "{verified:?}");
    let by_another = verify(&journal, &by(CheckpointKey::ephemeral().public())).await.unwrap();
    assert!(!by_another.is_whole(), "signed by somebody else");
}

#[tokio::test]
async fn a_checkpoint_comes_behind_all_the_records_that_it_speaks_of() {
    let (app, ..) = story().await;
    let (journal, now) = (app.hub.journal().clone(), app.hub.region().now());
    // More than are looked at together.
    let acts = (0..=AUDIT_SEARCH_PAGE_RECORDS).map(|number| {
        let deed = KeepingDeed::KeyRotated { from: number.to_string(), to: (number + 1).to_string() };
        Act { by: renkei::domain::act::By::Operator, deed: Deed::Keeping(deed) }
    });
    let acts: Vec<Act> = acts.collect();
    let adding = journal.write(move |tx| Box::pin(async move { tx.append_acts(now, acts).await }));
    adding.await.map_err(|error: StoreError| error).unwrap();
    journal.make_checkpoint(&CheckpointKey::ephemeral(), now).await.unwrap();
    let folder = scratch::folder("witness");
    let file = folder.path().join("audit.log");
    let shipping = ship(&app, ShipTo::File(file.clone()));
    let written = || std::fs::read_to_string(&file).unwrap_or_default();
    let is_checkpoint = |line: &str| line.contains(" renkei - checkpoint ");
    let (last, all) = (kept(&app, 0).await.len(), || written().lines().filter(|line| !is_checkpoint(line)).count());
    eventually("all of it came", || all() >= last && written().lines().any(is_checkpoint)).await;
    stop(shipping).await;
    assert_eq!(written().lines().position(is_checkpoint), Some(last), "behind all records");
}

#[tokio::test]
async fn a_folder_for_checkpoints_that_is_away_is_told_in_health_until_it_is_back() {
    let (app, folder) = (App::start().await, scratch::folder("elsewhere"));
    let (away, witness) = (folder.path().join("mounted"), app.witness());
    let settings = AuditSettings {
        checkpoint_key_file: folder.path().join("checkpoint.key"),
        checkpoint_records: 1,
        checkpoint_every: Duration::from_secs(60),
        checkpoint_to: Some(away.clone()),
        checkpoint_to_every: Duration::from_secs(60),
        ship: None,
        ship_authority: None,
    };
    let (journal, now) = (app.hub.journal().clone(), app.hub.region().now());
    journal.make_checkpoint(&CheckpointKey::ephemeral(), now).await.unwrap();
    let delivery = Delivery::of(journal, &settings, witness).expect("a folder is named");
    let ready = async || ask(&app.router, Request::get("/readyz").body(Body::empty()).unwrap()).await.ok();
    delivery.try_now(now, true).await;
    let told = ready().await;
    assert_eq!(
        (&told["ready"], &told["warnings"][0]["code"]),
        (&json!(true), &json!("checkpoint_not_delivered")),
        "{told}"
    );
    std::fs::create_dir(&away).unwrap();
    delivery.try_now(now, true).await;
    assert_eq!(ready().await, json!({ "ready": true, "reasons": [] }));
}

#[tokio::test]
async fn a_listener_that_is_away_is_told_in_health_and_metrics_and_holds_nothing_up() {
    let (app, patient, nurse) = story().await;
    let (listener, witness) = (listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await, app.witness());
    let address = listener.local_addr().unwrap();
    drop(listener);
    let to = ShipTo::Tcp { host: "127.0.0.1".to_owned(), port: address.port() };
    witness.shipping.expect();
    let shipping = Shipping::new(app.hub.clone(), to, None, PACE).watched(Arc::clone(&witness));
    let shipping = tokio::spawn(async move { shipping.tend().await });
    eventually("it is noticed", || witness.shipping.is_failing()).await;
    let ready = async || ask(&app.router, Request::get("/readyz").body(Body::empty()).unwrap()).await.ok();
    let told = ready().await;
    assert_eq!((&told["ready"], &told["warnings"][0]["code"]), (&json!(true), &json!("audit_not_shipped")), "{told}");
    let metrics = async || {
        let loopback = ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 1)));
        let asked = Request::get("/metrics").extension(loopback).body(Body::empty()).unwrap();
        ask(&app.router, asked).await.text()
    };
    assert!(metrics().await.contains("renkei_audit_shipping_failing 1"), "{}", metrics().await);
    look(&nurse, patient, 1).await;
    let lines = Lines::default();
    let receiving = receive(listen(address).await, Arc::clone(&lines));
    until_whole(&app, &lines).await;
    eventually("it is back", || !witness.shipping.is_failing()).await;
    assert_eq!(ready().await, json!({ "ready": true, "reasons": [] }));
    assert!(metrics().await.contains("renkei_audit_shipping_failing 0"));
    stop(shipping).await;
    receiving.abort();
}

#[tokio::test]
async fn a_place_that_somebody_wrote_keeps_nothing_from_being_shipped_and_is_told() {
    let (app, folder) = (tampered::region().await, scratch::folder("witness"));
    let (nurse, file, witness) = (app.nurse("minato").await, folder.path().join("audit.log"), app.witness());
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    let ship = || {
        let shipping = Shipping::new(app.hub.clone(), ShipTo::File(file.clone()), None, PACE);
        let shipping = shipping.watched(Arc::clone(&witness));
        tokio::spawn(async move { shipping.tend().await })
    };
    let places = async || {
        let name = format!("shipped_records {}", ShipTo::File(file.clone()));
        let found: Result<_, StoreError> =
            app.hub.journal().read(move |tx| Box::pin(async move { tx.find_noted(&name).await })).await;
        found.unwrap()
    };
    let shipping = ship();
    look(&nurse, patient, 3).await;
    let all = last(&app).await;
    until("it is noted", async || places().await == Noted::Own(all.to_string())).await;
    stop(shipping).await;
    let is_told = async || tampered::warnings(&nurse).await.contains(&"witness_tampered".to_owned());
    assert!(!is_told().await);

    let mut by_hand = tampered::written_by_hand(&app).await;
    let ahead = "update meta set value = '9000000000000000000' where name like 'shipped_%'";
    assert_eq!(sqlx::query(ahead).execute(&mut by_hand).await.unwrap().rows_affected(), 2);
    look(&nurse, patient, 3).await;
    let shipping = ship();
    let written = || std::fs::read_to_string(&file).unwrap_or_default();
    let lines = || written().lines().map(str::to_owned).collect::<Vec<_>>();
    let newest = last(&app).await;
    eventually("what came since is there", || seqs(&lines()).last() == Some(&newest)).await;
    assert!(is_told().await);
    stop(shipping).await;
}

#[tokio::test]
async fn a_checkpoint_that_somebody_adds_is_not_shipped_and_keeps_none_from_it() {
    let (app, folder) = (tampered::region().await, scratch::folder("witness"));
    let (nurse, file, witness) = (app.nurse("minato").await, folder.path().join("audit.log"), app.witness());
    let (key, journal) = (CheckpointKey::ephemeral(), app.hub.journal().clone());
    let patient = app.register_patient("高橋 ハル", "タカハシ ハル").await;
    app.link(patient, "minato").await;
    journal.make_checkpoint(&key, app.hub.region().now()).await.unwrap();
    let mut by_hand = tampered::written_by_hand(&app).await;
    let copied = "insert into signed_checkpoint select 9000000, made_at, statement, signature from signed_checkpoint";
    assert_eq!(sqlx::query(copied).execute(&mut by_hand).await.unwrap().rows_affected(), 1);
    let shipping = Shipping::new(app.hub.clone(), ShipTo::File(file.clone()), None, PACE);
    let shipping = shipping.watched(Arc::clone(&witness));
    let shipping = tokio::spawn(async move { shipping.tend().await });
    let written = || std::fs::read_to_string(&file).unwrap_or_default();
    let is_there = |number: u64| written().contains(&format!(" renkei - checkpoint [renkei@32473 number=\"{number}\""));
    eventually("the region's own came", || is_there(1)).await;
    look(&nurse, patient, 1).await;
    journal.make_checkpoint(&key, app.hub.region().now()).await.unwrap();
    eventually("and the next one", || is_there(2)).await;
    assert!(!is_there(9_000_000));
    stop(shipping).await;
}
