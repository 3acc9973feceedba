// Phrases about signing in by another service; `phrases.js` holds all others.

export const OUTSIDE_PHRASES = {
  outside: ['外部サービスでのサインイン', 'Sign-in by another service'],
  outside_explained: ['「{name}」のアカウントを結び付けると、そちらのサインインで入れます。', 'Link your account at “{name}”, and you can enter by signing in there.'],
  outside_link: ['「{name}」と結び付ける', 'Link “{name}”'],
  outside_linked: ['「{name}」と結び付けました。', '“{name}” is linked.'],
  outside_proof: ['「{name}」で確かめる', 'Show it at “{name}”'],
  outside_proved: ['ご本人であることを確かめました。もう一度操作してください。', 'You showed who you are. Please do it again now.'],
  outside_second: ['もう一つの確認', 'One more proof'],
  outside_second_how: [
    '「{name}」では一つの要素だけが確かめられました。この連携ハブの認証アプリかパスキーで、もう一つを確かめます。',
    '“{name}” proves one factor alone. Show a second one: this hub’s authenticator, or your passkey.',
  ],
  outside_set_up: ['「{name}」で始める', 'Begin with “{name}”'],
  outside_sign_in: ['「{name}」でサインイン', 'Sign in with “{name}”'],
  outside_unlink: ['解除', 'Unlink'],
  outside_unlink_sure: ['「{subject}」との結び付けを解除しますか？ ほかの端末のサインインも終わります。', 'Unlink “{subject}”? Your sign-ins on other devices will end too.'],
  outside_unlinked: ['結び付けを解除しました。', 'It is no longer linked.'],
};
