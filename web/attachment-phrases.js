// Phrases about the files of an entry: pictures in place and large, and what can only be opened or saved.

import { phrasebook } from './language.js';

export const ATTACHMENT_PHRASES = {
  actual: ['原寸で見る', 'Actual size'],
  alt: ['{kind}：{title}', '{kind}: {title}'],
  close: ['閉じる', 'Close'],
  fit: ['画面に合わせる', 'Fit to the screen'],
  fetch: ['写真を表示（{size}）', 'Show the picture ({size})'],
  fetching: ['写真を読み込んでいます…', 'Loading the picture …'],
  list: ['添付', 'Attachments'],
  not_fetched: ['読み込めませんでした。もう一度表示する', 'It could not be loaded. Try again'],
  not_shown: ['この端末では表示できない形式です。保存して開いてください。', 'This device cannot show it. Save it to open it.'],
  open: ['開く', 'Open'],
  open_large: ['大きく見る', 'Open large'],
  preview: ['送る前の確認', 'Before it is sent'],
  save: ['保存', 'Save'],
};

export const say = phrasebook(ATTACHMENT_PHRASES);
