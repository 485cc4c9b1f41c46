// The texts of the dashboard in Russian. What the API says in English stands as it is, and is marked as English.

import type { Language } from '../languages.ts';
import type { Texts } from './en.ts';
import { charts } from './ru/charts.ts';
import { claims, gifts, number } from './ru/counting.ts';
import { gift } from './ru/gift.ts';
import { overview } from './ru/overview.ts';
import { words } from './ru/words.ts';

const figures: Texts['figures'] = {
  unknown: 'неизвестно',
  about: (count) => `около ${count}`,
  upTo: (count) => `до ${count}`,
  orMore: (count) => `${count} или больше`,
  between: (least, most) => `от ${least} до ${most}`,
  gifts,
  giftsOf: (some, all) => `${some} из ${number(all)}`,
  claims,
  others: (count) => `ещё ${number(count)}`,
  more: (count) => `ещё ${number(count)}`,
  noDates: 'не все даты известны',
  until: (year) => `до ${year}`,
  since: (year) => `с ${year}`,
  years: (first, last) => `${first}–${last}`,
  decade: (year) => `${year}-е`,
  span: (first, last) => `${first} – ${last}`,
};

const frame: Texts['frame'] = {
  site: 'Животные как дипломатические подарки',
  skip: 'Перейти к содержанию',
  language: 'Язык',
  elsewhere: 'Другие страницы',
  schema: 'Схема',
  allOfIt: 'Все данные',
  lists: {
    gifts: 'Все подарки',
    nations: 'Все страны',
    animals: 'Все животные',
    events: 'Все события',
    claims: 'Все утверждения',
    sources: 'Все источники',
  },
  dataset: 'О данных: лицензия, цитирование, метод',
  promise:
    'Все числа на этой странице взяты из API по адресу {api}, вместе с их границами: о чём не говорит ни один источник, показано как неизвестное, а не как ноль.',
  version: 'Menagerie {version}, {licences|лицензии}',
};

const states: Texts['states'] = {
  waiting: 'ещё не загружено',
  loading: 'загружается',
  tryAgain: 'Повторить',
  token: 'Токен этого сервера',
  useToken: 'Применить',
  failed: {
    numbers: 'Не удалось показать числа.',
    gifts: 'Не удалось показать список подарков.',
    timeline: 'Не удалось показать хронологию.',
    gift: 'Не удалось показать этот подарок.',
  },
  reasons: {
    UNREACHABLE: 'Сервер недоступен. Он запущен?',
    NO_JSON: 'Ответ сервера не в формате JSON. Возможно, между вами и сервером стоит прокси.',
    NO_DATA: 'В ответе сервера нет данных.',
    NO_SEARCH: 'Поиск сейчас не работает.',
  },
};

const texts: Texts = { figures, frame, states, overview, charts, gift, words };

export const language: Language = { locale: 'ru', texts };
