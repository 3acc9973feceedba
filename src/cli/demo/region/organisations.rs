//! The organisations of the demo's region.

use crate::domain::role::OrganisationType;

/// One invented organisation.
#[derive(Debug)]
pub struct OrganisationSeed {
    pub key: &'static str,
    pub kind: OrganisationType,
    pub name: &'static str,
    pub kana: &'static str,
    pub phone: &'static str,
}

const fn organisation(
    key: &'static str,
    kind: OrganisationType,
    name: &'static str,
    kana: &'static str,
    phone: &'static str,
) -> OrganisationSeed {
    OrganisationSeed { key, kind, name, kana, phone }
}

use OrganisationType::{
    CareOffice, Clinic, DayService, DentalClinic, Home, HomeHelp, Hospital, Municipality, NursingStation, Pharmacy,
    Secretariat, SupportCentre,
};

/// The telephone numbers are not assigned to anybody.
pub const ORGANISATIONS: &[OrganisationSeed] = &[
    organisation(
        "jimukyoku",
        Secretariat,
        "青葉野在宅医療連携事務局",
        "アオバノザイタクイリョウレンケイジムキョク",
        "050-0000-0100",
    ),
    organisation("hanamizuki", Clinic, "はなみずき在宅クリニック", "ハナミズキザイタククリニック", "050-0000-0101"),
    organisation("misaki", Clinic, "みさき内科医院", "ミサキナイカイイン", "050-0000-0102"),
    organisation("wakaba", Clinic, "わかば在宅診療所", "ワカバザイタクシンリョウジョ", "050-0000-0113"),
    organisation("byoin", Hospital, "青葉野総合病院", "アオバノソウゴウビョウイン", "050-0000-0103"),
    organisation(
        "komorebi",
        NursingStation,
        "訪問看護ステーションこもれび",
        "ホウモンカンゴステーションコモレビ",
        "050-0000-0104",
    ),
    organisation(
        "asanagi",
        NursingStation,
        "訪問看護ステーションあさなぎ",
        "ホウモンカンゴステーションアサナギ",
        "050-0000-0105",
    ),
    organisation(
        "yuzuriha",
        NursingStation,
        "訪問看護ステーションゆずりは",
        "ホウモンカンゴステーションユズリハ",
        "050-0000-0114",
    ),
    organisation("tsubaki", Pharmacy, "つばき薬局", "ツバキヤッキョク", "050-0000-0106"),
    organisation("kaede", Pharmacy, "かえで薬局", "カエデヤッキョク", "050-0000-0115"),
    organisation("minori", Pharmacy, "みのり薬局", "ミノリヤッキョク", "050-0000-0116"),
    organisation("sakurazaka", DentalClinic, "さくら坂歯科", "サクラザカシカ", "050-0000-0107"),
    organisation("hidamari", CareOffice, "ケアプランセンターひだまり", "ケアプランセンターヒダマリ", "050-0000-0108"),
    organisation(
        "suzukaze",
        CareOffice,
        "居宅介護支援事業所すずかぜ",
        "キョタクカイゴシエンジギョウショスズカゼ",
        "050-0000-0117",
    ),
    organisation("nanohana", CareOffice, "ケアプランなのはな", "ケアプランナノハナ", "050-0000-0118"),
    organisation("tanpopo", HomeHelp, "ヘルパーステーションたんぽぽ", "ヘルパーステーションタンポポ", "050-0000-0109"),
    organisation("konomi", HomeHelp, "訪問介護このみ", "ホウモンカイゴコノミ", "050-0000-0119"),
    organisation("hibiki", HomeHelp, "ホームヘルプひびき", "ホームヘルプヒビキ", "050-0000-0120"),
    organisation("yunagi", DayService, "デイサービスゆうなぎ", "デイサービスユウナギ", "050-0000-0110"),
    organisation(
        "hokatsu",
        SupportCentre,
        "青葉野地域包括支援センター",
        "アオバノチイキホウカツシエンセンター",
        "050-0000-0111",
    ),
    organisation("shiyakusho", Municipality, "青葉野市 高齢福祉課", "アオバノシ コウレイフクシカ", "050-0000-0112"),
    organisation("sasaki-ke", Home, "佐々木さんのお宅", "ササキサンノオタク", ""),
    organisation("tamura-ke", Home, "田村さんのお宅", "タムラサンノオタク", ""),
    organisation("kobayashi-ke", Home, "小林さんのお宅", "コバヤシサンノオタク", ""),
];
