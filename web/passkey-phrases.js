// Phrases about passkeys and about showing once more who one is; `phrases.js` holds all others.

export const PASSKEY_PHRASES = {
  or_password: ['パスワードと認証アプリでサインイン', 'Or by password and authenticator'],
  passkey_add: ['この端末のパスキーを追加', 'Add a passkey on this device'],
  passkey_added: ['追加 {at}', 'added {at}'],
  passkey_added_now: ['パスキーを追加しました。', 'The passkey was added.'],
  passkey_alarm: [
    '{name} さんのパスキー「{passkey}」は、複製されたおそれがあるため使えなくしました（{at}）。本人に確かめ、心当たりがなければアカウントを再設定してください。',
    'The passkey “{passkey}” of {name} seems to have been copied and is void ({at}). Ask them; if they cannot explain it, recover the account.',
  ],
  passkey_alarm_mine: [
    'あなたのパスキー「{passkey}」は、複製されたおそれがあるため使えなくしました（{at}）。連携事務局に電話し、アカウントの画面から削除してください。',
    'Your passkey “{passkey}” seems to have been copied and is void ({at}). Call the secretariat, and remove it under your account.',
  ],
  passkey_held: ['この端末にはもうパスキーがあります。', 'This device holds a passkey already.'],
  passkey_last_used: ['最後の使用 {at}', 'last used {at}'],
  passkey_make: ['パスキーをつくって始める', 'Make a passkey and begin'],
  passkey_make_how: [
    'スマートフォンやパソコンを開くときと同じ、指紋・顔・端末の暗証番号でサインインできます。覚えるものはありません。',
    'You will sign in by what opens your phone or computer: finger, face or its PIN. There is nothing to remember.',
  ],
  passkey_name: ['パスキーの名前', 'Name of the passkey'],
  passkey_none: ['パスキーを確かめられませんでした。もう一度お試しいただくか、別の方法をお使いください。', 'No passkey was shown. Try again, or use another way.'],
  passkey_remove: ['削除', 'Remove'],
  passkey_remove_sure: ['パスキー「{name}」を削除しますか？ ほかの端末のサインインも終わります。', 'Remove the passkey “{name}”? Your sign-ins on other devices will end too.'],
  passkey_removed: ['パスキーを削除しました。', 'The passkey was removed.'],
  passkey_rename: ['名前を変える', 'Rename'],
  passkey_sign_in: ['パスキーで入る（指紋・顔・端末の暗証番号）', 'Enter by passkey (finger, face or device PIN)'],
  passkey_void: ['使えません（複製のおそれ）', 'void: it seems to have been copied'],
  passkeys: ['パスキー（指紋・顔・端末の暗証番号）', 'Passkeys (finger, face or device PIN)'],
  passkeys_explained: ['端末ごとに 1 つつくれます。なくした端末のパスキーは削除してください。', 'One for each device. Remove that of a device you lost.'],
  passkeys_nothing: ['まだありません。', 'None yet.'],
  proof_cancel: ['やめる', 'Cancel'],
  proof_how: [
    '大切な操作です。開いたままの画面をほかの人が使えないように、ご本人であることをもう一度確かめます。',
    'This is a grave act. So that nobody else does it at a screen left open, show once more who you are.',
  ],
  proof_passkey: ['パスキーで確かめる', 'Show your passkey'],
  proof_password: ['パスワードで確かめる', 'Show password and code'],
  proof_title: ['本人の確認', 'Is it you?'],
  set_up_by_password: ['パスワードと認証アプリを使う', 'Use a password and an authenticator'],
};
