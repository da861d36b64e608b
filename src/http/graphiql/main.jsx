// The query page, in the browser. Bundled by scripts/graphiql.mjs; talks to this server alone.
import { createGraphiQLFetcher, createLocalStorage } from '@graphiql/toolkit';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createClient } from 'graphql-ws';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import './page.css';

globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    const name = label === 'json' || label === 'graphql' ? label : 'editor';
    return new Worker(`/graphiql/${name}.worker.js`);
  },
};

const examples = JSON.parse(document.getElementById('operations').textContent);
const socket = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/graphql`;
const fetcher = createGraphiQLFetcher({ url: '/graphql', wsClient: createClient({ url: socket }) });
const root = document.getElementById('graphiql');

createRoot(root).render(
  <GraphiQL
    fetcher={fetcher}
    storage={createLocalStorage({ namespace: root.dataset.memory })}
    plugins={[HISTORY_PLUGIN]}
    defaultQuery={examples[0]?.query}
    defaultTabs={examples.map(({ query, variables }) => ({ query, variables }))}
  />,
);
