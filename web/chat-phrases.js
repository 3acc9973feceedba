// Phrases of the care team's chat: whom a patient needs, replies and mentions, search, summary, sheets on paper, sounds.
// A part of `phrases.js`, whose test keeps both languages together.

export const CHAT_PHRASES = {
  filter_alarms: ['アラーム', 'Alarms'],
  filter_all: ['すべて', 'All'],
  filter_duties: ['約束', 'Duties'],
  filter_mentions: ['わたし宛て', 'For me'],
  filter_patients: ['しぼりこみ', 'Filter'],
  filter_unread: ['未読', 'Unread'],
  filtered_none: ['あてはまる患者さんはいません。', 'No patient matches the filter.'],
  list_again: ['新しい順番に並べる', 'Sort anew'],
  mark_duties: ['約束 {count}', 'Duties {count}'],
  mark_late: ['期限を過ぎた約束 {count}', 'Late duties {count}'],
  mark_mentions: ['わたし宛て {count}', 'For me {count}'],
  need_mine: ['わたしを待っている', 'Waiting for me'],
  need_now: ['すぐに見る', 'See at once'],
  need_rest: ['そのほか', 'Others'],
  need_unread: ['未読あり', 'Unread'],
};
