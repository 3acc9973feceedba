// Phrases about working without network: what is shown then, what waits to be sent, and what became of it.

export const OFFLINE_PHRASES = {
  envelopes_delivered: [
    '前のサインインで送れなかった投稿 {count} 件を、連携ハブに預けました。書いた本人がサインインすると送れます。',
    '{count} posts that an earlier sign-in could not send are with the hub now. Their author can send them after signing in.',
  ],
  envelopes_left: [
    'この端末に、封をした未送信の投稿が {count} 件あります。つながると連携ハブに預けます。この端末では誰も読めません。',
    'This device holds {count} sealed posts that were not sent. They go to the hub when it can be reached. Nobody can read them here.',
  ],
  newer_page: ['新しい版の画面があります。', 'A newer version of this page is there.'],
  newer_page_open: ['開き直す', 'Open it'],
  no_results: ['まだありません。', 'Nothing yet.'],
  not_kept: [
    'この端末に保存できません。画面を閉じると、未送信の投稿とこの画面の内容は失われます。',
    'This device cannot keep anything: what was not sent is lost when this page is closed.',
  ],
  offline_explained: [
    'この端末は圏外です。{at} の内容を表示しています。書いた内容はこの端末に保存し、つながったときに順番どおり送ります。',
    'This device is offline and shows how things stood {at}. What you write is kept here and sent in order once it is back.',
  ],
  quarantine: ['連携ハブで預かっている投稿', 'Posts that the hub keeps for you'],
  quarantine_discard_sure: ['この投稿を取りやめますか？ 内容は残りません。', 'Let this post be? Its words will be gone.'],
  quarantine_explained: [
    '前のサインインで書いて送れなかった投稿です。内容を確かめて送ってください。いまのルールで判定し、書いた時刻を添えて記録します。',
    'You wrote these under an earlier sign-in and they could not be sent. Read them and send them: the rules of now judge, and the time of writing is kept.',
  ],
  quarantine_explained_all: [
    '端末から預かった、まだ送られていない投稿です。内容は書いた本人だけが見られます。観察の記録は事務局からも送れます。',
    'Posts that devices handed in and nobody sent yet. Their authors alone see what they say; observations you may send, too.',
  ],
  quarantine_look: ['確かめる', 'Look'],
  quarantine_notice: ['前のサインインで書いた投稿 {count} 件を、連携ハブが預かっています。', 'The hub keeps {count} posts that you wrote under an earlier sign-in.'],
  quarantine_notice_all: ['送られていない投稿 {count} 件を、連携ハブが預かっています。', 'The hub keeps {count} posts that nobody sent yet.'],
  quarantine_release: ['送る', 'Send'],
  quarantine_release_all: ['{count} 件すべて送る', 'Send all {count}'],
  quarantine_until: ['{at} まで預かります', 'kept until {at}'],
  result_afterwards: ['後から届いた記録（{written} に記入）', 'recorded afterwards, written {written}'],
  result_sent: ['保存しました {at}', 'stored {at}'],
  returned: ['要確認 {count}', 'To look at {count}'],
  sending: ['送信結果', 'What became of posts'],
  sending_do_held: ['足りないものを添えて、もう一度送ってください。', 'Add what is missing, and send it again.'],
  sending_do_queued: ['事務局が紐付けると、経過に入ります。することはありません。', 'It enters the timeline once the secretariat has linked you. There is nothing to do.'],
  sending_do_refused: ['理由を読み、直して送るか、取りやめてください。', 'Read why; mend and send it, or give it up.'],
  sending_do_waiting: ['つながると、この順番で送ります。', 'They are sent in this order once the hub is there.'],
  sending_done: ['届いたもの', 'Stored'],
  sending_open: ['患者さんの画面で開く', 'Open on the patient’s page'],
  sending_returned: ['確認が必要なもの', 'For you to look at'],
  sending_waiting: ['未送信', 'Not sent yet'],
  sign_out_lost: [
    '未送信の投稿が {count} 件あり、この端末では封をできていません。サインアウトすると失われます。サインアウトしますか？',
    '{count} posts were not sent and could not be sealed here. They are lost when you sign out. Sign out?',
  ],
  sign_out_unsent: [
    '未送信の投稿が {count} 件あります。サインアウトすると、封をしてこの端末に残し、つながったときに連携ハブへ預けます。次にサインインしたときに送れます。サインアウトしますか？',
    '{count} posts are not sent yet. They stay on this device, sealed, and go to the hub once it can be reached; you can send them after signing in again. Sign out?',
  ],
  unsent: ['未送信 {count}', 'Unsent {count}'],
  waiting_explained: [
    '接続が切れました。{at} の内容を表示しています。自動でつなぎ直します。書いた内容はこの端末に残り、失われません。',
    'The connection was lost and comes back by itself; this is how things stood {at}. What you write is kept on this device.',
  ],
};
