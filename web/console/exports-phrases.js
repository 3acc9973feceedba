// Phrases of the console about requests to take records out.

import { phrasebook } from '../language.js';

export const PHRASES = {
  blind: ['匿名化して', 'de-identified'],
  cancel: ['やめる', 'Cancel'],
  decline: ['断る', 'Decline'],
  decline_do: ['断ることを記録する', 'Record that it is declined'],
  decline_why: ['断る理由（申請した事業所に届きます）', 'Why (told to the office that asked)'],
  declined: ['断りました。', 'It is declined.'],
  earlier: ['これまでの申請', 'Earlier requests'],
  lead: ['許可すると、申請した本人が一度だけ、期限のうちに、自分の見られる範囲の記録を受け取れます。', 'Permitted, the person who asked gets the record once, in time, as far as they may see it.'],
  loading: ['読み込んでいます…', 'Loading…'],
  look_again: ['読み込みなおす', 'Look again'],
  none: ['許可を待つ申請はありません。', 'No request is waiting.'],
  none_how: ['職員が患者の画面で「記録を持ち出す」を選ぶと、ここに並びます。', 'They stand here once somebody chooses “Take the record out” on a patient’s page.'],
  of_whom: ['だれの', 'Of whom'],
  own: ['自分の申請は、事務局のほかの人が許可します。', 'Somebody else of the secretariat permits your own request.'],
  permit: ['許可する', 'Permit'],
  permit_sure: ['{name} さんが、{patients}の記録を一度受け取れるようになります。許可しますか。', '{name} will be able to take out the record of {patients}, once. Permit it?'],
  permitted: ['許可しました。', 'It is permitted.'],
  permitted_until: ['{name} が許可・{at} まで', 'permitted by {name}, until {at}'],
  purpose: ['目的', 'What for'],
  scope: ['範囲', 'Which records'],
  scope_says: ['範囲に書かれたとおり', 'as the scope says'],
  several: ['患者 {count} 人', '{count} patients'],
  since: ['{at} に申請', 'asked {at}'],
  state_declined: ['不許可', 'declined'],
  state_expired: ['期限切れ', 'ended'],
  state_permitted: ['許可済み', 'permitted'],
  state_taken: ['持ち出し済み', 'taken out'],
  state_waiting: ['許可待ち', 'waiting'],
  title: ['持ち出しの申請', 'Requests to take records out'],
  waiting: ['許可を待っている申請', 'Waiting for you'],
};

export const say = phrasebook(PHRASES);
