// Texts with a count in them, in the plural forms of their language. Pure.

/** What a language needs to make such texts. */
export interface Counting<Form extends string> {
  /** A number as this language writes it. */
  number: (value: number) => string;
  /** The text for this count; `{n}` in it is the number. */
  plural: (count: number, texts: Record<Form, string>) => string;
}

/**
 * `forms` are those that `Intl.PluralRules` chooses for whole numbers in this language: leaving one out of a text is a
 * type error. The last one stands in for a form that is not among them.
 */
export function counting<const Form extends string>(locale: string, forms: readonly Form[]): Counting<Form> {
  const rules = new Intl.PluralRules(locale);
  const digits = new Intl.NumberFormat(locale);
  const number = (value: number) => digits.format(value);
  return {
    number,
    plural(count, texts) {
      const form = forms.find((one) => one === rules.select(count)) ?? forms.at(-1)!;
      return texts[form].replaceAll('{n}', number(count));
    },
  };
}
