// Phrases of the console about posts in quarantine.

import { phrasebook } from '../language.js';

export const PHRASES = {
  after: ['送った・消した・期限が過ぎた投稿は、監査記録の「預かった投稿」に残ります。', 'What was sent, discarded or ran out of time is on record in the audit log, under “Posts in quarantine”.'],
  after_link: ['監査記録を開く', 'Open the audit log'],
  author_away: ['本人は、いまサインインしていません。サインインして「確かめる」を押すよう、電話などで伝えてください。', 'Not signed in now. Please tell them, by telephone for example, to sign in and press “Look”.'],
  author_gone: ['この人は、いまこの役割では利用していません。本人は送れません。', 'No longer works here in this role, and cannot send them.'],
  author_here: ['本人はサインインしています。画面の上の「確かめる」を押すよう、伝えてください。', 'Signed in. Please tell them to press “Look” at the top of their page.'],
  author_own: ['あなたが書いた投稿です。「確かめる」から、内容を見て送れます。', 'You wrote these: look at what they say, and send them.'],
  author_unknown: ['本人がサインインして「確かめる」を押すと、内容を見て送れます。', 'Their author signs in, presses “Look”, reads them and sends them.'],
  cancel: ['やめる', 'Cancel'],
  discard: ['送らずに消す', 'Discard'],
  discard_box: ['本人に確かめました（利用をやめた人の投稿なら、その事業所に確かめました）', 'I asked its author (or their office, where they have left)'],
  discard_do: ['送らずに消す', 'Discard'],
  discard_sure: ['{name} さんの「{kind}」を送らずに消します。内容は消え、元に戻せません。', 'The words of this {kind} by {name} will be gone for good.'],
  discarded: ['送らずに消しました。内容は残っていません。', 'Discarded. Its words are gone.'],
  ends: ['{at} に消えます', 'is gone at {at}'],
  ends_soon: ['まもなく期限：{at} に消えます', 'ends soon: is gone at {at}'],
  lead: ['端末のサインインが切れたあとに届いた投稿を、封をして預かっています。だれの画面にもまだ出ていません。内容を見られるのは、書いた本人だけです。',
    'Posts that devices handed in after their sign-in had ended, kept sealed. They are on nobody’s page yet. Their authors alone see what they say.'],
  look: ['確かめる', 'Look'],
  look_again: ['読み込みなおす', 'Look again'],
  none: ['預かっている投稿はありません。', 'No post is kept.'],
  none_how: ['端末が送れなかった投稿があると、ここに並びます。', 'What a device could not send will stand here.'],
  not_loaded: ['読み込めませんでした。', 'It could not be loaded.'],
  only_author: ['本人だけが送れます', 'its author alone can send it'],
  patient_unlisted: ['患者を開く', 'Open the patient'],
  queued: ['{name} さんの名前で送りました。まだチームに入っていない人の記録なので、「紐付け待ち」に入りました。', 'Sent in the name of {name}. They are not on the team yet, so that it waits in the linking queue.'],
  reason_discard: ['消す理由（監査記録に残ります）', 'Why it is discarded (on record)'],
  reason_discard_how: ['例：書き間違い。本人に電話で確かめた', 'e.g. written by mistake; asked its author by telephone'],
  reason_send: ['事務局から送る理由（監査記録に残ります）', 'Why you send it (on record)'],
  reason_send_how: ['例：本人は休職中。管理者に電話で確かめた', 'e.g. its author is on leave; asked their manager by telephone'],
  received: ['端末から届いた：{at}', 'handed in {at}'],
  send: ['事務局から送る', 'Send it for them'],
  send_sure: ['{name} さんの名前で「{kind}」を送ります。いまのルールで判定し、書いた時刻を添えて患者の経過に入ります。あなたが送ったことと理由は、監査記録に残ります。',
    'The {kind} is sent in the name of {name}. The rules of now judge it, and it joins the timeline with the time of writing. That you sent it, and why, is on record.'],
  sent: ['{name} さんの名前で送りました。患者の経過に入りました。', 'Sent in the name of {name}: it is on the timeline.'],
  title: ['預かり中の投稿', 'Posts kept unsent'],
  written: ['書いた：{at}', 'written {at}'],
};

export const say = phrasebook(PHRASES);
