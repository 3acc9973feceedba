// Phrases about taking a record out: asking, waiting, taking. `phrases.js` holds all others of the page.

import { phrasebook } from './language.js';

export const TAKING_PHRASES = {
  again: ['もう一度申請する', 'Ask again'],
  ask: ['申請する', 'Ask for permission'],
  asked_at: ['{at} に申請', 'asked {at}'],
  cancel: ['やめる', 'Cancel'],
  close: ['閉じる', 'Close'],
  failed: ['うまくいきませんでした。少し待って、もう一度お試しください。', 'It did not work. Please wait a little and try again.'],
  lead: ['あなたが見られる記録のすべてを、印刷できるページ・JSON・添付ファイルとして一つのファイルで受け取ります。', 'All of the record that you may see, as a page to print, JSON and the attached files, in one file.'],
  look_again: ['返事を確かめる', 'Look for an answer'],
  no_signal: ['ハブにつながりません。つながってから、もう一度お試しください。', 'The hub is out of reach. Please try again once you are connected.'],
  open: ['記録を持ち出す', 'Take the record out'],
  permitted_by: ['{name} さんが許可しました。{at} までに一度だけ使えます。', '{name} permitted it. It can be used once, until {at}.'],
  purpose: ['何のために', 'What for'],
  purpose_how: ['例：転院先への引き継ぎ', 'e.g. handover to another hospital'],
  scope: ['どの記録を', 'Which records'],
  scope_all: ['この患者の記録すべて', 'All records of this patient'],
  state_declined: ['事務局が断りました。理由は、事業所への知らせに書かれています。', 'The secretariat declined it. Its reason stands in what your office was told.'],
  state_expired: ['許可の期限が過ぎました。', 'The permission has ended.'],
  state_taken: ['持ち出し済みです。', 'It was taken out.'],
  state_waiting: ['事務局の許可を待っています。', 'Waiting for the secretariat’s permission.'],
  step_ask: ['申請', 'Ask'],
  step_permit: ['事務局の許可', 'Permission'],
  step_take: ['持ち出し', 'Take out'],
  steps: ['持ち出しの流れ', 'Steps'],
  take: ['ファイルを受け取る', 'Get the file'],
  taken: ['受け取りました。持ち出したことは記録に残ります。', 'You have it. That it was taken out is on record.'],
  taking: ['用意しています…', 'Getting it ready…'],
  title: ['記録の持ち出し', 'Taking the record out'],
  warning: ['ファイルは、だれでも開けます。必要がなくなったら、ごみ箱からも消してください。', 'Anybody can open the file. Remove it, from the bin too, when it is no longer needed.'],
};

export const say = phrasebook(TAKING_PHRASES);
