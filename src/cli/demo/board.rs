//! What the invented region has beside its patients: an announcement that some have read, a training with who was there, two
//! good-practice cases, of which one is published and one waits, and a group that talks. Made by the actions that people's pages call, so that each
//! is looked through and judged; a seeding that was cut off goes on where it stopped.

use jiff::civil::Date;

use super::region::{self, PersonSeed, organisation_id, person_id};
use super::seed::actor;
use crate::actions::announcing::{self, Given};
use crate::actions::cases::{self, ConsentSaid};
use crate::actions::groups::{self, GroupGiven};
use crate::actions::training::{self, Noted, TrainingGiven};
use crate::domain::announcement::{AnnouncementWords, Audience};
use crate::domain::case::{Case, CaseStep, CaseTag, CaseWords};
use crate::domain::group::GroupWords;
use crate::domain::ids::SignInId;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::time::Timestamp;
use crate::domain::training::{AttendanceState, TrainingKind};
use crate::hub::Hub;
use crate::hub::sessions::SignedIn;

const SECRETARY: &str = "miura";
/// For those who have the least to do with readings, and are trained by the region.
const AUDIENCE: [OrganisationType; 3] =
    [OrganisationType::CareOffice, OrganisationType::HomeHelp, OrganisationType::DayService];
/// Of them, who has read the announcement, and who was at the training or was not; of others nothing is noted.
const READERS: [&str; 4] = ["saito", "aoki", "kato", "kimura"];
const THERE: [&str; 5] = ["tanaka", "saito", "kato", "murakami", "kimura"];
const ABSENT: [&str; 2] = ["yoshida", "kondo"];

const ANNOUNCED: &str = "モニタリング報告の書き方が変わります";
const TRAINED: &str = "写真と個人情報の扱い";
const GROUP: &str = "居宅とヘルパーの情報交換";
const SAID: [(&str, &str); 2] = [
    ("tanaka", "来月の情報交換会は第2火曜の18時半から、市民会館の和室です。話したいことがあればここに書いてください。"),
    ("kato", "暑い時期の調理で気をつけていることを、持ち寄りませんか。"),
];

/// A case of the region's.
struct CaseSeed {
    author: &'static str,
    words: fn() -> CaseWords,
    is_approved: bool,
}

const CASES: [CaseSeed; 2] = [
    CaseSeed { author: "sato", words: suction_practised_on_the_ward, is_approved: true },
    CaseSeed { author: "tanaka", words: doses_by_the_door, is_approved: false },
];

/// Seeds it.
///
/// # Errors
/// When the store fails, or any of it is refused.
pub async fn seed(hub: &Hub, anchor: Timestamp) -> anyhow::Result<()> {
    let today = hub.region().date_at(anchor);
    announce(hub, today).await?;
    train(hub, today).await?;
    for case in &CASES {
        write_case(hub, case).await?;
    }
    talk(hub).await
}

/// As somebody who is at their page.
fn signed_in(hub: &Hub, who: &PersonSeed) -> anyhow::Result<SignedIn> {
    let now = hub.region().now();
    let id = SignInId(region::named(&format!("seeding by {}", who.key)));
    Ok(SignedIn { id, actor: actor(hub, who)?, since: now, until: now, device: None, scopes: None })
}

async fn announce(hub: &Hub, today: Date) -> anyhow::Result<()> {
    let by = signed_in(hub, region::person(SECRETARY))?;
    let known = announcing::list_sent(hub, &by.actor).await?;
    let announced = match known.into_iter().find(|known| known.current().words.title == ANNOUNCED) {
        Some(announced) => announced,
        None => {
            let words = AnnouncementWords {
                title: ANNOUNCED.to_owned(),
                text: "来月から、毎月の報告に「前の月から変わったこと」の欄が加わります。変わりがなければ「変わりなし」と書いてください。\n\
                       書き方の例は、事務局が来週お送りします。"
                    .to_owned(),
                until: today.saturating_add(jiff::Span::new().days(30)),
                audience: Audience { types: AUDIENCE.to_vec(), ..Audience::default() },
            };
            announcing::publish(hub, &by, Given { words, reason: String::new(), confirmed: Vec::new() }).await?
        }
    };
    for key in READERS {
        announcing::note_read(hub, &actor(hub, region::person(key))?, announced.id, 1).await?;
    }
    Ok(())
}

