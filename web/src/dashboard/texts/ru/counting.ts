// Russian: numbers, and counts of what is counted in many places.

import { counting } from '../counting.ts';

export const { number, plural } = counting('ru', ['one', 'few', 'many']);

export const gifts = (count: number) =>
  plural(count, { one: '{n} подарок', few: '{n} подарка', many: '{n} подарков' });
export const nations = (count: number) => plural(count, { one: '{n} страна', few: '{n} страны', many: '{n} стран' });
export const claims = (count: number) =>
  plural(count, { one: '{n} утверждение', few: '{n} утверждения', many: '{n} утверждений' });
