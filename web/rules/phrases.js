// Phrases of what this device foresees while the hub cannot be asked.

import { phrasebook } from '../language.js';

export const FORESEEN_PHRASES = {
  accepted: ['ルールの上では、このまま送れる見込みです', 'By the rules it goes through as it is'],
  advice_open: ['出るかもしれない助言', 'advice that may be given'],
  by_device: ['この端末での見込み', 'Foreseen on this device'],
  held: ['このままでは、送ったあとに止まります', 'As it is, it will be held'],
  how_known: [
    'ルールは {rules} に取得したもの（{sets}）、患者さんの情報は {synced} の時点です。送ると、連携ハブがあらためて判定します。',
    'By the rules fetched {rules} ({sets}) and the patient as of {synced}. When it arrives, the hub decides.',
  ],
  later: ['つながったときに確かめます', 'To be asked when the hub is there'],
  line: ['この端末での見込み：{says}', 'Foreseen here: {says}'],
  may_hold: ['止まるかもしれません', 'it may be held'],
  may_open: ['約束がはじまるかもしれません', 'it may open a duty'],
  not_known: ['この端末では分からないこと：', 'Not known on this device:'],
  opens: ['届くと、次の約束がはじまります', 'Once it arrives, it opens these duties'],
  owed: ['{who}：{act}', '{who}: {act}'],
  queued: ['担当に紐付いていないため、届くと事務局の紐付け待ちに入る見込みです', 'You are not linked: once it arrives, it goes to the linking queue'],
  refused: ['ルールの上では、このままでは記録できない見込みです', 'By the rules it will not be taken as it is'],
  see: ['くわしく', 'See'],
  sets_more: ['ほか {count}', 'and {count} more'],
  then: ['期限を過ぎると：', 'When overdue:'],
  unknown: ['送れるかどうかは、つながったときに確かめます', 'Whether it goes through is asked when the hub is there'],
  within: ['届いてから{span}以内', 'within {span} of its arrival'],
  within_now: ['（いま届けば {at} まで）', '(by {at} if it arrived now)'],
};

export const foreseenPhrase = phrasebook(FORESEEN_PHRASES);
