//! The people of the demo's region, each acting in one role at one organisation.

use crate::domain::role::Role;

/// One invented person.
#[derive(Debug)]
pub struct PersonSeed {
    pub key: &'static str,
    /// Kanji and kana.
    pub name: (&'static str, &'static str),
    pub role: Role,
    /// Key of the organisation.
    pub at: &'static str,
}

const fn person(
    key: &'static str,
    kanji: &'static str,
    kana: &'static str,
    role: Role,
    at: &'static str,
) -> PersonSeed {
    PersonSeed { key, name: (kanji, kana), role, at }
}

use Role::{
    CareManager, DentalHygienist, Dentist, Doctor, Family, Gateway, Helper, Msw, Municipality, Nurse, Pharmacist,
    Rehab, Secretariat,
};

/// The first of a role is the one whose sign-in link the demo prints.
pub const PEOPLE: &[PersonSeed] = &[
    person("yamada", "山田 健一", "ヤマダ ケンイチ", Doctor, "hanamizuki"),
    person("kawamura", "川村 美咲", "カワムラ ミサキ", Doctor, "hanamizuki"),
    person("takahashi", "高橋 直人", "タカハシ ナオト", Doctor, "misaki"),
    person("nakajima", "中島 彩", "ナカジマ アヤ", Doctor, "byoin"),
    person("maeda", "前田 亮", "マエダ リョウ", Doctor, "wakaba"),
    person("morishita", "森下 和也", "モリシタ カズヤ", Dentist, "sakurazaka"),
    person("sato", "佐藤 由美子", "サトウ ユミコ", Nurse, "komorebi"),
    person("suzuki", "鈴木 千夏", "スズキ チナツ", Nurse, "komorebi"),
    person("watanabe", "渡辺 浩", "ワタナベ ヒロシ", Nurse, "komorebi"),
    person("ito", "伊藤 真理", "イトウ マリ", Nurse, "asanagi"),
    person("matsumoto", "松本 さやか", "マツモト サヤカ", Nurse, "asanagi"),
    person("okada", "岡田 瞳", "オカダ ヒトミ", Nurse, "yuzuriha"),
    person("ogawa", "小川 隆", "オガワ タカシ", Pharmacist, "tsubaki"),
    person("nishida", "西田 恵", "ニシダ メグミ", Pharmacist, "tsubaki"),
    person("goto", "後藤 学", "ゴトウ マナブ", Pharmacist, "kaede"),
    person("endo", "遠藤 舞", "エンドウ マイ", Pharmacist, "minori"),
    person("fujii", "藤井 奈緒", "フジイ ナオ", DentalHygienist, "sakurazaka"),
    person("ishida", "石田 大輔", "イシダ ダイスケ", Rehab, "komorebi"),
    person("tanaka", "田中 久美", "タナカ クミ", CareManager, "hidamari"),
    person("saito", "斎藤 誠", "サイトウ マコト", CareManager, "hidamari"),
    person("aoki", "青木 望", "アオキ ノゾミ", CareManager, "suzukaze"),
    person("sakamoto", "坂本 潤", "サカモト ジュン", CareManager, "nanohana"),
    person("hasegawa", "長谷川 文", "ハセガワ フミ", CareManager, "hokatsu"),
    person("kato", "加藤 明美", "カトウ アケミ", Helper, "tanpopo"),
    person("yoshida", "吉田 翔太", "ヨシダ ショウタ", Helper, "tanpopo"),
    person("murakami", "村上 里奈", "ムラカミ リナ", Helper, "konomi"),
    person("kondo", "近藤 豊", "コンドウ ユタカ", Helper, "hibiki"),
    person("kimura", "木村 春香", "キムラ ハルカ", Helper, "yunagi"),
    person("hayashi", "林 智子", "ハヤシ トモコ", Msw, "byoin"),
    person("ono", "大野 修", "オオノ オサム", Municipality, "shiyakusho"),
    person("miura", "三浦 恵子", "ミウラ ケイコ", Secretariat, "jimukyoku"),
    person("sasaki-kenta", "佐々木 健太", "ササキ ケンタ", Family, "sasaki-ke"),
    person("tamura-yuko", "田村 優子", "タムラ ユウコ", Family, "tamura-ke"),
    person("kobayashi-yoko", "小林 洋子", "コバヤシ ヨウコ", Family, "kobayashi-ke"),
    person("komorebi-kiki", "測定機器 連携", "ソクテイキキ レンケイ", Gateway, "komorebi"),
];
