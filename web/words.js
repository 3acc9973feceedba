// The words of the domain: every code of its closed lists with its label in Japanese and English.
// The object literal is strict JSON, so that a test can compare it with the lists in `src/domain`.

export const WORDS = /** @type {Record<string, Record<string, string[]>>} */ (
{
  "kind": {
    "registration": ["患者登録", "registration"],
    "consent": ["本人の同意", "consent"],
    "team_link": ["チームの紐付け", "team link"],
    "team_unlink": ["紐付けの解除", "team unlink"],
    "host_change": ["管理事業所の変更", "change of host"],
    "vital": ["バイタル", "vital signs"],
    "note": ["記録", "note"],
    "visit": ["訪問の記録", "visit"],
    "status_change": ["状態変化の連絡", "change of condition"],
    "infection_notice": ["感染症情報", "infection notice"],
    "call": ["電話連絡", "call"],
    "verbal_order_received": ["口頭指示の受領", "verbal order received"],
    "admission": ["入院・入所", "admission"],
    "discharge": ["退院・退所", "discharge"],
    "death": ["死亡", "death"],
    "message": ["メッセージ", "message"],
    "order": ["点滴・与薬などの指示", "order"],
    "standing_order": ["緊急時の処置指示（事前）", "standing emergency order"],
    "nursing_instruction": ["訪問看護指示書", "nursing instruction"],
    "nursing_report": ["訪問看護報告書", "nursing report"],
    "device_change": ["医療機器の導入・変更", "device change"],
    "lab_request": ["検査結果の提供依頼", "lab result request"],
    "lab_result": ["検査結果", "lab result"],
    "acp_note": ["ACPの記録", "ACP note"],
    "joint_visit": ["同行訪問・合同カンファレンス", "joint visit"],
    "conference": ["サービス担当者会議", "conference"],
    "alarm_limits": ["アラーム値の設定", "alarm limits"],
    "order_document": ["指示の文書", "order document"],
    "consultation": ["相談", "consultation"],
    "station_change": ["訪問看護ステーションの変更", "change of nursing station"],
    "visit_plan": ["訪問の予定", "visit plan"],
    "medication_list": ["お薬の一覧", "medication list"],
    "medication_report": ["服薬情報の報告", "medication report"],
    "allergies": ["アレルギー", "allergies"],
    "problem_list": ["病名・問題の一覧", "problem list"],
    "related_persons": ["家族・キーパーソン", "family and key person"],
    "care_plan": ["ケアプラン", "care plan"],
    "periodic_record": ["定期の様子（変わりなしを含む）", "periodic record"],
    "emergency_access": ["緊急閲覧の宣言", "emergency access"],
    "closing": ["ページを閉じる", "closing of the page"],
    "contact_window": ["連携窓口", "liaison contact"],
    "roster": ["当番表", "roster"],
    "pledge": ["申し合わせの確認", "pledge"],
    "office_entry": ["事業所の利用開始", "entry of an office"],
    "activation": ["利用者IDの発行", "activation of an account"],
    "export": ["記録の持ち出し", "export of records"],
    "incident": ["情報の取扱い事故", "incident"],
    "suspension": ["利用の停止", "suspension"],
    "acknowledgement": ["確認", "acknowledgement"],
    "correction": ["訂正", "correction"],
    "retraction": ["取消し", "retraction"],
    "duty_step": ["約束の経過", "course of a duty"],
    "duty_answer": ["約束への返事", "answer to a duty"]
  },
  "role": {
    "doctor": ["医師", "doctor"],
    "dentist": ["歯科医師", "dentist"],
    "nurse": ["看護師", "nurse"],
    "pharmacist": ["薬剤師", "pharmacist"],
    "dental_hygienist": ["歯科衛生士", "dental hygienist"],
    "rehab": ["リハビリ職", "therapist"],
    "care_manager": ["ケアマネジャー", "care manager"],
    "helper": ["介護職", "care worker"],
    "msw": ["医療ソーシャルワーカー", "medical social worker"],
    "equipment_adviser": ["福祉用具専門相談員", "welfare-equipment adviser"],
    "municipality": ["行政担当者", "municipal officer"],
    "secretariat": ["事務局", "secretariat"],
    "family": ["家族", "family"],
    "gateway": ["連携システム", "connected system"]
  },
  "organisation_type": {
    "clinic": ["診療所", "clinic"],
    "hospital": ["病院", "hospital"],
    "nursing_station": ["訪問看護ステーション", "visiting-nurse station"],
    "pharmacy": ["薬局", "pharmacy"],
    "dental_clinic": ["歯科診療所", "dental clinic"],
    "care_office": ["居宅介護支援事業所", "care-management office"],
    "home_help": ["訪問介護事業所", "home-help service"],
    "day_service": ["通所・短期入所事業所", "day or short-stay service"],
    "support_centre": ["地域包括支援センター", "community support centre"],
    "municipality": ["市区町村", "municipality"],
    "secretariat": ["連携事務局", "ICT secretariat"],
    "home": ["自宅", "home"]
  },
  "vital_sign": {
    "systolic": ["収縮期血圧", "systolic blood pressure"],
    "diastolic": ["拡張期血圧", "diastolic blood pressure"],
    "pulse": ["脈拍", "pulse"],
    "spo2": ["SpO2", "SpO2"],
    "temperature": ["体温", "body temperature"],
    "respiration": ["呼吸数", "respiration rate"],
    "weight": ["体重", "body weight"],
    "glucose": ["血糖値", "blood glucose"],
    "pain": ["痛み（NRS）", "pain (0–10 scale)"]
  },
  "body_site": {
    "axilla": ["腋窩", "armpit"],
    "mouth": ["口腔", "mouth"],
    "ear": ["耳", "ear"],
    "rectum": ["直腸", "rectum"],
    "forehead": ["額", "forehead"],
    "left_arm": ["左腕", "left arm"],
    "right_arm": ["右腕", "right arm"],
    "left_thigh": ["左大腿", "left thigh"],
    "right_thigh": ["右大腿", "right thigh"],
    "wrist": ["手首", "wrist"],
    "finger": ["指", "finger"]
  },
  "unit": {
    "mm[Hg]": ["mmHg", "mmHg"],
    "kPa": ["kPa", "kPa"],
    "/min": ["回/分", "/min"],
    "%": ["%", "%"],
    "Cel": ["℃", "°C"],
    "[degF]": ["℉", "°F"],
    "kg": ["kg", "kg"],
    "g": ["g", "g"],
    "[lb_av]": ["lb", "lb"],
    "mg/dL": ["mg/dL", "mg/dL"],
    "mmol/L": ["mmol/L", "mmol/L"],
    "{score}": ["点", "points"]
  },
  "infection": {
    "covid": ["新型コロナ", "COVID-19"],
    "other": ["その他の感染症", "another infection"]
  },
  "order_type": {
    "drip": ["点滴", "drip"],
    "opioid": ["オピオイド", "opioid"],
    "important_drug": ["その他の重要な与薬", "another important drug"],
    "routine": ["通常の指示", "routine order"]
  },
  "device_change_type": {
    "introduced": ["導入", "introduced"],
    "setting": ["設定変更", "setting changed"],
    "removed": ["終了", "removed"]
  },
  "retraction_reason": {
    "mistake": ["誤記", "entered by mistake"],
    "wrong_patient": ["患者の取り違え", "wrong patient"]
  },
  "sensitivity": {
    "normal": ["通常", "normal"],
    "restricted": ["取扱注意", "restricted"]
  },
  "sex": {
    "male": ["男", "male"],
    "female": ["女", "female"],
    "other": ["その他", "other"],
    "unknown": ["不明", "unknown"]
  },
  "consent_state": {
    "none": ["未取得", "not obtained"],
    "team": ["チーム内共有に同意", "team sharing"],
    "withdrawn": ["撤回", "withdrawn"]
  },
  "withheld_purpose": {
    "family": ["家族への説明や共有", "explaining to the family"],
    "systems": ["ほかのシステムへの提供", "passing on to other systems"],
    "export": ["記録の持ち出し（チームの外への提供）", "taking the record out to others than the team"],
    "education": ["実習や症例研究での利用", "practical training and case studies"]
  },
  "consent_giver": {
    "patient": ["本人", "the patient"],
    "proxy": ["代理人", "a proxy decision-maker"]
  },
  "topic": {
    "other": ["その他", "something else"],
    "sudden_vital": ["バイタルの急な変化", "a sudden change of vital signs"],
    "consciousness": ["意識の変化", "consciousness"],
    "severe_pain": ["強い痛み・息苦しさ", "severe pain or dyspnoea"],
    "fall": ["転倒・転落", "a fall"],
    "drug_change": ["薬や指示の変更の可能性", "a possible change of drugs or orders"],
    "same_day_visit": ["当日の訪問の依頼", "a visit the same day"]
  },
  "call_to": {
    "doctor": ["医師", "the doctor"],
    "nurse": ["訪問看護師", "the visiting nurse"],
    "other": ["その他", "somebody else"]
  },
  "bedridden_level": {
    "J1": ["J1", "J1"],
    "J2": ["J2", "J2"],
    "A1": ["A1", "A1"],
    "A2": ["A2", "A2"],
    "B1": ["B1", "B1"],
    "B2": ["B2", "B2"],
    "C1": ["C1", "C1"],
    "C2": ["C2", "C2"]
  },
  "dementia_level": {
    "I": ["Ⅰ", "I"],
    "IIa": ["Ⅱa", "IIa"],
    "IIb": ["Ⅱb", "IIb"],
    "IIIa": ["Ⅲa", "IIIa"],
    "IIIb": ["Ⅲb", "IIIb"],
    "IV": ["Ⅳ", "IV"],
    "M": ["M", "M"]
  },
  "care_level": {
    "none": ["非該当", "not certified"],
    "support_1": ["要支援1", "support level 1"],
    "support_2": ["要支援2", "support level 2"],
    "care_1": ["要介護1", "care level 1"],
    "care_2": ["要介護2", "care level 2"],
    "care_3": ["要介護3", "care level 3"],
    "care_4": ["要介護4", "care level 4"],
    "care_5": ["要介護5", "care level 5"]
  },
  "bedsore_depth": {
    "D3": ["DESIGN-R D3", "DESIGN-R D3"],
    "D4": ["DESIGN-R D4", "DESIGN-R D4"],
    "D5": ["DESIGN-R D5", "DESIGN-R D5"],
    "NPUAP3": ["NPUAP Ⅲ度", "NPUAP stage III"],
    "NPUAP4": ["NPUAP Ⅳ度", "NPUAP stage IV"]
  },
  "visit_mark": {
    "visit": ["訪問", "visit"],
    "several": ["2回以上の訪問", "two or more visits"],
    "long": ["長時間の訪問", "long visit"],
    "special": ["特別訪問看護指示書による訪問", "visit by special instruction"],
    "emergency": ["緊急訪問", "emergency visit"]
  },
  "meeting_state": {
    "held": ["実施済み", "held"],
    "planned": ["予定", "planned"]
  },
  "allergy_type": {
    "drug": ["薬", "a drug"],
    "food": ["食べ物", "food"],
    "other": ["その他", "something else"]
  },
  "problem_status": {
    "active": ["続いている", "active"],
    "inactive": ["落ち着いている", "inactive"],
    "resolved": ["解決済み", "resolved"]
  },
  "relationship": {
    "spouse": ["配偶者・パートナー", "spouse or partner"],
    "child": ["子", "child"],
    "child_in_law": ["子の配偶者", "child-in-law"],
    "grandchild": ["孫", "grandchild"],
    "parent": ["親", "parent"],
    "sibling": ["きょうだい", "sibling"],
    "relative": ["親族", "relative"],
    "guardian": ["後見人", "guardian"],
    "neighbour": ["近所の人", "neighbour"],
    "friend": ["友人", "friend"],
    "other": ["その他", "somebody else"]
  },
  "closing_reason": {
    "death": ["死亡", "the patient died"],
    "no_further_need": ["利用の終了", "no further need"],
    "consent_withdrawn": ["同意の撤回", "consent withdrawn"],
    "moved": ["転居・転院", "moved away"]
  },
  "capacity": {
    "member": ["担当者", "the one in charge"],
    "manager": ["管理者", "the manager"],
    "contact": ["連絡担当", "the liaison"],
    "person": ["本人", "the person"]
  },
  "close_reason": {
    "no_longer_asked": ["前提がなくなった", "no longer asked for"],
    "cause_retracted": ["きっかけの記録の取消し", "its cause was taken back"],
    "admission": ["入院・入所", "the patient was admitted"],
    "death": ["死亡", "the patient died"],
    "page_closed": ["ページの終了", "the page was closed"],
    "rule_retired": ["ルールの廃止", "the rule was retired"]
  }
}
);

/**
 * The label of `code` in `list`; a code of a newer hub is shown as it is.
 * @param {string} list @param {string} code @param {'ja' | 'en'} language
 */
export function label(list, code, language) {
  const entry = WORDS[list]?.[code];
  return entry ? entry[language === 'en' ? 1 : 0] : code;
}
