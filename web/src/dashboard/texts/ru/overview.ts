// Russian: the first page, without its charts. Names stand behind a colon, where they need no case.

import type { Texts } from '../en.ts';
import { gifts, number, plural } from './counting.ts';

const headline: Texts['overview']['headline'] = {
  lead: 'Кто, кому, когда, каких животных и сколько подарил; что источники оставляют открытым и в чём они расходятся.',
  gifts: 'Подарки',
  animals: 'Подаренные животные',
  unknownCounts: 'Число неизвестно',
  nations: 'Страны-дарители',
  ofAll: (all) => `из ${number(all)} в базе`,
  onRecord: 'в базе, вместе с передачей на время и данью',
  gaveTo: (count) => `стран-получателей: ${number(count)}`,
  noNumber: 'ни один источник не называет числа',
  leastOnly: 'не меньше этого; верхняя граница в некоторых источниках открыта',
  counted: 'все посчитаны',
  leastAndMost: 'наименьшее и наибольшее возможное число',
  allNumbered: 'для каждого подарка известно число',
  unnumbered: (count) =>
    plural(count, {
      one: '{n} подарок, число животных в котором неизвестно: считается неизвестным, а не нулём',
      few: '{n} подарка, число животных в которых неизвестно: считается неизвестным, а не нулём',
      many: '{n} подарков, число животных в которых неизвестно: считается неизвестным, а не нулём',
    }),
};

const summary: Texts['overview']['summary'] = {
  none: 'Ни один подарок не подходит.',
  gifts: (count, all) => `${gifts(count)}${all === null ? '' : ` из ${number(all)}`}.`,
  giver: 'Даритель: {names}.',
  givers: (count) => `Стран-дарителей: ${number(count)}.`,
  recipient: 'Получатель: {names}.',
  recipients: (count) => `Стран-получателей: ${number(count)}.`,
  gaveMost: (count) => `Больше всего подарков от: {names} (${number(count)}).`,
  mostOften: (count) => `Чаще всего дарили: {names} (${number(count)}).`,
  unknown: (count) => `Подарков, в которых неизвестно число животных: ${number(count)}.`,
};

const old: Texts['overview']['old'] = (time) => `Числа ниже получены в ${time}, до этого фильтра.`;

const shown: Texts['overview']['shown'] = (some) => `Показано: ${some}`;

const filters: Texts['overview']['filters'] = {
  label: 'Отбор подарков',
  toggle: (count) => (count > 0 ? `Фильтры (${number(count)})` : 'Фильтры'),
  text: 'Слова',
  textHint: 'имена, места, животные',
  giver: 'Даритель',
  recipient: 'Получатель',
  nation: 'Даритель или получатель',
  animal: 'Животное',
  family: 'Семейство',
  order: 'Отряд',
  class: 'Класс',
  status: 'Статус',
  mode: 'Форма',
  certainty: 'Уверенность',
  anyNation: 'Любая страна',
  anyAnimal: 'Любое животное',
  anyStatus: 'Любой статус',
  anyMode: 'Любая форма',
  anyCertainty: 'Любая',
  date: 'Дата',
  dateHint: '1972 или 197X',
  dateRefused: 'Такая дата не принимается.',
  dates: 'В этом промежутке',
  possible: 'возможно',
  certain: 'точно',
  unknown: 'дата неизвестна',
  set: 'Выбранные фильтры',
  chip: '{name}: {value}',
  chipPossible: 'Возможно, в промежутке {value}',
  chipCertain: 'Точно в промежутке {value}',
  chipUndated: 'Дата неизвестна',
  takeAway: ', убрать',
  clear: 'Сбросить все',
};

const empty: Texts['overview']['empty'] = {
  title: 'Ни один подарок не подходит',
  noGifts: 'Здесь ещё нет подарков. Загрузите их командой «menagerie seed».',
  one: 'С этим фильтром ничего не известно:',
  several: 'Ни один подарок не отвечает всем этим условиям сразу. Уберите одно из них:',
  takeAll: 'Убрать все',
};

const moreData: Texts['overview']['moreData'] = {
  title: 'Есть ещё данные',
  lead: (count) =>
    `Это подарки из одной статьи. С программой поставляется ещё ${number(count)}, описанных по одному: их загружает {command}, в том числе при работающем сервере.`,
  load: 'Загрузить сейчас',
  loading: 'Загружается …',
  loaded: 'Загружено.',
};

const table: Texts['overview']['table'] = {
  title: 'Подарки',
  total: (count) => `Всего: ${number(count)}`,
  caption: (size) => `Подарки, на странице: ${number(size)}`,
  openInGraphiql: 'Открыть в GraphiQL',
  date: 'Дата',
  gift: 'Подарок',
  route: 'От кого и кому',
  animals: 'Животные',
  howMany: 'Сколько',
  howManyHere: 'Сколько: ',
  status: 'Статус',
  pages: 'Страницы списка',
  previous: '← Назад',
  next: 'Вперёд →',
  disagree: 'источники расходятся',
  disagreeing: 'Источники противоречат друг другу в том, что касается этого подарка',
  to: 'кому:',
  inferred: 'выведено',
  inferredMeans: 'Источник этого не говорит: выведено из других данных',
  summed: 'сумма',
  summedMeans: 'Сумма перечисленных животных; общего числа не называет ни один источник',
};

const search: Texts['overview']['search'] = {
  label: 'Поиск подарков, стран, животных, событий и утверждений',
  hint: 'Подарки, страны, животные',
  results: 'Найдено',
  nothing: (wanted) => `По запросу «${wanted}» ничего не найдено.`,
  found: (count) => `Найдено: ${number(count)}, выбор стрелками`,
  kinds: { Gift: 'Подарок', Nation: 'Страна', Animal: 'Животное', Event: 'Событие', Claim: 'Утверждение' },
};

const timeline: Texts['overview']['timeline'] = {
  title: 'Хронология подарков и событий',
  lead: (count) => `Всего: ${number(count)}, сначала последние; что без даты, стоит в конце.`,
  event: 'событие',
  more: 'Показать ещё',
};

export const overview: Texts['overview'] = {
  headline,
  summary,
  old,
  shown,
  filters,
  empty,
  moreData,
  table,
  search,
  timeline,
};
