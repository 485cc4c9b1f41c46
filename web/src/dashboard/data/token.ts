// The token with which the page asks, where the server wants one: kept for as long as the tab is open.

const KEY = 'menagerie:token';
const CHANGED = 'menagerie:token';

let token = read();

function read(): string {
  try {
    return sessionStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

/** The header that shows the token; none where there is none. */
export const credentials = (): Record<string, string> => (token ? { authorization: `Bearer ${token}` } : {});

/** Uses this token from now on; empty for none. All parts ask again. */
export function setToken(text: string): void {
  token = text.trim();
  try {
    if (token) sessionStorage.setItem(KEY, token);
    else sessionStorage.removeItem(KEY);
  } catch {
    // Then it holds until the page is left.
  }
  dispatchEvent(new Event(CHANGED));
}

/** Calls back when there is another token; gives what ends that. */
export function onToken(listener: () => void): () => void {
  addEventListener(CHANGED, listener);
  return () => removeEventListener(CHANGED, listener);
}
