// The entry of the GraphiQL page: styles, the editor's workers, and the page put into the document.

import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';

import { createRoot } from 'react-dom/client';
import { Page } from './page.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('graphiql.html has no element with the id "root"');
createRoot(root).render(<Page />);
