//! What stands in an entry's body, said in Japanese: names of fields and of what codes mean. A field that is not named here
//! is shown under its own name, so that nothing is left out.

use serde_json::Value;

use crate::domain::attachment::MediaType;
use crate::domain::directory::Directory;
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::patient::Sex;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::team::ConsentState;
use crate::domain::time::Timestamp;
use crate::domain::unit::Unit;
use crate::domain::vital::VitalSign;

/// Names of fields as they stand in JSON.
const FIELDS: &[(&str, &str)] = &[
    ("text", "内容"),
    ("comment", "コメント"),
    ("reason", "理由"),
    ("name", "名前"),
    ("kanji", "氏名"),
    ("kana", "フリガナ"),
    ("birthDate", "生年月日"),
    ("sex", "性別"),
    ("measurements", "測定"),
    ("sign", "項目"),
    ("value", "値"),
    ("unit", "単位"),
    ("given", "入力された値"),
    ("site", "部位"),
    ("device", "機器"),
    ("attachments", "添付ファイル"),
    ("title", "題名"),
    ("mediaType", "種類"),
    ("sizeBytes", "大きさ（バイト）"),
    ("sha256", "照合値（SHA-256）"),
    ("organisation", "事業所"),
    ("organisations", "事業所"),
    ("person", "人"),
    ("people", "人"),
    ("role", "職種"),
    ("state", "状態"),
    ("givenBy", "同意した人"),
    ("givenOn", "同意日"),
    ("document", "書類"),
    ("topic", "主題"),
    ("urgent", "至急"),
    ("request", "依頼"),
    ("order", "指示"),
    ("orderType", "指示の種類"),
    ("target", "対象の記録"),
    ("body", "訂正後の内容"),
    ("from", "から"),
    ("until", "まで"),
    ("since", "いつから"),
    ("on", "日付"),
    ("drug", "薬"),
    ("dose", "用量"),
    ("usage", "用法"),
    ("frequency", "頻度"),
    ("amount", "量"),
    ("substance", "物質"),
    ("reaction", "反応"),
    ("allergyType", "アレルギーの種類"),
    ("condition", "状態"),
    ("diagnosis", "診断"),
    ("treatment", "処置"),
    ("course", "経過"),
    ("change", "変更"),
    ("before", "変更前"),
    ("after", "変更後"),
    ("items", "項目"),
    ("goals", "目標"),
    ("remarks", "備考"),
    ("phone", "電話"),
    ("fax", "FAX"),
    ("place", "場所"),
    ("department", "部署"),
    ("identifiers", "番号"),
    ("system", "番号の発行元"),
    ("code", "コード"),
    ("low", "下限"),
    ("high", "上限"),
    ("limits", "範囲"),
    ("host", "主治の事業所"),
    ("history", "過去の記録"),
    ("answer", "返事"),
    ("information", "情報"),
    ("infection", "感染症"),
    ("careLevel", "要介護度"),
    ("inFacility", "施設入所"),
    ("agreedBy", "同意した医師"),
    ("emergency", "緊急"),
    ("purpose", "目的"),
    ("scope", "範囲"),
    ("explanation", "説明"),
    ("attendees", "出席者"),
    ("discussedOn", "話し合った日"),
    ("wishes", "希望"),
    ("absent", "欠席"),
    ("confirmed", "確認"),
    ("relationConfirmed", "関係の確認"),
];

pub(super) fn field(name: &str) -> &str {
    FIELDS.iter().find(|(known, _)| *known == name).map_or(name, |(_, ja)| ja)
}

/// A value under its field, in words.
pub(super) fn leaf(field: &str, value: &Value, directory: &Directory) -> String {
    let text = match value {
        Value::Bool(true) => return "はい".to_owned(),
        Value::Bool(false) => return "いいえ".to_owned(),
        Value::String(text) => text.as_str(),
        other => return other.to_string(),
    };
    if field.ends_with("Us")
        && let Ok(micros) = text.parse()
    {
        return moment(Timestamp(micros));
    }
    let said = match field {
        "sign" => VitalSign::from_code(text).map(VitalSign::ja),
        "unit" => Unit::from_code(text).map(Unit::ja),
        "sex" => Sex::from_code(text).map(Sex::ja),
        "role" => Role::from_code(text).map(Role::ja),
        "state" => ConsentState::from_code(text).map(ConsentState::ja),
        "mediaType" => MediaType::from_code(text).map(MediaType::ja),
        "organisationType" => OrganisationType::from_code(text).map(OrganisationType::ja),
        _ => None,
    };
    if let Some(said) = said {
        return said.to_owned();
    }
    match text.parse::<uuid::Uuid>() {
        Ok(id) => named(id, directory).unwrap_or_else(|| text.to_owned()),
        Err(_) => text.to_owned(),
    }
}

fn named(id: uuid::Uuid, directory: &Directory) -> Option<String> {
    let person = directory.people.get(&PersonId(id)).map(|person| person.name.kanji.clone());
    person.or_else(|| Some(directory.organisations.get(&OrganisationId(id))?.name.clone()))
}

/// In Japan's time.
pub(super) fn moment(at: Timestamp) -> String {
    let japan = jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(9));
    match at.to_jiff() {
        Some(at) => at.to_zoned(japan).strftime("%Y年%-m月%-d日 %H:%M").to_string(),
        None => at.to_string(),
    }
}
