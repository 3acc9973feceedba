// Usual values to stand beside a field, told with where they come from; signs without a source have none. They judge
// nothing: alarms are the patient's own limits, which a doctor sets, and stand in front of these.

/**
 * Where the figures are from. A region that agreed on others changes them here.
 * @type {Record<string, {ja: string, en: string}>}
 */
export const SOURCES = {
  // Table of blood pressures measured at home: 135/85 mmHg and above is hypertension.
  jsh: { ja: '血圧: 日本高血圧学会 高血圧治療ガイドライン2019（家庭血圧 135/85 以上が高血圧）', en: 'Blood pressure: Japanese Society of Hypertension 2019 (at home, 135/85 and above is hypertension)' },
  // Chart 1: the values that score 0, SpO2 by scale 1. Others are usual in some illnesses, such as SpO2 of 88–92 % in COPD.
  news: { ja: '脈拍・SpO2・呼吸数: NEWS2（英国王立内科医協会 2017）で 0 点の成人の値', en: 'Pulse, SpO2, respiration: adult values that score 0 in NEWS2 (Royal College of Physicians 2017)' },
  // 感染症法に基づく医師の届出の基準: fever is 37.5 °C and above.
  fever: { ja: '体温: 感染症法の届出基準（37.5 ℃以上が発熱）', en: 'Temperature: notification criteria of the Infectious Diseases Act (37.5 °C and above is fever)' },
};

/** By sign, in its canonical unit. @type {Record<string, {low?: string, high?: string, source: string}>} */
export const USUAL = {
  systolic: { high: '134', source: 'jsh' },
  diastolic: { high: '84', source: 'jsh' },
  pulse: { low: '51', high: '90', source: 'news' },
  spo2: { low: '96', source: 'news' },
  temperature: { high: '37.4', source: 'fever' },
  respiration: { low: '12', high: '20', source: 'news' },
};