async fn train(hub: &Hub, today: Date) -> anyhow::Result<()> {
    let by = signed_in(hub, region::person(SECRETARY))?;
    let known = training::list(hub, &by.actor).await?;
    let training = match known.into_iter().find(|known| known.training.title == TRAINED) {
        Some(known) => known.training.id,
        None => {
            let day = today.saturating_sub(jiff::Span::new().days(20));
            let given =
                TrainingGiven { title: TRAINED.to_owned(), kind: TrainingKind::Privacy, day, is_cancelled: false };
            training::put(hub, &by, None, given).await?
        }
    };
    let noted = |keys: &[&str], state: AttendanceState| {
        keys.iter().map(|key| (person_id(key), Some(state))).collect::<Vec<_>>()
    };
    let people = [noted(&THERE, AttendanceState::Attended), noted(&ABSENT, AttendanceState::Absent)].concat();
    let offices = vec![organisation_id("suzukaze")];
    training::note_attendance(hub, &by, training, Noted { people, offices }).await?;
    Ok(())
}

async fn write_case(hub: &Hub, seed: &CaseSeed) -> anyhow::Result<()> {
    let (author, reviewer) = (signed_in(hub, region::person(seed.author))?, signed_in(hub, region::person(SECRETARY))?);
    let words = (seed.words)();
    let is_this = |case: &Case| case.current().words.title == words.title;
    let mut case = match cases::list_work(hub, &author.actor).await?.into_iter().find(is_this) {
        Some(case) => case,
        None => cases::draft(hub, &author, words.clone()).await?,
    };
    if case.takes(CaseStep::HandedIn) {
        let consent = ConsentSaid { is_given: true, kept_at: "事例同意書の綴り（事務局）".to_owned() };
        cases::hand_in(hub, &author, case.id, case.current().number, consent, &[]).await?;
        let again = cases::list_work(hub, &author.actor).await?.into_iter().find(is_this);
        case = again.ok_or_else(|| anyhow::anyhow!("a case of the demo is gone"))?;
    }
    if seed.is_approved && case.takes(CaseStep::Approved) {
        cases::approve(hub, &reviewer, case.id, case.current().number, true, &[]).await?;
    }
    Ok(())
}

async fn talk(hub: &Hub) -> anyhow::Result<()> {
    let by = signed_in(hub, region::person(SECRETARY))?;
    let known = groups::list(hub, &by.actor).await?;
    let id = match known.into_iter().find(|known| known.group.words.name == GROUP) {
        Some(known) => known.group.id,
        None => {
            let about = "居宅介護支援とヘルパーの、仕事のやり方の相談。".to_owned();
            let members = THERE.iter().map(|key| person_id(key)).collect();
            let words = GroupWords { name: GROUP.to_owned(), about, members };
            groups::put(hub, &by, None, GroupGiven { words, is_closed: false, confirmed: Vec::new() }).await?
        }
    };
    let written = groups::list_messages(hub, &by.actor, id, None).await?.messages.len();
    for (author, text) in SAID.iter().skip(written) {
        groups::post(hub, &signed_in(hub, region::person(author))?, id, (*text).to_owned(), &[]).await?;
    }
    Ok(())
}

fn suction_practised_on_the_ward() -> CaseWords {
    CaseWords {
        title: "吸引の練習を、退院前に病棟で家族と一緒に".to_owned(),
        happened: "痰の吸引が必要な方の退院が近づき、ご家族は「夜に自分だけでできるか」と眠れないほど心配していた。\
             病棟と在宅では機器も手順も少し違っていた。"
            .to_owned(),
        done: "退院の前の週に、家で使う吸引器を病棟へ運び、病棟と在宅の看護師が並んでご家族と一緒に練習した。\
             手順は写真入りの一枚の紙にまとめ、機器のそばに貼った。最初の夜は、困ったときに電話する相手を一人に決めた。"
            .to_owned(),
        outcome: "最初の一週間の夜間の電話は、心配していたより少なく、内容も確認だけだった。紙はヘルパーも使っている。\
             手順が変わったときに紙を直す人を、先に決めておけばよかった。"
            .to_owned(),
        roles: vec![Role::Nurse, Role::Msw, Role::Helper, Role::Family],
        tags: vec![CaseTag::Device, CaseTag::Discharge, CaseTag::FamilySupport],
        shows_office: true,
    }
}

fn doses_by_the_door() -> CaseWords {
    CaseWords {
        title: "飲み忘れを、お薬カレンダーの置き場所で減らした".to_owned(),
        happened: "一人暮らしの方の朝の薬が残ることが多く、訪問のたびに数が合わなかった。".to_owned(),
        done: "薬剤師が一包化し、カレンダーを台所から玄関へ移した。朝の訪問の人が声をかけ、飲んだかどうかを毎回ひとこと残した。".to_owned(),
        outcome: "残る薬が目に見えて減った。休みの日の声かけを誰がするかは、まだ決まっていない。".to_owned(),
        roles: vec![Role::Pharmacist, Role::CareManager, Role::Helper],
        tags: vec![CaseTag::Medication, CaseTag::Cooperation],
        shows_office: false,
    }
}
