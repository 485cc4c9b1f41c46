// The command line of the scripts: addresses first, then options with a value each.

/** Reads up to so many addresses and the options of `defaults`; a number where the default is one. Else says the usage. */
export function options(usage, most, defaults, line = process.argv.slice(2)) {
  const found = { ...defaults };
  const addresses = [];
  const wrong = () => {
    console.error(usage);
    process.exit(2);
  };
  for (let index = 0; index < line.length; index += 1) {
    if (!line[index].startsWith('--')) {
      if (!URL.canParse(line[index])) wrong();
      addresses.push(line[index].replace(/\/$/, ''));
      continue;
    }
    const name = line[index].slice(2).replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase());
    const text = line[(index += 1)];
    if (!(name in defaults) || text === undefined) wrong();
    const isNumber = typeof defaults[name] === 'number';
    if (isNumber && !/^\d+$/.test(text)) wrong();
    found[name] = isNumber ? Number(text) : text;
  }
  if (addresses.length === 0 || addresses.length > most) wrong();
  return { addresses, ...found };
}
