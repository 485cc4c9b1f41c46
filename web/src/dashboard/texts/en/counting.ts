// English: numbers, and counts of what is counted in many places.

import { counting } from '../counting.ts';

export const { number, plural } = counting('en-GB', ['one', 'other']);

export const gifts = (count: number) => plural(count, { one: '{n} gift', other: '{n} gifts' });
export const nations = (count: number) => plural(count, { one: '{n} nation', other: '{n} nations' });
export const claims = (count: number) => plural(count, { one: '{n} claim', other: '{n} claims' });
