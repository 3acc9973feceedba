// Phrases of the lock screen; `phrases.js` holds those of the page behind it. Nothing here names a patient.

import { phrasebook } from './language.js';

export const LOCK_PHRASES = {
  busy: ['確かめています…', 'Checking…'],
  code: ['確認コード（6 桁）', 'Six-digit code'],
  demo: ['ここは体験用です。リンクで入った方には確かめるものがないので、そのまま続けられます。', 'This is the demo. Who came in by a link has nothing to show, and simply goes on.'],
  demo_go_on: ['続ける', 'Go on'],
  failed: ['確かめられませんでした。もう一度お試しください。', 'That did not work. Please try again.'],
  jot: ['記録を書きとめる', 'Write something down'],
  jot_how: ['電波がなくても書きとめられます。どなたの記録かも書いてください。しまった後は、ロックをとくまで読めません。', 'You can write without signal. Say whose record it is. Once put away it cannot be read until the page is opened.'],
  jot_keep: ['しまう', 'Put away'],
  jot_kept: ['しまった書きとめ {count} 件', '{count} put away'],
  jot_lost: ['この端末にしまえませんでした。文はここに残しています。紙にも控えてください。', 'This device could not keep it. The words are still here; please note them on paper, too.'],
  jot_text: ['書きとめ', 'Words'],
  jots_done: ['閉じる', 'Close'],
  jots_drop: ['消す', 'Remove'],
  jots_drop_sure: ['この書きとめを消しますか？', 'Remove these words?'],
  jots_how: ['ロック中に書きとめたものです。どなたの記録かを選び、入力欄に移して、確かめてから送ってください。', 'You wrote this while the page was locked. Choose whose record it is for, move it there, read it again, and send it.'],
  jots_move: ['入力欄に移す', 'Move it there'],
  jots_title: ['書きとめたもの', 'What you wrote down'],
  jots_whose: ['どなたの記録か', 'Whose record'],
  jots_written: ['{at} に書きとめ', 'Written at {at}'],
  no_network: [
    'いまハブにつながらないので、ご本人の確認ができません。患者さんの情報は、つながるまで開けません。書きかけと未送信は、この端末に残っています。電波の届く所で「もう一度つなぐ」を押してください。',
    'The hub is out of reach, so nobody can be checked. What is known of patients stays shut until it is back. What you began and what was not sent is still on this device. Where there is signal, press “Try again”.',
  ],
  none_waiting: ['新しい知らせはありません', 'Nothing new'],
  no_way: ['この端末では確かめられません。サインアウトして、もう一度サインインしてください。', 'This device cannot check it is you. Please sign out and in again.'],
  outside: ['{name} で確かめる', 'Show it by {name}'],
  page: ['ロック中 - 連携 Renkei', 'Locked - 連携 Renkei'],
  page_waiting: ['ロック中（{count}） - 連携 Renkei', 'Locked ({count}) - 連携 Renkei'],
  passkey: ['パスキーでひらく（指紋・顔・端末の暗証番号）', 'Open by passkey (finger, face or device PIN)'],
  passkey_none: ['パスキーを確かめられませんでした。もう一度お試しいただくか、別の方法をお使いください。', 'No passkey was shown. Try again, or use another way.'],
  password: ['パスワード', 'Password'],
  password_open: ['パスワードでひらく', 'Open by password'],
  sign_out: ['サインアウト', 'Sign out'],
  sign_out_how: ['ご本人でない方は、サインアウトしてご自分で入ってください。', 'Not you? Sign out, and sign in yourself.'],
  title: ['画面をロックしています', 'This page is locked'],
  try_again: ['もう一度つなぐ', 'Try again'],
  unsent: ['未送信 {count} 件（つながれば送ります）', '{count} not sent yet (goes when connected)'],
  waiting: ['新しい知らせ {count} 件', '{count} new'],
  whose: ['この画面の方', 'Signed in'],
  why: ['{minutes} 分以上だれも触れなかったため、患者さんの情報を画面から消しました。続けるには、ご本人であることを確かめます。', 'Nobody touched this page for {minutes} minutes, so what is known of patients was taken off the screen. To go on, show that it is you.'],
};

export const say = phrasebook(LOCK_PHRASES);
