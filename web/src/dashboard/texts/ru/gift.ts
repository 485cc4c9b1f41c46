// Russian: the page of a gift.

import type { Texts } from '../en.ts';
import { claims as counted, number, plural } from './counting.ts';

const page: Texts['gift']['page'] = {
  title: 'Подарок',
  missing: 'Такого подарка нет',
  missingLead: 'Подарка с именем {slug} нет. {all|Посмотрите все подарки} или воспользуйтесь поиском.',
  back: 'Назад',
  backToAll: '← Все подарки',
  modeUnsaid: 'Форма не названа',
  event: 'Событие, к которому он относится',
  theEvent: 'событие',
};

const figures: Texts['gift']['figures'] = {
  title: 'Данные',
  lead: 'Каждое значение вместе с утверждением, на котором оно основано, если такое названо, и затем с другими утверждениями о подарке.',
  total: 'Всего',
  noTotal: 'Общего числа не называет ни один источник.',
  listed: 'Перечисленные животные',
  listedNote: 'Вычисленная сумма списка ниже; она не заменяет общего числа.',
  occasions: 'Случаи',
  date: 'Дата',
  status: 'Статус',
  giver: 'Даритель',
  recipient: 'Получатель',
  origin: 'Откуда',
  destination: 'Куда',
  handedOver: 'Передающий: {who}',
  takenBy: 'Принимающий: {who}',
  onBehalf: ', от имени: {who}',
  open: 'Открыто: {when}',
  phrase: '«{phrase}»',
};

const date: Texts['gift']['date'] = {
  between: (first, last) => `Первый возможный день: ${first}, последний: ${last} (EDTF {edtf}).`,
  betweenGregorian: (first, last) =>
    `По григорианскому календарю первый возможный день: ${first}, последний: ${last} (EDTF {edtf}).`,
  edtf: 'EDTF {edtf}.',
  unknownDay: 'неизвестен',
  phrase: 'Словами источника: «{phrase}».',
  inferred: (parts) => `Выведено из других данных: ${parts}.`,
};

const items: Texts['gift']['items'] = {
  title: 'Животные',
  lead: 'Те, которых называют источники; их могло быть больше.',
  named: 'по имени {names}',
  species: (count) => `видов: ${count}`,
  redList: (category) => `Красный список МСОП: ${category}`,
  reading: (count) => `Другое прочтение: ${count}.`,
  readingOfSpecies: (count, species) => `Другое прочтение: ${count}, ${species}.`,
};

const history: Texts['gift']['history'] = { title: 'Что с ним стало', noDate: 'без даты' };

const claims: Texts['gift']['claims'] = {
  none: 'Утверждений об этом нет.',
  onTheGift: 'Утверждения о подарке',
  others: 'Другие утверждения о подарке',
  about: ', о чём: {what}',
  contradicted: (count) => `оспорено: ${number(count)}`,
  accordingTo: 'По сведениям: {who}; источник: {source}',
  perhaps: '{who} (возможно)',
  kind: (kind) => ` (${kind})`,
  place: (paragraph, sentence, last) =>
    `абзац ${number(paragraph)}, ` +
    (last ? `предложения ${number(sentence)}–${number(last)}` : `предложение ${number(sentence)}`),
  disagree: 'В чём источники расходятся',
  disagreeLead: 'Все стороны сохранены; ни одной не отдано предпочтение.',
  side: (side, all) => `Сторона ${number(side)} из ${number(all)}`,
  title: 'Что говорят источники',
  lead: (count) =>
    `${counted(count)}, нашими словами; уверенность говорит о том, как выражается источник, а не о том, правда ли это.`,
  firstOnes: (count) =>
    plural(count, { one: 'Показано первое {n}.', few: 'Показаны первые {n}.', many: 'Показаны первые {n}.' }),
  restsOn: 'Основано на {codes}',
  against: 'Противоречит: {codes}',
};

export const gift: Texts['gift'] = { page, figures, date, items, history, claims };
