// The phrases of the secretariat's console. Labels of domain codes are in `words.js`.

import { phrasebook } from '../language.js';

export const PHRASES = {
  console: ['管理コンソール', 'Console'],
  group_daily: ['日々の仕事', 'Daily work'],
  group_region: ['地域のルールと記録', 'Rules and records'],
  loading: ['読み込んでいます…', 'Loading …'],
  menu: ['メニュー', 'Menu'],
  menu_of: ['管理コンソールのメニュー', 'Console menu'],
  not_there: ['この画面はまだありません。', 'This page is not there yet.'],
  not_there_how: ['左のメニューから、ほかの画面を選んでください。', 'Choose another page from the menu.'],
  not_yours: ['この画面は、事務局と事業所の管理者だけが使えます。', 'For the secretariat and administrators of an office.'],
  section_audit: ['監査記録', 'Audit'],
  section_compliance: ['約束と守られ方', 'Duties and compliance'],
  section_emergency: ['緊急閲覧', 'Emergency accesses'],
  section_home: ['今日', 'Today'],
  section_offices: ['事業所と人', 'Offices and people'],
  section_our_office: ['わたしたちの事業所', 'Our office'],
  section_patients: ['患者', 'Patients'],
  section_queue: ['紐付け待ち', 'Linking queue'],
  section_rules: ['ルールブック', 'Rulebook'],
  section_statistics: ['統計', 'Statistics'],
  to_patients: ['連絡画面へ戻る', 'Back to messages'],
  try_again: ['もう一度', 'Try again'],
};

export const say = phrasebook(PHRASES);
