// The entry of the dashboard: styles, and the page put into the document.

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

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(<App />);
