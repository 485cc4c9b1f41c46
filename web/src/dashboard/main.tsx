// The entry of the dashboard: styles, and the page put into the document, in the language of its reader.

import './styles/base.css';
import './styles/layout.css';
import './styles/controls.css';
import './styles/states.css';
import './styles/charts.css';
import './styles/ranks.css';
import './styles/table.css';
import './styles/gift.css';
import './styles/plain.css';

import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { followNames } from './data/names.ts';
import { followLanguage } from './router.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root"');
void followLanguage().then(() => {
  followNames();
  createRoot(root).render(<App />);
});
