// Phrases of the console about a mistake in a patient's registration.

import { phrasebook } from '../language.js';

export const PHRASES = {
  another: ['氏名と生年月日の両方が変わります。別の人の登録に書き換えると、記録が混ざります。取り違えのときは、正しい患者を新しく登録してください。', 'Name and birth date both change. Turning a registration into somebody else’s mixes two records. If it is the wrong person, register the right one anew.'],
  begin: ['登録の誤りを直す', 'Correct a mistake'],
  birth_date_bad: ['生年月日として読めません。例：S13.4.12、19380412', 'Not a birth date. For example 1938-04-12.'],
  cancel: ['やめる', 'Cancel'],
  changes: ['変わるところ', 'What changes'],
  changes_none: ['まだ何も変わっていません。', 'Nothing has changed yet.'],
  do: ['訂正を記録する', 'Record the correction'],
  done: ['登録の誤りを直しました。前の内容は履歴に残っています。', 'The registration is corrected. What stood there before stays in the history.'],
  doubled: ['同じ氏名・生年月日の患者が、すでに登録されています：{name}。二重に登録していないか確かめてください。', 'Somebody of this name and birth date is registered already: {name}. Make sure that nobody is registered twice.'],
  from_to: ['{from} → {to}', '{from} → {to}'],
  how: ['氏名・フリガナ・生年月日・性別の誤りを直します。前の内容も履歴に残り、チーム全員の画面が新しい内容に変わります。', 'Name, kana, birth date and sex. What stood there before stays in the history, and every screen of the team changes.'],
  is_same: ['同じ本人の登録の誤りであることを確かめました', 'I made sure that it is the same person, wrongly registered'],
  is_same_missing: ['本人であることを確かめて、しるしを付けてください。', 'Please make sure, and tick it.'],
  kana_missing: ['フリガナを書いてください。', 'Please give the kana.'],
  kanji_missing: ['氏名を書いてください。', 'Please give the name.'],
  of_another: ['この登録は {office} が書きました。書き換えずに、正しい内容を新しい登録として書き加えます。閉じたページは、ふたたび開きます。', '{office} wrote this registration. It is not changed: what is right is registered anew beside it. A page that was closed opens again.'],
  reason: ['直す理由', 'Why'],
  reason_default: ['登録のときの書き誤り', 'A slip at registration'],
  sex_missing: ['性別を選んでください。', 'Please choose the sex.'],
  title: ['登録の内容', 'Registration'],
};

export const say = phrasebook(PHRASES);
